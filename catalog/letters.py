"""The words, numbers and marks by which letters are read: `letters.toml` checked and compiled."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from catalog.loading import overlaid
from catalog.problems import read_file
from catalog.schema import DeskFile, Entry

_FLAGS = re.IGNORECASE
_TERM = re.compile(r"\{([a-z_]+)\}")


def _compiled(source: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(source, _FLAGS)
    except re.error as error:
        raise ValueError(f"{where} не разобрать: {error}. Выражение: {source[:120]}") from error


def _one(value: object) -> re.Pattern[str]:
    if not isinstance(value, str) or not value:
        raise ValueError("нужно непустое регулярное выражение в кавычках")
    return _compiled(value, "выражение")


def _each(value: object) -> tuple[re.Pattern[str], ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("нужен непустой список регулярных выражений")
    return tuple(_one(part) for part in value)


def _any_of(value: object) -> re.Pattern[str]:
    """A list as one alternation: a tenth of the time of compiling each; on failure the culprit is named."""
    if not isinstance(value, list) or not value or not all(isinstance(part, str) and part for part in value):
        raise ValueError("нужен непустой список регулярных выражений")
    try:
        return re.compile("|".join(f"(?:{part})" for part in value), _FLAGS)
    except re.error:
        for number, part in enumerate(value, 1):
            _compiled(part, f"выражение № {number}")
        raise


Regex = Annotated[re.Pattern[str], BeforeValidator(_one)]
Regexes = Annotated[tuple[re.Pattern[str], ...], BeforeValidator(_each)]
AnyOf = Annotated[re.Pattern[str], BeforeValidator(_any_of)]


class TicketPatterns(Entry):
    """Номер обращения; every expression has a group `ticket`."""

    patterns: Regexes
    merges: AnyOf

    @model_validator(mode="after")
    def _named(self) -> TicketPatterns:
        for number, pattern in enumerate(self.patterns, 1):
            if "ticket" not in pattern.groupindex:
                raise ValueError(f"в выражении № {number} нет группы (?P<ticket>…)")
        return self


class QuotePatterns(Entry):
    """Where a letter's own text ends."""

    attributions: AnyOf
    attribution_starts: AnyOf
    originals: AnyOf
    forwards: AnyOf
    block_authors: Regex
    block_keys: Regex
    reply_above: AnyOf
    echoes: AnyOf
    resumes: AnyOf
    sign_offs: AnyOf
    html_classes: frozenset[str]
    html_ids: frozenset[str]
    reply_subject: Regex
    forward_subject: Regex


class HeaderMark(Entry):
    """A header whose value gives an automaton or a mailing away."""

    name: str
    value: Regex


class AutomaticPatterns(Entry):
    """Auto-replies and announcements."""

    auto_headers: tuple[HeaderMark, ...]
    bulk_headers: tuple[HeaderMark, ...]
    auto_subjects: AnyOf
    away: AnyOf
    notices: AnyOf
    waiting: AnyOf
    closings: AnyOf
    closing_contradicted: Regex


class BouncePatterns(Entry):
    """Returned and delayed letters."""

    senders: Regex
    subjects: AnyOf
    texts: AnyOf
    delays: AnyOf
    given_up: AnyOf
    rejections: AnyOf
    challenges: AnyOf
    returned: AnyOf
    headings: AnyOf
    labels: AnyOf
    sentences: AnyOf
    strangers: AnyOf
    offices: Regex
    status: Regex
    code: Regex
    address: Regex
    original_id: Regex


class SignPatterns(Entry):
    """What a sentence may show; the reading judges, a sign alone decides nothing."""

    grants: AnyOf
    refusals: AnyOf
    generals: AnyOf
    revocations: AnyOf
    still_open: AnyOf
    asks: AnyOf
    deficiencies: AnyOf
    promises: AnyOf
    our_move: AnyOf
    partials: AnyOf
    partial_words: AnyOf
    exceptions: Regex
    acknowledgements: AnyOf
    blockers: AnyOf
    contraries: AnyOf
    harmless: AnyOf
    afterthoughts: Regex
    conditions: AnyOf
    hedges: AnyOf
    double_negations: AnyOf
    questions: AnyOf
    listing: Regex
    systems: Regex
    subjects: AnyOf


