"""What the servers are asked for, each in its own words, and what phumi is to reach."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from layers.catalogue import CATALOGUE
from layers.query import BBox
from tests.bench.data import AREA, POINTS, Sizes, boxes
from tests.bench.raw import geojson

__all__ = ["CASES", "PHUMI", "PYGEOAPI", "TARGETS", "TIPG", "Case", "Speech", "Target"]

POLYGONS = 1_000
MANY_WITHIN: BBox = (99.5, 13.5, 104.5, 18.5)  # any box of this side in here holds more than that
MANY_SIDE = 4.0
LATE = 1_000  # the number of a page far behind the first
NEAR = 20  # pages beside it, so that no answer is asked for again and again
NO_TILE_CACHE = {"tile_cache_mb": 0}


@dataclass(frozen=True, slots=True)
class Speech:
    """How a server is spoken to; ``tile`` is None where it has no tiles, ``walks`` by tokens."""

    points: str
    tambons: str
    ending: str
    tile: str | None
    walks: bool = False


PHUMI = Speech(POINTS.id, "tambons", "f=geojson", "{z}/{row}/{col}", walks=True)
TIPG = Speech(f"layers.{POINTS.id}", "layers.tambons", "f=geojson", "{z}/{col}/{row}")
PYGEOAPI = Speech(POINTS.id, "tambons", "f=json", None)

Get = Callable[[str], bytes]
Paths = Callable[[Speech, Sizes, Get], list[str]]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request: ``paths`` by server (none: it cannot), ``sql`` for pgbench.

    ``settings`` are those that phumi is started with. ``peers`` False: only phumi is asked.
    """

    name: str
    paths: Paths
    sql: Callable[[Sizes], str] | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    peers: bool = True


def _in_boxes(speech: Speech, sizes: Sizes, _get: Get) -> list[str]:
    found = boxes(2_000, sizes.box_side)
    return [_items(speech, f"bbox={','.join(map(str, box))}", sizes.page) for box in found]


def _in_boxes_sql(sizes: Sizes) -> str:
    draw, box = _random_box(AREA, sizes.box_side)
    rows = f"FROM layers.{POINTS.id} WHERE geom && {box} ORDER BY id LIMIT {sizes.page}"
    return f"{draw}{_points_sql(rows)};\n"


def _single(speech: Speech, sizes: Sizes, _get: Get) -> list[str]:
    numbers = np.random.default_rng(6).integers(0, sizes.points, 5_000)
    return [f"/collections/{speech.points}/items/p{n}?{speech.ending}" for n in numbers]


def _single_sql(sizes: Sizes) -> str:
    rows = f"FROM layers.{POINTS.id} WHERE id = 'p' || CAST(:n AS text)"
    return f"\\set n random(0, {sizes.points - 1})\n{_points_sql(rows)};\n"


def _polygons(speech: Speech, _sizes: Sizes, _get: Get) -> list[str]:
    found = boxes(500, MANY_SIDE, within=MANY_WITHIN)
    base = f"/collections/{speech.tambons}/items"
    asked = f"limit={POLYGONS}&{speech.ending}"
    return [f"{base}?bbox={','.join(map(str, box))}&{asked}" for box in found]


def _polygons_sql(_sizes: Sizes) -> str:
    layer = CATALOGUE["tambons"]
    names = tuple(item.name for item in layer.fields)
    draw, box = _random_box(MANY_WITHIN, MANY_SIDE)
    inside = f"WHERE ST_Intersects(geom, {box})"
    rows = f"FROM layers.tambons {inside} ORDER BY {layer.key} LIMIT {POLYGONS}"
    return f"{draw}{geojson('PostGIS', rows, names, layer.key)};\n"


def _random_box(within: BBox, side: float) -> tuple[str, str]:
    """Lines of pgbench that draw a place, and the box there as SQL."""
    west, south, east, north = within
    steps = 100_000
    x = f"CAST(:u AS float8) * {(east - west - side) / steps} + {west}"
    y = f"CAST(:v AS float8) * {(north - south - side) / steps} + {south}"
    draw = f"\\set u random(0, {steps})\n\\set v random(0, {steps})\n"
    return draw, f"ST_MakeEnvelope({x}, {y}, {x} + {side}, {y} + {side}, 4326)"


def _pages(first: int) -> Paths:
    """Pages of all points, from the given number on: by the links, else by offset."""

    def paths(speech: Speech, sizes: Sizes, get: Get) -> list[str]:
        if speech.walks:
            start = _items(speech, "", sizes.page)
            return list(itertools.islice(_walk(start, get), first - 1, first - 1 + NEAR))
        starts = [(first - 1 + number) * sizes.page for number in range(NEAR)]
        return [_items(speech, f"offset={start}", sizes.page) for start in starts]

    return paths


