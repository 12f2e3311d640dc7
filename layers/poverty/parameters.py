"""Every threshold of poverty.md 4: named, dated and sourced; none stands in a rule.

Three income lines stand in one source document (38,000; 100,000; 32,000), so whatever shows a
result names the line, its year and its source: :func:`thresholds` gives them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from geo.errors import ParameterError
from geo.parameters import Parameters
from geo.text import Text
from layers.model import choices

__all__ = [
    "AidParameters",
    "FinanceParameters",
    "LearningSiteParameters",
    "ResultParameters",
    "SammachipParameters",
    "SelectionParameters",
    "Sourced",
    "TierParameters",
    "params_version",
    "thresholds",
]

DECISION = "decision"
MONEY = 10_000_000
OPERATORS = choices(lt=("ต่ำกว่า", "below"), le=("ไม่เกิน", "up to"))
EXITS = choices(
    unwilling=("ไม่ประสงค์เข้าร่วม", "Unwilling"),
    wants_to_move_out=("ประสงค์ย้ายออก", "Wants to move"),
    moved_out=("ย้ายออกแล้ว", "Moved"),
    deceased=("เสียชีวิต", "Deceased"),
)
NE_PROVINCES = tuple(str(code) for code in range(30, 50))


def sourced(
    default: Any,
    th: str,
    en: str,
    source: str,
    *,
    low: float | None = None,
    high: float | None = None,
    unit: str | None = None,
    year_be: int | None = None,
    values: Mapping[str, Text] | None = None,
) -> Any:
    """A parameter with its default, what it means, where it stands and what it may be."""
    known = {"label": Text(th, en), "source": source, "unit": unit, "year_be": year_be}
    bounds = {} if low is None else {"low": low, "high": high}
    return field(default=default, metadata=known | bounds | {"values": values})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced(Parameters):
    """Base of the sets below; a value outside its range or list is refused.

    Raises ParameterError ``parameter_out_of_range`` or ``parameter_invalid``.
    """

    def __post_init__(self) -> None:
        Parameters.__post_init__(self)
        for item in fields(self):
            allowed = item.metadata["values"]
            given = getattr(self, item.name)
            for code in given if isinstance(given, tuple) else (given,):
                if allowed is not None and code not in allowed:
                    raise ParameterError(
                        "parameter_invalid",
                        Text(
                            "พารามิเตอร์ {name} ต้องเป็นค่าใดค่าหนึ่งใน {listed} แต่ได้ {given}",
                            "Parameter {name} must be of {listed}, not {given}",
                        ).format(name=item.name, listed=", ".join(allowed), given=code),
                        name=item.name,
                    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TierParameters(Sourced):
    """What decides a tier (POV-R1 to R8)."""

    poverty_line_thb: float = sourced(
        38_000, "เส้นรายได้ลำดับ 1-2", "Income line of tiers 1-2", "CDD L1604-1605",
        low=0, high=MONEY, unit="THB/person/year", year_be=2562,
    )  # fmt: skip
    poverty_line_op: str = sourced(
        "lt", "การเทียบเส้นรายได้", "How the line is read", f"CDD L1604; {DECISION}",
        values=OPERATORS,
    )  # fmt: skip
    low_income_ceiling_thb: float = sourced(
        100_000, "เพดานรายได้ลำดับ 3", "Income ceiling of tier 3", "CDD L1606",
        low=0, high=MONEY, unit="THB/person/year", year_be=2562,
    )  # fmt: skip
    low_income_op: str = sourced(
        "le", "การเทียบเพดานรายได้", "How the ceiling is read", "CDD L1606", values=OPERATORS
    )
    tier1_card_join: str = sourced(
        "and", "เงื่อนไขบัตรสวัสดิการของลำดับ 1", "Welfare card in tier 1",
        f"CDD L1604 (and) against L1589 (or); {DECISION}",
        values=choices(
            **{"and": ("และมีบัตร", "and has the card"), "or": ("หรือมีบัตร", "or has the card")}
        ),
    )  # fmt: skip
    developable_reading: str = sourced(
        "welfare_only", "การตีความ \"พัฒนาได้\"", "Reading of \"can be developed\"",
        f"CDD L1611; {DECISION}",
        values=choices(
            welfare_only=("ตัดเฉพาะต้องให้การสงเคราะห์เพียงอย่างเดียว", "Only welfare need excludes"),
            any_flag=("ตัดคนชรา พิการ หรือต้องสงเคราะห์", "Old age, disability or welfare need"),
        ),
    )  # fmt: skip
    developable_exit_flags: tuple[str, ...] = sourced(
        tuple(EXITS), "เหตุตัดออกทุกลำดับ", "Flags that block at every tier",
        f"CDD L1611; {DECISION}", values=EXITS,
    )  # fmt: skip
    developable_requires_tpmap: bool = sourced(
        False, "\"พัฒนาได้\" เฉพาะครัวเรือนใน TPMAP", "Only TPMAP households can be developed",
        f"CDD L1611; {DECISION}",
    )  # fmt: skip
    literal_p3_p4: bool = sourced(
        False, "ลำดับ 3-4 ตามตัวอักษร ไม่ดู \"พัฒนาได้\"", "Tiers 3-4 as printed",
        f"CDD L1606-1607; {DECISION}",
    )  # fmt: skip
    data_year_be: int = sourced(
        2562, "ปีข้อมูล (พ.ศ.)", "Data year (BE)", "CDD L1604-1606", low=2555, high=2600, unit="BE"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionParameters(Sourced):
    """Quota, order and load (POV-R10 to R18)."""

    households_per_village: int = sourced(
        20, "โควตาต่อหมู่บ้าน", "Quota of a village", "CDD L1603", low=1, high=1000, unit="household"
    )
    tie_break: tuple[str, ...] = sourced(
        ("income", "-household_size"), "ลำดับภายในลำดับที่", "Order inside a tier", DECISION,
        values=choices(**{
            "income": ("รายได้น้อยก่อน", "Lower income first"),
            "-income": ("รายได้มากก่อน", "Higher income first"),
            "household_size": ("สมาชิกน้อยก่อน", "Smaller household first"),
            "-household_size": ("สมาชิกมากก่อน", "Larger household first"),
        }),
    )  # fmt: skip
    overlap_programmes: tuple[str, ...] = sourced(
        ("SAMMA:2562", "SAMMA:2563", "SEP:2562", "SEP:2563", "LOWINC:2562"),
        "โครงการที่กันการซ้ำซ้อน", "Programmes of the overlap guard", "CDD L1618-1620",
    )  # fmt: skip
    village_avg_per_district_max: float = sourced(
        3.0, "หมู่บ้านเฉลี่ยต่ออำเภอ", "Villages a district on average", "CDD L1645",
        low=0.01, high=100, unit="village/district",
    )  # fmt: skip
    team_state: int = sourced(
        3, "ภาครัฐในทีมอำเภอ", "State people of a team", "CDD L1600", low=0, high=50, unit="person"
    )
    team_people: int = sourced(
        2, "ภาคประชาชนในทีมอำเภอ", "Village people of a team", "CDD L1600", low=0, high=50,
        unit="person",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SammachipParameters(Sourced):
    """Right-livelihood villages (POV-R20 to R25)."""

    sages_per_village: int = sourced(
        5, "ปราชญ์ชุมชนต่อหมู่บ้าน", "Sages of a village", "CDD L98", low=1, high=100, unit="person"
    )
    households_samma: int = sourced(
        20, "ครัวเรือนต่อหมู่บ้าน", "Households of a village", "CDD L100", low=1, high=1000,
        unit="household",
    )  # fmt: skip
    support_trainers: int = sourced(
        2, "ทีมสนับสนุนต่อหมู่บ้าน", "Support trainers of a village", "CDD L108", low=0, high=100,
        unit="person",
    )  # fmt: skip
    trainer_years_from: int = sourced(
        2560, "ปีหมู่บ้านต้นทาง ตั้งแต่", "Village of the trainer, from year", "CDD L108",
        low=2500, high=2700, unit="BE",
    )  # fmt: skip
    trainer_years_to: int = sourced(
        2562, "ปีหมู่บ้านต้นทาง ถึง", "Village of the trainer, to year", "CDD L108",
        low=2500, high=2700, unit="BE",
    )  # fmt: skip
    mentor_ratio: int = sourced(
        4, "ครัวเรือนต่อวิทยากรพี่เลี้ยง", "Households of a mentor", "CDD L201", low=1, high=100,
        unit="household",
    )  # fmt: skip
    group_share: float = sourced(
        0.10, "สัดส่วนหมู่บ้านที่ตั้งกลุ่มอาชีพ", "Share of villages with a group", "CDD L249",
        low=0, high=1,
    )  # fmt: skip
    group_rounding: str = sourced(
        "ceil", "การปัดเศษ", "Rounding of groups", DECISION,
        values=choices(ceil=("ปัดขึ้น", "Up"), floor=("ปัดลง", "Down"), half=("ปัดใกล้สุด", "Nearest")),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceParameters(Sourced):
    """Access to sources of finance (POV-R3, R45)."""

    finance_line_thb: float = sourced(
        32_000, "เส้นความยากจน (สภาพัฒน์)", "Poverty line (NESDB)", "CDD L2440, L2602",
        low=0, high=MONEY, unit="THB/person/year", year_be=2562,
    )  # fmt: skip
    finance_op: str = sourced(
        "lt", "การเทียบเส้นความยากจน", "How the line is read", "CDD L2440, L2602", values=OPERATORS
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningSiteParameters(Sourced):
    """Where the forum of a village is held (POV-R47)."""

    learning_site_regions: tuple[str, ...] = sourced(
        NE_PROVINCES, "จังหวัดที่ใช้เป็นจุดเรียนรู้ได้", "Provinces that a site may be in",
        "CDD L1663, L1917",
    )  # fmt: skip
    learning_site_prefer_same_province: bool = sourced(
        True, "จังหวัดตนเองก่อน", "Own province first", DECISION
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultParameters(Sourced):
    """Money and results (POV-R41 to R42b)."""

    village_support_thb: float = sourced(
        80_000, "งบโครงการอาชีพต่อหมู่บ้าน", "Occupation budget of a village", "CDD L1939",
        low=0, high=MONEY, unit="THB",
    )  # fmt: skip
    per_person_avg_thb: float = sourced(
        4_000, "งบเฉลี่ยต่อคน", "Average budget of a person", "CDD L1939", low=0, high=MONEY,
        unit="THB",
    )  # fmt: skip
    income_kpi_share: float = sourced(
        0.60, "เป้าหมายรายได้เพิ่ม", "Share with higher income", "CDD L1673", low=0, high=1
    )
    income_kpi_denominator: str = sourced(
        "target", "ตัวหารตัวชี้วัดรายได้", "Denominator of the income KPI", DECISION,
        values=choices(target=("เป้าหมายทั้งหมด", "All targets"), measured=("ที่วัดแล้ว", "Measured")),
    )  # fmt: skip
    uplift_target_thb_month: float = sourced(
        5_000, "รายได้เพิ่มต่อเดือน", "Income uplift a month", "PMUA L2599", low=0, high=MONEY,
        unit="THB/month", year_be=2569,
    )  # fmt: skip
    uplift_months: int = sourced(
        24, "ระยะเวลา", "Months of the uplift", "PMUA L2599", low=1, high=240, unit="month"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AidParameters(Sourced):
    """Aid gap (POV-R32)."""

    aid_served_window_days: int = sourced(
        365, "ความช่วยเหลือที่ให้แล้วนับได้", "Delivered aid counts for", DECISION, low=0, high=3650,
        unit="day",
    )  # fmt: skip


def thresholds(*sets: Sourced) -> list[dict[str, Any]]:
    """What decided a result: name, value, unit, year, source and label of every parameter.

    >>> thresholds(FinanceParameters())[0]["value"], thresholds(FinanceParameters())[0]["source"]
    (32000, 'CDD L2440, L2602')
    """
    return [
        {
            "name": item.name,
            "value": list(value) if isinstance(value, tuple) else value,
            "unit": item.metadata["unit"],
            "year_be": item.metadata["year_be"],
            "source": item.metadata["source"],
            "th": item.metadata["label"].th,
            "en": item.metadata["label"].en,
        }
        for part in sets
        for item in fields(part)
        for value in (getattr(part, item.name),)
    ]


def params_version(name: str, *sets: Sourced) -> str:
    """A name for a set of values: the same values, and only they, have the same version.

    >>> a, b = TierParameters(), TierParameters(poverty_line_thb=40_000)
    >>> params_version("NEPOOR63", a) == params_version("NEPOOR63", TierParameters())
    True
    >>> params_version("NEPOOR63", a) == params_version("NEPOOR63", b)
    False
    """
    text = json.dumps([asdict(part) for part in sets], sort_keys=True, default=str)
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
