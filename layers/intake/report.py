"""What an import found: findings by row and column, counts, and the report that people keep."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

from geo.text import Text
from layers.errors import IntakeError
from layers.intake.messages import Severity, message, wording
from layers.intake.text import escape_formula

__all__ = ["Finding", "Report", "State", "refuse"]

State = Literal["ok", "partial", "refused"]

HELD = frozenset({"LOC-W-UTM"})
"""Warnings whose row waits for a person all the same (LOC-R7)."""

_ORDER: dict[Severity, int] = {"error": 0, "warn": 1, "info": 2}
_COLUMNS = ("row", "column", "value", "code", "severity", "th", "en")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    ``row`` 1 is the first data row of the file, None speaks of the whole file. ``column`` is the
    heading in the file, ``value`` the cell as it was read, ``values`` fill the message's places.

    >>> Finding("IMP-E-DATE", 4, "paid", "31 เมษายน 2566").text.en
    'Row 4: date "31 เมษายน 2566" cannot be read'
    >>> Finding("LOC-E-ZERO", 2, "geometry", "0, 0").text.en
    'Row 2: Coordinates are 0,0'
    """

    code: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How bad it is: error, warn or info."""
        return message(self.code).severity

    @property
    def rejects(self) -> bool:
        """Whether the row stays out."""
        return self.row is not None and (self.severity == "error" or self.code in HELD)

    @property
    def text(self) -> Text:
        """The sentence for the user; it always names the row when there is one (IMP-R4)."""
        places = {"row": self.row, "col": self.column, "value": self.value, **self.values}
        words = wording(self.code, **places)
        if self.row is not None and "{row}" not in message(self.code).text.en:
            return Text(f"แถว {self.row}: {words.th}", f"Row {self.row}: {words.en}")
        return words

    def to_json(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "severity": self.severity,
            "th": self.text.th,
            "en": self.text.en,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of checking one file; nothing is stored before it is complete (IMP-R2).

    ``read`` rows were in the file, ``accepted`` of them are clean; findings are sorted by
    severity, then row. ``sha256`` is the file's fingerprint (IMP-R9).

    >>> Report(file="a.csv", layer="ponds", read=3, accepted=2).state
    'partial'
    """

    file: str
    layer: str
    read: int
    accepted: int
    findings: tuple[Finding, ...] = ()
    profile: str | None = None
    crs: str | None = None
    encoding: str | None = None
    sha256: str = ""

    def __post_init__(self) -> None:
        ordered = sorted(self.findings, key=lambda f: (_ORDER[f.severity], f.row or 0))
        object.__setattr__(self, "findings", tuple(ordered))

    @property
    def left_out(self) -> int:
        """How many rows of the file were not taken."""
        return self.read - self.accepted

    @property
    def state(self) -> State:
        """``ok``: every row taken; ``partial``: some rows left out; ``refused``: none taken."""
        if self.accepted == 0:
            return "refused"
        return "partial" if self.left_out else "ok"

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in _ORDER}

    @property
    def summary(self) -> Text:
        """One sentence: rows read, taken, left out; errors and warnings."""
        n = self.counts
        return Text(
            f"{self.file}: อ่าน {self.read:,} แถว รับ {self.accepted:,} แถว "
            f"ไม่รับ {self.left_out:,} แถว (ข้อผิดพลาด {n['error']:,} คำเตือน {n['warn']:,})",
            f"{self.file}: {self.read:,} rows read, {self.accepted:,} taken, "
            f"{self.left_out:,} left out ({n['error']:,} errors, {n['warn']:,} warnings)",
        )

    def to_json(self) -> dict[str, Any]:
        """The whole report as a JSON object."""
        return {
            "file": self.file,
            "layer": self.layer,
            "profile": self.profile,
            "crs": self.crs,
            "encoding": self.encoding,
            "sha256": self.sha256,
            "state": self.state,
            "read": self.read,
            "accepted": self.accepted,
            "left_out": self.left_out,
            "counts": self.counts,
            "summary": {"th": self.summary.th, "en": self.summary.en},
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_csv(self, path: Path | str) -> None:
        """Write the findings as a table that Excel opens with Thai intact; .json writes JSON."""
        target = Path(path)
        if target.suffix.lower() == ".json":
            text = json.dumps(self.to_json(), ensure_ascii=False, indent=2)
            target.write_text(text, encoding="utf-8")
            return
        with target.open("w", encoding="utf-8-sig", newline="") as out:
            table = csv.DictWriter(out, _COLUMNS)
            table.writeheader()
            for finding in self.findings:
                row = finding.to_json()
                table.writerow({name: _cell(row[name]) for name in _COLUMNS})


def _cell(value: object) -> object:
    return escape_formula(value) if isinstance(value, str) else value


def refuse(code: str, *, file: str, report: Report | None = None, **values: object) -> NoReturn:
    """Raise the IntakeError that refuses the whole file; its text names the file (IMP-R3)."""
    words = wording(code, file=file, **values)
    if "{file}" not in message(code).text.en:
        words = Text(f"ไฟล์ {file}: {words.th}", f"File {file}: {words.en}")
    raise IntakeError(code, words, file=file, **values, **({"report": report} if report else {}))
