"""Pins of debtors: valid, in the right place, fresh, and which one to go by (DEBT-R25)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.text import Text

__all__ = [
    "ACCURACY_MAX_M",
    "STALE_AFTER_DAYS",
    "PinCheck",
    "check_pin",
    "is_stale",
    "status_after_visit",
    "working_pin",
]

ACCURACY_MAX_M = 50.0
STALE_AFTER_DAYS = 365
_GO_BY = ("current", "registered")


@dataclass(frozen=True, slots=True)
class PinCheck:
    """Whether a pin is kept, with which status, and what to mind."""

    accepted: bool
    status: str | None
    notes: tuple[Text, ...]


def check_pin(
    point: Point,
    province: BaseGeometry,
    tambon: BaseGeometry | None,
    accuracy_m: float | None,
) -> PinCheck:
    """A new pin against the province, the registered tambon and its accuracy (PIN-T1 to T3).

    Shapes are in EPSG:4326. Outside the province, also at sea, it is refused.

    >>> land = Point(98.3, 7.9).buffer(0.1)
    >>> check_pin(Point(98.3, 7.9), land, land, 80.0).status
    'unverified'
    >>> check_pin(Point(99, 9), land, None, 5.0).accepted
    False
    """
    if not province.covers(point):
        outside = Text("พิกัดอยู่นอกจังหวัด", "The pin is outside the province")
        return PinCheck(False, None, (outside,))
    notes = []
    if tambon is not None and not tambon.covers(point):
        notes.append(Text("พิกัดอยู่นอกตำบลตามทะเบียน", "The pin is outside the registered tambon"))
    if accuracy_m is not None and accuracy_m > ACCURACY_MAX_M:
        notes.append(
            Text(
                f"ความคลาดเคลื่อน {accuracy_m:g} ม. เกิน {ACCURACY_MAX_M:g} ม.",
                f"Accuracy {accuracy_m:g} m, over {ACCURACY_MAX_M:g} m",
            )
        )
    return PinCheck(True, "unverified", tuple(notes))


def is_stale(verified_at: date | None, reference: date) -> bool | None:
    """Whether a pin was verified too long ago; None when it never was.

    >>> is_stale(date(2024, 8, 1), date(2025, 8, 1)), is_stale(None, date(2025, 8, 1))
    (False, None)
    """
    if verified_at is None:
        return None
    return (reference - verified_at).days > STALE_AFTER_DAYS


def status_after_visit(status: str, outcomes: Collection[str], pin_confirmed: bool | None) -> str:
    """What a visit makes of the pin that it went to (DEBT-R25).

    Moved away, or not found there, goes before a confirmation; nothing said changes nothing.

    >>> status_after_visit("unverified", ["met"], True)
    'verified'
    >>> status_after_visit("verified", ["moved"], None)
    'moved'
    """
    for outcome in ("moved", "not_found"):
        if outcome in outcomes:
            return outcome
    return "verified" if pin_confirmed else status


def working_pin(pins: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The newest verified pin of kind current, else registered; a new pin overwrites none.

    >>> working_pin([{"address_kind": "registered", "status": "verified", "verified_at": "2024-01"},
    ...              {"address_kind": "current", "status": "moved"}])["verified_at"]
    '2024-01'
    """
    for kind in _GO_BY:
        mine = [p for p in pins if p.get("address_kind") == kind and p.get("status") == "verified"]
        if mine:
            return max(mine, key=lambda pin: str(pin.get("verified_at") or ""))
    return None
