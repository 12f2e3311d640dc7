"""What each relief measure would give one debtor: amount, day, and what stands against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from geo.errors import ParameterError
from geo.text import Text
from layers import people
from layers.debt.interest import InterestRules, eligible, interest, phases
from layers.debt.measures import COURT_STATUSES, litigation_guard
from layers.debt.mediation import Channel, earliest_hearing
from layers.debt.money import baht, satang
from layers.debt.relief import (
    CEILING,
    ReliefRules,
    discount,
    hardship_missing,
    release,
    restructure,
    waiver_last_day,
    waiver_state,
)
from layers.processes.verdict import Sign, Verdict

__all__ = ["Answer", "ReliefCase", "answer", "rule_set"]

RULES: Mapping[str, str] = {
    "ack_liability": "DEBT-R8",
    "ack_debt": "DEBT-R8",
    "restructure": "DEBT-R11",
    "release": "DEBT-R16",
    "penalty_waiver": "DEBT-R15",
    "hardship_2568": "DEBT-R17",
    "mediation_20ter": "DEBT-R18",
    "litigation": "DEBT-R19",
    "discipline_advice": "DEBT-R21",
    "mediation_discount": "DEBT-R12",
    "interest_cut": "DEBT-R13",
}
"""The rule that each measure of the matrix stands under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefCase:
    """The facts of one debtor; None is unknown. Amounts in THB, as they are entered."""

    reference: date
    outstanding_thb: float | None = None
    base_thb: float | None = None
    start: date | None = None
    end: date | None = None
    generation: str | None = None
    legal_status: str | None = None
    joint_debtors: int | None = None
    visit_outcomes: Sequence[Sequence[str]] | None = None
    documents_missing: Sequence[str] = ()
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One measure: its row of judgement, its figures, and the parameters the sources leave open."""

    measure: str
    verdict: Verdict
    figures: Mapping[str, Any]
    open_parameters: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON values."""
        return {
            "measure": self.measure,
            **self.verdict.as_json(),
            "figures": dict(self.figures),
            "open": dict(self.open_parameters),
        }


def rule_set(kind: Any, parameters: Mapping[str, Any]) -> Any:
    """A parameter set out of the inputs of the same names."""
    return kind(**{item.name: parameters[item.name] for item in fields(kind)})


def answer(measure: str, case: ReliefCase) -> Answer:
    """What the measure gives; a parameter out of its range makes the row fail, no other one."""
    try:
        return _CALCULATORS.get(measure, _words_only)(measure, case)
    except ParameterError as error:
        return Answer(measure, _row(measure, "fail", hint=error.text), {}, {})


def _row(
    measure: str, sign: Sign, *, figure: float | None = None, hint: Text | None = None
) -> Verdict:
    label = people.MEASURES[measure]
    unit = None if figure is None else "THB"
    return Verdict(rule=RULES[measure], label=label, sign=sign, figure=figure, unit=unit, hint=hint)


def _missing(measure: str, thai: str, english: str) -> Answer:
    hint = Text(f"ต้องระบุ{thai}", f"Needs the {english}")
    return Answer(measure, _row(measure, "unknown", hint=hint), {}, {})


def _words_only(measure: str, case: ReliefCase) -> Answer:
    del case  # the sources name no figure for it
    return Answer(measure, _row(measure, "pass"), {}, {})


