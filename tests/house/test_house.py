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
