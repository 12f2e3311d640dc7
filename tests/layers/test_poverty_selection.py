"""Quota, overlap guard, district load and plans against each other (poverty.md 6.2, 6.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.poverty import overlap
from layers.poverty.allocation import (
    against_allocation,
    check_allocation,
    district_load,
    totals,
)
from layers.poverty.overlap import STATES, guard
from layers.poverty.parameters import SelectionParameters, TierParameters
from layers.poverty.selection import (
    LIST_STATES,
    Candidates,
    Selection,
    compared,
    sammachip_order,
    select,
    with_guard,
)
from layers.poverty.tiers import STATUSES, Facts, judge
from sample_data.registers import register
from tests.layers.test_poverty_tiers import random_households

LIMITS = SelectionParameters()
VILLAGE = "30010101"


def candidates(tiers: list[int], incomes: list[float] | None = None, **more: Any) -> Candidates:
    n = len(tiers)
    given = {
        "household_id": [f"H{number:03d}" for number in range(n)],
        "village": [VILLAGE] * n,
        "tier": np.array(tiers, dtype=np.int8),
        "status": np.full(n, STATUSES.index("eligible"), dtype=np.int8),
        "income": np.array(incomes or [np.nan] * n, dtype=float),
        "household_size": np.full(n, np.nan),
        "guard": np.zeros(n, dtype=np.int8),
    }
    return Candidates(**given | more)


def states(found: Selection) -> list[str]:
    return [LIST_STATES[code] for code in found.list_state]


def test_pov_t20_the_quota_is_filled_and_the_rest_waits() -> None:
    """POV-T20; SYS-016: 25 candidates, 20 chosen, 5 waiting."""
    found = select(candidates([1] * 25), LIMITS)
    assert (states(found).count("selected"), states(found).count("waiting")) == (20, 5)


def test_pov_t21_the_quota_is_filled_by_tier() -> None:
    """POV-T21."""
    tiers = [4] * 2 + [3] * 10 + [2] * 5 + [1] * 12
    found = select(candidates(tiers), LIMITS)
    chosen = [t for t, state in zip(tiers, states(found), strict=True) if state == "selected"]
    assert sorted(chosen) == [1] * 12 + [2] * 5 + [3] * 3
    waiting = sorted(
        (rank, tier)
        for rank, tier, state in zip(found.rank.tolist(), tiers, states(found), strict=True)
        if state == "waiting"
    )
    assert [tier for _, tier in waiting] == [3] * 7 + [4] * 2


def test_pov_t22_a_village_with_too_few_stays_short() -> None:
    """POV-T22."""
    found = select(candidates([1] * 14), LIMITS)
    assert found.villages["n_selected"].tolist() == [14]
    assert found.villages["quota_unfilled"].tolist() == [6]


def test_pov_t23_the_lower_income_comes_first_inside_a_tier() -> None:
    """POV-T23."""
    found = select(candidates([1] * 19 + [2, 2], [0] * 19 + [31_000, 30_000]), LIMITS)
    assert states(found)[-2:] == ["waiting", "selected"]


@pytest.mark.parametrize(
    ("districts", "villages", "team", "households", "average", "warning"),
    [
        pytest.param(28, 58, 140, 1_160, 2.07, False, id="POV-T24"),
        pytest.param(22, 66, 110, 1_320, 3.00, False, id="POV-T25"),
        pytest.param(22, 67, 110, 1_340, 3.05, True, id="POV-T26"),
    ],
)
def test_load_of_a_province(
    districts: int, villages: int, team: int, households: int, average: float, warning: bool
) -> None:
    row = {"districts": districts, "villages": villages}
    table = pd.DataFrame([row | {"team_members": team, "households": households}])
    found = check_allocation(table, LIMITS).iloc[0]
    assert (found["villages_per_district"], found["load_warning"]) == (average, warning)
    assert found["team_ok"] and found["households_ok"]


def test_pov_t27_the_table_of_the_twenty_provinces_adds_up() -> None:
    """POV-T27; SYS-137."""
    *rows, total = register("ne_target_provinces")
    names = ["districts", "villages", "team_members", "households"]
    table = pd.DataFrame(rows).astype(dict.fromkeys(names, int))
    found = check_allocation(table, LIMITS)
    assert found["team_ok"].all() and found["households_ok"].all()
    assert not found["load_warning"].any()
    most = found[found["villages_per_district"] == found["villages_per_district"].max()]
    assert set(most["province_en"]) == {"Buri Ram", "Bueng Kan"}
    assert most["villages_per_district"].unique().tolist() == [3.00]
    printed = pd.to_numeric(table["villages_per_district"])
    pd.testing.assert_series_equal(found["villages_per_district"], printed)
    sums = totals(table)
    assert [sums[name] for name in names] == [274, 500, 1_370, 10_000]
    assert [str(sums[name]) for name in names] == [total[name] for name in names]
    # POV-R18
    assert (sums["villages_per_team"], sums["households_per_team"]) == (1.82, 36.50)


def test_a_changed_row_of_the_table_is_found() -> None:
    table = pd.DataFrame([{"districts": 2, "villages": 3, "team_members": 9, "households": 61}])
    found = check_allocation(table, LIMITS).iloc[0]
    assert not found["team_ok"] and not found["households_ok"]


def test_a_district_with_more_than_three_villages_is_told() -> None:
    codes = [f"3001{n:04d}" for n in range(4)] + ["30020101"]
    villages = pd.DataFrame({"area_code": codes, "n_selected": [5, 5, 5, 5, 1]})
    found = district_load(villages, LIMITS).set_index("district_code")
    assert found["over_average"].to_dict() == {"3001": True, "3002": False}
    assert found["households"].to_dict() == {"3001": 20, "3002": 1}
    assert found["province_average"].tolist() == [2.5, 2.5]
    assert not found["province_warning"].any()


def test_a_plan_above_its_allocation_is_told_with_both_numbers() -> None:
    """SYS-127."""
    plan = pd.DataFrame(
        {"area_code": ["30010101", "30010102", "31010101"], "n_selected": [20, 20, 5]}
    )
    given = pd.DataFrame({"province_code": ["30", "32"], "villages": [2, 1], "households": [39, 9]})
    found = against_allocation(plan, given).set_index("province_code")
    assert found.loc["30", ["households", "selected", "over"]].tolist() == [39, 40, True]
    assert found.loc["31", ["households", "selected", "over"]].tolist() == [0, 5, True]
    assert not found.loc["32", "over"]


# Overlap guard ----------------------------------------------------------------------------------


def row(code: str, year: int, *people: str, village: str = VILLAGE, loaded: Any = True) -> Any:
    return {
        "programme_code": code,
        "fiscal_year_be": year,
        "area_code": village,
        "participants": list(people),
        "participants_loaded": loaded,
    }


GUARDS = {
    "POV-T30": ([], "clear", ""),
    "POV-T31": ([row("SAMMA63", 2563, "other")], "village_only", ""),
    "POV-T32": ([row("SAMMA63", 2563, "H1")], "blocked", "SAMMA:2563"),
    "POV-T33": ([row("SAMMA61", 2561, "H1")], "clear", ""),
    "POV-T34": ([row("SEP62", 2562, loaded=None)], "hold", ""),
    "POV-T35": (
        [row("SAMMA62", 2562, "other"), row("LOWINC62", 2562, "H1")], "blocked", "LOWINC:2562"
    ),
    "POV-T36": ([row("SAMMA62", 2562, "f" * 32, village="30010102")], "clear", ""),
    "POV-T37": ([row("LOWINC61", 2561, "H1")], "clear", ""),
}  # fmt: skip
COLUMNS = ["programme_code", "fiscal_year_be", "area_code", "participants", "participants_loaded"]


@pytest.mark.parametrize("case", GUARDS)
def test_guard(case: str) -> None:
    """SYS-182: a village used before is open to other households only."""
    rows, state, programme = GUARDS[case]
    who = pd.DataFrame({"household_id": ["H1"], "area_code": [VILLAGE], "person_key": ["f" * 32]})
    found = guard(who, pd.DataFrame(rows, columns=COLUMNS), LIMITS.overlap_programmes)
    assert (STATES[found.state[0]], found.programme[0]) == (state, programme)
    assert bool(found.elsewhere[0]) == (case == "POV-T36")


def test_the_worst_of_all_programmes_counts_in_any_order() -> None:
    """POV-R11: blocked > hold > village_only > clear."""
    rows = [row("SAMMA62", 2562), row("SEP63", 2563, loaded=False), row("LOWINC62", 2562, "H1")]
    who = pd.DataFrame({"household_id": ["H1", "H2"], "area_code": [VILLAGE] * 2})
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        register_ = pd.DataFrame([rows[n] for n in order])
        found = guard(who, register_, LIMITS.overlap_programmes)
        assert [STATES[code] for code in found.state] == ["blocked", "hold"]


def test_a_name_on_an_unfinished_list_blocks_all_the_same() -> None:
    who = pd.DataFrame({"household_id": ["H1", "H2"], "area_code": [VILLAGE] * 2})
    register_ = pd.DataFrame([row("SEP62", 2562, "H1", loaded=False)])
    found = guard(who, register_, LIMITS.overlap_programmes)
    assert [STATES[code] for code in found.state] == ["blocked", "hold"]


def literally(household: str, village: str, rows: list[dict[str, Any]], programme: str) -> str:
    mine = [
        item
        for item in rows
        if item["area_code"] == village
        and f"{item['programme_code'].rstrip('0123456789')}:{item['fiscal_year_be']}" == programme
    ]
    if not mine:
        return "clear"
    if any(household in item["participants"] for item in mine):
        return "blocked"
    return "village_only" if any(item["participants_loaded"] is True for item in mine) else "hold"


def test_guard_agrees_with_the_rule_read_one_household_at_a_time() -> None:
    rng = np.random.default_rng(5)
    table = random_households(2_000, seed=5)
    ids = table["household_id"].tolist()
    rows = [
        row(
            str(rng.choice(["SAMMA62", "SAMMA63", "SEP62", "OTHER63"])),
            int(rng.choice([2562, 2563])),
            *rng.choice(ids, 60).tolist(),
            village=str(rng.choice(table["area_code"])),
            loaded=rng.choice(np.array([True, False, None], dtype=object)),
        )
        for _ in range(60)
    ]
    unique = list({(item["programme_code"], item["fiscal_year_be"], item["area_code"]): item
                   for item in rows}.values())  # fmt: skip
    found = guard(table, pd.DataFrame(unique), LIMITS.overlap_programmes)
    gravest = ["clear", "village_only", "hold", "blocked"]
    for n, (household, village) in enumerate(zip(ids, table["area_code"], strict=True)):
        told = [literally(household, village, unique, p) for p in LIMITS.overlap_programmes]
        assert STATES[found.state[n]] == max(told, key=gravest.index)


# Selection as a whole -----------------------------------------------------------------------------


def chosen(table: pd.DataFrame, quota: int) -> tuple[Selection, Candidates]:
    found = judge(Facts.of(table), TierParameters())
    rng = np.random.default_rng(8)
    by_id = {household: rng.integers(0, 4) for household in sorted(table["household_id"])}
    state = table["household_id"].map(by_id).to_numpy(dtype=np.int8)
    who = Candidates(
        household_id=table["household_id"],
        village=table["area_code"],
        tier=found.tier,
        status=with_guard(found.status, state),
        income=found.income,
        household_size=table["household_size"].to_numpy(dtype=float),
        guard=state,
    )
    return select(who, SelectionParameters(households_per_village=quota)), who


@pytest.mark.parametrize("quota", [1, 7, 20])
def test_selection_agrees_with_a_sort_in_every_village(quota: int) -> None:
    """POV-R14 read literally, on 10,000 households."""
    table = random_households(10_000, seed=21)
    found, who = chosen(table, quota)
    plain = table.assign(
        tier=who.tier, income=who.income, status=who.status, guard=who.guard, got=states(found),
        rank=found.rank,
    )  # fmt: skip
    allowed = (STATES.index("clear"), STATES.index("village_only"))
    for village, rows in plain.groupby("area_code"):
        can = [
            item for item in rows.to_dict("records")
            if STATUSES[item["status"]] == "eligible" and item["guard"] in allowed
        ]  # fmt: skip
        can.sort(
            key=lambda item: (
                item["tier"],
                float("inf") if np.isnan(item["income"]) else item["income"],
                -item["household_size"],
                item["household_id"],
            )
        )
        for place, item in enumerate(can, 1):
            assert (item["rank"], item["got"]) == (
                place, "selected" if place <= quota else "waiting"
            ), village  # fmt: skip
        assert (rows["got"] != "none").sum() == len(can)


@given(seed=st.integers(0, 10_000), quota=st.integers(1, 30))
def test_no_quota_is_exceeded_and_the_order_of_the_input_does_not_count(
    seed: int, quota: int
) -> None:
    table = random_households(300, seed)
    found, _ = chosen(table, quota)
    assert (found.villages["n_selected"] <= quota).all()
    assert found.villages["n_selected"].sum() == states(found).count("selected")
    mixed = table.sample(frac=1, random_state=seed)
    again, _ = chosen(mixed, quota)
    before = dict(
        zip(table["household_id"], zip(states(found), found.rank, strict=True), strict=True)
    )
    after = dict(
        zip(mixed["household_id"], zip(states(again), again.rank, strict=True), strict=True)
    )
    assert before == after
    pd.testing.assert_frame_equal(found.villages, again.villages)


def test_no_blocked_held_or_pending_household_is_ever_listed() -> None:
    table = random_households(5_000, seed=4)
    found, who = chosen(table, 20)
    listed = found.list_state != LIST_STATES.index("none")
    assert set(who.status[listed]) == {STATUSES.index("eligible")}
    assert set(who.guard[listed]) <= {overlap.CLEAR, overlap.VILLAGE_ONLY}


def test_the_order_that_is_shown_keeps_tier_4_among_tier_3() -> None:
    """PRIV-R13: lists sort tiers 3 and 4 together; the selection itself follows POV-R14."""
    found = select(candidates([4, 3, 1], [10, 20, 30]), LIMITS)
    assert found.rank.tolist() == [3, 2, 1]
    assert found.shown_rank.tolist() == [2, 3, 1]


def test_a_quota_of_its_own_for_each_village() -> None:
    who = candidates([1, 1, 1, 1], village=["30010101", "30010101", "30010102", "30010102"])
    found = select(who, LIMITS, quota=[1, 1, 2, 2])
    assert found.villages[["quota", "n_selected"]].to_numpy().tolist() == [[1, 1], [2, 2]]


def test_nobody_at_all_gives_an_empty_plan() -> None:
    found = select(candidates([]), LIMITS)
    assert len(found.villages) == 0 and len(found.rank) == 0


def test_two_plans_are_compared() -> None:
    def plan(**lists: str) -> pd.DataFrame:
        return pd.DataFrame({"household_id": list(lists), "list_state": list(lists.values())})

    before = plan(a="selected", b="selected", c="waiting", d="none")
    now = plan(a="selected", b="none", c="selected", d="selected")
    assert compared(now, before) == {"kept": 1, "new": 2, "left": 1, "moved_up": 1}


def test_pov_r21_volunteers_with_low_income_come_first_in_sammachip_villages() -> None:
    yes, maybe = np.array([2, 2, 0]), np.array([2, 1, 2])
    order = sammachip_order(yes, np.array([2, 2, 2]), maybe, ["b", "a", "c"])
    assert order.tolist() == [0, 1, 2]
