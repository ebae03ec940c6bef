"""Whether the sheets make the whole of one version, without opening a single file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from documents.codes import PageCode
from documents.scans import FileFailure, ScanMatch, ScanPage, ScanReading, match_scan
from documents.scans.sheets import Problem
from models.findings import Finding, Severity, sourced

REQUEST, VERSION = 123, 2


def _page(place: int, number: int = 0, *, of: int = 3, request: int = REQUEST, version: int = VERSION) -> ScanPage:
    code = PageCode(request, version, number, of) if number else None
    return ScanPage(0, place, dpi=200, ink=0.04, sharpness=500.0, code=code, problem=None if code else "no-code")


def _without(place: int, problem: Problem) -> ScanPage:
    return ScanPage(0, place, dpi=200, problem=problem)


def _match(*pages: ScanPage, of: int | None = None, failures: Sequence[FileFailure] = (), files: int = 1) -> ScanMatch:
    return match_scan(ScanReading(files, pages, tuple(failures)), request=REQUEST, version=VERSION, of=of)


def _codes(match: ScanMatch) -> list[tuple[str | None, Severity]]:
    return [(finding.field, finding.severity) for finding in match.findings]


def _only(match: ScanMatch) -> Finding:
    [finding] = match.findings
    return finding


def _numbers(match: ScanMatch) -> list[int]:
    return [page.code.page if page.code else 0 for page in match.order]


@pytest.mark.rule("SND-1")
@pytest.mark.parametrize("numbers", list(permutations((1, 2, 3))))
def test_pages_in_any_order_make_the_paper(numbers: tuple[int, ...]) -> None:
    match = _match(*(_page(place, number) for place, number in enumerate(numbers)))
    assert match.complete and match.findings == ()
    assert _numbers(match) == [1, 2, 3]


@pytest.mark.rule("SND-1")
def test_a_missing_page_is_named_and_stops() -> None:
    match = _match(_page(0, 1), _page(1, 3))
    assert match.missing == (2,) and not match.complete
    assert _only(match).message == "Нет страницы 2 из 3. Отсканируйте и добавьте её."
    assert (_only(match).rule, _only(match).field, _only(match).severity) == ("SND-1", "missing-page", Severity.ERROR)


def test_several_missing_pages_are_one_finding() -> None:
    assert _only(_match(_page(0, 2, of=4))).message == "Нет страниц 1, 3, 4 из 4. Отсканируйте и добавьте их."


@pytest.mark.rule("SND-1")
def test_another_version_is_told_and_not_sent() -> None:
    match = _match(_page(0, 1, of=1, version=1), _page(1, 1, of=1))
    assert _codes(match) == [("wrong-version", Severity.ERROR)]
    assert "из версии 1, а нужна версия 2" in match.findings[0].message
    assert _numbers(match) == [1] and match.order[0].page_in_file == 1


def test_another_printout_of_the_same_version_is_told() -> None:
    match = _match(_page(0, 1, of=2), _page(1, 2, of=2), of=3)
    assert {code for code, _ in _codes(match)} == {"wrong-version", "missing-page"}
    assert "из другой распечатки этой версии" in match.findings[0].message


@pytest.mark.rule("SND-1")
def test_another_requests_page_stops_and_is_not_sent() -> None:
    match = _match(_page(0, 1, of=1), _page(1, 1, of=1, request=77))
    assert _codes(match) == [("foreign-request", Severity.ERROR)]
    assert "77" not in match.findings[0].message
    assert len(match.order) == 1 and not match.complete


def test_a_blank_back_side_is_left_out_with_a_word() -> None:
    match = _match(_page(0, 1, of=2), _without(1, "blank"), _page(2, 2, of=2), _without(3, "blank"))
    assert match.complete and _numbers(match) == [1, 2]
    assert _codes(match) == [("blank", Severity.WARNING)] * 2


@pytest.mark.rule("SGN-6")
def test_a_blank_sheet_in_place_of_a_page_stops() -> None:
    match = _match(_page(0, 1, of=2), _without(1, "blank"))
    assert _codes(match) == [("missing-page", Severity.ERROR), ("blank", Severity.ERROR)]


def test_nothing_but_blank_sheets_is_no_scan() -> None:
    match = _match(_without(0, "blank"))
    assert not match.complete and match.order == ()


def test_without_any_code_a_person_may_vouch() -> None:
    match = _match(_page(0), _page(1), _without(2, "blank"))
    assert [code for code, _ in _codes(match)] == ["no-codes", "blank"]
    assert not match.complete
    assert [page.page_in_file for page in match.order] == [0, 1]


def test_all_pages_without_codes_fill_the_places_and_wait_for_a_person() -> None:
    match = _match(_page(0), _page(1), of=2)
    assert match.missing == () and not match.complete


def test_too_few_pages_without_codes_leave_a_place_empty() -> None:
    match = _match(_page(0), _page(1), of=3)
    assert not match.complete and len(match.missing) == 1
    assert "Не хватает страниц: 1 из 3" in match.findings[-1].message


def test_one_unreadable_code_takes_the_place_of_the_missing_page() -> None:
    match = _match(_page(0, 3), _page(1), _page(2, 1))
    assert _codes(match) == [("no-code", Severity.ERROR)]
    assert [page.page_in_file for page in match.order] == [2, 1, 0]
    assert match.missing == () and not match.complete


def test_a_surplus_sheet_without_a_code_is_left_out_with_a_word() -> None:
    match = _match(_page(0, 1, of=1), _page(1))
    assert match.complete and _codes(match) == [("surplus-page", Severity.WARNING)]
    assert len(match.order) == 1


def test_of_two_copies_the_better_one_is_kept() -> None:
    good = replace(_page(0, 1, of=1), dpi=300)
    coarse = replace(_page(1, 1, of=1), dpi=120)
    for match in (_match(good, coarse), _match(coarse, good)):
        assert match.order == (good,) and match.complete
        assert _codes(match) == [("duplicate-page", Severity.WARNING)]


def test_of_two_equal_copies_the_one_with_more_on_it_is_kept() -> None:
    """It may be the signed one."""
    unsigned, signed = replace(_page(0, 1, of=1), ink=0.040), replace(_page(1, 1, of=1), ink=0.044)
    match = _match(unsigned, signed)
    assert match.order == (signed,)
    assert "Взят лист 2, отложен лист 1" in match.findings[0].message


@pytest.mark.rule("SGN-6")
def test_too_small_a_resolution_is_an_error_that_names_it() -> None:
    match = _match(replace(_page(0, 1, of=1), dpi=60, problem="too-small"))
    assert _codes(match) == [("too-small", Severity.ERROR)]
    assert "около 60 dpi" in match.findings[0].message


def test_a_page_saved_from_a_program_is_a_warning() -> None:
    match = _match(replace(_page(0, 1, of=1), dpi=None))
    assert match.complete and _codes(match) == [("not-a-scan", Severity.WARNING)]


@pytest.mark.rule("SGN-6")
@pytest.mark.parametrize("problem", ["unreadable", "too-many-pixels", "not-a-sheet", "several-codes"])
def test_a_broken_sheet_stops(problem: Problem) -> None:
    match = _match(_page(0, 1, of=1), _without(1, problem))
    assert _codes(match) == [(problem, Severity.ERROR)] and not match.complete


@pytest.mark.rule("SGN-6")
@pytest.mark.parametrize("code", ["encrypted", "unreadable", "wrong-type", "empty", "too-many-pages", "too-heavy"])
def test_a_file_that_is_no_scan_stops_whatever_else_there_is(code: str) -> None:
    failure = FileFailure(1, code, "Что-то не так. Сделайте иначе.")
    match = _match(_page(0, 1, of=1), failures=(failure,), files=2)
    assert (_only(match).field, _only(match).message) == (code, "Файл 2: Что-то не так. Сделайте иначе.")
    assert not match.complete


def test_no_file_at_all_is_said() -> None:
    assert _only(_match(files=0)).field == "no-pages"


def test_a_sheet_is_named_with_its_file_when_there_are_several() -> None:
    match = _match(_page(0, 1, of=1), replace(_page(4, 1, request=77), file_index=1), files=2)
    assert match.findings[0].message.startswith("Файл 2, лист 5 – от другой заявки")


@pytest.mark.rule("SGN-6")
def test_every_finding_has_a_rule_with_a_source() -> None:
    strangers = (_page(3, 1, request=77), _page(4, 2, version=1))
    match = _match(_page(0, 1), _page(1, 1), _page(2), *strangers, _without(5, "blank"))
    assert len(match.findings) == 6
    for finding in match.findings:
        assert finding.rule in ("SGN-6", "SND-1") and sourced(finding).source
        assert finding.message.endswith(".")
