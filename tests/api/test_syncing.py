"""The door of field devices over HTTP: what they may send, and what they never get to read."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from layers.store import Store
from tests.api.people import account, token

SAMPLES = "/collections/soil_samples/items"
FACTS = {"plot_id": "KNN-83-2564-0001", "area_code": "83010101", "formed": True}


@pytest.fixture
def device(client: FlaskClient, demo: Store) -> Callable[..., Any]:
    """Sends changes of a tablet whose token may only send."""
    name = account(demo, "province_officer", "83", password=False)
    headers = token(demo, name, "sync")

    def send(*changes: dict[str, Any]) -> Any:
        body = {"device": "tablet-1", "changes": list(changes)}
        return client.post("/sync", json=body, headers=headers)

    send.headers = headers  # type: ignore[attr-defined]
    return send


def change(feature: str, base: int | None = None, **properties: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()), "collection": "soil_samples", "feature": feature,
        "operation": "create" if base is None else "update", "base_version": base,
        "properties": properties, "made_at": "2026-11-20T09:00:00+07:00",
    }  # fmt: skip


def test_changes_are_answered_one_by_one_and_again_the_same(device: Callable[..., Any]) -> None:
    key = f"S-{uuid.uuid4()}"
    first = change(key, **FACTS)
    answer = device(first).get_json()
    made = answer["outcomes"][0]
    assert (made["state"], answer["stopped"]) == ("applied", None)
    moved = change(key, made["version"], breaks=True)
    broken = change(key, made["version"], dig_depth_cm=-5)
    both = device(first, moved, broken).get_json()["outcomes"]
    assert [one["state"] for one in both] == ["applied", "applied", "refused"]
    assert both[0] == made
    assert both[2]["violations"][0]["rule"] == "IMP-E-RANGE"
    late = device(change(key, made["version"], breaks=False)).get_json()["outcomes"][0]
    assert (late["state"], late["conflicts"]) == ("conflict", ["breaks"])


def test_a_token_that_sends_reads_nothing(device: Callable[..., Any], client: FlaskClient) -> None:
    """A lost tablet's token adds and does not read."""
    key = f"S-{uuid.uuid4()}"
    sent = device(change(key, **FACTS))
    assert "area_code" not in sent.text
    headers = device.headers  # type: ignore[attr-defined]
    assert client.get(f"{SAMPLES}/{key}", headers=headers).status_code == 403
    assert client.get(SAMPLES, headers=headers).status_code == 403
    assert client.get("/sync/conflicts", headers=headers).get_json() == {"conflicts": []}
    assert client.patch(f"{SAMPLES}/{key}", json={}, headers=headers).status_code == 403


def test_an_officer_settles_what_collided(
    device: Callable[..., Any], client: FlaskClient, demo: Store
) -> None:
    key = f"S-{uuid.uuid4()}"
    version = device(change(key, **FACTS)).get_json()["outcomes"][0]["version"]
    device(change(key, version, officer="ก"))
    late = change(key, version, officer="ข")
    assert device(late).get_json()["outcomes"][0]["state"] == "conflict"
    officer = account(demo, "province_officer", "83", password=False)
    headers = token(demo, officer, "read", "write")
    elsewhere = token(
        demo, account(demo, "province_officer", "81", password=False), "read", "write"
    )
    path = f"/sync/conflicts/{late['id']}"
    known = client.get("/sync/conflicts?collection=soil_samples", headers=elsewhere).get_json()
    assert late["id"] not in json.dumps(known)
    assert client.post(path, json={"take": ["officer"]}, headers=elsewhere).status_code == 404
    known = client.get("/sync/conflicts?collection=soil_samples", headers=headers).get_json()
    assert late["id"] in json.dumps(known)
    assert client.post(path, json={"take": "officer"}, headers=headers).status_code == 422
    assert client.post(path, json={"take": ["officer"]}, headers=headers).status_code == 204
    row = client.get(f"{SAMPLES}/{key}", headers=headers).get_json()
    assert row["properties"]["officer"] == "ข"
    assert client.post(path, json={"take": []}, headers=headers).status_code == 404


def test_at_a_gap_the_rest_waits(device: Callable[..., Any]) -> None:
    key = f"S-{uuid.uuid4()}"
    first = change(key, **FACTS)
    second = {**change(key, 1, breaks=True), "after": str(uuid.uuid4())}
    answer = device(first, second, change(f"{key}-2", **FACTS)).get_json()
    assert [one["id"] for one in answer["outcomes"]] == [first["id"]]
    assert answer["stopped"]["code"] == "sync_gap"


@pytest.mark.parametrize(
    "body",
    [{}, {"device": "x"}, {"device": "", "changes": []}, {"device": "x", "changes": [1]}],
    ids=["empty", "no changes", "no device", "no change"],
)
def test_a_body_of_another_form_is_refused_whole(
    device: Callable[..., Any], client: FlaskClient, body: dict[str, Any]
) -> None:
    headers = device.headers  # type: ignore[attr-defined]
    assert client.post("/sync", json=body, headers=headers).status_code == 422
    assert client.post("/sync", json=body).status_code == 401
