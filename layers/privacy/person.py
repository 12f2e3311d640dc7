"""Who is asking: an account with its grants, what it may do besides, and for what purpose."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from layers.errors import DefinitionError
from layers.model import Layer, Text, choices
from layers.privacy.conditions import Tree, one_of

__all__ = [
    "OWNER",
    "PERMISSIONS",
    "PUBLIC",
    "PURPOSES",
    "ROLES",
    "THAI_TIME",
    "Agreement",
    "Assignment",
    "BreakGlass",
    "Grant",
    "Person",
    "Role",
]

Role = Literal[
    "public",
    "field_officer",
    "district_officer",
    "province_officer",
    "analyst",
    "fund_secretariat",
    "university_si",
    "admin",
]

ROLES: Mapping[Role, Text] = MappingProxyType(
    {
        "public": Text("ประชาชนทั่วไป", "public"),
        "field_officer": Text("เจ้าหน้าที่ภาคสนาม (พัฒนากร, ผู้จัดเก็บ)", "field officer"),
        "district_officer": Text("เจ้าหน้าที่อำเภอ", "district officer"),
        "province_officer": Text("เจ้าหน้าที่จังหวัด", "province officer"),
        "analyst": Text("นักวิเคราะห์ GIS", "analyst"),
        "fund_secretariat": Text("สำนักงานเลขานุการกองทุน", "fund secretariat"),
        "university_si": Text("มหาวิทยาลัย System Integrator", "university system integrator"),
        "admin": Text("ผู้ดูแลระบบ", "admin"),
    }
)
"""The roles and their labels (privacy.md 11.3)."""

PERMISSIONS = choices(
    tier4_view=("ดูลำดับ 4 (ข้อมูลจำกัดสิทธิ์)", "See tier 4 (restricted)"),
    personal_note_view=("ดูข้อมูลเฉพาะบุคคลของลูกหนี้", "See personal notes of debtors"),
    audit_read=("ดูบันทึกการใช้งาน", "Read the audit log"),
    break_glass=("เปิดสิทธิฉุกเฉิน", "Break glass"),
)
"""What an account may do beyond its role (registers.md 2.6)."""

PURPOSES = choices(
    field_visit=("ลงพื้นที่", "Field visit"),
    verification=("ตรวจสอบ", "Verification"),
    planning=("วางแผน", "Planning"),
    report=("รายงาน", "Report"),
    legal=("งานกฎหมาย", "Legal work"),
    support=("ช่วยเหลือผู้ใช้", "Support"),
    test=("ทดสอบ", "Test"),
)
"""For what a person may look at personal data (registers.md 2.8)."""

PREFIX = re.compile(r"([0-9]{2}){0,4}", re.ASCII)

THAI_TIME = ZoneInfo("Asia/Bangkok")
"""Days on which a right begins and ends are days of Thailand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role in the areas whose codes begin with ``prefix`` ("" is everywhere), both days included.

    >>> Grant(role="district_officer", prefix="8301").holds_on(dt.date(2026, 1, 1))
    True
    >>> Grant(role="analyst", prefix="83", valid_to=dt.date(2025, 9, 30)).holds_on(
    ...     dt.date(2025, 10, 1)
    ... )
    False
    """

    role: Role
    prefix: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def __post_init__(self) -> None:
        if self.role not in ROLES or not PREFIX.fullmatch(self.prefix):
            raise DefinitionError(
                "grant_invalid",
                Text(
                    f"สิทธิไม่ถูกต้อง: บทบาท {self.role} พื้นที่ {self.prefix!r}",
                    f"No such grant: role {self.role}, area {self.prefix!r}",
                ),
            )

    def holds_on(self, day: dt.date) -> bool:
        """Whether the grant is in force on a day (PRIV-R3)."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Data of these layers, opened to the account by an agreement until its last day (PRIV-R6)."""

    layers: frozenset[str]
    valid_to: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Features of one layer that a field round hands to the account.

    They are those with one of ``keys`` in ``field`` (None: the key of the layer). ``valid_to`` is
    the last day of the round and ``round_purge_days`` after it.
    """

    layer: str
    keys: tuple[str, ...]
    valid_to: dt.date
    field: str | None = None

    def holds(self, layer: Layer, values: Mapping[str, Any]) -> bool:
        """Whether a feature with these values is one of them."""
        return values.get(self.field or layer.key) in self.keys

    def tree(self, layer: Layer) -> Tree:
        """The same as a condition of a view."""
        return one_of(self.field or layer.key, sorted(self.keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """An administrator's emergency look, with a reason and an approver, until a moment (60 min).

    It reaches the areas whose codes begin with ``prefix``.
    """

    reason: str
    approved_by: str
    until: dt.datetime
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks. ``account`` None is someone without a login.

    ``owner`` is whoever holds the database itself: the command line, a notebook, a process.
    ``purpose`` is one of PURPOSES, needed for restricted and secret data. ``agreements`` are
    those in which the account is listed.
    """

    account: str | None = None
    grants: tuple[Grant, ...] = ()
    permissions: frozenset[str] = frozenset()
    purpose: str | None = None
    agreements: tuple[Agreement, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    break_glass: BreakGlass | None = None
    owner: bool = False


PUBLIC = Person()
"""Anyone without a login."""

OWNER = Person(account="owner", owner=True)
"""Whoever sits at the machine that holds the workspace."""
