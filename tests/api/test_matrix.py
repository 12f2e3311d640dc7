"""The matrix of privacy.md 11.4 over HTTP: every role, a layer of every class, every door.

What the table allows is said in tests/contract/test_matrix.py; here it is asked with accounts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from api.settings import Settings
from layers.accounts import today
from layers.persons import agree
from layers.privacy.jitter import KEY_VARIABLE
from layers.publications import PUBLISHED
from layers.store import Store, open_store
from tests.api.people import account, log_in
from tests.api.people import token as token_of
from tests.contract import test_matrix as matrix
from tests.contract.specimens import write
from tests.contract.test_matrix import CLASSES, KEYS, LAYERS, ROWS, TABLE

TERMS = {
    "Phumi-Recipient": "district office",
    "Phumi-Until": (today() + dt.timedelta(days=30)).isoformat(),
}


@pytest.fixture(scope="module", params=["duckdb", "postgis"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Store]]:
    """The layers of the table behind the doors."""
    if request.param == "duckdb":
        url = f"duckdb:///{tmp_path_factory.mktemp('doors')}/work.duckdb"
    else:
        url = request.getfixturevalue("new_database")()
    store = open_store(url)
    for layer in LAYERS.values():
        store.ensure(layer)
        for day in ("2026-01-01", "2026-01-02"):
            write(store, layer, [matrix.row(area, day) for area in ROWS])
    yield create_app(Settings(database_url=url), store), store
    store.close()


@pytest.fixture(scope="module")
def headers(served: tuple[Flask, Store]) -> dict[str, dict[str, str]]:
    """What each role sends: the token of an account in district 8301 that lacks nothing."""
    _, store = served
    found: dict[str, dict[str, str]] = {"public": {}}
    for role in TABLE:
        if role == "public":
            continue
        name = account(store, role, "8301", password=False)
        until = today() + dt.timedelta(days=9)
        agree(store, "MOU", name, [one.id for one in LAYERS.values()], valid_to=until, by="console")
        found[role] = token_of(store, name, "read", "export") | TERMS
    return found


@pytest.fixture
def client(served: tuple[Flask, Store], monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser or program."""
    monkeypatch.setenv(KEY_VARIABLE, "phumi-test-key")
    return served[0].test_client()


def rows(role: str, name: str) -> set[str]:
    """The areas whose rows a role sees; nobody here has a round assigned."""
    layer = LAYERS[name]
    of = layer.privacy.name.lower()
    return set() if matrix.cell(role, layer, of) == "assigned" else matrix.seen(role, layer)


def found_in(text: str) -> set[str]:
    """The values with a class that stand in an answer."""
    return {
        matrix.token(area, of) for area in ROWS for of in CLASSES if matrix.token(area, of) in text
    }


def base(name: str) -> str:
    return f"/collections/{LAYERS[name].id}"


MANY = pytest.mark.parametrize(
    ("role", "name"), [(role, name) for role in TABLE for name in LAYERS]
)
WHOLE = {
    "items": "/items?limit=100",
    "html": "/items?limit=100&f=html",
    "filter": f"/items?limit=100&filter={quote('id IS NOT NULL')}",
    "sort": "/items?limit=100&sortby=-area_code",
    "tile": "/tiles/WebMercatorQuad/0/0/0",
}


@MANY
@pytest.mark.parametrize("door", WHOLE)
def test_a_door_shows_exactly_what_the_table_allows(
    client: FlaskClient, headers: dict[str, dict[str, str]], role: str, name: str, door: str
) -> None:
    """PRIV-R1, R7: rows and values of lists, pages, filters, orders and tiles."""
    if door == "tile" and not rows(role, name) and LAYERS[name].id in PUBLISHED:
        return  # areas with published counts: tests/api/test_total_tiles.py
    answer = client.get(base(name) + WHOLE[door], headers=headers[role])
    if not rows(role, name):
        assert answer.status_code == 403
        assert not found_in(answer.text)
        return
    masked = matrix.masked(role, LAYERS[name])
    if masked and door == "filter":
        assert answer.status_code == 400, "the key is not a field of masked rows"
        return
    assert answer.status_code in (200, 204) if door == "tile" else answer.status_code == 200
    text = answer.data.decode("utf-8", "replace")
    assert found_in(text) == matrix.tokens(role, LAYERS[name])
    shown = {area for area in ROWS if f"key-{area}" in text}
    assert shown == (set() if masked else rows(role, name))


