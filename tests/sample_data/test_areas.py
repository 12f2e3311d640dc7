"""The areas, roads and hills: printed counts, exact coverage, one network."""

import csv
from collections import Counter

import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Geod
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

import sample_data
from sample_data.frame import ground
from sample_data.settlements import shares

GEODESIC = Geod(ellps="WGS84")
ISLAND_KM2 = 543.034  # PHUKET L191


def km2(shape):
    return abs(GEODESIC.geometry_area_perimeter(shape)[0]) / 1e6


@pytest.fixture(scope="module")
def printed():
    path = sample_data.FILES.parent / "registers" / "phuket_tambons.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def tambons(layers):
    return {row["code"]: row["geometry"] for row in layers["tambons"]}


def test_counts_are_those_of_the_handbook(layers):
    """Districts, tambons, villages, communities (PHUKET L191-205)."""
    kinds = Counter((row["code"][:4], row["kind"]) for row in layers["villages"])
    assert kinds == {
        ("8301", "village"): 44,
        ("8301", "community"): 32,
        ("8302", "village"): 6,
        ("8302", "community"): 26,
        ("8303", "village"): 46,
    }
    assert Counter(row["code"][:4] for row in layers["tambons"]) == {
        "8301": 8,
        "8302": 3,
        "8303": 6,
    }
    (province,) = layers["provinces"]
    assert (province["n_districts"], province["n_tambons"]) == (3, 17)
    assert (province["n_villages"], province["n_communities"]) == (96, 58)


def test_local_governments_are_those_of_the_handbook(layers):
    """Kinds per district as in assessment.md 16.3; the provincial one stands above them."""
    kinds = Counter((row["area_code"], row["lao_type"]) for row in layers["local_governments"])
    assert kinds == {
        ("8301", "sao"): 1,
        ("8301", "subdistrict_municipality"): 5,
        ("8301", "city_municipality"): 1,
        ("8302", "sao"): 1,
        ("8302", "town_municipality"): 2,
        ("8303", "sao"): 4,
        ("8303", "subdistrict_municipality"): 4,
        ("83", "pao"): 1,
    }


def test_local_governments_share_out_every_tambon_and_village_once(layers, tambons):
    base = [row for row in layers["local_governments"] if row["lao_type"] != "pao"]
    held = Counter(item["village_code"] for row in base for item in row["lao_village"])
    assert held == Counter(row["code"] for row in layers["villages"])
    shared = Counter()
    for row in base:
        for item in row["lao_tambon"]:
            shared[item["tambon_code"]] += item["area_share_tambon"]
    assert set(shared) == set(tambons)
    assert all(abs(total - 1) < 1e-3 for total in shared.values())


def test_names_and_codes_are_the_printed_ones(layers, printed):
    for row in layers["tambons"]:
        want = printed[row["code"]]
        assert (row["name_th"], row["name_en"]) == (want["name_th"], want["name_en"])
        assert row["district_th"] == want["district_th"]
    for row in layers["villages"]:
        assert row["tambon_th"] == printed[row["code"][:6]]["name_th"]


def test_tambons_cover_the_province_without_gap_or_overlap(layers, tambons):
    parts = np.array(list(tambons.values()), dtype=object)
    assert shapely.coverage_is_valid(np.array([shapely.unary_union([p]) for p in parts]))
    for i, a in enumerate(parts):
        assert not any(a.intersection(b).area > 0 for b in parts[i + 1 :])
    (province,) = layers["provinces"]
    assert shapely.coverage_union_all(parts).equals(province["geometry"])
    assert not [ring for part in province["geometry"].geoms for ring in part.interiors]
    districts = [row["geometry"] for row in layers["districts"]]
    assert shapely.coverage_union_all(districts).equals(province["geometry"])


def test_districts_are_the_unions_of_their_tambons(layers, tambons):
    for row in layers["districts"]:
        own = [shape for code, shape in tambons.items() if code.startswith(row["code"])]
        assert shapely.coverage_union_all(own).equals(row["geometry"])


def test_tambon_areas_come_close_to_the_printed_ones(tambons, printed):
    """Within 1.5 % of the island each; the whole within 5 % of the printed area."""
    sizes = {code: km2(shape) for code, shape in tambons.items()}
    assert abs(sum(sizes.values()) / ISLAND_KM2 - 1) < 0.05
    scale = sum(sizes.values()) / sum(float(row["area_km2"]) for row in printed.values())
    for code, row in printed.items():
        off = sizes[code] - float(row["area_km2"]) * scale
        assert abs(off) < 0.015 * sum(sizes.values()), (code, off)


def test_every_printed_inner_point_lies_in_its_tambon(tambons, printed):
    for code, row in printed.items():
        assert tambons[code].contains(shapely.Point(float(row["lon"]), float(row["lat"])))


