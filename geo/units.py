"""Areas in rai, ngan and square wah: read and written, one text or a whole column.

1 rai (ไร่) = 4 ngan (งาน) = 400 square wah (ตารางวา) = 1,600 m2. All arithmetic is decimal,
so that nothing is lost between a deed and the database (LAND-R1, LAND-R1b).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.errors import UnitError
from geo.text import Text
from geo.thai import arabic_digits, normalise

__all__ = [
    "AREA_NORMALISED",
    "M2_PER_NGAN",
    "M2_PER_RAI",
    "M2_PER_WAH",
    "AreaColumn",
    "AreaReading",
    "area_text",
    "format_area",
    "format_areas",
    "parse_area",
    "parse_areas",
    "read_area",
]

M2_PER_RAI = Decimal(1600)
M2_PER_NGAN = Decimal(400)
M2_PER_WAH = Decimal(4)

AREA_STEP_WAH = Decimal("0.1")  # deeds print one decimal
AREA_NORMALISED = "area_normalised"  # the warning of lenient reading

_WHOLE = r"\d{1,3}(?:,\d{3})+|\d+"
_DECIMAL = rf"(?:{_WHOLE})(?:\.\d+)?"
_RAI = r"(?:ไร่|rai)"
_NGAN = r"(?:งาน|ngan)"
_WAH = r"(?:ตารางวา|ตร\.?\s?วา|ตร\.?\s?ว\.?|วา2|วา²|วา|(?:sq\.?\s?|square\s)?wah)"
_DASH = r"\s*[-–−]\s*"

_DASHES = re.compile(
    rf"(?P<rai>{_WHOLE}){_DASH}(?P<ngan>\d+){_DASH}(?P<wah>{_DECIMAL})\s*{_RAI}?", re.IGNORECASE
)
_WORDS = re.compile(
    rf"(?:(?P<rai>{_WHOLE})\s*{_RAI}\s*)?(?:(?P<ngan>{_WHOLE})\s*{_NGAN}\s*)?"
    rf"(?:(?P<wah>{_DECIMAL})\s*{_WAH})?",
    re.IGNORECASE,
)
_DECIMAL_RAI = re.compile(rf"(?P<rai>{_DECIMAL})\s*{_RAI}", re.IGNORECASE)
_METRIC = re.compile(
    rf"(?P<m2>{_DECIMAL})\s*(?:ตารางเมตร|ตร\.?\s?เมตร|ตร\.?\s?ม\.?|sq\.?\s?m|m2|m²)", re.IGNORECASE
)
_BARE_NUMBER = re.compile(_DECIMAL)
_NEGATIVE = re.compile(r"[-–−]\s*\d.*")


@dataclass(frozen=True, slots=True)
class AreaReading:
    """An area in m2 and the codes of the warnings that its reading gave."""

    m2: Decimal
    warnings: tuple[str, ...] = ()


def read_area(text: str, *, lenient: bool = False) -> AreaReading:
    """Read a Thai area text (LAND-R1): ``3-2-45 ไร่``, ``1 ไร่ 2 งาน``, ``2.5 ไร่``, ``800 ตร.ม.``.

    Thai and Arabic digits, commas between groups of three. Below a larger unit, ngan must be
    0 to 3 and square wah under 100; ``lenient`` carries over instead and warns.

    >>> read_area("๓-๒-๔๕ ไร่")
    AreaReading(m2=Decimal('5780'), warnings=())
    >>> read_area("1-4-0", lenient=True)
    AreaReading(m2=Decimal('3200'), warnings=('area_normalised',))

    Raises UnitError ``area_empty``, ``area_negative``, ``area_unit_missing`` (a bare number is
    never guessed at), ``area_out_of_range`` or ``area_unreadable``.
    """
    plain = arabic_digits(normalise(text))
    match = _DASHES.fullmatch(plain) or (_WORDS.fullmatch(plain) if plain else None)
    if match:
        return _compose(text, match, lenient)
    if match := _DECIMAL_RAI.fullmatch(plain):
        return AreaReading(_number(match["rai"]) * M2_PER_RAI)
    if match := _METRIC.fullmatch(plain):
        return AreaReading(_number(match["m2"]))
    raise _unreadable(text, plain)


def parse_area(text: str, lenient: bool = False) -> Decimal:
    """Read a Thai area text and return m2; see :func:`read_area`.

    >>> parse_area("2 งาน 25 ตร.ว."), parse_area("0-0-50.5"), parse_area("800 m2")
    (Decimal('900'), Decimal('202.0'), Decimal('800'))
    """
    return read_area(text, lenient=lenient).m2


def _number(digits: str | None) -> Decimal:
    return Decimal((digits or "0").replace(",", ""))


def _compose(text: str, match: re.Match[str], lenient: bool) -> AreaReading:
    rai, ngan, wah = (_number(match[unit]) for unit in ("rai", "ngan", "wah"))
    ngan_over = match["rai"] is not None and ngan > 3
    wah_over = (match["rai"] or match["ngan"]) is not None and wah >= 100
    if (ngan_over or wah_over) and not lenient:
        raise UnitError(
            "area_out_of_range",
            Text(
                "เนื้อที่ “{text}” ไม่ถูกต้อง งานต้องเป็น 0–3 และตารางวาต้องน้อยกว่า 100",
                "Area “{text}” is out of range: ngan must be 0-3 and square wah under 100",
            ).format(text=text),
            value=text,
        )
    m2 = rai * M2_PER_RAI + ngan * M2_PER_NGAN + wah * M2_PER_WAH
    return AreaReading(m2, (AREA_NORMALISED,) if ngan_over or wah_over else ())


def _unreadable(text: str, plain: str) -> UnitError:
    if not plain:
        return UnitError("area_empty", Text("ไม่ได้ระบุเนื้อที่", "No area is given"), value=text)
    if _NEGATIVE.fullmatch(plain):
        return _negative(text)
    if _BARE_NUMBER.fullmatch(plain):
        return UnitError(
            "area_unit_missing",
            Text(
                "เนื้อที่ “{text}” ไม่มีหน่วย โปรดระบุไร่ งาน ตารางวา หรือตารางเมตร",
                "Area “{text}” has no unit: write rai, ngan, wah or m2",
            ).format(text=text),
            value=text,
        )
    return UnitError(
        "area_unreadable",
        Text(
            "อ่านเนื้อที่ “{text}” ไม่ได้ ตัวอย่างที่อ่านได้ 3-2-45 ไร่, 1 ไร่ 2 งาน, 2.5 ไร่, 800 ตร.ม.",
            "Area “{text}” cannot be read; write 3-2-45 rai, 1 rai 2 ngan, 2.5 rai or 800 m2",
        ).format(text=text),
        value=text,
    )


def _negative(value: object) -> UnitError:
    return UnitError(
        "area_negative",
        Text("เนื้อที่ “{v}” ต้องไม่ติดลบ", "Area “{v}” must not be negative").format(v=value),
        value=value,
    )


@dataclass(frozen=True, slots=True)
class AreaColumn:
    """A column of areas that was read.

    ``m2`` has one float per row, nan where the cell was empty or is in ``errors``; ``errors``
    and ``warnings`` are keyed by row position.
    """

    m2: NDArray[np.float64]
    errors: dict[int, UnitError]
    warnings: dict[int, tuple[str, ...]]


def parse_areas(column: Iterable[object], *, lenient: bool = False) -> AreaColumn:
    """Read a column of area texts; empty cells stay empty, a bad cell never stops the others.

    >>> read = parse_areas(["3-2-45", None, "5", "1-4-0"])
    >>> read.m2, {row: error.code for row, error in read.errors.items()}
    (array([5780.,   nan,   nan,   nan]), {2: 'area_unit_missing', 3: 'area_out_of_range'})
    """
    cells = list(column)
    m2 = np.full(len(cells), np.nan)
    errors: dict[int, UnitError] = {}
    warnings: dict[int, tuple[str, ...]] = {}
    for row in np.flatnonzero(~pd.isna(np.asarray(cells, dtype=object))).tolist():
        text = str(cells[row])
        if not text.strip():
            continue
        try:
            reading = read_area(text, lenient=lenient)
        except UnitError as error:
            errors[row] = error
            continue
        m2[row] = float(reading.m2)
        if reading.warnings:
            warnings[row] = reading.warnings
    return AreaColumn(m2, errors, warnings)


def _rai_ngan_wah(m2: Decimal | float, step: Decimal | float | str) -> tuple[int, int, Decimal]:
    """Split m2 into rai, ngan and square wah, the wah half up to ``step`` and carried over."""
    try:
        area, unit = Decimal(str(m2)), Decimal(str(step))
    except InvalidOperation:
        raise _unreadable(str(m2), str(m2)) from None
    if not area.is_finite():
        raise _unreadable(str(m2), str(m2))
    if area < 0:
        raise _negative(m2)
    total = (area / M2_PER_WAH / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit
    ngans, wah = divmod(total, M2_PER_NGAN / M2_PER_WAH)
    rai, ngan = divmod(int(ngans), int(M2_PER_RAI / M2_PER_NGAN))
    return rai, ngan, wah


def _plain(value: Decimal) -> str:
    """Write a decimal with thousands separators and without trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_area(
    m2: Decimal | float, step: Decimal | float | str = AREA_STEP_WAH, *, unit: bool = True
) -> str:
    """Write m2 as ``R-N-W ไร่``, square wah rounded half up to ``step`` (LAND-R1b).

    >>> format_area(5780), format_area(1599.7, unit=False), format_area(1599.9, unit=False)
    ('3-2-45 ไร่', '0-3-99.9', '1-0-0')

    Raises UnitError ``area_negative`` or ``area_unreadable`` (nan, infinity).
    """
    rai, ngan, wah = _rai_ngan_wah(m2, step)
    return f"{rai:,}-{ngan}-{_plain(wah)}" + (" ไร่" if unit else "")


