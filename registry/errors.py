"""Why a refbook could not be taken in."""

from __future__ import annotations

from refusals import Refusal


class RefbookError(Refusal):
    """`code` for programs, the text a Russian sentence that says what to do. Nothing in the database has changed."""

    http_status = 500

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
