"""What is wrong with a row of the household register: named findings by row and field.

A row with an error is left out and the others are judged; a warning leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.text import Text
from layers.consent import VILLAGE_CODE
from layers.households import HOUSEHOLDS
from layers.poverty.visiting import inside_own_area

__all__ = ["FINDINGS", "Finding", "Findings", "check_households"]

Severity = Literal["error", "warn"]
BE_AHEAD = 543
LISTED = 1000

FINDINGS: Mapping[str, tuple[Severity, Text]] = {
    "POV-E-NEGATIVE": (
        "error",
        Text("{label} มีค่าติดลบ {value}", "{label} is negative: {value}"),
    ),
    "POV-E-TWICE": (
        "error",
        Text("{label} {value} ซ้ำกับแถวอื่น", "{label} {value} stands in another row too"),
    ),
    "POV-E-SAME-PERSON": (
        "error",
        Text("{label} ซ้ำกับครัวเรือนอื่น", "{label} is that of another household too"),
    ),
    "POV-E-SAME-ID": (
        "error",
        Text(
            "{label}: {value} เป็นของครัวเรือนอื่นด้วย",
            "{label}: {value} is that of another household too",
        ),
    ),
    "POV-W-SAME-HOUSE": (
        "warn",
        Text(
            "{label} {value} ซ้ำในหมู่บ้านเดียวกัน ให้เจ้าหน้าที่ยืนยัน",
            "{label} {value} stands twice in this village; a person must confirm",
        ),
    ),
    "POV-E-VILLAGE": (
        "error",
        Text(
            "ไม่ทราบหมู่บ้าน ({label} {value}) จึงนับโควตาไม่ได้",
            "The village is not known ({label} {value}), so no quota holds",
        ),
    ),
    "POV-E-PLACE": (
        "error",
        Text(
            "พิกัดบ้านอยู่นอกพื้นที่ {value} ของตนเอง (POV-R26)",
            "The home lies outside its own area {value} (POV-R26)",
        ),
    ),
    "POV-E-CONTRADICTION": (
        "error",
        Text("{label} ขัดกับ {other}", "{label} contradicts {other}"),
    ),
    "POV-E-YEAR": (
        "error",
        Text(
            "{label} {value} น่าจะเป็น ค.ศ. ต้องเป็น พ.ศ. (หมายถึง {proposal} หรือไม่)",
            "{label} {value} seems to be of the common era; BE is expected (is {proposal} meant?)",
        ),
    ),
    "POV-W-YEAR": (
        "warn",
        Text(
            "ปีข้อมูล {value} ไม่ตรงกับปีของเกณฑ์ {proposal} (POV-R4)",
            "Data year {value} is not the year of the parameters, {proposal} (POV-R4)",
        ),
    ),
}
CONTRADICTIONS: tuple[tuple[str, bool, str, bool], ...] = (
    ("volunteer", True, "flag_unwilling", True),
)
"""Two facts that cannot both hold: field, value, field, value."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: ``row`` counts from 1, ``field`` names the column."""

    code: str
    row: int
    key: str
    field: str
    value: str
    text: Text

    @property
    def severity(self) -> Severity:
        """Error (the row is left out) or warn."""
        return FINDINGS[self.code][0] if self.code in FINDINGS else "error"

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON."""
        return {
            "code": self.code,
            "severity": self.severity,
            "row": self.row,
            "key": self.key,
            "field": self.field,
            "th": f"แถว {self.row} {self.key}: {self.text.th}",
            "en": f"Row {self.row} {self.key}: {self.text.en}",
        }


@dataclass(slots=True)
class Findings:
    """All faults of n rows; ``sound`` is false for a row that is left out."""

    sound: NDArray[np.bool_]
    found: list[Finding]

    def add(
        self, code: str, where: NDArray[np.bool_], table: pd.DataFrame, field: str, **more: Any
    ) -> None:
        """One finding for every row of ``where``."""
        severity, text = FINDINGS[code]
        rows = np.flatnonzero(where)
        if severity == "error":
            self.sound[rows] = False
        label = HOUSEHOLDS.by_name[field].label if field in HOUSEHOLDS.by_name else None
        for row in rows.tolist():
            value = str(table[field].iloc[row]) if field in table else ""
            proposal = more.get("proposal")
            said = {**more, "value": value, "proposal": proposal(value) if proposal else ""}
            other = more.get("other", Text("", ""))
            named = Text(
                text.th.format(**said | {"label": label.th if label else field, "other": other.th}),
                text.en.format(**said | {"label": label.en if label else field, "other": other.en}),
            )
            key = str(table["household_id"].iloc[row])
            self.found.append(Finding(code, row + 1, key, field, value, named))

    def summary(self) -> dict[str, Any]:
        """Counts by code and the first findings, in the order of the rows."""
        counts = pd.Series([item.code for item in self.found], dtype=object).value_counts()
        ordered = sorted(self.found, key=lambda item: (item.row, item.code))
        return {
            "counts": {str(code): int(number) for code, number in counts.items()},
            "listed": [item.as_json() for item in ordered[:LISTED]],
        }


def check_households(
    table: pd.DataFrame,
    *,
    data_year_be: int,
    areas: Iterable[Any] = (),
    area_codes: Iterable[str] = (),
    earlier: Iterable[Finding] = (),
    by_village: bool = False,
) -> Findings:
    """Look at every row of the layer ``households`` (any of its columns, ``geometry`` too).

    ``areas`` and ``area_codes`` are the boundaries that a home must lie in; ``earlier`` are
    findings of the reading, whose rows are left out too; ``by_village`` asks for the 8 digits of
    a village in ``area_code``.
    """
    out = Findings(np.ones(len(table), dtype=bool), [])
    for item in earlier:
        out.found.append(item)
        out.sound[item.row - 1] &= item.severity != "error"
    _numbers(out, table, data_year_be)
    _identity(out, table)
    if by_village:
        whole = table["area_code"].astype("string").str.fullmatch(VILLAGE_CODE).fillna(False)
        out.add("POV-E-VILLAGE", ~whole.to_numpy(dtype=bool), table, "area_code")
    for one, value, other, against in CONTRADICTIONS:
        if one in table and other in table:
            both = _is(table[one], value) & _is(table[other], against)
            out.add("POV-E-CONTRADICTION", both, table, one, other=HOUSEHOLDS.by_name[other].label)
    if {"in_tpmap", "income_pcpy_tpmap"} <= set(table):
        unlisted = _is(table["in_tpmap"], False) & table["income_pcpy_tpmap"].notna().to_numpy()
        label = HOUSEHOLDS.by_name["income_pcpy_tpmap"].label
        out.add("POV-E-CONTRADICTION", unlisted, table, "in_tpmap", other=label)
    codes = list(area_codes)
    if codes and "geometry" in table and "area_code" in table:
        inside, known = inside_own_area(table["geometry"], table["area_code"], list(areas), codes)
        out.add("POV-E-PLACE", known & ~inside, table, "area_code")
    return out


def _numbers(out: Findings, table: pd.DataFrame, data_year_be: int) -> None:
    for name in ("income_pcpy_tpmap", "income_pcpy_bmn", "household_size"):
        if name in table:
            values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
            out.add("POV-E-NEGATIVE", values < 0, table, name)
    if "source_year_be" in table:
        years = pd.to_numeric(table["source_year_be"], errors="coerce").to_numpy(dtype=float)
        christian = years < 2400
        out.add(
            "POV-E-YEAR", christian, table, "source_year_be",
            proposal=lambda value: int(float(value)) + BE_AHEAD,
        )  # fmt: skip
        other = ~np.isnan(years) & ~christian & (years != data_year_be)
        out.add("POV-W-YEAR", other, table, "source_year_be", proposal=lambda _: data_year_be)


def _identity(out: Findings, table: pd.DataFrame) -> None:
    """The same id or person in two rows: nobody can tell which is right (POV-R19).

    In this order: platform id, external id, keyed hash of the person; the same house is only a
    candidate that a person must confirm.
    """
    out.add(
        "POV-E-TWICE", table["household_id"].duplicated(keep=False).to_numpy(), table,
        "household_id",
    )  # fmt: skip
    if "person_key" in table:
        twice = table["person_key"].notna() & table["person_key"].duplicated(keep=False)
        # Rows of one id were named above already.
        other = ~table.duplicated(["household_id", "person_key"], keep=False)
        out.add("POV-E-SAME-PERSON", (twice & other).to_numpy(), table, "person_key")
    if "ext_ids" in table:
        out.add("POV-E-SAME-ID", _shared_external(table), table, "ext_ids")
    if {"house_no", "area_code"} <= set(table):
        same = table["house_no"].notna() & table.duplicated(["area_code", "house_no"], keep=False)
        out.add("POV-W-SAME-HOUSE", same.to_numpy(), table, "house_no")


def _shared_external(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether another household has an id of the same outside system."""
    rows = np.flatnonzero(table["ext_ids"].notna())
    pairs = pd.DataFrame(
        [
            (row, system, str(value))
            for row in rows.tolist()
            for system, value in table["ext_ids"].iloc[row].items()
            if value not in (None, "")
        ],
        columns=["row", "system", "value"],
    )
    pairs["household_id"] = table["household_id"].to_numpy(dtype=object)[pairs["row"].to_numpy(int)]
    owners = pairs.groupby(["system", "value"])["household_id"].transform("nunique")
    shared = np.zeros(len(table), dtype=bool)
    shared[pairs.loc[owners > 1, "row"].to_numpy(int)] = True
    return shared


def _is(column: pd.Series[Any], value: bool) -> NDArray[np.bool_]:
    told = pd.array(column, dtype="boolean")  # type: ignore[call-overload]
    return np.asarray((told == value).fillna(False), dtype=bool)
