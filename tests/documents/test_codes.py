from __future__ import annotations

import io

import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from documents.codes import BadCode, ForeignCode, PageCode, decode, encode, picture

_ANY_CODE = st.builds(
    lambda request, version, page, more: PageCode(request, version, page, page + more),
    st.integers(1, 10_000_000),
    st.integers(1, 99),
    st.integers(1, 999),
    st.integers(0, 999),
)


@given(_ANY_CODE)
def test_code_comes_back_as_it_went(code: PageCode) -> None:
    assert decode(encode(code)) == code
    assert len(encode(code)) == 17


def test_largest_code_fits_the_smallest_qr() -> None:
    text = encode(PageCode(10_000_000, 99, 999, 999))
    qr = segno.make(text, error="m", micro=False, boost_error=False)
    assert qr.designator == "1-M"
    assert qr.mode == "alphanumeric"


@given(_ANY_CODE, st.integers(2, 16), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_changed_character_is_noticed(code: PageCode, place: int, other: str) -> None:
    text = encode(code)
    changed = text[:place] + other + text[place + 1 :]
    if changed != text:
        with pytest.raises(BadCode):
            decode(changed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ED",
        "https://example.com/",
        "1234567890",
        "ST00012|Name=ООО",
        "XX" + "0" * 15,
        "ED" + "i" * 15,
        "ED" + "0" * 16,
    ],
)
def test_another_code_is_told_apart(text: str) -> None:
    with pytest.raises(ForeignCode):
        decode(text)


def test_random_text_of_our_length_is_not_ours() -> None:
    with pytest.raises(BadCode):
        decode("ED000000000000000")


@pytest.mark.parametrize(
    "code", [PageCode(0, 1, 1, 1), PageCode(1, 1, 2, 1), PageCode(1, 128, 1, 1), PageCode(2**24, 1, 1, 1)]
)
def test_number_that_does_not_fit_is_refused(code: PageCode) -> None:
    with pytest.raises(ValueError, match=r"page|fit"):
        encode(code)


def test_picture_is_read_by_a_scanner() -> None:
    code = PageCode(123, 2, 3, 8)
    image = Image.open(io.BytesIO(picture(code)))
    assert [decode(found.text) for found in zxingcpp.read_barcodes(image)] == [code]
    assert image.size == (232, 232)
