"""The cases of privacy.md 11.4 that need a login, over HTTP."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from flask.testing import FlaskClient

from layers import accounts, audit, break_glass
from layers.accounts import CONSOLE, today
from layers.persons import agree
from layers.privacy import owner_view
from layers.privacy.jitter import KEY_VARIABLE
from layers.query import Query
from layers.store import Store
from layers.store.sql import Sql
from tests.api.people import account, token

HOUSEHOLDS = "/collections/households/items"


@pytest.fixture(scope="module")
def household(demo: Store) -> str:
    """The id of some household."""
    page = demo.features(Query(layer="households", limit=1), owner_view(demo.layer("households")))
    key: str = json.loads(page.features)["id"]
    return key


def test_the_public_gets_no_rows(client: FlaskClient, household: str) -> None:
    """PRIV-T1."""
    for path in (HOUSEHOLDS, f"{HOUSEHOLDS}/{household}", f"{HOUSEHOLDS}/{household}/versions"):
        assert client.get(path).status_code == 403


def test_without_a_purpose_restricted_rows_stay_closed(
    client: FlaskClient, demo: Store, household: str
) -> None:
    """11.4: effective right = matrix right AND scope AND purpose."""
    headers = token(demo, account(demo, "province_officer", "83", password=False))
    assert client.get(f"{HOUSEHOLDS}/{household}", headers=headers).status_code == 200
    for purpose in ("", "curiosity"):
        asked = {**headers, "Phumi-Purpose": purpose}
        assert client.get(f"{HOUSEHOLDS}/{household}", headers=asked).status_code == 403


def test_an_administrator_sees_rows_only_behind_broken_glass(
    client: FlaskClient, demo: Store, household: str
) -> None:
    """PRIV-T7: refused; with a reason and an approver for 60 minutes; all of it in the log."""
    name = account(demo, "admin", "", password=False)
    headers = token(demo, name)
    path = f"{HOUSEHOLDS}/{household}"
    assert client.get(path, headers=headers).status_code in (403, 404)
    province = account(demo, "province_officer", "83", password=False)
    elsewhere = break_glass.ask(demo, name, reason="another district", prefix="8399")
    break_glass.approve(demo, elsewhere, by=province)
    assert client.get(path, headers=headers).status_code in (403, 404), "not in the area asked for"
    request = break_glass.ask(demo, name, reason="flood: who lives there", prefix="83")
    assert client.get(path, headers=headers).status_code in (403, 404)
    break_glass.approve(demo, request, by=province)
    assert client.get(path, headers=headers).status_code == 200
    entry = audit.entries(demo, event="AUD-READ", account=name, limit=1)[0]
    assert entry.detail["break_glass"] == "flood: who lives there"
    assert client.patch(path, json={"properties": {}}, headers=headers).status_code == 403
    with demo.transaction() as session:
        past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
        sql = "UPDATE phumi.break_glass SET valid_to = ? WHERE id = ?"
        session.run(Sql(sql, (past, request)))
    assert client.get(path, headers=headers).status_code in (403, 404)


def test_a_grant_that_is_over_opens_nothing(
    client: FlaskClient, demo: Store, household: str
) -> None:
    """PRIV-T9, PRIV-R3."""
    name = account(demo, "province_officer", "83", password=False)
    headers = token(demo, name)
    assert client.get(f"{HOUSEHOLDS}/{household}", headers=headers).status_code == 200
    with demo.transaction() as session:
        sql = "UPDATE phumi.grants SET valid_from = ?, valid_to = ? WHERE account = ?"
        yesterday = today() - dt.timedelta(days=1)
        session.run(Sql(sql, (yesterday, yesterday, name)))
    for path in (HOUSEHOLDS, f"{HOUSEHOLDS}/{household}"):
        assert client.get(path, headers=headers).status_code == 403
    denied = audit.entries(demo, event="AUD-DENIED", account=name)
    assert [(e.object, e.detail["method"]) for e in denied][-1] == (HOUSEHOLDS, "GET")
    assert client.get(f"{HOUSEHOLDS}/%00", headers=headers).status_code == 403


def test_an_agreement_that_has_ended_opens_nothing(
    client: FlaskClient, demo: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PRIV-T10, PRIV-R6."""
    monkeypatch.setenv(KEY_VARIABLE, "a key of this test, long enough to be one")
    name = account(demo, "analyst", "83", password=False)
    headers = token(demo, name, "read", "export")
    assert client.get(HOUSEHOLDS, headers=headers).status_code == 403
    agree(demo, "MOU-1", name, ["households"], valid_to=today(), by=CONSOLE)
    rows = client.get(HOUSEHOLDS, headers=headers)
    assert rows.status_code == 200
    with demo.transaction() as session:
        sql = "UPDATE phumi.agreements SET valid_to = ? WHERE account = ?"
        session.run(Sql(sql, (today() - dt.timedelta(days=1), name)))
    assert client.get(HOUSEHOLDS, headers=headers).status_code == 403
    terms = {"Phumi-Recipient": "university", "Phumi-Until": "2099-01-01"}
    refused = client.get(f"{HOUSEHOLDS}?f=csv", headers={**headers, **terms})
    assert refused.status_code == 403


def test_a_disabled_account_is_out_at_once(client: FlaskClient, demo: Store) -> None:
    name = account(demo, "province_officer", "83", password=False)
    headers = token(demo, name)
    assert client.get(HOUSEHOLDS, headers=headers).status_code == 200
    accounts.disable(demo, name, by=CONSOLE)
    assert client.get(HOUSEHOLDS, headers=headers).status_code == 401
