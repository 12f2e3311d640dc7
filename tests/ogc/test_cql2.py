"""CQL2 (21-065r2) by conformance class: what a filter finds is what reading every feature finds."""

# ruff: noqa: E501 - one filter, and what it means, on a line each

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any

import cql2
import pytest
import shapely

from tests.ogc.conftest import Service

SPEC = "http://www.opengis.net/spec/cql2/1.0/conf"
Row = dict[str, Any]


def shape(row: Row) -> Any:
    return shapely.from_geojson(json.dumps(row["geometry"])) if row["geometry"] else None


def holds(value: Any, test: Callable[[Any], bool]) -> bool:
    return value is not None and test(value)


PLACE = "POINT(98.3381 7.8909)"
AREA = "POLYGON((98.30 7.85, 98.37 7.85, 98.37 7.93, 98.30 7.93, 98.30 7.85))"
LINE = "LINESTRING(98.25 7.80, 98.45 8.00)"
MULTI = f"MULTIPOLYGON((({AREA.removeprefix('POLYGON((').removesuffix('))')})))"
area, line = shapely.from_wkt(AREA), shapely.from_wkt(LINE)

# class, collection, filter, the same read by hand
CASES: list[tuple[str, str, str, Callable[[Row], bool]]] = [
    ("basic-cql2", "villages", "kind = 'community'", lambda r: r["kind"] == "community"),
    ("basic-cql2", "villages", "kind <> 'community'", lambda r: r["kind"] not in (None, "community")),
    ("basic-cql2", "villages", "village_no > 3", lambda r: holds(r["village_no"], lambda v: v > 3)),
    ("basic-cql2", "villages", "village_no <= 3 AND NOT kind = 'community'",
     lambda r: holds(r["village_no"], lambda v: v <= 3) and r["kind"] != "community"),
    ("basic-cql2", "villages", "village_no < 2 OR village_no >= 9",
     lambda r: holds(r["village_no"], lambda v: v < 2 or v >= 9)),
    ("basic-cql2", "villages", "village_no IS NULL", lambda r: r["village_no"] is None),
    ("basic-cql2", "villages", "village_no IS NOT NULL", lambda r: r["village_no"] is not None),
    ("basic-cql2", "events", "start_date >= DATE('2023-06-01')",
     lambda r: holds(r["start_date"], lambda v: v >= "2023-06-01")),
    ("basic-cql2", "tambons", "TRUE", lambda r: True),
    ("basic-cql2", "tambons", "FALSE", lambda r: False),
    ("advanced-comparison-operators", "tambons", "name_th LIKE '%ก%'", lambda r: "ก" in r["name_th"]),
    ("advanced-comparison-operators", "tambons", "name_th LIKE 'ก____'",
     lambda r: r["name_th"].startswith("ก") and len(r["name_th"]) == 5),
    ("advanced-comparison-operators", "tambons", "name_th NOT LIKE '%ก%'", lambda r: "ก" not in r["name_th"]),
    ("advanced-comparison-operators", "villages", "village_no BETWEEN 2 AND 4",
     lambda r: holds(r["village_no"], lambda v: 2 <= v <= 4)),
    ("advanced-comparison-operators", "villages", "village_no NOT BETWEEN 2 AND 4",
     lambda r: holds(r["village_no"], lambda v: not 2 <= v <= 4)),
    ("advanced-comparison-operators", "villages", "village_no IN (1, 5, 7)",
     lambda r: r["village_no"] in (1, 5, 7)),
    ("advanced-comparison-operators", "villages", "kind NOT IN ('community')",
     lambda r: r["kind"] not in (None, "community")),
    ("case-insensitive-comparison", "tambons", "CASEI(name_en) = CASEI('KATHU')",
     lambda r: holds(r["name_en"], lambda v: v.lower() == "kathu")),
    ("case-insensitive-comparison", "tambons", "CASEI(name_en) LIKE CASEI('%KA%')",
     lambda r: holds(r["name_en"], lambda v: "ka" in v.lower())),
    ("case-insensitive-comparison", "tambons", "CASEI(name_en) IN (CASEI('kathu'), CASEI('RAWAI'))",
     lambda r: holds(r["name_en"], lambda v: v.lower() in ("kathu", "rawai"))),
    ("accent-insensitive-comparison", "tambons", "ACCENTI(name_en) = ACCENTI('Káthü')",
     lambda r: r["name_en"] == "Kathu"),
    ("accent-insensitive-comparison", "tambons", "ACCENTI(name_th) = name_th",
     lambda r: r["name_th"] is not None),
    ("accent-insensitive-comparison", "tambons", "CASEI(ACCENTI(name_en)) LIKE CASEI(ACCENTI('ràw%'))",
     lambda r: holds(r["name_en"], lambda v: v.lower().startswith("raw"))),
    ("basic-spatial-functions", "tambons", f"S_INTERSECTS(geometry, {PLACE})",
     lambda r: holds(shape(r), shapely.from_wkt(PLACE).intersects)),
    ("basic-spatial-functions", "villages", "S_INTERSECTS(geometry, BBOX(98.30, 7.85, 98.37, 7.93))",
     lambda r: holds(shape(r), area.intersects)),
    ("basic-spatial-functions-plus", "villages", f"S_INTERSECTS(geometry, {AREA})",
     lambda r: holds(shape(r), area.intersects)),
    ("basic-spatial-functions-plus", "tambons", f"S_INTERSECTS(geometry, {LINE})",
     lambda r: holds(shape(r), line.intersects)),
    ("basic-spatial-functions-plus", "tambons", f"S_INTERSECTS(geometry, {MULTI})",
     lambda r: holds(shape(r), area.intersects)),
    ("basic-spatial-functions-plus", "tambons", "S_INTERSECTS(geometry, MULTIPOINT((98.3381 7.8909),(98.36 7.9)))",
     lambda r: holds(shape(r), shapely.MultiPoint([(98.3381, 7.8909), (98.36, 7.9)]).intersects)),
    ("basic-spatial-functions-plus", "roads", "S_INTERSECTS(geometry, MULTILINESTRING((98.25 7.80, 98.45 8.00)))",
     lambda r: holds(shape(r), line.intersects)),
    ("basic-spatial-functions-plus", "roads", f"S_INTERSECTS(geometry, GEOMETRYCOLLECTION({PLACE},{AREA}))",
     lambda r: holds(shape(r), area.intersects)),
    ("spatial-functions", "villages", f"S_WITHIN(geometry, {AREA})", lambda r: holds(shape(r), area.contains)),
    ("spatial-functions", "tambons", f"S_CONTAINS(geometry, {PLACE})",
     lambda r: holds(shape(r), lambda s: s.contains(shapely.from_wkt(PLACE)))),
    ("spatial-functions", "tambons", f"S_OVERLAPS(geometry, {AREA})", lambda r: holds(shape(r), area.overlaps)),
    ("spatial-functions", "roads", f"S_CROSSES(geometry, {AREA})", lambda r: holds(shape(r), lambda s: s.crosses(area))),
    ("spatial-functions", "roads", f"S_DISJOINT(geometry, {AREA})", lambda r: holds(shape(r), area.disjoint)),
    ("temporal-functions", "events", "T_AFTER(start_date, DATE('2023-06-01'))",
     lambda r: holds(r["start_date"], lambda v: v > "2023-06-01")),
    ("temporal-functions", "events", "T_BEFORE(start_date, TIMESTAMP('2023-06-01T00:00:00Z'))",
     lambda r: holds(r["start_date"], lambda v: v < "2023-06-01")),
    ("temporal-functions", "events", "T_DURING(start_date, INTERVAL('2022-09-30', '2023-01-01'))",
     lambda r: holds(r["start_date"], lambda v: "2022-10-01" <= v <= "2022-12-31")),
    ("temporal-functions", "events", "T_INTERSECTS(INTERVAL(start_date, end_date), INTERVAL('2023-01-01', '..'))",
     lambda r: bool(r["start_date"] and r["end_date"]) and r["end_date"] >= "2023-01-01"),
    ("temporal-functions", "events", "T_EQUALS(start_date, DATE('2022-10-11'))",
     lambda r: r["start_date"] == "2022-10-11"),
    ("array-functions", "markets", "A_CONTAINS(features, ('health_inspection'))",
     lambda r: "health_inspection" in (r["features"] or ())),
    ("array-functions", "markets", "A_OVERLAPS(features, ('health_inspection', 'nothing'))",
     lambda r: "health_inspection" in (r["features"] or ())),
    ("array-functions", "markets", "A_EQUALS(features, ('health_inspection', 'no_foam_no_plastic'))",
     lambda r: set(r["features"] or ()) == {"health_inspection", "no_foam_no_plastic"}),
    ("array-functions", "markets", "A_CONTAINEDBY(features, ('health_inspection', 'no_foam_no_plastic'))",
     lambda r: r["features"] is not None and set(r["features"]) <= {"health_inspection", "no_foam_no_plastic"}),
    ("property-property", "events", "start_date = end_date",
     lambda r: r["start_date"] is not None and r["start_date"] == r["end_date"]),
    ("property-property", "tambons", "'830200' < code", lambda r: r["code"] > "830200"),
    ("property-property", "tambons", "name_th <> name_en",
     lambda r: None not in (r["name_th"], r["name_en"]) and r["name_th"] != r["name_en"]),
    ("property-property", "tambons", "1 = 1", lambda r: True),
    ("arithmetic", "villages", "village_no * 2 + 1 = 7", lambda r: r["village_no"] == 3),
    ("arithmetic", "villages", "village_no % 2 = 1", lambda r: holds(r["village_no"], lambda v: v % 2 == 1)),
    ("arithmetic", "villages", "village_no div 2 = 2", lambda r: r["village_no"] in (4, 5)),
    ("arithmetic", "villages", "village_no ^ 2 / 4 - 1 > 3", lambda r: holds(r["village_no"], lambda v: v**2 / 4 > 4)),
]  # fmt: skip


