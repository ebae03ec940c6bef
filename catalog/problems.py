"""Files of the catalogue read one by one, and what is wrong with them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from catalog.schema import Entry
from catalog.wrong_values import sentence
from refusals import Refusal

AnyEntry = TypeVar("AnyEntry", bound=Entry)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the catalogue: where, and a Russian sentence."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: ключ {self.key}: {self.message}" if self.key else f"{self.file}: {self.message}"


class CatalogError(Refusal, ValueError):
    """A file of the catalogue is wrong; the text names file, key and reason in Russian, one line a problem."""

    http_status = 409
    problem = "not-found"

    def __init__(self, *problems: Problem | str) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(part for part in problems if isinstance(part, Problem))


def read_file(path: Path, schema: type[AnyEntry]) -> AnyEntry:
    """One file checked against its schema. Raises CatalogError with every problem of the file."""
    name = f"{path.parent.name}/{path.name}" if path.parent.name in ("subsystems", "layouts") else path.name
    try:
        return schema.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise CatalogError(Problem(name, "", "файл не в UTF-8. Сохраните его в этой кодировке.")) from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(Problem(name, "", f"не разобрать как TOML: {error}.")) from error
    except ValidationError as error:
        found = (Problem(name, _key(part["loc"]), sentence(part)) for part in error.errors(include_url=False))
        raise CatalogError(*found) from error


def _key(place: tuple[str | int, ...]) -> str:
    """`kinds.2.rule` counts tables from one, as people do."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
