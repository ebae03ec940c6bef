"""egisz-access: the command line. Modules import what they need inside their commands, so that start-up stays quick."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import (
    admin,
    asking,
    catalogs,
    checklists,
    correcting,
    desk,
    documents,
    evidence,
    holders,
    leavers,
    letters,
    organisations,
    output,
    people,
    requests,
    reviews,
    roster,
    soundness,
    up,
    users,
)
from wiring.privacy import keep_private

app = typer.Typer(
    name="egisz-access",
    help="Доступ ЕГИСЗ: заявки на доступ к подсистемам от черновика до подтверждённого входа.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"egisz-access {version('egisz-access')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Какая это версия.")
    ] = False,
) -> None:
    """What may be said before any command."""


app.add_typer(organisations.app, name="organisation")
app.add_typer(roster.app, name="roster")
app.add_typer(requests.app, name="request")
requests.app.command("correct")(correcting.correct)
letters.inbox.command("back")(correcting.letter_back)
people.app.command("name-back")(correcting.name_back)
people.app.command("first-login-back")(correcting.first_login_back)
organisations.app.command("change-back")(correcting.change_back)
app.add_typer(documents.documents, name="documents")
app.add_typer(documents.scan, name="scan")
app.add_typer(letters.letter, name="letter")
app.add_typer(letters.inbox, name="inbox")
app.add_typer(letters.outbox, name="outbox")
app.add_typer(people.app, name="people")
app.add_typer(holders.app, name="holders")
app.add_typer(checklists.app, name="checklist")
app.add_typer(reviews.app, name="review")
app.add_typer(asking.audit, name="audit")
app.add_typer(catalogs.app, name="catalog")
app.add_typer(users.app, name="user")
app.add_typer(admin.settings, name="settings")
app.add_typer(soundness.app, name="soundness")
app.command("login-help")(checklists.login_help)
app.command("leavers")(leavers.leavers)
app.command("evidence")(evidence.evidence)
app.command("deadline")(desk.deadline)
app.command("remind")(desk.remind)
app.command("sweep")(desk.sweep)
app.command("backup")(admin.backup)
app.command("backup-key")(admin.backup_key)
app.command("restore")(admin.restore)
app.command("end-links")(admin.end_links)
app.command("up")(up.up)
app.command("demo")(up.demo)


def main() -> None:
    """Entry point: exit 0 fine, 1 findings or refused, 2 usage."""
    keep_private()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        sys.exit(output.answer(error))
