"""How a sandboxed call ends when it does not end well."""

from __future__ import annotations

from typing import Literal

from refusals import Refusal

Why = Literal["time", "memory", "crash", "output"]
_WHYS: dict[Why, str] = {
    "time": "файл открывался слишком долго",
    "memory": "файл требует слишком много памяти",
    "crash": "файл повреждён: программа чтения остановилась на нём",
    "output": "в файле слишком много данных",
}


class Refused(Refusal):
    """The input is bad; raised in the child and again in the parent. `detail` is Russian, without personal data."""

    problem = "bad-file"

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail

    @property
    def told(self) -> str:
        return self.detail or "Файл не подходит."


class Killed(Refusal):
    """The child broke a limit or died; `why` says which, `detail` is for developers."""

    problem = "bad-file"

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(_WHYS[why])
        self.why, self.detail = why, detail

    @property
    def told(self) -> str:
        return f"Файл слишком сложный или повреждён: открыть его не удалось ({self})."


class Unavailable(Refusal):
    """No child could be started, which says nothing of the file. The text is Russian and says what to do."""

    http_status = 503
    problem = "busy"
    retry_after = 60
