"""The sheet and the life of plots over HTTP, on both engines."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from layers.plot_life import DIG_GATES
from layers.privacy import owner_view
from layers.processes import Reader, execute
from layers.store import Store
from tests.api.people import account, log_in, token

AT = "/collections/plots/items"
DIVIDED = "KNN-83-2564-0005"
PROVINCE = {"role": "province", "who": "u1", "reason": "ตามมติที่ประชุม"}


def plot_with(store: Store, status: str) -> str:
    rows = Reader(store, owner_view).read("plots")
    return str(rows[rows["status"] == status]["plot_id"].iloc[-1])


def life(client: FlaskClient, plot_id: str, **step: Any) -> tuple[int, dict[str, Any]]:
    address = f"{AT}/{plot_id}/life"
    answer = client.get(address)
    if step:
        answer = client.post(address, json=step, headers=seen(answer))
    return answer.status_code, json.loads(answer.data)


def seen(answer: TestResponse) -> dict[str, str]:
    """The condition of a step on the state that was read."""
    return {"If-Match": answer.headers["ETag"]} if "ETag" in answer.headers else {}


# --- The life -------------------------------------------------------------------------------


def test_a_plot_goes_its_way_and_every_step_is_kept(owner: FlaskClient, demo: Store) -> None:
    """land.md 7.1: who, when, why and the file stay with the plot, and in the layer's history."""
    plot_id = plot_with(demo, "inquiry")
    before = demo.state("plots").version
    steps = [
        {"to": "applied", "role": "owner", "who": "u2", "file": "receipt.pdf"},
        {"to": "documents_checked", "role": "district", "who": "u3"},
        {"to": "field_checked", "role": "district", "who": "u3"},
    ]
    for step in steps:
        status, found = life(owner, plot_id, **step)
        assert (status, found["status"]) == (200, step["to"]), found
    assert found["next"] == ["reported", "rejected", "withdrawn"]
    assert demo.state("plots").version == before + 3
    layer = demo.layer("plots")
    history = demo.history("plots", plot_id, owner_view(layer))
    assert [old.properties["status"] for old in history][:3] == [
        "documents_checked", "applied", "inquiry",
    ]  # fmt: skip
    (row,) = Reader(demo, owner_view).read("plots", filter=_this(plot_id)).to_dict("records")
    assert [move["new"] for move in row["moves"]] == [step["to"] for step in steps]
    assert row["moves"][0] | {"when": None} == {
        "old": "inquiry", "new": "applied", "who": "u2", "role": "owner", "when": None,
        "reason": "", "file": "receipt.pdf",
    }  # fmt: skip
    assert row["status_date"].isoformat()[:10] == row["moves"][-1]["when"]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"to": "accepted", **PROVINCE}, "transition_not_allowed"),
        ({"to": "documents_checked", "role": "contractor"}, "role_not_allowed"),
        ({"to": "documents_checked"}, "role_not_allowed"),
        ({"to": "rejected", "role": "district"}, "reason_missing"),
        ({"to": "nowhere"}, "parameter_invalid"),
        ({"done": "soil_test"}, "check_unknown"),
        ({"step": 3}, "step_too_early"),
        ({"step": 11}, "parameter_invalid"),
        ({"pumps": 2}, "not_suspended"),
        ({"risk": 8}, "parameter_invalid"),
        ({"colour": "red"}, "parameter_unknown"),
        ({"today": "tomorrow", "done": "deed"}, "parameter_invalid"),
    ],
)
def test_a_step_that_is_not_allowed_changes_nothing(
    owner: FlaskClient, demo: Store, step: dict[str, Any], code: str
) -> None:
    """land.md 7.1, LAND-R28: refused with a code and a sentence in both languages."""
    plot_id = plot_with(demo, "applied")
    before = demo.state("plots").version
    status, problem = life(owner, plot_id, **step)
    assert (status, problem["code"]) == (400, code)
    assert re.search("[ก-๙]", problem["detail"])
    assert demo.state("plots").version == before


