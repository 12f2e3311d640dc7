"""Roads out of OpenStreetMap files: what the tags of ways and barriers say in phumi's terms.

Tags are those of the OpenStreetMap wiki (Key:highway, Key:access, Key:barrier, Key:oneway). How
highway values become the classes of the Thai highway law is a decision.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.crs import Floats, geodesic_length
from geo.network.noding import cut_at_shared_vertices, vertex_keys

__all__ = ["ROADS_LAYER", "OsmRoads", "read_roads"]

ROADS_LAYER = "roads"
"""What the roads of a file are called, beside the layers that GDAL makes of it."""

_CLASSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "motorway": ("motorway", "motorway_link"),
        "highway": ("trunk", "trunk_link", "primary", "primary_link"),
        "rural_road": ("secondary", "secondary_link", "tertiary", "tertiary_link"),
        "local_road": ("unclassified", "road"),
        "street": ("residential", "living_street"),
        "service": ("service",),
        "track": ("track",),
        "path": ("path", "footway", "cycleway", "pedestrian", "steps", "bridleway"),
    }
)
CLASS_OF: Mapping[str, str] = MappingProxyType(
    {value: name for name, values in _CLASSES.items() for value in values}
)
_SURFACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "paved": (
            "paved", "asphalt", "concrete", "concrete:plates", "concrete:lanes", "paving_stones",
            "sett", "chipseal", "bricks", "cobblestone",
        ),
        "gravel": ("gravel", "fine_gravel", "compacted", "pebblestone", "laterite"),
        "earth": (
            "unpaved", "ground", "dirt", "earth", "grass", "sand", "mud", "clay", "soil",
        ),
    }
)  # fmt: skip
SURFACE_OF: Mapping[str, str] = MappingProxyType(
    {value: name for name, values in _SURFACES.items() for value in values}
)
_MODES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "motor": ("motorcar", "motor_vehicle", "vehicle", "access"),
        "motorcycle": ("motorcycle", "motor_vehicle", "vehicle", "access"),
        "bicycle": ("bicycle", "vehicle", "access"),
        "foot": ("foot", "access"),
    }
)
"""Which key speaks of a mode, the closest first."""

_CLOSED = frozenset({"no", "private", "agricultural", "forestry", "military", "use_sidepath"})
_OPENED = frozenset({"yes", "designated", "official", "permissive"})
_BARRIERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bollard": (
            "bollard", "block", "jersey_barrier", "planter", "cycle_barrier", "log", "debris",
            "motorcycle_barrier", "bus_trap", "sump_buster",
        ),
        "gate": (
            "gate", "lift_gate", "swing_gate", "sliding_gate", "chain", "stile", "turnstile",
            "kissing_gate", "horse_stile", "full-height_turnstile", "hampshire_gate",
        ),
        "wall": ("wall", "fence", "city_wall", "hedge", "retaining_wall", "ditch"),
    }
)  # fmt: skip
BARRIER_OF: Mapping[str, str] = MappingProxyType(
    {value: name for name, values in _BARRIERS.items() for value in values}
)
_OPENABLE = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "chain", "hampshire_gate"}
)
"""Barriers that count as open unless a tag says that the way is closed."""

TRAVEL_SHARE = 0.8
"""How fast people travel, of what ``maxspeed`` allows (decision)."""

_TAG = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_SPEED = re.compile(r"^(\d+(?:\.\d+)?)(\s*mph)?$")
_THAI = re.compile("[\u0e00-\u0e7f]")


class OsmRoads(NamedTuple):
    """Roads cut at their junctions, named as the fields of the layer; other ways are counted."""

    columns: pd.DataFrame
    lines: Any
    others: int


def read_roads(path: Path) -> OsmRoads:
    """Read the roads of a .osm.pbf or .osm file (EPSG:4326), cut where they share a node.

    A way that passes over or below another (another ``layer``, bridge or tunnel) is not cut
    there. Ways that are no roads (planned, being built, race tracks) are left out and counted.
    """
    ways = pyogrio.read_dataframe(
        path,
        layer="lines",
        columns=["osm_id", "name", "highway", "other_tags"],
        where='highway IS NOT NULL OR other_tags LIKE \'%"route"=>"ferry"%\'',
    )
    tags = [_tags(text) for text in ways["other_tags"]]
    kinds = [_class(value, row) for value, row in zip(ways["highway"], tags, strict=True)]
    road = np.array([kind is not None for kind in kinds], dtype=bool)
    table = _fields(ways[road], [t for t, keep in zip(tags, road, strict=True) if keep])
    table["road_class"] = [kind for kind in kinds if kind is not None]
    lines = np.asarray(ways.geometry.array, dtype=object)[road]
    points, names = _barriers(path)
    pieces = cut_at_shared_vertices(lines, table.pop("level").to_numpy(), points)
    table = table.iloc[pieces.owner].reset_index(drop=True)
    number = table.groupby("road_id").cumcount() + 1
    table["road_id"] = table["road_id"] + "-" + number.astype(str)
    for side, end in (("barrier_start", 0), ("barrier_end", -1)):
        at = shapely.get_coordinates(shapely.get_point(pieces.lines, end))
        table[side] = _standing(at, points, names)
    table["length_m"] = geodesic_length(pieces.lines).round(1)
    return OsmRoads(table, pieces.lines, int((~road).sum()))


def _tags(text: object) -> dict[str, str]:
    """The tags in GDAL's column other_tags.

    >>> _tags('"oneway"=>"yes","name:th"=>"ถนนพังงา"')
    {'oneway': 'yes', 'name:th': 'ถนนพังงา'}
    """
    return dict(_TAG.findall(text)) if isinstance(text, str) else {}


def _class(highway: object, tags: Mapping[str, str]) -> str | None:
    if tags.get("route") == "ferry":
        return "ferry"
    return CLASS_OF.get(str(highway))


def _fields(ways: gpd.GeoDataFrame, tags: list[dict[str, str]]) -> pd.DataFrame:
    names = [_names(name, row) for name, row in zip(ways["name"], tags, strict=True)]
    one_way = [_oneway(highway, row) for highway, row in zip(ways["highway"], tags, strict=True)]
    table = pd.DataFrame(
        {
            "road_id": "osm-" + ways["osm_id"].astype(str).to_numpy(),
            "name_th": [name[0] for name in names],
            "name_en": [name[1] for name in names],
            "ref": [row.get("ref") for row in tags],
            "surface": [SURFACE_OF.get(row.get("surface", "")) for row in tags],
            "oneway": one_way,
            "speed_kmh": pd.array([_speed(row.get("maxspeed")) for row in tags], dtype="Float64"),
            "lanes": pd.array([_whole(row.get("lanes")) for row in tags], dtype="Int64"),
            "bridge": pd.array([_yes(row.get("bridge")) for row in tags], dtype="boolean"),
            "level": [_level(row) for row in tags],
        }
    )
    for mode, keys in _MODES.items():
        table[mode] = pd.array([_open(row, keys) for row in tags], dtype="boolean")
    return table


def _names(name: object, tags: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Thai and other name: ``name`` counts as Thai when it is written so."""
    local = name if isinstance(name, str) else None
    thai = local if local and _THAI.search(local) else None
    return tags.get("name:th", thai), tags.get("name:en", None if thai else local)


