"""Employees found by the beginning of a name, or by a whole СНИЛС."""

from __future__ import annotations

from actions.cards import known_people
from actions.cards.people import cards_of
from actions.context import Work
from models.employee import Employee
from models.identifiers import BadIdentifier, snils_digits

MOST = 50


def search(work: Work, text: str) -> list[Employee]:
    """By surname, at most so many. Raises BadIdentifier for a wrong СНИЛС or less than two letters."""
    digits = "".join(sign for sign in text if sign.isdigit())
    if digits:
        return [card for card in cards_of(work, snils_digits(digits)) if card.erased_on is None]
    if not known_people.is_enough(text):
        raise BadIdentifier("Введите хотя бы две буквы фамилии.")
    return known_people.found(work, text, limit=MOST)
