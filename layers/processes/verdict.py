"""One verdict: a rule, the figure that was found, the limit it is held against, and a way out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from geo.text import Text

__all__ = ["SIGNS", "Sign", "Verdict", "counted", "worst"]

Sign = Literal["pass", "unknown", "fix", "fail"]

SIGNS: Mapping[str, Text] = MappingProxyType(
    {
        "pass": Text("ผ่าน", "Pass"),
        "unknown": Text("ยังไม่มีข้อมูล", "Unknown"),
        "fix": Text("ควรแก้ไข", "To be improved"),
        "fail": Text("ไม่ผ่าน", "Fail"),
    }
)
_ORDER = tuple(SIGNS)  # from the mildest to the gravest


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One row of a judgement.

    ``rule`` is the rule's id in the domain (``LAND-R16``); ``sign`` says pass, fix (allowed, but
    better done otherwise), fail or unknown (data are missing). ``figure`` and ``limit`` are in
    ``unit``; ``margin`` is what is left to the limit, negative where it is broken. ``hint`` says
    what would make it pass, or which data are missing.

    >>> row = Verdict(rule="LAND-R16", label=Text("ระยะร่น", "Setback"), sign="fail",
    ...               figure=2.0, limit=6.0, margin=-4.0, unit="m",
    ...               hint=Text("ขุดลึกไม่เกิน 1.00 ม.", "Dig 1.00 m at most"))
    >>> row.as_json()["margin"], row.as_json()["hint"]["en"]
    (-4.0, 'Dig 1.00 m at most')
    """

    rule: str
    label: Text
    sign: Sign
    figure: float | None = None
    limit: float | None = None
    margin: float | None = None
    unit: str | None = None
    hint: Text | None = None

    @classmethod
    def at_least(
        cls,
        rule: str,
        label: Text,
        figure: float | None,
        limit: float,
        unit: str | None,
        hint: Text | None = None,
        *,
        otherwise: Sign = "fail",
    ) -> Verdict:
        """Hold a figure against a lower limit; ``hint`` is only kept where it is broken.

        >>> Verdict.at_least("SYS", Text("ก", "a"), 3.0, 2.0, "m").margin
        1.0
        """
        margin = None if figure is None else figure - limit
        return cls._held(rule, label, figure, limit, margin, unit, hint, otherwise)

    @classmethod
    def at_most(
        cls,
        rule: str,
        label: Text,
        figure: float | None,
        limit: float,
        unit: str | None,
        hint: Text | None = None,
        *,
        otherwise: Sign = "fail",
    ) -> Verdict:
        """Hold a figure against an upper limit; ``hint`` is only kept where it is broken."""
        margin = None if figure is None else limit - figure
        return cls._held(rule, label, figure, limit, margin, unit, hint, otherwise)

    @classmethod
    def _held(
        cls,
        rule: str,
        label: Text,
        figure: float | None,
        limit: float,
        margin: float | None,
        unit: str | None,
        hint: Text | None,
        otherwise: Sign,
    ) -> Verdict:
        known = margin is not None and math.isfinite(margin)
        kept = known and margin is not None and margin >= -1e-9
        sign: Sign = "unknown" if not known else "pass" if kept else otherwise
        return cls(
            rule=rule,
            label=label,
            sign=sign,
            figure=figure,
            limit=limit,
            margin=margin,
            unit=unit,
            hint=None if sign == "pass" else hint,
        )

    def as_json(self) -> dict[str, Any]:
        """The row as JSON values; numbers that are not finite become null."""
        return {
            "rule": self.rule,
            "label": {"th": self.label.th, "en": self.label.en},
            "sign": self.sign,
            "figure": _number(self.figure),
            "limit": _number(self.limit),
            "margin": _number(self.margin),
            "unit": self.unit,
            "hint": None if self.hint is None else {"th": self.hint.th, "en": self.hint.en},
        }


def worst(verdicts: Iterable[Verdict]) -> Sign:
    """The gravest sign: fail before fix before unknown before pass; pass where there is none.

    >>> worst([])
    'pass'
    """
    return max((row.sign for row in verdicts), key=_ORDER.index, default="pass")


def counted(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many rows have each sign."""
    found = dict.fromkeys(_ORDER, 0)
    for row in verdicts:
        found[row.sign] += 1
    return found


def _number(value: float | None) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    # Six digits after the point: more than any figure of the field is known to.
    return round(float(value), 6) + 0.0
