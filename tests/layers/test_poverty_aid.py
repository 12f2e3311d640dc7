"""Capitals, aid gap, duplicates, referral, cascade, dynamics, steps (poverty.md 6.6 to 6.8)."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ParameterError
from layers import people
from layers.errors import Conflict
from layers.poverty import aid, capitals, cascade, dynamics, referral, visiting, workflow
from layers.poverty.capitals import ILLUSTRATIVE, CapitalConfig, Item
from layers.poverty.logic import truth
from layers.poverty.parameters import AidParameters
from sample_data.registers import register

NAMES = list(people.CAPITALS)
TODAY = dt.date(2024, 4, 1)


@pytest.mark.parametrize(
    ("scores", "composite", "level", "weakest", "known"),
    [
        pytest.param([40, 60, 20, 50, 80], 50.0, 3, "economic", 5, id="POV-T60"),
        pytest.param([40, 60, 19, 50, 80], 49.8, 2, "economic", 5, id="POV-T61"),
        pytest.param([40, 60, 20, None, 80], 50.0, 3, "economic", 4, id="POV-T62"),
        pytest.param([40, 60, None, None, 80], None, 0, "human", 3, id="POV-T63"),
        pytest.param([100] * 5, 100.0, 4, "human", 5, id="POV-T64-best"),
        pytest.param([0] * 5, 0.0, 1, "human", 5, id="POV-T64-worst"),
        pytest.param([None] * 5, None, 0, "", 0, id="nothing"),
    ],
)
def test_levels(
    scores: list[Any], composite: float | None, level: int, weakest: str, known: int
) -> None:
    found = capitals.levels(pd.DataFrame([scores], columns=NAMES, dtype=float), ILLUSTRATIVE)
    assert found.composite[0] == pytest.approx(composite, nan_ok=True) if composite else True
    assert np.isnan(found.composite[0]) == (composite is None)
    assert (found.level[0], found.weakest[0], found.known[0]) == (level, weakest, known)


def test_pov_t65_a_capital_with_half_its_weight_answered_is_missing() -> None:
    """POV-T65; just enough is enough."""
    config = CapitalConfig(
        version="t",
        author="test",
        items=(Item("a", "human", 5), Item("b", "human", 4), Item("c", "human", 1)),
    )
    answers = pd.DataFrame({"a": [80, 80, None], "b": [None, None, 50], "c": [None, 20, 50]})
    found = capitals.score(answers.astype(float), config)["human"]
    assert np.isnan(found[0])
    assert found[1] == pytest.approx((80 * 5 + 20) / 6)
    assert np.isnan(found[2])


def test_an_item_that_counts_against_a_household_is_turned_round() -> None:
    config = CapitalConfig(
        version="t", author="test", items=(Item("debt", "economic", higher_is_better=False),)
    )
    found = capitals.score(pd.DataFrame({"debt": [30.0, 101.0]}), config)["economic"]
    assert found[0] == 70 and np.isnan(found[1])


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"version": "1", "items": []}',
        '{"version": "1", "author": "x", "items": [{"code": "a", "capital": "luck"}]}',
        '{"version": "1", "author": "x", "items": [], "cuts": [50, 25]}',
        '{"version": "1", "author": "x", "items": [], "colour": 1}',
    ],
    ids=["text", "list", "no-author", "capital", "cuts", "unknown"],
)
def test_a_wrong_configuration_is_refused(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        capitals.read_config(text)
    assert caught.value.code == "capital_config_invalid"


def test_the_shipped_configuration_says_that_it_is_no_real_one() -> None:
    assert ILLUSTRATIVE.illustrative
    assert "illustrative" in ILLUSTRATIVE.version and "illustrative" in ILLUSTRATIVE.author


@given(st.lists(st.floats(0, 100), min_size=5, max_size=5))
def test_the_level_is_that_of_the_band_of_the_mean(scores: list[float]) -> None:
    found = capitals.levels(pd.DataFrame([scores], columns=NAMES), ILLUSTRATIVE)
    mean = round(sum(scores) / 5, 9)
    assert found.level[0] == (1 if mean < 25 else 2 if mean < 50 else 3 if mean < 75 else 4)


# Aid --------------------------------------------------------------------------------------------

NEEDS = pd.DataFrame({"household_id": ["H"] * 3, "dimension": ["housing", "health", "education"]})


def case(id_: str, dimension: str, state: str, **more: Any) -> dict[str, Any]:
    plain = {"kind": None, "start_on": None, "end_on": None, "provider": "A"}
    return {"case_id": id_, "household_id": "H", "dimension": dimension, "state": state} | (
        plain | more
    )


A = case("a", "housing", "in_progress", kind="ซ่อมแซมบ้าน", start_on=dt.date(2024, 1, 1),
         end_on=dt.date(2024, 6, 30))  # fmt: skip
B = case("b", "housing", "sent", kind="ซ่อมแซมบ้าน", start_on=dt.date(2024, 3, 1),
         end_on=dt.date(2024, 9, 30), provider="B")  # fmt: skip
C = case("c", "health", "delivered", end_on=dt.date(2023, 5, 10))
D = case("d", "occupation", "in_progress", provider="C")


def table(*cases: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(cases))


def gaps(as_of: dt.date) -> list[str]:
    found = aid.needs_state(NEEDS, table(A, B, C, D), as_of, AidParameters())
    return found.loc[~found["served"], "dimension"].tolist()


def test_pov_t70_and_t74_gaps() -> None:
    """POV-T70: education; POV-T74: health too, delivered 388 days before."""
    assert gaps(TODAY) == ["education"]
    assert (dt.date(2024, 6, 1) - dt.date(2023, 5, 10)).days == 388
    assert gaps(dt.date(2024, 6, 1)) == ["health", "education"]


def test_pov_t71_duplicates_name_both_agencies_and_the_days() -> None:
    """POV-T71; SYS-185."""
    found = aid.pairs(table(A, B, C, D), TODAY)
    assert len(found) == 1
    one = found.iloc[0]
    assert (one["provider_a"], one["provider_b"], one["relation"]) == ("A", "B", "duplicate")
    assert (one["overlap_from"], one["overlap_to"]) == (dt.date(2024, 3, 1), dt.date(2024, 6, 30))
    assert one["days"] == 122


def test_pov_t72_aid_without_a_need() -> None:
    """POV-T72."""
    assert aid.unneeded(NEEDS, table(A, B, C, D))["dimension"].tolist() == ["occupation"]


def test_pov_t73_another_kind_is_complementary() -> None:
    """POV-T73."""
    found = aid.pairs(table(A, B | {"kind": "ห้องน้ำ"}), TODAY)
    assert found["relation"].tolist() == ["complementary"]


@pytest.mark.parametrize(
    ("ends", "days"),
    [
        pytest.param(dt.date(2024, 2, 29), [], id="POV-T75"),
        pytest.param(dt.date(2024, 3, 1), [1], id="POV-T75-one-day"),
    ],
)
def test_intervals_are_closed(ends: dt.date, days: list[int]) -> None:
    assert aid.pairs(table(A | {"end_on": ends}, B), TODAY)["days"].tolist() == days


def test_an_open_end_lasts_until_today_and_dead_cases_do_not_count() -> None:
    found = aid.pairs(table(A | {"end_on": None}, B | {"end_on": None}), TODAY)
    assert found["days"].tolist() == [32]
    assert aid.pairs(table(A, B | {"state": "cancelled"}), TODAY).empty
    assert aid.pairs(table(A, B | {"provider": "A"}), TODAY).empty
    assert aid.pairs(table(A, B | {"provider": None}), TODAY).empty


def test_pairs_agree_with_looking_at_every_two_cases() -> None:
    rng = np.random.default_rng(2)
    cases = [
        case(
            f"c{n:03d}",
            str(rng.choice(["housing", "health"])),
            str(rng.choice(list(people.AID_STATES))),
            household_id=f"H{rng.integers(12)}",
            kind=str(rng.choice(["x", "y"])),
            provider=str(rng.choice(["A", "B", "C"])),
            start_on=TODAY - dt.timedelta(days=int(rng.integers(0, 300))),
            end_on=None if rng.random() < 0.3
            else TODAY - dt.timedelta(days=int(rng.integers(-100, 200))),
        )
        for n in range(200)
    ]  # fmt: skip
    expected = set()
    for one in cases:
        for other in cases:
            same = all(one[name] == other[name] for name in ("household_id", "dimension"))
            dead = {one["state"], other["state"]} & set(aid.DEAD)
            if one is other or not same or dead or one["provider"] == other["provider"]:
                continue
            begins = max(one["start_on"], other["start_on"])
            ends = min(one["end_on"] or TODAY, other["end_on"] or TODAY)
            if begins <= ends:
                relation = "duplicate" if one["kind"] == other["kind"] else "complementary"
                ids = frozenset((one["case_id"], other["case_id"]))
                expected.add((ids, (ends - begins).days + 1, relation))
    found = aid.pairs(pd.DataFrame(cases), TODAY)
    got = {
        (frozenset((row["case_a"], row["case_b"])), row["days"], row["relation"])
        for row in found.to_dict("records")
    }
    assert got == expected and len(found) == len(expected) > 20


PROVIDERS = pd.DataFrame(
    {
        "provider_id": ["central", "lao", "neighbour", "office", "school"],
        "level": ["central", "local", "local", "province", "local"],
        "dimensions": [["housing"], ["housing"], ["housing"], ["housing"], ["education"]],
        "service_area": [["83"], ["830101"], ["830102"], ["83"], ["83"]],
        "capacity_left": [100, 0, 9, 5, 9],
    }
)


def test_pov_t76_referral() -> None:
    """POV-T76."""
    away = np.array([900_000.0, 1_000.0, 3_000.0, 12_000.0, 10.0])
    found = referral.candidates("housing", "83010101", PROVIDERS, away)
    assert found.loc[found["rejected"].isna(), "provider_id"].tolist() == ["office", "central"]
    rejected = found.set_index("provider_id")["rejected"].dropna().to_dict()
    assert rejected == {"lao": "capacity", "neighbour": "area", "school": "dimension"}


def test_the_first_of_the_ordered_providers_is_the_best() -> None:
    rng = np.random.default_rng(9)
    providers = pd.DataFrame(
        {
            "provider_id": [f"p{n}" for n in rng.permutation(12)],
            "level": rng.choice(list(people.PROVIDER_LEVELS), 12),
            "dimensions": [list(rng.choice(list(people.AID_DIMENSIONS), 2)) for _ in range(12)],
            "service_area": [[str(rng.choice(["83", "8301", "830102"]))] for _ in range(12)],
            "capacity_left": rng.integers(0, 3, 12),
        }
    )
    needs = pd.DataFrame(
        {
            "dimension": rng.choice(list(people.AID_DIMENSIONS), 200),
            "area_code": rng.choice(["83010101", "83010201", "83020101"], 200),
        }
    )
    away = rng.choice([1.0, 2.0, np.nan], (200, 12))
    found = referral.best(needs, providers, away)
    for n, row in enumerate(needs.to_dict("records")):
        ordered = referral.candidates(row["dimension"], row["area_code"], providers, away[n])
        usable = ordered.loc[ordered["rejected"].isna(), "provider_id"].tolist()
        assert found[n] == (usable[0] if usable else None)


def test_pov_t77_gap_rate_of_an_area() -> None:
    """POV-T77."""
    state = pd.DataFrame(
        {
            "household_id": [f"H{n}" for n in range(40)],
            "dimension": "housing",
            "served": [True] * 25 + [False] * 15,
        }
    )
    area = pd.Series("83010101", index=[*state["household_id"], "X"])
    twice = pd.DataFrame([{"household_id": "X", "dimension": "health", "relation": "duplicate"}])
    found = aid.area_table(state, twice, area, 6).set_index("dimension")
    assert found.loc["housing", ["need", "served", "gap"]].tolist() == [40, 25, 15]
    assert found.loc["housing", "gap_rate"] == 0.375
    assert found.loc["health", ["need", "duplicate"]].tolist() == [0, 1]
    assert np.isnan(found.loc["health", "gap_rate"])


# Cascade and dynamics ---------------------------------------------------------------------------


def test_pov_t80_the_funnel_gives_rates_of_one_unit_only() -> None:
    """POV-T80; SYS-013."""
    rows = [row | {"value": int(row["value"])} for row in register("poverty_funnel")]
    searched, aided, occupation = cascade.funnel(rows)
    assert [row["value"] for row in (searched, aided, occupation)] == [1_286_763, 160_793, 64_492]
    assert round(aided["rate"], 4) == 0.1250
    assert occupation["unit_conflict"] and occupation["rate"] is None
    assert not aided["unit_conflict"]


def test_pov_r39_the_ten_lowest_lie_in_the_twenty() -> None:
    """POV-T88, POV-R39; SYS-153."""
    assert cascade.select_lowest({"A": 5, "B": 3, "C": 3, "D": 9, "E": 4}, 2) == ["B", "C"]
    assert cascade.select_lowest({"A": 5, "B": 3, "C": 3, "D": 9, "E": 4}, 3) == ["B", "C", "E"]
    rng = np.random.default_rng(1)
    values = {str(code): float(rng.integers(0, 30)) for code in range(10, 87)}
    ten, twenty = (cascade.select_lowest(values, n) for n in (10, 20))
    assert twenty[:10] == ten


def test_the_cascade_counts_households_and_persons_apart() -> None:
    """POV-R37."""
    table_ = pd.DataFrame(
        {
            "household_id": ["a", "b", "c", "c"],
            "stage": ["aided", "verified", "candidate", "candidate"],
            "household_size": [4, None, 3, 3],
        }
    )
    found = {row["stage"]: row for row in cascade.cascade(table_)}
    assert (found["candidate"]["households"], found["candidate"]["persons"]) == (3, 7)
    assert found["candidate"]["size_unknown"] == 1
    assert (found["verified"]["households"], found["aided"]["households"]) == (2, 1)
    counts = [row["households"] for row in cascade.cascade(table_)]
    assert counts == sorted(counts, reverse=True)


def test_pov_r38_coverage_needs_a_target() -> None:
    assert cascade.reached_share(59, 100) == 0.59
    assert cascade.reached_share(0, 0) is None


@pytest.mark.parametrize(
    ("years", "expected", "gap"),
    [
        pytest.param("PPP", "persistent", False, id="POV-T81-persistent"),
        pytest.param("NNP", "newly_poor", False, id="POV-T81-new"),
        pytest.param("PNP", "re_entered", False, id="POV-T81-again"),
        pytest.param("PPN", "exited", False, id="POV-T81-exited"),
        pytest.param("NNN", "stayed_out", False, id="POV-T81-out"),
        pytest.param("P-P", "persistent", True, id="POV-T82-gap"),
        pytest.param("PN-", "unknown", False, id="POV-T82-last"),
        pytest.param("--P", "unknown", False, id="POV-T82-one"),
        pytest.param("NPP", "newly_poor", False, id="still-new"),
        pytest.param("PNPP", "re_entered", False, id="still-again"),
        pytest.param("PNN", "exited", False, id="still-exited"),
        pytest.param("---", "unknown", False, id="nothing"),
    ],
)
def test_dynamics(years: str, expected: str, gap: bool) -> None:
    told = truth([{"P": True, "N": False, "-": None}[letter] for letter in years], len(years))
    found, gaps_ = dynamics.classes(told.reshape(1, -1))
    assert (found[0], bool(gaps_[0])) == (expected, gap)


@given(st.lists(st.sampled_from("PN-"), min_size=1, max_size=6))
def test_every_course_of_years_has_one_class(years: list[str]) -> None:
    told = truth([{"P": True, "N": False, "-": None}[letter] for letter in years], len(years))
    found, _ = dynamics.classes(told.reshape(1, -1))
    known = [letter for letter in years if letter != "-"]
    if years[-1] == "-" or len(known) < 2:
        expected = "unknown"
    elif set(known) == {"P"}:
        expected = "persistent"
    elif set(known) == {"N"}:
        expected = "stayed_out"
    elif known[-1] == "N":
        expected = "exited"
    else:
        before = "".join(known).rstrip("P")
        expected = "re_entered" if "P" in before else "newly_poor"
    assert found[0] == expected


def test_pov_t83_the_matrix_of_two_years() -> None:
    """POV-T83."""
    before = truth([True] * 40 + [False] * 60, 100)
    after = truth([True] * 25 + [False] * 10 + [None] * 5 + [True] * 6 + [False] * 54, 100)
    found = dynamics.transitions(before, after)
    assert [found[name] for name in ("PP", "PN", "NP", "NN", "n")] == [25, 10, 6, 54, 95]
    assert (round(found["exit_rate"], 4), found["entry_rate"]) == (0.2857, 0.10)


# Steps and visits -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", workflow.MOVES)
def test_every_state_of_a_workflow_has_its_steps(kind: str) -> None:
    moves, labels, _ = workflow.MOVES[kind]
    assert set(moves) == set(labels)
    assert {end for ends in moves.values() for end in ends} <= set(labels)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("stage", "candidate verified assessed selected aided monitored exited returned assessed"),
        ("stage", "found_new verified assessed waiting selected referred assessed not_poor closed"),
        ("record", "draft submitted returned submitted verified"),
        ("aid", "proposed matched sent rejected matched sent accepted in_progress delivered"),
        ("aid", "delivered confirmed closed"),
        ("project", "proposed agreed approved bought handed_over followed_up reported"),
    ],
    ids=["household", "found", "record", "aid", "aid-end", "project"],
)
def test_the_ways_of_the_chapter_are_open(kind: str, path: str) -> None:
    """SYS-014 for the household: from found to verified."""
    steps = path.split()
    for start, end in itertools.pairwise(steps):
        workflow.check_move(kind, start, end)


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        ("stage", "candidate", "selected"),
        ("record", "verified", "submitted"),
        ("aid", "delivered", "cancelled"),
        ("aid", "proposed", "delivered"),
        ("stage", "closed", "candidate"),
    ],
    ids=["unseen", "verified", "given", "leap", "closed"],
)
def test_other_ways_are_refused_by_name(kind: str, start: str, end: str) -> None:
    with pytest.raises(Conflict) as caught:
        workflow.check_move(kind, start, end)
    assert caught.value.code == "step_not_allowed"
    assert workflow.MOVES[kind][1][end].th in caught.value.text.th


def test_pov_t90_a_point_outside_its_own_village_is_found() -> None:
    """POV-T90."""
    village = shapely.box(0, 0, 1_000, 1_000)
    inside, known = visiting.inside_own_area(
        [shapely.Point(500, 500), shapely.Point(500, 1_030), None, shapely.Point(0, 0)],
        ["83010101", "83010101", "83010101", "84010101"],
        [village],
        ["83010101"],
    )
    assert known.tolist() == [True, True, False, False]
    assert inside.tolist() == [True, False, True, True]


def test_pov_t91_nobody_verifies_a_record_of_his_own() -> None:
    """POV-T91; SYS-012."""
    with pytest.raises(Conflict):
        workflow.check_verifier("team-1", "team-1")
    workflow.check_verifier("team-1", "office-8301")


def test_pov_r27_coverage_counts_verified_visits_that_met_somebody() -> None:
    """POV-R27, POV-R28."""
    targets = pd.DataFrame({"household_id": list("abcd"), "area_code": ["83010101"] * 4})
    visits = pd.DataFrame(
        {
            "household_id": list("aabc"),
            "outcome": [["met"], ["met"], ["no_respondent"], ["met"]],
            "record_state": ["verified", "verified", "verified", "submitted"],
        }
    )
    found = visiting.coverage(targets, visits).iloc[0]
    assert (found["targets"], found["visited"], found["share"]) == (4, 1, 0.25)
    assert visiting.still_open(visits).tolist() == [False, False, True, False]


def test_the_five_models_total_1448_households() -> None:
    """SYS-187; poverty.md 8.2."""
    models = register("poverty_models")
    assert sum(int(row["households"]) for row in models) == 1_448
