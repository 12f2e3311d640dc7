"""No door can show more than the View allows: every reading call is tried with every view."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import shapely

from layers.errors import AccessDenied, NotFound, PhumiError, QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Interval, Query, SortKey, View
from layers.store import Store
from tests.contract.specimens import keys, parsed, write

HIDDEN = ("name", "size", "moment", "ชื่อไทย")
SECRET = "ความลับ"
SHAPE = shapely.box(98.111, 7.222, 98.333, 7.444)
ROWS = [
    {
        "id": f"{area}-{n}",
        "area_code": area,
        "name": f"{SECRET} {n}",
        "ชื่อไทย": SECRET,
        "size": 4711.25,
        "count": n,
        "moment": f"2024-01-0{n}T00:00:00Z",
        "day": f"2024-01-0{n}",
        "geometry": SHAPE,
    }
    for area in ("8301", "8302", "9401")
    for n in (1, 2)
] + [{"id": "nowhere", "area_code": None, "name": SECRET, "geometry": SHAPE}]


@pytest.fixture(scope="module")
def seen(shared: Store, new_layer: Callable[..., Layer]) -> Layer:
    """Rows in three areas, each written twice so that all have a history."""
    layer = new_layer(datetime=("moment",))
    write(shared, layer, ROWS)
    write(shared, layer, [{"id": row["id"], "open": True} for row in ROWS])
    return layer


def view_of(layer: Layer, **changes: Any) -> View:
    return replace(owner_view(layer), **changes)


# Every way in which rows can be read, as text of all that came out.
Call = Callable[[Store, Query, View], Any]
CALLS: dict[str, Call] = {
    "features": lambda store, query, view: store.features(query, view),
    "feature": lambda store, query, view: [
        _or_nothing(lambda key=row["id"]: store.feature(key, query, view)) for row in ROWS
    ],
    "read": lambda store, query, view: store.read(query, view).to_csv(),
    "stream": lambda store, query, view: list(store.stream(query, view)),
    "batches": lambda store, query, view: [b.to_pylist() for b in store.batches(query, view)],
    "count": lambda store, query, view: store.count(query, view),
    "extent": lambda store, query, view: store.extent(query.layer, view),
    "times": lambda store, query, view: store.times(query.layer, view),
    "tally": lambda store, query, view: [
        store.tally(query.layer, view, 8, group=group, value=value)
        for group in view.fields & {"id"} or [None]
        for value in view.fields & {"size"} or [None]
    ],
    "history": lambda store, query, view: [
        store.history(query.layer, row["id"], view) for row in ROWS
    ],
}


def _or_nothing(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except NotFound:
        return None


def test_the_calls_tried_here_are_all_that_take_a_view() -> None:
    import inspect

    takes_view = {
        name
        for name, member in inspect.getmembers(Store, inspect.isfunction)
        if "view" in inspect.signature(member).parameters
    }
    assert takes_view == set(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_hidden_fields_come_out_of_no_call(shared: Store, seen: Layer, call: str) -> None:
    view = view_of(seen, fields=owner_view(seen).fields - set(HIDDEN))
    text = str(CALLS[call](shared, Query(layer=seen.id, limit=None), view))
    assert SECRET not in text
    assert "4711.25" not in text
    assert "2024-01-01T00" not in text
    for name in HIDDEN:
        assert name not in text


def test_hidden_fields_do_come_out_for_who_may_see_them(shared: Store, seen: Layer) -> None:
    for call in ("features", "feature", "read", "stream", "batches", "history"):
        text = str(CALLS[call](shared, Query(layer=seen.id, limit=None), owner_view(seen)))
        assert SECRET in text, call
        assert "4711.25" in text, call


def asking_for(name: str) -> list[dict[str, Any]]:
    """Queries that speak of a field in every place that takes a name."""
    p = {"property": name}
    filters: list[dict[str, Any]] = [
        {"op": "=", "args": [p, "x"]},
        {"op": "=", "args": ["x", p]},
        {"op": "isNull", "args": [p]},
        {"op": "not", "args": [{"op": "isNull", "args": [p]}]},
        {"op": "like", "args": [p, "ค%"]},
        {"op": "like", "args": [{"op": "casei", "args": [p]}, "ค%"]},
        {"op": "in", "args": [p, ["x"]]},
        {"op": "between", "args": [p, 1, 2]},
        {"op": "between", "args": [{"property": "count"}, 0, p]},
        {"op": "=", "args": [{"property": "count"}, {"op": "+", "args": [p, 1]}]},
        {"op": "t_after", "args": [p, {"date": "2020-01-01"}]},
        {"op": "t_after", "args": [{"interval": [p, ".."]}, {"date": "2020-01-01"}]},
        {"op": "s_intersects", "args": [p, {"type": "Point", "coordinates": [98.2, 7.3]}]},
        {"op": "or", "args": [True, {"op": "=", "args": [p, p]}]},
    ]
    asked: list[dict[str, Any]] = [{"filter": tree} for tree in filters]
    return [*asked, {"sort": (SortKey(name),)}, {"sort": (SortKey("id"), SortKey(name, True))}]


@pytest.mark.parametrize("name", HIDDEN)
def test_a_hidden_field_is_refused_exactly_like_an_unknown_one(
    shared: Store, seen: Layer, name: str
) -> None:
    view = view_of(seen, fields=owner_view(seen).fields - set(HIDDEN))
    unknown = "nonsense"
    for call in ("features", "read", "stream", "batches", "count", "feature"):
        pairs = zip(asking_for(name), asking_for(unknown), strict=True)
        for hidden_query, unknown_query in pairs:
            if "sort" in hidden_query and call in ("count", "feature"):
                continue  # these do not sort
            refused = []
            for asked in (hidden_query, unknown_query):
                with pytest.raises(QueryError) as error:
                    CALLS[call](shared, Query(layer=seen.id, **asked), view)
                refused.append(error.value)
            hidden, other = refused
            assert hidden.code == other.code == "field_unknown"
            for language in ("th", "en"):
                told = hidden.text.get(language).replace(name, "?")
                assert told == other.text.get(language).replace(unknown, "?")
            assert {**hidden.details, "field": 0} == {**other.details, "field": 0}


def test_a_hidden_field_cannot_be_asked_for(shared: Store, seen: Layer) -> None:
    view = view_of(seen, fields=owner_view(seen).fields - set(HIDDEN))
    for name in (*HIDDEN, "nonsense", "_version", "geom", "geom_3857", "_west"):
        for call in ("features", "read", "stream", "batches", "feature"):
            with pytest.raises(QueryError) as refused:
                CALLS[call](shared, Query(layer=seen.id, fields=("id", name)), view)
            assert refused.value.code == "field_unknown"


def test_the_time_of_a_feature_cannot_be_asked_for_when_it_is_hidden(
    shared: Store, seen: Layer
) -> None:
    view = view_of(seen, fields=owner_view(seen).fields - {"moment"})
    query = Query(layer=seen.id, datetime=Interval("2024-01-01", "2024-01-01"))
    for call in ("features", "read", "stream", "batches", "count", "feature"):
        with pytest.raises(QueryError):
            CALLS[call](shared, query, view)


def test_no_engine_column_is_a_field(shared: Store, seen: Layer) -> None:
    for name in ("_version", "_changed_by", "geom", "geom_3857", "_west", "rowid", "ctid"):
        for asked in asking_for(name):
            if name == "geom" and "s_intersects" in str(asked):
                continue  # another name of the geometry
            with pytest.raises(QueryError):
                shared.features(Query(layer=seen.id, **asked), owner_view(seen))


@pytest.mark.parametrize(
    ("prefixes", "expected"),
    [
        (None, {"8301", "8302", "9401", None}),
        (("83",), {"8301", "8302"}),
        (("8302",), {"8302"}),
        (("8302", "94"), {"8302", "9401"}),
        (("830201",), set()),
        (("%",), set()),
        (("_",), set()),
        (("8301' OR '1'='1",), set()),
        ((), set()),
    ],
)
@pytest.mark.parametrize("call", CALLS)
def test_rows_of_other_areas_come_out_of_no_call(
    shared: Store, seen: Layer, call: str, prefixes: tuple[str, ...] | None, expected: set[str]
) -> None:
    view = view_of(seen, prefixes=prefixes)
    inside = {row["id"] for row in ROWS if row["area_code"] in expected}
    if call == "tally":
        inside.discard("nowhere")  # what is in no area is counted in none
    found = CALLS[call](shared, Query(layer=seen.id, limit=None), view)
    if call == "count":
        assert found == len(inside)
    elif call in ("extent", "times"):
        assert (found is not None) == bool(inside)
    else:
        text = str(found)
        assert {row["id"] for row in ROWS if row["id"] in text} == inside


def test_filters_cannot_widen_the_areas(shared: Store, seen: Layer) -> None:
    view = view_of(seen, prefixes=("8301",))
    for tree in (
        True,
        {"op": "or", "args": [True, {"op": "isNull", "args": [{"property": "id"}]}]},
    ):
        query = Query(layer=seen.id, limit=None, filter=tree)  # type: ignore[arg-type]
        assert shared.count(query, view) == 2
        assert {f["properties"]["area_code"] for f in parsed(shared.features(query, view))} == {
            "8301"
        }
    paged = Query(layer=seen.id, limit=None, after=("",))
    assert len(parsed(shared.features(paged, view))) == 2


def test_a_feature_of_another_area_is_as_unknown_as_one_that_never_was(
    shared: Store, seen: Layer
) -> None:
    view, query = view_of(seen, prefixes=("94",)), Query(layer=seen.id)
    told = []
    for key in ("8301-1", "8309-9"):
        with pytest.raises(NotFound) as missing:
            shared.feature(key, query, view)
        told.append((missing.value.code, str(missing.value.text.en).replace(key, "?")))
    assert told[0] == told[1]


def test_an_earlier_state_is_hidden_when_it_stood_in_another_area(
    shared: Store, layer: Layer
) -> None:
    write(shared, layer, [{"id": "a", "area_code": "9401", "name": "before"}])
    write(shared, layer, [{"id": "a", "area_code": "8301", "name": "moved"}])
    write(shared, layer, [{"id": "a", "name": "now"}])
    names = [
        [v.properties["name"] for v in shared.history(layer.id, "a", view_of(layer, prefixes=p))]
        for p in (None, ("83",), ("94",), ())
    ]
    assert names == [["moved", "before"], ["moved"], ["before"], []]


def test_a_layer_that_stands_in_no_place_is_shown_to_every_area_but_not_to_none(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = new_layer(area=None)
    write(shared, layer, [{"id": "a"}])
    write(shared, layer, [{"id": "a", "name": "x"}])
    for prefixes, n in ((None, 1), (("83",), 1), ((), 0)):
        view = view_of(layer, prefixes=prefixes)
        assert shared.count(Query(layer=layer.id), view) == n
        assert len(shared.history(layer.id, "a", view)) == n


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("geometry", [True, False])
def test_with_aggregates_only_no_row_leaves(
    shared: Store, seen: Layer, call: str, geometry: bool
) -> None:
    for fields in (owner_view(seen).fields, frozenset()):
        view = view_of(seen, aggregates_only=True, geometry=geometry, fields=fields)
        query = Query(layer=seen.id)
        if (call == "extent" and not geometry) or (call == "times" and not fields):
            assert CALLS[call](shared, query, view) is None
            continue
        with pytest.raises(AccessDenied) as refused:
            CALLS[call](shared, query, view)
        assert refused.value.code == "aggregates_only"
        assert "8301" not in refused.value.text.th


def test_a_hidden_geometry_comes_out_of_no_call(shared: Store, seen: Layer) -> None:
    view = view_of(seen, geometry=False)
    query = Query(layer=seen.id, limit=None)
    assert {f["geometry"] is None for f in parsed(shared.features(query, view))} == {True}
    assert json.loads(shared.feature("8301-1", query, view).text)["geometry"] is None
    assert "geometry" not in shared.read(query, view)
    assert shared.extent(seen.id, view) is None
    assert [v.wkb for v in shared.history(seen.id, "8301-1", view)] == [None]
    for call in CALLS:
        assert "98.111" not in str(CALLS[call](shared, query, view))


def test_a_hidden_geometry_cannot_be_searched(shared: Store, seen: Layer) -> None:
    view = view_of(seen, geometry=False)
    point = {"type": "Point", "coordinates": [98.2, 7.3]}
    asked: list[dict[str, Any]] = [{"bbox": (98.0, 7.0, 99.0, 8.0)}]
    for name in ("geometry", "geom"):
        asked.append({"filter": {"op": "s_intersects", "args": [{"property": name}, point]}})
        asked.append({"filter": {"op": "s_disjoint", "args": [point, {"property": name}]}})
        asked.append({"filter": {"op": "isNull", "args": [{"property": name}]}})
    for call in ("features", "read", "stream", "batches", "count", "feature"):
        for question in asked:
            with pytest.raises(QueryError):
                CALLS[call](shared, Query(layer=seen.id, **question), view)


def test_geometry_cannot_be_searched_where_there_is_none(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = new_layer(geometry=None)
    write(shared, layer, [{"id": "a"}])
    view = view_of(layer, geometry=True)
    point = {"type": "Point", "coordinates": [98.2, 7.3]}
    for op, more in (("s_intersects", [point]), ("isNull", [])):
        tree = {"op": op, "args": [{"property": "geometry"}, *more]}
        with pytest.raises(QueryError):
            shared.count(Query(layer=layer.id, filter=tree), view)
    assert keys(shared, layer) == ["a"]


def test_a_view_of_another_layer_is_never_used(
    shared: Store, seen: Layer, new_layer: Callable[..., Layer]
) -> None:
    stranger = owner_view(new_layer())
    for call in CALLS:
        with pytest.raises((ValueError, PhumiError)):
            CALLS[call](shared, Query(layer=seen.id), stranger)


def test_the_key_of_a_feature_is_its_id_even_where_the_key_field_is_hidden(
    shared: Store, seen: Layer
) -> None:
    view = view_of(seen, fields=frozenset({"count"}))
    page = parsed(shared.features(Query(layer=seen.id, limit=None), view))
    assert {tuple(f["properties"]) for f in page} == {("count",)}
    assert [f["id"] for f in page] == sorted(row["id"] for row in ROWS)