class RowPatterns(Entry):
    """Rows of tables and lists, where the predicate stands without its subject."""

    grants: AnyOf
    refusals: AnyOf
    status_headers: Regex
    yes: Regex
    no: Regex
    numbered: Regex
    everyone: Regex
    record: Regex
    rest: Regex
    other_subjects: Regex


class WholePatterns(Entry):
    """What may stand in a sentence that decides without narrowing it; whatever is left over is a person's to judge."""

    words: AnyOf
    refusal_words: AnyOf
    phrases: AnyOf
    greetings: Regex
    restricting: Regex
    narrowing: Regex
    harmless_phrases: Regex
    labels: Regex
    to_reader: Regex
    done: Regex
    accusative: Regex
    organisations: Regex
    speaking: Regex
    advice: Regex
    metadata: Regex
    people_number: Regex
    nevertheless: Regex
    posts: Regex
    carried_out: Regex
    about_request: Regex
    taken_in: Regex
    pending: Regex
    contradicting: Regex
    holding: Regex
    own_fields: Regex
    registered: Regex
    in_future: Regex
    access: Regex
    our_ticket: Regex


class DuePatterns(Entry):
    """When the desk says that it will answer."""

    sentences: AnyOf
    tomorrow: Regex
    today: Regex
    working_days: Regex
    working_hours: Regex


class LettersFile(Entry):
    """The whole of `letters.toml`; `{name}` of `terms` is put in before anything is compiled."""

    our_number: Regex
    terms: dict[str, str]
    tickets: TicketPatterns
    quotes: QuotePatterns
    automatic: AutomaticPatterns
    bounces: BouncePatterns
    signs: SignPatterns
    rows: RowPatterns
    whole: WholePatterns
    due: DuePatterns

    @model_validator(mode="before")
    @classmethod
    def _expanded(cls, value: Any) -> Any:
        terms = value.get("terms", {}) if isinstance(value, dict) else {}
        return {key: part if key == "terms" else _with_terms(part, terms) for key, part in value.items()}


class LetterPatterns(LettersFile):
    """Everything a reading needs: the patterns, the domains that the desk writes from, its own service addresses."""

    trusted_domains: tuple[str, ...]
    service_addresses: tuple[str, ...]


def _with_terms(value: Any, terms: dict[str, str], depth: int = 0) -> Any:
    if isinstance(value, dict):
        return {key: _with_terms(part, terms, depth) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_terms(part, terms, depth) for part in value]
    if not isinstance(value, str) or not _TERM.search(value):
        return value
    if depth > 5:
        raise ValueError("terms ссылаются друг на друга по кругу")
    return _with_terms(_TERM.sub(lambda found: _term(found.group(1), terms), value), terms, depth + 1)


def _term(name: str, terms: dict[str, str]) -> str:
    if name not in terms:
        raise ValueError(f"в [terms] нет {{{name}}}")
    return terms[name]


def warm_by(own: Path | None) -> tuple[str, ...]:
    """For the sandbox: what to call before it forks a child that reads letters."""
    return "catalog.letters:warm", str(own.absolute() if own else "")


def warm(own: str) -> None:
    """Half a second of compiling, paid once for all children; again only after the files have changed."""
    folder = Path(own) if own else None
    stamps = [_stamp(overlaid(name, folder)) for name in ("letters.toml", "desk.toml")]
    if _warm.get(folder, stamps) != stamps:
        load_letters.cache_clear()
        _warm.clear()
    _warm[folder] = stamps
    load_letters(folder)


_warm: dict[Path | None, list[tuple[str, int, int, int]]] = {}


def _stamp(file: Path) -> tuple[str, int, int, int]:
    info = file.stat()
    return str(file), info.st_mtime_ns, info.st_size, info.st_ino


@cache
def load_letters(own: Path | None = None) -> LetterPatterns:
    """The shipped patterns, or those of the folder `own`; the desk's domains come from `desk.toml`.

    Raises CatalogError naming file, key and reason.
    """
    letters = read_file(overlaid("letters.toml", own), LettersFile)
    desk = read_file(overlaid("desk.toml", own), DeskFile).desk
    parts = {name: getattr(letters, name) for name in LettersFile.model_fields}
    service = tuple(place.address.lower() for place in desk.destinations)
    return LetterPatterns.model_construct(**parts, trusted_domains=desk.trusted_domains, service_addresses=service)
