"""Areas in rai, ngan and square wah are read and written as the rules LAND-R1 and R1b say."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import UnitError
from geo.thai import thai_digits
from geo.units import area_text, format_area, format_areas, parse_area, parse_areas, read_area

READ = {
    "AREA-T1": ("3-2-45 ไร่", "5780", "3-2-45"),
    "AREA-T2": ("๓-๒-๔๕ ไร่", "5780", "3-2-45"),
    "AREA-T3": ("1 ไร่ 2 งาน", "2400", "1-2-0"),
    "AREA-T4": ("2 งาน 25 ตร.ว.", "900", "0-2-25"),
    "AREA-T5": ("0-0-50.5", "202", "0-0-50.5"),
    "AREA-T6": ("2.5 ไร่", "4000", "2-2-0"),
    "AREA-T7": ("15 ไร่", "24000", "15-0-0"),
    "AREA-T8": ("800 ตร.ม.", "800", "0-2-0"),
    "UNIT-T1": ("1 rai 2 ngan 50 wah", "2600", "1-2-50"),
    "UNIT-T2": ("6,000 rai", "9600000", "6,000-0-0"),
    "UNIT-T6": ("0.5 rai", "800", "0-2-0"),
}


@pytest.mark.parametrize(("text", "m2", "written"), READ.values(), ids=READ)
def test_an_area_text_is_read_and_written_back(text, m2, written):
    assert parse_area(text) == Decimal(m2)
    assert format_area(Decimal(m2), unit=False) == written
    assert format_area(Decimal(m2)) == f"{written} ไร่"


LENIENT = {"AREA-T9": ("1-4-0", 3200, "2-0-0"), "AREA-T10": ("0-3-100", 1600, "1-0-0")}


@pytest.mark.parametrize(("text", "m2", "written"), LENIENT.values(), ids=LENIENT)
def test_too_many_ngan_or_wah_are_refused_or_carried_over_with_a_warning(text, m2, written):
    with pytest.raises(UnitError) as error:
        parse_area(text)
    assert error.value.code == "area_out_of_range"
    assert text in error.value.text.th
    assert text in error.value.text.en
    reading = read_area(text, lenient=True)
    assert (reading.m2, reading.warnings) == (m2, ("area_normalised",))
    assert format_area(reading.m2, unit=False) == written


REFUSED = {
    "AREA-T11": ("5", "area_unit_missing"),
    "empty": ("", "area_empty"),
    "blank": (" \u200b ", "area_empty"),
    "negative": ("-5 ไร่", "area_negative"),
    "negative m2": ("-800 m2", "area_negative"),
    "comma groups": ("5,17 ไร่", "area_unreadable"),
    "wrong order": ("2 งาน 1 ไร่", "area_unreadable"),
    "decimal rai with ngan": ("1.5 ไร่ 2 งาน", "area_unreadable"),
    "words": ("สองไร่", "area_unreadable"),
    "wah over 99 under rai": ("1 ไร่ 100 ตร.ว.", "area_out_of_range"),
    "zero rai counts as a larger unit": ("0 ไร่ 4 งาน", "area_out_of_range"),
}


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_area_is_refused_with_its_code(text, code):
    with pytest.raises(UnitError) as error:
        parse_area(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("text", "m2"),
    [
        ("3 - 2 - 45", 5780),
        ("3–2–45 ไร่", 5780),
        ("3ไร่2งาน45ตร.ว.", 5780),
        ("1,234-0-0", 1974400),
        ("5 งาน", 2000),
        ("250 ตร.ว.", 1000),
        ("250 ตารางวา", 1000),
        ("250 ตรว", 1000),
        ("250 ตร.วา", 1000),
        ("250 วา2", 1000),
        ("250 วา²", 1000),
        ("250 Sq Wah", 1000),
        ("800 ตารางเมตร", 800),
        ("๘๐๐ m²", 800),
        ("2\u00a0งาน", 800),
    ],
)
def test_every_spelling_of_the_units_is_read(text, m2):
    assert parse_area(text) == m2


WRITTEN = {
    "AREA-T12": (1599.7, "0.1", "0-3-99.9"),
    "AREA-T13": (1599.9, "0.1", "1-0-0"),
    "AREA-T14": (1, "0.1", "0-0-0.3"),
    "AREA-T15": (12345.67, "0.1", "7-2-86.4"),
    "AREA-T15 step 1": (12345.67, "1", "7-2-86"),
    "AREA-T15 step 0.01": (12345.67, "0.01", "7-2-86.42"),
    "AREA-T16": (0, "0.1", "0-0-0"),
}


@pytest.mark.parametrize(("m2", "step", "written"), WRITTEN.values(), ids=WRITTEN)
def test_an_area_is_rounded_half_up_and_carried_over(m2, step, written):
    """LAND-R1b."""
    assert format_area(m2, step, unit=False) == written


@pytest.mark.parametrize("m2", [-1, float("nan"), float("inf"), "x"])
def test_what_is_no_amount_is_not_written(m2):
    with pytest.raises(UnitError):
        format_area(m2)


AREAS = st.decimals(min_value=0, max_value=10**9, places=3, allow_nan=False)
STEPS = st.sampled_from([Decimal("0.01"), Decimal("0.1"), Decimal(1)])


@given(AREAS, STEPS, st.booleans())
def test_what_is_written_reads_back_as_the_area_rounded_to_the_step(m2, step, thai):
    text = format_area(m2, step)
    wah = (m2 / 4 / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    assert parse_area(thai_digits(text) if thai else text) == wah * 4


@given(AREAS)
def test_the_worded_form_reads_back_too(m2):
    text = area_text(m2)
    expected = parse_area(format_area(m2))
    assert parse_area(text.th.split(" (")[0]) == expected
    assert parse_area(text.en.split(" (")[0]) == expected


@given(st.text(max_size=20))
def test_any_text_is_an_area_or_a_unit_error(text):
    try:
        assert parse_area(text) >= 0
    except UnitError as error:
        assert error.code.startswith("area_")


def test_a_column_is_read_as_its_cells_are_and_bad_rows_are_named():
    read = parse_areas(["3-2-45", "", None, float("nan"), "5", "1-4-0", "๒ ไร่"], lenient=True)
    np.testing.assert_array_equal(read.m2, [5780, *[np.nan] * 4, 3200, 3200])
    assert {row: error.code for row, error in read.errors.items()} == {4: "area_unit_missing"}
    assert read.warnings == {5: ("area_normalised",)}


def test_a_column_is_written_with_blanks_for_missing_values():
    written = format_areas([12345.67, np.nan, 0], 1, unit=False)
    assert written.tolist() == ["7-2-86", "", "0-0-0"]