def test_gates_are_passed_or_waived_one_by_one(owner: FlaskClient, demo: Store) -> None:
    """LAND-R28: ready to dig only when every gate is passed or waived with a reason."""
    plot_id = plot_with(demo, "preparing")
    ready = {"to": "ready_to_dig", "role": "district", "who": "u3"}
    assert life(owner, plot_id, **ready)[1]["code"] == "gates_open"
    for gate in DIG_GATES:
        waive = {"waive": "แปลงขนาดเล็ก"} if gate == "grid_pegs_set" else {}
        status, found = life(owner, plot_id, done=gate, **waive)
        assert status == 200
    assert found["gates_open"] == []
    assert life(owner, plot_id, **ready)[1]["status"] == "ready_to_dig"
    (row,) = Reader(demo, owner_view).read("plots", filter=_this(plot_id)).to_dict("records")
    assert row["dig_gates"]["grid_pegs_set"] == "แปลงขนาดเล็ก"
    assert row["dig_gates"]["contract_signed"] is True


def test_a_checklist_has_due_days_and_ticks(owner: FlaskClient, demo: Store) -> None:
    """LAND-R9: what is not ticked in time is overdue; what is ticked is not."""
    plot_id = plot_with(demo, "documents_checked")
    late = f"{AT}/{plot_id}/life?today=2030-01-01"
    assert json.loads(owner.get(late).data)["overdue"] == ["field_check", "soil_test"]
    assert life(owner, plot_id, done="soil_test", who="u3")[0] == 200
    found = json.loads(owner.get(late).data)
    assert found["overdue"] == ["field_check"]
    assert [(task["code"], task["done"]) for task in found["checklist"]] == [
        ("field_check", False), ("soil_test", True),
    ]  # fmt: skip


def test_a_flooded_plot_is_reminded_of_pumps_until_there_are_some(
    owner: FlaskClient, demo: Store
) -> None:
    """LAND-R32, FLOOD-T1: through the doors, and the suspension ends when digging goes on."""
    plot_id = plot_with(demo, "digging")
    stop = {"to": "suspended", "role": "supervisor", "who": "u4", "cause": "flood",
            "reason": "น้ำท่วมบ่อ", "today": "2025-09-01"}  # fmt: skip
    assert life(owner, plot_id, **stop)[0] == 200
    week = f"{AT}/{plot_id}/life?today=2025-09-08"
    assert json.loads(owner.get(week).data)["pump_reminder"] is True
    assert life(owner, plot_id, pumps=2)[0] == 200
    assert json.loads(owner.get(week).data)["pump_reminder"] is False
    again = {"to": "digging", "role": "supervisor", "who": "u4", "today": "2025-09-10"}
    assert life(owner, plot_id, **again)[0] == 200
    (row,) = Reader(demo, owner_view).read("plots", filter=_this(plot_id)).to_dict("records")
    assert row["suspensions"][-1] | {"note": ""} == {
        "cause": "flood", "start": "2025-09-01", "end": "2025-09-10", "pumps_used": 2, "note": "",
    }  # fmt: skip


def test_reports_and_risks_are_recorded(owner: FlaskClient, demo: Store) -> None:
    """LAND-R31 and the seven risks."""
    plot_id = plot_with(demo, "digging")
    status, found = life(owner, plot_id, report="daily", who="u4", risk=3, level="high")
    assert status == 200
    assert found["risks_high"] == [3]
    assert "ฤดูฝน" in found["risks"][0]["th"]
    (row,) = Reader(demo, owner_view).read("plots", filter=_this(plot_id)).to_dict("records")
    assert row["site_reports"][-1]["kind"] == "daily"
    assert row["risk_items"][0]["level"] == "high"


def test_a_step_of_the_ladder_moves_the_plot_up_without_a_gap(
    owner: FlaskClient, demo: Store
) -> None:
    """LADDER-T1: a step done ahead shows as early and does not count."""
    plot_id = plot_with(demo, "inspected")
    assert life(owner, plot_id, to="developing", role="district", who="u3")[0] == 200
    found: dict[str, Any] = {}
    for step in (1, 2, 3, 6):
        _, found = life(owner, plot_id, step=step)
    assert (found["development_step"], found["steps_early"]) == (3, [6])
    (row,) = Reader(demo, owner_view).read("plots", filter=_this(plot_id)).to_dict("records")
    assert row["development_step"] == 3


