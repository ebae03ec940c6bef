"""What every call has in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models.findings import Severity

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class In(BaseModel):
    """A key that is not described is an error: a misspelt one must not be lost silently."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    pass


class FindingOut(Out):
    """Замечание."""

    rule: str = Field(
        description="Правило регламента, см. `/catalog/rules`; пусто у порядка работы и формы вызова",
        examples=["APP-2"],
    )
    severity: Severity = Field(description="error – не пропускает, warning – обратите внимание, advice – совет")
    row: int | None = Field(description="Номер строки (работника), как её считает Excel или с единицы")
    field: str | None = Field(description="Поле", examples=["snils"])
    message: str = Field(description="Что не так и что сделать")
    source: str = Field(description="Место в регламенте")


class Problem(Out):
    """Что не получилось: RFC 9457, `application/problem+json`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Постоянный адрес вида ошибки, он же её описание", examples=["/api/problems/refused"])
    title: str = Field(description="Коротко", examples=["Есть замечания"])
    status: int = Field(description="Код HTTP", examples=[422])
    detail: str = Field(description="Что случилось и что делать")
    instance: str = Field(description="Адрес, к которому обращались", examples=["/api/v1/requests/12/steps/validate"])
    findings: list[FindingOut] = Field(default=[], description="Все замечания сразу, у `refused` и `invalid`")
    current: dict[str, Any] | None = Field(default=None, description="Нынешнее положение заявки, у `stale`")
