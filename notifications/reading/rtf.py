"""The words of an RTF text, as Outlook writes letters; hidden ones, pictures and tables of fonts are left out."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([\r\n]+)|([^\\{}\r\n]+)|\\", re.DOTALL
)
_SKIPPED = frozenset(
    [
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "objdata",
        "fldinst",
        "nonshppict",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "generator",
        "themedata",
        "datastore",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "latentstyles",
        "xe",
        "tc",
        "bkmkstart",
        "bkmkend",
    ]
)
_SIGNS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "nestrow": "\n", "cell": " | ", "nestcell": " | ",
    "tab": "\t", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_ESCAPED = {"~": "\u00a0", "_": "-", "-": "", "\n": "\n", "\r": "\n"}
_CHARSETS = {204: "cp1251", 238: "cp1250", 161: "cp1253", 162: "cp1254", 186: "cp1257"}
_MOST_DEPTH = 2000


@dataclass(frozen=True, slots=True)
class _State:
    """Of a group: its inner groups begin with it."""

    skipped: bool = False
    fonts: bool = False
    hidden: bool = False
    after_unicode: int = 1
    font: int = -1


@dataclass(slots=True)
class _Reader:
    charset: str = "cp1252"
    state: _State = _State()
    stack: list[_State] = field(default_factory=list)
    charset_of: dict[int, str] = field(default_factory=dict)
    pending: bytearray = field(default_factory=bytearray)
    out: list[str] = field(default_factory=list)
    passing: int = 0  # characters that stand in for a Unicode one

    def word(self, name: str, number: int | None) -> None:
        state = self.state
        if state.fonts and name == "f":
            self.state = replace(state, font=number or 0)
        elif state.fonts and name == "fcharset":
            self.charset_of[state.font] = _CHARSETS.get(number or 0, "")
        elif name in _SIGNS:
            self.say(_SIGNS[name])
        elif name == "u" and number is not None:
            self.say(chr(number % 0x10000))
            self.passing = state.after_unicode
        elif name == "ansicpg" and number:
            self.charset = _codepage(number)
        else:
            self._set(name, number)

    def _set(self, name: str, number: int | None) -> None:
        if name == "uc":
            self.state = replace(self.state, after_unicode=max(0, min(number or 0, 8)))
        elif name == "f":
            self._flush()
            self.state = replace(self.state, font=number or 0)
        elif name == "v":
            self._flush()
            self.state = replace(self.state, hidden=number != 0)
        elif name == "plain":
            self.state = replace(self.state, hidden=False)
        elif name == "fonttbl":
            self.state = replace(self.state, skipped=True, fonts=True)
        elif name in _SKIPPED:
            self.state = replace(self.state, skipped=True)

    def brace(self, sign: str) -> None:
        self._flush()
        self.passing = 0
        if sign == "{" and len(self.stack) < _MOST_DEPTH:
            self.stack.append(self.state)
        elif sign == "}" and self.stack:
            self.state = self.stack.pop()

    def bytes(self, data: bytes) -> None:
        """Letters in the charset of the font."""
        kept = data[self.passing :]
        self.passing = max(0, self.passing - len(data))
        if not (self.state.skipped or self.state.hidden):
            self.pending += kept

    def say(self, text: str) -> None:
        self._flush()
        if not (self.state.skipped or self.state.hidden):
            self.out.append(text)

    def skip(self) -> None:
        self.state = replace(self.state, skipped=True)

    def _flush(self) -> None:
        if self.pending:
            charset = self.charset_of.get(self.state.font) or self.charset
            self.out.append(self.pending.decode(charset, "replace"))
            self.pending.clear()

    def text(self) -> str:
        self._flush()
        joined = "".join(self.out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return "\n".join(line.rstrip() for line in joined.replace("\x00", "").split("\n")).strip("\n")


def rtf_to_text(data: bytes) -> str:
    """Never raises; what is not understood is passed over. Time grows with the length of the text only."""
    source, reader, at = data.decode("latin-1"), _Reader(), 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            break
        at = found.end()
        name, number, code, escaped, brace, _breaks, run = found.groups()
        if name == "bin":
            at += max(0, int(number or 0))
        elif name:
            reader.word(name, int(number) if number else None)
        elif code:
            reader.bytes(bytes.fromhex(code))
        elif escaped == "*":
            reader.skip()
        elif escaped:
            reader.say(_ESCAPED.get(escaped, escaped))
        elif brace:
            reader.brace(brace)
        elif run:
            reader.bytes(run.encode("latin-1"))
    return reader.text()


def _codepage(number: int) -> str:
    name = {65001: "utf-8", 10007: "mac-cyrillic", 20866: "koi8-r"}.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
