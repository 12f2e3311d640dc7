"""What the reading calls give: GeoJSON text, frames, counts, extents, coordinates in other CRSs."""

from __future__ import annotations

import json
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from layers.errors import NotFound, QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query, SortKey
from layers.store import Store
from tests.contract.specimens import grid_shapes, parsed, write

CRS = [3857, 32647, 32648, 24047, 24048, 4240]
PLACES = [
    (98.2987, 7.8804),
    (100.5018, 13.7563),
    (102.8236, 16.4419),
    (104.8561, 15.2287),
    (99.0, 19.0),
]


@pytest.fixture(scope="module")
def filled(shared: Store, new_layer: Callable[..., Layer]) -> Layer:
    layer = new_layer()
    write(
        shared,
        layer,
        [
            {"id": f"{i:02}", "name": "ก" * (i % 3), "count": i % 5, "geometry": shape}
            for i, shape in enumerate(grid_shapes(3, 30))
        ],
    )
    return layer


def test_a_page_is_features_of_geojson_with_id_geometry_and_properties(
    shared: Store, filled: Layer
) -> None:
    page = shared.features(Query(layer=filled.id, limit=4), owner_view(filled))
    for feature in parsed(page):
        assert list(feature) == ["type", "id", "geometry", "properties"]
        assert feature["type"] == "Feature"
        assert feature["properties"]["id"] == feature["id"]
        assert list(feature["properties"]) == [field.name for field in filled.fields]
    assert page.returned == 4


def test_one_feature_is_the_same_as_in_a_page(shared: Store, filled: Layer) -> None:
    query = Query(layer=filled.id, fields=("name", "count"), crs=32647, limit=None)
    for feature in parsed(shared.features(query, owner_view(filled))):
        one = shared.feature(feature["id"], query, owner_view(filled))
        assert json.loads(one.text) == feature
        assert one.version == 1


@pytest.mark.parametrize("key", ["nobody", "", "00'", "0%", "\x00", "\ud800", "x" * 100_000])
def test_a_feature_that_is_not_there_is_not_found(shared: Store, filled: Layer, key: str) -> None:
    with pytest.raises(NotFound) as missing:
        shared.feature(key, Query(layer=filled.id), owner_view(filled))
    assert missing.value.code == "feature_unknown"


def test_only_the_fields_asked_for_come_in_the_order_of_the_layer(
    shared: Store, filled: Layer
) -> None:
    view = owner_view(filled)
    query = Query(layer=filled.id, fields=("count", "name", "count"), limit=2)
    assert [list(f["properties"]) for f in parsed(shared.features(query, view))] == [
        ["name", "count"]
    ] * 2
    assert list(shared.read(query, view)) == ["name", "count", "geometry"]
    nothing = Query(layer=filled.id, fields=(), limit=2)
    assert [f["properties"] for f in parsed(shared.features(nothing, view))] == [{}, {}]
    assert len(shared.read(nothing, view)) == 2


def test_geometry_can_be_left_out(shared: Store, filled: Layer) -> None:
    query = Query(layer=filled.id, geometry=False, limit=None)
    assert {f["geometry"] is None for f in parsed(shared.features(query, owner_view(filled)))} == {
        True
    }
    found = shared.read(query, owner_view(filled))
    assert not isinstance(found, gpd.GeoDataFrame)
    assert len(found) == 30


def test_read_gives_the_same_rows_in_the_same_order_as_features(
    shared: Store, filled: Layer
) -> None:
    query = Query(layer=filled.id, sort=(SortKey("count", True), SortKey("name")), limit=None)
    features = parsed(shared.features(query, owner_view(filled)))
    rows = shared.read(query, owner_view(filled))
    assert list(rows["id"]) == [feature["id"] for feature in features]
    for feature, shape in zip(features, rows.geometry, strict=True):
        if shape is None:
            assert feature["geometry"] is None
        else:
            assert shapely.from_geojson(json.dumps(feature["geometry"])) == shape


@pytest.mark.parametrize("crs", [4326, 32647])
@pytest.mark.parametrize("sort", [(), (SortKey("count", descending=True),)])
@pytest.mark.parametrize("limit", [None, 7])
def test_streams_hold_what_pages_and_frames_hold(
    shared: Store, filled: Layer, crs: int, sort: tuple[SortKey, ...], limit: int | None
) -> None:
    view = owner_view(filled)
    query = Query(layer=filled.id, sort=sort, limit=limit, crs=crs)
    page = parsed(shared.features(query, view))
    texts = [json.loads(text) for part in shared.stream(query, view) for text in part]
    frame = shared.read(query, view)
    batches = list(shared.batches(query, view))
    rows = [row for batch in batches for row in batch.to_pylist()]
    if not sort and limit is None:  # a whole layer comes as it lies in the table
        texts.sort(key=lambda feature: feature["id"])
        rows.sort(key=lambda row: row["id"])
    assert texts == page
    assert [row["id"] for row in rows] == list(frame["id"])
    assert [row["geometry"] and shapely.from_wkb(row["geometry"]) for row in rows] == list(
        frame.geometry
    )
    assert batches[0].schema.names == list(frame)


