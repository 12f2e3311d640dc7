"""The same rows and the same question give the same answer from DuckDB and from PostGIS."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import PhumiError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Interval, Query, SortKey, View
from layers.store import Store
from tests.contract.specimens import field, parsed, things, write
from tests.contract.test_filters import KINDS, ROWS, junk, side, trees

Stores = tuple[Store, Store]
AREAS = ("8301", "8302", "83", None)
LAYER = things(
    "agreed", fields=(*things("x").fields, field("until", "date")), datetime=("day", "until")
)


@pytest.fixture(scope="module")
def filled(both: Stores) -> Layer:
    extra = {"detail": {"ข": [True], "b": {"c": 1.5, "a": None}}}
    for store in both:
        store.ensure(LAYER)
        rows = [{**row, **extra, "area_code": AREAS[i % 4]} for i, row in enumerate(ROWS)]
        write(store, LAYER, rows)
        write(store, LAYER, [{"id": row["id"], "name": "later"} for row in ROWS[:10]])
    return LAYER


names = sorted([*KINDS, "id", "tags", "detail", "area_code"])
sorts = st.lists(st.builds(SortKey, st.sampled_from([*KINDS, "id"]), st.booleans()), max_size=2)
day = st.none() | st.sampled_from(["2024-01-01", "2024-01-03", "1850-12-31"])
box = st.tuples(side, side, side.map(abs), side.map(abs)).map(
    lambda b: (97 + b[0], 5 + b[1], 97 + b[0] + b[2], 5 + b[1] + b[3])
)
queries = st.builds(
    Query,
    layer=st.just(LAYER.id),
    bbox=st.none() | box,
    datetime=st.none() | st.builds(Interval, day, day),
    filter=st.none() | trees | junk,
    fields=st.none() | st.lists(st.sampled_from(names), max_size=4, unique=True).map(tuple),
    geometry=st.booleans(),
    sort=sorts.map(tuple),
    limit=st.none() | st.integers(0, 20),
    offset=st.integers(0, 5),
)
views = st.builds(
    View,
    layer=st.just(LAYER.id),
    fields=st.just(owner_view(LAYER).fields)
    | st.sets(st.sampled_from(names)).map(lambda chosen: frozenset({"id", *chosen})),
    geometry=st.sampled_from([True, True, True, False]),
    prefixes=st.sampled_from([None, None, ("83",), ("8302", "9"), ()]),
    aggregates_only=st.sampled_from([False] * 9 + [True]),
)


def outcome(call: Any, *args: Any) -> Any:
    """What came back, or the refusal with its words."""
    try:
        return call(*args)
    except PhumiError as error:
        return (type(error), error.code, error.text)


def page(store: Store, query: Query, view: View) -> Any:
    found = outcome(store.features, query, view)
    return found if isinstance(found, tuple) else (parsed(found), found.next)


def streamed(store: Store, query: Query, view: View) -> Any:
    found = outcome(lambda: [text for part in store.stream(query, view) for text in part])
    return found if isinstance(found, tuple) else list(map(json.loads, found))


def batched(store: Store, query: Query, view: View) -> Any:
    found = outcome(
        lambda: [row for part in store.batches(query, view) for row in part.to_pylist()]
    )
    for row in [] if isinstance(found, tuple) else found:
        for name in {"tags", "detail"} & set(row):  # JSON text, spaced as the engine likes
            row[name] = row[name] and json.loads(row[name])
    return found


def in_any_order(found: Any) -> Any:
    """A whole layer is streamed as it lies in the table."""
    return found if isinstance(found, tuple) else sorted(found, key=str)


def same_frames(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) or isinstance(other, tuple):
        return bool(one == other)
    pd.testing.assert_frame_equal(one, other, check_dtype=False)
    return True


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=queries, view=views)
def test_both_engines_give_the_same_answer(
    both: Stores, filled: Layer, query: Query, view: View
) -> None:
    duckdb, postgis = both
    assert page(duckdb, query, view) == page(postgis, query, view)
    assert outcome(duckdb.count, query, view) == outcome(postgis.count, query, view)
    assert outcome(duckdb.extent, query.layer, view) == outcome(postgis.extent, query.layer, view)
    assert same_frames(outcome(duckdb.read, query, view), outcome(postgis.read, query, view))
    assert in_any_order(streamed(duckdb, query, view)) == in_any_order(
        streamed(postgis, query, view)
    )
    assert in_any_order(batched(duckdb, query, view)) == in_any_order(batched(postgis, query, view))


def test_both_engines_remember_the_same_history(both: Stores, filled: Layer) -> None:
    told = []
    for store in both:
        versions = store.history(filled.id, ROWS[1]["id"], owner_view(filled))
        told.append(
            [(v.version, v.ended_version, v.operation, v.properties, v.wkb) for v in versions]
        )
    assert told[0] == told[1]
    assert told[0]


def test_a_page_of_one_engine_goes_on_in_the_other(both: Stores, filled: Layer) -> None:
    """Links survive a move of the workspace from DuckDB to PostGIS."""
    view = owner_view(filled)
    for name in [*KINDS, "id"]:
        sort = (SortKey(name, descending=True),)
        whole = Query(layer=filled.id, sort=sort, limit=None)
        expected = [f["id"] for f in parsed(both[0].features(whole, view))]
        found, after, turn = [], None, 0
        while True:
            asked = Query(layer=filled.id, sort=sort, limit=11, after=after)
            answer = both[turn % 2].features(asked, view)
            found += [f["id"] for f in parsed(answer)]
            after, turn = answer.next, turn + 1
            if after is None:
                break
        assert found == expected
