"""Streams of a store: everything that matches, part by part, of one moment, let go when closed."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import shapely

from layers.errors import AccessDenied, QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query, SortKey, View
from layers.store import Store, open_store
from layers.store.frames import from_arrow
from tests.contract.specimens import everything, frame, grid_shapes, keys, parsed, things, write

MANY = 5_000  # more than two parts of any engine


@pytest.fixture(scope="module")
def filled(shared: Store) -> Layer:
    """A layer of many things, every kind of value and of nothing in them."""
    layer = things("streamed")
    shared.ensure(layer)
    shapes = grid_shapes(5, MANY)
    rows = [
        {
            "id": f"T{number:05d}",
            "name": None if number % 7 == 0 else f'ชื่อ "{number}"\n\\ \x1f, ก',
            "area_code": f"8{number % 10}0101",
            "count": None if number % 5 == 0 else number - 2500,
            "size": None if number % 11 == 0 else number / 3,
            "open": (None, True, False)[number % 3],
            "day": f"2026-{number % 12 + 1:02d}-03",
            "moment": f"2026-01-01T{number % 24:02d}:00:00Z",
            "tags": None if number % 4 == 0 else ["ก", number],
            "detail": None if number % 6 == 0 else {"ข": [number]},
            "ชื่อไทย": "ภูมิ",
            "geometry": shape,
        }
        for number, shape in enumerate(shapes)
    ]
    write(shared, layer, rows)
    return layer


def streamed(store: Store, query: Query, view: View) -> list[dict[str, Any]]:
    return [json.loads(text) for part in store.stream(query, view) for text in part]


QUERIES: dict[str, dict[str, Any]] = {
    "whole": {},
    "sorted": {"sort": (SortKey("size", descending=True),)},
    "filtered": {"filter": {"op": ">", "args": [{"property": "count"}, 1000]}},
    "boxed": {"bbox": (98.0, 6.0, 99.5, 7.5)},
    "limited": {"limit": 2500},
    "offset": {"limit": 10, "offset": 4990},
    "after": {"after": ("T04900",)},
    "few fields": {"fields": ("id", "size"), "geometry": False},
    "projected": {"crs": 32647, "limit": 300},
    "nothing": {"filter": {"op": "=", "args": [{"property": "id"}, "none"]}},
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_stream_holds_what_a_page_would(shared: Store, filled: Layer, name: str) -> None:
    query = Query(**{"layer": filled.id, "limit": None, **QUERIES[name]})
    view = owner_view(filled)
    expected = parsed(shared.features(query, view))
    found = streamed(shared, query, view)
    if query.sort or query.after or query.limit is not None:
        assert found == expected
    else:
        assert sorted(found, key=lambda f: f["id"]) == expected


@pytest.mark.parametrize("name", QUERIES)
def test_batches_hold_what_a_frame_would(shared: Store, filled: Layer, name: str) -> None:
    query = Query(**{"layer": filled.id, "limit": None, **QUERIES[name]})
    view = owner_view(filled)
    batches = list(shared.batches(query, view))
    assert len({batch.schema for batch in batches}) == 1
    found = from_arrow(pa.Table.from_batches(batches), filled, query.crs)
    expected = shared.read(query, view)
    if not query.sort and not query.after and query.limit is None:
        found = found.sort_values("id", ignore_index=True)
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected))


def test_a_large_answer_comes_in_several_parts(shared: Store, filled: Layer) -> None:
    parts = list(shared.stream(Query(layer=filled.id, limit=None), owner_view(filled)))
    assert len(parts) > 2
    assert sum(map(len, parts)) == MANY


def test_a_view_cuts_rows_fields_and_places(shared: Store, filled: Layer) -> None:
    view = View(layer=filled.id, fields=frozenset({"id", "name"}), geometry=False, prefixes=("83",))
    query = Query(layer=filled.id, limit=None)
    expected = {key for key, f in everything(shared, filled).items() if _within(f, "83")}
    found = streamed(shared, query, view)
    assert {feature["id"] for feature in found} == expected
    assert {frozenset(feature["properties"]) for feature in found} == {frozenset({"id", "name"})}
    assert {feature["geometry"] for feature in found} == {None}
    for batch in shared.batches(query, view):
        assert set(batch.schema.names) == {"id", "name"}
        assert set(batch.column("id").to_pylist()) <= expected


def _within(feature: dict[str, Any], prefix: str) -> bool:
    return str(feature["properties"]["area_code"]).startswith(prefix)


def test_who_sees_only_totals_gets_no_stream(shared: Store, filled: Layer) -> None:
    view = View(layer=filled.id, fields=frozenset(), geometry=False, aggregates_only=True)
    query = Query(layer=filled.id, limit=None)
    for stream in (shared.stream(query, view), shared.batches(query, view)):
        with pytest.raises(AccessDenied):
            next(stream)


def test_a_hidden_field_cannot_be_streamed_by(shared: Store, filled: Layer) -> None:
    view = View(layer=filled.id, fields=frozenset({"id"}))
    for query in (
        Query(layer=filled.id, limit=None, sort=(SortKey("name"),)),
        Query(layer=filled.id, limit=None, fields=("name",)),
        Query(layer=filled.id, filter={"op": "isNull", "args": [{"property": "name"}]}),
    ):
        with pytest.raises(QueryError):
            next(shared.stream(query, view))
        with pytest.raises(QueryError):
            next(shared.batches(query, view))


def test_a_stream_is_of_one_moment(shared: Store, new_layer: Callable[..., Layer]) -> None:
    layer = new_layer()
    write(shared, layer, [{"id": f"a{n:05d}"} for n in range(MANY)])
    stream = shared.stream(Query(layer=layer.id, limit=None), owner_view(layer))
    seen = len(next(stream))
    write(shared, layer, [{"id": "new"}], mode="replace")
    seen += sum(map(len, stream))
    assert seen == MANY
    assert keys(shared, layer) == ["new"]


@pytest.mark.parametrize("kind", ["stream", "batches"])
def test_a_closed_stream_lets_go_of_its_connection(
    request: pytest.FixtureRequest, shared: Store, filled: Layer, kind: str
) -> None:
    """A caller who hangs up costs nothing: the pool has one connection, ten callers hang up."""
    store = shared
    if shared.url.startswith("postgresql"):
        store = open_store(shared.url, pool_size=1)
        request.addfinalizer(store.close)
    query = Query(layer=filled.id, limit=None)
    for _ in range(10):
        stream = getattr(store, kind)(query, owner_view(filled))
        next(stream)
        stream.close()
    assert store.count(query, owner_view(filled)) == MANY
    if shared.url.startswith("postgresql"):
        sql = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'phumi' "
            "AND datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()"
        )
        assert list(store.raw(sql)) == [(0,)]


def test_streams_do_not_disturb_each_other(shared: Store, filled: Layer) -> None:
    view = owner_view(filled)
    query = Query(layer=filled.id, limit=None)
    streams = [shared.stream(query, view) for _ in range(3)]
    found: list[list[str]] = [[], [], []]
    for turn in itertools.cycle(range(3)):
        part = next(streams[turn], None)
        if part is None:
            break
        found[turn] += part
        assert shared.count(query, view) == MANY
    assert len(found[0]) == MANY
    assert all(other == found[0][: len(other)] and len(other) > MANY - 2_500 for other in found)
    for stream in streams:
        stream.close()


def test_an_empty_layer_has_a_schema_and_no_rows(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = new_layer()
    query = Query(layer=layer.id, limit=None)
    assert list(shared.stream(query, owner_view(layer))) == []
    (batch,) = shared.batches(query, owner_view(layer))
    assert batch.num_rows == 0
    assert batch.schema.names == [*(field.name for field in layer.fields), "geometry"]


def test_memory_does_not_grow_with_the_answer(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    """60 MB of features pass through less than a fifth of it."""
    layer = new_layer()
    for start in range(0, 30_000, 10_000):
        rows = frame(
            [
                {
                    "id": f"{number:06d}",
                    "name": f"{number:06d}" * 330,
                    "geometry": shapely.Point(100, 14),
                }
                for number in range(start, start + 10_000)
            ]
        )
        shared.write(layer.id, rows, mode="append", author="tester")
    query, view = Query(layer=layer.id, limit=None), owner_view(layer)
    tracemalloc.start()
    size = sum(len(text) for part in shared.stream(query, view) for text in part)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 60_000_000
    assert peak < size / 5
    before = pa.total_allocated_bytes()
    held = max(pa.total_allocated_bytes() - before for _ in shared.batches(query, view))
    assert held < size / 2
