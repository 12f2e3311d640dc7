"""The two-person rule over HTTP: a new position waits until somebody else verifies it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import pytest
from flask.testing import FlaskClient

from layers import audit, two_person
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store, WriteResult
from layers.store.session import Session
from tests.api.people import account, token
from tests.api.test_writing import Program

DISTRICT, PROVINCE = "district_officer", "province_officer"
ROLES = {"households": (DISTRICT, PROVINCE), "plots": (DISTRICT, PROVINCE),
         "debtors": ("fund_secretariat", "fund_secretariat")}  # fmt: skip


@pytest.fixture
def program(client: FlaskClient, demo: Store) -> Callable[[str], Program]:
    """Makes programs of accounts with a role in the province of the demo."""

    def make(role: str) -> Program:
        name = account(demo, role, "83", password=False)
        return Program(client, token(demo, name, "read", "write"))

    return make


def feature(demo: Store, layer: str, number: int) -> dict[str, Any]:
    """One of the layer's features that have a geometry, a new one for each test."""
    page = demo.features(Query(layer=layer, limit=200), owner_view(demo.layer(layer)))
    placed = [one for one in json.loads(f"[{page.features}]") if one["geometry"]]
    return dict(placed[number])


def elsewhere(shape: dict[str, Any]) -> dict[str, Any]:
    """The same shape some centimetres away: still in its village."""

    def moved(part: Any) -> Any:
        return part + 1e-6 if isinstance(part, float) else [moved(one) for one in part]

    return {**shape, "coordinates": moved(shape["coordinates"])}


def wait_list(program: Program, layer: str) -> dict[str, Any]:
    answer = program("GET", f"/collections/{layer}/unverified")
    assert answer.status_code == 200, answer.text
    return {one["feature"]: one for one in answer.get_json()["waiting"]}


@pytest.mark.parametrize("layer", ["households", "debtors", "plots"])
def test_a_moved_position_waits_until_another_account_verifies_it(
    program: Callable[[str], Program], demo: Store, layer: str
) -> None:
    """PRIV-R12, PRIV-R2, PRIV-T4: not by the author; AUD-VERIFY names both."""
    author, other = (program(role) for role in ROLES[layer])
    one = feature(demo, layer, 0)
    path = f"/collections/{layer}/items/{one['id']}"
    change = {"geometry": elsewhere(one["geometry"]), "properties": {}}
    assert one["id"] not in wait_list(other, layer)
    written = author("PATCH", path, change, If_Match="*")
    assert written.status_code == 200, written.text
    told = wait_list(other, layer)[one["id"]]
    assert (told["changed"], told["label"]["en"]) == (["geometry"], "Position or boundary")
    own = author("POST", f"{path}/confirm", If_Match="*")
    assert (own.status_code, own.get_json()["code"]) == (403, "AUTH-E-SELFVERIFY")
    assert one["id"] in wait_list(other, layer)
    done = other("POST", f"{path}/confirm", If_Match=written.headers["ETag"])
    assert done.status_code == 200, done.text
    assert one["id"] not in wait_list(other, layer)
    entry = audit.entries(demo, event="AUD-VERIFY", object=layer, limit=1)[0]
    assert entry.detail["author"] == told["author"] != entry.account
    assert (entry.detail["feature"], entry.detail["action"]) == (one["id"], "verify")


@pytest.mark.parametrize("layer", ["households", "debtors", "plots"])
def test_sending_it_back_restores_the_verified_position_and_nothing_else(
    program: Callable[[str], Program], demo: Store, layer: str
) -> None:
    """PRIV-R12: after two changes the state before the first of them; the rest stays."""
    author, other = (program(role) for role in ROLES[layer])
    one = feature(demo, layer, 1)
    path = f"/collections/{layer}/items/{one['id']}"
    field = {"households": "house_no", "debtors": "directions_note", "plots": "wind_note"}[layer]
    once, twice = elsewhere(one["geometry"]), elsewhere(elsewhere(one["geometry"]))
    for shape, text in ((once, "a"), (twice, "b")):
        change = {"geometry": shape, "properties": {field: text}}
        answer = author("PATCH", path, change, If_Match="*")
        assert answer.status_code == 200, answer.text
    json_body = {"Content_Type": "application/json"}
    bare = other("POST", f"{path}/return", {}, If_Match="*", **json_body)
    assert (bare.status_code, bare.get_json()["code"]) == (400, "return_reason")
    reason = {"reason": "ไม่ตรงกับแผนที่"}
    own = author("POST", f"{path}/return", reason, If_Match="*", **json_body)
    assert own.get_json()["code"] == "AUTH-E-SELFVERIFY"
    stale = other("POST", f"{path}/return", reason, If_Match='"v1"', **json_body)
    assert stale.status_code == 412
    done = other("POST", f"{path}/return", reason, If_Match="*", **json_body)
    assert done.status_code == 200, done.text
    assert done.get_json()["geometry"] == one["geometry"]
    assert done.get_json()["properties"][field] == "b"
    assert wait_list(other, layer).get(one["id"]) is None
    again = other("POST", f"{path}/return", reason, If_Match="*", **json_body)
    assert again.get_json()["code"] in ("nothing_waits", "AUTH-E-SELFVERIFY")
    entry = audit.entries(demo, event="AUD-VERIFY", object=layer, limit=1)[0]
    assert (entry.detail["action"], entry.detail["reason"]) == ("return", reason["reason"])


