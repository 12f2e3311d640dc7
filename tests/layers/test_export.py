"""What leaves the house comes back the same, in every format, whole or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import json
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers import export as export_module
from layers.export import FORMATS, ExportError, export
from layers.intake import prepare
from layers.model import Field, GeometryType, Layer, Text, choices

FIELDS = (
    Field(name="code", label=Text("รหัส", "Code"), required=True),
    Field(name="name_th", label=Text("ชื่อ", "Name")),
    Field(name="a_long_name_number_one", label=Text("ชื่อยาวหนึ่ง", "Long name one")),
    Field(name="a_long_name_number_two", label=Text("ชื่อยาวสอง", "Long name two")),
    Field(name="people", label=Text("จำนวนคน", "People"), type="integer"),
    Field(name="area_m2", label=Text("เนื้อที่", "Area"), type="number", unit="m2"),
    Field(name="is_open", label=Text("เปิด", "Open"), type="boolean"),
    Field(name="day", label=Text("วันที่", "Day"), type="date"),
    Field(name="seen_at", label=Text("พบเมื่อ", "Seen at"), type="datetime"),
    Field(name="tags", label=Text("คำค้น", "Tags"), type="list"),
    Field(name="more", label=Text("อื่น ๆ", "More"), type="object"),
    Field(
        name="soil",
        label=Text("ดิน", "Soil"),
        values=choices(clay=("ดินเหนียว", "Clay"), sand=("ดินทราย", "Sand")),
    ),
)


def layer(geometry: GeometryType | None = "Point") -> Layer:
    return Layer(
        id="things",
        title=Text("สิ่งของ", "Things"),
        description=Text("", ""),
        group="test",
        geometry=geometry,
        key="code",
        title_field="name_th",
        fields=FIELDS,
    )


WORDS = st.text(alphabet="กขคงจำ่ aZ09=+-@',;\"\n{[(", min_size=1, max_size=12).map(
    lambda text: " ".join(text.split(" ")).strip(" \n")
)
TEXTS = st.none() | WORDS.map(
    lambda text: "\n".join(" ".join(line.split()) for line in text.split("\n")).strip() or None
)
LON, LAT = st.floats(97.5, 105.5), st.floats(6, 20)
MOMENTS = st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2090, 1, 1)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
ROW = st.fixed_dictionaries(
    {
        "name_th": TEXTS,
        "a_long_name_number_one": TEXTS,
        "a_long_name_number_two": TEXTS,
        "people": st.none() | st.integers(-(10**11), 10**11),
        "area_m2": st.none() | st.floats(-1e9, 1e9).map(lambda x: round(x, 3)),
        "is_open": st.none() | st.booleans(),
        "day": st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)),
        "seen_at": st.none() | MOMENTS,
        "tags": st.none() | st.lists(st.text("กขab;,", min_size=1, max_size=5), max_size=3),
        "more": st.none() | st.dictionaries(st.sampled_from(["ก", "b"]), st.integers(0, 9)),
        "soil": st.none() | st.sampled_from(["clay", "sand"]),
        "geometry": st.builds(shapely.Point, LON, LAT),
    }
)
SETTINGS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def frame(rows: list[dict]) -> gpd.GeoDataFrame:
    data = pd.DataFrame(rows).drop(columns="geometry", errors="ignore")
    data.insert(0, "code", [f"K-{i:03d}" for i in range(len(rows))])
    for name, dtype in (("people", "Int64"), ("is_open", "boolean"), ("area_m2", "float64")):
        data[name] = pd.array([row[name] for row in rows], dtype=dtype)
    data["seen_at"] = pd.to_datetime([row["seen_at"] for row in rows], utc=True)
    for name in ("day", "tags", "more"):
        data[name] = pd.Series([row[name] for row in rows], dtype=object)
    return gpd.GeoDataFrame(data, geometry=[row["geometry"] for row in rows], crs=4326)


def plain(value: object) -> object:
    if isinstance(value, (list, dict)):
        return value
    if pd.isna(value):
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def same(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return bool(np.isclose(left, right, rtol=1e-12, atol=1e-9))
    return left == right


def assert_comes_back(rows: gpd.GeoDataFrame, suffix: str, language: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"สิ่งของ{suffix}"
        done = export(rows, layer(), path, language=language)
        assert done.rows == len(rows)
        assert [item.name for item in Path(folder).iterdir()] == [path.name]
        back = prepare(path, layer(), layer_id="things")
    usual = {"TXT-W-SCRIPT"}  # the words are made of letters at random
    findings = [f for f in back.report.findings if f.severity != "info" and f.code not in usual]
    assert [f.text.en for f in findings] == []
    found = back.rows.sort_values("code").reset_index(drop=True)  # FlatGeobuf sorts by place
    assert found["code"].tolist() == rows["code"].tolist()
    for name in rows.columns.drop("geometry"):
        for i, (expected, value) in enumerate(zip(rows[name], found[name], strict=True)):
            assert same(plain(value), plain(expected)), (name, i, value, expected)
    assert shapely.equals_exact(found.geometry.array, rows.geometry.array, 1e-9).all()


@pytest.mark.parametrize("suffix", sorted(FORMATS))
@given(rows=st.lists(ROW, min_size=1, max_size=5))
@SETTINGS
def test_rows_come_back_from_every_format(suffix, rows):
    assert_comes_back(frame(rows), suffix)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_whole_numbers_stay_exact_in_every_format(tmp_path, suffix):
    """Beyond the 15 digits of a spreadsheet and the 53 bits of a float."""
    people = [2**53 + 1, -(2**53) - 1, 10**15 + 1]
    rows = gpd.GeoDataFrame(
        {"code": ["a", "b", "c"], "people": people}, geometry=[shapely.Point(98, 8)] * 3, crs=4326
    )
    export(rows, layer(), tmp_path / f"t{suffix}")
    back = prepare(tmp_path / f"t{suffix}", layer(), layer_id="things").rows
    assert dict(zip(back["code"], back["people"], strict=True)) == dict(
        zip(rows["code"], people, strict=True)
    )


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("suffix", sorted(FORMATS))
@given(rows=st.lists(ROW, min_size=1, max_size=3))
@settings(SETTINGS, max_examples=5)
def test_rows_come_back_from_files_with_labels(suffix, language, rows):
    assert_comes_back(frame(rows), suffix, language)


SQUARE = shapely.box(98, 7, 99, 8)
SHAPES: dict[GeometryType, list[shapely.Geometry]] = {
    "LineString": [shapely.LineString([[98, 7], [99, 8]])],
    "Polygon": [SQUARE.difference(shapely.box(98.2, 7.2, 98.5, 7.5))],
    "MultiPoint": [shapely.MultiPoint([[98, 7], [99, 8]])],
    "MultiLineString": [shapely.MultiLineString([[[98, 7], [99, 8]], [[98, 8], [99, 7]]])],
    "MultiPolygon": [shapely.MultiPolygon([SQUARE, shapely.box(100, 7, 101, 8)])],
    "Geometry": [shapely.Point(98, 7), SQUARE],
}


@pytest.mark.parametrize("suffix", sorted(set(FORMATS)))
@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_every_kind_of_shape_comes_back(tmp_path, suffix, kind):
    if kind == "Geometry" and suffix == ".shp.zip":
        shapes: list[shapely.Geometry | None] = [SQUARE]  # one kind is all a Shapefile has
    else:
        shapes = [*SHAPES[kind], None]
    codes = [f"K{i}" for i in range(len(shapes))]
    rows = gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326)
    path = tmp_path / f"shapes{suffix}"
    export(rows, layer(kind), path)
    back = prepare(path, layer(kind), layer_id="things").rows.set_index("code").loc[codes]
    for expected, found in zip(shapes, back.geometry, strict=True):
        assert (found is None) == (expected is None)
        if expected is not None:
            assert found.geom_type == expected.geom_type
            assert shapely.equals_exact(shapely.normalize(found), shapely.normalize(expected), 1e-9)


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".parquet", ".csv", ".xlsx"])
def test_a_layer_without_places_comes_back(tmp_path, suffix):
    rows = pd.DataFrame({"code": ["a", "b"], "people": pd.array([1, None], dtype="Int64")})
    export(rows, layer(None), tmp_path / f"t{suffix}")
    back = prepare(tmp_path / f"t{suffix}", layer(None), layer_id="things")
    assert back.rows["code"].tolist() == ["a", "b"]
    assert back.rows["people"].isna().tolist() == [False, True]


@pytest.mark.parametrize("suffix", [".fgb", ".kml", ".shp.zip"])
def test_a_format_that_needs_places_refuses_a_layer_without(tmp_path, suffix):
    with pytest.raises(ExportError) as caught:
        export(pd.DataFrame({"code": ["a"]}), layer(None), tmp_path / f"t{suffix}")
    assert caught.value.code == "EXP-E-NOGEOM"


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(ExportError) as caught:
        export(pd.DataFrame({"code": ["a"]}), layer(None), tmp_path / "t.doc")
    assert caught.value.code == "EXP-E-FORMAT"
    for suffix in FORMATS:
        assert suffix in caught.value.text.th


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_an_empty_layer_can_be_written(tmp_path, suffix):
    rows = gpd.GeoDataFrame({"code": pd.Series([], dtype="str")}, geometry=[], crs=4326)
    assert export(rows, layer(), tmp_path / f"none{suffix}").rows == 0


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "things.csv"
    path.write_text("as it was")

    def fails(table, part):
        part.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(export_module.FORMATS, ".csv", fails)
    with pytest.raises(ExportError) as caught:
        export(pd.DataFrame({"code": ["a"]}), layer(None), path)
    assert caught.value.code == "EXP-E-WRITE"
    assert "No space left on device" in caught.value.text.en
    assert path.read_text() == "as it was"
    assert [item.name for item in tmp_path.iterdir()] == ["things.csv"]


def test_a_folder_that_is_missing_is_an_error_that_names_the_file(tmp_path):
    with pytest.raises(ExportError) as caught:
        export(pd.DataFrame({"code": ["a"]}), layer(None), tmp_path / "no" / "t.csv")
    assert caught.value.code == "EXP-E-WRITE"
    assert "t.csv" in caught.value.text.en


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "ปกติ"]


def test_no_cell_of_a_spreadsheet_is_a_formula(tmp_path):
    rows = pd.DataFrame({"code": [f"={i}" for i in range(6)], "name_th": FORMULAS})
    export(rows, layer(None), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as table:
        cells = [cell for line in csv.reader(table) for cell in line]
    assert all(cell[0] not in "=+-@\t\r" for cell in cells)
    export(rows, layer(None), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} == {"s"}
    assert all(cell.value[0] not in "=+-@\t\r" for line in sheet.iter_rows() for cell in line)


def test_negative_numbers_stay_numbers_in_a_spreadsheet(tmp_path):
    rows = pd.DataFrame({"code": ["a"], "people": [-5], "area_m2": [-1.5]})
    export(rows, layer(None), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert [cell.value for cell in sheet[2]] == ["a", -5, -1.5]


def test_csv_opens_in_excel_with_thai_and_points_as_columns(tmp_path):
    rows = gpd.GeoDataFrame({"code": ["ก"]}, geometry=[shapely.Point(98.3, 7.9)], crs=4326)
    export(rows, layer(), tmp_path / "t.csv")
    content = (tmp_path / "t.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == ["code,lon,lat", "ก,98.3,7.9"]


def test_labels_of_fields_and_codes_are_written_in_the_language_asked_for(tmp_path):
    rows = pd.DataFrame({"code": ["a"], "area_m2": [5.0], "soil": ["clay"]})
    export(rows, layer(None), tmp_path / "t.csv", language="th")
    assert (tmp_path / "t.csv").read_text("utf-8-sig").splitlines() == [
        "รหัส,เนื้อที่ (m2),ดิน",
        "a,5.0,ดินเหนียว",
    ]


def test_a_shapefile_lists_its_full_names_and_tells_what_was_cut(tmp_path):
    rows = gpd.GeoDataFrame(
        {"code": ["a"], "a_long_name_number_one": ["x" * 300], "a_long_name_number_two": ["y"]},
        geometry=[shapely.Point(98, 8)],
        crs=4326,
    )
    done = export(rows, layer(), tmp_path / "t.shp.zip")
    with zipfile.ZipFile(tmp_path / "t.shp.zip") as archive:
        names = set(archive.namelist())
        listed = archive.read("t_fields.csv").decode("utf-8-sig")
        assert archive.read("t.cpg").decode().strip() == "UTF-8"
    assert names == {"t.shp", "t.shx", "t.dbf", "t.prj", "t.cpg", "t_fields.csv"}
    assert "a_long_name_number_two" in listed
    assert [note.en for note in done.notes] == [
        "Values of a_long_name_number_one in 1 rows are longer than .shp.zip can hold and were cut",
        "Column names were cut to 10 characters; the full names stand in t_fields.csv",
    ]


def test_a_shape_too_long_for_an_excel_cell_is_left_out_and_named(tmp_path):
    circle = shapely.Point(98, 8).buffer(1, quad_segs=1000)
    rows = gpd.GeoDataFrame({"code": ["a"]}, geometry=[circle], crs=4326)
    done = export(rows, layer("Polygon"), tmp_path / "t.xlsx")
    assert [note.th for note in done.notes] == ["ค่าของ wkt ใน 1 แถวยาวเกินที่ไฟล์ .xlsx รับได้ จึงเว้นว่าง"]
    back = prepare(tmp_path / "t.xlsx", layer("Polygon"), layer_id="things")
    assert back.rows.geometry.isna().all()


def test_geojson_holds_lists_objects_and_the_feature_id(tmp_path):
    rows = gpd.GeoDataFrame(
        {"code": ["ก"], "tags": [["a", "b"]], "more": ['{"k": 1}'], "day": [dt.date(2024, 2, 29)]},
        geometry=[shapely.Point(98.123456789012, 7.9)],
        crs=4326,
    )
    export(rows, layer(), tmp_path / "t.geojson")
    feature = json.loads((tmp_path / "t.geojson").read_text("utf-8"))["features"][0]
    assert feature["id"] == "ก"
    assert feature["properties"] == {
        "code": "ก",
        "tags": ["a", "b"],
        "more": {"k": 1},
        "day": "2024-02-29",
    }
    assert feature["geometry"] == {"type": "Point", "coordinates": [98.123456789012, 7.9]}
