"""Folium maps: one file, no network, text stays text, people stay unnamed."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, box

from geo.text import Text
from layers.catalogue import CATALOGUE
from layers.model import Field, Layer
from webmap import assets
from webmap.folium_map import MapLayer, folium_map, save, script_json
from webmap.overlay import may_be_named, overlay, thin
from webmap.style import load_style

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"

needs_packages = pytest.mark.skipif(
    not assets.available(), reason="front-end packages are not installed (npm ci)"
)


def frame(shapes: list[Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


def districts() -> MapLayer:
    rows = frame(
        [MultiPolygon([box(98.3, 7.8, 98.4, 7.9)]), MultiPolygon([box(98.3, 7.9, 98.4, 8.0)])],
        code=["8301", "8303"],
        name_th=["เมืองภูเก็ต", "ถลาง"],
        name_en=["Mueang Phuket", "Thalang"],
        data_origin=["official", "official"],
    )
    return MapLayer(CATALOGUE["districts"], rows)


def attractions(name: str = "หาดในยาง") -> MapLayer:
    rows = frame(
        [Point(98.31, 7.85), Point(98.35, 7.95)],
        attraction_id=["a", "b"],
        name_th=[name, "วัด"],
        kind=["natural", "cultural"],
        price_thb=[0.0, 1234.0],
        data_origin=["invented", "invented"],
    )
    return MapLayer(CATALOGUE["attractions"], rows)


def debtors() -> MapLayer:
    rows = frame(
        [Point(98.31, 7.85), Point(98.33, 7.86), None],
        contract_id=["a", "b", "c"],
        contract_no=["SECRET-NO-1", "SECRET-NO-2", "SECRET-NO-3"],
        debtor_class=["time_barred", "normal", "normal"],
        timebar_date=[date(2026, 11, 20), None, None],
        data_origin=["synthetic"] * 3,
    )
    return MapLayer(CATALOGUE["debtors"], rows)


class Links(HTMLParser):
    """Every address that a browser would fetch on its own."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)
        for sheet in re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL):
            self.found += re.findall(r"url\(([^)]*)\)", sheet) + re.findall(r"@import (.*)", sheet)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value or ""
            for name, value in attrs
            if name in ("src", "srcset") or (name == "href" and tag == "link")
        ]


def page_of(*items: MapLayer, **options: Any) -> str:
    return folium_map(list(items), **options).get_root().render()


@needs_packages
def test_a_map_with_inlined_assets_fetches_nothing() -> None:
    page = page_of(districts(), attractions(), debtors())
    links = Links(page).found
    assert links
    assert all(link.startswith(("data:", "#")) for link in links), links
    assert "cdn." not in page
    assert "sourceMappingURL" not in page


@needs_packages
def test_a_map_says_that_it_is_self_contained_and_is_small(tmp_path: Path) -> None:
    map_ = folium_map([districts(), attractions()])
    size = save(map_, tmp_path / "map.html")
    assert map_.self_contained
    assert size == (tmp_path / "map.html").stat().st_size < 500_000


@pytest.mark.parametrize("options", [{"assets": "cdn"}, {"node_modules": Path("nowhere")}])
def test_a_map_that_needs_a_network_says_so(options: dict[str, Any]) -> None:
    map_ = folium_map([districts()], **options)
    page = map_.get_root().render()
    assert not map_.self_contained
    assert any("leaflet.js" in link for link in Links(page).found)
    assert "ต้องต่ออินเทอร์เน็ต" in page
    assert page.index("leaflet.js") < page.index("phumi.setUp = ")


def test_text_of_a_feature_cannot_leave_the_script_that_carries_it() -> None:
    page = page_of(attractions(EVIL), title=Text(EVIL, EVIL), notice=Text(EVIL, EVIL))
    assert "alert(1)</script>" not in page
    assert "<img src=x" not in page
    assert page.count("<script") == page.count("</script>")


