"""An administrator's folder held against everything the catalogue promises: each problem with file, key and a sentence.

What `loading` refuses stops the program; what is found here beside it would stop somebody's request later.
"""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.checklists import load_checklists
from catalog.help import load_help
from catalog.kinds import FACTS, KindField, RequestKind, SubsystemFile
from catalog.layouts import FormField, Layout, examine_layouts, layout_files
from catalog.letters import load_letters
from catalog.loading import Catalog, examine, subsystem_files
from catalog.problems import CatalogError, Problem, read_file
from catalog.rules import FOLDER
from catalog.schema import OrganisationsFile, Subsystem

FOLDERS = ("subsystems", "layouts")
FILES = ("organisations.toml", "desk.toml", "letters.toml", "checklists.toml", "help.toml")
_NOTES = ("README", "LICENSE", "CHANGELOG")  # a word to colleagues; nobody expects it to be read
_OWN_LINES = ("add-application", "trouble-report")  # purposes of forms whose lines are not the kind's fields alone
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Laid:
    """What a folder does to the shipped catalogue: names of its files, in their folders."""

    adds: tuple[str, ...]
    replaces: tuple[str, ...]


def laid(own: Path) -> Laid:
    """Files of the folder that are read, by whether a shipped one of that name lies under them."""
    names = list(_read_files(own))
    return Laid(
        tuple(name for name in names if not (FOLDER / name).exists()),
        tuple(name for name in names if (FOLDER / name).exists()),
    )


def audit(own: Path | None, *, media_types: Collection[str]) -> list[Problem]:
    """Every problem at once, in the order of the files. `media_types` are those that content can be found to be.

    Raises CatalogError when there is no such folder, or nothing of a catalogue in it.
    """
    found = list(_folder_problems(own)) if own is not None else []
    catalog, problems = examine(own)
    found += problems
    if catalog is not None:
        found += _beyond_loading(catalog, own, media_types)
    for reader in (load_letters, load_checklists, load_help):
        found += _asked(reader, own)
    return sorted(dict.fromkeys(found), key=lambda problem: problem.file)


def _asked(reader: Callable[[Path | None], object], own: Path | None) -> Iterable[Problem]:
    """These readers stop at the first file that is wrong, be it their own or the catalogue's."""
    try:
        reader(own)
    except CatalogError as error:
        return error.problems
    return ()


def _read_files(own: Path) -> Iterator[str]:
    yield from (name for name in FILES if (own / name).is_file())
    for folder in FOLDERS:
        yield from (f"{folder}/{path.name}" for path in sorted((own / folder).glob("*.toml")))


def _folder_problems(own: Path) -> Iterator[Problem]:
    if not own.is_dir():
        raise CatalogError(f"Папки {own} нет. Укажите папку, где лежат subsystems/, layouts/ или {', '.join(FILES)}.")
    read = set(_read_files(own))
    unread = sorted(name for name in _every_file(own) if name not in read)
    if not read and not unread:
        raise CatalogError(
            f"В папке {own} ничего нет. Положите в неё subsystems/*.toml, layouts/*.toml или {', '.join(FILES)}."
        )
    for name in unread:
        yield Problem(name, "", _why_unread(name))


def _every_file(own: Path) -> Iterator[str]:
    for path in own.rglob("*"):
        name = path.relative_to(own)
        if path.is_file() and not any(part.startswith(".") for part in name.parts) and not name.name.startswith(_NOTES):
            yield name.as_posix()


def _why_unread(name: str) -> str:
    """A guess at what was meant."""
    folder, _, file = name.rpartition("/")
    if not folder and (FOLDER / name).is_file():
        return f"этот файл из своей папки не читается. Поверх кладут только {', '.join(FILES)} и папки {', '.join(FOLDERS)}."
    if folder in FOLDERS or file in FILES:
        meant = f"{file.partition('.')[0].lower()}.toml" if folder in FOLDERS else file
        right = f"{folder}/{meant}" if folder in FOLDERS else meant
        return f"этот файл никто не читает. Имя должно быть {right}." if right != name else "этот файл никто не читает."
    likely = difflib.get_close_matches(folder or file, FOLDERS if folder else FILES, 1, 0.7)
    if likely:
        return f"этот файл никто не читает. Может быть, имелось в виду {likely[0]}{f'/{file}' if folder else ''}?"
    return f"этот файл никто не читает. Читаются: {', '.join(FILES)}, subsystems/*.toml, layouts/*.toml."