def test_a_new_feature_waits_and_is_removed_when_it_is_sent_back(
    program: Callable[[str], Program], demo: Store
) -> None:
    """PRIV-R12: there is no verified state to go back to."""
    author, other = program(DISTRICT), program(PROVINCE)
    known = feature(demo, "households", 2)
    facts = {"area_code": known["properties"]["area_code"], "house_no": "1/2"}
    facts["household_id"] = "HH-83-9001"
    sent = {"type": "Feature", "geometry": known["geometry"], "properties": facts}
    made = author("POST", "/collections/households/items", sent)
    assert made.status_code == 201, made.text
    key = made.get_json()["id"]
    assert wait_list(other, "households")[key]["before_version"] is None
    path = f"/collections/households/items/{key}/return"
    body = {"reason": "ไม่มีบ้านหลังนี้"}
    done = other("POST", path, body, If_Match="*", Content_Type="application/json")
    assert done.status_code == 204, done.text
    assert key not in wait_list(other, "households")
    assert other("GET", path.removesuffix("/return")).status_code == 404


def test_other_fields_and_the_machine_wait_for_nobody(
    program: Callable[[str], Program], demo: Store
) -> None:
    author, one = program(DISTRICT), feature(demo, "households", 3)
    path = f"/collections/households/items/{one['id']}"
    assert author("PATCH", path, {"properties": {"house_no": "9"}}, If_Match="*").status_code == 200
    assert one["id"] not in wait_list(author, "households")
    before = len(two_person.waiting(demo, demo.layer("households")))
    rows = pd.DataFrame([{"household_id": one["id"], "house_no": "10"}])
    demo.write("households", rows, author="console")
    assert len(two_person.waiting(demo, demo.layer("households"))) == before


def _mark(layer: Layer, keys: list[str], session: Session, result: WriteResult) -> None:
    two_person.mark(session, layer, keys, result, "office-run")


def test_another_tier_waits_and_the_first_one_does_not(demo: Store) -> None:
    """PRIV-R12: a tier that another takes the place of; one that a household gets at first not."""
    layer = demo.layer("households")
    keys = [feature(demo, "households", number)["id"] for number in (4, 5)]

    def give(tiers: list[str | None]) -> None:
        rows = pd.DataFrame({"household_id": keys, "tier": tiers})
        mark = partial(_mark, layer, keys)
        demo.write("households", rows, author="office-run", after=mark)

    give([None, "1"])
    with demo.transaction() as session:
        two_person.forget(session, layer, keys)
    give(["2", "2"])
    found = {one.feature: one.changed for one in two_person.waiting(demo, layer)}
    assert found.get(keys[1]) == ("tier",)
    assert keys[0] not in found


def test_what_waits_is_told_to_nobody_who_does_not_see_the_rows(
    program: Callable[[str], Program], client: FlaskClient, demo: Store
) -> None:
    """PRIV-R10."""
    author, one = program(DISTRICT), feature(demo, "households", 6)
    change = {"geometry": elsewhere(one["geometry"]), "properties": {}}
    path = f"/collections/households/items/{one['id']}"
    assert author("PATCH", path, change, If_Match="*").status_code == 200
    name = account(demo, DISTRICT, "81", password=False)
    stranger = Program(client, token(demo, name, "read", "write"))
    assert wait_list(stranger, "households") == {}
    assert stranger("POST", f"{path}/confirm", If_Match="*").status_code == 404
    assert client.get("/collections/households/unverified").status_code in (401, 403)
