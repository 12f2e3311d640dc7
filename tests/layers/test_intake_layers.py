"""Profiles of known files, and layers made of files that nobody defined."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers import areas
from layers.catalogue import CATALOGUE
from layers.intake import prepare
from layers.intake.profiles import Profile, profiles
from layers.model import Layer, Privacy

BOUNDARIES = Path(__file__).parents[3] / "shared" / "data" / "boundaries"
AREAS = {layer.id: layer for layer in areas.LAYERS}


@pytest.mark.parametrize(
    ("file", "collection", "count", "code"),
    [
        ("tambon.fgb", "tambons", 7425, r"[0-9]{6}"),
        ("district.fgb", "districts", 928, r"[0-9]{4}"),
        ("province.fgb", "provinces", 77, r"[0-9]{2}"),
    ],
)
def test_all_boundaries_are_taken_without_a_finding(file, collection, count, code):
    path = BOUNDARIES / file
    if not path.exists():
        pytest.skip(f"{file} of the reference data is not on this machine")
    done = prepare(path, AREAS[collection], layer_id=collection)
    assert [finding.text.en for finding in done.report.findings] == []
    assert done.report.state == "ok"
    assert len(done.rows) == count
    assert done.rows["code"].str.fullmatch(code).all()
    assert done.rows["code"].is_unique
    assert set(done.rows.geom_type) == {"MultiPolygon"}
    assert done.rows["name_th"].str.contains("[ก-ฮ]").all()
    phuket = done.rows[done.rows["code"].str.startswith("83")]
    assert len(phuket) == {"tambons": 17, "districts": 3, "provinces": 1}[collection]


def test_names_and_shapes_stay_with_their_codes():
    path = BOUNDARIES / "tambon.fgb"
    if not path.exists():
        pytest.skip("tambon.fgb of the reference data is not on this machine")
    raw = gpd.read_file(path).set_index("code")
    rows = prepare(path, AREAS["tambons"], layer_id="tambons").rows.set_index("code")
    raw = raw.loc[rows.index]
    assert (raw["name_en"] == rows["name_en"]).all()
    assert raw.geometry.geom_equals_exact(rows.geometry, 0).all()


def test_every_profile_fills_fields_that_its_collection_has():
    assert profiles()
    for profile in profiles().values():
        layer = CATALOGUE[profile.collection]
        filled = {rule.field for rule in profile.columns.values()} | set(profile.constants)
        assert filled <= set(layer.by_name), profile.name
        assert layer.key in filled
        assert not set(profile.columns) & profile.ignored


def test_a_profile_recognised_by_a_column_it_never_uses_is_an_error():
    text = 'collection="x"\nrecognised_by=["b"]\n[title]\nth="ก"\nen="a"\n[columns]\na="code"\n'
    with pytest.raises(ValueError, match="'b'"):
        Profile.from_toml("x", text)


def write_csv(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_user_layer_is_made_of_what_the_columns_hold(tmp_path):
    path = write_csv(
        tmp_path / "ร้านค้า.csv",
        "รหัสร้าน,ชื่อ,จำนวนคนงาน,รายได้,เปิด,วันที่ตั้ง,เบอร์,ลองจิจูด,ละติจูด\n"
        'S1,ร้านหนึ่ง,3,"1,200.50",ใช่,20 พ.ย. 2560,076,98.3,7.9\n'
        "S2,ร้านสอง,,900,ไม่ใช่,21/11/2560,077,98.4,7.8\n",
    )
    done = prepare(path, None, layer_id="my_shops")
    layer = done.layer
    assert {field.name: field.type for field in layer.fields} == {
        "รหัสร้าน": "text",
        "ชื่อ": "text",
        "จำนวนคนงาน": "integer",
        "รายได้": "number",
        "เปิด": "boolean",
        "วันที่ตั้ง": "date",
        "เบอร์": "text",
    }
    assert (layer.key, layer.title_field, layer.geometry) == ("รหัสร้าน", "ชื่อ", "Point")
    assert layer.user_made
    assert layer.group == "user"
    assert layer.privacy == Privacy.INTERNAL
    assert all(field.privacy == Privacy.INTERNAL for field in layer.fields)
    assert layer.by_name["ชื่อ"].label.th == "ชื่อ"
    assert done.rows["เบอร์"].tolist() == ["076", "077"]
    assert done.report.state == "ok"
    assert Layer.from_json(json.loads(json.dumps(layer.to_json()))) == layer


def test_rows_without_an_id_get_the_same_ids_every_time(tmp_path):
    text = "ชื่อ,lon,lat\nก,98.3,7.9\nข,98.4,7.8\nก,98.3,7.9\n"
    first = prepare(write_csv(tmp_path / "a.csv", text), None, layer_id="mine")
    assert first.layer.key == "feature_id"
    assert first.rows["feature_id"].is_unique
    swapped = "ชื่อ,lon,lat\nข,98.4,7.8\nก,98.3,7.9\n"
    again = prepare(write_csv(tmp_path / "b.csv", swapped), first.layer, layer_id="mine")
    by_name = dict(zip(again.rows["ชื่อ"], again.rows["feature_id"], strict=True))
    assert first.rows["feature_id"].tolist()[:2] == [by_name["ก"], by_name["ข"]]
    assert "IMP-I-KEYMADE" in {finding.code for finding in first.report.findings}


def test_a_user_layer_takes_its_own_file_again(tmp_path):
    path = write_csv(tmp_path / "a.csv", "Shop ID,Name (Thai),2560\n1,ก,5\n2,ข,6\n")
    first = prepare(path, None, layer_id="mine")
    assert [field.name for field in first.layer.fields] == ["shop_id", "name_thai", "n_2560"]
    assert first.layer.key == "shop_id"
    again = prepare(path, first.layer, layer_id="mine")
    assert again.report.findings == ()
    pd.testing.assert_frame_equal(pd.DataFrame(again.rows), pd.DataFrame(first.rows))


def test_dates_and_times_of_a_geojson_file_are_told_apart(tmp_path):
    properties = {"day": "2024-02-29", "at": "2024-02-29T10:00:00+07:00", "opens": "08:30"}
    feature = {"type": "Feature", "properties": properties, "geometry": None}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    done = prepare(write_csv(tmp_path / "t.geojson", text), None, layer_id="times")
    types = {field.name: field.type for field in done.layer.fields}
    assert types == {"feature_id": "text", "day": "date", "at": "datetime", "opens": "text"}
    assert done.rows["opens"].tolist() == ["08:30"]
    assert done.rows["at"][0] == pd.Timestamp("2024-02-29T03:00Z")


def test_the_rare_kind_of_a_mixed_user_file_is_left_out_and_named(tmp_path):
    shapes = [shapely.Point(98, 8), shapely.Point(99, 8), shapely.LineString([[98, 8], [99, 9]])]
    path = tmp_path / "mixed.gpkg"
    gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=shapes, crs=4326).to_file(path)
    done = prepare(path, None, layer_id="mixed")
    assert done.layer.geometry == "Point"
    assert [(f.code, f.row) for f in done.report.findings] == [("GEO-E-KIND", 3)]
    assert done.report.state == "partial"


def test_a_table_without_coordinates_makes_a_layer_without_a_place(tmp_path):
    done = prepare(write_csv(tmp_path / "t.csv", "code,n\na,1\nb,2\n"), None, layer_id="plain")
    assert done.layer.geometry is None
    assert "geometry" not in done.rows
    assert done.report.state == "ok"


def test_a_long_thai_heading_is_cut_to_what_the_databases_allow(tmp_path):
    heading = "จำนวนครัวเรือนที่ได้รับประโยชน์จากโครงการทั้งหมด"
    path = write_csv(tmp_path / "t.csv", f"code,{heading},{heading}ปี 2567\na,1,2\n")
    layer = prepare(path, None, layer_id="long").layer
    names = [field.name for field in layer.fields]
    assert all(len(name.encode()) <= 63 for name in names)
    assert len(set(names)) == 3
    assert layer.fields[1].label.th == heading


def test_a_layer_with_places_takes_a_table_without_them_and_says_so(tmp_path):
    path = write_csv(tmp_path / "v.csv", "code,name_th\n83,ภูเก็ต\n")
    done = prepare(path, AREAS["provinces"], layer_id="provinces")
    assert [f.code for f in done.report.findings] == ["GEO-W-NOGEOM"]
    assert done.rows.geometry.isna().all()
