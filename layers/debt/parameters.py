"""What the sources leave open about dates and classes, each with its default and range."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from geo.errors import ParameterError
from geo.parameters import Parameters, between
from geo.text import Text

__all__ = ["ANCHORS", "NEVER_PAID_ANCHORS", "ClassRules", "one_of", "refuse_unknown"]

ANCHORS = ("payment_date", "due_date_of_paid_instalment")
NEVER_PAID_ANCHORS = ("first_due_date", "contract_end", "contract_start")


def one_of(*codes: str) -> Any:
    """A text of a frozen dataclass that is one of the codes, the first by default."""
    return field(default=codes[0], metadata={"codes": codes})


def refuse_unknown(parameters: Parameters) -> None:
    """Raise ParameterError ``parameter_unknown_value`` for a text outside its codes."""
    for item in fields(parameters):
        codes = item.metadata.get("codes")
        value = getattr(parameters, item.name)
        if codes is not None and value not in codes:
            raise ParameterError(
                "parameter_unknown_value",
                Text(
                    "พารามิเตอร์ {name} = {value} ต้องเป็นค่าใดค่าหนึ่งใน {codes}",
                    "Parameter {name} = {value} must be one of {codes}",
                ).format(name=item.name, value=value, codes=", ".join(codes)),
                name=item.name,
                value=value,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRules(Parameters):
    """Parameters of DEBT-R2 to R10 (debtors.md 3 and 12).

    >>> ClassRules().limit_years
    5
    """

    limit_years: int = between(5, 1, 30)  # PHUKET L2369-2374
    term_months: int = between(24, 1, 240)  # where no term is recorded, PHUKET L2373
    grace_days: int = between(0, 0, 365)  # DEBT-R5
    instalment_tolerance_thb: float = between(0.0, 0.0, 10_000.0)  # DEBT-R5
    lm_max_age_days: int = between(45, 0, 3_650)  # DEBT-R5, R10
    lm_red_days: int = between(90, 0, 3_650)  # DEBT-R10
    promote_timebar_days: int = between(0, 0, 3_650)  # DEBT-R9; 0 is off
    never_paid_anchor: str = one_of(*NEVER_PAID_ANCHORS)  # DEBT-R4
    anchor_kind: str = one_of(*ANCHORS)  # DEBT-R4
    timebar_bands: tuple[int, ...] = (30, 90, 180, 365)  # DEBT-R7

    def __post_init__(self) -> None:
        Parameters.__post_init__(self)
        refuse_unknown(self)
        bands = self.timebar_bands
        if len(bands) != 4 or list(bands) != sorted(set(bands)) or bands[0] < 0:
            raise ParameterError(
                "timebar_bands_invalid",
                Text(
                    f"ช่วงนับถอยหลัง {bands} ต้องเป็นจำนวนวัน 4 ค่าเรียงจากน้อยไปมาก",
                    f"Bands {bands} must be four numbers of days, rising",
                ),
                name="timebar_bands",
            )