def rows(service: Service, collection: str) -> list[Row]:
    features = service.page(collection, limit=10_000)["features"]
    return [{**f["properties"], "geometry": f["geometry"], "_id": f["id"]} for f in features]


@pytest.mark.parametrize(
    ("name", "collection", "text", "by_hand"),
    CASES,
    ids=lambda v: None if callable(v) else str(v)[:60],
)
def test_a_filter_finds_what_reading_finds(
    service: Service, name: str, collection: str, text: str, by_hand: Callable[[Row], bool]
) -> None:
    """In CQL2 text and in CQL2 JSON, as conf/cql2-text and conf/cql2-json ask."""
    assert f"{SPEC}/{name}" in service.json("/conformance")["conformsTo"]
    expected = [row["_id"] for row in rows(service, collection) if by_hand(row)]
    assert service.ids(collection, filter=text, filter_lang="cql2-text") == expected
    tree = json.dumps(cql2.parse_text(text).to_json(), ensure_ascii=False)
    if tree not in ("true", "false"):
        assert service.ids(collection, filter=tree, filter_lang="cql2-json") == expected


def test_a_shape_equals_itself_and_touches_its_neighbours(service: Service) -> None:
    """With the geometry as GeoJSON; the neighbours share the line that shapely finds."""
    shapes = {row["_id"]: row["geometry"] for row in rows(service, "tambons")}
    for key, one in list(shapes.items())[:4]:
        for relation in ("equals", "touches", "overlaps"):
            tree = json.dumps({"op": f"s_{relation}", "args": [{"property": "geometry"}, one]})
            mine = shapely.from_geojson(json.dumps(one))
            expected = [
                other
                for other, found in shapes.items()
                if getattr(shapely.from_geojson(json.dumps(found)), relation)(mine)
            ]
            assert service.ids("tambons", filter=tree, filter_lang="cql2-json") == expected
            assert (key in expected) == (relation == "equals")


def test_every_declared_class_of_cql2_is_tried_here(service: Service) -> None:
    declared = {
        uri.rpartition("/")[2]
        for uri in service.json("/conformance")["conformsTo"]
        if uri.startswith(SPEC)
    }
    assert declared == {name for name, *_ in CASES} | {"cql2-text", "cql2-json"}


def test_thai_vowels_and_tones_are_not_accents(service: Service) -> None:
    """A mark that makes another word must not be dropped: กู้ is not ก."""
    for row in rows(service, "tambons"):
        name = row["name_th"]
        bare = "".join(
            c for c in name if not unicodedata.combining(c) and unicodedata.category(c) != "Mn"
        )
        if bare != name:
            found = service.ids("tambons", filter=f"ACCENTI(name_th) = ACCENTI('{bare}')")
            assert row["_id"] not in found
