"""Which step may follow which: households, visit records, cases, projects (poverty.md 7)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.text import Text
from layers import people
from layers.errors import Conflict
from layers.model import choices

__all__ = [
    "AID_MOVES",
    "MOVES",
    "PROJECT_MOVES",
    "PROJECT_STATES",
    "RECORD_MOVES",
    "STAGE_MOVES",
    "check_move",
    "check_verifier",
]

Moves = Mapping[str, frozenset[str]]


def _moves(**steps: str) -> Moves:
    return MappingProxyType({start: frozenset(ends.split()) for start, ends in steps.items()})


STAGE_MOVES: Moves = _moves(
    candidate="verified not_found not_poor closed",
    found_new="verified closed",
    not_found="verified closed",
    not_poor="closed",
    verified="assessed closed",
    assessed="selected waiting referred not_poor closed",
    waiting="selected closed",
    selected="referred aided closed",
    referred="aided assessed closed",
    aided="monitored closed",
    monitored="exited referred closed",
    exited="returned closed",
    returned="assessed closed",
    closed="",
)
"""poverty.md 7.1; any stage may be closed."""

RECORD_MOVES: Moves = _moves(
    draft="submitted", submitted="verified returned", returned="submitted", verified=""
)
"""poverty.md 7.2; a verified record is not changed, a correction is a new version."""

AID_MOVES: Moves = _moves(
    proposed="matched cancelled duplicate",
    matched="sent cancelled duplicate",
    sent="accepted rejected cancelled duplicate",
    accepted="in_progress cancelled duplicate",
    in_progress="delivered cancelled duplicate",
    delivered="confirmed",
    confirmed="closed",
    rejected="matched cancelled duplicate",
    closed="",
    cancelled="",
    duplicate="",
)
"""poverty.md 7.3; cancelled and duplicate end every case that is not delivered."""

PROJECT_STATES = choices(
    proposed=("เสนอ", "Proposed"),
    agreed=("เห็นชอบ", "Agreed by the district board"),
    approved=("อนุมัติ", "Approved by the province"),
    bought=("จัดซื้อ", "Material bought"),
    handed_over=("ส่งมอบ", "Handed over"),
    followed_up=("ติดตาม", "Followed up"),
    reported=("รายงาน", "Reported"),
)
PROJECT_MOVES: Moves = _moves(
    proposed="agreed",
    agreed="approved",
    approved="bought",
    bought="handed_over",
    handed_over="followed_up",
    followed_up="reported",
    reported="",
)
"""poverty.md 7.4 (CDD L1939-1949)."""

MOVES: Mapping[str, tuple[Moves, Mapping[str, Text], str]] = MappingProxyType(
    {
        "stage": (STAGE_MOVES, people.STAGES, "poverty.md 7.1"),
        "record": (RECORD_MOVES, people.RECORD_STATES, "poverty.md 7.2"),
        "aid": (AID_MOVES, people.AID_STATES, "poverty.md 7.3"),
        "project": (PROJECT_MOVES, PROJECT_STATES, "poverty.md 7.4"),
    }
)


def check_move(kind: str, start: str, end: str) -> None:
    """Refuse a step that the workflow ``kind`` (a key of MOVES) does not allow.

    Raises Conflict ``step_not_allowed`` that names the steps that are open.

    >>> check_move("aid", "sent", "rejected")
    >>> check_move("record", "verified", "draft")
    Traceback (most recent call last):
    layers.errors.Conflict: From Verified one may go to nothing, not to Draft (poverty.md 7.2)
    """
    moves, labels, source = MOVES[kind]
    if end in moves[start]:
        return
    named = [labels[code] for code in labels if code in moves[start]]
    raise Conflict(
        "step_not_allowed",
        Text(
            f'จากสถานะ "{labels[start].th}" ไปได้เฉพาะ {_listed(named, "th", "ไม่มี")} '
            f'ไม่ใช่ "{labels[end].th}" ({source})',
            f"From {labels[start].en} one may go to {_listed(named, 'en', 'nothing')}, "
            f"not to {labels[end].en} ({source})",
        ),
        kind=kind,
        start=start,
        end=end,
    )


def check_verifier(author: str, verifier: str) -> None:
    """Refuse a record that its own author verifies (POV-R29, PRIV-R2; CDD L1853).

    >>> check_verifier("team-1", "office-8301")
    """
    if author == verifier:
        raise Conflict(
            "self_verification",
            Text(
                "ผู้บันทึกตรวจสอบรายการของตนเองไม่ได้ ให้เจ้าหน้าที่ สพอ. คนอื่นตรวจสอบ (POV-R29)",
                "A record is not verified by its author; another officer of the district does "
                "(POV-R29)",
            ),
        )


def _listed(named: list[Text], language: str, nothing: str) -> str:
    return ", ".join(label.get(language) for label in named) or nothing
