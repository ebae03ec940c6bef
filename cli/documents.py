"""`documents` and `scan`: papers out and scans in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import Json, say, say_json, working

documents = typer.Typer(help="Документы заявки.", no_args_is_help=True)
scan = typer.Typer(help="Сканы подписанных заявок.", no_args_is_help=True)


@documents.command()
def make(
    id: Annotated[str, typer.Argument(metavar="ID")],
    out: Annotated[Path, typer.Argument(metavar="OUT_DIR", help="Папка для файлов.")],
    pdf: Annotated[bool, typer.Option("--pdf", help="Ещё и PDF для просмотра (нужен LibreOffice).")] = False,
    json: Json = False,
) -> None:
    """Записать документы заявки в папку: Word, Excel; для заявки с добавлением организации – и её документы."""
    from actions.requests import lookup, papers

    made = []
    with working() as work:
        request = lookup.find(work, id)
        for each in (request, lookup.companion_of(work, request)):
            if each is not None:
                made += papers.current(work, each)
    out.mkdir(parents=True, exist_ok=True)
    rows = [_written(out, name, data, sha256) for name, data, sha256 in made]
    if pdf:
        rows += [_previewed(out, Path(row["file"])) for row in list(rows) if row["file"].endswith(".docx")]
    if json:
        say_json(rows)
    else:
        for row in rows:
            say(f"{row['sha256'][:12]}…  {row['file']}")


def _written(out: Path, name: str, data: bytes, sha256: str) -> dict[str, str]:
    (out / name).write_bytes(data)
    return {"file": str(out / name), "sha256": sha256}


def _previewed(out: Path, source: Path) -> dict[str, str]:
    import hashlib

    from documents.looks.preview import to_pdf

    data = to_pdf(source)
    return _written(out, source.with_suffix(".pdf").name, data, hashlib.sha256(data).hexdigest())


@scan.command("read")
def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="PDF, JPG или PNG, можно несколько.")],
    json: Json = False,
) -> None:
    """Прочитать скан: чьи это страницы и что с ними не так."""
    from documents.scans import read_scan

    reading = read_scan(list(files)).as_json()
    if json:
        say_json(reading)
    else:
        for page in reading["pages"]:
            whose = f"заявка {page['request']}, версия {page['version']}, из {page['of']}" if page["request"] else ""
            problem = f" – {page['problem']}" if page["problem"] else ""
            say(f"Страница {page['page']}: {whose or 'код не прочитан'}{problem}")
        for problem in reading["problems"]:
            say(f"! {problem}")
    if reading["problems"]:
        raise typer.Exit(1)
