"""What may come after what: projects, measures, legal status, rounds, hand-overs, fund surveys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.text import Text
from layers.errors import Conflict

__all__ = [
    "FUND_SURVEY",
    "HANDOVER",
    "LEGAL_STATUS",
    "MEASURE_CASE",
    "PROJECT",
    "ROUND",
    "Course",
    "advance",
    "refuse_same_person",
]


@dataclass(frozen=True, slots=True)
class Course:
    """The steps that follow each state, and those that ask for a reason."""

    title: Text
    steps: Mapping[str, tuple[str, ...]]
    with_reason: frozenset[tuple[str, str]] = frozenset()

    def allows(self, before: str, after: str) -> bool:
        """Whether one step leads from ``before`` to ``after``."""
        return after in self.steps.get(before, ())


def _line(*states: str) -> dict[str, tuple[str, ...]]:
    follow = dict(zip(states[:-1], ((state,) for state in states[1:]), strict=True))
    return {**follow, states[-1]: ()}


def _course(title: Text, steps: dict[str, tuple[str, ...]], *reasons: tuple[str, str]) -> Course:
    return Course(title, MappingProxyType(steps), frozenset(reasons))


PROJECT = _course(
    Text("สถานะโครงการ", "Project status"),
    {"open": ("closed",), "closed": ("open",)},
    ("closed", "open"),  # the provincial secretariat only
)
"""debtors.md 7.1."""

MEASURE_CASE = _course(
    Text("สถานะมาตรการ", "Measure state"),
    {
        "advised": ("requested", "withdrawn"),
        "requested": ("complete", "rejected", "withdrawn"),
        "complete": ("district_agreed", "rejected", "withdrawn"),
        "district_agreed": ("approved", "rejected", "withdrawn"),
        "approved": ("active",),
        "active": ("completed", "broken"),
        "completed": (),
        "rejected": (),
        "withdrawn": (),
        "broken": (),  # a new case, never back to active
    },
)
"""debtors.md 7.2; the path over two levels is that of PHUKET L2420, L2435, L2441."""

LEGAL_STATUS = _course(
    Text("สถานะทางคดี", "Legal status"),
    {
        "none": ("notice_sent", "mediation_invited"),  # invited in the field, without a notice
        "notice_sent": ("mediation_invited",),
        "mediation_invited": ("mediation_set",),
        "mediation_set": ("compromise", "mediation_failed"),
        "compromise": ("notice_sent", "ended"),  # broken, or kept
        "mediation_failed": ("evidence_ready",),
        **_line(
            "evidence_ready", "with_prosecutor", "filed", "judgment", "enforcement", "ended"
        ),
    },
)  # fmt: skip
"""debtors.md 7.3; that a kept compromise ends the matter is a decision."""

ROUND = _course(
    Text("สถานะรอบลงพื้นที่", "State of the round"),
    {
        "planned": ("prepared", "cancelled"),
        "prepared": ("in_field", "cancelled"),
        "in_field": ("returned", "cancelled"),
        "returned": ("reported",),
        "reported": (),
        "cancelled": (),
    },
    ("planned", "cancelled"),
    ("prepared", "cancelled"),
    ("in_field", "cancelled"),
)
"""debtors.md 7.4."""

HANDOVER = _course(
    Text("สถานะการส่งมอบ", "State of the hand-over"),
    {"prepared": ("sent",), "sent": ("accepted", "returned"), "returned": ("sent",),
     "accepted": ()},
    ("sent", "returned"),
)  # fmt: skip
"""DEBT-R27; a pack that came back may be sent again (decision)."""

FUND_SURVEY = _course(
    Text("สถานะสำรวจลูกหนี้", "Survey state"),
    _line(
        "chosen", "round1_planned", "round1_done", "processed", "round2_planned", "advised",
        "reported_district", "reported_province", "in_bpm",
    ),
)  # fmt: skip
"""debtors.md 8.3 (CDD L2550-2564)."""


def advance(course: Course, before: str, after: str, *, reason: str | None = None) -> str:
    """The new state. Raises Conflict ``step_not_allowed`` or ``reason_missing``.

    >>> advance(MEASURE_CASE, "active", "broken")
    'broken'
    """
    if not course.allows(before, after):
        allowed = ", ".join(course.steps.get(before, ())) or "-"
        raise Conflict(
            "step_not_allowed",
            Text(
                f"{course.title.th}: จาก {before} ไป {after} ไม่ได้ (ไปได้: {allowed})",
                f"{course.title.en}: {before} is not followed by {after} (but by: {allowed})",
            ),
            before=before,
            after=after,
        )
    if (before, after) in course.with_reason and not (reason or "").strip():
        raise Conflict(
            "reason_missing",
            Text(
                f"{course.title.th}: เปลี่ยนจาก {before} เป็น {after} ต้องระบุเหตุผล",
                f"{course.title.en}: {before} to {after} needs a reason",
            ),
            before=before,
            after=after,
        )
    return after


def refuse_same_person(author: str, approver: str) -> None:
    """Who decides a measure or verifies a survey is not its author (debtors.md 10)."""
    if author == approver:
        raise Conflict(
            "same_person",
            Text("ผู้เสนอและผู้อนุมัติต้องเป็นคนละคน", "Author and approver must be different persons"),
        )
