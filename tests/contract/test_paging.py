"""Following `next` gives every feature once, in the order asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query, SortKey, decode_cursor, encode_cursor
from layers.store import Store, embedded, open_store, select
from tests.contract.specimens import frame, keys, parsed, things, write

N = 60
quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def rows(seed: int = 7) -> list[dict[str, Any]]:
    """Rows with many ties and many missing values in every field."""
    random = np.random.default_rng(seed)

    def some(values: list[Any]) -> Any:
        return values[random.integers(0, len(values))]

    texts = [None, "", "a", "B", "b", "ก", "ข", "ก่", "ก้า", "é", "Z", "🏝", "a'", "ab"]
    numbers = [None, -1.5, 0.0, 0.1, 0.30000000000000004, 1e300, -1e-300, 2.0]
    integers = [None, -(2**63), -1, 0, 1, 2**53 + 1, 2**53, 2**63 - 1]
    days = [
        None,
        dt.date(1850, 1, 1),
        dt.date(2024, 2, 29),
        dt.date(2024, 3, 1),
        dt.date(9999, 1, 1),
    ]
    new_year = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    moments = [None, new_year, new_year + dt.timedelta(milliseconds=1), new_year.replace(year=1850)]
    ids = random.permutation(N)
    return [
        {
            "id": f"{'กAa'[number % 3]}{number:03}",
            "name": some(texts),
            "size": some(numbers),
            "count": some(integers),
            "open": some([None, True, False]),
            "day": some(days),
            "moment": some(moments),
        }
        for number in ids.tolist()
    ]


FIELDS = ("id", "name", "size", "count", "open", "day", "moment")


def expected_order(stored: list[dict[str, Any]], sort: tuple[SortKey, ...]) -> list[str]:
    """The order by pandas: one stable sort per key, the last key first."""
    table = pd.DataFrame(stored, dtype=object)
    for key in reversed((*sort, SortKey("id"))):
        ranks = {v: i for i, v in enumerate(sorted(set(table[key.field].dropna())))}
        rank = table[key.field].map(ranks)  # floats, NaN where missing
        table = table.loc[
            rank.sort_values(kind="stable", ascending=not key.descending, na_position="last").index
        ]
    return list(table["id"])


@pytest.fixture(scope="module")
def filled(shared: Store, new_layer: Callable[..., Layer]) -> Layer:
    """A layer of rows that nobody changes."""
    layer = new_layer()
    write(shared, layer, rows())
    return layer


def walk(
    store: Store, layer: Layer, between: Callable[[int], None] = lambda page: None, **query: Any
) -> list[str]:
    """The keys of all pages, in order; the cursor travels as the text of a link."""
    found: list[str] = []
    after = None
    for number in range(10_000):
        page = store.features(Query(layer=layer.id, after=after, **query), owner_view(layer))
        features = parsed(page)
        assert len(features) <= query["limit"]
        found += [feature["id"] for feature in features]
        if page.next is None:
            return found
        assert len(features) == query["limit"]
        after = decode_cursor(encode_cursor(page.next))
        between(number)
    raise AssertionError("the pages do not end")


SORTS = st.lists(st.builds(SortKey, st.sampled_from(FIELDS), st.booleans()), max_size=3).map(tuple)


@quick
@given(sort=SORTS, limit=st.integers(1, N + 5))
def test_the_pages_hold_every_feature_once_in_order(
    shared: Store, filled: Layer, sort: tuple[SortKey, ...], limit: int
) -> None:
    assert walk(shared, filled, sort=sort, limit=limit) == expected_order(rows(), sort)


@quick
@given(sort=SORTS, limit=st.none() | st.integers(0, N + 5), offset=st.integers(0, N + 5))
def test_offset_and_limit_cut_a_piece_of_the_order(
    shared: Store, filled: Layer, sort: tuple[SortKey, ...], limit: int | None, offset: int
) -> None:
    query = Query(layer=filled.id, sort=sort, limit=limit, offset=offset)
    order = expected_order(rows(), sort)
    expected = order[offset:] if limit is None else order[offset : offset + limit]
    page = shared.features(query, owner_view(filled))
    assert [feature["id"] for feature in parsed(page)] == expected
    assert list(shared.read(query, owner_view(filled))["id"]) == expected
    more = bool(limit) and offset + (limit or 0) < N
    assert (page.next is not None) == more
    assert shared.count(query, owner_view(filled)) == N


@pytest.mark.parametrize("name", FIELDS)
def test_pages_work_together_with_filters(shared: Store, filled: Layer, name: str) -> None:
    tree = {"op": "not", "args": [{"op": "isNull", "args": [{"property": "size"}]}]}
    sort = (SortKey(name, descending=True),)
    wanted = [row for row in rows() if row["size"] is not None]
    found = walk(shared, filled, sort=sort, limit=7, filter=tree)
    assert found == expected_order(wanted, sort)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("name", FIELDS)
def test_features_that_stay_appear_once_though_others_come_and_go(
    shared: Store, layer: Layer, name: str, descending: bool
) -> None:
    stored = rows()
    write(shared, layer, stored)
    going = [row["id"] for row in stored[::4]]
    staying = [row for row in stored if row["id"] not in going]
    coming = [{**row, "id": f"{row['id']}+"} for row in rows(11)]

    def change(page: int) -> None:
        nonlocal stored
        gone, come = set(going[page * 3 : page * 3 + 3]), coming[page * 4 : page * 4 + 4]
        stored = [row for row in stored if row["id"] not in gone] + come
        shared.write(layer.id, frame(stored), mode="replace", author="x")

    sort = (SortKey(name, descending),)
    found = walk(shared, layer, between=change, sort=sort, limit=9)
    assert len(found) == len(set(found))
    stayed = {row["id"] for row in staying}
    assert [key for key in found if key in stayed] == expected_order(staying, sort)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take each layer for one of so many rows that DuckDB looks for the keys of a page first."""
    monkeypatch.setattr(embedded, "SORTED_MANY", 0)


