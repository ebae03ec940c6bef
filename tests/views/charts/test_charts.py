"""Charts are SVG that needs no inline style, names itself, and draws what the numbers say."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from models.request import Status
from views.charts.statistics import Refusals, Standing, Turnaround
from views.charts.statistics_charts import desk, refused, standings
from views.charts.svg import HEIGHT, WIDTH, Layer, columns, number, rows, stacks, swatch

_SVG = "{http://www.w3.org/2000/svg}"


def _parsed(svg: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(svg))


def _rects(svg: Markup, style: str) -> list[tuple[float, float, str]]:
    """(y, height, what it says) of every rectangle of that class."""
    found = []
    for rect in _parsed(svg).iter(f"{_SVG}rect"):
        if rect.get("class") == style:
            found.append((float(rect.get("y", 0)), float(rect.get("height", 0)), rect.findtext(f"{_SVG}title") or ""))
    return found


def _texts(svg: Markup, style: str) -> list[str]:
    return [each.text or "" for each in _parsed(svg).iter(f"{_SVG}text") if each.get("class") == style]


@pytest.mark.rule("AWT-2")
def test_columns_are_as_high_as_their_values_and_those_over_the_line_look_different() -> None:
    svg = columns("Имя", "Что видно", ["янв", "фев", "мар"], [8, None, 32.5], unit="часов", mark=(16, "срок 16 ч"))
    [low], [high] = _rects(svg, "bar"), _rects(svg, "bar over")
    assert high[1] / low[1] == pytest.approx(32.5 / 8, abs=0.02)
    assert (low[2], high[2]) == ("янв: 8 часов", "мар: 32,5 часов")
    assert low[0] + low[1] == high[0] + high[1] == HEIGHT - 26
    assert _texts(svg, "mark-name") == ["срок 16 ч"] and _texts(svg, "value") == ["8", "32,5"]
    assert _texts(svg, "tick")[:5] == ["0", "10", "20", "30", "40"]


def test_layers_stand_on_one_another_and_are_told_apart_without_colour() -> None:
    layers = [Layer("ждёт", "wait", [3, 0]), Layer("отправлена", "wait", [1, 2], hatched=True)]
    svg = stacks("Имя", "Что видно", ["01.01", "01.02"], layers, unit="заявок")
    whole = _rects(svg, "layer wait")
    assert [told for _, _, told in whole] == ["01.01, ждёт: 3", "01.01, отправлена: 1", "01.02, отправлена: 2"]
    below, above, alone = whole
    assert above[0] + above[1] == pytest.approx(below[0], abs=0.11) and alone[1] == pytest.approx(
        2 * above[1], abs=0.11
    )
    assert len(_rects(svg, "hatch")) == 2 and "hatch" in swatch(layers[1]) and "hatch" not in swatch(layers[0])
    assert _texts(svg, "value") == ["4", "2"]


def test_a_chart_is_one_picture_with_a_name_and_no_style() -> None:
    for svg in (
        columns("Имя <b>", "Что & видно", ["янв"], [1], unit="ч"),
        stacks("Имя <b>", "Что & видно", ["янв"], [Layer("а", "good", [1])], unit="ч"),
        rows("Имя <b>", "Что & видно", [("Причина <1>", 3)], unit="чел"),
    ):
        root = _parsed(svg)
        assert (root.get("role"), root.findtext(f"{_SVG}title"), root.findtext(f"{_SVG}desc")) == (
            "img",
            "Имя <b>",
            "Что & видно",
        )
        assert root.get("viewBox", "").startswith(f"0 0 {WIDTH} ")
        assert not any("style" in each.attrib for each in root.iter()) and "<script" not in svg


@pytest.mark.parametrize("values", [[0], [1], [3], [7.5], [99], [100_000], [0.4, 12_345]])
def test_the_scale_holds_any_value(values: list[float]) -> None:
    svg = columns("Имя", "Что", ["м"] * len(values), values, unit="ч")
    assert all(26 <= top <= HEIGHT - 26 for top, _, _ in _rects(svg, "bar"))
    assert len(set(_texts(svg, "tick")[: len(set(_texts(svg, "tick"))) - 1])) >= 1


def test_many_columns_have_no_labels_over_one_another() -> None:
    labels = [f"{day:02}.03" for day in range(1, 15)]
    svg = stacks("Имя", "Что", labels, [Layer("а", "good", [1] * 14)], unit="ч")
    assert [text for text in _texts(svg, "tick") if "." in text] == labels[::2]


def test_numbers_are_written_as_russians_do() -> None:
    assert [number(each) for each in (1234, 12.5, 8.0, 0, 1234567)] == [
        "1\u202f234",
        "12,5",
        "8",
        "0",
        "1\u202f234\u202f567",
    ]


def test_nothing_to_draw_is_no_chart_but_a_table() -> None:
    empty = desk([Turnaround(dt.date(2026, month, 1), 0, None, 0) for month in range(1, 13)])
    assert empty.svg is None and empty.rows[0] == ("январь", 0, "–", "–")
    assert refused([]).svg is None
    nothing = standings([Standing(dt.date(2026, 1, 1), dict.fromkeys(Status, 0))])
    assert nothing.svg is None and nothing.rows == (("01.01.2026", (0,) * 9, 0),)


def test_the_desks_chart_tells_the_whole_periods_share() -> None:
    shown = desk([Turnaround(dt.date(2026, 1, 1), 3, 12.4, 2), Turnaround(dt.date(2026, 2, 1), 1, 40, 0)])
    assert shown.told == "Ответов – 4, в срок – 50\u00a0%"
    assert shown.rows == (("январь", 3, "12,4", "67\u00a0%"), ("февраль", 1, "40", "0\u00a0%"))


def test_refusals_keep_their_share_and_rule() -> None:
    shown = refused([Refusals("СНИЛС", 3, "APP-2"), Refusals("Другое", 1, "")])
    assert shown.told == "Отказано: 4\u00a0работникам"
    assert [(row.label, share) for row, share in shown.rows] == [("СНИЛС", "75\u00a0%"), ("Другое", "25\u00a0%")]
    assert shown.svg is not None and _texts(shown.svg, "name") == ["СНИЛС", "Другое"]


def test_closed_requests_stand_in_the_table_and_not_in_the_chart() -> None:
    counts = dict.fromkeys(Status, 0) | {Status.VERIFIED: 900, Status.AWAITING: 2}
    shown = standings([Standing(dt.date(2026, 1, 1), counts), Standing(dt.date(2026, 1, 9), counts)])
    assert shown.svg is not None
    assert [told for _, _, told in _rects(shown.svg, "layer wait")] == ["янв, ждёт ответа: 2", "09.01, ждёт ответа: 2"]
    assert [name for _, name in shown.legend] == ["ждёт ответа"]
    day, numbers, total = shown.rows[0]
    assert (day, dict(zip([status for status, _ in shown.states], numbers, strict=True))[Status.VERIFIED], total) == (
        "01.01.2026",
        900,
        902,
    )
