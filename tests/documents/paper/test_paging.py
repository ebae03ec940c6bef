from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.layouts import layout
from documents.paper.measure import line_count, text_width
from documents.paper.paging import TooLong, _spans, paginate
from tests.documents.samples import CLINIC, LONG_NAME, application
from tests.documents.samples import employees as application_rows


@pytest.mark.parametrize("count", [0, 1, 7, 8, 30, 500])
def test_every_row_stands_on_exactly_one_page(count: int) -> None:
    pages = paginate(application(count)).pages
    assert [row for page in pages for row in range(page.first, page.last)] == list(range(count))
    assert [page.opens for page in pages] == [True, *[False] * (len(pages) - 1)]
    assert [page.closes for page in pages] == [*[False] * (len(pages) - 1), True]


@settings(max_examples=300)
@given(st.lists(st.floats(5, 300), max_size=40), st.floats(50, 300), st.floats(0, 290))
def test_no_page_is_fuller_than_its_room(rows: list[float], first: float, ending: float) -> None:
    full = 300.0
    spans = _spans(rows, first=first, full=full, ending=ending)
    assert [place for start, end in spans for place in range(start, end)] == list(range(len(rows)))
    for number, (start, end) in enumerate(spans):
        used = sum(rows[start:end]) + (ending if number == len(spans) - 1 else 0)
        assert used <= (first if number == 0 else full) + 1e-6


def test_signature_takes_a_row_with_it() -> None:
    for count in range(5, 40):
        pages = paginate(application(count)).pages
        assert pages[-1].last > pages[-1].first


def test_row_that_no_page_can_hold_is_refused() -> None:
    endless = replace(CLINIC, full_name="Очень длинное наименование " * 200)
    with pytest.raises(TooLong, match="Сократите"):
        paginate(application(2, endless))


def test_more_pages_than_codes_are_refused() -> None:
    with pytest.raises(TooLong, match="Разделите список"):
        paginate(application(6000, replace(CLINIC, full_name=LONG_NAME)))


@given(st.text(alphabet="абвАБВ -", min_size=1, max_size=200), st.floats(30, 200))
def test_lines_hold_the_whole_text(text: str, width: float) -> None:
    lines = line_count(text, width, 9.0)
    assert lines >= 1
    assert lines * width * 1.02 >= text_width(text.strip(), 9.0) - text_width(" ", 9.0) * text.count(" ")


def test_narrower_column_takes_more_lines() -> None:
    assert line_count(LONG_NAME, 90, 9.0) > line_count(LONG_NAME, 180, 9.0) > 1


def test_long_organisation_name_borrows_room_from_its_neighbours() -> None:
    long, short = application(20, replace(CLINIC, full_name=LONG_NAME)).table, application(20).table
    assert long is not None
    assert short is not None
    assert sum(long.widths) == sum(short.widths) == 267
    assert long.widths[7] > short.widths[7] + 10
    assert long.widths[:5] == short.widths[:5]  # numbers and names keep their room
    assert min(long.widths) >= 8


def test_widths_of_the_form_stand_while_rows_are_low() -> None:
    people = tuple(replace(person, organisation="ООО «Ромашка»") for person in application_rows(3))
    table = application(3, rows=people).table
    assert table is not None
    assert table.widths == tuple(column.width_mm for column in layout("access").columns)