def _beyond_loading(catalog: Catalog, own: Path | None, media_types: Collection[str]) -> Iterator[Problem]:
    layouts, _ = examine_layouts(own)
    forms = {code: form for code, form in layouts.items() if form is not None}
    yield from _organisation_problems(catalog.organisations, layouts)
    for name, path in subsystem_files(own).items():
        try:
            parsed = read_file(path, SubsystemFile)
        except CatalogError:
            continue  # told by the loading
        file = f"subsystems/{name}"
        yield from _doubled(file, "kinds.code", (kind.code for kind in parsed.kinds))
        if parsed.subsystem:
            yield from _subsystem_problems(file, parsed.subsystem)
        for number, kind in enumerate(parsed.kinds, 1):
            where = f"kinds.{number}"
            yield from _kind_problems(file, where, kind, catalog)
            yield from _field_problems(file, where, kind)
            yield from _media_problems(file, where, kind, media_types)
            if kind.layout in forms:
                yield from _form_problems(file, where, kind, forms[kind.layout])
    if not catalog.desk.destinations:
        yield Problem("desk.toml", "desk.destinations", "не указано ни одного адреса, куда отправлять заявки.")
    yield from _own_forms(catalog, forms, own)


def _doubled(file: str, key: str, codes: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield Problem(file, key, f"код «{code}» указан дважды.")
        seen.add(code)


def _missing(file: str, key: str, code: str | None, known: Collection[str]) -> Iterator[Problem]:
    if code and code not in known:
        yield Problem(file, key, f"«{code}» в справочнике нет. Есть: {', '.join(sorted(known))}.")


def _organisation_problems(known: OrganisationsFile, layouts: Collection[str]) -> Iterator[Problem]:
    file = "organisations.toml"
    levels = {level.code for level in known.levels}
    for key in ("kinds", "authorities", "levels", "subordinations", "bodies", "capacities"):
        yield from _doubled(file, f"{key}.code", (entry.code for entry in getattr(known, key)))
    for number, kind in enumerate(known.kinds, 1):
        yield from _missing(file, f"kinds.{number}.add_layout", kind.add_layout, layouts)
        yield from _missing(file, f"kinds.{number}.branch_layout", kind.branch_layout, layouts)
    for number, authority in enumerate(known.authorities, 1):
        yield from _missing(file, f"authorities.{number}.level", authority.level, levels)
    for number, exclusion in enumerate(known.exclusions, 1):
        for level in exclusion.levels:
            yield from _missing(file, f"exclusions.{number}.levels", level, levels)
    for number, body in enumerate(known.bodies, 1):
        for fact in body.is_own:
            if fact not in FACTS:
                yield Problem(file, f"bodies.{number}.is_own", f"условия «{fact}» нет. Есть: {', '.join(FACTS)}.")
    if not any(capacity.signs_own for capacity in known.capacities):
        yield Problem(file, "capacities.signs_own", "никто не может подписать обычную заявку: нужна хотя бы одна true.")


def _subsystem_problems(file: str, entry: Subsystem) -> Iterator[Problem]:
    yield from _doubled(file, "subsystem.roles.code", (role.code for role in entry.roles))
    named: dict[str, str] = {}
    for number, role in enumerate(entry.roles, 1):
        for key, text in (("label", role.label), *(("aliases", alias) for alias in role.aliases)):
            other = named.setdefault(_folded(text), role.code)
            if other != role.code:
                yield Problem(
                    file,
                    f"subsystem.roles.{number}.{key}",
                    f"«{text}» – так уже называется роль «{other}»: из списка сотрудников не понять, какая нужна.",
                )
        yield from _dates(file, f"subsystem.roles.{number}", role.valid_from, role.valid_until)
    yield from _dates(file, "subsystem", entry.valid_from, entry.valid_until)
    yield from _doubled(file, "subsystem.acts.year", (str(act.year) for act in entry.acts))


def _folded(text: str) -> str:
    return _SPACES.sub(" ", text.casefold().replace("ё", "е")).strip()


def _dates(file: str, where: str, since: object, until: object) -> Iterator[Problem]:
    if since and until and str(since) > str(until):
        yield Problem(file, f"{where}.valid_until", f"конец срока ({until}) раньше начала ({since}).")


def _kind_problems(file: str, where: str, kind: RequestKind, catalog: Catalog) -> Iterator[Problem]:
    yield from _dates(file, where, kind.valid_from, kind.valid_until)
    if kind.people and kind.roles_asked and not kind.revokes:
        for code in kind.subsystems:
            if code in catalog.subsystems and not catalog.subsystems[code].roles:
                yield Problem(
                    file, f"{where}.roles_asked", f"у подсистемы «{code}» нет ролей: поставьте roles_asked = false."
                )
        if not kind.subsystems:
            yield Problem(
                file,
                f"{where}.subsystems",
                "роли спрашивают, а подсистема не названа: впишите её или roles_asked = false.",
            )
    if kind.verified == "login" and not kind.people:
        yield Problem(
            file,
            f"{where}.verified",
            'в заявке нет работников, войти некому: поставьте verified = "result" или "received".',
        )
    if kind.signers and not kind.signature:
        yield Problem(file, f"{where}.signers", "подписантов не спрашивают: signature = false.")
    if not kind.to_desk and kind.channels != ("mail", "web") and "channels" in kind.model_fields_set:
        yield Problem(file, f"{where}.channels", "каналы СТП ни при чём: заявка идёт другому получателю (recipients).")


def _field_problems(file: str, where: str, kind: RequestKind) -> Iterator[Problem]:
    days = {field.code for field in kind.fields if field.type == "date"}
    for number, field in enumerate(kind.fields, 1):
        yield from _missing(file, f"{where}.fields.{number}.not_before", field.not_before, days)
        yield from _doubled(file, f"{where}.fields.{number}.choices", (choice.value for choice in field.choices))
        if field.example and not _suits(field, field.example):
            yield Problem(
                file,
                f"{where}.fields.{number}.example",
                f"пример «{field.example}» не подходит под свой же pattern: {field.pattern}",
            )


def _suits(field: KindField, example: str) -> bool:
    """The expression covers the whole value, of a list each item."""
    if field.type == "choice":
        return example in {text for choice in field.choices for text in (choice.value, choice.label)}
    kind = field.value_type
    if not field.pattern or not (kind.own_words or kind.control == "number"):
        return True
    values = re.split(f"[{kind.separators}]+", example) if kind.separators else [example]
    return all(re.fullmatch(field.pattern, value.strip()) for value in values if value.strip())


def _media_problems(file: str, where: str, kind: RequestKind, media_types: Collection[str]) -> Iterator[Problem]:
    for number, entry in enumerate(kind.attachments, 1):
        key = f"{where}.attachments.{number}.media_types"
        if not entry.media_types:
            yield Problem(file, key, "не названо ни одного вида файла: ни один файл не подойдёт.")
        for media_type in entry.media_types:
            if media_type not in media_types:
                likely = difflib.get_close_matches(media_type, media_types, 1)
                meant = f" Может быть, «{likely[0]}»?" if likely else ""
                known = ", ".join(sorted(media_types))
                yield Problem(file, key, f"по содержимому файла «{media_type}» не определяется.{meant} Есть: {known}.")


def _form_problems(file: str, where: str, kind: RequestKind, form: Layout) -> Iterator[Problem]:
    """What would be seen only on paper."""
    key, shown = f"{where}.layout", f"форма «{form.code}»"
    if kind.signature and form.signature is None:
        yield Problem(file, key, f"заявку подписывают, а {shown} без места подписи ([signature]).")
    if kind.signature and not form.coded:
        yield Problem(
            file, key, f"заявку подписывают, а {shown} без кодов на страницах (coded = false): скан не узнать."
        )
    if kind.people and not form.columns and not _names_person(form):
        yield Problem(file, key, f"в заявке работники, а {shown} без столбцов для них (columns или {{person}}).")
    if kind.signature and not set(kind.editable) & set(form.formats):
        made = ", ".join(form.formats)
        yield Problem(
            file, f"{where}.editable", f"нужен {' или '.join(kind.editable)}, а {shown} делает {made}: письмо не уйдёт."
        )
    if form.purpose in _OWN_LINES:
        return
    codes = {field.code for field in kind.fields}
    answered = {line.answer for line in form.fields if line.answer}
    for code in sorted(answered - codes):
        yield Problem(
            f"layouts/{form.code}.toml",
            "fields.answer",
            f"поля «{code}» у вида «{kind.code}» нет, строка останется пустой.",
        )
    if form.all_fields:
        return
    for field in kind.fields:
        if (field.required or field.required_if) and field.code not in answered | _deciding(kind):
            yield Problem(
                file,
                key,
                f"обязательного поля «{field.label}» ({field.code}) в форме «{form.code}» нет: "
                "добавьте строку с answer или all_fields = true.",
            )


def _deciding(kind: RequestKind) -> set[str]:
    """Fields that choose the recipient, the signer or what else is asked: the paper need not repeat them."""
    return {
        name.removeprefix("field.")
        for condition in kind.conditions()
        for name in condition
        if name.startswith("field.")
    }


def _names_person(form: Layout) -> bool:
    texts = (*form.opening, *form.title, *form.closing, *(line.value for line in form.fields if _has_value(line)))
    names = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
    return "person" in names or (form.signature is not None and form.signature.by == "person")


def _has_value(line: FormField) -> bool:
    return bool(line.value)


def _own_forms(catalog: Catalog, forms: dict[str, Layout], own: Path | None) -> Iterator[Problem]:
    """A form of the folder that no kind prints is a misspelt name more often than a reserve."""
    if own is None:
        return
    shipped = layout_files(None)
    used = {code for kind in catalog.kinds.values() for code in (kind.layout, kind.letter)}
    used |= {code for kind in catalog.organisations.kinds for code in (kind.add_layout, kind.branch_layout)}
    for name, path in layout_files(own).items():
        if name not in shipped and path.stem in forms and path.stem not in used:
            yield Problem(f"layouts/{name}", "code", "на этой форме не печатается ни один вид заявки (layout, letter).")
