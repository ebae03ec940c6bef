"""What Outlook puts into its own containers (winmail.dat, .msg), and a letter's parts made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message

from notifications.reading.charsets import decode
from notifications.reading.mime_parts import bodies, file_part, letter_part
from notifications.reading.rtf import rtf_to_text

# A text of Outlook packs about tenfold; unpacking is slow, and no answer of a desk comes near this.
_MOST_RTF = 400_000
MOST_FILES = 200
BODY, RTF, HTML = 0x1000, 0x1009, 0x1013
DATA, SHORT_NAME, LONG_NAME, MIME_TAG, DISPLAY_NAME = 0x3701, 0x3704, 0x3707, 0x370E, 0x3001
CODEPAGES = (0x3FDE, 0x3FFD)  # of HTML and of the message


@dataclass(slots=True)
class Unpacked:
    """Text in up to two spellings, files (name, media type, bytes), letters inside, and what could not be read."""

    plain: str = ""
    html: str = ""
    files: list[tuple[str, str, bytes]] = field(default_factory=list)
    letters: list[Message] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def says(self) -> str:
        """Its text in any spelling, without tags."""
        return self.plain if self.plain.strip() else re.sub(r"<[^<>]{0,2000}>", " ", self.html)

    def parts(self, *, with_text: bool) -> list[Message]:
        """Text first, as letters have it."""
        texts = bodies(self.plain, self.html) if with_text else []
        return [*texts, *(file_part(*each) for each in self.files), *(letter_part(each) for each in self.letters)]


def take_rtf(found: Unpacked, packed: bytes) -> None:
    """Only where the text has no other spelling: the RTF says the same."""
    if found.says.strip() or not packed:
        return
    if len(packed) > _MOST_RTF:
        found.problems.append("Текст письма в формате RTF слишком велик и не прочитан.")
        return
    from compressed_rtf import decompress

    try:
        found.plain = rtf_to_text(decompress(packed))
    except Exception:  # whatever broken data make the unpacker raise
        found.problems.append("Текст письма в формате RTF повреждён и не прочитан.")


def charset_of(codepage: int) -> str:
    """A Windows code page as a charset's name; '' for none."""
    named = {65001: "utf-8", 20866: "koi8-r", 28595: "iso8859-5", 20127: "ascii", 1200: "utf-16-le"}
    return named.get(codepage, f"cp{codepage}" if 0 < codepage < 10_000 else "")


def text_of(data: bytes, charset: str) -> str:
    return decode(data.rstrip(b"\x00"), charset)[0].replace("\x00", "")
