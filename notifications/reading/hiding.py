"""What a reader of an HTML letter does not see."""

from __future__ import annotations

import re
from collections.abc import Mapping

UNSEEN_TAGS = frozenset(
    "script style head title template noscript object svg iframe select textarea audio video".split()  # noqa: SIM905 – a list of words reads better
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|opacity\s*:\s*+0(?:\.0++)?\s*+(?:;|!|$)"
    r"|font-size\s*:\s*+0(?:\.0++)?\s*+(?:px|pt|em|%)?\s*+(?:;|!|$)"
    r"|(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b|transparent\b|rgba?\(\s*255\s*,\s*255\s*,\s*255)"
    r"|text-indent\s*:\s*-\d{3,}|(?<![-\w])(?:left|top)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_NO_HEIGHT = re.compile(r"(?<![-\w])(?:max-)?height\s*:\s*0(?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_WHITE = re.compile(r"(?<![-\w])color\s*:\s*(?:#fff|white|rgb)", re.IGNORECASE)
_RULE = re.compile(r"(?<![^{}])([^{}]{1,4000}+)\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"^[a-z0-9]*([.#])([\w-]+)$", re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^>]{0,500}>((?:(?!<style\b).){0,100000}?)</style", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)")
_HIDING_RULE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*+0\s*+(?:px|pt)?\s*+(?:;|!|$)", re.IGNORECASE
)


def has_background(attributes: Mapping[str, str]) -> bool:
    return "background" in attributes.get("style", "").lower() or "bgcolor" in attributes


def hidden_by_style(style: str, on_background: bool) -> bool:
    """Whether an inline style hides its element; white text counts as hidden unless something lies behind it."""
    hiding = _HIDING.search(style)
    if hiding is not None and not (on_background and _WHITE.match(hiding.group())):
        return True
    return "overflow" in style.lower() and bool(_NO_HEIGHT.search(style))


def hidden_by_stylesheet(html: str) -> frozenset[str]:
    """Classes («.x») and ids («#x») that a <style> of the letter hides; media queries are not looked into."""
    marks = set()
    for sheet in _STYLE.findall(html)[:5]:
        for selectors, body in _RULE.findall(_COMMENT.sub("", sheet))[:500]:
            if _HIDING_RULE.search(body):
                found = (_SELECTOR.match(part.strip()) for part in selectors.split(","))
                marks |= {match.group(1) + match.group(2) for match in found if match}
    return frozenset(marks)


def without_comments(html: str) -> str:
    """Comments cut out; one that is never closed hides all that follows, as in a browser."""
    kept, position = [], 0
    while (start := html.find("<!--", position)) >= 0:
        kept.append(html[position:start])
        end = html.find("-->", start)
        if end < 0:
            return "".join(kept)
        position = end + 3
    return "".join([*kept, html[position:]])
