"""Earlier states over HTTP: every one is kept, told to who may see it, and can come back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from layers import audit
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store
from tests.api.people import account, token
from tests.api.test_writing import SAMPLES, Program, sample


@pytest.fixture
def program(client: FlaskClient, demo: Store) -> Callable[..., Program]:
    def make(role: str = "province_officer", prefix: str = "83") -> Program:
        name = account(demo, role, prefix, password=False)
        return Program(client, token(demo, name, "read", "write"))

    return make


@pytest.fixture
def history(program: Callable[..., Program]) -> tuple[Program, str, list[str]]:
    """An officer, the path of a sample that had three states, their ETags."""
    officer = program()
    answer = officer("POST", SAMPLES, sample())
    path = answer.headers["Location"].removeprefix("http://localhost")
    tags = [answer.headers["ETag"]]
    for text, place in (("หลังฝน", None), ("หลังฝน", [98.40, 7.89])):
        change: dict[str, Any] = {"properties": {"source_ref": text}}
        if place:
            change["geometry"] = {"type": "Point", "coordinates": place}
        tags.append(officer("PATCH", path, change, If_Match=tags[-1]).headers["ETag"])
    return officer, path, tags


def version(tag: str) -> int:
    return int(tag.strip('"v'))


def test_every_state_is_listed_with_who_and_when(history: tuple[Program, str, list[str]]) -> None:
    officer, path, tags = history
    listed = officer("GET", f"{path}/versions").get_json()["versions"]
    assert [one["version"] for one in listed] == [version(tag) for tag in reversed(tags)]
    assert [one["ended_by_version"] for one in listed] == [None, version(tags[2]), version(tags[1])]
    assert all(one["written_by"].startswith("office-") for one in listed)


def test_two_states_are_compared_field_by_field(history: tuple[Program, str, list[str]]) -> None:
    officer, path, tags = history
    first, second, third = map(version, tags)
    told = officer("GET", f"{path}/versions/diff?from={first}&to={second}").get_json()["changed"]
    assert [(one["field"], one["from"], one["to"]) for one in told] == [
        ("source_ref", "ริมสระ", "หลังฝน")
    ]
    assert told[0]["label"]["th"]
    told = officer("GET", f"{path}/versions/diff?from={second}&to={third}").get_json()["changed"]
    assert [one["field"] for one in told] == ["geometry"]
    assert officer("GET", f"{path}/versions/diff?from=1").status_code == 400
    assert officer("GET", f"{path}/versions/diff?from={first}&to=999999").status_code == 404


def test_an_earlier_state_comes_back_as_a_new_version(
    history: tuple[Program, str, list[str]],
) -> None:
    officer, path, tags = history
    first = version(tags[0])
    once = officer("GET", f"{path}/versions/{first}").get_json()
    restore = f"{path}/versions/{first}/restore"
    assert officer("POST", restore).status_code == 428
    assert officer("POST", restore, If_Match=tags[0]).status_code == 412
    back = officer("POST", restore, If_Match=tags[2])
    assert back.status_code == 200, back.text
    assert back.get_json()["properties"] == once["properties"]
    assert back.get_json()["geometry"] == once["geometry"]
    assert len(officer("GET", f"{path}/versions").get_json()["versions"]) == 4


def test_what_was_removed_comes_back_too(history: tuple[Program, str, list[str]]) -> None:
    officer, path, tags = history
    assert officer("DELETE", path, If_Match=tags[2]).status_code == 204
    listed = officer("GET", f"{path}/versions").get_json()["versions"]
    assert listed[0]["ended_by"] == "delete"
    back = officer("POST", f"{path}/versions/{version(tags[2])}/restore")
    assert back.status_code == 200, back.text
    assert officer("GET", path).get_json()["geometry"]["coordinates"] == [98.4, 7.89]


def test_the_past_is_no_way_round_the_rights(
    history: tuple[Program, str, list[str]], client: FlaskClient, program: Callable[..., Program]
) -> None:
    """PRIV-R1, PRIV-R10."""
    _, path, tags = history
    for suffix in ("", f"/{version(tags[0])}", f"/diff?from={version(tags[0])}&to=1"):
        assert client.get(f"{path}/versions{suffix}").status_code == 403
        assert (
            program("province_officer", "81")("GET", f"{path}/versions{suffix}").status_code == 404
        )
    restore = f"{path}/versions/{version(tags[0])}/restore"
    assert client.post(restore).status_code == 401
    assert program("province_officer", "81")("POST", restore, If_Match="*").status_code == 404


def test_a_pin_carries_who_confirmed_it_and_when(
    program: Callable[..., Program], demo: Store
) -> None:
    """PRIV-T4, PRIV-R2, DEBT-R25: somebody else than who set it; a pin that moves lapses."""
    layer = demo.layer("debtors")
    page = demo.features(Query(layer="debtors", limit=1), owner_view(layer))
    found = json.loads(page.features)
    path = f"/collections/debtors/items/{found['id']}"
    setter, other = program("fund_secretariat", "83"), program("fund_secretariat", "83")
    moved = {"geometry": {"type": "Point", "coordinates": [98.391, 7.881]}, "properties": {}}
    answer = setter("PATCH", path, moved, If_Match="*")
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["properties"]["pin_status"] == "unverified"
    boast = {"properties": {"pin_status": "verified"}}
    assert setter("PATCH", path, boast, If_Match="*").status_code == 422
    smuggle = {"properties": {"verified_by": "somebody"}}
    assert setter("PATCH", path, smuggle, If_Match="*").status_code == 422
    own = setter("POST", f"{path}/confirm", If_Match="*")
    assert (own.status_code, own.get_json()["code"]) == (403, "AUTH-E-SELFVERIFY")
    assert audit.entries(demo, event="AUD-DENIED", limit=1)[0].detail["reason"] == (
        "AUTH-E-SELFVERIFY"
    )
    done = other("POST", f"{path}/confirm", If_Match=answer.headers["ETag"])
    assert done.status_code == 200, done.text
    properties = done.get_json()["properties"]
    assert properties["verified_by"].startswith("office-")
    assert properties["verified_at"]
    assert properties["pins"][-1]["verified_by"] == properties["verified_by"]
    assert audit.entries(demo, event="AUD-VERIFY", limit=1)[0].detail["feature"] == found["id"]
    again = {"geometry": {"type": "Point", "coordinates": [98.392, 7.882]}, "properties": {}}
    lapsed = setter("PATCH", path, again, If_Match="*").get_json()["properties"]
    assert (lapsed["verified_by"], lapsed["verified_at"]) == (None, None)


def test_the_public_reads_no_names_of_accounts(client: FlaskClient, demo: Store) -> None:
    page = demo.features(Query(layer="facilities", limit=1), owner_view(demo.layer("facilities")))
    key = json.loads(page.features)["id"]
    told = client.get(f"/collections/facilities/items/{key}/versions").get_json()["versions"]
    assert told
    assert all("written_by" not in one for one in told)
