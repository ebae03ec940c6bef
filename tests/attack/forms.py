"""Forms as a browser finds them on pages: where each goes, with what stands in its fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        return self.action, tuple(sorted(self.fields))


class _Parser(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self.open, self.area = page, [], None, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(urljoin(self.page, given.get("action") or self.page).partition("#")[0])
            if given.get("method", "get").lower() == "post":
                self.found.append(self.open)
        elif self.open is not None and given.get("name") and given.get("type") != "file":
            if tag in ("input", "select", "button"):
                self.open.fields.setdefault(given["name"], given.get("value", ""))
            elif tag == "textarea":
                self.open.fields.setdefault(given["name"], "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None


def forms_of(page: str, html: str) -> list[Form]:
    parser = _Parser(page)
    parser.feed(html)
    return parser.found
