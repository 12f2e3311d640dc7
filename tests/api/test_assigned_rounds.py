"""A field officer sees and writes the debtors of the assigned round, and no others."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from flask.testing import FlaskClient

from layers.accounts import today
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store
from tests.api.people import account, token

Officer = tuple[str, dict[str, str]]


@pytest.fixture(scope="module")
def contracts(demo: Store) -> list[dict[str, Any]]:
    """Three debtors of one province."""
    page = demo.features(Query(layer="debtors", limit=3), owner_view(demo.layer("debtors")))
    return [dict(one["properties"]) for one in json.loads(f"[{page.features}]")]


@pytest.fixture
def officer(demo: Store) -> Officer:
    """A field officer of the whole province of the demo, with a token."""
    name = account(demo, "field_officer", "83", password=False)
    return name, token(demo, name, "read", "write")


@pytest.fixture
def rounds(demo: Store) -> Iterator[Any]:
    """Plans rounds, and takes them away again."""
    made: list[str] = []

    def plan(team: list[str], keys: list[str], day: dt.date, status: str = "planned") -> str:
        made.append(f"test-round-{len(made)}")
        row = {
            "round_id": made[-1], "area_code": "8301", "month": day.replace(day=1),
            "slot": "week_1", "planned_date": day, "team": json.dumps(team),
            "contracts": json.dumps(keys), "status": status,
        }  # fmt: skip
        demo.write("field_rounds", pd.DataFrame([row]), author="planner")
        return made[-1]

    yield plan
    if made:
        demo.write(
            "field_rounds", pd.DataFrame({"round_id": made}), mode="delete", author="planner"
        )


def listed(client: FlaskClient, headers: dict[str, str], layer: str = "debtors") -> set[str]:
    answer = client.get(f"/collections/{layer}/items?limit=1000", headers=headers)
    if answer.status_code == 403:
        return set()
    return {one["id"] for one in answer.get_json()["features"]}


def test_only_the_debtors_of_the_assigned_round_are_seen(
    client: FlaskClient, officer: Officer, contracts: list[dict[str, Any]], rounds: Any
) -> None:
    """Privacy 11.4, field_officer: the debtor family by round; JIT-R8."""
    name, headers = officer
    mine, other = contracts[0]["contract_id"], contracts[1]["contract_id"]
    assert listed(client, headers) == set()
    key = rounds(["T1", name], [mine], today())
    rounds(["T2", "another-office"], [other], today())
    assert listed(client, headers) == {mine}
    assert listed(client, headers, "field_rounds") == {key}
    assert client.get(f"/collections/debtors/items/{mine}", headers=headers).status_code == 200
    assert client.get(f"/collections/debtors/items/{other}", headers=headers).status_code == 404
    taken = client.get("/collections/debtors/items?f=csv", headers=headers)
    assert taken.status_code == 403, "nothing is taken away in bulk"


@pytest.mark.parametrize(
    ("days", "status", "seen"),
    [
        (30, "planned", True),
        (-7, "reported", True),
        (-8, "reported", False),
        (0, "cancelled", False),
    ],
    ids=["ahead", "last-day", "purged", "cancelled"],
)
def test_a_round_opens_until_seven_days_after_it(
    client: FlaskClient, officer: Officer, contracts: list[dict[str, Any]], rounds: Any,
    days: int, status: str, seen: bool,
) -> None:  # fmt: skip
    """DEBT-R28: ``round_purge_days``."""
    name, headers = officer
    rounds([name], [contracts[0]["contract_id"]], today() + dt.timedelta(days=days), status)
    assert bool(listed(client, headers)) is seen


def test_a_visit_is_entered_for_an_assigned_debtor_only(
    client: FlaskClient, officer: Officer, contracts: list[dict[str, Any]], rounds: Any
) -> None:
    """The forms of the round: a visit to one of its debtors, and to no other."""
    name, headers = officer
    rounds([name], [contracts[0]["contract_id"]], today())

    def visit(debtor: dict[str, Any]) -> int:
        properties = {
            "kind": "debtor", "contract_id": debtor["contract_id"], "method": "home_visit",
            "area_code": debtor["area_code"], "visited_at": "2026-11-20T10:00:00+07:00",
        }  # fmt: skip
        body = json.dumps({"type": "Feature", "geometry": None, "properties": properties})
        answer = client.post(
            "/collections/visits/items", data=body, headers=headers,
            content_type="application/geo+json",
        )  # fmt: skip
        assert answer.status_code != 422, answer.text
        return int(answer.status_code)

    assert visit(contracts[0]) == 201
    assert visit(contracts[1]) == 403