def test_the_public_neither_sees_nor_changes(client: FlaskClient, demo: Store) -> None:
    plot_id = plot_with(demo, "applied")
    assert life(client, plot_id)[0] == 403
    assert life(client, plot_id, done="deed")[1]["code"] == "login_needed"
    assert client.get(f"{AT}/{plot_id}/sheet").status_code == 403


def test_an_officer_records_in_his_area_and_for_his_roles_only(
    client: FlaskClient, demo: Store
) -> None:
    """land.md 9: the account is who acted, its area and role decide what it may record."""
    plot_id = plot_with(demo, "reported")
    (row,) = Reader(demo, owner_view).read("plots", filter=_this(plot_id)).to_dict("records")
    here, elsewhere = row["area_code"][:4], "1001"
    name = account(demo, "district_officer", here, password=False)
    mine = token(demo, name, "read", "write")
    other = token(
        demo, account(demo, "district_officer", elsewhere, password=False), "read", "write"
    )
    address = f"{AT}/{plot_id}/life"
    accept = {"to": "accepted", "reason": "ครบเงื่อนไข", "who": "someone else"}
    tries = [
        (other, accept | {"role": "district_chief"}, 404, "plot_unknown"),
        (mine, accept | {"role": "province"}, 403, "write_refused"),
        (token(demo, name, "read"), accept | {"role": "district_chief"}, 403, "token_scope"),
    ]
    for headers, step, status, code in tries:
        answer = client.post(address, json=step, headers=headers)
        assert (answer.status_code, json.loads(answer.data)["code"]) == (status, code)
    state = seen(client.get(address, headers=mine))
    answer = client.post(address, json=accept | {"role": "district_chief"}, headers=mine | state)
    assert answer.status_code == 200, answer.data
    (row,) = Reader(demo, owner_view).read("plots", filter=_this(plot_id)).to_dict("records")
    assert row["moves"][-1]["who"] == name


def test_a_form_of_a_strange_page_is_refused(owner: FlaskClient, demo: Store) -> None:
    """Only JSON is taken, which a browser does not send across sites unasked."""
    plot_id = plot_with(demo, "applied")
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = owner.post(f"{AT}/{plot_id}/life", data='{"done": "deed"}', content_type=kind)
        assert answer.status_code == 400
    assert owner.post(f"{AT}/{plot_id}/life", json=[1]).status_code == 400


def test_of_steps_at_once_on_one_plot_one_is_kept(owner: FlaskClient, demo: Store) -> None:
    """Each was made on the same state; the others are told that it has changed."""
    plot_id = plot_with(demo, "digging")
    address, before = f"{AT}/{plot_id}/life", demo.state("plots").version
    state = seen(owner.get(address))
    clients = [owner.application.test_client() for _ in range(6)]
    report = {"report": "weekly", "who": "u4"}
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda c: c.post(address, json=report, headers=state), clients))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]
    assert demo.state("plots").version == before + 1
    (row,) = Reader(demo, owner_view).read("plots", filter=_this(plot_id)).to_dict("records")
    assert len([one for one in row["site_reports"] if one["kind"] == "weekly"]) == 1


def test_a_step_says_which_state_it_is_made_on(owner: FlaskClient, demo: Store) -> None:
    """As every change of a feature: 428 without If-Match, 412 on an older state, * on any."""
    plot_id = plot_with(demo, "applied")
    address = f"{AT}/{plot_id}/life"
    assert owner.post(address, json={"done": "deed"}).status_code == 428
    old = seen(owner.get(address))
    answer = owner.post(address, json={"done": "deed"}, headers=old)
    assert answer.status_code == 200
    stale = owner.post(address, json={"done": "id_card"}, headers=old)
    assert (stale.status_code, json.loads(stale.data)["code"]) == (412, "feature_changed")
    next_step = {"risk": 1, "level": "low"}
    assert owner.post(address, json=next_step, headers=seen(answer)).status_code == 200
    assert owner.post(address, json=next_step, headers={"If-Match": "*"}).status_code == 200


