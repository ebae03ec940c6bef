"""From a paper to its files."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from documents.paper.paper import Paper
from documents.russian import file_name

# Imported when a paper is made: python-docx and openpyxl are a quarter of what every command and sweep costs to start.
_RENDERERS = {"docx": "documents.paper.word", "xlsx": "documents.paper.excel"}


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A generated file; `purpose` is that of the layout and the format: application-docx."""

    name: str
    media_type: str
    data: bytes
    purpose: str


def make_documents(paper: Paper) -> list[MadeFile]:
    """Every format that the form asks for. The same paper gives the same bytes. Raises documents.paper.paging.TooLong."""
    files = []
    for kind in paper.formats:
        renderer = import_module(_RENDERERS[kind])
        name = file_name(paper.stem, f".{kind}")
        files.append(MadeFile(name, renderer.MEDIA_TYPE, renderer.render(paper), f"{paper.purpose}-{kind}"))
    return files
