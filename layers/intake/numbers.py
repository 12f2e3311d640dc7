"""Numbers as Thai offices write them: plain ones a column at a time, the rest one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import UnitError
from geo.text import Text
from geo.thai import arabic_digits, parse_number
from geo.units import parse_area

__all__ = ["NOT_APPLICABLE", "NUMBER_TYPE", "read_by_value", "read_numbers"]

NUMBER_TYPE = Text("จำนวน", "number")
NOT_APPLICABLE = frozenset({"-", "–", "—"})
"""Marks of a cell that asks for no value (NUM-R9)."""

_PLAIN = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$"

_SCALES = {
    "แสนล้าน": 10**11,
    "หมื่นล้าน": 10**10,
    "พันล้าน": 10**9,
    "ล้าน": 10**6,
    "แสน": 10**5,
    "หมื่น": 10**4,
    "พัน": 1000,
}  # NUM-R3
_UNIT_WORDS = {
    "THB": r"บาท|฿|THB|baht",
    "%": r"%|เปอร์เซ็นต์|percent",
    "m": r"เมตร|ม\.|m",
    "km": r"กิโลเมตร|กม\.|km",
    "km2": r"ตารางกิโลเมตร|ตร\.\s?กม\.|km2|km²",
    "m3": r"ลูกบาศก์เมตร|ลบ\.\s?ม\.|m3|m³",
}
_CLASSIFIERS = (  # NUM-R10
    r"คน|ราย|ครัวเรือน|หลังคาเรือน|หลัง|แห่ง|คู่|ครั้ง|กลุ่ม|เรื่อง|ชิ้น|ผลงาน|ร้าน|"
    r"ตำบล|อำเภอ|จังหวัด|หมู่บ้าน|ชุมชน|ปี|เดือน|วัน"
)
_WORDED = re.compile(
    rf"(?P<number>[+-]?[0-9,]+(?:\.[0-9]+)?)\s*(?P<scale>{'|'.join(_SCALES)})?\s*(?P<unit>\D*)"
)


def read_numbers(texts: pa.Array, unit: str | None = None) -> tuple[Any, Any]:
    """A column of texts as float64 (NaN where empty or ``-``) and a mask of what is no number.

    Thai digits, commas between groups of three, scale words and the unit or classifier behind
    the number are read (NUM-R1 to R3, R10); areas in rai, ngan and wah when ``unit`` is m2.
    Ranges and "more than" are not numbers.

    >>> from layers.intake.text import to_arrow
    >>> read_numbers(to_arrow(["๑,๓๗๐", "3.4 ล้านคน", "-", "1,23", None]))[0].tolist()
    [1370.0, 3400000.0, nan, nan, nan]
    >>> read_numbers(to_arrow(["-", "1,23", "กว่า 4,800"]))[1].tolist()
    [False, True, True]
    >>> read_numbers(to_arrow(["1-2-50", "800"]), "m2")[0].tolist()
    [2600.0, 800.0]
    """
    plain = pc.fill_null(pc.match_substring_regex(texts, _PLAIN), False)
    numbers = pc.cast(pc.if_else(plain, texts, None), pa.float64()).to_numpy(zero_copy_only=False)
    numbers = np.array(numbers, dtype=float)  # a copy that may be written to
    rest = pc.and_(pc.is_valid(texts), pc.invert(plain)).to_numpy(zero_copy_only=False)
    bad = ~np.isfinite(numbers) & plain.to_numpy(zero_copy_only=False)  # 1e99999
    if rest.any():
        read, failed = read_by_value(texts, rest, lambda text: _worded(text, unit))
        numbers[rest] = [np.nan if value is None else float(value) for value in read]
        bad[rest] = failed
    return numbers, bad


def read_by_value(
    texts: pa.Array, rows: Any, read: Callable[[str], Any]
) -> tuple[list[Any], list[bool]]:
    """Read the texts of the masked ``rows`` with a function that may raise, each value once.

    Returns what was read (None where the reading failed) and which readings failed.
    """
    words = texts.filter(pa.array(rows)).dictionary_encode()
    read_words: list[Any] = []
    failed: list[bool] = []
    for word in words.dictionary.to_pylist():
        try:
            read_words.append(read(word))
            failed.append(False)
        except (UnitError, ValueError):
            read_words.append(None)
            failed.append(True)
    codes = words.indices.to_pylist()
    return [read_words[code] for code in codes], [failed[code] for code in codes]


def _worded(text: str, unit: str | None) -> Decimal | None:
    if text in NOT_APPLICABLE:
        return None
    match = _WORDED.fullmatch(arabic_digits(text))
    if match and _belongs(match["unit"].strip(), unit):
        return parse_number(match["number"]) * _SCALES.get(match["scale"] or "", 1)
    if match and unit == "THB" and match["unit"].strip() == "ลบ.":  # MON-R1
        return parse_number(match["number"]) * _SCALES["ล้าน"]
    if unit == "m2":
        return parse_area(text)
    raise ValueError(text)


def _belongs(word: str, unit: str | None) -> bool:
    if not word:
        return True
    words = _UNIT_WORDS.get(unit or "", "") or ("" if unit == "m2" else _CLASSIFIERS)
    return bool(words) and re.fullmatch(words, word, re.IGNORECASE) is not None