@quick
@given(sort=SORTS, limit=st.integers(1, N + 5), offset=st.integers(0, N + 5))
def test_the_pages_of_a_large_layer_are_the_same(
    shared: Store,
    filled: Layer,
    many: None,
    sort: tuple[SortKey, ...],
    limit: int,
    offset: int,
) -> None:
    assert walk(shared, filled, sort=sort, limit=limit) == expected_order(rows(), sort)
    query = Query(layer=filled.id, sort=sort, limit=limit, offset=offset)
    found = [feature["id"] for feature in parsed(shared.features(query, owner_view(filled)))]
    assert found == expected_order(rows(), sort)[offset : offset + limit]


def test_a_page_read_in_two_steps_is_of_one_moment(
    tmp_path: Path, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another thread removes between the steps is still on the page, and gone from the next.

    Only DuckDB reads in two steps.
    """
    store, layer = open_store(f"duckdb:///{tmp_path}/work.duckdb"), things("things")
    store.ensure(layer)
    write(store, layer, [{"id": key} for key in "abc"])
    rest = frame([{"id": "a"}, {"id": "c"}])
    writer = Thread(target=lambda: store.write(layer.id, rest, mode="replace", author="x"))
    plain = select.with_keys

    def let_b_be_removed(*asked: Any) -> Any:
        writer.start()
        writer.join(1)  # its commit waits for those who read
        return plain(*asked)

    monkeypatch.setattr(embedded, "QUIET_SECONDS", 0.1)
    with monkeypatch.context() as patched:
        patched.setattr(select, "with_keys", let_b_be_removed)
        assert keys(store, layer, limit=10) == ["a", "b", "c"]
    writer.join()
    assert keys(store, layer, limit=10) == ["a", "c"]
    store.close()


def test_a_limit_of_zero_gives_nothing_and_no_next(shared: Store, filled: Layer) -> None:
    page = shared.features(Query(layer=filled.id, limit=0), owner_view(filled))
    assert (page.features, page.returned, page.next) == ("", 0, None)


def test_without_limit_all_come_at_once(shared: Store, filled: Layer) -> None:
    page = shared.features(Query(layer=filled.id, limit=None), owner_view(filled))
    assert page.returned == N
    assert page.next is None


def test_the_last_page_has_no_next_even_when_it_is_full(shared: Store, filled: Layer) -> None:
    page = shared.features(Query(layer=filled.id, limit=N), owner_view(filled))
    assert page.returned == N
    assert page.next is None


def test_text_is_ordered_by_code_point_on_both_engines(shared: Store, filled: Layer) -> None:
    found = keys(shared, filled, sort=(SortKey("id"),))
    assert found == sorted(row["id"] for row in rows())


@pytest.mark.parametrize(
    ("sort", "after"),
    [
        ((), ("a", "b")),
        ((), ()),
        ((), (1,)),
        ((), (None, "a")),
        ((), ("\x00",)),
        ((), ("\ud800",)),
        (("count",), ("a", "b")),
        (("count",), (2**63, "b")),
        (("count",), (1.5, "b")),
        (("size",), ("a", "b")),
        (("size",), (10**400, "b")),
        (("open",), ("a", "b")),
        (("day",), ("a", "b")),
        (("day",), ("2023-02-29", "b")),
        (("day",), (1, "b")),
        (("moment",), ("yesterday", "b")),
        (("moment",), ("2023-01-01T25:00:00Z", "b")),
        (("name",), (True, "b")),
        (("name",), (["a"], "b")),
        (("name", "count"), ("a", "b")),
    ],
)
def test_a_cursor_that_does_not_fit_is_refused(
    shared: Store, filled: Layer, sort: tuple[str, ...], after: tuple[Any, ...]
) -> None:
    query = Query(layer=filled.id, sort=tuple(map(SortKey, sort)), after=after)
    for call in (shared.features, shared.read):
        with pytest.raises(QueryError) as refused:
            call(query, owner_view(filled))
        assert refused.value.code == "cursor_invalid"


@given(
    values=st.lists(st.none() | st.text() | st.integers() | st.floats() | st.booleans(), max_size=3)
)
@quick
def test_any_cursor_gives_a_page_or_a_refusal(
    shared: Store, filled: Layer, values: list[Any]
) -> None:
    for sort in ((SortKey("size"),), (SortKey("moment"), SortKey("open")), (SortKey("count"),)):
        query = Query(layer=filled.id, sort=sort, after=tuple(values), limit=3)
        try:
            parsed(shared.features(query, owner_view(filled)))
        except QueryError as error:
            assert error.code == "cursor_invalid"


def test_a_negative_limit_or_offset_is_refused(shared: Store, filled: Layer) -> None:
    for asked in ({"limit": -1}, {"offset": -1}):
        for call in (shared.features, shared.read):
            with pytest.raises(QueryError):
                call(Query(layer=filled.id, **asked), owner_view(filled))


@pytest.mark.parametrize("name", ["tags", "detail"])
def test_lists_and_objects_have_no_order(shared: Store, filled: Layer, name: str) -> None:
    for call in (shared.features, shared.read):
        with pytest.raises(QueryError) as refused:
            call(Query(layer=filled.id, sort=(SortKey(name),)), owner_view(filled))
        assert refused.value.details["field"] == name
