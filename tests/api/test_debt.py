"""Debtor classes, relief and deadlines over the demo, on both engines and through the doors."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api.cli import phumi
from layers.debt.classes import DEBTOR_CLASSES
from layers.privacy import owner_view
from layers.processes import Reader, execute
from layers.store import Store

REFERENCE = "2025-08-01"


def run(client: FlaskClient, process: str, **inputs: Any) -> Any:
    answer = client.post(f"/processes/{process}/execution", json={"inputs": inputs})
    assert answer.status_code == 200, answer.data
    return json.loads(answer.data)


def rows(result: Any) -> dict[str, dict[str, Any]]:
    return {item["properties"]["contract_id"]: item["properties"] for item in result["features"]}


def test_every_debtor_of_the_demo_has_the_class_that_it_was_made_for(
    owner: FlaskClient, demo: Store
) -> None:
    """SYS-021: classes are recomputed with reasons; SYS-020: class and countdown of each."""
    made = Reader(demo, owner_view).read("debtors").set_index("contract_id")["debtor_class"]
    result = run(owner, "debtor-classes", reference=REFERENCE)
    found = rows(result)
    assert {key: row["debtor_class"] for key, row in found.items()} == made.to_dict()
    assert result["summary"]["classes"] == {**dict.fromkeys(DEBTOR_CLASSES, 0), **Counter(made)}
    assert all(row["class_reason"] for row in found.values())
    assert set(result["layerVersions"]) == {"debtors", "documents", "visits"}


def test_the_list_is_in_the_order_of_urgency(owner: FlaskClient) -> None:
    found = rows(run(owner, "debtor-classes", reference=REFERENCE))
    listed = sorted((r for r in found.values() if r["list_order"]), key=lambda r: r["list_order"])
    assert [row["list_order"] for row in listed] == list(range(1, len(listed) + 1))
    order = list(DEBTOR_CLASSES)
    places = [order.index(row["debtor_class"]) for row in listed]
    assert places == sorted(places)
    matured = [row["days_left"] for row in listed if row["debtor_class"] == "matured"]
    assert matured == sorted(matured)


def test_small_areas_hide_their_counts(owner: FlaskClient) -> None:
    """debtors.md 9: internal tables by area hide cells under 5."""
    areas = run(owner, "debtor-classes", reference=REFERENCE, by="tambon")["summary"]["areas"]
    cells = [cell for area in areas for code, cell in area.items() if code != "area_code"]
    assert "<5" in cells
    assert all(cell == "<5" or cell == 0 or cell >= 5 for cell in cells)


def test_movement_between_two_days_is_counted(owner: FlaskClient) -> None:
    summary = run(owner, "debtor-classes", reference=REFERENCE, compare_to="2024-08-01")["summary"]
    early = run(owner, "debtor-classes", reference="2024-08-01")["summary"]["classes"]
    for code in DEBTOR_CLASSES:
        came = sum(move["debtors"] for move in summary["moved"] if move["to"] == code)
        went = sum(move["debtors"] for move in summary["moved"] if move["from"] == code)
        assert early[code] + came - went == summary["classes"][code]
    assert not any(move["from"] == "time_barred" for move in summary["moved"])


def test_papers_and_the_legal_view_come_from_the_documents(owner: FlaskClient, demo: Store) -> None:
    found = rows(run(owner, "debtor-classes", reference=REFERENCE))
    documents = Reader(demo, owner_view).read("documents")
    papered = set(documents.loc[documents["subject_layer"] == "debtors", "subject_id"])
    assert papered
    for key in papered:
        assert "loan_contract" not in found[key]["documents_missing"]
        assert found[key]["legal_view_until"] is not None
    assert any(row["documents_missing"] for key, row in found.items() if key not in papered)


def test_a_compromise_contract_gives_ten_years_in_the_legal_view_alone(
    owner: FlaskClient, demo: Store
) -> None:
    """LEG-T4 from the papers; the class stays what the dates say."""
    before = rows(run(owner, "debtor-classes", reference=REFERENCE))
    key = next(key for key, row in before.items() if row["debtor_class"] == "time_barred")
    paper = {"doc_id": "DOC-TEST", "kind": "other", "subkind": "compromise_contract",
             "subject_layer": "debtors", "subject_id": key, "doc_date": date(2025, 2, 1),
             "file_state": "present"}  # fmt: skip
    demo.write("documents", pd.DataFrame([paper]), mode="upsert", author="t", source="t")
    after = rows(run(owner, "debtor-classes", reference=REFERENCE))[key]
    assert after["legal_view_until"] == "2035-02-01"
    assert after["debtor_class"] == "time_barred"


def test_the_results_can_be_saved_and_filtered_by(demo: Store, owner: FlaskClient) -> None:
    """The map colours classes and counts down from what was saved."""
    result = execute("debtor-classes", {"reference": REFERENCE}, Reader(demo, owner_view))
    done = demo.write("debtors", result.updates["debtors"], mode="upsert", author="t", source="t")
    assert (done.inserted, done.updated) == (0, 400)
    answer = owner.get("/collections/debtors/items?filter=timebar_band%3D%27band_1%27&limit=100")
    found = json.loads(answer.data)["features"]
    assert found
    for feature in found:
        assert feature["properties"]["debtor_class"] == "matured"
        assert 0 <= feature["properties"]["days_left"] <= 30
        assert feature["geometry"] is not None


@pytest.mark.parametrize("process", ["debtor-classes", "relief-calculator", "deadline-board"])
def test_the_public_gets_no_row_of_a_debtor(client: FlaskClient, process: str) -> None:
    answer = client.post(f"/processes/{process}/execution", json={"inputs": {}})
    assert answer.status_code == 403
    assert "WF83" not in answer.get_data(as_text=True)


def test_processes_are_described_with_their_open_parameters(client: FlaskClient) -> None:
    inputs = json.loads(client.get("/processes/relief-calculator").data)["inputs"]
    assert inputs["penalty_waiver_days"]["schema"]["default"] == 30
    assert [inputs[name]["schema"]["default"] for name in (
        "notice_pct", "compromise_pct", "compromise_late_pct")] == [80, 60, 50]  # fmt: skip
    inputs = json.loads(client.get("/processes/debtor-classes").data)["inputs"]
    assert inputs["never_paid_anchor"]["schema"]["enum"] == [
        "first_due_date", "contract_end", "contract_start",
    ]  # fmt: skip


def test_relief_of_amounts_that_are_entered(owner: FlaskClient) -> None:
    """RES-T2, DISC-T8, PEN-T1 and INT-T10 through the door; each names rule and open parameters."""
    summary = run(
        owner, "relief-calculator", outstanding_thb=10_000, default_interest_thb=1_000,
        penalty_thb=234.57, start_date="2024-01-01", approved_on="2025-01-15",
        reference="2025-07-15", base_date="2025-06-01", paid_on="2025-06-06", generation="new",
        co_debtors=3, payment_proof=True,
    )["summary"]  # fmt: skip
    found = {item["measure"]: item for item in summary["measures"]}
    assert found["restructure"]["figures"]["each_thb"] == 416.67
    assert found["restructure"]["figures"]["last_thb"] == 416.59
    assert found["restructure"]["open"]["restructure_from"] == "approval_date"
    assert found["mediation_discount"]["figures"]["cut_thb"] == 987.65
    assert found["mediation_discount"]["hint"]["th"] == "เพดานสูงสุด ไม่ใช่สิทธิอัตโนมัติ"
    assert found["penalty_waiver"]["figures"]["last_day"] == "2025-02-14"
    assert found["interest_cut"]["figures"]["interest_thb"] == 27.15
    assert found["release"]["figures"]["shares_thb"] == [3333.33, 3333.33, 3333.34]
    assert {item["rule"] for item in found.values()} >= {"DEBT-R11", "DEBT-R12", "DEBT-R13"}


def test_a_parameter_out_of_reach_fails_its_own_row_only(owner: FlaskClient) -> None:
    summary = run(owner, "relief-calculator", outstanding_thb=1_000, months=25,
                  debtor_class="matured")["summary"]  # fmt: skip
    found = {item["measure"]: item for item in summary["measures"]}
    assert list(found)[:2] == ["ack_debt", "restructure"]
    assert found["restructure"]["sign"] == "fail"
    assert "24" in found["restructure"]["hint"]["en"]
    assert found["hardship_2568"]["sign"] == "unknown"


def test_relief_of_a_stored_contract_takes_its_class_and_amounts(owner: FlaskClient) -> None:
    everyone = rows(run(owner, "relief-calculator", reference=REFERENCE))
    matured = next(row for row in everyone.values() if row["debtor_class"] == "matured")
    summary = run(
        owner, "relief-calculator", contract_id=matured["contract_id"], reference=REFERENCE
    )["summary"]
    assert summary["debtor_class"] == "matured"
    assert [item["measure"] for item in summary["measures"]] == matured["measures_offered"]
    plan = next(item for item in summary["measures"] if item["measure"] == "restructure")
    assert plan["figures"]["each_thb"] == matured["instalment_thb"]


def test_litigation_waits_for_visits_and_papers(owner: FlaskClient, demo: Store) -> None:
    """DEBT-R19, R26: a warning with what is lacking; a hearing may be the day after."""
    visits = Reader(demo, owner_view).read("visits")
    visits = visits[visits["kind"] == "debtor"]
    debtors = rows(run(owner, "debtor-classes", reference=REFERENCE))
    traced = next(
        key
        for key, outcome in zip(visits["contract_id"], visits["outcome"], strict=True)
        if outcome == ["met"] and debtors[key]["debtor_class"] == "time_barred"
    )
    summary = run(owner, "relief-calculator", contract_id=traced, reference=REFERENCE)["summary"]
    found = {item["measure"]: item for item in summary["measures"]}
    assert found["litigation"]["sign"] == "fix"
    assert "of 2 visits" in found["litigation"]["hint"]["en"]
    assert "loan_contract" in found["litigation"]["hint"]["en"]
    assert found["mediation_20ter"]["figures"] == {
        "earliest_hearing_field": "2025-08-02", "earliest_hearing_post": "2025-09-15",
    }  # fmt: skip


def test_a_contract_that_is_not_there_is_named(owner: FlaskClient) -> None:
    answer = owner.post(
        "/processes/relief-calculator/execution", json={"inputs": {"contract_id": "WF83-9999"}}
    )
    assert (answer.status_code, json.loads(answer.data)["code"]) == (400, "contract_unknown")


def test_the_board_tells_late_and_due_by_office(owner: FlaskClient, demo: Store) -> None:
    """SYS-191, SYS-171: field reports of weeks 1 and 3, and the 20th, per district."""
    result = run(owner, "deadline-board", reference="2025-07-15")
    found = [item["properties"] for item in result["features"]]
    rounds = Reader(demo, owner_view).read("field_rounds").set_index("round_id")
    reports = [row for row in found if row["rule_id"] == "DL61"]
    assert len(reports) == len(rounds) == 18
    for row in reports:
        key = row["deadline_id"].replace("DL61", "FR")
        reported = rounds.loc[key, "reported_at"]
        known = isinstance(reported, object) and str(reported) not in ("None", "NaT", "nan")
        done = str(reported) if known and str(reported) <= "2025-07-15" else None
        if done is not None:
            assert row["state"] == ("done_on_time" if done <= row["due_on"] else "done_late")
        else:
            assert row["state"] == ("overdue" if row["due_on"] < "2025-07-15" else "due")
    assert {row["due_on"][-2:] for row in reports} == {"07", "21"}
    click = [row for row in found if row["rule_id"] == "DL60"]
    assert {row["due_on"][-2:] for row in click} == {"20"}
    offices = result["summary"]["offices"]
    counted = sum(sum(office[code] for code in ("planned", "due", "done_on_time", "overdue",
                                                "done_late")) for office in offices)  # fmt: skip
    assert counted == len(found) == result["summary"]["duties"]


def test_the_printed_calendar_is_added_when_asked_for(owner: FlaskClient) -> None:
    found = run(owner, "deadline-board", reference="2020-02-10", calendar=True)["features"]
    printed = {item["properties"]["deadline_id"]: item["properties"] for item in found}
    assert printed["DL20"]["state"] == "planned" and printed["DL20"]["days_left"] == 19
    assert printed["DL33b"]["state"] == "overdue"
    assert printed["DL33b"]["conflicts_with"] == ["DL33a"]


def test_states_of_deadlines_can_be_saved(demo: Store) -> None:
    found = execute("deadline-board", {"reference": REFERENCE}, Reader(demo, owner_view))
    table = found.updates["deadlines"]
    done = demo.write("deadlines", table, mode="upsert", author="t", source="t")
    assert done.inserted == 0 and done.updated == len(table) > 30


BAD = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "id": "good", "geometry": None, "properties": {
            "start_date": "1 กุมภาพันธ์ 2564", "last_payment_date": "๑ ธันวาคม ๒๕๖๕",
            "overdue_instalments": 2}},
        {"type": "Feature", "id": "ended", "geometry": None, "properties": {
            "start_date": "2021-02-01", "end_date": "2020-02-01", "overdue_instalments": 2}},
        {"type": "Feature", "id": "ahead", "geometry": None, "properties": {
            "start_date": "2021-02-01", "last_payment_date": "2199-01-01"}},
        {"type": "Feature", "id": "minus", "geometry": None, "properties": {
            "start_date": "2021-02-01", "outstanding_thb": -5, "overdue_instalments": 1}},
        {"type": "Feature", "id": "two digits", "geometry": None, "properties": {
            "start_date": "01/02/64", "overdue_instalments": 1}},
        {"type": "Feature", "id": "words", "geometry": None, "properties": {
            "start_date": "2021-02-01", "overdue_instalments": "สอง"}},
    ],
}  # fmt: skip


def test_bad_rows_are_named_and_the_command_says_done_in_part(
    tmp_path: Path, store_url: str
) -> None:
    """Exit status 3; every finding has row and field, and the good row is judged."""
    file = tmp_path / "bad.geojson"
    file.write_text(json.dumps(BAD, ensure_ascii=False), encoding="utf-8")
    words = ["--database", store_url, "run", "debtor-classes", f"debtors=@{file}"]
    done = CliRunner().invoke(phumi, [*words, f"reference={REFERENCE}", "--json"])
    assert done.exit_code == 3, done.output
    result = json.loads(done.stdout)
    faults = {(f["row"], f["field"], f["code"]) for f in result["summary"]["faults"]}
    assert faults == {
        (2, "end_date", "end_before_start"),
        (3, "last_payment_date", "IMP-E-ERA"),
        (4, "outstanding_thb", "negative"),
        (5, "start_date", "IMP-E-ERA"),
        (6, "overdue_instalments", "not_a_number"),
    }
    found = rows(result)
    assert found["good"]["debtor_class"] == "matured"
    assert found["good"]["days_left"] == 852
    assert {row["debtor_class"] for key, row in found.items() if key != "good"} == {"unclassified"}


def test_bad_rows_of_the_layer_lose_their_class_and_the_rest_keep_theirs(demo: Store) -> None:
    """A Buddhist-era year that was stored as a common-era one, and a balance below zero."""
    reader = Reader(demo, owner_view)
    rows_before = reader.read("debtors").set_index("contract_id")
    good, era, minus = rows_before.index[:3]
    bad = pd.DataFrame(
        {
            "contract_id": [era, minus],
            "last_payment_date": [date(2563, 5, 1), rows_before.loc[minus, "last_payment_date"]],
            "outstanding_thb": [1_000.0, -1.0],
        }
    )
    demo.write("debtors", bad, mode="upsert", author="t", source="t")
    result = execute("debtor-classes", {"reference": REFERENCE}, reader)
    assert result.left_out == 2
    named = {(f["contract_id"], f["field"], f["code"]) for f in result.summary["faults"]}
    assert named == {
        (era, "last_payment_date", "date_era"), (minus, "outstanding_thb", "negative"),
    }  # fmt: skip
    stored = result.updates["debtors"].set_index("contract_id")["debtor_class"]
    assert (stored[era], stored[minus]) == ("unclassified", "unclassified")
    assert stored[good] == rows_before.loc[good, "debtor_class"]
    back = rows_before.loc[[era, minus], ["last_payment_date", "outstanding_thb"]].reset_index()
    demo.write("debtors", back, mode="upsert", author="t", source="t")
