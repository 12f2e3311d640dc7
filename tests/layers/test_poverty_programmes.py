"""Trainers, seats, money, learning sites, finance, results (poverty.md 6.4, 6.5, 6.8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from layers.poverty import finance, results, sammachip
from layers.poverty.learning_sites import learning_sites
from layers.poverty.logic import NO, YES
from layers.poverty.parameters import (
    FinanceParameters,
    LearningSiteParameters,
    ResultParameters,
    SammachipParameters,
)

SAMMA, MONEY = SammachipParameters(), ResultParameters()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(sammachip.workshop_seats(10, SAMMA), 74, id="POV-T40"),
        pytest.param(sammachip.workshop_seats(1, SAMMA), 11, id="POV-T41"),
        pytest.param(sammachip.sep_leader_seats(30, 12), 72, id="POV-T42"),
        pytest.param(sammachip.preparation_seats(20, 274), (568, 142), id="POV-T43"),
        pytest.param(sammachip.village_training_seats(SAMMA), 25, id="POV-R24-village"),
        pytest.param(sammachip.forum_seats(500, 20), 10_500, id="POV-R24-forum"),
        pytest.param(
            [sammachip.groups_required(v, SAMMA) for v in (80, 85, 5, 16_000)],
            [8, 9, 1, 1_600],
            id="POV-T44",
        ),
        pytest.param(
            sammachip.needed_people(16_000, SAMMA),
            {"sages": 80_000, "households": 320_000, "support_trainers": 32_000},
            id="POV-T52",
        ),
    ],
)
def test_seats_groups_and_people(found: Any, expected: Any) -> None:
    """SYS-135 for POV-T52."""
    assert found == expected


def trainer(**changes: Any) -> pd.DataFrame:
    plain = {
        "trainer_id": "T1", "samma_year_be": 2561, "skills": ["ผ้าทอ"], "area_code": "300101",
        "can_continue": True, "course": None, "distance_m": 100.0,
    }  # fmt: skip
    return pd.DataFrame([plain | changes])


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        pytest.param({"area_code": "300102"}, [], id="POV-T45"),
        pytest.param({"area_code": "300201"}, ["place"], id="POV-T46"),
        pytest.param({"samma_year_be": 2563}, ["year"], id="POV-T47"),
        pytest.param({"skills": ["ประมง"]}, ["knowledge"], id="knowledge"),
        pytest.param({"can_continue": None}, ["continuity"], id="unknown-is-no-yes"),
    ],
)
def test_support_trainers(changes: dict[str, Any], lacks: list[str]) -> None:
    found = sammachip.support_trainers(trainer(**changes), "30010105", ["ผ้าทอ"], SAMMA)
    assert (found["eligible"].iloc[0], found["lacks"].iloc[0]) == (not lacks, lacks)


def test_the_course_is_a_preference_then_the_tambon_then_the_distance() -> None:
    table = pd.concat(
        [
            trainer(trainer_id="far", area_code="300102", distance_m=10.0),
            trainer(trainer_id="near", area_code="300101", distance_m=20.0),
            trainer(trainer_id="course", area_code="300102", distance_m=30.0, course=True),
        ]
    )
    found = sammachip.support_trainers(table, "30010105", ["ผ้าทอ"], SAMMA)
    assert found["trainer_id"].tolist() == ["course", "near", "far"]


def test_pov_t48_mentors_have_four_households_each() -> None:
    """POV-T48."""
    even, uneven = np.array([4] * 5), np.array([5, 4, 4, 4, 3])
    assert even.sum() == SAMMA.sages_per_village * SAMMA.mentor_ratio == SAMMA.households_samma
    assert not sammachip.mentors_overloaded(even, SAMMA).any()
    assert sammachip.mentors_overloaded(uneven, SAMMA).tolist() == [True, *[False] * 4]


def test_pov_t49_without_higher_income_no_khok_nong_na_candidate() -> None:
    """POV-T49."""
    yes, no = np.array([YES]), np.array([NO])
    assert sammachip.khok_nong_na_candidate(yes, [3], no)[0] == NO
    assert sammachip.khok_nong_na_candidate(yes, [3], yes)[0] == YES
    assert sammachip.khok_nong_na_candidate(yes, [2], yes)[0] == NO
    assert sammachip.khok_nong_na_candidate(yes, [None], yes)[0] not in (YES, NO)


def test_pov_t50_a_village_project_above_its_budget_is_flagged() -> None:
    """POV-T50; SYS-017."""
    found = results.project_flags([80_000, 80_001, 76_019, 76_000], [20, 20, 19, 19], MONEY)
    assert found["per_person_thb"].tolist() == [4_000, 4_000.05, 4_001, 4_000]
    assert found["flag"].tolist() == [False, True, True, False]


def test_pov_t51_the_money_of_the_programme() -> None:
    """POV-T51."""
    budget = results.NEPOOR63_BUDGET
    assert budget["visits"] / 500 == 5_000 and budget["visits"] / 10_000 == 250
    assert budget["forum"] / 500 == 40_400
    assert budget["occupation"] == 500 * MONEY.village_support_thb
    assert results.budget_rest(budget) == (62_700_000, 2_300_000)
    assert budget["total"] / 10_000 == 6_500


SITES = pd.DataFrame(
    {
        "site_id": ["A", "B", "C"],
        "province_code": ["30", "31", "18"],
        "distance_m": [60_000.0, 10_000.0, 5_000.0],
    }
)


@pytest.mark.parametrize(
    ("settings", "sites", "order", "reason"),
    [
        pytest.param({}, SITES, ["A", "B"], None, id="POV-T55"),
        pytest.param(
            {"learning_site_prefer_same_province": False}, SITES, ["B", "A"], None, id="POV-T56"
        ),
        pytest.param({}, SITES[SITES["site_id"] == "C"], [], "no_site_in_scope", id="POV-T57"),
    ],
)
def test_learning_sites(
    settings: dict[str, Any], sites: pd.DataFrame, order: list[str], reason: str | None
) -> None:
    found, told = learning_sites(sites, "30", LearningSiteParameters(**settings))
    assert (found["site_id"].tolist(), told) == (order, reason)


def test_a_site_must_be_of_a_fitting_kind_and_skill() -> None:
    table = SITES.assign(site_type="school", fits=True)
    assert learning_sites(table, "30", LearningSiteParameters())[1] == "no_site_in_scope"
    table = SITES.assign(site_type="learning_centre", fits=[False, True, True])
    assert learning_sites(table, "30", LearningSiteParameters())[0]["site_id"].tolist() == ["B"]


def kpi(denominator: str, increased: int, measured: int) -> Any:
    before = np.full(10_000, np.nan)
    before[:measured] = 30_000
    after = before.copy()
    after[:increased] += 1
    limits = replace(MONEY, income_kpi_denominator=denominator)
    return results.income_kpi(before, after, 10_000, limits)


def test_pov_t84_who_was_not_measured_counts_in_the_target() -> None:
    """POV-T84."""
    target, measured = kpi("target", 5_900, 9_500), kpi("measured", 5_900, 9_500)
    assert (round(target["share"], 4), target["met"]) == (0.59, False)
    assert (round(measured["share"], 4), measured["met"]) == (0.6211, True)


def test_pov_t85_exactly_sixty_per_cent_is_met() -> None:
    """POV-T85."""
    assert kpi("target", 6_000, 10_000)["met"]


def test_pov_t86_uplift_against_the_straight_way() -> None:
    """POV-T86."""
    found = results.uplift_states(
        [2_500, 2_499, 5_000, 5_000, 4_999, None], [12, 12, 24, 6, 24, 24], MONEY
    )
    assert found.tolist() == ["on_track", "behind", "achieved", "achieved", "behind", "no_data"]


def test_pov_t87_what_the_uplift_is_worth_a_year() -> None:
    """POV-T87."""
    assert 12_000 * MONEY.uplift_target_thb_month * 12 == 720_000_000


def test_pov_t89_the_finance_line_is_strict() -> None:
    """POV-T89; SYS-154."""
    table = pd.DataFrame({"village_income": [31_999, 32_000]})
    for conditions, first in (
        (finance.PERSON_CONDITIONS, "F1"),
        (finance.VILLAGE_CONDITIONS, "V1"),
    ):
        _, held = finance.conditions_met(table, conditions, FinanceParameters())
        assert held.tolist() == [[first], []]


def test_all_conditions_that_hold_are_listed_and_unknown_is_no_answer() -> None:
    table = pd.DataFrame(
        {
            "village_income": [10_000, 50_000, None],
            "has_loan_source": [False, True, None],
            "village_has_savings": [None, True, None],
            "in_register": [True, False, None],
        }
    )
    qualifies, held = finance.conditions_met(table, finance.PERSON_CONDITIONS, FinanceParameters())
    assert held.tolist() == [["F1", "F2", "F4"], [], []]
    assert qualifies.tolist() == [2, 0, 1]


def test_pov_r46_both_printed_targets_stand_with_their_conflict() -> None:
    """SYS-029."""
    found = finance.programme_target()
    assert found == {"header": 180_000, "indicator": 158_000, "conflict": True}


def test_the_five_elements_make_a_group() -> None:
    """POV-R25."""
    assert sammachip.group_complete(sammachip.GROUP_ELEMENTS) == []
    assert sammachip.group_complete([]) == list(sammachip.GROUP_ELEMENTS)