def test_script_json_reads_back_and_holds_no_markup() -> None:
    value = {"a": [EVIL, "\u2028", "&amp;", "ภูมิ", 1.5, None]}
    text = script_json(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028") & set(text)


def test_every_feature_has_the_symbol_that_its_style_gives_it() -> None:
    item = attractions()
    spec = overlay(item)
    drawing = load_style("attractions").draw(item.features)
    assert [spec["symbols"][feature[2]] for feature in spec["features"]] == [
        drawing.symbols[i].leaflet() for i in drawing.index
    ]
    assert spec["symbols"][spec["features"][0][2]]["fillColor"] == "#1b9e77"


def details(spec: dict[str, Any], row: int) -> dict[str, Any]:
    fields, values = spec["fields"], spec["features"][row][3]
    return {
        fields[at]["label"][0]: fields[at]["pool"][values[at]]
        for at in spec["popup"]
        if values[at] >= 0
    }


def test_details_carry_the_labels_of_the_layer_and_formatted_values() -> None:
    assert details(overlay(attractions()), 1) == {
        "ประเภท": ["วัฒนธรรม", "Cultural"],
        "ค่าเข้าชม": ["1,234 บาท/คน", "1,234 baht per person"],
        "ที่มาของข้อมูล": ["สมมติขึ้นเพื่อสาธิต", "Invented for demonstration"],
    }
    assert details(overlay(debtors()), 0)["วันขาดอายุความ"] == ["20 พ.ย. 2569", "20 Nov 2026"]


def test_features_without_a_place_are_not_drawn_nor_counted() -> None:
    spec = overlay(debtors())
    assert len(spec["features"]) == 2
    (classes,) = spec["legend"]["groups"]
    assert sum(entry["count"] for entry in classes["entries"]) == 2


def test_people_have_no_name_on_hover_nor_on_the_map() -> None:
    """No names of people without asking for the details, which say that they are restricted."""
    spec = overlay(debtors())
    assert spec["hover"] is None
    assert spec["label"] is None
    assert "จำกัดสิทธิ" in spec["caution"][0]
    assert overlay(attractions())["hover"] is not None
    assert [
        i for i, layer in CATALOGUE.items() if layer.group == "people" and may_be_named(layer)
    ] == ["funds"]


def test_a_column_that_the_view_hides_is_nowhere_in_the_map() -> None:
    item = debtors()
    cut = MapLayer(item.layer, item.features.drop(columns=["contract_no", "debtor_class"]))
    page = page_of(cut)
    assert "SECRET-NO" not in page
    assert overlay(cut)["legend"]["groups"] == []


def test_the_origin_of_the_data_stands_on_the_map() -> None:
    page = page_of(districts(), attractions(), debtors())
    assert "สมมติขึ้นเพื่อสาธิต: แหล่งท่องเที่ยว" in page
    assert "Synthetic, no real person: Women's fund debtors" in page
    assert "Contains invented demonstration data" in page
    assert "Contains invented demonstration data" not in page_of(districts())


def test_no_base_map_unless_it_is_asked_for() -> None:
    assert "tile" not in re.sub(r"<(script|style)>.*?</\1>", "", page_of(), flags=re.DOTALL)
    assert "L.tileLayer(\n" in page_of(districts(), base_map="OpenStreetMap")


def test_an_empty_map_shows_the_country() -> None:
    empty = districts().features.iloc[:0]
    page = page_of(MapLayer(CATALOGUE["districts"], empty))
    bounds = json.loads(re.search(r'"bounds":(\[\[.*?\]\])', page)[1])  # type: ignore[index]
    assert bounds == [[5.6, 97.3], [20.5, 105.7]]


def test_the_first_view_is_the_extent_of_what_is_shown_or_the_box_asked_for() -> None:
    assert '"bounds":[[7.8,98.3],[8.0,98.4]]' in page_of(districts())
    assert '"bounds":[[1,2],[3,4]]' in page_of(districts(), bbox=(2, 1, 4, 3))


def test_people_are_shown_when_asked_for_and_alone_they_are_not_hidden() -> None:
    """A map of several layers opens without the points of people; a map of them alone does not."""
    assert overlay(debtors())["visible"] is False
    assert overlay(MapLayer(debtors().layer, debtors().features, visible=True))["visible"] is True
    assert '"visible":true' in page_of(debtors())
    assert '"visible":false' in page_of(districts(), debtors())


def test_details_name_the_place_of_an_area_code() -> None:
    rows = attractions().features.assign(area_code=["8303", "50"])
    item = MapLayer(CATALOGUE["attractions"], rows)
    page = page_of(districts(), item)
    assert '["อ.ถลาง (8303)","Thalang (8303)"]' in page
    assert details(overlay(item), 1)["รหัสพื้นที่"] == "50"


def test_a_layer_of_users_draws_without_a_style_document() -> None:
    layer = Layer(
        id="my_wells",
        title=Text("บ่อของฉัน", "My wells"),
        description=Text("-", "-"),
        group="user",
        geometry="Point",
        key="id",
        fields=(Field(name="id", label=Text("รหัส", "Id")),),
        user_made=True,
    )
    spec = overlay(MapLayer(layer, frame([Point(98.3, 7.9)], id=["w1"])))
    assert details(spec, 0) == {"รหัส": "w1"}
    assert spec["legend"]["swatch"]


@pytest.mark.parametrize(
    "shape",
    [
        Point(98.3, 7.9, 12.0),
        LineString([(98.3, 7.9), (98.4, 8.0)]),
        box(98.3, 7.9, 98.4, 8.0),
        shapely.MultiPoint([(98.3, 7.9), (98.4, 8.0)]),
        shapely.box(98.3, 7.9, 98.4, 8.0) - shapely.box(98.32, 7.92, 98.34, 7.94),
    ],
)
def test_every_kind_of_shape_is_carried_in_two_dimensions(shape: Any) -> None:
    item = attractions()
    rows = item.features.iloc[:1].copy()
    rows.geometry = [shape]
    feature = overlay(MapLayer(item.layer, rows))["features"][0]
    back = shapely.from_geojson(json.dumps({"type": feature[0], "coordinates": feature[1]}))
    assert not back.has_z
    assert shapely.equals_exact(back, shapely.force_2d(shape), tolerance=1e-6)


def grid(cells: int, steps: int) -> gpd.GeoSeries:
    """Squares that share wavy borders with many vertices."""
    line = np.linspace(0, 1, steps)
    wave = 0.005 * np.sin(line * 20 * np.pi).round(9)

    def cell(i: int, j: int) -> shapely.Polygon:
        south = [(i + t, j + w) for t, w in zip(line, wave, strict=True)]
        east = [(i + 1 + w, j + t) for t, w in zip(line, wave, strict=True)]
        north = [(i + t, j + 1 + w) for t, w in zip(line, wave, strict=True)][::-1]
        west = [(i + w, j + t) for t, w in zip(line, wave, strict=True)][::-1]
        return shapely.Polygon(south + east[1:] + north[1:] + west[1:])

    return gpd.GeoSeries([cell(i, j) for i in range(cells) for j in range(cells)], crs=4326)


def test_thinned_areas_keep_their_common_borders() -> None:
    shapes = grid(4, 200)
    assert shapely.coverage_is_valid(shapes.array)
    out = thin(shapes, max_vertices=2_000)
    assert shapely.get_num_coordinates(out).sum() <= 2_000
    assert shapely.coverage_is_valid(out)
    assert shapely.union_all(out).area == pytest.approx(shapely.union_all(shapes).area, rel=0.01)


def test_what_fits_is_not_thinned() -> None:
    shapes = grid(2, 20)
    assert list(thin(shapes)) == list(shapes)


NATION = Path(__file__).parents[3] / "shared/data/boundaries/tambon.fgb"


@needs_packages
@pytest.mark.skipif(not NATION.is_file(), reason="the national boundaries are not on this machine")
def test_all_tambons_of_the_nation_fit_in_one_file(tmp_path: Path) -> None:
    """7,425 tambons draw from one self-contained file under 5 MB."""
    rows = gpd.read_file(NATION)
    map_ = folium_map([MapLayer(CATALOGUE["tambons"], rows)])
    assert save(map_, tmp_path / "nation.html") < 5_000_000
    assert len(rows) == 7425