def _restructure(measure: str, case: ReliefCase) -> Answer:
    if case.outstanding_thb is None:
        return _missing(measure, "ยอดคงเหลือ", "balance")
    rules: ReliefRules = rule_set(ReliefRules, case.given)
    start = case.given["approved_on"] or case.reference
    if rules.restructure_from == "original_end":
        if case.end is None:
            return _missing(measure, "วันสิ้นสุดสัญญา", "end of the contract")
        start = case.end
    plan = restructure(_satang(case.outstanding_thb), case.given["months"], start, rules)
    schedule = [
        {"number": item.number, "due": item.due.isoformat(), "amount_thb": _thb(item.amount)}
        for item in plan.schedule
    ]
    figures: dict[str, Any] = {
        "instalments": len(schedule),
        "each_thb": schedule[0]["amount_thb"],
        "last_thb": schedule[-1]["amount_thb"],
        "latest_end": plan.latest_end.isoformat(),
        "total_thb": _thb(plan.total),
        "schedule": schedule,
    }
    hint = None
    if case.legal_status in COURT_STATUSES:
        hint = Text("อยู่ในคดี ไม่ปรับโครงสร้างใหม่", "In court: no new restructuring")
    row = _row(measure, "fail" if hint else "pass", figure=figures["each_thb"], hint=hint)
    opened = _open(rules, "restructure_from", "restructure_max_months", "restructure_rate_pct")
    return Answer(measure, row, figures, opened)


def _discount(measure: str, case: ReliefCase) -> Answer:
    given = case.given
    if case.base_thb is None:
        return _missing(measure, "ดอกเบี้ยผิดนัดและเบี้ยปรับ", "default interest and penalty")
    if given["base_date"] is None:
        return _missing(measure, "วันที่ได้รับหนังสือหรือวันทำสัญญายอมความ", "day counted from")
    rules: ReliefRules = rule_set(ReliefRules, given)
    found = discount(
        _satang(case.base_thb),
        given["situation"],
        given["base_date"],
        given["paid_on"] or case.reference,
        in_full=given["in_full"],
        granted_pct=given["granted_pct"],
        rules=rules,
    )
    figures = {
        "days": found.days,
        "ceiling_pct": found.ceiling_pct,
        "granted_pct": found.granted_pct,
        "cut_thb": _thb(found.cut),
        "to_pay_thb": _thb(found.to_pay),
    }
    sign: Sign = "pass" if found.ceiling_pct else "fail"
    hint = (
        CEILING
        if found.ceiling_pct
        else Text("พ้นกำหนดหรือไม่ชำระเต็มจำนวน", "Too late, or not in full")
    )
    opened = _open(rules, "notice_pct", "compromise_pct", "compromise_late_pct")
    row = replace(_row(measure, sign, figure=figures["cut_thb"]), hint=hint)
    return Answer(measure, row, figures, opened)


def _interest_cut(measure: str, case: ReliefCase) -> Answer:
    given = case.given
    rules: InterestRules = rule_set(InterestRules, given)
    opened = _open(rules, "phase1_months", "gap_rate_pct", "day_count")
    allowed = eligible(case.start, case.legal_status)
    if allowed is None:
        return _missing(measure, "วันทำสัญญา", "day of the contract")
    if not allowed:
        hint = Text(
            "ใช้ได้กับสัญญาตั้งแต่ 30 ก.ย. 2566 ที่ไม่อยู่ในคดีหรือมีคำพิพากษา",
            "Only contracts since 30 Sep 2023 without court proceedings or judgment",
        )
        return Answer(measure, _row(measure, "fail", hint=hint), {}, opened)
    if case.outstanding_thb is None or given["approved_on"] is None:
        return _missing(measure, "ยอดคงเหลือและวันที่จังหวัดอนุมัติ", "balance and day of approval")
    until = given["until"] or case.reference
    spans = phases(given["approved_on"], until, disciplined=given["disciplined"], rules=rules)
    due = _thb(interest(_satang(case.outstanding_thb), spans, rules.day_count))
    figures = {
        "interest_thb": due,
        "phases": [
            {"start": span.start.isoformat(), "end": span.end.isoformat(),
             "days": (span.end - span.start).days, "rate_pct": span.rate_pct}
            for span in spans
        ],
    }  # fmt: skip
    return Answer(measure, _row(measure, "pass", figure=due), figures, opened)


