"""What must hold of the whole tree: data is personal or plain, Python names no subsystem, Prefect stays outside."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from catalog import load
from models.tables import METADATA
from states.words.events import EVENT_LABELS

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "refusals", "catalog", "sandbox", "models", "privacy", "states", "documents", "notifications", "registry", "actions", "views",
    "wiring", "service", "sweeps", "flows", "web", "cli",
)  # fmt: skip
_SEARCH = "refbook_search"


def _sources():
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def test_every_column_is_declared_personal_or_plain():
    undeclared = [
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if not isinstance(column.info.get("personal"), bool)
    ]
    assert undeclared == []


def test_names_addresses_and_snils_are_personal():
    personal = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.info["personal"]
    }
    assert {
        "person.snils",
        "employee.surname",
        "employee.email",
        "employee_name.surname",
        "outbox_letter.recipient",
        "inbox_letter.sender",
        "request_line.typed",
        "event.actor",
    } <= personal


def _docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield id(first.value)


def test_no_python_file_names_a_subsystem():
    names = {name for entry in load().subsystems.values() for name in (entry.code, entry.name, entry.full_name)}
    named = {name: re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in names}  # «archive» is no register of HIV
    found = []
    for path in _sources():
        tree = ast.parse(path.read_text("utf-8"))
        told = set(_docstrings(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                found += [f"{path.relative_to(ROOT)}: {name}" for name in names if named[name].search(node.value)]
    assert found == []


@pytest.mark.parametrize("module", ["cli.main", "web.app", "sweeps.deliver", "sweeps.inbox", "actions.steps.taking"])
def test_prefect_is_not_imported_on_the_way(module):
    code = f"import sys, {module}; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_project_says_nothing_of_machines_it_was_made_on():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    found = []
    for name in tracked.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.suffix in {".py", ".md", ".toml", ".yaml", ".html", ".css", ".txt", ""}:
            text = path.read_text("utf-8", errors="replace")
            found += [name for mark in ("/work" + "/", "/root" + "/") if mark in text]
    assert found == []


def test_every_event_that_is_written_has_words_for_people():
    """An action is the second argument of `record`; steps are called by the table of steps."""
    written = set()
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record" and len(node.args) > 1:
                parts = [part.value for part in ast.walk(node.args[1]) if isinstance(part, ast.Constant)]
                written |= {part for part in parts if isinstance(part, str) and "." in part and not part.endswith(".")}
    assert len(written) > 40
    assert written - set(EVENT_LABELS) == set()


_ASKS = {"add", "delete", "exec", "execute", "flush", "get", "merge", "refresh", "scalar", "scalars"}
_WRITES = {"add", "add_all", "begin_nested", "commit", "delete", "flush", "merge"}


def _session_calls(package, names):
    """Where a file of the package calls one of these methods of a database session."""
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                owner = node.func.value
                if (
                    isinstance(owner, ast.Attribute)
                    and owner.attr == "session"
                    and ast.unparse(owner) != "request.session"
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node.func)}"


def _imports(package):
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.module, {each.name for each in node.names}
            elif isinstance(node, ast.Import):
                for each in node.names:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", each.name, set()


@pytest.mark.parametrize("package", ["web", "cli"])
def test_pages_calls_and_commands_ask_the_database_nothing_themselves(package):
    """Queries stand in views and actions, so that two channels that ask the same ask it once."""
    built = [
        (where, module)
        for where, module, _ in _imports(package)
        if module.partition(".")[0] in {"sqlalchemy", "sqlmodel"} and module != "sqlalchemy.exc"
    ]
    assert built == []
    assert [*_session_calls(package, _ASKS)] == []


def test_views_write_nothing():
    assert [*_session_calls("views", _WRITES)] == []
    writers = {"insert", "update", "delete"}
    assert [
        (where, names & writers)
        for where, module, names in _imports("views")
        if module.partition(".")[0] in {"sqlalchemy", "sqlmodel"} and names & writers
    ] == []
    # `record` writes the log, whose line is a trace that somebody looked: who shows it decides that, not the view.
    recorded = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "views").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.record", "patients.shown"}
    ]
    assert recorded == []


# The places where members of `Status` are listed: what each means, the arrows, whose turn it is, the words.
STATUS_ROOMS = {
    "models/request.py",
    "states/statuses.py",
    "states/lifecycle.py",
    "states/turn.py",
    "states/words/requests.py",
}


def _statuses_listed(tree):
    """Lines on which members stand in one collection, or in one condition, with others or with a set of them."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.BoolOp)):
            named = {
                part.attr
                for part in ast.walk(node)
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "Status"
            }
            starred = any(isinstance(part, ast.Starred) for part in ast.iter_child_nodes(node))
            if len(named) > 1 or (named and starred):
                yield node.lineno


def test_only_the_room_for_statuses_lists_them():
    found = []
    for path in _sources():
        name = path.relative_to(ROOT).as_posix()
        if name not in STATUS_ROOMS and "migrations" not in name:
            found += [f"{name}:{line}" for line in _statuses_listed(ast.parse(path.read_text("utf-8")))]
    assert found == []


# Tables of Russian sentences above the rules that are no words for codes.
WORDS_ELSEWHERE = {
    "actions/keeping/reminders.py": "headings of a digest, in its order",
    "cli/catalog_telling.py": "headings of the catalogue on a terminal",
    "cli/roster_options.py": "how an open question is answered by options",
    "cli/templates.py": "samples that a template is filled with",
    "cli/wizard/course.py": "headings over questions",
    "cli/wizard/talking.py": "answers to a yes or no",
    "service/damage/files.py": "what was found, told of each file",
    "service/damage/looking.py": "how damage is mended",
    "service/owed_erasures.py": "one, two, many of a thing",
    "service/safety.py": "what was tried against the sandbox",
    "views/mail/letters.py": "doubts in short, by the sentences that tell them",
    "views/requests/drafts.py": "stages of the wizard",
    "views/requests/findings.py": "headings over findings, with their style",
    "web/api/holdings.py": "descriptions of a form's fields",
    "web/api/letters.py": "descriptions of a form's fields",
    "web/api/openapi.py": "descriptions of parameters, and samples",
    "web/api/rosters.py": "descriptions of a form's fields",
    "web/api/steps.py": "descriptions of a form's fields",
    "web/forms/uploads.py": "what to do with a sheet, and its style",
    "web/pages/admin/overview.py": "where a check of health is mended",
    "web/pages/leavers.py": "what is missing in a form",
    "web/pages/people.py": "names of downloads",
    "web/pages/tokens.py": "terms to choose from",
    "web/shell/errors.py": "what to do after an HTTP status",
}
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)


def _tables_of_words(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and len(node.values) > 1:
            told = [
                any(isinstance(part, ast.Constant) and _RUSSIAN.search(str(part.value)) for part in ast.walk(value))
                for value in node.values
            ]
            if sum(told) >= 0.6 * len(told):
                yield node.lineno


def test_words_for_codes_stand_in_their_room():
    """Who looks for what a code is called looks into `states/words`; what stands below the rules has its words with it."""
    found = {}
    for package in ("actions", "views", "wiring", "service", "sweeps", "flows", "web", "cli"):
        for path in sorted((ROOT / package).rglob("*.py")):
            lines = [*_tables_of_words(ast.parse(path.read_text("utf-8")))]
            if lines:
                found[path.relative_to(ROOT).as_posix()] = lines
    assert {name: lines for name, lines in found.items() if name not in WORDS_ELSEWHERE} == {}
    assert set(WORDS_ELSEWHERE) == set(found), "exceptions that are needed no more"
