"""Freshness: an answer that the caller has is not made again, and a commit shows at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from api import freshness
from api.app import create_app
from api.settings import Settings
from layers.model import Layer
from layers.privacy import owner_view, public_view
from layers.query import View
from layers.store import LayerState, Store
from tests.contract.specimens import field, frame, things

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
ROUTES = (
    "/collections/fresh",
    "/collections/fresh?f=html",
    "/collections/fresh/items",
    "/collections/fresh/items?f=html",
    "/collections/fresh/items?f=csv",
    "/collections/fresh/items?f=fgb",
    "/collections/fresh/items?filter=count>1",
    "/collections/fresh/items/a",
    "/collections/fresh/items/a?f=html",
    "/collections/fresh/tiles/WebMercatorQuad/0/0/0",
)


@pytest.fixture
def layer(demo: Store) -> Layer:
    """A public layer with one thing in it."""
    layer = things("fresh", geometry="Point")
    demo.ensure(layer)
    put(demo, layer, "a", "first")
    return layer


def put(store: Store, layer: Layer, key: str, name: str) -> None:
    rows = frame(
        [{"id": key, "name": name, "area_code": "83", "count": 5, "geometry": shapely.Point(98, 8)}]
    )
    store.write(layer.id, rows, author="test")


class Counting:
    """A store that tells how often it was asked for anything but layers and their states."""

    FREE = frozenset({"layer", "layers", "state", "states", "url"})

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name not in self.FREE:
            self.asked.append(name)
        return getattr(self.store, name)


@pytest.fixture
def counted(demo: Store, demo_url: str) -> Iterator[tuple[FlaskClient, Counting]]:
    counting = Counting(demo)
    app = create_app(Settings(database_url=demo_url), counting)  # type: ignore[arg-type]
    yield app.test_client(), counting


@pytest.mark.parametrize("route", ROUTES)
def test_what_the_caller_has_is_not_asked_of_the_database(
    counted: tuple[FlaskClient, Counting], layer: Layer, route: str
) -> None:
    client, counting = counted
    first = client.get(route)
    assert first.status_code == 200, first.text
    tag = first.headers["ETag"]
    assert counting.asked or "tiles" in route
    counting.asked.clear()
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), f'W/"x",{tag}'):
        again = client.get(route, headers={"If-None-Match": known})
        assert again.status_code == 304
        assert again.data == b""
        assert again.headers["ETag"] == tag
        assert "no-cache" in again.headers["Cache-Control"]
        assert "Accept" in again.headers["Vary"]
    assert client.head(route, headers={"If-None-Match": tag}).status_code == 304
    assert counting.asked == []


@pytest.mark.parametrize("route", ROUTES)
def test_a_committed_edit_shows_in_the_very_next_answer(
    client: FlaskClient, demo: Store, layer: Layer, route: str
) -> None:
    before = client.get(route)
    for name in ("second", "third"):
        put(demo, layer, "a", name)
        after = client.get(route, headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.headers["ETag"] != before.headers["ETag"]
        if "items" in route:
            text = after.text if "fgb" not in route else after.data.decode(errors="ignore")
            assert name in text
        before = after


def test_an_edit_by_another_process_shows_at_once(
    request: pytest.FixtureRequest, client: FlaskClient, demo: Store, demo_url: str, layer: Layer
) -> None:
    if demo_url.startswith("duckdb"):
        pytest.skip("one process at a time has a DuckDB file")
    from layers.store import open_store

    other = open_store(demo_url)
    request.addfinalizer(other.close)
    tag = client.get("/collections/fresh/items/a").headers["ETag"]
    put(other, layer, "a", "from elsewhere")
    answer = client.get("/collections/fresh/items/a", headers={"If-None-Match": tag})
    assert answer.json["properties"]["name"] == "from elsewhere"


@pytest.mark.parametrize("route", ["/collections/fresh/items", "/collections/fresh/items/a"])
def test_a_field_added_by_another_process_shows_at_once(
    request: pytest.FixtureRequest, client: FlaskClient, demo_url: str, layer: Layer, route: str
) -> None:
    if demo_url.startswith("duckdb"):
        pytest.skip("one process at a time has a DuckDB file")
    from layers.store import open_store

    other = open_store(demo_url)
    request.addfinalizer(other.close)
    tag = client.get(route).headers["ETag"]
    name = f"more_{request.node.callspec.indices['route']}"
    other.ensure(layer.with_fields(field(name)))
    answer = client.get(route, headers={"If-None-Match": tag})
    feature = answer.json.get("features", [answer.json])[0]
    assert name in feature["properties"]


def test_a_write_that_changes_nothing_makes_nothing_stale(
    client: FlaskClient, demo: Store, layer: Layer
) -> None:
    tag = client.get("/collections/fresh/items").headers["ETag"]
    put(demo, layer, "a", "first")
    answer = client.get("/collections/fresh/items", headers={"If-None-Match": tag})
    assert answer.status_code == 304


def test_an_edit_of_one_layer_leaves_the_others_fresh(
    client: FlaskClient, demo: Store, layer: Layer
) -> None:
    tag = client.get("/collections/attractions/items").headers["ETag"]
    put(demo, layer, "a", "second")
    answer = client.get("/collections/attractions/items", headers={"If-None-Match": tag})
    assert answer.status_code == 304


def test_each_address_language_form_and_caller_has_a_tag_of_its_own(
    client: FlaskClient, owner: FlaskClient, layer: Layer
) -> None:
    tags = [
        caller.get(route, headers={"Accept-Language": language}).headers["ETag"]
        for caller, language in ((client, "th"), (client, "en"), (owner, "th"))
        for route in ("/collections/enterprises/items?f=html", "/collections/enterprises?f=json")
    ]
    tags += [client.get(route).headers["ETag"] for route in ROUTES]
    assert len(set(tags)) == len(tags)


def test_what_only_some_may_see_is_kept_out_of_shared_caches(
    client: FlaskClient, owner: FlaskClient
) -> None:
    assert client.get("/collections/plots").status_code == 403
    private = owner.get("/collections/plots/items").headers["Cache-Control"]
    assert set(private.split(", ")) == {"private", "no-cache"}
    public = client.get("/collections/provinces/items").headers["Cache-Control"]
    assert public == "no-cache"


def test_refusals_carry_no_tag_and_are_not_304(client: FlaskClient, layer: Layer) -> None:
    tag = client.get("/collections/fresh/items").headers["ETag"]
    for route in (
        "/collections/fresh/items?limit=0",
        "/collections/fresh/items/none",
        "/collections/ghost/items",
        "/collections/households/items",
    ):
        for known in (tag, "*"):
            answer = client.get(route, headers={"If-None-Match": known})
            assert answer.status_code in (400, 403, 404)
            assert "ETag" not in answer.headers


def test_any_tag_will_do_for_a_star(client: FlaskClient, layer: Layer) -> None:
    answer = client.get("/collections/fresh/items", headers={"If-None-Match": "*"})
    assert answer.status_code == 304


@pytest.mark.parametrize("header", ['"', "W/", 'W/"', "\\", "a" * 5000, 'W/"x" junk', ""])
def test_a_broken_condition_is_no_condition(client: FlaskClient, layer: Layer, header: str) -> None:
    for name in ("If-None-Match", "If-Modified-Since"):
        answer = client.get("/collections/fresh/items", headers={name: header})
        assert answer.status_code == 200


# --- Dates ----------------------------------------------------------------------------------


@pytest.fixture
def asked() -> Callable[..., Any]:
    """What a request with these headers gets to hear about a state, at a moment."""
    app = Flask(__name__)

    def ask(
        monkeypatch: pytest.MonkeyPatch, changed_at: dt.datetime, now: dt.datetime, **headers: str
    ) -> Any:
        class Clock(dt.datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return now

        monkeypatch.setattr(freshness.dt, "datetime", Clock)
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        with app.test_request_context("/", headers=names):
            return freshness.not_modified('W/"tag"', changed_at)

    return ask


def test_the_date_we_sent_is_enough_when_there_is_no_tag(
    monkeypatch: pytest.MonkeyPatch, asked: Callable[..., Any]
) -> None:
    changed = NOW - dt.timedelta(minutes=5, microseconds=-300)
    sent = format_datetime(changed.replace(microsecond=0), usegmt=True)
    assert asked(monkeypatch, changed, NOW, If_Modified_Since=sent).status_code == 304
    assert asked(monkeypatch, changed, NOW, If_Modified_Since=sent, If_None_Match='"no"') is None
    earlier = format_datetime(changed - dt.timedelta(seconds=1), usegmt=True)
    assert asked(monkeypatch, changed, NOW, If_Modified_Since=earlier) is None


def test_a_date_of_this_very_second_is_not_relied_upon(
    monkeypatch: pytest.MonkeyPatch, asked: Callable[..., Any]
) -> None:
    """Two edits in one second have the same HTTP date: the first answer must not carry it."""
    changed = NOW - dt.timedelta(milliseconds=400)
    sent = format_datetime(NOW.replace(microsecond=0), usegmt=True)
    assert asked(monkeypatch, changed, NOW, If_Modified_Since=sent) is None


def test_last_modified_is_the_time_of_the_last_write(
    monkeypatch: pytest.MonkeyPatch, client: FlaskClient, demo: Store
) -> None:
    monkeypatch.setattr(freshness, "SETTLED", dt.timedelta(0))
    answer = client.get("/collections/provinces/items")
    changed_at = demo.state("provinces").changed_at
    assert parsedate_to_datetime(answer.headers["Last-Modified"]) == changed_at.replace(
        microsecond=0
    )
    sent = answer.headers["Last-Modified"]
    again = client.get("/collections/provinces/items", headers={"If-Modified-Since": sent})
    assert again.status_code == 304


# --- Tags -----------------------------------------------------------------------------------


def test_a_tag_differs_by_everything_that_decides() -> None:
    layer = things("tagged")
    state, view = LayerState(3, NOW), owner_view(layer)
    moment = dt.timedelta(microseconds=1)
    variants: list[tuple[list[LayerState], list[View], tuple[str, ...]]] = [
        ([state], [view], ("a",)),
        ([LayerState(4, NOW)], [view], ("a",)),
        ([LayerState(3, NOW + moment)], [view], ("a",)),  # the workspace was made anew
        ([state, state], [view, view], ("a",)),
        ([state], [view], ("b",)),
        ([state], [view], ("a", "")),
        ([state], [public_view(things("tagged", geometry=None))], ("a",)),
        ([state], [View(layer=layer.id, fields=view.fields, prefixes=())], ("a",)),
        ([state], [View(layer=layer.id, fields=view.fields, prefixes=("83",))], ("a",)),
        ([state], [View(layer=layer.id, fields=view.fields, aggregates_only=True)], ("a",)),
        ([state], [View(layer=layer.id, fields=frozenset({"id"}))], ("a",)),
    ]
    tags = [freshness.etag(states, views, *rest) for states, views, rest in variants]
    assert len(set(tags)) == len(tags)
    assert tags[0] == freshness.etag([state], [owner_view(layer)], "a")
