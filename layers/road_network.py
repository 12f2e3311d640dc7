"""The road network of a workspace: made of the layer ``roads``, kept, made anew when that changes.

Preparing takes seconds, so it is done once for each version of the layer. The result stays in
memory and, where there is a folder for it, on disk: beside the DuckDB file, or in the folder that
the installation names. What cannot be read there is made again; what cannot be written is not.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.network import ROAD_COLUMNS, Profile, RoadNetwork, Topology, TopologyReport
from geo.network.arcs import Objective
from geo.network.engine import Hierarchy
from geo.network.topology import SNAP_M
from layers.facilities import ROADS
from layers.privacy import public_view
from layers.query import Query
from layers.store import Store

__all__ = ["Prepared", "cache_folder", "prepared_roads", "road_network"]

FORMAT = 2
"""Raised whenever what stands on disk is made in another way."""

REPORT = "report.json"
PREPARED_KEPT = 2  # workspaces
NETWORKS_KEPT = 8  # profiles with their speeds

Value = TypeVar("Value")


class Prepared(NamedTuple):
    """The roads of one version of the layer, for all profiles.

    The index of ``topology.roads`` holds the ids of the roads.
    """

    topology: Topology
    hierarchy: Hierarchy | None
    version: int


def road_network(
    store: Store,
    profile: Profile | str = "car",
    *,
    objective: Objective = "time",
    snap_m: float = SNAP_M,
    cache: Path | None = None,
) -> RoadNetwork:
    """The network of the layer ``roads`` as it is now, for one profile.

    It is made of what anyone may see of the roads, so it is the same for all callers. ``cache``
    is a folder for prepared networks; by default it stands beside a DuckDB file, and a PostGIS
    workspace has none. A layer without roads makes an empty network.
    """
    key = _key(store, snap_m)
    with _LOCK:
        made = _recent(_PREPARED, PREPARED_KEPT, key, lambda: _prepare(store, key, snap_m, cache))

        def build() -> RoadNetwork:
            return RoadNetwork(
                made.topology, profile, objective=objective, hierarchy=made.hierarchy
            )

        return _recent(_NETWORKS, NETWORKS_KEPT, (*key, repr(profile), objective), build)


def prepared_roads(store: Store, *, snap_m: float = SNAP_M, cache: Path | None = None) -> Prepared:
    """The joined roads of the layer as it is now, for checks and reports."""
    key = _key(store, snap_m)
    with _LOCK:
        return _recent(_PREPARED, PREPARED_KEPT, key, lambda: _prepare(store, key, snap_m, cache))


def cache_folder(url: str) -> Path | None:
    """The folder beside the file of a DuckDB workspace; None for others.

    >>> cache_folder("duckdb:///workspace/phumi.duckdb").as_posix()
    'workspace/phumi.roads'
    >>> cache_folder("duckdb:///:memory:") is cache_folder("postgresql://server/db") is None
    True
    """
    scheme, _, place = url.partition(":///")
    if scheme != "duckdb" or place == ":memory:":
        return None
    return Path(place).with_suffix(".roads")


_Key = tuple[object, ...]
_LOCK = threading.RLock()
_PREPARED: OrderedDict[_Key, Prepared] = OrderedDict()
_NETWORKS: OrderedDict[_Key, RoadNetwork] = OrderedDict()


def _recent(
    kept: OrderedDict[_Key, Value], most: int, key: _Key, make: Callable[[], Value]
) -> Value:
    """What was made for a key before, else made now; the oldest go."""
    if key not in kept:
        kept[key] = make()
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
    return kept[key]


def _key(store: Store, snap_m: float) -> _Key:
    state = store.state(ROADS.id)
    # A workspace that was deleted and made again counts its versions from the beginning.
    return (store.url, state.version, state.changed_at.isoformat(), snap_m, FORMAT)


def _prepare(store: Store, key: _Key, snap_m: float, cache: Path | None) -> Prepared:
    parent = cache or cache_folder(store.url)
    folder = parent / _digest(key[:1]) / _digest(key) if parent else None
    if folder is not None and folder.is_dir():
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return _load(folder)
        shutil.rmtree(folder, ignore_errors=True)
    version = store.state(ROADS.id).version
    topology = Topology.build(_roads(store), snap_m)
    hierarchy = Hierarchy.build(topology.tail, topology.head, topology.nodes)
    made = Prepared(topology, hierarchy, version)
    if folder is not None and len(topology.nodes):
        with contextlib.suppress(OSError):
            _save(made, folder)
    return made


def _roads(store: Store) -> gpd.GeoDataFrame:
    layer = store.layer(ROADS.id)
    fields = (ROADS.key, *(name for name in ROAD_COLUMNS if name in layer.by_name))
    rows = store.read(Query(layer=ROADS.id, fields=fields, limit=None), public_view(layer))
    return gpd.GeoDataFrame(rows, crs=4326).set_index(ROADS.key)


def _digest(parts: _Key) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _save(made: Prepared, folder: Path) -> None:
    """Write everything under another name first, so that nobody reads the half of it."""
    partial = folder.with_name(f"{folder.name}.{uuid.uuid4().hex}.part")
    partial.mkdir(parents=True)
    try:
        _write(made, partial)
        older = [item for item in folder.parent.iterdir() if not item.name.endswith(".part")]
        if not folder.exists():
            partial.rename(folder)
        for item in older:
            if item != folder:
                shutil.rmtree(item, ignore_errors=True)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(made: Prepared, folder: Path) -> None:
    topology = made.topology
    edges = pd.DataFrame(
        {
            "start": topology.start,
            "end": topology.end,
            "length_m": topology.length_m,
            "road": topology.road,
        }
    )
    gpd.GeoDataFrame(edges, geometry=topology.lines, crs=4326).to_parquet(folder / "edges.parquet")
    topology.roads.to_parquet(folder / "roads.parquet")
    kinds = topology.gate_kind.astype(str)
    np.savez(folder / "nodes.npz", nodes=topology.nodes, gates=topology.gates, kinds=kinds)
    if made.hierarchy is not None:
        made.hierarchy.save(folder / "order")
    report = {
        "version": made.version,
        "report": asdict(topology.report),
        "files": _fingerprints(folder),
    }
    (folder / REPORT).write_text(json.dumps(report), encoding="utf-8")


def _fingerprints(folder: Path) -> dict[str, str]:
    """A checksum of every file: the libraries that read them trust what they find."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != REPORT:
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "blake2b").hexdigest()
            found[path.relative_to(folder).as_posix()] = digest
    return found


def _load(folder: Path) -> Prepared:
    report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    if report["files"] != _fingerprints(folder):
        raise ValueError(folder.name)
    edges = gpd.read_parquet(folder / "edges.parquet")
    with np.load(folder / "nodes.npz") as arrays:
        nodes, gates, kinds = arrays["nodes"], arrays["gates"], arrays["kinds"]
    topology = Topology(
        nodes=nodes,
        start=edges["start"].to_numpy(),
        end=edges["end"].to_numpy(),
        length_m=edges["length_m"].to_numpy(),
        lines=np.asarray(edges.geometry.array, dtype=object),
        road=edges["road"].to_numpy(),
        roads=pd.read_parquet(folder / "roads.parquet"),
        gates=gates,
        gate_kind=kinds.astype(object),
        report=TopologyReport(**report["report"]),
    )
    hierarchy = Hierarchy.load(folder / "order")
    if hierarchy is None:
        hierarchy = Hierarchy.build(topology.tail, topology.head, topology.nodes)
    return Prepared(topology, hierarchy, report["version"])
