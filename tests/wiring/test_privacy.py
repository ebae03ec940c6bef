"""Nobody on the machine but the service's user reads its data."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from service import safety
from service.deployments import ROOT
from wiring.privacy import tighten, wider
from wiring.settings import Settings

ALONE = ("verify-log.py", "imap_process.py", "guarding.py")  # for auditors; writes nothing; sets its mask by itself
PROGRAM = Path(sys.executable).parent / "egisz-access"


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "home"
    for name in ("files/ab", "logs"):
        (home / name).mkdir(parents=True)
    for name in ("egisz-access.sqlite3", "files/ab/abc", "logs/web.log"):
        (home / name).write_text("x")
        (home / name).chmod(0o600)
    for path in (home, *home.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return home


def test_private_folder_is_told_so(folder):
    assert safety.private_folder(Settings(home=folder)).level == "good"


@pytest.mark.parametrize(
    ("name", "mode", "level"),
    [
        (".", 0o750, "bad"),
        ("logs", 0o701, "warning"),
        ("logs/web.log", 0o604, "warning"),
        ("files/ab/abc", 0o620, "warning"),
    ],
)
def test_what_is_wider_is_named_with_the_command_that_mends_it(folder, name, mode, level):
    wide = folder / name
    wide.chmod(mode)
    check = safety.private_folder(Settings(home=folder))
    assert (check.level, check.more) == (level, (str(wide),))
    assert f"chmod -R go-rwx {folder}" in check.mend
    subprocess.run(check.mend.partition(": ")[2], shell=True, check=True)
    assert safety.private_folder(Settings(home=folder)).level == "good"


def test_database_elsewhere_is_looked_at_too(folder, tmp_path):
    database = tmp_path / "elsewhere.sqlite3"
    database.write_text("x")
    database.chmod(0o644)
    check = safety.private_folder(Settings(home=folder, database_url=f"sqlite:///{database}"))
    assert (check.level, check.more) == ("bad", (str(database),))


def test_tightening_mends_a_folder_of_an_earlier_release_and_follows_no_link(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("x")
    outside.chmod(0o644)
    (folder / "link").symlink_to(outside)
    for path in (folder, folder / "logs", folder / "logs" / "web.log"):
        path.chmod(path.stat().st_mode | 0o055)
    assert tighten(folder) == 3
    assert list(wider([folder], 1000)) == []
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
    assert stat.S_IMODE((folder / "logs" / "web.log").stat().st_mode) == 0o600


def test_command_line_leaves_nothing_for_others(tmp_path):
    home = tmp_path / "home"
    known = {**os.environ, "EGISZ_HOME": str(home)}
    told = {"check": True, "capture_output": True, "env": known, "cwd": tmp_path, "umask": 0o022}
    subprocess.run([str(PROGRAM), "audit", "verify"], **told)
    subprocess.run([str(PROGRAM), "backup", "copy.zip"], **told)
    assert list(wider([home, tmp_path / "copy.zip"], 1000)) == []


def _entry_points():
    started = '\nif __name__ == "__main__":'
    folders = ("cli", "web", "flows", "demo", "wiring", "sweeps", "sandbox")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if started in path.read_text("utf-8")]
    return [*found, ROOT / "cli" / "main.py", ROOT / "web" / "app.py"]


@pytest.mark.parametrize("path", _entry_points(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_entry_point_begins_private(path):
    """In the file itself or in its package, which is imported first; a program that is handed out alone has none of ours."""
    texts = [each.read_text("utf-8") for each in (path, path.with_name("__init__.py")) if each.exists()]
    assert any("keep_private()" in text for text in texts) or (
        "from wiring" not in "".join(texts) and path.name in ALONE
    )


def test_page_of_uvicorn_is_private_from_its_first_file(tmp_path):
    code = "import os; from web.app import create_app; create_app(); print(oct(os.umask(0)))"
    known = {**os.environ, "EGISZ_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=known, check=True, capture_output=True, text=True, umask=0o022
    )
    assert done.stdout.strip() == "0o77"
