"""From a paper to its files."""

from __future__ import annotations

from dataclasses import dataclass

from documents import excel, word
from documents.paper import Paper
from documents.russian import file_name

_RENDERERS = {"docx": (word.render, word.MEDIA_TYPE), "xlsx": (excel.render, excel.MEDIA_TYPE)}


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A generated file; `purpose` is that of the layout and the format: application-docx."""

    name: str
    media_type: str
    data: bytes
    purpose: str


def make_documents(paper: Paper) -> list[MadeFile]:
    """Every format that the form asks for. The same paper gives the same bytes. Raises documents.paging.TooLong."""
    files = []
    for kind in paper.formats:
        render, media_type = _RENDERERS[kind]
        name = file_name(paper.stem, f".{kind}")
        files.append(MadeFile(name, media_type, render(paper), f"{paper.purpose}-{kind}"))
    return files
