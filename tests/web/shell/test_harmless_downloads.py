"""What people brought comes back as a file that no browser makes a page of, whatever its name and bytes pretend."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from models.request import Status
from tests.web.api.calling import caller
from tests.web.world import World, request_at, stored_file

SCRIPT = b"<script>alert(document.cookie)</script>"
HTML, SVG = b"<!DOCTYPE html>" + SCRIPT, b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 300), "navy").save(buffer, "JPEG", comment=SCRIPT)
    return buffer.getvalue() + HTML


HOSTILE = {
    "page.html": HTML, "page.HTM ": HTML, "picture.svg": SVG, "data.xml": b"<?xml version='1.0'?>" + SVG, "скан.pdf": HTML, "скан.png": SVG,
    "p\u202efdp.html": HTML, "../../page.xhtml": HTML, "a.mhtml": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + HTML, "page.html.": HTML,
    "wide.html": HTML.decode().encode("utf-16"), "spaces.html": b" " * 9000 + HTML, "scan.jpg": _jpeg(), "script.js": b"alert(1)", "a.hta": HTML,
    'x"; filename="evil.html': HTML, "e.html\r\nContent-Type: text/html": HTML, "zip.html": b"PK\x03\x04" + HTML, "gif.html": b"GIF89a/*" + HTML,
}  # fmt: skip
INERT = (
    "text/plain",
    "application/octet-stream",
    "application/pdf",
    "image/jpeg",
    "image/gif",
    "application/zip",
    "message/rfc822",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_upload_comes_back_as_a_file_that_runs_nothing(officer: TestClient, world: World, name: str) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.SIGNED)
        row = stored_file(
            work, request, name, HOSTILE[name]
        )  # as a former release kept it: its name, and a type nobody looked for
        row.media_type = "text/html"
        number, file = request.id, row.id
    for answer in (
        officer.get(f"/requests/{number}/files/{file}"),
        caller(world).get(f"/api/v1/requests/{number}/files/{file}"),
    ):
        assert answer.status_code == 200 and answer.content == HOSTILE[name]
        assert answer.headers["content-type"].partition(";")[0] in INERT
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert (
            re.search(r"(^|; )sandbox($|;)", answer.headers["content-security-policy"])
            and "default-src 'none'" in answer.headers["content-security-policy"]
        )
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith("attachment; ")
        plain, kept = re.fullmatch(
            r"attachment; filename=\"(file\.\w+)\"; filename\*=UTF-8''([\w.%~-]+)", disposition
        ).groups()
        ending = unquote(kept).rpartition(".")[2].lower() if "." in unquote(kept) else "bin"
        assert ending in ("txt", "bin", "pdf", "png", "jpg") and plain == f"file.{ending}"
        assert not re.search(r"[/\\\u202e\r\n\"]|\.\.", unquote(kept))


def test_picture_is_shown_as_one_of_our_making(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.SIGNED)
        row = stored_file(work, request, "scan.jpg", _jpeg())
        row.media_type = "image/jpeg"
        at = f"/requests/{request.id}/files/{row.id}"
    shown = officer.get(f"{at}/pages/0.png")
    assert shown.status_code == 200 and shown.headers["content-type"] == "image/png"
    assert SCRIPT not in shown.content and Image.open(io.BytesIO(shown.content)).format == "PNG"
    assert (
        "sandbox" in shown.headers["content-security-policy"] and shown.headers["x-content-type-options"] == "nosniff"
    )


def test_what_only_calls_itself_a_picture_is_not_shown(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.SIGNED)
        row = stored_file(work, request, "scan.png", SVG)
        row.media_type = "image/png"
        at = f"/requests/{request.id}/files/{row.id}"
    shown = officer.get(f"{at}/pages/0.png")
    assert shown.status_code == 404 and SCRIPT not in shown.content


def test_archive_of_ours_is_a_file_too(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        number = request_at(work, Status.AWAITING).id
    answer = officer.get(f"/requests/{number}/evidence.zip")
    assert answer.status_code == 200 and answer.headers["x-content-type-options"] == "nosniff"
    assert (
        answer.headers["content-disposition"].startswith("attachment; ")
        and "sandbox" in answer.headers["content-security-policy"]
    )
