"""Inside the sandbox's child: every word of any XML, whatever it is for: texts, values of attributes, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

# What people read as one line, however its letters are dressed; anything else ends with its own element.
_LINES = frozenset(("p", "h", "si", "is"))
_ROWS = frozenset(("row", "tr", "table-row"))
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "s": " ", "noBreakHyphen": "-"}
_AUTHORS = frozenset(
    (
        "creator",
        "lastModifiedBy",
        "initial-creator",
        "printed-by",
        "author",
        "initials",
        "userName",
        "displayName",
        "person",
    )
)
_HEADER = re.compile(r"^(?:odd|even|first)(?:Header|Footer)$")
_HEADER_SIDE = re.compile("&[LCR]")
_HEADER_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d{1,3}|[A-Z])')
_WORDS = re.compile("[А-Яа-яЁё]")
_NUMBER = re.compile(r"(?<![\w-])\d(?:[ \-\u00a0]{0,3}\d){9,22}(?![\w-])")
_AUTHOR = re.compile(r"[^\W\d_]+(?:[ .\-]{1,2}[^\W\d_]+){0,3}\.?")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{250,}|(?:[A-Za-z0-9+/]{60,}[ \t]*\r?\n[ \t]*){3}")
_PATIENT = re.compile("пациент|больн|снилс|полис|паспорт", re.IGNORECASE)


def parsed(data: bytes) -> etree._Element | None:
    """Without entities, network and DOCTYPE; None for what is no such XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root


def lines_of(root: etree._Element) -> Iterator[str]:
    """Each paragraph, cell or value a line; cells of a row on one; then what attributes say."""
    reader = _Reader()
    reader.walk(root)
    yield from reader.lines
    yield from reader.values
    for beside in (*root.itersiblings(preceding=True), *root.itersiblings()):
        yield beside.text or ""


def is_encoded(text: str) -> bool:
    """A file written in letters (Base64): what it says, nobody sees."""
    return _ENCODED.search(text) is not None


def is_author(text: str) -> bool:
    """No more than who made the file: a name or an account, without a number and without a word of patients."""
    return _AUTHOR.fullmatch(text.strip()) is not None and not _PATIENT.search(text)


def without_codes(text: str) -> str:
    """A header of Excel as it is printed: its codes of sides begin a line, those of fonts and signs are nothing."""
    return _HEADER_CODE.sub("", _HEADER_SIDE.sub("\n", text))


def local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2]


class _Reader:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.values: list[str] = []
        self._now: list[str] = []
        self._rows: list[int] = []
        self._within = 0  # paragraphs that are open

    def walk(self, root: etree._Element) -> None:
        for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event == "start":
                self._start(node)
            elif event == "end":
                self._end(node)
            else:
                self.values.append(node.text or "")
                self._now.append(node.tail or "")
        self._flush()

    def _start(self, node: etree._Element) -> None:
        name = local(node)
        if name in _LINES:
            self._flush()
            self._within += 1
        elif name in _ROWS:
            self._flush()
            self._rows.append(len(self.lines))
        elif name in _BREAKS and not node.text:
            self._now.append(_BREAKS[name])
        text = node.text or ""
        if name == "instrText":
            self.values.append(text)
        elif not (name in _AUTHORS and is_author(text)) and not (name == "v" and _is_shared(node)):
            self._now.append(without_codes(text) if _HEADER.match(name) else text)
        if node.attrib:
            self.values += _told(name, node)

    def _end(self, node: etree._Element) -> None:
        name = local(node)
        if name in _LINES:
            self._within -= 1
            self._flush()
        elif not self._within:
            self._flush()
        if name in _ROWS and self._rows:
            start = self._rows.pop()
            self.lines[start:] = ["\t".join(self.lines[start:])]
        self._now.append(node.tail or "")

    def _flush(self) -> None:
        text = "".join(self._now)
        self._now.clear()
        if text.strip():
            self.lines.append(text.strip("\n"))


def _is_shared(value: etree._Element) -> bool:
    """A cell's number of a shared string: the string itself stands elsewhere."""
    cell = value.getparent()
    return cell is not None and cell.get("t") == "s"


def _told(name: str, node: etree._Element) -> Iterator[str]:
    for key, value in node.attrib.items():
        text = unquote(str(value)) if "%" in value else str(value)
        by = str(key).rpartition("}")[2] in _AUTHORS or name in _AUTHORS
        if (_WORDS.search(text) or _NUMBER.search(text)) and not (by and is_author(text)):
            yield text
