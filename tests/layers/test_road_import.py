"""Roads of OpenStreetMap files: what ways, nodes and tags become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.network import PROFILES, RoadNetwork, Topology, connection
from layers.catalogue import CATALOGUE
from layers.errors import IntakeError
from layers.facilities import ROAD_CLASSES, ROADS
from layers.intake import prepare
from layers.intake.osm import BARRIER_OF, CLASS_OF, SURFACE_OF
from layers.intake.profiles import profiles

NODES = {1: (98.0, 8.0), 2: (98.01, 8.0), 3: (98.02, 8.0), 4: (98.01, 7.99), 5: (98.01, 8.01),
         6: (98.015, 8.0), 7: (98.03, 8.0), 8: (98.03, 8.01)}  # fmt: skip


def osm_file(
    folder: Path, ways: list[tuple[list[int], dict[str, str]]], **nodes: dict[str, str]
) -> Path:
    """An OpenStreetMap file with these ways; ``nodes`` are tags by ``n`` and the number."""
    lines = ['<osm version="0.6">']
    for number, (lon, lat) in NODES.items():
        lines.append(f'<node id="{number}" version="1" lat="{lat}" lon="{lon}">')
        lines += [f'<tag k="{k}" v="{v}"/>' for k, v in nodes.get(f"n{number}", {}).items()]
        lines.append("</node>")
    for number, (refs, tags) in enumerate(ways, 100):
        lines.append(f'<way id="{number}" version="1">')
        lines += [f'<nd ref="{ref}"/>' for ref in refs]
        lines += [f'<tag k="{k}" v="{v}"/>' for k, v in tags.items()]
        lines.append("</way>")
    path = folder / "town.osm"
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def rows_of(path: Path) -> gpd.GeoDataFrame:
    rows = prepare(path, CATALOGUE["roads"], layer_id="roads").rows
    assert isinstance(rows, gpd.GeoDataFrame)
    return rows.set_index("road_id")


STREET = {"highway": "residential"}


def test_ways_are_cut_where_they_share_a_node_and_nowhere_else(tmp_path: Path) -> None:
    """Node 2 is passed by both, node 3 is the end of the second, node 6 is of one way only."""
    path = osm_file(tmp_path, [([1, 2, 6, 3, 7], STREET), ([4, 2, 5], STREET), ([3, 8], STREET)])
    rows = rows_of(path)
    assert rows.index.tolist() == ["osm-100-1", "osm-100-2", "osm-100-3", "osm-101-1", "osm-101-2",
                                   "osm-102-1"]  # fmt: skip
    assert shapely.get_num_points(rows.geometry).tolist() == [2, 3, 2, 2, 2, 2]
    assert connection(RoadNetwork.build(rows)).parts == 1


def test_a_bridge_over_a_road_is_not_joined_to_it(tmp_path: Path) -> None:
    bridge = STREET | {"bridge": "yes", "layer": "1"}
    rows = rows_of(osm_file(tmp_path, [([1, 2, 3], STREET), ([4, 2, 5], bridge)]))
    assert len(rows) == 2
    assert rows["bridge"].tolist() == [pd.NA, True]
    assert connection(RoadNetwork.build(rows)).parts == 2


@pytest.mark.parametrize(
    ("tags", "field", "expected"),
    [
        ({"highway": "trunk"}, "road_class", "highway"),
        ({"highway": "tertiary_link"}, "road_class", "rural_road"),
        ({"highway": "footway"}, "road_class", "path"),
        ({"route": "ferry"}, "road_class", "ferry"),
        (STREET | {"oneway": "yes"}, "oneway", "forward"),
        (STREET | {"oneway": "-1"}, "oneway", "backward"),
        (STREET | {"oneway": "no"}, "oneway", "both"),
        (STREET | {"junction": "roundabout"}, "oneway", "forward"),
        ({"highway": "motorway"}, "oneway", "forward"),
        (STREET, "oneway", "both"),
        (STREET | {"maxspeed": "50"}, "speed_kmh", 40.0),
        (STREET | {"maxspeed": "30 mph"}, "speed_kmh", 38.6),
        (STREET | {"maxspeed": "TH:urban"}, "speed_kmh", None),
        (STREET | {"surface": "laterite"}, "surface", "gravel"),
        (STREET | {"lanes": "2"}, "lanes", 2),
        (STREET | {"lanes": "2;3"}, "lanes", None),
        (STREET | {"access": "private"}, "motor", False),
        (STREET | {"access": "private"}, "foot", False),
        (STREET | {"access": "private", "foot": "yes"}, "foot", True),
        (STREET | {"access": "destination"}, "motor", None),
        (STREET | {"motor_vehicle": "no"}, "motorcycle", False),
        (STREET | {"motor_vehicle": "no", "motorcycle": "yes"}, "motorcycle", True),
        (STREET | {"bicycle": "no"}, "bicycle", False),
        (STREET | {"name": "ถนนถลาง"}, "name_th", "ถนนถลาง"),
        (STREET | {"name": "Thalang Road", "name:th": "ถนนถลาง"}, "name_th", "ถนนถลาง"),
        (STREET | {"name": "Thalang Road"}, "name_en", "Thalang Road"),
        (STREET | {"name": "ถนนถลาง", "name:en": "Thalang"}, "name_en", "Thalang"),
    ],
)
def test_what_a_tag_becomes(
    tmp_path: Path, tags: dict[str, str], field: str, expected: Any
) -> None:
    rows = rows_of(osm_file(tmp_path, [([1, 2, 3], tags), ([7, 8], STREET)]))
    found = rows[field].iloc[0]
    assert (None if pd.isna(found) else found) == expected


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"barrier": "bollard"}, "bollard"),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, None),
        ({"barrier": "gate"}, None),
        ({"barrier": "gate", "access": "private"}, "gate"),
        ({"barrier": "wall"}, "wall"),
        ({"barrier": "toll_booth"}, None),
    ],
    ids=["bollard", "bollard-open", "gate-open", "gate-private", "wall", "toll-booth"],
)
def test_a_barrier_within_a_way_stands_between_two_roads(
    tmp_path: Path, tags: dict[str, str], kind: str | None
) -> None:
    rows = rows_of(osm_file(tmp_path, [([1, 2, 3], STREET)], n2=tags))
    if kind is None:
        assert len(rows.dropna(subset=["barrier_start"])) == 0
        assert connection(RoadNetwork.build(rows)).parts == 1
        return
    assert rows["barrier_end"].iloc[0] == rows["barrier_start"].iloc[1] == kind
    topology = Topology.build(rows)
    parts = {name: connection(RoadNetwork(topology, name)).parts for name in PROFILES}
    assert parts["car"] == 2
    assert parts["walk"] == (2 if kind == "wall" else 1)


def test_ways_that_are_no_roads_are_counted(tmp_path: Path) -> None:
    path = osm_file(tmp_path, [([1, 2], STREET), ([2, 3], {"highway": "proposed"})])
    intake = prepare(path, CATALOGUE["roads"], layer_id="roads")
    (note,) = [found for found in intake.report.findings if found.code == "GEO-I-OTHERWAYS"]
    assert "1" in note.text.en
    assert (len(intake.rows), intake.report.profile) == (1, "osm")


def test_a_file_without_roads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntakeError):
        prepare(osm_file(tmp_path, []), CATALOGUE["roads"], layer_id="roads")


def test_a_file_that_is_no_openstreetmap_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(b"no map" * 100)
    with pytest.raises(IntakeError):
        prepare(path, CATALOGUE["roads"], layer_id="roads")


def test_for_another_layer_the_layers_of_the_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(IntakeError) as caught:
        prepare(osm_file(tmp_path, [([1, 2], STREET)]), CATALOGUE["facilities"],
                layer_id="facilities")  # fmt: skip
    assert "points" in caught.value.text.en
    assert "roads" in caught.value.text.en


def test_what_the_tables_say_are_codes_of_the_layer() -> None:
    values = {name: set(ROADS.by_name[name].values or ()) for name in
              ("road_class", "surface", "barrier_start")}  # fmt: skip
    assert set(CLASS_OF.values()) <= values["road_class"] == set(ROAD_CLASSES)
    assert set(SURFACE_OF.values()) <= values["surface"]
    assert set(BARRIER_OF.values()) == values["barrier_start"]
    for profile in PROFILES.values():
        assert set(profile.kmh) == set(ROAD_CLASSES)
    assert {rule.field for rule in profiles()["osm"].columns.values()} <= set(ROADS.by_name)


def test_a_real_country_is_one_network_and_both_engines_agree(reference: Path) -> None:
    """Andorra: the largest part holds at least 90 % of the drivable length; 100 random pairs."""
    rows = rows_of(reference / "osm" / "andorra.osm.pbf")
    topology = Topology.build(rows)
    found = connection(RoadNetwork(topology, "car"))
    assert found.usable_m > 400_000
    assert found.main_share >= 0.9
    spots = shapely.line_interpolate_point(topology.lines, 0.5, normalized=True)
    pick = pd.Series(range(len(spots))).sample(200, random_state=1).to_numpy()
    start, end = spots[pick[:100]], spots[pick[100:]]
    fast = RoadNetwork(topology, "car")
    slow = RoadNetwork(topology, "car", engine="dijkstra")
    ours, check = fast.matrix(start, end), slow.matrix(start, end)
    pd.testing.assert_frame_equal(pd.DataFrame(ours.minutes), pd.DataFrame(check.minutes))
    pd.testing.assert_frame_equal(pd.DataFrame(ours.metres), pd.DataFrame(check.metres))
    assert (~ours.estimated).mean() > 0.7
    for one, other in zip(fast.paths(start[:20], end[:20]), slow.paths(start[:20], end[:20]),
                          strict=True):  # fmt: skip
        assert one.minutes == pytest.approx(other.minutes, rel=1e-6)
        assert one.metres == pytest.approx(other.metres, rel=1e-3)
