"""settings.toml as the page writes it: comments stay, a wrong value is refused before anything is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from catalog.wrong_values import sentence
from documents.atomic import write
from refusals import Refusal
from wiring.settings import Settings, home_folder, load

_WHOLE = ""  # the key of a problem that belongs to the file, not to one of its keys


class WrongSettings(Refusal, ValueError):
    """`problems`: a dotted key («smtp.port») to a Russian sentence; "" for the file as a whole."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{key}: {told}" if key else told for key, told in problems.items()))
        self.problems = dict(problems)


class _FileOnly(Settings):
    """What the file alone says: the environment must not hide a mistake that a later start would meet."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def location(home: Path | None = None) -> Path:
    """Of this installation, or of another data folder."""
    return (home or home_folder()) / "settings.toml"


def from_environment() -> frozenset[str]:
    """Dotted keys whose value the environment gives, whatever the file says."""
    return frozenset(_leaves(EnvSettingsSource(Settings)()))


def _leaves(values: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def in_file(home: Path | None = None) -> Settings:
    """The settings of the file alone, over the defaults. Raises WrongSettings."""
    return _checked(_document(location(home)), home)


def value_of(settings: Settings, key: str) -> Any:
    """The value at a dotted key."""
    found: Any = settings
    for name in key.split("."):
        found = getattr(found, name)
    return found


def change(values: Mapping[str, object], home: Path | None = None) -> Settings:
    """Write values at dotted keys and give the settings that now hold. None takes a key out: the default holds again.

    A key that is not in the file and would only repeat its default is not written. Raises WrongSettings with every
    wrong key; then the file is as it was. Of another folder's file (`home`) the answer is what the file says.
    """
    path = location(home)
    document = _document(path)
    for key, value in values.items():
        _put(document, key, value)
    written = _checked(document, home)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, tomlkit.dumps(document))
    return written if home else load()


def _document(path: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(path.read_text("utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except (TOMLKitError, UnicodeDecodeError) as error:
        told = f"Файл settings.toml не разобрать: {error}. Исправьте его на сервере, потом меняйте настройки здесь."
        raise WrongSettings({_WHOLE: told}) from error


def _put(document: tomlkit.TOMLDocument, key: str, value: object) -> None:
    *parts, name = key.split(".")
    table: Any = document
    for part in parts:
        if part not in table:
            if value is None or _is_default(key, value):
                return
            if len(document):
                document.add(tomlkit.nl())
            document.add(part, tomlkit.table())
        table = table[part]
    if not isinstance(table, Table | tomlkit.TOMLDocument):
        raise WrongSettings({key: "в файле на этом месте не раздел. Исправьте файл на сервере."})
    if value is None:
        if name in table:
            table.remove(name)
    elif name in table or not _is_default(key, value):
        table[name] = value


def _is_default(key: str, value: object) -> bool:
    return value == plain(value_of(_FileOnly(), key))


def plain(value: Any) -> object:
    """A value of the settings as TOML spells it; None has no spelling."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value


def _checked(document: tomlkit.TOMLDocument, home: Path | None) -> Settings:
    try:
        return _FileOnly(**{"home": home or home_folder(), **document.unwrap()})
    except ValidationError as error:
        raise WrongSettings({_key(each): sentence(each) for each in error.errors()}) from error


def _key(error: ErrorDetails) -> str:
    return ".".join(part for part in error["loc"] if isinstance(part, str))


def as_text(value: object) -> str:
    """A value as a form shows it; a secret is never shown."""
    if value is None or isinstance(value, SecretStr | BaseModel):
        return ""
    if isinstance(value, tuple):
        return "\n".join(str(each) for each in value)
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def secret_keys(model: type[BaseModel] = Settings, above: str = "") -> Iterator[str]:
    """Dotted keys that hold a password or a key, told by their type."""
    for name, known in model.model_fields.items():
        if known.annotation is SecretStr:
            yield f"{above}{name}"
        elif isinstance(known.annotation, type) and issubclass(known.annotation, BaseModel):
            yield from secret_keys(known.annotation, f"{above}{name}.")


def without_secrets(text: str) -> str:
    """The file as it may leave the machine; comments stay, save those that once were a secret's line."""
    names = "|".join(key.rpartition(".")[2] for key in secret_keys())
    document = tomlkit.parse(re.sub(rf"^.*#.*\b({names})\b.*=.*\n?", "", text, flags=re.MULTILINE))
    for key in secret_keys():
        *parts, name = key.split(".")
        place: Any = document
        for part in parts:
            place = place.get(part, {})
        if place.get(name):
            place[name] = ""
    return tomlkit.dumps(document)


def with_secrets_of(text: str, present: str) -> tuple[str, list[str]]:
    """Blank secrets filled in from the present file, and the keys that stay blank: they have to be typed again.

    Only for the same server and login: a password goes nowhere else.
    """
    document, own = tomlkit.parse(text), tomlkit.parse(present)
    lacking = []
    for key in secret_keys():
        part, _, name = key.rpartition(".")
        place, ours = (document.get(part), own.get(part, {})) if part else (document, own)
        if place is None or place.get(name) != "":
            continue
        same = all(place.get(each) == ours.get(each) for each in ("host", "login", "url", "issuer", "client_id"))
        if same and ours.get(name):
            place[name] = ours[name]
        else:
            lacking.append(key)
    return tomlkit.dumps(document), lacking
