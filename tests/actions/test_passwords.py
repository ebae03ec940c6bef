"""What a stored password costs whoever tries to guess it."""

from __future__ import annotations

from argon2 import extract_parameters

from actions import passwords


def test_a_hash_costs_what_owasp_asks_and_only_its_own_password_fits() -> None:
    """OWASP's least for argon2id: 19 MiB twice or 46 MiB once."""
    stored = passwords.hashed("конь батарея скрепка", login="anna")
    cost = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert cost.memory_cost >= 46 * 1024 and cost.time_cost >= 2
    assert passwords.fits("конь батарея скрепка", stored)
    assert not passwords.fits("конь батарея скрепки", stored)


def test_no_password_fits_an_account_that_is_not_there() -> None:
    assert not passwords.fits("nobody has this password", None)