def _penalty_waiver(measure: str, case: ReliefCase) -> Answer:
    rules: ReliefRules = rule_set(ReliefRules, case.given)
    opened = {"penalty_waiver_days": rules.penalty_waiver_days, "penalty_waiver_days_other": 90}
    approved = case.given["approved_on"]
    if approved is None:
        return _missing(measure, "วันที่จังหวัดอนุมัติ", "day of the provincial approval")
    paid = case.given["paid_on"] if case.given["in_full"] else None
    state = waiver_state(approved, paid, case.reference, rules)
    figures = {"last_day": waiver_last_day(approved, rules).isoformat(), "state": state}
    broken = Text(
        "พ้นกำหนดชำระ คิดดอกเบี้ยตามอัตราที่กฎหมายกำหนด", "Past the last day: interest at the legal rate"
    )
    row = _row(measure, "fail" if state == "broken" else "pass")
    row = replace(
        row, figure=case.base_thb, unit="THB", hint=broken if state == "broken" else CEILING
    )
    return Answer(measure, row, figures, opened)


def _release(measure: str, case: ReliefCase) -> Answer:
    if case.outstanding_thb is None:
        return _missing(measure, "ยอดคงเหลือ", "balance")
    if case.generation is None:
        return _missing(measure, "รุ่นกองทุน (เดิมหรือใหม่)", "fund generation (old or new)")
    given = case.given
    found = release(
        case.generation,
        given["applicant_role"],
        outstanding=_satang(case.outstanding_thb),
        joint_debtors=case.joint_debtors or 1,
        must_consent=_listed(given["must_consent"]),
        consents=_listed(given["consents"]),
        payment_proof=given["payment_proof"],
    )
    figures: dict[str, Any] = {
        "shares_thb": [_thb(share) for share in found.shares],
        "against": [{"th": text.th, "en": text.en} for text in found.against],
    }
    hint = found.against[0] if found.against else None
    sign: Sign = "pass" if found.possible else "fail"
    row = _row(measure, sign, figure=figures["shares_thb"][0], hint=hint)
    return Answer(measure, row, figures, {"shares": "equal"})


def _hardship(measure: str, case: ReliefCase) -> Answer:
    given = case.given
    missing = hardship_missing(
        given["hardship_kind"], given["hardship_proof"], given["approved_on"]
    )
    if not missing:
        return Answer(measure, _row(measure, "pass"), {}, {"amount": None})
    hint = Text(
        "ยังขาด " + ", ".join(item.th for item in missing),
        "Missing: " + ", ".join(item.en for item in missing),
    )
    return Answer(measure, _row(measure, "unknown", hint=hint), {}, {"amount": None})


def _mediation(measure: str, case: ReliefCase) -> Answer:
    """When a hearing may be: the day after an invitation in the field, or 45 days by post."""
    channels: tuple[Channel, ...] = ("field", "post")
    figures = {
        f"earliest_hearing_{channel}": earliest_hearing(channel, case.reference).isoformat()
        for channel in channels
    }
    return Answer(measure, _row(measure, "pass"), figures, {})


def _litigation(measure: str, case: ReliefCase) -> Answer:
    """A warning, not a bar: who could be traced belongs into a measure first."""
    least = case.given["min_visits_before_litigation"]
    opened = {"min_visits_before_litigation": least}
    if case.visit_outcomes is None:
        return replace(
            _missing(measure, "บันทึกการลงพื้นที่", "record of visits"), open_parameters=opened
        )
    guard = litigation_guard(case.visit_outcomes, case.documents_missing, min_visits=least)
    hint = None
    if guard.warnings:
        hint = Text(
            "; ".join(text.th for text in guard.warnings),
            "; ".join(text.en for text in guard.warnings),
        )
    sign: Sign = "pass" if guard.ready else "fix"
    return Answer(measure, _row(measure, sign, hint=hint), {}, opened)


_CALCULATORS: Mapping[str, Callable[[str, ReliefCase], Answer]] = {
    "restructure": _restructure,
    "release": _release,
    "penalty_waiver": _penalty_waiver,
    "hardship_2568": _hardship,
    "mediation_20ter": _mediation,
    "litigation": _litigation,
    "mediation_discount": _discount,
    "interest_cut": _interest_cut,
}


def _open(rules: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(rules, name) for name in names}


def _listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _satang(thb: float) -> int:
    return int(satang(thb))


def _thb(amount: int) -> float:
    return float(baht(amount))