def format_areas(
    m2: ArrayLike, step: Decimal | float | str = AREA_STEP_WAH, *, unit: bool = True
) -> NDArray[np.object_]:
    """Write a column of areas; nan gives an empty text.

    >>> format_areas([5780, float("nan")])
    array(['3-2-45 ไร่', ''], dtype=object)
    """
    values = np.asarray(m2, dtype=float)
    texts = ["" if v != v else format_area(v, step, unit=unit) for v in values.ravel().tolist()]
    return np.array(texts, dtype=object).reshape(values.shape)


def area_text(m2: Decimal | float, step: Decimal | float | str = AREA_STEP_WAH) -> Text:
    """Write an area for people in both languages: Thai units with m2 in brackets.

    >>> str(area_text(5780))
    '3 ไร่ 2 งาน 45 ตร.ว. (5,780 ตร.ม.)'
    >>> area_text(0).en
    '0 sq wah (0 m²)'
    """
    rai, ngan, wah = _rai_ngan_wah(m2, step)
    amounts = [
        (f"{rai:,}", "ไร่", "rai"),
        (f"{ngan}", "งาน", "ngan"),
        (_plain(wah), "ตร.ว.", "sq wah"),
    ]
    shown = [a for a in amounts if a[0] != "0"] or amounts[-1:]
    metres = _plain(Decimal(str(m2)).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return Text(
        " ".join(f"{n} {th}" for n, th, _ in shown) + f" ({metres} ตร.ม.)",
        " ".join(f"{n} {en}" for n, _, en in shown) + f" ({metres} m²)",
    )
