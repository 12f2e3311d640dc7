"""Rain and crop needs by month: presets, and how a table of them is read (LAND-R21)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np

from geo.crs import Floats
from geo.errors import ParameterError
from geo.text import Text
from geo.thai import arabic_digits

__all__ = [
    "CLIMATES",
    "CROPS",
    "EVAPORATION_MM_DAY",
    "Climate",
    "Crop",
    "read_months",
    "wet_months_within",
]

EVAPORATION_MM_DAY = 5.0
"""About 0.6 to 0.7 of pan evaporation (engineering)."""

MAX_RAIN_MM = 3000.0  # a month of more than this is a slip of the pen


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """Rain in mm by month from January, and the months that count as dry, and as wet for digging.

    Between the two lie months that are neither.
    """

    label: Text
    rain_mm: tuple[float, ...]
    dry_months: tuple[int, ...]
    wet_months: tuple[int, ...]

    @property
    def start_month(self) -> int:
        """The first month of the dry season, in which the simulation starts full."""
        return self.dry_months[0]


CLIMATES: Mapping[str, Climate] = MappingProxyType(
    {
        "northeast": Climate(
            label=Text(
                "ภาคตะวันออกเฉียงเหนือ (ค่าตัวอย่างปัดเศษ ไม่ใช่ค่าปกติทางการ)",
                "Northeast (rounded illustration, no official normals)",
            ),
            rain_mm=(5, 15, 40, 85, 175, 190, 200, 240, 240, 100, 20, 5),
            dry_months=(11, 12, 1, 2, 3, 4),
            wet_months=(5, 6, 7, 8, 9, 10),
        ),
        "andaman": Climate(
            label=Text(
                "ฝั่งอันดามัน (ค่าตัวอย่างปัดเศษ ไม่ใช่ค่าปกติทางการ)",
                "Andaman coast (rounded illustration, no official normals)",
            ),
            rain_mm=(30, 25, 75, 145, 260, 215, 260, 285, 360, 320, 175, 70),
            dry_months=(12, 1, 2, 3),
            wet_months=(5, 6, 7, 8, 9, 10, 11),
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """Water need of a crop in mm by month from January (engineering)."""

    label: Text
    need_mm: tuple[float, ...]

    @property
    def needs(self) -> Floats:
        """``need_mm`` as an array (12,)."""
        return np.array(self.need_mm, dtype=float)


CROPS: Mapping[str, Crop] = MappingProxyType(
    {
        "rice": Crop(label=Text("นาข้าว", "Rice"), need_mm=(0,) * 6 + (200,) * 4 + (0,) * 2),
        "orchard": Crop(label=Text("พืชสวน/ป่า 3 อย่าง", "Orchard and forest"), need_mm=(90,) * 12),
        "vegetables": Crop(
            label=Text("ผัก/พืชเศรษฐกิจ", "Vegetables and cash crops"), need_mm=(120,) * 12
        ),
    }
)


def wet_months_within(start: date, end: date, wet_months: Collection[int]) -> tuple[int, ...]:
    """The wet months that a contract from ``start`` to ``end`` inclusive touches (LAND-R18).

    Digging in the wet season is a risk (PHUKET L1092, L1228): ponds stood under water.

    >>> wet_months_within(date(2024, 3, 15), date(2024, 6, 1), CLIMATES["andaman"].wet_months)
    (5, 6)
    """
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    touched = dict.fromkeys(at % 12 + 1 for at in range(first, last + 1))
    return tuple(month for month in touched if month in wet_months)


def read_months(text: str, *, high: float = MAX_RAIN_MM, name: str = "rain_mm") -> Floats:
    """Read a table of months: 12 numbers a year from January, a line (or ``;``) per year.

    Numbers are separated by commas, blanks or tabs, in Thai or Arabic digits. Returns (years, 12).

    >>> read_months("5, 15, 40, 85, 175, 190, 200, 240, 240, 100, 20, 5").shape
    (1, 12)

    Raises ParameterError ``months_invalid`` naming the year and the value.
    """
    rows = [row for row in re.split(r"[;\n]+", arabic_digits(text)) if row.strip()]
    table = [_year(row, number, high, name) for number, row in enumerate(rows, 1)]
    if not table:
        raise _wrong(name, 1, "0", high)
    return np.array(table)


def _year(row: str, number: int, high: float, name: str) -> list[float]:
    cells = [cell for cell in re.split(r"[,\s]+", row.strip()) if cell]
    if len(cells) != 12:
        raise _wrong(name, number, f"{len(cells)}", high)
    values = []
    for cell in cells:
        try:
            value = float(cell)
        except ValueError:
            raise _wrong(name, number, cell, high) from None
        if not 0 <= value <= high:
            raise _wrong(name, number, cell, high)
        values.append(value)
    return values


def _wrong(name: str, year: int, found: str, high: float) -> ParameterError:
    return ParameterError(
        "months_invalid",
        Text(
            f"{name} ปีที่ {year} ต้องมีตัวเลข 12 เดือน แต่ละค่า 0 ถึง {high:g} แต่พบ {found}",
            f"{name}, year {year}: needs 12 numbers of 0 to {high:g} each, found {found}",
        ),
        parameter=name,
        year=year,
    )
