"""The desk's ticket number and the term that it names, each with its sentence."""

from __future__ import annotations

import datetime as dt
import re

from notifications.deciding.claims import VERDICTS
from notifications.deciding.known import canonical
from notifications.deciding.moments import days_in
from notifications.deciding.text import Letter, shown
from notifications.reading.result import Term
from notifications.reading.tickets import find_tickets


def ticket_of(letter: Letter, subject: str) -> tuple[str | None, str, bool, list[str]]:
    """The desk's number by this letter, the words that name it, whether it replaces another, and what is doubtful."""
    places = [(ticket, subject) for ticket in find_tickets([subject], letter.patterns)]
    for clauses in letter.sentences:
        if clauses[0].unit.in_signature:
            continue
        quote = shown(letter, clauses)
        low = clauses[0].unit.plain.low
        unit = clauses[0].unit
        places += [(ticket, quote) for ticket in find_tickets([letter.text[unit.start : unit.end]], letter.patterns)]
        merged = letter.patterns.tickets.merges.search(low)
        if merged:
            return _merged(letter, merged, quote, letter.text[unit.start : unit.end])
    known = {canonical(ticket) for ticket in letter.asked.tickets}
    named: dict[str, tuple[str, str]] = {}
    for ticket, quote in places:
        named.setdefault(canonical(ticket), (ticket, quote))
    strangers = [ticket for key, (ticket, _) in named.items() if key not in known]
    if known:
        doubts = [f"в письме номер обращения {ticket}, а у заявки {letter.asked.tickets[0]}" for ticket in strangers]
        own = next((ticket for key, (ticket, _) in named.items() if key in known), None)
        return own, "", False, doubts
    if len(named) > 1:
        return (
            None,
            "",
            False,
            [f"в письме несколько номеров обращений: {', '.join(ticket for ticket, _ in named.values())}"],
        )
    if not named:
        return None, "", False, []
    ticket, quote = next(iter(named.values()))
    announced = re.search(rf"(?<![^\W_]){re.escape(canonical(ticket))}(?![^\W_])", canonical(subject))
    return ticket, quote, False, [] if announced else _unannounced(letter, ticket)


def _unannounced(letter: Letter, ticket: str) -> list[str]:
    """Beside a verdict, a number that neither a registration nor the subject has told may be somebody else's, unless the words say «ваше»."""
    if not any(claim.polarity in VERDICTS for claim in letter.claims):
        return []
    for clauses in letter.sentences:
        low = clauses[0].unit.plain.low
        named = canonical(ticket) in {canonical(one) for one in letter.finder.find(low).tickets}
        if named and not letter.patterns.whole.our_ticket.search(low):
            return [f"номер обращения {ticket} у этой заявки не записан: сверьте его"]
    return []


def _merged(letter: Letter, found: re.Match[str], quote: str, text: str) -> tuple[str | None, str, bool, list[str]]:
    """«Обращение A объединено с обращением B»: the work goes on under B, if A or B is ours."""
    written = {canonical(ticket): ticket for ticket in find_tickets([text], letter.patterns)}
    old, new = (canonical(found.group(name)) for name in ("old", "new"))
    known = {canonical(ticket) for ticket in letter.asked.tickets}
    old_told, new_told = (written.get(one, one.upper()) for one in (old, new))
    if not known & {old, new}:
        ours = f"у заявки {letter.asked.tickets[0]}" if known else "номер заявки ещё не записан"
        return None, "", False, [f"объединены обращения {old_told} и {new_told}, а {ours}"]
    return new_told, quote, True, []


def term_of(letter: Letter) -> Term | None:
    """A day or a number of working days that the desk itself names for its answer."""
    due = letter.patterns.due
    for clauses in letter.sentences:
        low = " ".join(clause.unit.plain.low for clause in clauses[:1])
        if clauses[0].unit.in_signature or not due.sentences.search(low):
            continue
        quote, today = shown(letter, clauses), letter.asked.today
        days = [day.day for day in days_in(low, today) if day.day and today and day.day >= today]
        if days:
            return Term(quote, day=max(days).isoformat())
        if today and due.tomorrow.search(low):
            return Term(quote, day=(today + dt.timedelta(days=1)).isoformat())
        if today and due.today.search(low):
            return Term(quote, day=today.isoformat())
        if found := due.working_days.search(low):
            return Term(quote, working_days=int(found.group("number")))
        if found := due.working_hours.search(low):
            return Term(quote, working_hours=int(found.group("number")))
    return None
