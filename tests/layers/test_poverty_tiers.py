"""Tiers: every worked case of poverty.md 6.1, a second literal reading, and what always holds."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ParameterError
from layers import people
from layers.disclosure import State
from layers.poverty import reasons
from layers.poverty.members import with_members
from layers.poverty.parameters import TierParameters, params_version, thresholds
from layers.poverty.tiers import STATUSES, Facts, Tiers, judge, lists, merged
from layers.suppression import Sum, suppress

DEFAULT = TierParameters()
OUT = object()
"""No income on record."""


def household(
    in_tpmap: bool | None,
    tpmap: Any,
    bmn: Any,
    card: bool | None,
    flags: str = "no/no/no",
    rehab: bool | None = False,
    **more: Any,
) -> dict[str, Any]:
    told = {"yes": True, "no": False, "?": None}
    elderly, disabled, welfare = (told[word] for word in flags.split("/"))
    return {
        "in_tpmap": in_tpmap,
        "income_pcpy_tpmap": None if tpmap is OUT else tpmap,
        "income_pcpy_bmn": None if bmn is OUT else bmn,
        "welfare_card": card,
        "flag_elderly": elderly,
        "flag_disabled": disabled,
        "flag_welfare_only": welfare,
        "rehab_member": rehab,
        **dict.fromkeys(EXITS, False),
        **more,
    }


EXITS = ("flag_unwilling", "flag_wants_to_move_out", "flag_moved_out", "flag_deceased")
Y, N = True, False
WELFARE = household(Y, 20_000, 20_000, Y, "yes/no/yes")
ELDERLY = household(Y, 20_000, 20_000, Y, "yes/no/no")
RICH_REHAB = household(N, OUT, 150_000, N, "no/no/yes", True)
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str, set[str], set[int]]] = {
    "POV-T1": (household(Y, 37_999, 37_999, Y), {}, "1", {"T1_TPMAP_CARD"}, set()),
    "POV-T2": (household(N, OUT, 37_999, N), {}, "2", {"T2_BMN"}, set()),
    "POV-T2b": (
        household(N, OUT, 37_999, N), {"developable_requires_tpmap": True}, "3", set(), set()
    ),
    "POV-T3": (household(Y, 38_000, 38_000, Y), {}, "3", {"T3_LOW_INCOME"}, set()),
    "POV-T3b": (household(Y, 38_000, 38_000, Y), {"tier1_card_join": "or"}, "1", set(), set()),
    "POV-T4": (household(N, OUT, 100_000, N), {}, "3", set(), set()),
    "POV-T5": (household(N, OUT, 100_001, Y), {}, "not_eligible", {"N_ABOVE_CEILING"}, set()),
    "POV-T6": (household(N, OUT, 100_001, N, rehab=True), {}, "4", {"T4_RESTRICTED"}, set()),
    "POV-T7": (WELFARE, {}, "route_welfare", {"W_WELFARE_ONLY"}, set()),
    "POV-T7b": (WELFARE, {"literal_p3_p4": True}, "3", set(), set()),
    "POV-T8": (ELDERLY, {}, "1", set(), set()),
    "POV-T8b": (ELDERLY, {"developable_reading": "any_flag"}, "route_welfare", set(), set()),
    "POV-T10": (household(Y, 30_000, 30_000, None), {}, "2", {"U_CARD"}, {1}),
    "POV-T11": (household(N, OUT, OUT, Y), {}, "pending", {"U_INCOME"}, {2, 3}),
    "POV-T12": (household(Y, 37_999, 37_999, Y, "no/no/?"), {}, "3", {"U_DEV"}, {1, 2}),
    "POV-T13": (household(Y, 20_000, 20_000, Y, rehab=True), {}, "1", set(), set()),
    "POV-T14": (household(Y, 60_000, 60_000, Y), {}, "3", set(), set()),
    "POV-T14-or": (household(Y, 60_000, 60_000, Y), {"tier1_card_join": "or"}, "1", set(), set()),
    "POV-T15": (household(N, OUT, 25_000, Y), {}, "2", set(), set()),
    "POV-T16": (RICH_REHAB, {}, "route_welfare", set(), set()),
    "POV-T16-literal": (RICH_REHAB, {"literal_p3_p4": True}, "4", set(), set()),
    "POV-T17": (household(N, OUT, OUT, N, rehab=True), {}, "4", {"U_INCOME"}, {2, 3}),
    "POV-T18": (household(N, OUT, 0, N), {}, "2", set(), set()),
}  # fmt: skip


def answer(found: Tiers, row: int = 0) -> str:
    tier = int(found.tier[row])
    return str(tier) if tier else STATUSES[found.status[row]]


@pytest.mark.parametrize("case", CASES)
def test_worked_cases(case: str) -> None:
    """SYS-011, SYS-181: tiers with the rule and the values that gave them."""
    row, settings, expected, codes, could_be = CASES[case]
    found = judge(Facts.of(pd.DataFrame([row])), replace(DEFAULT, **settings))
    assert answer(found) == expected
    assert codes <= set(reasons.codes(found.reasons)[0])
    assert {t for t in range(1, 5) if found.could_be[0] & (1 << t)} == could_be
    assert STATUSES[found.status[0]] == ("eligible" if expected.isdigit() else expected)


@pytest.mark.parametrize("join", ["and", "or"])
@pytest.mark.parametrize("reading", ["welfare_only", "any_flag"])
@pytest.mark.parametrize("literal", [False, True])
def test_pov_t9_who_moved_is_out_whatever_the_setting(
    join: str, reading: str, literal: bool
) -> None:
    """POV-T9."""
    limits = TierParameters(
        tier1_card_join=join, developable_reading=reading, literal_p3_p4=literal
    )
    row = household(Y, 20_000, 20_000, Y, flag_moved_out=True)
    found = judge(Facts.of(pd.DataFrame([row])), limits)
    assert answer(found) == "blocked"
    assert reasons.codes(found.reasons)[0] == ["X_MOVED"]


def test_pov_t89_the_finance_line_is_a_named_setting_beside_the_others() -> None:
    """SYS-154: name, value, year and source of each line."""
    named = {item["name"]: item for item in thresholds(DEFAULT)}
    assert named["poverty_line_thb"]["value"] == 38_000
    assert named["low_income_ceiling_thb"]["value"] == 100_000
    for name in ("poverty_line_thb", "low_income_ceiling_thb"):
        assert named[name]["year_be"] == 2562
        assert named[name]["source"].startswith("CDD L160")
    assert params_version("X", DEFAULT) != params_version("X", replace(DEFAULT, data_year_be=2563))


@pytest.mark.parametrize(
    "wrong",
    [{"poverty_line_thb": -1}, {"tier1_card_join": "xor"}, {"developable_exit_flags": ("asleep",)}],
    ids=["range", "choice", "list"],
)
def test_a_wrong_parameter_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError) as caught:
        TierParameters(**wrong)
    assert next(iter(wrong)) in caught.value.text.en


# A second, literal implementation -----------------------------------------------------------------

Told = bool | None


def conj(*parts: Told) -> Told:
    return False if False in parts else None if None in parts else True


def disj(*parts: Told) -> Told:
    return True if True in parts else None if None in parts else False


def compare(income: float | None, line: float, op: str) -> Told:
    if income is None:
        return None
    return income < line if op == "lt" else income <= line


def out(row: dict[str, Any], p: TierParameters) -> str | None:
    """The exits of POV-R5, then the routing of POV-R7."""
    for exit_ in p.developable_exit_flags:
        if row[f"flag_{exit_}"] is True:
            return "blocked"
    return "route_welfare" if excluded(row, p) is True and not p.literal_p3_p4 else None


def excluded(row: dict[str, Any], p: TierParameters) -> Told:
    if p.developable_reading == "any_flag":
        return disj(row["flag_welfare_only"], row["flag_elderly"], row["flag_disabled"])
    told: Told = row["flag_welfare_only"]
    return told


def literally(row: dict[str, Any], p: TierParameters) -> tuple[str, set[int]]:
    """POV-R1 to R8 for one household, as they are written."""
    gone = out(row, p)
    if gone is not None:
        return gone, set()
    no = excluded(row, p)
    dev: Told = None if no is None else not no
    if p.developable_requires_tpmap:
        dev = conj(dev, row["in_tpmap"])
    poor = compare(row["income_pcpy_tpmap"], p.poverty_line_thb, p.poverty_line_op)
    if p.tier1_card_join == "or":
        first = conj(row["in_tpmap"], dev, disj(poor, row["welfare_card"]))
    else:
        first = conj(row["in_tpmap"], poor, dev, row["welfare_card"])
    bmn = row["income_pcpy_bmn"]
    tiers = {
        1: first,
        2: conj(compare(bmn, p.poverty_line_thb, p.poverty_line_op), dev),
        3: compare(bmn, p.low_income_ceiling_thb, p.low_income_op),
        4: row["rehab_member"],
    }
    could_be: set[int] = set()
    for number, held in tiers.items():
        if held is True:
            return str(number), could_be
        if held is None:
            could_be.add(number)
    return ("pending", could_be) if could_be else ("not_eligible", set())


def random_households(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    incomes = np.array([0, 20_000, 37_999, 38_000, 38_001, 60_000, 100_000, 100_001, np.nan])

    def flag(yes: float, unknown: float) -> Any:
        return rng.choice(
            np.array([True, False, None], dtype=object), n, p=[yes, 1 - yes - unknown, unknown]
        )

    table = {
        "household_id": [f"H{number:07d}" for number in rng.permutation(n)],
        "area_code": [f"830101{number:02d}" for number in rng.integers(1, 40, n)],
        "household_size": rng.integers(1, 9, n),
        "in_tpmap": flag(0.5, 0.1),
        "income_pcpy_tpmap": rng.choice(incomes, n),
        "income_pcpy_bmn": rng.choice(incomes, n),
        "welfare_card": flag(0.5, 0.1),
        "flag_elderly": flag(0.2, 0.1),
        "flag_disabled": flag(0.1, 0.1),
        "flag_welfare_only": flag(0.1, 0.1),
        "rehab_member": flag(0.1, 0.1),
    }
    return pd.DataFrame(table | {name: flag(0.03, 0.05) for name in EXITS})


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


SETTINGS = [
    pytest.param(
        TierParameters(
            tier1_card_join=join, developable_reading=reading, literal_p3_p4=literal,
            developable_requires_tpmap=listed,
        ),
        id=f"{join}-{reading}-{literal}-{listed}",
    )
    for join, reading, literal, listed in itertools.product(
        ("and", "or"), ("welfare_only", "any_flag"), (False, True), (False, True)
    )
]  # fmt: skip


@pytest.mark.parametrize("limits", SETTINGS)
def test_columns_agree_with_the_rules_read_one_household_at_a_time(limits: TierParameters) -> None:
    table = random_households(10_000, seed=11)
    found = judge(Facts.of(table), limits)
    for n, row in enumerate(records(table)):
        expected = literally(row, limits)
        could_be = {t for t in range(1, 5) if found.could_be[n] & (1 << t)}
        assert (answer(found, n), could_be) == expected, row


# What always holds ------------------------------------------------------------------------------

told = st.sampled_from([True, False, None])
income = st.one_of(st.none(), st.integers(0, 200_000))
rows = st.fixed_dictionaries(
    {
        "in_tpmap": told, "welfare_card": told, "flag_elderly": told, "flag_disabled": told,
        "flag_welfare_only": told, "rehab_member": told, **dict.fromkeys(EXITS, told),
        "income_pcpy_tpmap": income, "income_pcpy_bmn": income,
    }
)  # fmt: skip
settings_ = st.builds(
    TierParameters,
    tier1_card_join=st.sampled_from(["and", "or"]),
    developable_reading=st.sampled_from(["welfare_only", "any_flag"]),
    literal_p3_p4=st.booleans(),
    developable_requires_tpmap=st.booleans(),
)


@given(row=rows, limits=settings_)
def test_every_household_has_one_tier_or_one_way_out_with_a_reason(
    row: dict[str, Any], limits: TierParameters
) -> None:
    found = judge(Facts.of(pd.DataFrame([row])), limits)
    assert (found.tier[0] > 0) == (STATUSES[found.status[0]] == "eligible")
    assert reasons.codes(found.reasons)[0]


def urgency(found: Tiers) -> int:
    tier = int(found.tier[0])
    return 5 - tier if tier else 0


@given(row=rows, limits=settings_, more=st.integers(0, 100_000))
def test_more_income_never_makes_a_household_more_urgent(
    row: dict[str, Any], limits: TierParameters, more: int
) -> None:
    richer = {
        name: value + more if name.startswith("income") and value is not None else value
        for name, value in row.items()
    }
    before, after = (judge(Facts.of(pd.DataFrame([one])), limits) for one in (row, richer))
    assert urgency(after) <= urgency(before)


@given(row=rows, limits=settings_)
def test_a_fact_that_becomes_known_settles_into_what_was_said_to_be_possible(
    row: dict[str, Any], limits: TierParameters
) -> None:
    """A provisional answer names every tier that the missing facts can still lead to."""
    found = judge(Facts.of(pd.DataFrame([row])), limits)
    if not found.could_be[0]:
        return
    unknown = [name for name, value in row.items() if value is None and name not in EXITS]
    named = {t for t in range(1, 5) if found.could_be[0] & (1 << t)} | {int(found.tier[0])}
    for flip in (True, False):
        known = row | {
            name: (10_000 if flip else 150_000) if name.startswith("income") else flip
            for name in unknown
        }
        told_now = judge(Facts.of(pd.DataFrame([known])), limits)
        if STATUSES[told_now.status[0]] != "route_welfare":
            assert int(told_now.tier[0]) in named | {0}


def test_what_is_shown_never_tells_tier_4_from_tier_3() -> None:
    """PRIV-R13: one value, and of a tier-4 household no reason that tier 3 could not have."""
    found = judge(Facts.of(random_households(5_000, seed=3)), DEFAULT)
    assert set(merged(found.tier)) == {"1", "2", "3-4", None}
    shown = reasons.codes(reasons.disclosed(found.reasons, found.tier))
    for listed in shown[found.tier == 4]:
        assert listed == ["T34_MERGED"]
    secret = set(people.REASONS_EXACT) - set(people.REASONS)
    assert not any(secret & set(listed) for listed in shown)
    could_be = lists(found.could_be, found.tier)
    assert all(not told for told in could_be[found.tier == 4])


PUBLIC_COUNTS = {
    "POV-T92": ([12, 5, 3, 2], [12, 5, 5, 22]),
    "POV-T93": ([18, 0, 1, 1], [None, 0, None, 20]),
}


@pytest.mark.parametrize("case", PUBLIC_COUNTS)
def test_what_may_be_published_of_the_tiers_of_a_village(case: str) -> None:
    """Tiers 3 and 4 are merged, then small cells hidden with a second one, at min_cell 5."""
    counts, shown = PUBLIC_COUNTS[case]
    tier = np.repeat(np.array([1, 2, 3, 4], dtype=np.int8), counts)
    told = pd.Series(merged(tier)).value_counts()
    cells = [int(told.get(code, 0)) for code in people.TIERS]
    cells.append(sum(cells))
    state = suppress(cells, [Sum(3, (0, 1, 2), keep=True)], k=5)
    assert [
        cell if hidden == State.SHOWN else None for cell, hidden in zip(cells, state, strict=True)
    ] == shown


def member(**known: Any) -> dict[str, Any]:
    return {"member_id": "m"} | known


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param([{"deceased": True}, {"deceased": True}], True, id="all"),
        pytest.param([{"deceased": True}, {"deceased": False}], False, id="one-is-left"),
        pytest.param([{"deceased": True}, {}], None, id="unknown"),
        pytest.param([], True, id="no-members-as-recorded"),
        pytest.param(None, True, id="none-as-recorded"),
    ],
)
def test_a_flag_of_the_household_is_that_of_all_members(members: Any, expected: Any) -> None:
    """poverty.md 3.2."""
    listed = members and [member(**one) for one in members]
    table = pd.DataFrame({"household_id": ["a"], "flag_deceased": [True]})
    table["member_list"] = pd.Series([listed], dtype=object)
    found = with_members(table, DEFAULT)["flag_deceased"].iloc[0]
    assert (None if pd.isna(found) else bool(found)) is expected


def test_one_member_who_can_be_developed_is_enough_in_either_reading() -> None:
    old, disabled, able = (
        member(elderly=a, disabled=b, welfare_only=False, rehab_completed=c)
        for a, b, c in ((True, False, False), (False, True, False), (False, False, True))
    )
    row = household(Y, 20_000, 20_000, Y)
    table = pd.DataFrame([row, row, row])
    table["member_conditions"] = pd.Series([[old, disabled], [old, able], None], dtype=object)
    strict = replace(DEFAULT, developable_reading="any_flag")
    answers = {}
    for name, limits in (("welfare_only", DEFAULT), ("any_flag", strict)):
        found = judge(Facts.of(with_members(table, limits)), limits)
        answers[name] = [answer(found, n) for n in range(3)]
    assert answers == {"welfare_only": ["1"] * 3, "any_flag": ["route_welfare", "1", "1"]}
    assert with_members(table, DEFAULT)["rehab_member"].tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("code", "settings", "english"),
    [
        (
            "T1_TPMAP_CARD",
            {},
            "income 37,999 < 38,000, welfare card, can be developed (TPMAP 2562)",
        ),
        ("T1_TPMAP_CARD", {"tier1_card_join": "or"}, "income 37,999 (line 38,000) or welfare card"),
        ("T3_LOW_INCOME", {"low_income_ceiling_thb": 90_000}, "income 37,999 up to 90,000"),
        ("N_ABOVE_CEILING", {}, "income 37,999 above 100,000"),
    ],
    ids=["tier-1", "tier-1-or", "ceiling", "above"],
)
def test_a_reason_is_worded_from_the_values_used(
    code: str, settings: dict[str, Any], english: str
) -> None:
    text = reasons.wording(code, replace(DEFAULT, **settings), income=37_999)
    assert text.en.startswith(english)
    assert "37,999" in text.th
