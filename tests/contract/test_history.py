"""Whatever is written in whatever order: the store holds what a plain dict would hold, and its

history gives back every earlier state exactly.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from layers.errors import Conflict
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store
from tests.contract.specimens import FIELDS, everything, field, frame, write

KEYS = [f"k{n}" for n in range(8)]
NAMES = ("name", "count", "size", "open", "day", "moment", "tags", "detail", "ชื่อไทย")
SHAPES = [
    None,
    shapely.Point(98.12345678, 7.9),
    shapely.LineString([(98, 7), (99, 8)]),
    shapely.Polygon([(98, 7), (100, 7), (100, 9)]),
    shapely.MultiPolygon(
        [
            shapely.Polygon(
                [(98, 7), (100, 7), (100, 9), (98, 9)],
                [[(98.5, 7.5), (98.5, 8), (99, 8), (99, 7.5)]],
            ),
            shapely.box(101, 7, 102, 8),
        ]
    ),
]
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from([None, "", "ก", "'; --", 'a"b\nc']),
    "count": st.sampled_from([None, 0, -1, 2**60]),
    "size": st.sampled_from([None, 0.0, 0.1, 1e-9]),
    "open": st.sampled_from([None, True, False]),
    "day": st.sampled_from([None, "1850-01-01", "2024-02-29"]),
    "moment": st.sampled_from([None, "1999-12-31T23:59:59.001Z"]),
    "tags": st.sampled_from([None, [], ["ก", 1, None]]),
    "detail": st.sampled_from([None, {}, {"a": {"b": [1]}}]),
    "ชื่อไทย": st.sampled_from([None, "ทดสอบ"]),
    "geometry": st.sampled_from(SHAPES),
}
State = dict[str, dict[str, Any]]  # what a layer holds: key -> field (and geometry) -> value


def stored(store: Store, layer: Layer) -> State:
    """The layer as a state, as its GeoJSON tells it."""
    found = {}
    for key, feature in everything(store, layer).items():
        row = {name: feature["properties"][name] for name in NAMES}
        row["geometry"] = feature["geometry"]
        found[key] = row
    return found


def as_json(shape: shapely.Geometry | None) -> Any:
    return None if shape is None else json.loads(shapely.to_geojson(shape))


class Writes(RuleBasedStateMachine):
    """Random writes to one layer, and to a dict beside it."""

    store: Store
    new_layer: Callable[..., Layer]

    def __init__(self) -> None:
        super().__init__()
        self.layer = self.new_layer()
        self.states: list[State] = [{}]  # by version

    @property
    def now(self) -> State:
        return self.states[-1]

    @rule(
        mode=st.sampled_from(["append", "upsert", "upsert", "replace"]),
        names=st.sets(st.sampled_from([*NAMES, "geometry"])),
        chosen=st.sets(st.sampled_from(KEYS), max_size=6),
        data=st.data(),
    )
    def write(self, mode: str, names: set[str], chosen: set[str], data: st.DataObject) -> None:
        columns = sorted(names)
        rows = [
            {"id": key, **{name: data.draw(CELLS[name], name) for name in columns}}
            for key in sorted(chosen)
        ]
        table = frame(rows) if rows else frame([{"id": "x", **dict.fromkeys(columns)}]).iloc[:0]
        taken = chosen & set(self.now)
        if mode == "append" and taken:
            with pytest.raises(Conflict):
                self.store.write(self.layer.id, table, mode="append", author="x")
            return
        expected = {} if mode == "replace" else {k: dict(row) for k, row in self.now.items()}
        for row in rows:
            known = dict.fromkeys((*NAMES, "geometry")) if mode == "replace" else None
            target = expected.setdefault(row["id"], known or dict.fromkeys((*NAMES, "geometry")))
            for name in columns:
                target[name] = as_json(row[name]) if name == "geometry" else row[name]
        before, keys = self.now, set(expected)
        result = self.store.write(self.layer.id, table, mode=mode, author="x")  # type: ignore[arg-type]
        assert result.inserted == len(keys - set(before))
        assert result.deleted == len(set(before) - keys)
        assert result.updated == sum(before[k] != expected[k] for k in keys & set(before))
        if expected != before:
            self.states.append(expected)
        assert result.version == len(self.states) - 1

    @invariant()
    def the_store_holds_what_the_dict_holds(self) -> None:
        assert stored(self.store, self.layer) == self.now
        assert self.store.state(self.layer.id).version == len(self.states) - 1

    def teardown(self) -> None:
        view, query = owner_view(self.layer), Query(layer=self.layer.id)
        replayed: list[State] = [{} for _ in self.states]
        for key in KEYS:
            spans = []
            for version in self.store.history(self.layer.id, key, view):
                shape = None if version.wkb is None else shapely.from_wkb(version.wkb)
                row = {name: version.properties[name] for name in NAMES}
                row["geometry"] = as_json(shape)
                spans.append((version.version, version.ended_version, row))
            if key in self.now:
                since = self.store.feature(key, query, view).version
                spans.append((since, len(self.states), self.now[key]))
            for start, end, row in spans:
                for number in range(start, end):
                    assert key not in replayed[number], "two states at one time"
                    replayed[number][key] = row
        assert replayed == self.states


def test_any_sequence_of_writes_equals_a_dict_and_can_be_replayed(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    class Machine(Writes):
        store = shared

    Machine.new_layer = staticmethod(new_layer)  # type: ignore[assignment]
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_history_tells_who_wrote_what_and_when_it_ended(shared: Store, layer: Layer) -> None:
    shape = SHAPES[4]
    shared.write(layer.id, frame([{"id": "a", "name": "ก", "geometry": shape}]), author="first")
    shared.write(layer.id, frame([{"id": "b"}]), author="between")
    shared.write(layer.id, frame([{"id": "a", "name": "ข", "geometry": None}]), author="second")
    shared.write(layer.id, frame([{"id": "b"}]), mode="replace", author="third")
    newest, oldest = shared.history(layer.id, "a", owner_view(layer))
    assert (newest.version, newest.ended_version, newest.operation) == (3, 4, "delete")
    assert (newest.written_by, newest.properties["name"], newest.wkb) == ("second", "ข", None)
    assert (oldest.version, oldest.ended_version, oldest.operation) == (1, 3, "update")
    assert (oldest.written_by, oldest.properties["name"]) == ("first", "ก")
    assert oldest.wkb is not None
    assert shapely.from_wkb(oldest.wkb).normalize() == shape.normalize()
    assert oldest.written_at <= newest.written_at <= shared.state(layer.id).changed_at
    assert shared.history(layer.id, "b", owner_view(layer)) == []
    assert shared.history(layer.id, "never", owner_view(layer)) == []
    assert shared.history(layer.id, "\x00", owner_view(layer)) == []


def test_history_reads_like_the_feature_did(shared: Store, layer: Layer) -> None:
    """A before-image and the GeoJSON of that time have the same properties."""
    row = {
        "id": "a",
        "name": 'x"\n',
        "area_code": "8301",
        "count": 2**62,
        "size": 0.1 + 0.2,
        "open": True,
        "day": "1850-01-01",
        "moment": "2024-02-29T12:00:00.123+07:00",
        "tags": ["ก", [1.5, None]],
        "detail": {"b": 1, "a": {"c": None}},
        "ชื่อไทย": "",
    }
    write(shared, layer, [row])
    before = everything(shared, layer)["a"]["properties"]
    assert set(before) == {item.name for item in FIELDS}
    write(shared, layer, [{"id": "a"}], "replace")
    assert shared.history(layer.id, "a", owner_view(layer))[0].properties == before


def test_the_past_of_a_field_that_came_later_is_empty(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "name": "ก"}])
    write(shared, layer, [{"id": "a", "name": "ข"}])
    wider = layer.with_fields(field("depth", "number"))
    shared.ensure(wider)
    write(shared, wider, [{"id": "a", "depth": 1.5}])
    past = shared.history(layer.id, "a", owner_view(wider))
    assert [version.properties.get("depth") for version in past] == [None, None]
    assert [version.properties["name"] for version in past] == ["ข", "ก"]