@MANY
def test_one_feature_and_its_versions_follow_the_table(
    client: FlaskClient, headers: dict[str, dict[str, str]], role: str, name: str
) -> None:
    """PRIV-R1, PRIV-R10, PRIV-T2, PRIV-T8: what is not shown is not there."""
    masked = matrix.masked(role, LAYERS[name])
    for area, key in zip(ROWS, KEYS, strict=True):
        allowed = area in rows(role, name) and not masked
        for path in ("", "/versions"):
            answer = client.get(f"{base(name)}/items/{key}{path}", headers=headers[role])
            if allowed:
                assert answer.status_code == 200
                own = {one for one in matrix.tokens(role, LAYERS[name]) if area in one}
                assert found_in(answer.text) >= (own if not path else set())
                assert found_in(answer.text) <= own
                assert ("written_by" in answer.text) <= (role != "public")
            else:
                assert answer.status_code == (404 if rows(role, name) else 403)
                assert not found_in(answer.text)


@MANY
def test_an_export_follows_the_right_to_it(
    client: FlaskClient, headers: dict[str, dict[str, str]], role: str, name: str
) -> None:
    """PRIV-R14: files need X, name recipient and end, and carry no secret."""
    layer = LAYERS[name]
    answer = client.get(f"{base(name)}/items?f=csv", headers=headers[role], buffered=True)
    of = layer.privacy.name.lower()
    told = matrix.cell(role, layer, of).split()
    exports = bool(rows(role, name)) and (
        of == "public" or "X" in told or matrix.masked(role, layer)
    )
    if not exports or of == "secret":
        assert answer.status_code == 403
        assert not found_in(answer.text)
        return
    assert answer.status_code == 200
    assert found_in(answer.text) <= {
        one for one in matrix.tokens(role, layer) if not one.endswith("secret")
    }
    bare = {key: value for key, value in headers[role].items() if key not in TERMS}
    if of == "restricted":
        refused = client.get(f"{base(name)}/items?f=csv", headers=bare, buffered=True)
        assert refused.status_code == 403


@MANY
def test_descriptions_name_visible_fields_only(
    client: FlaskClient, headers: dict[str, dict[str, str]], role: str, name: str
) -> None:
    """PRIV-R1: the schema, the queryables and OpenAPI know no hidden field."""
    layer = LAYERS[name]
    seen = {one.rpartition("-")[2] for one in matrix.tokens(role, layer)}
    for path in ("schema", "queryables", "sortables"):
        answer = client.get(f"{base(name)}/{path}", headers=headers[role])
        if not rows(role, name):
            assert answer.status_code == 403
            continue
        named = set(answer.get_json(force=True)["properties"])
        assert {of for of in CLASSES if f"f_{of}" in named} == seen
    document = client.get("/api?f=json", headers=headers[role]).get_json()
    items = document["paths"].get(f"{base(name)}/items")
    assert (items is None) == (not rows(role, name))
    if items is not None:
        assert {of for of in CLASSES if f"f_{of}" in str(items).replace(layer.id, "LAYER")} <= seen


@MANY
@pytest.mark.parametrize("of", CLASSES)
def test_a_filter_on_a_hidden_field_is_answered_like_one_on_no_field(
    client: FlaskClient, headers: dict[str, dict[str, str]], role: str, name: str, of: str
) -> None:
    """PRIV-R1: neither filter nor order tells that a hidden field is there."""
    seen = {one.rpartition("-")[2] for one in matrix.tokens(role, LAYERS[name])}
    if of in seen and rows(role, name):
        return  # that is a visible field
    texts = []
    for field in (f"f_{of}", "f_none"):
        for asked in (f"filter={quote(f'{field} IS NOT NULL')}", f"sortby={field}", f"{field}=a"):
            answer = client.get(f"{base(name)}/items?{asked}", headers=headers[role])
            assert answer.status_code in (400, 403)
            text = answer.text.replace(LAYERS[name].id, "LAYER")  # "of_secret" has the name in it
            texts.append(text.replace(field, "FIELD"))
    assert texts[:3] == texts[3:]


@pytest.mark.parametrize("role", [role for role in TABLE if role != "public"])
def test_a_session_shows_what_a_token_shows(
    served: tuple[Flask, Store], client: FlaskClient, headers: dict[str, dict[str, str]], role: str
) -> None:
    """A browser that is logged in is the same person as the program with a token."""
    app, store = served
    name = account(store, role, "8301")
    until = today() + dt.timedelta(days=9)
    agree(store, "MOU", name, [one.id for one in LAYERS.values()], valid_to=until, by="console")
    browser = app.test_client()
    assert log_in(browser, name).status_code in (302, 303)
    for layer in LAYERS:
        mine = browser.get(f"{base(layer)}/items?limit=100")
        its = client.get(f"{base(layer)}/items?limit=100", headers=headers[role])
        assert mine.status_code == its.status_code
        if mine.status_code == 200:
            assert mine.get_json()["features"] == its.get_json()["features"]