# --- The page of the life -------------------------------------------------------------------


def form(client: FlaskClient, plot_id: str, **fields: str) -> TestResponse:
    """Send a form of the page as it stands there, changed as told."""
    address = f"{AT}/{plot_id}/life"
    page = client.get(f"{address}?f=html").text
    hidden = {
        name: found[1]
        for name in ("version", "csrf")
        if (found := re.search(rf'name="{name}" value="([0-9a-f]+)"', page))
    }
    return client.post(address, data=hidden | fields, content_type="multipart/form-data")


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_page_tells_status_checklist_and_who_decides(
    owner: FlaskClient, demo: Store, language: str
) -> None:
    """Dates of the Buddhist era in Thai; words, no codes; nothing of the other language."""
    plot_id = plot_with(demo, "documents_checked")
    answer = owner.get(f"{AT}/{plot_id}/life?f=html&lang={language}&today=2030-01-01")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    words = {
        "th": ("1 ม.ค. 2573", "รายการตรวจ", "เกินกำหนด", "ผู้มีอำนาจ"),
        "en": ("1 Jan 2030", "Checklist", "overdue since", "Decided by"),
    }[language]
    for word in words:
        assert word in text
    if language == "en":
        assert not re.search("[ก-๙]", re.sub(r"ไทย", "", text))


def test_a_form_of_the_page_takes_a_step_and_comes_back(owner: FlaskClient, demo: Store) -> None:
    plot_id = plot_with(demo, "documents_checked")
    answer = form(owner, plot_id, done="field_check")
    assert (answer.status_code, answer.location) == (303, f"{AT}/{plot_id}/life?f=html")
    assert life(owner, plot_id)[1]["checklist"][0]["done"] is True


def test_a_form_that_was_overtaken_is_refused_in_words(owner: FlaskClient, demo: Store) -> None:
    plot_id = plot_with(demo, "documents_checked")
    version = demo.state("plots").version
    refused = form(owner, plot_id, risk="1", version="1" * 6)
    assert refused.status_code == 412
    assert "ถูกแก้ไข" in refused.text
    assert form(owner, plot_id, to="accepted", role="province").status_code == 400
    assert demo.state("plots").version == version


