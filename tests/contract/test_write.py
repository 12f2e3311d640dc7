"""What append, upsert and replace do to rows, versions, journal; all or nothing."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import Conflict, PhumiError, QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store, WriteResult, base
from tests.contract.specimens import FIELDS, everything, frame, keys, write

POINT = shapely.Point(98.3, 7.9)
Snapshot = tuple[Any, ...]


def snapshot(store: Store, layer: Layer) -> Snapshot:
    """All that a write may touch."""
    journal = "SELECT layer, version, author, inserted, updated, deleted FROM phumi.changes"
    past = "SELECT layer, feature, row_version, ended_version, operation FROM phumi.history"
    return (
        everything(store, layer),
        store.state(layer.id),
        sorted(store.raw(journal)),
        sorted(store.raw(past)),
    )


def properties(store: Store, layer: Layer, key: str) -> dict[str, Any]:
    found: dict[str, Any] = everything(store, layer)[key]["properties"]
    return found


# Modes


def test_append_adds_rows_and_counts_them(shared: Store, layer: Layer) -> None:
    assert write(shared, layer, [{"id": "a"}, {"id": "b"}], "append") == WriteResult(2, 0, 0, 1)
    assert write(shared, layer, [{"id": "c"}], "append") == WriteResult(1, 0, 0, 2)
    assert set(everything(shared, layer)) == {"a", "b", "c"}


def test_append_of_taken_keys_is_a_conflict_that_names_them(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "name": "ก"}], "append")
    before = snapshot(shared, layer)
    with pytest.raises(Conflict) as refused:
        write(shared, layer, [{"id": "b"}, {"id": "a"}], "append")
    assert refused.value.code == "key_taken"
    assert refused.value.details["keys"] == ["a"]
    assert "a" in refused.value.text.en
    assert snapshot(shared, layer) == before


def test_upsert_leaves_the_fields_it_does_not_bring(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "name": "ก", "count": 1, "geometry": POINT}])
    done = write(shared, layer, [{"id": "a", "count": 2}, {"id": "b", "count": 3}])
    assert done == WriteResult(1, 1, 0, 2)
    found = everything(shared, layer)
    assert found["a"]["properties"]["name"] == "ก"
    assert found["a"]["properties"]["count"] == 2
    assert found["a"]["geometry"] == {"type": "Point", "coordinates": [98.3, 7.9]}
    assert found["b"]["properties"]["name"] is None
    assert found["b"]["geometry"] is None


def test_upsert_with_an_empty_value_empties_it(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "name": "ก", "geometry": POINT}])
    assert write(shared, layer, [{"id": "a", "name": None, "geometry": None}]).updated == 1
    found = everything(shared, layer)["a"]
    assert (found["properties"]["name"], found["geometry"]) == (None, None)


def test_replace_empties_other_fields_and_deletes_other_rows(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": k, "name": "ก", "count": 1, "geometry": POINT} for k in "abc"])
    done = write(shared, layer, [{"id": "a", "count": 1}, {"id": "d", "count": 4}], "replace")
    assert done == WriteResult(1, 1, 2, 2)
    found = everything(shared, layer)
    assert set(found) == {"a", "d"}
    assert found["a"]["properties"]["name"] is None
    assert found["a"]["properties"]["count"] == 1
    assert found["a"]["geometry"] is None


def test_replace_with_nothing_deletes_everything(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": k, "geometry": POINT} for k in "abc"])
    empty = gpd.GeoDataFrame({"id": []}, geometry=[], crs=4326)
    assert shared.write(layer.id, empty, mode="replace", author="x") == WriteResult(0, 0, 3, 2)
    assert everything(shared, layer) == {}


@pytest.mark.parametrize("mode", ["upsert", "replace"])
def test_the_same_rows_twice_change_nothing(shared: Store, layer: Layer, mode: str) -> None:
    rows = [
        {"id": "a", "name": "ก", "size": 0.1, "tags": [1, {"b": 1, "a": 2}], "geometry": POINT},
        {"id": "b", "moment": "2024-02-29T12:00:00.123456+07:00", "detail": {"z": 1, "a": None}},
        {"id": "c", "geometry": shapely.box(98.1234567891, 7, 99, 8)},
    ]
    write(shared, layer, rows, mode)
    before = snapshot(shared, layer)
    assert write(shared, layer, rows, mode) == WriteResult(0, 0, 0, 1)
    assert snapshot(shared, layer) == before


def test_what_was_read_can_be_written_back_and_changes_nothing(shared: Store, layer: Layer) -> None:
    write(shared, layer, [VALUES, {"id": "empty"}])
    rows = shared.read(Query(layer=layer.id, limit=None), owner_view(layer))
    again = shared.write(layer.id, rows, mode="replace", author="x")
    assert again == WriteResult(0, 0, 0, 1)


# Refusals


def test_the_same_key_twice_in_one_batch_is_a_conflict(shared: Store, layer: Layer) -> None:
    before = snapshot(shared, layer)
    for mode in ("append", "upsert", "replace"):
        with pytest.raises(Conflict) as refused:
            write(shared, layer, [{"id": "a"}, {"id": "b"}, {"id": "a"}], mode)
        assert refused.value.code == "key_repeated"
        assert "a" in refused.value.text.th
    assert snapshot(shared, layer) == before


WRONG: dict[str, Mapping[str, Any]] = {
    "unknown column": {"id": "a", "nonsense": 1},
    "private column": {"id": "a", "_version": 1},
    "engine column": {"id": "a", "geom": None},
    "no key": {"name": "a"},
    "null key": {"id": None, "name": "a"},
    "empty key": {"id": ""},
    "number as key": {"id": 1},
    "number as text": {"id": "a", "name": 1},
    "bytes as text": {"id": "a", "name": b"a"},
    "NUL in text": {"id": "a", "name": "a\x00b"},
    "half a surrogate": {"id": "a", "name": "\ud800"},
    "fraction as integer": {"id": "a", "count": 1.5},
    "truth as integer": {"id": "a", "count": True},
    "text as integer": {"id": "a", "count": "1"},
    "integer of 65 bits": {"id": "a", "count": 2**64},
    "text as number": {"id": "a", "size": "1"},
    "infinity": {"id": "a", "size": math.inf},
    "minus infinity": {"id": "a", "size": -math.inf},
    "number as truth": {"id": "a", "open": 1},
    "text as truth": {"id": "a", "open": "true"},
    "number as date": {"id": "a", "day": 20240101},
    "date written as people do": {"id": "a", "day": "01/02/2024"},
    "no such day": {"id": "a", "day": "2023-02-29"},
    "number as moment": {"id": "a", "moment": 1.0},
    "no such moment": {"id": "a", "moment": "2023-02-28T25:00:00Z"},
    "object as list": {"id": "a", "tags": {"a": 1}},
    "list as object": {"id": "a", "detail": [1]},
    "text that is no JSON": {"id": "a", "tags": "{not json"},
    "NaN in a list": {"id": "a", "tags": [math.nan]},
    "NUL in a list": {"id": "a", "tags": ["\x00"]},
    "NUL in a list as JSON": {"id": "a", "tags": r'["\u0000"]'},
    "half a surrogate in an object": {"id": "a", "detail": {"a": "\ud800"}},
    "a set": {"id": "a", "tags": {1, 2}},
    "too far north": {"id": "a", "geometry": shapely.Point(0, 90.1)},
    "metres": {"id": "a", "geometry": shapely.Point(430000, 870000)},
    "place that is no number": {"id": "a", "geometry": shapely.Point(math.inf, 1)},
}


@pytest.mark.parametrize("mode", ["append", "upsert", "replace"])
def test_a_wrong_row_is_refused_and_nothing_is_written(
    shared: Store, layer: Layer, mode: str
) -> None:
    write(shared, layer, [{"id": "old", "name": "ก"}])
    before = snapshot(shared, layer)
    for reason, row in WRONG.items():
        with pytest.raises(QueryError) as refused:
            write(shared, layer, [{**dict.fromkeys(row), "id": "fine"}, row], mode)
        assert refused.value.code == "rows_invalid", reason
        assert layer.id in refused.value.text.th, reason
        assert snapshot(shared, layer) == before, reason


def test_geometry_in_another_crs_is_refused_and_lonlat_by_any_name_is_taken(
    shared: Store, layer: Layer
) -> None:
    for crs in (32647, 3857, 24047, 4240):
        with pytest.raises(QueryError):
            shared.write(layer.id, frame([{"id": "a", "geometry": POINT}], crs), author="x")
    for key, crs in (("b", 4326), ("c", "OGC:CRS84"), ("d", None), ("e", 4979)):
        rows = frame([{"id": key, "geometry": POINT}], crs)
        assert shared.write(layer.id, rows, author="x").inserted == 1


def test_a_shape_of_another_dimension_is_refused(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    line, area = shapely.LineString([(98, 7), (99, 8)]), shapely.box(98, 7, 99, 8)
    taken = {
        "Point": [POINT],
        "MultiPoint": [POINT, shapely.MultiPoint([POINT])],
        "LineString": [line, shapely.MultiLineString([line])],
        "Polygon": [area, shapely.MultiPolygon([area])],
        "MultiPolygon": [area, shapely.MultiPolygon([area])],
        "Geometry": [POINT, line, area, shapely.GeometryCollection([POINT, line])],
    }
    every = [POINT, line, area, shapely.MultiPoint([POINT])]
    for kind, fine in taken.items():
        layer = new_layer(geometry=kind)
        write(shared, layer, [{"id": str(i), "geometry": g} for i, g in enumerate(fine)])
        for shape in every if kind != "Geometry" else []:
            if shape.geom_type not in {g.geom_type for g in fine}:
                with pytest.raises(QueryError):
                    write(shared, layer, [{"id": "x", "geometry": shape}])
        assert len(everything(shared, layer)) == len(fine)


# Versions and journal


def test_each_write_adds_one_version_and_one_line_to_the_journal(
    shared: Store, layer: Layer
) -> None:
    start = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=60)
    shared.write(layer.id, frame([{"id": "a"}]), mode="append", author="สมาชิก ก", source="ไฟล์.csv")
    shared.write(layer.id, frame([{"id": "a", "name": "x"}, {"id": "b"}]), author="b", source="")
    shared.write(layer.id, frame([{"id": "b"}]), mode="replace", author="c", source="s")
    shared.write(layer.id, frame([{"id": "b"}]), mode="replace", author="nobody", source="s")
    journal = list(
        shared.raw(
            "SELECT version, author, source, mode, inserted, updated, deleted "
            "FROM phumi.changes WHERE layer = ? ORDER BY version",
            (layer.id,),
        )
    )
    assert journal == [
        (1, "สมาชิก ก", "ไฟล์.csv", "append", 1, 0, 0),
        (2, "b", "", "upsert", 1, 1, 0),
        (3, "c", "s", "replace", 0, 0, 1),
    ]
    state = shared.state(layer.id)
    assert state.version == 3
    assert start < state.changed_at < dt.datetime.now(dt.UTC) + dt.timedelta(seconds=60)


def test_a_write_that_changes_nothing_leaves_version_and_time(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "name": "x"}])
    before = shared.state(layer.id)
    write(shared, layer, [{"id": "a", "name": "x"}])
    assert shared.state(layer.id) == before


def test_a_row_carries_the_version_that_wrote_it(shared: Store, layer: Layer) -> None:
    query, view = Query(layer=layer.id), owner_view(layer)
    write(shared, layer, [{"id": "a", "name": "x"}, {"id": "b", "name": "y"}])
    write(shared, layer, [{"id": "a", "name": "x"}, {"id": "b", "name": "z"}])
    assert shared.feature("a", query, view).version == 1
    assert shared.feature("b", query, view).version == 2


def test_writes_to_one_layer_leave_the_others(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    one, other = new_layer(), new_layer()
    write(shared, other, [{"id": "a", "name": "x"}])
    before = everything(shared, other), shared.state(other.id)
    write(shared, one, [{"id": "a", "name": "y"}])
    write(shared, one, [{"id": "b"}], "replace")
    assert (everything(shared, other), shared.state(other.id)) == before


# All or nothing


class Fault(Exception):
    """Stands for a full disk or a pulled plug."""


def faulty(original: Callable[..., Any], left: list[int], after: bool) -> Callable[..., Any]:
    """The same, but the call that brings the countdown to zero fails."""

    def call(self: base.Session, *args: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            if after:
                original(self, *args)
            raise Fault
        return original(self, *args)

    return call


@pytest.mark.parametrize("mode", ["append", "upsert", "replace"])
def test_an_error_at_any_statement_leaves_the_store_as_it_was(
    shared: Store, new_layer: Callable[..., Layer], monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    layer = new_layer()
    write(shared, layer, [{"id": k, "name": "old", "geometry": POINT} for k in "abc"])
    before = snapshot(shared, layer)
    with shared._reading() as session:  # type: ignore[attr-defined]
        kind = type(session)
    touched = "xyz" if mode == "append" else "bcd"
    changed = [{"id": k, "name": "new", "geometry": POINT} for k in touched]

    statement = 0
    for statement in range(1, 100):
        left = [statement]
        with monkeypatch.context() as patched:
            for name in ("run", "query", "stage"):
                patched.setattr(
                    kind, name, faulty(getattr(kind, name), left, after=statement % 2 == 0)
                )
            with suppress(Fault):
                write(shared, layer, changed, mode)
                break
        assert snapshot(shared, layer) == before, f"after statement {statement}"
    assert statement > 5
    done = everything(shared, layer)
    new = {key for key, feature in done.items() if feature["properties"]["name"] == "new"}
    assert new == set(touched)
    assert (
        set(done) == {"append": set("abcxyz"), "upsert": set("abcd"), "replace": set("bcd")}[mode]
    )


# Values

VALUES: dict[str, Any] = {
    "id": "ก-1/2?x=y&z#'\";--",
    "name": "บ้าน\"ใหม่\"\nหมู่ 3, ต.ป่าตอง 🏝️\t\\. \\n %s ? $1 ''",
    "area_code": "83010101",
    "count": 2**62 + 1,
    "size": 0.1 + 0.2,
    "open": False,
    "day": dt.date(1850, 12, 31),
    "moment": dt.datetime(1999, 12, 31, 23, 59, 59, 123000, dt.timezone(dt.timedelta(hours=7))),
    "tags": ["ก", 1, 2.5, None, True, ["x"], {"a": "b"}],
    "detail": {"ชื่อ": "ค่า", "b": [1, {"c": None}], 'q"': "\n"},
    "ชื่อไทย": "",
    "geometry": POINT,
}


def test_every_type_of_value_comes_back_as_it_was(shared: Store, layer: Layer) -> None:
    write(shared, layer, [VALUES])
    expected = {k: v for k, v in VALUES.items() if k != "geometry"}
    assert properties(shared, layer, VALUES["id"]) == {
        **expected,
        "day": "1850-12-31",
        "moment": "1999-12-31T16:59:59.123Z",
    }
    query, view = Query(layer=layer.id), owner_view(layer)
    row = shared.read(query, view).iloc[0]
    assert row.drop("moment").to_dict() == {k: v for k, v in VALUES.items() if k != "moment"}
    assert row["moment"] == pd.Timestamp(VALUES["moment"])
    assert json.loads(shared.feature(VALUES["id"], query, view).text)["id"] == VALUES["id"]


def test_read_gives_the_same_types_on_both_engines_also_for_empty_columns(
    shared: Store, layer: Layer
) -> None:
    expected = {
        "count": "Int64",
        "size": "float64",
        "open": "boolean",
        "name": "str",
        "moment": "datetime64[us, UTC]",
        "geometry": "geometry",
    }
    view = owner_view(layer)
    for rows in ([], [{"id": "a"}], [VALUES]):
        write(shared, layer, rows or [{"id": "x"}], "replace")
        found = shared.read(Query(layer=layer.id, limit=None if rows else 0), view)
        assert len(found) == len(rows)
        shown = {name: str(found.dtypes[name]).replace("Etc/", "") for name in expected}
        assert shown == expected
        assert found.crs == "EPSG:4326"


def test_an_empty_text_is_not_a_missing_one(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "name": ""}, {"id": "b", "name": None}])
    assert properties(shared, layer, "a")["name"] == ""
    assert properties(shared, layer, "b")["name"] is None
    found = shared.read(Query(layer=layer.id), owner_view(layer)).set_index("id")["name"]
    assert found["a"] == ""
    assert pd.isna(found["b"])


def test_one_column_with_missing_values_is_read_whole(shared: Store, layer: Layer) -> None:
    write(
        shared,
        layer,
        [{"id": k, "count": n} for k, n in zip("abcd", [None, 1, None, None], strict=True)],
    )
    query = Query(layer=layer.id, fields=("count",), geometry=False)
    assert shared.read(query, owner_view(layer))["count"].tolist() == [pd.NA, 1, pd.NA, pd.NA]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT], ids=["None", "nan", "NA", "NaT"])
def test_all_ways_to_say_missing_are_missing(shared: Store, layer: Layer, missing: Any) -> None:
    names = [f.name for f in FIELDS if f.name != "id"]
    write(shared, layer, [{**VALUES, "id": "a"}])
    if missing is pd.NaT:
        names = ["day", "moment"]
    write(shared, layer, [{"id": "a", **dict.fromkeys(names, missing)}])
    found = properties(shared, layer, "a")
    assert [name for name in names if found[name] is not None] == []


TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20
) | (st.text("ก่ำ'\"\\\n\r,.%_?$;🏝 ", max_size=12))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-1e15, 1e15)  # where every double is a short decimal
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
ROW = st.fixed_dictionaries(
    {
        "name": st.none() | TEXT,
        "count": st.none() | st.integers(-(2**63), 2**63 - 1),
        "size": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "open": st.none() | st.booleans(),
        "day": st.none() | st.dates(),
        "moment": st.none()
        | st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.timezones()),
        "tags": st.none() | st.lists(JSON, max_size=3),
        "detail": st.none() | st.dictionaries(TEXT, JSON, max_size=3),
    }
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROW, min_size=1, max_size=5))
def test_any_value_comes_back_as_it_was(
    shared: Store, layer: Layer, rows: Sequence[Mapping[str, Any]]
) -> None:
    keyed = [{"id": str(number), **row} for number, row in enumerate(rows)]
    write(shared, layer, keyed, "replace")
    found = everything(shared, layer)
    for row in keyed:
        got = found[row["id"]]["properties"]
        for name in ("name", "count", "size", "open", "tags", "detail"):
            assert got[name] == row[name], name
        assert got["day"] == (row["day"].isoformat() if row["day"] else None)
        if row["moment"] is None:
            assert got["moment"] is None
        else:
            moment = row["moment"].astimezone(dt.UTC)
            moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
            assert dt.datetime.fromisoformat(got["moment"]) == moment
    assert write(shared, layer, keyed, "replace").version == shared.state(layer.id).version


def test_columns_of_other_dtypes_are_taken(shared: Store, layer: Layer) -> None:
    rows = pd.DataFrame(
        {
            "id": pd.Categorical(["a", "b"]),
            "name": pd.array(["x", None], dtype="string"),
            "count": pd.array([1, None], dtype="Int32"),
            "size": pd.array([1.5, None], dtype="Float64"),
            "open": pd.array([True, None], dtype="boolean"),
            "day": pd.to_datetime(["2024-02-29", None]),
            "moment": pd.to_datetime(["2024-02-29T01:02:03", None]),
        }
    )
    rows["count2"] = rows.pop("count").astype("float64")
    rows = rows.rename(columns={"count2": "count"})
    shared.write(layer.id, rows, author="x")
    found = properties(shared, layer, "a")
    assert (found["name"], found["count"], found["size"], found["open"]) == ("x", 1, 1.5, True)
    assert (found["day"], found["moment"]) == ("2024-02-29", "2024-02-29T01:02:03.000Z")
    assert {v for k, v in properties(shared, layer, "b").items() if k != "id"} == {None}


# Geometry


def test_every_kind_of_geometry_comes_back(shared: Store, layer: Layer) -> None:
    ring = shapely.Polygon(
        [(98, 7), (100, 7), (100, 9), (98, 9)], [[(98.5, 7.5), (98.5, 8), (99, 8), (99, 7.5)]]
    )
    shapes = [
        POINT,
        shapely.MultiPoint([(98, 7), (99, 8)]),
        shapely.LineString([(98, 7), (99, 8), (98, 8)]),
        shapely.MultiLineString([[(98, 7), (99, 8)], [(1, 2), (3, 4)]]),
        ring,
        shapely.MultiPolygon([ring, shapely.box(101, 7, 102, 8)]),
        shapely.GeometryCollection([POINT, shapely.LineString([(98, 7), (99, 8)])]),
        None,
    ]
    write(shared, layer, [{"id": str(i), "geometry": g} for i, g in enumerate(shapes)])
    as_json = everything(shared, layer)
    read = shared.read(Query(layer=layer.id), owner_view(layer)).set_index("id")["geometry"]
    for number, shape in enumerate(shapes):
        got = as_json[str(number)]["geometry"]
        if shape is None:
            assert got is None
            assert read[str(number)] is None
        else:
            assert shapely.from_geojson(json.dumps(got)).normalize() == shape.normalize()
            assert got["type"] == shape.geom_type
            assert read[str(number)].normalize() == shape.normalize()


def test_outer_rings_run_counterclockwise_and_holes_clockwise(shared: Store, layer: Layer) -> None:
    outer, hole = (
        [(98, 7), (98, 9), (100, 9), (100, 7)],
        [(98.5, 8), (99, 8), (99, 7.5), (98.5, 7.5)],
    )
    clockwise = [shapely.Polygon(outer, [hole[::-1]]), shapely.Polygon(outer[::-1], [hole])]
    write(shared, layer, [{"id": str(i), "geometry": g} for i, g in enumerate(clockwise)])
    for feature in everything(shared, layer).values():
        first, second = (shapely.LinearRing(ring) for ring in feature["geometry"]["coordinates"])
        assert first.is_ccw
        assert not second.is_ccw


def test_heights_are_dropped_and_empty_shapes_are_none(shared: Store, layer: Layer) -> None:
    rows = [
        {"id": "z", "geometry": shapely.Point(98.3, 7.9, 12)},
        {"id": "line", "geometry": shapely.LineString([(98, 7, 1), (99, 8, 2)])},
        {"id": "empty point", "geometry": shapely.Point()},
        {"id": "empty area", "geometry": shapely.MultiPolygon()},
    ]
    write(shared, layer, rows)
    found = {key: feature["geometry"] for key, feature in everything(shared, layer).items()}
    assert found["z"]["coordinates"] == [98.3, 7.9]
    assert found["line"]["coordinates"] == [[98, 7], [99, 8]]
    assert found["empty point"] is None
    assert found["empty area"] is None


def test_coordinates_are_kept_to_a_millimetre(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "geometry": shapely.Point(98.123456789012, 7.987654321098)}])
    coordinates = everything(shared, layer)["a"]["geometry"]["coordinates"]
    assert coordinates == [98.12345679, 7.98765432]


def test_a_border_of_a_hundred_thousand_vertices_is_kept(shared: Store, layer: Layer) -> None:
    turn = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    border = shapely.Polygon(np.column_stack([98.3 + np.cos(turn), 7.9 + np.sin(turn)]).round(8))
    write(shared, layer, [{"id": "a", "geometry": border}, {"id": "b", "geometry": POINT}])
    found = shared.read(Query(layer=layer.id), owner_view(layer)).set_index("id")["geometry"]
    assert found["a"].normalize() == border.normalize()
    assert found["b"] == POINT


def test_a_layer_without_geometry_has_none_anywhere(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = new_layer(geometry=None)
    view = owner_view(layer)
    assert write(shared, layer, [{"id": "a", "name": "x"}, {"id": "b"}]) == WriteResult(2, 0, 0, 1)
    assert write(shared, layer, [{"id": "a", "name": "y"}], "replace") == WriteResult(0, 1, 1, 2)
    assert everything(shared, layer)["a"]["geometry"] is None
    found = shared.read(Query(layer=layer.id), view)
    assert not isinstance(found, gpd.GeoDataFrame)
    assert "geometry" not in found
    assert shared.extent(layer.id, view) is None
    assert [v.wkb for v in shared.history(layer.id, "a", view)] == [None]


def test_the_second_geometry_follows_the_first(shared: Store, layer: Layer) -> None:
    """Tiles are cut from geom_3857, whatever wrote the row."""
    import pyproj

    transform = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform
    write(shared, layer, [{"id": k, "geometry": shapely.Point(98, 7)} for k in "abc"])
    write(shared, layer, [{"id": "a", "geometry": shapely.Point(99, 8)}])
    write(shared, layer, [{"id": "b", "geometry": None}])
    sql = f"SELECT id, ST_X(geom_3857), ST_Y(geom_3857) FROM layers.{layer.id} ORDER BY id"
    found = {key: (x, y) for key, x, y in shared.raw(sql)}
    assert found["a"] == pytest.approx(transform(99, 8), abs=1e-6)
    assert found["b"] == (None, None)
    assert found["c"] == pytest.approx(transform(98, 7), abs=1e-6)
    write(shared, layer, [{"id": "a", "name": "x"}])
    assert {key: (x, y) for key, x, y in shared.raw(sql)} == found
    assert keys(shared, layer, bbox=(98.5, 7.5, 99.5, 8.5)) == ["a"]


def test_errors_speak_both_languages(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a"}])
    for rows, mode in (([{"id": "a"}], "append"), ([{"id": "b"}] * 2, "upsert")):
        with pytest.raises(PhumiError) as refused:
            write(shared, layer, rows, mode)
        assert refused.value.text.th != refused.value.text.en
        assert "สิ่งของ" in refused.value.text.th