def test_every_village_lies_in_the_tambon_of_its_code(layers, tambons):
    for row in layers["villages"]:
        assert tambons[row["code"][:6]].contains(row["geometry"])
    assert len({row["name_th"] for row in layers["villages"]}) == 154


def test_villages_are_spread_over_tambons_by_area(layers, printed):
    """Districts hold their printed sums, tambons their share by area (places.md 7)."""
    for district, total in {"8301": 44, "8302": 6, "8303": 46}.items():
        areas = {c: float(r["area_km2"]) for c, r in printed.items() if c.startswith(district)}
        counted = Counter(
            row["code"][:6]
            for row in layers["villages"]
            if row["kind"] == "village" and row["code"].startswith(district)
        )
        for code, area in areas.items():
            assert abs(counted[code] - total * area / sum(areas.values())) < 1


def test_shares_add_up_and_differ_less_than_one_from_the_exact_share():
    parts = shares(10, {"a": 1.0, "b": 1.0, "c": 1.0})
    assert sum(parts.values()) == 10
    assert sorted(parts.values()) == [3, 3, 4]
    assert shares(0, {"a": 2.0}) == {"a": 0}


def test_features_of_an_area_lie_in_it(layers, tambons):
    """LAND-R4: the place decides; households and debtors stand in their own tambon."""
    for name in ("plots", "ponds", "households", "debtors", "facilities", "funds"):
        for row in layers[name]:
            if len(row["area_code"]) >= 6:
                assert tambons[row["area_code"][:6]].covers(row["geometry"]), (name, row)


@pytest.fixture(scope="module")
def roads(layers):
    return [row["geometry"] for row in layers["roads"]]


def test_roads_are_one_network_joined_at_shared_end_points(roads):
    ends = [(line.coords[0], line.coords[-1]) for line in roads]
    numbers = {end: k for k, end in enumerate({e for pair in ends for e in pair})}
    a, b = np.array([[numbers[x], numbers[y]] for x, y in ends]).T
    graph = coo_matrix((np.ones(len(a)), (a, b)), shape=(len(numbers), len(numbers)))
    assert connected_components(graph, directed=False)[0] == 1
    assert 600 <= len(roads) <= 1600


def test_roads_cross_nowhere_but_at_their_ends(roads):
    """At 0.2 m: coordinates are rounded to 0.1 m."""
    metres = [ground(line) for line in roads]
    tree = shapely.STRtree(metres)
    for i, j in zip(*tree.query(metres, "crosses"), strict=True):
        meeting = metres[i].intersection(metres[j])
        ends = shapely.MultiPoint([*metres[i].coords[:: len(metres[i].coords) - 1]])
        assert all(ends.distance(p) < 0.2 for p in shapely.get_parts(meeting))


def test_every_village_is_near_a_road_and_roads_stay_on_land(layers, roads):
    network = shapely.MultiLineString([ground(line) for line in roads])
    for row in layers["villages"]:
        assert network.distance(ground(row["geometry"])) < 50
    (province,) = layers["provinces"]
    assert province["geometry"].covers(shapely.MultiLineString(roads))


def test_road_lengths_are_geodesic(layers):
    for row in layers["roads"][::20]:
        want = GEODESIC.geometry_length(row["geometry"])
        assert row["length_m"] == pytest.approx(want, rel=1e-4, abs=0.1)


def test_one_way_streets_leave_every_crossing_reachable(layers):
    pairs = []
    for row in layers["roads"]:
        first, last = row["geometry"].coords[0], row["geometry"].coords[-1]
        pairs.append((first, last))
        if row["oneway"] == "both":
            pairs.append((last, first))
    assert any(row["oneway"] == "forward" for row in layers["roads"])
    numbers = {end: k for k, end in enumerate({e for pair in pairs for e in pair})}
    a, b = np.array([[numbers[x], numbers[y]] for x, y in pairs]).T
    graph = coo_matrix((np.ones(len(a)), (a, b)), shape=(len(numbers), len(numbers)))
    parts, _ = connected_components(graph, directed=True, connection="strong")
    assert parts == 1


def test_the_ground_rises_inland_and_has_no_data_at_sea(layers):
    (province,) = layers["provinces"]
    with rasterio.open(sample_data.TERRAIN) as ground_height:
        heights = ground_height.read(1)
        nodata = ground_height.nodata
        assert ground_height.crs.to_epsg() == 4326
        assert ground_height.tags()["data_origin"] == "invented"
        rows, columns = np.mgrid[0 : heights.shape[0], 0 : heights.shape[1]]
        x, y = rasterio.transform.xy(ground_height.transform, rows.ravel(), columns.ravel())
    on_land = shapely.contains_xy(province["geometry"], x, y).reshape(heights.shape)
    assert ((heights != nodata) == on_land).all()
    assert heights[on_land].min() >= 0
    assert 400 < heights.max() < 600  # the highest hills of Phuket stand a little above 500 m
    assert np.median(heights[on_land]) < 60
