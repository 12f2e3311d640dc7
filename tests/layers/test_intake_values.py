"""Cells become values as the register chapters say, a whole column at a time."""

from __future__ import annotations

import datetime as dt
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import thai
from layers.intake.personal import valid_id_numbers
from layers.intake.text import escape_formula, normalise, to_arrow, unescape_formula
from layers.intake.values import convert
from layers.model import Field, Text, choices

SOILS = choices(clay=("ดินเหนียว", "Clay"), sand=("ดินทราย", "Sand"))


def field(kind: str, **more) -> Field:
    return Field(name="f", label=Text("ค่า", "Value"), type=kind, **more)


def one(cell, kind: str, *, heading: str = "col", typed: bool = True, **more):
    """The value of one cell, or the code of its finding."""
    column = pd.Series([cell, None], index=[7, 8], name=heading, dtype=object)
    values, findings = convert(column, field(kind, **more), typed=typed)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        assert (errors[0].row, errors[0].column) == (7, heading)
        return errors[0].code
    value = values[7]
    return None if not isinstance(value, (list, dict)) and pd.isna(value) else value


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        ("NUM-T1", "๑,๔๐๗,๕๓๔", 1407534),
        ("NUM-T3", "๑,๓๗๐", 1370),
        ("NUM-T5", "3.4 ล้านคน", 3400000),
        ("NUM-T7", "กว่า 4,800 ข้อมูล", "IMP-E-TYPE"),
        ("NUM-T11", "3,000-4,000", "IMP-E-TYPE"),
        ("NUM-T17", "-", None),
        ("NUM-T18", "", None),
        ("NUM-T19", "0.00", 0),
        ("NUM-T21", "1,23", "IMP-E-TYPE"),
        ("NUM-T23", "๑๔๔,663", 144663),
        ("IMP-TPMAP", "สามหมื่น", "IMP-E-TYPE"),
        ("infinity", "1e9999", "IMP-E-TYPE"),
        ("nan", "nan", "IMP-E-TYPE"),
        ("code", "12 ตำบล", 12),
    ],
)
def test_numbers_are_read_as_the_register_cases_say(case, text, expected):
    assert one(text, "number") == expected


def test_units_behind_a_number_must_be_those_of_the_field():
    assert one("30,818 ล้านบาท", "number", unit="THB") == 30818000000  # NUM-T4
    assert one("916 ลบ.", "number", unit="THB") == 916000000  # MON-R1
    assert one("70%", "number", unit="%") == 70
    assert one("5 กม.", "number", unit="km") == 5
    assert one("5 เมตร", "number", unit="km") == "IMP-E-TYPE"
    assert one("70%", "number", unit="THB") == "IMP-E-TYPE"


def test_areas_are_read_in_rai_ngan_wah_and_a_bare_number_is_not_guessed_at():
    """UNIT-T1, UNIT-T2, UNIT-T6, AREA-T11."""
    assert one("1-2-50", "number", unit="m2", typed=False) == 2600
    assert one("1 ไร่ 2 งาน 50 ตร.ว.", "number", unit="m2", typed=False) == 2600
    assert one("6,000 ไร่", "number", unit="m2", typed=False) == 9600000
    assert one("0.5 ไร่", "number", unit="m2", typed=False) == 800
    assert one("5", "number", unit="m2", heading="เนื้อที่", typed=False) == "IMP-E-UNIT"
    assert one("5", "number", unit="m2", heading="เนื้อที่ (ตร.ม.)", typed=False) == 5
    assert one("5", "number", unit="m2", heading="area_m2", typed=False) == 5
    assert one(5.0, "number", unit="m2", heading="AREA") == 5
    assert one("1-4-0", "number", unit="m2") == "IMP-E-TYPE"


def test_mixed_digits_are_mentioned():
    _, findings = convert(pd.Series(["๑๔๔,663", "5"], [1, 2], name="a"), field("number"))
    assert [(f.code, f.values["n"]) for f in findings] == [("IMP-I-MIXDIGIT", 1)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12", 12),
        (12.0, 12),
        ("12.0", 12),
        ("๑๒", 12),
        ("12.5", "IMP-E-TYPE"),
        (12.5, "IMP-E-TYPE"),
        ("9007199254740993", 9007199254740993),
        ("x", "IMP-E-TYPE"),
        (True, "IMP-E-TYPE"),
    ],
)
def test_whole_numbers_stay_exact(cell, expected):
    assert one(cell, "integer") == expected