def _oneway(highway: object, tags: Mapping[str, str]) -> str:
    given = tags.get("oneway")
    if given in ("yes", "true", "1"):
        return "forward"
    if given in ("-1", "reverse"):
        return "backward"
    implied = highway == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return "forward" if implied and given is None else "both"


def _speed(text: str | None) -> float | None:
    """Travel speed in km/h from a limit; None for what is no number.

    >>> _speed("50"), _speed("30 mph"), _speed("TH:urban")
    (40.0, 38.6, None)
    """
    match = _SPEED.match(text or "")
    if match is None:
        return None
    limit = float(match[1]) * (1.609344 if match[2] else 1.0)
    return round(min(max(limit * TRAVEL_SHARE, 1.0), 120.0), 1)


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and int(text) > 0 else None


def _yes(text: str | None) -> bool | None:
    return None if text is None else text != "no"


def _level(tags: Mapping[str, str]) -> float:
    """How high a way runs: the tag ``layer``, else one up on a bridge and one down in a tunnel."""
    try:
        return float(tags["layer"])
    except (KeyError, ValueError):
        return float(bool(_yes(tags.get("bridge")))) - float(bool(_yes(tags.get("tunnel"))))


def _open(tags: Mapping[str, str], keys: tuple[str, ...]) -> bool | None:
    """Whether the closest key that is present opens or closes the way; None where it says neither.

    >>> _open({"access": "private", "foot": "yes"}, _MODES["foot"])
    True
    """
    value = next((tags[key] for key in keys if key in tags), None)
    if value in _CLOSED:
        return False
    return True if value in _OPENED and keys[0] in tags else None


def _barriers(path: Path) -> tuple[Floats, list[str]]:
    """Where barriers stand (n, 2), and of what kind each is."""
    found = pyogrio.read_dataframe(
        path, layer="points", columns=["barrier", "other_tags"], where="barrier IS NOT NULL"
    )
    kinds = [
        _barrier(value, _tags(text))
        for value, text in zip(found["barrier"], found["other_tags"], strict=True)
    ]
    stands = np.array([kind is not None for kind in kinds], dtype=bool)
    points = shapely.get_coordinates(np.asarray(found.geometry.array, dtype=object)[stands])
    return points, [kind for kind in kinds if kind is not None]


def _barrier(value: str, tags: Mapping[str, str]) -> str | None:
    kind = BARRIER_OF.get(value)
    access = next((tags[key] for key in _MODES["motor"] if key in tags), None)
    if value in _OPENABLE:
        closed = access in _CLOSED or tags.get("locked") == "yes"
        return kind if closed else None
    return None if access in _OPENED else kind


def _standing(at: Floats, points: Floats, names: list[str]) -> list[str | None]:
    of = dict(zip(vertex_keys(points).tolist(), names, strict=True)) if names else {}
    return [of.get(key) for key in vertex_keys(at).tolist()]