def test_the_page_offers_an_officer_only_what_he_may_record(
    client: FlaskClient, demo: Store
) -> None:
    """land.md 9: buttons where the account may, a word where it may not, none for a reader."""
    plot_id = plot_with(demo, "preparing")
    (row,) = Reader(demo, owner_view).read("plots", filter=_this(plot_id)).to_dict("records")
    here = row["area_code"][:4]
    assert log_in(client, account(demo, "field_officer", here)).status_code == 303
    page = client.get(f"{AT}/{plot_id}/life?f=html").text
    assert re.findall(r'name="to" value="(\w+)"', page) == ["withdrawn"]
    assert "ไม่อยู่ในบทบาทของท่าน" in page
    reason = form(client, plot_id, to="withdrawn", role="owner")
    assert reason.status_code == 400
    assert "ต้องระบุเหตุผล" in reason.text
    forged = client.post(
        f"{AT}/{plot_id}/life", data={"version": "1", "risk": "1"},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert (forged.status_code, json.loads(forged.data)["code"]) == (403, "csrf")


def test_the_board_counts_what_is_late(demo: Store) -> None:
    """Without an action every plot is judged and nothing would be changed but wrong steps."""
    result = execute("plot-life", {"today": "2026-01-15"}, Reader(demo, owner_view))
    table = result.features
    assert table is not None
    assert len(table) == result.summary["plots"] == sum(result.summary["statuses"].values())
    digging = table[table["status"].isin(["digging", "suspended"])]
    assert digging["late_daily"].notna().all()
    assert table[~table["status"].isin(["digging", "suspended"])]["late_daily"].isna().all()
    assert result.summary["overdue"] == sum(bool(codes) for codes in table["overdue"])


def test_an_unknown_plot_is_named(owner: FlaskClient) -> None:
    for path in ("sheet", "life"):
        answer = owner.get(f"{AT}/KNN-83-2599-0001/{path}")
        assert (answer.status_code, json.loads(answer.data)["code"]) == (404, "plot_unknown")


# --- The sheet ------------------------------------------------------------------------------


def test_the_sheet_of_a_plot_holds_plan_ponds_zones_and_verdicts(owner: FlaskClient) -> None:
    """SYS-007: areas in rai-ngan-wah, deviation; the dug pond stands beside its design."""
    sheet = json.loads(owner.get(f"{AT}/{DIVIDED}/sheet").data)
    assert [row["group"] for row in sheet["zones"]] == [
        "water", "rice", "orchard_forest", "residence",
    ]  # fmt: skip
    kinds = {pond["kind"] for pond in sheet["ponds"]}
    assert kinds == {"design", "as_built"}
    (built,) = [pond for pond in sheet["ponds"] if pond["kind"] == "as_built"]
    assert built["design_id"] == built["pond_id"].removesuffix("B")
    assert len(built["design_section"]) == len(built["section"])
    judged = {row["pond_id"] for row in sheet["verdicts"]}
    assert judged == {pond["pond_id"] for pond in sheet["ponds"]}
    assert all(set(row) >= {"rule", "sign", "figure", "limit", "margin", "hint"}
               for row in sheet["verdicts"])  # fmt: skip


def test_verdicts_of_the_sheet_are_those_of_the_pond_check(owner: FlaskClient) -> None:
    sheet = json.loads(owner.get(f"{AT}/{DIVIDED}/sheet").data)
    inputs = {"filter": f"plot_id = '{DIVIDED}'"}
    answer = owner.post("/processes/pond-check/execution", json={"inputs": inputs})
    checked = {
        (pond["properties"]["pond_id"], row["rule"], row["label"]["en"]): row["sign"]
        for pond in json.loads(answer.data)["features"]
        for row in pond["properties"]["verdicts"]
    }
    assert checked == {
        (row["pond_id"], row["rule"], row["label"]["en"]): row["sign"] for row in sheet["verdicts"]
    }


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_page_draws_plan_and_section(owner: FlaskClient, language: str) -> None:
    answer = owner.get(f"{AT}/{DIVIDED}/sheet?f=html&lang={language}")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) == 1 + 2 * text.count('<section class="pond">')
    for drawing in drawings:
        assert ET.fromstring(drawing).tag.endswith("svg")
    titles = {"th": "แผ่นข้อมูลแปลง โคก หนอง นา", "en": "Khok Nong Na plot sheet"}
    assert titles[language] in text
    assert "LAND-R16" in text
    if language == "en":
        assert not re.search("[ก-๙]", re.sub(r"ไทย|<h2>สระ \d+|phumi ภูมิ", "", text))


def test_a_plan_of_the_generator_has_its_own_sheet(owner: FlaskClient, demo: Store) -> None:
    """One plot may have several plans; each is shown alone."""
    reader = Reader(demo, owner_view)
    result = execute("plot-layout", {"plot_id": DIVIDED, "alternatives": 2}, reader)
    for layer_id, rows in result.updates.items():
        demo.write(layer_id, rows, author="test")
    plans = json.loads(owner.get(f"{AT}/{DIVIDED}/sheet").data)["plans"]
    assert plans == ["", f"{DIVIDED}-L1", f"{DIVIDED}-L2"]
    shown = json.loads(owner.get(f"{AT}/{DIVIDED}/sheet?plan={DIVIDED}-L2").data)
    assert [pond["pond_id"] for pond in shown["ponds"]] == [f"{DIVIDED}-L2-P1"]
    assert shown["plan_id"] == f"{DIVIDED}-L2"
    answer = owner.get(f"{AT}/{DIVIDED}/sheet?plan=none")
    assert (answer.status_code, json.loads(answer.data)["code"]) == (400, "plan_unknown")


def _this(plot_id: str) -> dict[str, Any]:
    return {"op": "=", "args": [{"property": "plot_id"}, plot_id]}