def _walk(path: str | None, get: Get) -> Iterator[str]:
    while path is not None:
        yield path
        links = {link["rel"]: link["href"] for link in json.loads(get(path))["links"]}
        path = "/" + links["next"].split("/", 3)[3] if "next" in links else None


def _tiles(zoom: int) -> Paths:
    """All tiles of a zoom over the points, in any order."""

    def paths(speech: Speech, _sizes: Sizes, _get: Get) -> list[str]:
        if speech.tile is None:
            return []
        (west, east), (north, south) = _tile_range(zoom)
        found = [
            speech.tile.format(z=zoom, row=row, col=column)
            for column in range(west, east + 1)
            for row in range(north, south + 1)
        ]
        order = np.random.default_rng(8).permutation(len(found))
        base = f"/collections/{speech.points}/tiles/WebMercatorQuad/"
        return [base + found[number] for number in order]

    return paths


def _tile_sql(zoom: int) -> Callable[[Sizes], str]:
    (west, east), (north, south) = _tile_range(zoom)
    tile = f"ST_TileEnvelope({zoom}, CAST(:col AS int), CAST(:row AS int))"
    names = ", ".join(item.name for item in POINTS.fields if item.type != "date")
    text = (
        f"SELECT ST_AsMVT(t, 'points') FROM (SELECT ST_AsMVTGeom(geom_3857, {tile}) AS geom, "
        f"{names}, CAST(day AS text) AS day FROM layers.{POINTS.id} "
        f"WHERE geom_3857 && {tile}) AS t"
    )
    places = f"\\set col random({west}, {east})\n\\set row random({north}, {south})\n"
    return lambda _sizes: f"{places}{text};\n"


def _tile_range(zoom: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last column, first and last row of the tiles over the points."""
    west, south, east, north = AREA
    columns = [math.floor((x + 180) / 360 * 2**zoom) for x in (west, east)]
    mercator = (math.asinh(math.tan(math.radians(y))) / math.pi for y in (north, south))
    rows = [math.floor((1 - y) / 2 * 2**zoom) for y in mercator]
    return (columns[0], columns[1]), (rows[0], rows[1])


def _items(speech: Speech, asked: str, limit: int) -> str:
    parts = filter(None, (asked, f"limit={limit}", speech.ending))
    return f"/collections/{speech.points}/items?{'&'.join(parts)}"


def _points_sql(rows: str) -> str:
    return geojson("PostGIS", rows, tuple(item.name for item in POINTS.fields), POINTS.key)


IN_A_BOX = Case("features in a box", _in_boxes, _in_boxes_sql)
ONE = Case("one feature", _single, _single_sql)
MANY = Case(f"{POLYGONS:,} polygons", _polygons, _polygons_sql)
FIRST_PAGE = Case("page 1", _pages(1))
LATE_PAGE = Case(f"page {LATE:,}", _pages(LATE))
TILE = Case("tile z10, not cached", _tiles(10), _tile_sql(10), NO_TILE_CACHE)
CACHED = Case("tile z10, cached", _tiles(10), peers=False)
LOW = Case("tile z6, not cached", _tiles(6), None, NO_TILE_CACHE)
CASES = (IN_A_BOX, ONE, MANY, FIRST_PAGE, LATE_PAGE, CACHED, TILE, LOW)


@dataclass(frozen=True, slots=True)
class Target:
    """(case, contender) that is to answer ``at_least`` so many times as often as another."""

    ours: tuple[Case, str]
    theirs: tuple[Case, str]
    at_least: float

    @property
    def text(self) -> str:
        """What is compared."""
        (case, one), (other_case, other) = self.ours, self.theirs
        same = "" if case == other_case else f" ({other_case.name})"
        return f"{case.name}: {one} to {other}{same}"


TARGETS = (
    Target((IN_A_BOX, "phumi"), (IN_A_BOX, "tipg"), 8),
    Target((IN_A_BOX, "phumi"), (IN_A_BOX, "raw SQL"), 0.6),
    Target((ONE, "phumi"), (ONE, "pygeoapi"), 5),
    Target((MANY, "phumi"), (MANY, "pygeoapi"), 15),
    Target((TILE, "phumi"), (TILE, "tipg"), 4),
    Target((CACHED, "phumi"), (TILE, "tipg"), 20),
    Target((LOW, "phumi"), (LOW, "tipg"), 50),
    Target((LATE_PAGE, "phumi"), (FIRST_PAGE, "phumi"), 1 / 1.2),
    *(Target((case, "phumi on DuckDB"), (case, "phumi"), 0.5) for case in CASES),
)
