"""Accounts made by command."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.account import Role
from tests.commands import said


@pytest.mark.parametrize("role", [each.value for each in Role])
def test_a_user_of_each_role_is_made_and_listed(home: Path, tmp_path: Path, role: str) -> None:
    made = said(("user", "add", "ivanova", "--role", role), cwd=tmp_path, env={})
    assert made.code == 0 and "Пароль для первого входа" in made.out
    assert f'"{role}"' in said(("user", "list", "--json"), cwd=tmp_path, env={}).out


def test_a_role_that_there_is_not_is_refused_with_those_there_are(home: Path, tmp_path: Path) -> None:
    refused = said(("user", "add", "ivanova", "--role", "boss"), cwd=tmp_path, env={})
    assert refused.code == 2 and "boss" in refused.err
    assert all(role.value in refused.err for role in Role)
    assert said(("user", "list", "--json"), cwd=tmp_path, env={}).out.strip() == "[]"