def test_ranges_are_inclusive():
    limits = {"minimum": 0, "maximum": 100}
    assert one("0", "number", **limits) == 0
    assert one("100", "number", **limits) == 100
    assert one("-500", "number", **limits) == "IMP-E-RANGE"
    assert one("100.01", "number", **limits) == "IMP-E-RANGE"
    assert one("101", "integer", **limits) == "IMP-E-RANGE"


@pytest.mark.parametrize(
    ("case", "cell", "expected"),
    [
        ("DATE-T1", "๓ ธันวาคม ๒๕๖๓", dt.date(2020, 12, 3)),
        ("DATE-T5", "11/10/2565", dt.date(2022, 10, 11)),
        ("DATE-T6", "29/09/2567", dt.date(2024, 9, 29)),
        ("DATE-T8", "13 ก.ค.2552", dt.date(2009, 7, 13)),
        ("DATE-T15", "29 กุมภาพันธ์ 2567", dt.date(2024, 2, 29)),
        ("DATE-T16", "29 กุมภาพันธ์ 2566", "IMP-E-DATE"),
        ("DATE-R11", "31 เมษายน 2566", "IMP-E-DATE"),
        ("DATE-R3", "13 พ.ย. 63", "IMP-E-ERA"),
        ("DATE-T19", "1/1/1564", "IMP-E-ERA"),
        ("ISO", "2024-02-29", dt.date(2024, 2, 29)),
        ("ISO impossible", "2023-02-29", "IMP-E-DATE"),
        ("a workbook's year of the Buddhist era", dt.datetime(2565, 10, 11), dt.date(2022, 10, 11)),
        ("a moment", pd.Timestamp("2024-01-01T20:00Z"), dt.date(2024, 1, 2)),
        ("no era", dt.datetime(2200, 1, 1), "IMP-E-ERA"),
        ("a leap day only there", dt.datetime(2568, 2, 29), "IMP-E-DATE"),
        ("empty", "-", None),
    ],
)
def test_dates_are_read_as_the_register_cases_say(case, cell, expected):
    assert one(cell, "date") == expected


def test_moments_without_an_offset_are_thai_time():
    """DATE-T21."""
    assert one("22 พฤษภาคม 2568 เวลา 10:45 น.", "datetime") == pd.Timestamp("2025-05-22T03:45Z")
    assert one("2025-05-22T10:45:00", "datetime") == pd.Timestamp("2025-05-22T03:45Z")
    assert one("2025-05-22T10:45:00Z", "datetime") == pd.Timestamp("2025-05-22T10:45Z")
    assert one(dt.datetime(2568, 5, 22, 10, 45), "datetime") == pd.Timestamp("2025-05-22T03:45Z")
    assert one("2025-05-22T25:45:00", "datetime") == "IMP-E-DATE"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *[(cell, True) for cell in ("ใช่", "มี", "Y", "TRUE", "1", "✓", True)],
        *[(cell, False) for cell in ("ไม่ใช่", "ไม่มี", "n", "False", "0", False)],
        *[(cell, None) for cell in ("-", "")],
        *[(cell, "IMP-E-TYPE") for cell in ("✗", "2", "บางครั้ง")],
    ],
)
def test_yes_and_no_are_read_and_a_cross_is_never_no(cell, expected):
    """STATE-R6, STATE-R7."""
    assert one(cell, "boolean") == expected


def test_codes_are_taken_by_code_or_label_in_either_language():
    for cell in ("clay", "CLAY", "ดินเหนียว", " Clay "):
        assert one(cell, "text", values=SOILS) == "clay"
    assert one("ดินแดง", "text", values=SOILS) == "IMP-E-ENUM"
    _, findings = convert(pd.Series(["x"], [3], name="soil"), field("text", values=SOILS))
    assert findings[0].text.th == 'แถว 3: soil "x" ไม่อยู่ในรายการ ดินเหนียว (clay), ดินทราย (sand)'


