"""The text that a reader of an HTML letter sees: hidden parts dropped, quotations marked «> », rows kept as rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from notifications.reading.hiding import (
    UNSEEN_TAGS,
    has_background,
    hidden_by_style,
    hidden_by_stylesheet,
    without_comments,
)

CELL = " | "
_VOID = frozenset("br hr img meta link input base col area wbr source track embed".split())  # noqa: SIM905 – words
_BLOCKS = (
    "p div table tbody thead tfoot ul ol li h1 h2 h3 h4 h5 h6 center section article header footer dl dt dd pre form "
    "fieldset address main blockquote tr body"
)
_BLOCK = frozenset(_BLOCKS.split())
_STRUCK = frozenset({"s", "strike", "del"})
_STRIKING = re.compile(r"text-decoration[-a-z]{0,20}\s*:\s*[^;]{0,60}line-through", re.IGNORECASE)
_DATA_URI = re.compile(r"data:[\w/+.;=-]{0,80},[A-Za-z0-9+/=\s%]{200,}")
_MAX_DEPTH = 400
_UNREAD = "\n[разметка письма повреждена, часть текста не прочитана]\n"


@dataclass(slots=True)
class _Open:
    tag: str
    hidden: bool = False
    quoted: bool = False
    struck: bool = False
    dark: bool = False


@dataclass(slots=True)
class _Row:
    cells: list[list[str]] = field(default_factory=list)


class _Walker(HTMLParser):
    """Streams through the tags with a stack of what is open; no tree, so depth and size cannot hurt."""

    def __init__(self, classes: frozenset[str], ids: frozenset[str], hidden_marks: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.classes, self.ids, self.hidden_marks = classes, ids, hidden_marks
        self.open: list[_Open] = []
        self.rows: list[_Row] = []
        self.out: list[str] = []
        self.hidden = self.quoted = self.dark = 0
        self.deep = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self._void(tag)
            return
        if tag in ("p", "li", "tr", "td", "th", "option"):
            self._close_siblings(tag)
        entry = self._entered(tag, {name: value or "" for name, value in attrs})
        if len(self.open) >= _MAX_DEPTH:
            self._too_deep()
            return
        self.open.append(entry)
        self.hidden += entry.hidden
        self.quoted += entry.quoted
        self.dark += entry.dark
        if entry.quoted:
            self._newline()
        self._layout(tag)
        if entry.struck:
            self._write(" [зачёркнуто: ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Browsers ignore the slash on ordinary elements: <div style="display:none"/> hides what follows.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        depth = next((i for i in range(len(self.open) - 1, -1, -1) if self.open[i].tag == tag), None)
        if depth is None:
            return
        while len(self.open) > depth:
            self._leave()

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        in_pre = any(entry.tag == "pre" for entry in self.open[-6:])
        self._write(data if in_pre else re.sub(r"[ \t\r\n\f]+", " ", data))

    def _too_deep(self) -> None:
        """What is hidden or quoted cannot be told any more: said in the text once, which forbids a grant."""
        if not self.deep:
            self.deep = True
            self.out.append(_UNREAD)

    def text(self) -> str:
        while self.open:
            self._leave()
        return "".join(self.out)

    def _entered(self, tag: str, attrs: dict[str, str]) -> _Open:
        style, names = attrs.get("style", ""), attrs.get("class", "").split()
        marks = {f".{name}" for name in names} | {f"#{attrs.get('id', '')}"}
        dark = has_background(attrs)
        hidden = hidden_by_style(style, dark or self.dark > 0) or bool(marks & self.hidden_marks)
        cited = bool({name.lower() for name in names} & self.classes) or attrs.get("id", "").lower() in self.ids
        return _Open(
            tag,
            hidden=hidden or tag in UNSEEN_TAGS or "hidden" in attrs,
            quoted=cited or tag == "blockquote" or attrs.get("type") == "cite",
            struck=tag in _STRUCK or bool(_STRIKING.search(style)),
            dark=dark,
        )

    def _void(self, tag: str) -> None:
        if tag == "br":
            self._newline(forced=True)
        elif tag == "hr":
            self._newline()
            self._write("-----")
            self._newline()

    def _layout(self, tag: str) -> None:
        if tag == "tr":
            self.rows.append(_Row())
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].cells.append([])
            return
        if tag in _BLOCK:
            self._newline()

    def _close_siblings(self, tag: str) -> None:
        """An unclosed <td>, <tr>, <li> or <p> ends where the next one begins."""
        group = ("td", "th") if tag in ("td", "th") else (tag, "td", "th") if tag == "tr" else (tag,)
        walls = {"table", "ul", "ol", "div", "blockquote"} | ({"td", "th"} if tag in ("p", "li") else set())
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth].tag in walls:
                return
            if self.open[depth].tag in group and (tag != "tr" or self.open[depth].tag == "tr"):
                while len(self.open) > depth:
                    self._leave()
                return

    def _leave(self) -> None:
        entry = self.open.pop()
        if entry.struck:
            self._write("] ")
        self.hidden -= entry.hidden
        self.dark -= entry.dark
        if entry.tag == "tr" and self.rows:
            self._end_row(self.rows.pop())
        elif entry.tag in _BLOCK:
            self._newline()
            if entry.tag in ("p", "blockquote", "table"):
                self._newline(forced=True)
        self.quoted -= entry.quoted
        if entry.quoted:
            self._newline()

    def _end_row(self, row: _Row) -> None:
        cells = ["".join(cell).strip() for cell in row.cells]
        filled = [cell for cell in cells if cell]
        if len(filled) > 1 and all(len(cell) <= 300 and CELL not in cell for cell in cells):
            flat = [" ".join(re.sub(r"(?m)^(?:> ?)+", "", cell).split()) for cell in cells]
            self._newline()
            self._write(CELL.join(cell or " " for cell in flat))
        else:
            for cell in filled:
                self._newline()
                self._write(cell)
        self._newline()

    def _target(self) -> list[str]:
        return self.rows[-1].cells[-1] if self.rows and self.rows[-1].cells else self.out

    def _newline(self, forced: bool = False) -> None:
        """A block begins on a fresh line: an empty one is not ended twice, unless the letter says so."""
        target, line = self._target(), "\n" + "> " * min(self.quoted, 5)
        if target and target[-1].startswith("\n") and not target[-1].strip("\n> ") and not forced:
            target[-1] = line
        else:
            target.append(line)

    def _write(self, text: str) -> None:
        if not self.hidden and text:
            prefix = "> " * min(self.quoted, 5)
            self._target().append(text.replace("\n", "\n" + prefix) if prefix else text)


def html_to_text(html: str, classes: frozenset[str], ids: frozenset[str]) -> str:
    """Visible text; quotation depth is written as leading «> », cells of a row are parted by « | »."""
    html = without_comments(_DATA_URI.sub("", html))
    walker = _Walker(classes, ids, hidden_by_stylesheet(html))
    try:
        walker.feed(html)
        walker.close()
    except (AssertionError, ValueError):  # the parser gives up on some malformed declarations
        walker.out.append(_UNREAD)
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in walker.text().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line if line.strip("> ") else "" for line in lines)).strip()
