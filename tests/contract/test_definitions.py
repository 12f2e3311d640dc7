"""Layers are made, evolve and go; migrations run once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
import shapely

from layers.errors import Conflict, NotFound
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store, definitions, open_store
from layers.store.migrations import migrations
from tests.contract.specimens import everything, field, things, write


def test_a_new_layer_is_empty_and_comes_back_as_defined(shared: Store, layer: Layer) -> None:
    assert shared.layer(layer.id) == layer
    assert layer in shared.layers()
    assert everything(shared, layer) == {}
    assert shared.state(layer.id).version == 0
    assert shared.extent(layer.id, owner_view(layer)) is None


def test_ensuring_the_same_definition_twice_changes_nothing(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "name": "ก"}])
    before = shared.state(layer.id), everything(shared, layer)
    shared.ensure(layer)
    assert (shared.state(layer.id), everything(shared, layer)) == before


def test_a_new_field_is_added_and_empty_in_old_rows(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "name": "ก"}])
    wider = layer.with_fields(field("ลักษณะ"), field("depth", "number"))
    shared.ensure(wider)
    assert shared.layer(layer.id) == wider
    assert everything(shared, wider)["a"]["properties"]["depth"] is None
    assert everything(shared, wider)["a"]["properties"]["name"] == "ก"
    write(shared, wider, [{"id": "a", "ลักษณะ": "ลึก", "depth": 2.5}])
    found = everything(shared, wider)["a"]["properties"]
    assert (found["name"], found["ลักษณะ"], found["depth"]) == ("ก", "ลึก", 2.5)


def test_an_evolved_definition_has_a_newer_version_than_before(shared: Store, layer: Layer) -> None:
    before = shared.state(layer.id).version
    shared.ensure(layer.with_fields(field("more")))
    assert shared.state(layer.id).version > before


def test_a_field_that_left_and_returns_keeps_its_values(shared: Store, layer: Layer) -> None:
    wider = layer.with_fields(field("more"))
    shared.ensure(wider)
    write(shared, wider, [{"id": "a", "more": "x"}])
    shared.ensure(layer)
    assert "more" not in everything(shared, layer)["a"]["properties"]
    shared.ensure(wider)
    assert everything(shared, wider)["a"]["properties"]["more"] == "x"


def test_another_process_hears_of_a_new_definition(new_database: Callable[[], str]) -> None:
    """Two stores on one database stand for two processes of a server."""
    url, layer = new_database(), things("things")
    with closing(open_store(url)) as one, closing(open_store(url)) as other:
        one.ensure(layer)
        write(one, layer, [{"id": "a"}])
        assert everything(other, layer).keys() == {"a"}
        wider = layer.with_fields(field("depth", "number"))
        one.ensure(wider)
        assert other.state(layer.id) == one.state(layer.id)
        assert other.layer(layer.id) == wider
        widest = wider.with_fields(field("width", "number"))
        one.ensure(widest)
        write(other, widest, [{"id": "b", "depth": 1.5, "width": 2.5}])
        assert everything(one, widest)["b"]["properties"]["width"] == 2.5
        one.drop(layer.id)
        with pytest.raises(NotFound):
            other.state(layer.id)
        one.ensure(layer)
        assert other.state(layer.id).version >= 1
        assert other.layer(layer.id) == layer


@pytest.mark.parametrize("what", ["type", "key", "geometry"])
def test_a_definition_that_contradicts_the_stored_one_is_refused(
    shared: Store, layer: Layer, what: str
) -> None:
    write(shared, layer, [{"id": "a", "name": "ก"}])
    fields = tuple(field(f.name, "number") if f.name == "name" else f for f in layer.fields)
    other = {
        "type": replace(layer, fields=fields),
        "key": replace(layer, key="name"),
        "geometry": replace(layer, geometry=None),
    }[what]
    before = everything(shared, layer), shared.state(layer.id)
    with pytest.raises(Conflict) as refused:
        shared.ensure(other)
    assert refused.value.code == "layer_incompatible"
    assert shared.layer(layer.id) == layer
    assert (everything(shared, layer), shared.state(layer.id)) == before


def test_an_unknown_layer_is_not_found_by_any_call(shared: Store) -> None:
    ghost = things("ghost")
    query, view = Query(layer="ghost"), owner_view(ghost)
    calls: list[Callable[[], object]] = [
        lambda: shared.layer("ghost"),
        lambda: shared.state("ghost"),
        lambda: shared.features(query, view),
        lambda: shared.feature("a", query, view),
        lambda: shared.count(query, view),
        lambda: shared.extent("ghost", view),
        lambda: shared.read(query, view),
        lambda: shared.history("ghost", "a", view),
        lambda: shared.drop("ghost"),
        lambda: write(shared, ghost, [{"id": "a"}]),
        lambda: shared.layer("ghost'; DROP TABLE phumi.layers; --"),
    ]
    for call in calls:
        with pytest.raises(NotFound) as missing:
            call()
        assert missing.value.code == "layer_unknown"


def test_a_user_layer_can_be_dropped_and_its_journal_and_history_stay(
    shared: Store, layer: Layer
) -> None:
    write(shared, layer, [{"id": "a", "name": "ก"}])
    write(shared, layer, [{"id": "a", "name": "ข"}])
    shared.drop(layer.id)
    with pytest.raises(NotFound):
        shared.layer(layer.id)
    assert layer not in shared.layers()
    for table in ("changes", "history"):
        kept = f"SELECT count(*) FROM phumi.{table} WHERE layer = ?"
        assert next(shared.raw(kept, (layer.id,)))[0] == {"changes": 2, "history": 1}[table]


def test_a_dropped_layer_can_be_made_anew_and_its_versions_go_on(
    shared: Store, layer: Layer
) -> None:
    write(shared, layer, [{"id": "a", "name": "ก"}])
    shared.drop(layer.id)
    shared.ensure(layer)
    assert everything(shared, layer) == {}
    assert write(shared, layer, [{"id": "a", "name": "ข"}]).version == 2


def test_a_built_in_layer_cannot_be_dropped(shared: Store, new_layer: Callable[..., Layer]) -> None:
    builtin = new_layer(user_made=False)
    write(shared, builtin, [{"id": "a"}])
    with pytest.raises(Conflict) as refused:
        shared.drop(builtin.id)
    assert refused.value.code == "layer_builtin"
    assert set(everything(shared, builtin)) == {"a"}


def test_a_write_to_a_layer_that_another_process_dropped_is_not_found(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    first, second = open_store(url), open_store(url)
    layer = things("passing")
    first.ensure(layer)
    write(second, layer, [{"id": "a"}])
    first.drop(layer.id)
    with pytest.raises(NotFound):
        write(second, layer, [{"id": "b"}])
    first.close()
    second.close()


def test_everything_is_there_after_reopening_and_migrations_ran_once(store_url: str) -> None:
    layer = things("lasting")
    store = open_store(store_url)
    store.ensure(layer)
    write(store, layer, [{"id": "a", "name": "ก", "geometry": shapely.Point(98.3, 7.9)}])
    before = everything(store, layer), store.state(layer.id)
    log = "SELECT number, name, CAST(applied_at AS text) FROM phumi.migrations ORDER BY number"
    ran = list(store.raw(log))
    store.close()

    store = open_store(store_url)
    assert list(store.raw(log)) == ran
    assert [row[0] for row in ran] == [m[0] for m in migrations(store.dialect)]  # type: ignore[attr-defined]
    assert store.layers() == [layer]
    assert (everything(store, layer), store.state(layer.id)) == before
    store.close()


def test_a_workspace_of_an_older_release_gets_the_newer_migrations(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = things("old")
    store = open_store(store_url)
    store.ensure(layer)
    write(store, layer, [{"id": "a"}])
    store.close()

    newer = (9001, "later", ["CREATE TABLE phumi.later (a integer)"])
    monkeypatch.setattr(definitions, "migrations", lambda dialect: [*migrations(dialect), newer])
    for _ in range(2):  # the second opening must not run it again
        store = open_store(store_url)
        assert list(store.raw("SELECT count(*) FROM phumi.later")) == [(0,)]
        assert set(everything(store, layer)) == {"a"}
        store.close()


def test_a_migration_that_fails_leaves_the_workspace_as_it_was(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = things("old")
    store = open_store(store_url)
    store.ensure(layer)
    store.close()

    broken = (9001, "broken", ["CREATE TABLE phumi.later (a integer)", "SELECT nonsense"])
    with monkeypatch.context() as patched:
        patched.setattr(definitions, "migrations", lambda dialect: [*migrations(dialect), broken])
        with pytest.raises(Exception, match="nonsense"):
            open_store(store_url)
    store = open_store(store_url)
    numbers = [row[0] for row in store.raw("SELECT number FROM phumi.migrations")]
    assert 9001 not in numbers
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'phumi'"
    assert "later" not in {row[0] for row in store.raw(tables)}
    assert store.layers() == [layer]
    store.close()