def test_a_label_that_means_two_codes_means_none():
    twins = choices(a=("น้ำ", "Water"), b=("น้ำ", "River"))
    assert one("น้ำ", "text", values=twins) == "IMP-E-ENUM"
    assert one("River", "text", values=twins) == "b"


def test_texts_must_have_the_whole_pattern():
    assert one("830101", "text", pattern="[0-9]{6}") == "830101"
    assert one(830101.0, "text", pattern="[0-9]{6}") == "830101"
    assert one("8301012", "text", pattern="[0-9]{6}") == "IMP-E-PATTERN"
    assert one("๘๓๐๑๐๑", "text", pattern="[0-9]{6}") == "IMP-E-PATTERN"


def test_lists_come_as_json_or_with_separators():
    assert one('["ก","ข;"]', "list") == ["ก", "ข;"]
    assert one("ก; ข,ค", "list") == ["ก", "ข,ค"]
    assert one("ก, ข", "list") == ["ก", "ข"]
    assert one(["ก"], "list") == ["ก"]
    assert one(np.array(["ก", "ข"]), "list") == ["ก", "ข"]
    assert one("[1", "list") == "IMP-E-TYPE"
    assert one("Clay, ดินทราย", "list", values=SOILS) == ["clay", "sand"]
    assert one("Clay, Loam", "list", values=SOILS) == "IMP-E-ENUM"


def test_objects_come_as_json():
    assert one('{"k": 1}', "object") == {"k": 1}
    assert one("[1]", "object") == "IMP-E-TYPE"
    assert one("k=1", "object") == "IMP-E-TYPE"


@given(st.lists(st.none() | st.integers(-(10**17), 10**17), max_size=20))
def test_a_column_of_whole_numbers_survives_as_text(numbers):
    texts = pd.Series([None if n is None else str(n) for n in numbers], dtype=object)
    values, findings = convert(texts, field("integer"))
    assert findings == []
    assert [None if pd.isna(v) else int(v) for v in values] == numbers


@given(st.lists(st.sampled_from(["1", "๒", "x", "1,000", "", "-"]), min_size=1, max_size=20))
def test_a_finding_names_the_row_it_stands_in(cells):
    """The numbers of rows are those of the file, whatever rows were dropped before."""
    column = pd.Series(cells, index=range(100, 100 + len(cells)), name="n")
    values, findings = convert(column, field("number"))
    bad = [100 + i for i, cell in enumerate(cells) if cell == "x"]
    assert [finding.row for finding in findings if finding.code == "IMP-E-TYPE"] == bad
    expected = {"1": 1.0, "๒": 2.0, "1,000": 1000.0}
    for row, cell in column.items():
        assert values[row] == expected[cell] if cell in expected else np.isnan(values[row])


@given(st.text(alphabet="กขำ\u0e4d\u0e32่aeb é<>pbr/*` \u00a0\u200b\u0301", max_size=30))
def test_column_and_single_texts_are_cleaned_alike(text):
    """TXT-R1 stands twice, once for speed; both say the same."""
    expected = unicodedata.normalize("NFC", thai.normalise(text)) or None
    assert normalise(to_arrow([text])).to_pylist() == [expected]


@given(st.text(max_size=20))
def test_no_text_leaves_as_a_formula_and_each_comes_back(text):
    escaped = escape_formula(text)
    assert not escaped or escaped[0] not in "=+-@\t\r"
    assert unescape_formula(to_arrow([escaped])).to_pylist() == [text]


@given(st.lists(st.integers(0, 10**12 - 1), min_size=1, max_size=5))
def test_check_digits_follow_the_rule(numbers):
    """IMP-R5, against the rule written out."""
    texts, expected = [], []
    for number in numbers:
        digits = [int(d) for d in f"{number:012d}"]
        total = sum(d * (14 - i) for i, d in enumerate(digits, 1))
        right = (11 - total % 11) % 10
        for last in range(10):
            texts.append(f"{number:012d}{last}")
            expected.append(last == right)
    assert valid_id_numbers(to_arrow(texts)).tolist() == expected
