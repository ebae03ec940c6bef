"""Whatever goes over a network without TLS is told on the page of health."""

from __future__ import annotations

import pytest

from service.safety import open_lines
from wiring.settings import PagePart, Settings

_POSTGRES = "postgresql+psycopg://egisz:secret@"


@pytest.mark.parametrize(
    ("page", "database", "planner", "told"),
    [
        (PagePart(), "", "", []),
        (PagePart(host="::1"), "", "http://127.0.0.1:4200/api", []),
        (
            PagePart(host="0.0.0.0", public_url="https://access.clinic.example"),
            "",
            "https://planner.clinic.example/api",
            [],
        ),
        (PagePart(host="0.0.0.0"), "", "", ["страница"]),
        (PagePart(host="10.0.0.5", public_url="http://access.clinic.example"), "", "", ["страница"]),
        (PagePart(public_url="http://access.clinic.example"), "", "", ["страница"]),
        (PagePart(public_url="http://localhost:8000"), "", "", []),
        (PagePart(), f"{_POSTGRES}127.0.0.1/egisz", "", []),
        (PagePart(), f"{_POSTGRES}/egisz?host=/run/postgresql", "", []),
        (PagePart(), f"{_POSTGRES}db.clinic.example/egisz?sslmode=verify-full", "", []),
        (PagePart(), f"{_POSTGRES}db.clinic.example/egisz", "", ["база"]),
        (PagePart(), f"{_POSTGRES}db.clinic.example/egisz?sslmode=prefer", "", ["база"]),
        (PagePart(), "", "http://10.0.0.7:4200/api", ["планировщик"]),
    ],
)
def test_a_line_without_tls_is_told_and_no_password_with_it(
    page: PagePart, database: str, planner: str, told: list[str]
) -> None:
    check = open_lines(Settings(page=page, database_url=database), {"PREFECT_API_URL": planner} if planner else {})  # type: ignore[arg-type]
    assert [line.partition(":")[0] for line in check.more] == told
    assert check.level == ("bad" if told else "good") and "secret" not in str(check)
