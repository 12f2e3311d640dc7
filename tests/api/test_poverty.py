"""Poverty targeting over the layers of the demo and over HTTP, on both engines."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from flask.testing import FlaskClient

from layers.errors import AccessDenied
from layers.privacy import owner_view
from layers.processes import Reader, execute
from layers.processes.model import Result
from layers.query import View
from layers.store import Store


def run(client: FlaskClient, process: str, **inputs: Any) -> Any:
    answer = client.post(f"/processes/{process}/execution", json={"inputs": inputs})
    assert answer.status_code == 200, answer.data
    return json.loads(answer.data)


def properties(result: Any) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in result["features"]]


def test_every_household_of_the_layer_gets_one_answer_with_a_reason(owner: FlaskClient) -> None:
    """SYS-011, SYS-181."""
    result = run(owner, "poverty-tiers")
    rows = properties(result)
    assert len(rows) == result["summary"]["households"] > 1000
    for row in rows:
        assert (row["tier"] is not None) == (row["status"] == "eligible")
        assert row["reason_codes_exact"] and row["reasons_exact_th"]
        assert row["tier"] == ("3-4" if row["tier_exact"] in ("3", "4") else row["tier_exact"])
        if row["tier"] is not None:
            assert row["reasons_th"] and row["reasons_en"]
    named = {item["name"] for item in result["summary"]["thresholds"]}
    assert {"poverty_line_thb", "low_income_ceiling_thb"} <= named
    assert result["summary"]["options"]["tier1_card_join"] == "and"
    assert result["summary"]["privacy"]["tier_exact"] == "secret"
    assert result["summary"]["privacy"]["tier"] == "restricted"


def test_an_option_changes_tiers_and_comes_back_in_the_result(owner: FlaskClient) -> None:
    plain, or_join = (
        run(owner, "poverty-tiers", **given)
        for given in ({}, {"tier1_card_join": "or", "poverty_line_thb": 40_000})
    )
    assert or_join["summary"]["tiers"]["1"] > plain["summary"]["tiers"]["1"]
    assert or_join["summary"]["options"]["tier1_card_join"] == "or"
    assert or_join["summary"]["params_version"] != plain["summary"]["params_version"]


def test_a_tambon_is_chosen_by_filter(owner: FlaskClient) -> None:
    """SYS-011: filterable by tambon."""
    found = properties(run(owner, "poverty-tiers", filter="area_code LIKE '830101%'"))
    assert found and all(row["area_code"].startswith("830101") for row in found)


@pytest.mark.parametrize("process", ["poverty-tiers", "target-selection", "aid-gap"])
def test_the_public_may_run_nothing_of_it(client: FlaskClient, process: str) -> None:
    answer = client.post(f"/processes/{process}/execution", json={"inputs": {}})
    assert (answer.status_code, json.loads(answer.data)["code"]) == (403, "aggregates_only")


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"tier1_card_join": "xor"}, "parameter_invalid"),
        ({"poverty_line_thb": -1}, "parameter_invalid"),
        ({"developable_exit_flags": "asleep"}, "parameter_invalid"),
        ({"households": {"type": "FeatureCollection", "features": 1}}, "households_invalid"),
    ],
    ids=["choice", "range", "list", "geojson"],
)
def test_a_wrong_input_is_named(owner: FlaskClient, inputs: dict[str, Any], code: str) -> None:
    answer = owner.post("/processes/poverty-tiers/execution", json={"inputs": inputs})
    assert (answer.status_code, json.loads(answer.data)["code"]) == (400, code)


def test_who_may_not_see_a_deciding_fact_gets_no_guess(demo: Store) -> None:
    """Read as unknown, a hidden flag would make other tiers."""

    def officer(layer: Any) -> View:
        view = owner_view(layer)
        return View(layer=layer.id, fields=view.fields - {"flag_welfare_only"}, geometry=True)

    for process in ("poverty-tiers", "target-selection"):
        with pytest.raises(AccessDenied) as caught:
            execute(process, {}, Reader(demo, officer))
        assert caught.value.code == "fields_hidden"
        assert "Needs welfare only" in caught.value.text.en


def test_columns_of_fields_that_are_hidden_are_not_in_the_result(demo: Store) -> None:
    """PRIV-R13: results keep the split of the layer."""

    def officer(layer: Any) -> View:
        view = owner_view(layer)
        hidden = {"tier_exact", "reason_codes_exact"}
        return View(layer=layer.id, fields=view.fields - hidden, geometry=True)

    found = execute("poverty-tiers", {}, Reader(demo, officer))
    columns = set(found.features.columns) if found.features is not None else set()
    assert {"tier", "reason_codes", "reasons_th"} <= columns
    assert not {"tier_exact", "reason_codes_exact", "reasons_exact_th"} & columns


def collection(*rows: dict[str, Any]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": row, "geometry": row.pop("geometry", None)}
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def poor(id_: str, **changes: Any) -> dict[str, Any]:
    plain = {
        "household_id": id_, "area_code": "83010101", "in_tpmap": "ใช่", "welfare_card": True,
        "income_pcpy_tpmap": "๓๗,๙๙๙", "income_pcpy_bmn": 37_999, "flag_welfare_only": False,
        "source_year_be": 2562,
    }  # fmt: skip
    return plain | changes


BAD_ROWS = {
    "POV-E-NEGATIVE": ("income_pcpy_bmn", [poor("bad", income_pcpy_bmn=-1)]),
    "POV-E-TWICE": ("household_id", [poor("bad"), poor("bad")]),
    "POV-E-SAME-PERSON": (
        "person_key", [poor("bad", person_key="a" * 32), poor("bad2", person_key="a" * 32)]
    ),
    "POV-E-SAME-ID": (
        "ext_ids", [poor("bad", ext_ids={"tpmap": "7"}), poor("bad2", ext_ids={"tpmap": "7"})]
    ),
    "POV-E-CONTRADICTION": ("volunteer", [poor("bad", volunteer=True, flag_unwilling=True)]),
    "POV-E-YEAR": ("source_year_be", [poor("bad", source_year_be=2019)]),
    "IMP-E-TYPE": ("income_pcpy_bmn", [poor("bad", income_pcpy_bmn="มาก")]),
    "POV-E-PLACE": (
        "area_code", [poor("bad", geometry={"type": "Point", "coordinates": [98.30, 8.10]})]
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", BAD_ROWS)
def test_a_bad_row_is_named_and_the_others_are_judged(owner: FlaskClient, code: str) -> None:
    """Thai digits are read; what cannot be right is left out by row and field."""
    field, rows = BAD_ROWS[code]
    document = collection(poor("good"), *(dict(row) for row in rows))
    result = run(owner, "poverty-tiers", households=document)
    listed = [item for item in result["summary"]["findings"]["listed"] if item["code"] == code]
    assert [item["row"] for item in listed] == [number for number, _ in enumerate(rows, 2)]
    for item in listed:
        assert item["field"] == field
        assert item["th"].startswith(f"แถว {item['row']}") and item["en"].startswith("Row ")
    assert result["summary"]["left_out"] == len(rows)
    found = {row["household_id"]: row["tier"] for row in properties(result)}
    assert found.pop("good") == "1"
    assert set(found.values()) == {None}


def test_another_data_year_is_a_warning_that_leaves_nothing_out(owner: FlaskClient) -> None:
    """POV-R4."""
    result = run(owner, "poverty-tiers", households=collection(poor("a", source_year_be=2560)))
    assert result["summary"]["findings"]["counts"] == {"POV-W-YEAR": 1}
    assert result["summary"]["left_out"] == 0


def test_the_same_house_is_only_a_candidate(owner: FlaskClient) -> None:
    """POV-R19: a person must confirm; another village or another system is no match at all."""
    rows = (
        poor("a", house_no="12/3", ext_ids={"tpmap": "1"}),
        poor("b", house_no="12/3", ext_ids={"bmn": "1"}),
        poor("c", house_no="12/3", area_code="83010102"),
    )
    summary = run(owner, "poverty-tiers", households=collection(*rows))["summary"]
    assert summary["findings"]["counts"] == {"POV-W-SAME-HOUSE": 2}
    assert summary["left_out"] == 0


# Selection ----------------------------------------------------------------------------------------


def saved(store: Store, process: str, **inputs: Any) -> Result:
    result = execute(process, inputs, Reader(store, owner_view))
    for layer, rows in result.updates.items():
        store.write(layer, rows, mode="upsert", author="test", source=process)
    return result


def test_a_plan_is_kept_and_a_second_run_changes_nothing(demo: Store) -> None:
    """SYS-016; the same data and parameters give the same lists, run id and version."""
    first = saved(demo, "target-selection", compare_with="NEPOOR:2562")
    again = execute("target-selection", {}, Reader(demo, owner_view))
    assert again.summary["run_id"] == first.summary["run_id"]
    for layer, rows in again.updates.items():
        done = demo.write(layer, rows, mode="upsert", author="test", source="again")
        assert (done.inserted, done.updated) == (0, 0), layer
    assert again.summary["changed_since_last_run"] == {
        "kept": first.summary["list_states"]["selected"], "new": 0, "left": 0, "moved_up": 0
    }  # fmt: skip
    compared = first.summary["compared_with"]
    assert compared["programme"] == "NEPOOR:2562"
    assert compared["kept"] + compared["new"] == first.summary["list_states"]["selected"]


def test_the_lists_of_the_demo_keep_quota_and_guard(demo: Store) -> None:
    """SYS-182: nobody above the quota, nobody who took part before."""
    result = execute("target-selection", {"households_per_village": 3}, Reader(demo, owner_view))
    assert result.features is not None
    rows = pd.DataFrame(result.features.drop(columns="geometry"))
    chosen = rows[rows["list_state"] == "selected"]
    assert chosen.groupby("area_code").size().max() == 3
    assert set(chosen["overlap_state"]) == {"clear", "village_only"}
    assert set(chosen["status"]) == {"eligible"}
    blocked = rows[rows["overlap_state"] == "blocked"]
    assert len(blocked) > 0 and set(blocked["list_state"]) == {"none"}
    told = blocked[blocked["status"] == "blocked"]["reasons_th"]
    assert told.str.contains("ซ้ำกลุ่มเป้าหมาย|ย้าย|เสียชีวิต|ไม่ประสงค์").all()
    for village in result.summary["village_list"]:
        assert village["n_selected"] + village["quota_unfilled"] == 3


def test_this_years_plan_is_next_years_register(demo: Store) -> None:
    saved(demo, "target-selection")
    result = execute(
        "target-selection",
        {"fiscal_year_be": 2564, "overlap_programmes": "NEPOOR:2563"},
        Reader(demo, owner_view),
    )
    assert result.features is not None
    before = demo_selected(demo)
    found = result.features.set_index("household_id")
    assert set(found.loc[sorted(before), "overlap_state"]) == {"blocked"}
    assert not before & set(found.index[found["list_state"] == "selected"])


def demo_selected(store: Store) -> set[str]:
    stored = Reader(store, owner_view).read("households", fields=("household_id", "list_state"))
    return set(stored.loc[stored["list_state"] == "selected", "household_id"])


def test_a_household_of_no_known_village_is_left_out_of_the_lists_only(owner: FlaskClient) -> None:
    rows = (poor("a"), poor("b", area_code="830101"), poor("c", area_code=None))
    listed = run(owner, "target-selection", households=collection(*map(dict, rows)))
    assert listed["summary"]["findings"]["counts"] == {"POV-E-VILLAGE": 2}
    assert [row["list_state"] for row in properties(listed)] == ["selected", None, None]
    tiers = run(owner, "poverty-tiers", households=collection(*map(dict, rows)))
    assert [row["tier"] for row in properties(tiers)] == ["1", "1", "1"]


def test_the_guard_and_its_quota_hold_for_what_is_handed_over(owner: FlaskClient) -> None:
    rows = [poor(f"N{n:02d}", area_code="83019999", income_pcpy_tpmap=n) for n in range(25)]
    result = run(owner, "target-selection", households=collection(*rows), check_place=False)
    assert result["summary"]["list_states"] == {"selected": 20, "waiting": 5, "none": 0}
    chosen = [row for row in properties(result) if row["list_state"] == "waiting"]
    assert {row["household_id"] for row in chosen} == {f"N{n:02d}" for n in range(20, 25)}


def test_a_plan_is_held_against_the_allocation_table(owner: FlaskClient) -> None:
    """SYS-127, SYS-137."""
    row = {"province_code": "83", "districts": 3, "villages": 9, "team_members": 15,
           "households": 180}  # fmt: skip
    found = run(owner, "target-selection", allocation=json.dumps([row]))["summary"]["allocation"]
    assert found["checked"][0]["team_ok"] and found["checked"][0]["households_ok"]
    assert found["plan"][0]["over"] and found["plan"][0]["selected"] > 180
    answer = owner.post(
        "/processes/target-selection/execution", json={"inputs": {"allocation": "[{}]"}}
    )
    assert json.loads(answer.data)["code"] == "allocation_invalid"


def test_a_village_that_has_no_targets_any_more_leaves_the_plan(demo: Store) -> None:
    saved(demo, "target-selection")
    saved(demo, "target-selection", poverty_line_thb=0, low_income_ceiling_thb=0)
    rows = Reader(demo, owner_view).read("village_targets")
    rows = rows[rows["programme_code"] == "NEPOOR63"]
    assert rows.loc[~rows["has_targets"].astype(bool), "n_selected"].eq(0).all()
    assert (~rows["has_targets"].astype(bool)).sum() > 10
    assert rows.loc[rows["n_selected"] == 0, "participants"].map(len).eq(0).all()


# Aid ----------------------------------------------------------------------------------------------


def test_gaps_duplicates_and_referral_of_the_demo(demo: Store) -> None:
    """SYS-185; SYS-013 for the capitals."""
    saved(demo, "poverty-tiers")
    result = saved(demo, "aid-gap", as_of="2022-01-01")
    summary = result.summary
    assert summary["needs"] == summary["served"] + summary["gaps"]
    assert sum(summary["gaps_by_dimension"].values()) == summary["gaps"]
    assert sum(row["gap"] for row in summary["areas"]) == summary["gaps"]
    assert summary["needs_by_source"]["proposed"] > 0
    assert summary["served"] > 0 and summary["duplicates"] > 0
    for pair in summary["pairs"]:
        assert pair["provider_a"] != pair["provider_b"] and pair["days"] > 0
    asked = sum(row["asked"] for row in summary["providers"])
    assert asked + summary["no_provider"] == summary["gaps"]
    full = next(row for row in summary["providers"] if row["capacity_left"] == 0)
    assert full["asked"] == 0
    assert summary["capital_config"]["illustrative"]
    stored = Reader(demo, owner_view).read("households").dropna(subset="poverty_level")
    assert len(stored) == sum(summary["levels"].values()) > 20
    assert set(stored["level_config_version"]) == {"illustrative-1"}


def test_a_configuration_names_its_author(owner: FlaskClient) -> None:
    config = {
        "version": "board-1", "author": "ศจพ.จ. ภูเก็ต", "min_capitals": 1,
        "items": [{"code": "income", "capital": "economic"}], "cuts": [50],
    }  # fmt: skip
    summary = run(owner, "aid-gap", capital_config=json.dumps(config))["summary"]
    assert summary["capital_config"]["author"] == "ศจพ.จ. ภูเก็ต"
    assert set(summary["levels"]) == {"1", "2"} and sum(summary["levels"].values()) > 0
    del config["author"]
    answer = owner.post(
        "/processes/aid-gap/execution", json={"inputs": {"capital_config": json.dumps(config)}}
    )
    assert json.loads(answer.data)["code"] == "capital_config_invalid"


def test_health_stands_apart_in_the_result(owner: FlaskClient) -> None:
    """The need for health is a secret field; the open lists do not tell of it."""
    rows = properties(run(owner, "aid-gap", as_of="2022-01-01"))
    assert any(row["health_gap"] for row in rows)
    assert not any("health" in row["needs"] + row["gaps"] for row in rows)


def test_the_dates_of_the_dynamics_can_be_chosen(owner: FlaskClient) -> None:
    found = run(owner, "aid-gap", year_from=2560, year_to=2562)["summary"]["transitions"]
    assert (found["from"], found["to"]) == (2560, 2562)
    assert found["n"] == sum(found[name] for name in ("PP", "PN", "NP", "NN")) > 10


def test_a_case_that_cannot_be_right_is_left_out_by_name(demo: Store) -> None:
    rows = pd.DataFrame(
        [
            {"case_id": "X1", "household_id": "nobody", "dimension": "housing", "state": "sent"},
            {
                "case_id": "X2", "household_id": "HH-83-0001", "dimension": "housing",
                "state": "delivered", "start_on": "2021-05-01", "end_on": "2021-04-01",
            },
        ]
    )  # fmt: skip
    demo.write("aid_cases", rows.assign(area_code="83"), author="test")
    result = execute("aid-gap", {"as_of": "2022-01-01"}, Reader(demo, owner_view))
    listed = {item["key"]: item["code"] for item in result.summary["findings"]["listed"]}
    assert listed == {"X1": "AID-E-HOUSEHOLD", "X2": "AID-E-DATES"}
    assert result.left_out == 2
