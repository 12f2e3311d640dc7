"""Vector tiles: what is in them, on both engines, read by an independent decoder."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
import shapely.affinity
from shapely.geometry import shape

from layers.errors import AccessDenied, NotFound, QueryError
from layers.model import Layer, Privacy
from layers.privacy import owner_view, public_view
from layers.query import Interval, Query, View
from layers.store import Store, TileIndex, open_store
from layers.store.base import SqlStore
from layers.store.cells import GRID, POINTS_MAX
from layers.store.dialect import SIMPLIFIED
from layers.store.sql import Sql
from layers.store.tiles import BYTES_MAX
from tests.contract.specimens import FIELDS, field, things, write

WORLD = 20037508.342789244
EXTENT = 4096
BOX = shapely.box(0, 0, EXTENT, EXTENT)
BUFFERED = shapely.box(-64, -64, EXTENT + 64, EXTENT + 64)
PIXEL = 16

CELL = EXTENT / GRID

Row = dict[str, Any]
Spots = list[tuple[float, float, int]]


def in_world(places: Any, zoom: int, units: int = EXTENT) -> np.ndarray[Any, Any]:
    """(n, 2) of longitude, latitude as units of the tiles of a zoom, by the textbook formula."""
    lon, lat = np.radians(np.asarray(places, dtype=float).reshape(-1, 2)).T
    x, y = lon / math.pi, np.log(np.tan(math.pi / 4 + lat / 2)) / math.pi
    return np.column_stack([(1 + x) / 2, (1 - y) / 2]) * 2**zoom * units


def in_tile(geometry: shapely.Geometry, index: TileIndex) -> shapely.Geometry:
    """A geometry in units of the tile, y down, not cut."""
    corner = np.array([index.column, index.row]) * EXTENT
    return shapely.transform(geometry, lambda places: in_world(places, index.zoom) - corner)


def tiles_of(shapes: Iterable[shapely.Geometry], zoom: int) -> list[TileIndex]:
    """Every tile of a zoom that the box around the shapes meets."""
    west, south, east, north = shapely.total_bounds(np.array(list(shapes)))
    (left, bottom), (right, top) = in_world([(west, south), (east, north)], zoom, 1).astype(int)
    return [
        TileIndex(zoom, column, row)
        for column in range(left, right + 1)
        for row in range(top, bottom + 1)
    ]


def decoded(data: bytes) -> dict[str, list[Row]]:
    """{MVT layer: its features}, coordinates in units of the tile, y down."""
    found = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    assert all(layer["extent"] == EXTENT and layer["version"] == 2 for layer in found.values())
    return {name: layer["features"] for name, layer in found.items()}


def drawn(
    store: Store, layer: Layer, index: TileIndex, view: View | None = None, **query: Any
) -> list[Row]:
    """The features of a tile of one layer."""
    asked = (Query(layer=layer.id, **query), view or owner_view(layer))
    data = store.tile(index, [asked]).data
    found = decoded(data)
    assert set(found) == ({layer.id} if data else set())
    return found.get(layer.id, [])


def counted(store: Store, layer: Layer, rows: Iterable[Row], zoom: int, **query: Any) -> Spots:
    """Where the tiles around the rows say that how many are, in units of the zoom."""
    found: Spots = []
    for index in tiles_of((row["geometry"] for row in rows), zoom):
        for one in drawn(store, layer, index, **query):
            middle = shape(one["geometry"]).centroid
            assert BOX.buffer(1).contains(middle)
            x, y = index.column * EXTENT + middle.x, index.row * EXTENT + middle.y
            found.append((x, y, one["properties"]["phumi_count"]))
    return found


def recounted(rows: Iterable[Row], zoom: int, *, squares: bool = False) -> Spots:
    """The same from the rows themselves: the mean of each cell, or its middle."""
    places = [(row["geometry"].centroid.x, row["geometry"].centroid.y) for row in rows]
    cells: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for place in in_world(places, zoom):
        x, y = (place // CELL).astype(int)
        cells[x, y].append((np.array([x, y]) + 0.5) * CELL if squares else place)
    return [(*np.mean(found, axis=0), len(found)) for found in cells.values()]


def assert_alike(found: Spots, expected: Spots) -> None:
    """The same counts at the same places, but for the rounding to whole units."""
    assert len(found) == len(expected)
    assert sum(n for *_, n in found) == sum(n for *_, n in expected)
    near = shapely.STRtree(shapely.points([spot[:2] for spot in expected]))
    ours = shapely.points([spot[:2] for spot in found])
    _, nearest = near.query_nearest(ours, all_matches=False)
    for spot, place in zip(found, nearest, strict=True):
        x, y, n = expected[place]
        assert (abs(spot[0] - x) < 1, abs(spot[1] - y) < 1, spot[2]) == (True, True, n)


def crowd(seed: int, n: int, first: int = 0) -> list[Row]:
    """Points about Bangkok, denser to the middle."""
    random = np.random.default_rng(seed)
    places = np.round(random.normal((100.5, 14.0), 0.3, (n, 2)), 6)
    return [
        {
            "id": f"p{first + i}",
            "count": first + i,
            "area_code": f"{10 + i % 5}01",
            "day": f"2026-01-{1 + i % 28:02d}",
            "geometry": shapely.Point(*places[i]),
        }
        for i in range(n)
    ]


def points_layer(new_layer: Callable[..., Layer]) -> Layer:
    return new_layer(geometry="Point", datetime=("day",))


def assert_counted(store: Store, layer: Layer, rows: list[Row]) -> None:
    """Every zoom down to the depth says the same as a recount of the rows."""
    depth = store.tiling(layer.id).depth
    places = [(row["geometry"].x, row["geometry"].y) for row in rows]
    for zoom in range(depth + 2):
        tiles = Counter((int(x), int(y)) for x, y in in_world(places, zoom, 1))
        assert (max(tiles.values()) > POINTS_MAX) == (zoom <= depth)
    for zoom in range(depth + 1):
        assert_alike(counted(store, layer, rows, zoom), recounted(rows, zoom))


# Features


def shapes_of_all_kinds(seed: int, n: int) -> dict[str, shapely.Geometry]:
    """Points, lines and polygons from a metre to twenty kilometres, with and without copies."""
    random = np.random.default_rng(seed)
    found: list[shapely.Geometry] = []
    for i in range(n):
        x, y = np.round((100, 14) + random.random(2) * 0.2, 6)
        size = 10 ** random.uniform(-5, -0.8)
        if i % 4 == 0:
            found.append(shapely.Point(x, y))
        elif i % 4 == 1:
            turns = random.uniform(-size, size, (int(random.integers(2, 40)), 2)).cumsum(axis=0)
            found.append(shapely.LineString(turns + np.array([x, y])))
        elif i % 4 == 2:
            found.append(shapely.Point(x, y).buffer(size, quad_segs=int(random.integers(2, 20))))
        else:
            ring = shapely.Point(x, y).buffer(size) - shapely.Point(x, y).buffer(size / 2)
            island = shapely.box(x + size * 2, y, x + size * 3, y + size)
            found.append(shapely.MultiPolygon([ring, island]))
    return {f"g{i}": one for i, one in enumerate(found)}


def is_as_cut(got: shapely.Geometry | None, whole: shapely.Geometry) -> bool:
    """Whether a drawn shape is what shapely cuts, but for rounding and a quarter of a pixel."""
    expected = whole & BUFFERED
    blur = 5.0
    west, south, east, north = whole.bounds
    if whole.geom_type == "Point":
        return expected.is_empty if got is None else shapely.distance(got, whole) < 1
    if whole.geom_type in ("Polygon", "MultiPolygon"):
        if max(east - west, north - south) < PIXEL:
            square = shapely.box(-8, -8, 8, 8)
            middle = shapely.box(*whole.bounds).centroid
            moved = shapely.affinity.translate(square, middle.x, middle.y)
            near = got is not None and (got ^ moved).area < 2 * 2 * PIXEL
            return near or not BUFFERED.buffer(-1).contains(middle)
        different = expected if got is None else got ^ expected
        return bool(different.area <= blur * (expected.length + 4 * PIXEL))
    if got is None:
        return expected.is_empty or np.ptp(shapely.get_coordinates(expected), axis=0).max() < blur
    return bool(BUFFERED.buffer(1).contains(got) and whole.buffer(blur).contains(got))


@pytest.mark.parametrize("zoom", [5, 8, 10, 11, 12, 15])
def test_a_tile_holds_what_shapely_cuts_out_of_the_features(
    shared: Store, layer: Layer, zoom: int
) -> None:
    shapes = shapes_of_all_kinds(zoom, 80)
    write(shared, layer, [{"id": key, "geometry": one} for key, one in shapes.items()])
    met: set[str] = set()
    around = {index for one in shapes.values() for index in tiles_of([one.centroid], zoom)}
    for index in sorted(around, key=repr)[:40]:
        found = {
            one["properties"]["id"]: shape(one["geometry"]) for one in drawn(shared, layer, index)
        }
        met |= set(found)
        for key, one in shapes.items():
            whole = in_tile(one, index)
            assert is_as_cut(found.get(key), whole), (key, index, whole.wkt[:200])
    assert len(met) > 10


@pytest.mark.parametrize("zoom", [3, 8, 12])
def test_drawn_areas_are_valid_and_wound_as_the_format_asks(
    shared: Store, layer: Layer, zoom: int
) -> None:
    shapes = [one for one in shapes_of_all_kinds(1, 60).values() if shapely.area(one)]
    write(shared, layer, [{"id": f"g{i}", "geometry": one} for i, one in enumerate(shapes)])
    index = tiles_of([shapely.Point(100.1, 14.1)], zoom)[0]
    found = [shape(one["geometry"]) for one in drawn(shared, layer, index)]
    assert found
    for one in found:
        assert one.is_valid
        for part in shapely.get_parts(one):
            # y runs down, so the format's clockwise outer ring has its area counted positive.
            assert shapely.is_ccw(shapely.get_exterior_ring(part))
            assert not any(shapely.is_ccw(ring) for ring in part.interiors)


def test_shapes_with_faults_do_not_break_a_tile(shared: Store, layer: Layer) -> None:
    bow = shapely.Polygon([(100, 14), (100.1, 14.1), (100, 14.1), (100.1, 14)])
    mixed = shapely.GeometryCollection([shapely.Point(100, 14), shapely.box(100, 14, 100.1, 14.1)])
    spike = shapely.Polygon([(100, 14), (100.2, 14), (100.1, 14), (100.1, 14.1)])
    rows = [{"id": str(i), "geometry": one} for i, one in enumerate([bow, mixed, spike])]
    write(shared, layer, [*rows, {"id": "none", "geometry": None}])
    for zoom in (0, 6, 10, 13):
        for index in tiles_of([bow], zoom):
            assert {one["properties"]["id"] for one in drawn(shared, layer, index)} <= {
                "0",
                "1",
                "2",
            }
    assert len(drawn(shared, layer, tiles_of([shapely.Point(100.05, 14.05)], 10)[0])) == 3


def test_a_shape_of_many_corners_is_drawn_with_few_at_low_zooms(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = new_layer(geometry="Polygon")
    random = np.random.default_rng(3)
    angles = np.linspace(0, 2 * math.pi, 5000, endpoint=False)
    radius = 0.4 + random.uniform(-0.0005, 0.0005, 5000)
    ring = shapely.Polygon(
        np.column_stack([100 + radius * np.cos(angles), 14 + radius * np.sin(angles)])
    )
    write(shared, layer, [{"id": "ring", "geometry": ring}])
    corners = {
        zoom: shapely.get_num_coordinates(shape(one["geometry"]))
        for zoom in (4, 5, 7, 8)
        for index in tiles_of([ring.centroid], zoom)
        for one in drawn(shared, layer, index)
    }
    assert corners[4] < 60
    assert corners[8] < 500
    index = tiles_of([ring.centroid], 5)[0]
    (one,) = drawn(shared, layer, index)
    exact = in_tile(ring, index)
    assert shapely.hausdorff_distance(shape(one["geometry"]), exact) < 6


def test_properties_keep_their_types(shared: Store, layer: Layer) -> None:
    full = {
        "id": "ก1",
        "name": "บ้านหนองหาน",
        "area_code": "4101",
        "count": 2**53 + 1,
        "size": 0.1,
        "open": True,
        "day": "2026-02-28",
        "moment": "2026-02-28T12:30:00.250+07:00",
        "tags": ["a", "ข"],
        "detail": {"k": [1, None]},
        "ชื่อไทย": "ค่า",
        "geometry": shapely.Point(100, 14),
    }
    write(
        shared, layer, [full, {"id": "x", "count": -5, "open": False, "geometry": full["geometry"]}]
    )
    found = {
        one["properties"]["id"]: one["properties"]
        for one in drawn(shared, layer, TileIndex(3, 6, 3))
    }
    properties = found["ก1"]
    for name in ("tags", "detail"):
        assert json.loads(properties.pop(name)) == full[name]
    assert properties.pop("moment") == "2026-02-28T05:30:00.250Z"
    assert properties == {n: v for n, v in full.items() if n in properties}
    assert set(properties) == {item.name for item in FIELDS} - {"tags", "detail", "moment"}
    assert found["x"] == {"id": "x", "count": -5, "open": False}


def test_a_field_may_have_any_name_that_a_field_can_have(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    names = ("feature_id", "t", "n", "x", "shape", "select", "Type")
    layer = new_layer(fields=(*FIELDS, *(field(name) for name in names)))
    given = {"id": "a", **{name: f"of {name}" for name in names}}
    write(shared, layer, [{**given, "geometry": shapely.Point(100, 14)}])
    (one,) = drawn(shared, layer, TileIndex(0, 0, 0))
    assert one["properties"] == given


def test_the_chosen_properties_come_and_the_key_always(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "name": "n", "count": 1, "geometry": shapely.Point(100, 14)}])
    (one,) = drawn(shared, layer, TileIndex(0, 0, 0), fields=("count",))
    assert one["properties"] == {"id": "a", "count": 1}


def test_an_empty_tile_has_no_bytes(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a", "geometry": shapely.Point(100, 14)}])
    asked = [(Query(layer=layer.id), owner_view(layer))]
    assert shared.tile(TileIndex(5, 0, 0), asked).data == b""


# Cells


def test_crowded_zooms_count_every_point_once(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = points_layer(new_layer)
    rows = crowd(1, 6_000)
    write(shared, layer, rows, "append")
    assert_counted(shared, layer, rows)
    assert shared.tiling(layer.id).depth >= 4


def test_below_the_crowded_zooms_every_point_stands_for_itself(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = points_layer(new_layer)
    rows = crowd(2, 6_000)
    write(shared, layer, rows, "append")
    zoom = shared.tiling(layer.id).depth + 1
    shapes = [row["geometry"] for row in rows]
    found = {
        one["properties"]["id"] for i in tiles_of(shapes, zoom) for one in drawn(shared, layer, i)
    }
    assert found == {row["id"] for row in rows}


def test_a_committed_edit_shows_in_the_very_next_tile(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = points_layer(new_layer)
    random = np.random.default_rng(4)
    stored = {row["id"]: row for row in crowd(4, 5_000)}
    write(shared, layer, list(stored.values()), "append")
    assert_counted(shared, layer, list(stored.values()))
    for step in range(6):
        moved = crowd(100 + step, 300, first=int(random.integers(0, 5_000)))
        kind = ("upsert", "upsert", "replace")[step % 3]
        if kind == "replace":
            kept = [row for key, row in stored.items() if random.random() < 0.8]
            stored = {row["id"]: row for row in kept}
            write(shared, layer, kept, "replace")
        else:
            stored |= {row["id"]: row for row in moved}
            write(shared, layer, moved)
        if step != 3:  # two writes between two tiles
            assert_counted(shared, layer, list(stored.values()))


def test_a_layer_that_grows_or_empties_changes_the_zooms_that_are_counted(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = points_layer(new_layer)
    assert shared.tiling(layer.id).depth == -1
    few, many = crowd(5, POINTS_MAX), crowd(6, 3 * POINTS_MAX)
    write(shared, layer, few, "replace")
    assert shared.tiling(layer.id).depth == -1
    assert len(drawn(shared, layer, TileIndex(0, 0, 0))) == POINTS_MAX
    write(shared, layer, many, "replace")
    assert_counted(shared, layer, many)
    write(shared, layer, few[:10], "replace")
    assert shared.tiling(layer.id).depth == -1
    assert len(drawn(shared, layer, TileIndex(0, 0, 0))) == 10


def test_narrowed_cells_count_what_is_left(shared: Store, new_layer: Callable[..., Layer]) -> None:
    layer = points_layer(new_layer)
    rows = crowd(7, 6_000)
    write(shared, layer, rows, "append")
    depth = shared.tiling(layer.id).depth
    view = owner_view(layer)
    prefixed = View(layer=layer.id, fields=view.fields, prefixes=("1001", "12"))
    day = Interval("2026-01-03", "2026-01-09")
    few = {"op": "<", "args": [{"property": "count"}, 1000]}
    for zoom in (0, 3, depth):
        for keep, asked in (
            (lambda row: row["count"] < 1000, {"filter": few}),
            (lambda row: "2026-01-03" <= row["day"] <= "2026-01-09", {"datetime": day}),
            (lambda row: row["area_code"][:2] in ("10", "12"), {"view": prefixed}),
        ):
            left = [row for row in rows if keep(row)]
            assert_alike(counted(shared, layer, rows, zoom, **asked), recounted(left, zoom))


def test_crowds_of_areas_are_counted_in_squares(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = new_layer(geometry="Polygon")
    rows = [
        {"id": row["id"], "geometry": shapely.box(*(row["geometry"].buffer(1e-5).bounds))}
        for row in crowd(8, 5_500)
    ]
    write(shared, layer, rows, "append")
    assert shared.tiling(layer.id).depth >= 0
    assert_alike(counted(shared, layer, rows, 0), recounted(rows, 0, squares=True))
    for one in drawn(shared, layer, TileIndex(0, 0, 0)):
        square = shape(one["geometry"])
        assert square.area == 128**2
        assert shapely.is_ccw(square.exterior)


def test_both_engines_count_alike(both: tuple[Store, Store]) -> None:
    layer = things("crowd", geometry="Point")
    found = []
    for store in both:
        store.ensure(layer)
        write(store, layer, crowd(9, 5_000), "append")
        write(store, layer, crowd(10, 500))
        tile = drawn(store, layer, tiles_of([shapely.Point(100.5, 14)], 4)[0])
        found.append(sorted(json.dumps(one, sort_keys=True) for one in tile))
    assert found[0] == found[1]


def test_a_layer_made_anew_has_nothing_of_the_one_before(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = points_layer(new_layer)
    write(shared, layer, crowd(11, 4_000), "append")
    assert drawn(shared, layer, TileIndex(0, 0, 0))
    shared.drop(layer.id)
    shared.ensure(layer)
    assert drawn(shared, layer, TileIndex(0, 0, 0)) == []
    rows = crowd(12, 4_000)
    write(shared, layer, rows, "append")
    assert_counted(shared, layer, rows)


def test_tiles_drawn_while_others_write_show_a_state_that_was_committed(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = points_layer(new_layer)
    write(shared, layer, crowd(13, 4_000), "append")
    asked = [(Query(layer=layer.id), owner_view(layer))]

    def total() -> int:
        found = decoded(shared.tile(TileIndex(0, 0, 0), asked).data)[layer.id]
        return sum(one["properties"]["phumi_count"] for one in found)

    with ThreadPoolExecutor(3) as pool:
        answers = []
        for step in range(8):
            readers = [pool.submit(total) for _ in range(6)]
            write(shared, layer, crowd(20 + step, 100, first=4_000 + 100 * step), "append")
            after = total()
            assert after == 4_100 + 100 * step
            answers += [reader.result() for reader in readers]
    assert {answer % 100 for answer in answers} == {0}
    assert answers[-1] >= 4_700


def test_two_processes_on_one_database_see_each_others_edits(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    first, second = open_store(url), open_store(url)
    layer = things("crowd", geometry="Point")
    first.ensure(layer)
    rows = crowd(14, 4_000)
    write(first, layer, rows, "append")
    for writer, reader, seed in ((first, second, 15), (second, first, 16), (second, second, 17)):
        rows += crowd(seed, 200, first=len(rows))
        write(writer, layer, rows[-200:], "append")
        assert_alike(counted(reader, layer, rows, 2), recounted(rows, 2))
    first.close()
    second.close()


def test_a_workspace_from_before_tiles_is_brought_up_to_date(store_url: str) -> None:
    store = open_store(store_url)
    assert isinstance(store, SqlStore)
    layer, points = things("areas", geometry="Polygon"), things("crowd", geometry="Point")
    ring = shapely.Point(100, 14).buffer(0.5, quad_segs=500)
    store.ensure(layer)
    store.ensure(points)
    write(store, layer, [{"id": "ring", "geometry": ring}])
    rows = crowd(19, 4_000)
    write(store, points, rows, "append")
    with store._writing() as session:
        for column in SIMPLIFIED.values():
            session.run(Sql(f"ALTER TABLE layers.areas DROP COLUMN {column}"))
        for statement in ("DROP TABLE phumi.cells", "DROP TABLE phumi.tilings"):
            session.run(Sql(statement))
        if store.dialect.name == "postgis":
            session.run(Sql("DROP INDEX phumi.history_ended"))
        session.run(Sql("DELETE FROM phumi.migrations WHERE name = 'tiles'"))
    store.close()
    store = open_store(store_url)
    (one,) = drawn(store, layer, tiles_of([ring.centroid], 5)[0])
    assert shapely.get_num_coordinates(shape(one["geometry"])) < 100
    assert_counted(store, points, rows)
    store.close()


# Views, limits


def test_single_rows_and_hidden_positions_are_refused(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    people = new_layer(geometry="Point", privacy=Privacy.RESTRICTED)
    homes = new_layer(geometry="Point", geometry_privacy=Privacy.RESTRICTED)
    for layer, code in ((people, "aggregates_only"), (homes, "positions_denied")):
        write(shared, layer, [{"id": "a", "geometry": shapely.Point(100, 14)}])
        with pytest.raises(AccessDenied) as caught:
            drawn(shared, layer, TileIndex(0, 0, 0), public_view(layer))
        assert caught.value.code == code
        assert len(drawn(shared, layer, TileIndex(0, 0, 0))) == 1


def test_a_layer_without_positions_has_no_tiles(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = new_layer(geometry=None)
    with pytest.raises(NotFound):
        drawn(shared, layer, TileIndex(0, 0, 0))


def test_hidden_fields_and_rows_stay_away(shared: Store, layer: Layer) -> None:
    places = [shapely.Point(100, 14), shapely.Point(100.1, 14.1)]
    write(
        shared,
        layer,
        [
            {"id": f"{i}", "name": "x", "area_code": f"{i}101", "geometry": p}
            for i, p in enumerate(places)
        ],
    )
    view = View(layer=layer.id, fields=frozenset({"id", "count"}), prefixes=("11",))
    assert [one["properties"] for one in drawn(shared, layer, TileIndex(0, 0, 0), view)] == [
        {"id": "1"}
    ]


def test_a_hidden_field_is_refused_at_every_zoom(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = points_layer(new_layer)
    write(shared, layer, crowd(18, 4_000), "append")
    view = View(layer=layer.id, fields=frozenset({"id"}))
    secret = {"op": "=", "args": [{"property": "count"}, 1]}
    for zoom in (0, 14):
        index = tiles_of([shapely.Point(100.5, 14)], zoom)[0]
        for asked in (
            {"filter": secret},
            {"fields": ("count",)},
            {"datetime": Interval("2026-01-01", None)},
        ):
            with pytest.raises(QueryError):
                drawn(shared, layer, index, view, **asked)


def test_one_tile_holds_several_layers_by_name(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layers = [new_layer(), new_layer(geometry="Point"), new_layer()]
    for layer in layers[:2]:
        write(shared, layer, [{"id": layer.id, "geometry": shapely.Point(100, 14)}])
    asked = [(Query(layer=layer.id), owner_view(layer)) for layer in layers]
    found = decoded(shared.tile(TileIndex(4, 12, 7), asked).data)
    assert {name: [one["properties"]["id"] for one in tile] for name, tile in found.items()} == {
        layer.id: [layer.id] for layer in layers[:2]
    }


def heavy(seed: int, n: int) -> list[Row]:
    """Squares of a kilometre upwards, each larger than the one before, with a long name."""
    random = np.random.default_rng(seed)
    return [
        {
            "id": f"{i}",
            "name": f"{seed} {i} " + "ข้อความยาว" * 20,
            "geometry": shapely.box(x, y, x + 0.01 + i / 1e5, y + 0.01 + i / 1e5),
        }
        for i, (x, y) in enumerate(random.uniform((100, 14), (100.3, 14.3), (n, 2)))
    ]


def test_a_heavy_tile_keeps_the_largest_and_says_so(shared: Store, layer: Layer) -> None:
    write(shared, layer, heavy(1, 2_000), "append")
    asked = [(Query(layer=layer.id), owner_view(layer))]
    index = tiles_of([shapely.Point(100.2, 14.2)], 8)[0]
    tile = shared.tile(index, asked)
    found = decoded(tile.data)[layer.id]
    assert tile.truncated == (layer.id,)
    assert 0.6 * BYTES_MAX < len(tile.data) <= BYTES_MAX
    assert all(one["properties"]["phumi_truncated"] is True for one in found)
    kept = sorted(int(one["properties"]["id"]) for one in found)
    assert kept == list(range(2_000 - len(kept), 2_000))
    light = shared.tile(index, [(Query(layer=layer.id, fields=("id",)), owner_view(layer))])
    assert light.truncated == ()
    assert len(decoded(light.data)[layer.id]) == 2_000


def test_heavy_layers_together_leave_room_for_a_light_one(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    first, second, light = new_layer(), new_layer(), new_layer()
    for number, layer in enumerate((first, second)):
        write(shared, layer, heavy(number, 700), "append")
    write(shared, light, [{"id": "a", "geometry": shapely.Point(100.2, 14.2)}])
    asked = [(Query(layer=layer.id), owner_view(layer)) for layer in (first, second, light)]
    tile = shared.tile(tiles_of([shapely.Point(100.2, 14.2)], 8)[0], asked)
    assert len(tile.data) <= BYTES_MAX
    assert set(tile.truncated) == {first.id, second.id}
    assert len(decoded(tile.data)[light.id]) == 1


@pytest.mark.parametrize("place", [(-1, 0, 0), (25, 0, 0), (3, 8, 0), (3, 0, 8), (0, -1, 0)])
def test_there_is_no_tile_outside_the_grid(place: tuple[int, int, int]) -> None:
    with pytest.raises(NotFound):
        TileIndex(*place)