def test_an_empty_answer_streams_nothing_but_tells_its_columns(shared: Store, layer: Layer) -> None:
    query, view = Query(layer=layer.id, limit=None), owner_view(layer)
    assert [text for part in shared.stream(query, view) for text in part] == []
    batches = list(shared.batches(query, view))
    assert sum(batch.num_rows for batch in batches) == 0
    assert batches[0].schema.names == [*(field.name for field in layer.fields), "geometry"]


def test_a_stream_that_is_left_early_lets_go_of_its_connection(
    shared: Store, filled: Layer
) -> None:
    query, view = Query(layer=filled.id, limit=None), owner_view(filled)
    for _ in range(20):  # more often than the pool has connections
        for stream in (shared.stream(query, view), shared.batches(query, view)):
            next(stream)
            stream.close()  # type: ignore[attr-defined]
    assert shared.count(query, view) == 30


def test_the_count_does_not_look_at_paging(shared: Store, filled: Layer) -> None:
    query = Query(layer=filled.id, limit=3, offset=5, after=("05",))
    assert shared.count(query, owner_view(filled)) == 30


def test_the_extent_is_the_box_around_all_shapes(shared: Store, filled: Layer) -> None:
    shapes = [shape for shape in grid_shapes(3, 30) if shape is not None]
    assert shared.extent(filled.id, owner_view(filled)) == tuple(shapely.total_bounds(shapes))


def test_layers_without_any_shape_have_no_extent(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a"}])
    assert shared.extent(layer.id, owner_view(layer)) is None


@pytest.mark.parametrize("crs", CRS)
def test_coordinates_come_in_the_crs_asked_for(shared: Store, layer: Layer, crs: int) -> None:
    """Equal to pyproj within a micrometre, on both engines."""
    shapes = [*map(shapely.Point, PLACES), shapely.box(98, 7, 99, 8), None]
    write(shared, layer, [{"id": str(i), "geometry": g} for i, g in enumerate(shapes)])
    project = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    tolerance = 1e-6 if project.target_crs and project.target_crs.is_projected else 1e-8
    query = Query(layer=layer.id, crs=crs, limit=None)
    rows = shared.read(query, owner_view(layer))
    assert rows.crs == pyproj.CRS.from_epsg(crs)
    features = parsed(shared.features(query, owner_view(layer)))
    for shape, row, feature in zip(shapes, rows.geometry, features, strict=True):
        if shape is None:
            assert row is None
            assert feature["geometry"] is None
            continue
        expected = np.column_stack(project.transform(*shapely.get_coordinates(shape).T))
        as_json = shapely.from_geojson(json.dumps(feature["geometry"]))
        for found in (row, as_json):
            assert shapely.get_coordinates(found) == pytest.approx(expected, abs=tolerance)


def test_indian_1975_is_shifted_as_proj_does_it_not_as_the_royal_thai_survey_does(
    shared: Store, layer: Layer
) -> None:
    """A known limit, measured: PROJ takes "Indian 1975 to WGS 84 (4)" for EPSG:24047 and 24048.

    Its seven parameters lie some 180 m from the three of the Royal Thai Survey Department
    (204.5, 837.9, 294.8), which put UTM of Indian 1975 about 333 m east and 303 m south of WGS 84.
    """
    survey = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
        "+step +proj=cart +ellps=WGS84 +step +proj=helmert +x=-204.5 +y=-837.9 +z=-294.8 "
        "+step +inv +proj=cart +ellps=evrst30 +step +proj=pop +v_3 "
        "+step +proj=utm +zone=47 +ellps=evrst30"
    )
    utm = pyproj.Transformer.from_crs(4326, 32647, always_xy=True)
    write(
        shared, layer, [{"id": str(i), "geometry": shapely.Point(p)} for i, p in enumerate(PLACES)]
    )
    rows = shared.read(Query(layer=layer.id, crs=24047, limit=None), owner_view(layer))
    for place, found in zip(PLACES, rows.geometry, strict=True):
        official = survey.transform(*place)
        assert np.subtract(official, utm.transform(*place)) == pytest.approx((333, -303), abs=3)
        assert 170 < np.hypot(*np.subtract((found.x, found.y), official)) < 200


@pytest.mark.parametrize("crs", [999_999, -1, 0, 4979_0])
def test_a_crs_that_is_none_is_refused(shared: Store, filled: Layer, crs: int) -> None:
    query = Query(layer=filled.id, crs=crs)
    for call in (shared.features, shared.read):
        with pytest.raises(QueryError) as refused:
            call(query, owner_view(filled))
        assert refused.value.code == "crs_unknown"
    with pytest.raises(QueryError):
        shared.feature("00", query, owner_view(filled))


def test_a_query_for_another_layer_than_its_view_is_a_mistake(
    shared: Store, filled: Layer, layer: Layer
) -> None:
    with pytest.raises(ValueError, match=filled.id):
        shared.features(Query(layer=layer.id), owner_view(filled))
