"""Why a refbook could not be taken in."""

from __future__ import annotations


class RefbookError(Exception):
    """`code` for programs, the text a Russian sentence that says what to do. Nothing in the database has changed."""

    for_people = True

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
