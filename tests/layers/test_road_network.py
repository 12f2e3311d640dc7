"""The prepared road network of a workspace, on both engines."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

import layers.road_network as subject
from geo.network import PROFILES, RoadNetwork
from geo.network.engine import Hierarchy
from layers.facilities import ROADS
from layers.road_network import cache_folder, prepared_roads, road_network
from layers.store import Store
from tests.geo.road_cases import at, grid, line

HERE, THERE = at(0, 0), at(300, 300)


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """Every test begins as a new process would."""
    forget()
    yield
    forget()


def forget() -> None:
    subject._PREPARED.clear()
    subject._NETWORKS.clear()


def town(side: int = 4, **columns: object) -> gpd.GeoDataFrame:
    """Rows of the layer roads."""
    lines = grid(side)
    names = [f"R{number}" for number in range(len(lines))]
    values = {"road_id": names, "road_class": "street", **columns}
    return gpd.GeoDataFrame(values, geometry=lines, crs=4326)


def minutes(network: RoadNetwork) -> float:
    return float(network.matrix([HERE], [THERE]).minutes[0, 0])


@pytest.fixture
def roads(store: Store) -> Store:
    """A store with the layer roads and a town in it."""
    store.ensure(ROADS)
    store.write("roads", town(), author="test")
    return store


def test_the_network_is_that_of_the_layer(roads: Store) -> None:
    found = road_network(roads)
    assert (len(found.topology.lines), len(found.topology.nodes)) == (24, 16)
    assert found.topology.roads.index[0] == "R0"
    assert minutes(found) == pytest.approx(0.6 / 25 * 60, rel=0.01)


def test_it_is_made_once_until_the_roads_change(roads: Store) -> None:
    first = road_network(roads)
    assert road_network(roads) is first
    assert road_network(roads, "walk").topology is first.topology
    roads.write("roads", town(5), author="test", mode="replace")
    second = road_network(roads)
    assert len(second.topology.nodes) == 25
    assert prepared_roads(roads).version == roads.state("roads").version


def test_profiles_with_other_speeds_are_other_networks(roads: Store) -> None:
    slow = PROFILES["car"].with_speeds({"street": 12.5})
    assert minutes(road_network(roads, slow)) == pytest.approx(
        2 * minutes(road_network(roads)), rel=1e-4
    )
    short = road_network(roads, objective="distance")
    assert short.objective == "distance"
    assert short.topology is road_network(roads).topology


def test_a_layer_without_roads_makes_an_empty_network(store: Store, tmp_path: Path) -> None:
    store.ensure(ROADS)
    found = road_network(store, cache=tmp_path / "cache")
    assert found.matrix([HERE], [THERE]).estimated.all()
    store.write("roads", town(), author="test")
    assert not road_network(store, cache=tmp_path / "cache").matrix([HERE], [THERE]).estimated.any()


def test_roads_and_their_barriers_come_back_from_the_folder(
    roads: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated = town(barrier_end=["gate"] + [None] * 23, oneway="forward")
    roads.write("roads", gated, author="test", mode="replace")
    made = road_network(roads, cache=tmp_path)
    kept = minutes(made)
    forget()
    monkeypatch.setattr(subject.Topology, "build", _never)
    monkeypatch.setattr(Hierarchy, "build", _never)
    again = road_network(roads, cache=tmp_path)
    assert again.topology is not made.topology
    assert again.topology.report == made.topology.report
    np.testing.assert_array_equal(again.topology.gates, made.topology.gates)
    assert again.topology.gate_kind.tolist() == ["gate"]
    assert minutes(again) == kept


def _never(*_: object) -> None:
    raise AssertionError("made anew")


def test_a_damaged_or_missing_folder_is_made_again(roads: Store, tmp_path: Path) -> None:
    expected = minutes(road_network(roads, cache=tmp_path))
    for name in ("edges.parquet", "order/rank", "report.json", "nodes.npz"):
        (file,) = tmp_path.rglob(name)
        file.write_bytes(file.read_bytes()[:40])
        forget()
        assert minutes(road_network(roads, cache=tmp_path)) == expected
        (mended,) = tmp_path.rglob(name)
        assert mended.stat().st_size > 40
    (report,) = tmp_path.rglob("report.json")
    shutil.rmtree(report.parent / "order")
    forget()
    assert minutes(road_network(roads, cache=tmp_path)) == expected


def test_the_folder_holds_the_newest_roads_only(roads: Store, tmp_path: Path) -> None:
    road_network(roads, cache=tmp_path)
    roads.write("roads", town(5), author="test", mode="replace")
    road_network(roads, cache=tmp_path)
    assert len(list(tmp_path.rglob("report.json"))) == 1


def test_a_folder_that_cannot_be_written_is_done_without(roads: Store, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert minutes(road_network(roads, cache=blocked)) > 0
    assert blocked.read_text() == "in the way"


def test_it_stands_beside_a_duckdb_file_and_nowhere_for_postgis(roads: Store) -> None:
    road_network(roads)
    folder = cache_folder(roads.url)
    if roads.url.startswith("duckdb"):
        assert folder is not None
        assert list(folder.rglob("report.json"))
    else:
        assert folder is None


def test_a_workspace_that_was_made_again_is_not_mistaken(tmp_path: Path) -> None:
    """The same file, the same version number, other roads."""
    from layers.store import open_store

    found = []
    for side in (3, 4):
        store = open_store(f"duckdb:///{tmp_path}/again.duckdb")
        store.ensure(ROADS)
        store.write("roads", town(side), author="test")
        found.append(len(road_network(store).topology.nodes))
        store.close()
        (tmp_path / "again.duckdb").unlink()
    assert found == [9, 16]


def test_many_threads_get_one_network(roads: Store) -> None:
    found: list[RoadNetwork] = []
    times: list[float] = []

    def ask() -> None:
        found.append(road_network(roads))
        times.append(minutes(found[-1]))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(network) for network in found}) == 1
    assert len(set(times)) == 1


def test_a_road_without_a_shape_is_left_out_and_reported(roads: Store) -> None:
    rows = gpd.GeoDataFrame(
        {"road_id": ["X1", "X2"], "road_class": "street"},
        geometry=[None, line((0, 0), (0.2, 0))],
        crs=4326,
    )
    roads.write("roads", rows, author="test", mode="append")
    report = prepared_roads(roads).topology.report
    assert (report.roads, len(report.unusable["missing"]), report.collapsed) == (26, 1, 1)
