"""Every kind of file is read for what it is, and refused with a message that names it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from layers.errors import IntakeError
from layers.intake import FORMATS, Report, prepare, read_file
from layers.intake.messages import messages
from layers.model import Field, Layer, Text

PLACES = Layer(
    id="places",
    title=Text("สถานที่", "Places"),
    description=Text("", ""),
    group="test",
    geometry="Point",
    key="code",
    fields=(
        Field(name="code", label=Text("รหัส", "Code"), required=True),
        Field(name="name_th", label=Text("ชื่อ", "Name"), aliases=("ชื่อสถานที่",)),
        Field(name="visitors", label=Text("ผู้เยี่ยมชม", "Visitors"), type="integer", minimum=0),
    ),
    bounds=(97.2, 5.5, 105.8, 20.6),
)
GOOD_CSV = "code,name_th,visitors,lon,lat\nA,วัดพระทอง,10,98.3,8.0\nB,หาดป่าตอง,20,98.29,7.89\n"


def refused(path: Path, **options) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        prepare(path, PLACES, layer_id="places", **options)
    assert path.name in caught.value.text.th
    assert path.name in caught.value.text.en
    assert str(path.parent) not in caught.value.text.en
    return caught.value


def frame(crs: int | None = 4326) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"code": ["A", "B"], "name_th": ["วัดพระทอง", "หาดป่าตอง"], "visitors": [10, 20]},
        geometry=shapely.points([[98.3, 8.0], [98.29, 7.89]]),
        crs=crs,
    )


def test_a_clean_file_is_taken_whole(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text(GOOD_CSV, encoding="utf-8")
    done = prepare(path, PLACES, layer_id="places")
    assert done.report.state == "ok"
    assert done.report.findings == ()
    assert done.rows["code"].tolist() == ["A", "B"]
    assert done.rows.crs.to_epsg() == 4326
    assert list(done.rows.columns) == ["code", "name_th", "visitors", "geometry"]
    assert str(done.rows["visitors"].dtype) == "Int64"


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_a_missing_file_is_refused_by_name(tmp_path, suffix):
    assert refused(tmp_path / f"nowhere{suffix}").code == "IMP-E-FILE"


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path):
    path = tmp_path / "letter.docx"
    path.write_bytes(b"x")
    error = refused(path)
    assert error.code == "IMP-E-FORMAT"
    assert ".gpkg" in error.text.th


@pytest.mark.parametrize("suffix", sorted(FORMATS))
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02 not a map \xff\xfe" * 40])
def test_an_unreadable_file_is_refused(tmp_path, suffix, content):
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)
    assert refused(path).code in {"IMP-E-READ", "IMP-E-ENC", "IMP-E-EMPTY"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", "code,name_th,lon,lat\n"),
        ("blank.csv", "code,name_th,lon,lat\n,,,\n"),
        ("empty.geojson", '{"type":"FeatureCollection","features":[]}'),
    ],
)
def test_a_file_without_rows_is_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert refused(path).code == "IMP-E-EMPTY"


@pytest.mark.parametrize("suffix", [".shp", ".fgb", ".gpkg", ".parquet"])
def test_shapes_in_no_known_coordinate_system_are_refused_unless_it_is_given(tmp_path, suffix):
    path = tmp_path / f"nowhere{suffix}"
    if suffix == ".parquet":
        frame(None).to_parquet(path)
    else:
        pyogrio.write_dataframe(frame(None), path)
    assert refused(path).code == "IMP-E-CRS"
    assert len(prepare(path, PLACES, layer_id="places", crs="EPSG:4326").rows) == 2
    assert refused(path, crs="EPSG:99999999").code == "IMP-E-BADCRS"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".fgb", ".shp", ".parquet"])
def test_a_missing_shape_neither_stops_nor_stalls_a_file(tmp_path, suffix):
    rows = frame()
    rows.loc[1, "geometry"] = None
    path = tmp_path / f"gap{suffix}"
    if suffix == ".parquet":
        rows.to_parquet(path)
    else:
        pyogrio.write_dataframe(rows, path, **({"SPATIAL_INDEX": "NO"} if "fgb" in suffix else {}))
    done = prepare(path, PLACES, layer_id="places")
    assert [finding.code for finding in done.report.findings] == ["GEO-W-NULL"]
    assert done.report.state == "ok"


def test_one_of_several_layers_must_be_named(tmp_path):
    path = tmp_path / "two.gpkg"
    pyogrio.write_dataframe(frame(), path, layer="ตลาด")
    pyogrio.write_dataframe(frame().head(1), path, layer="wats")
    error = refused(path)
    assert error.code == "IMP-E-LAYERS"
    assert "ตลาด" in error.text.th
    assert "wats" in error.text.en
    assert len(prepare(path, PLACES, layer_id="places", source_layer="wats").rows) == 1
    assert refused(path, source_layer="roads").code == "IMP-E-NOLAYER"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_thai_text_files_are_read_in_every_usual_encoding(tmp_path, encoding):
    path = tmp_path / "thai.csv"
    path.write_bytes(GOOD_CSV.encode(encoding))
    done = prepare(path, PLACES, layer_id="places")
    assert done.rows["name_th"].tolist() == ["วัดพระทอง", "หาดป่าตอง"]
    assert done.report.encoding == encoding.removesuffix("-sig")


def test_an_encoding_that_does_not_fit_is_refused(tmp_path):
    path = tmp_path / "thai.csv"
    path.write_bytes(GOOD_CSV.encode("cp874"))
    assert refused(path, encoding="utf-8").code == "IMP-E-ENC"
    assert refused(path, encoding="no-such-code").code == "IMP-E-ENC"


def test_a_shapefile_without_cpg_is_read_as_windows_874(tmp_path):
    path = tmp_path / "old.shp"
    pyogrio.write_dataframe(frame(), path, encoding="CP874")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    done = prepare(path, PLACES, layer_id="places")
    assert done.rows["name_th"].tolist() == ["วัดพระทอง", "หาดป่าตอง"]


def test_a_shapefile_in_a_zip_is_read(tmp_path):
    pyogrio.write_dataframe(frame(), tmp_path / "p.shp", encoding="UTF-8")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for part in tmp_path.glob("p.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    assert len(prepare(tmp_path / "p.zip", PLACES, layer_id="places").rows) == 2


def test_a_heading_twice_is_refused(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("code,name_th,code\nA,ก,B\n", encoding="utf-8")
    error = refused(path)
    assert error.code == "IMP-E-DUPHEADER"
    assert "code" in error.text.th


def test_a_missing_required_column_is_refused(tmp_path):
    path = tmp_path / "nokey.csv"
    path.write_text("name_th,lon,lat\nก,98.3,8\n", encoding="utf-8")
    error = refused(path)
    assert error.code == "IMP-E-HEADER"
    assert "รหัส (code)" in error.text.th


def test_a_row_longer_than_the_header_is_refused_not_cut(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("code,name_th\nA,ก,left over\n", encoding="utf-8")
    assert refused(path).code == "IMP-E-READ"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(tmp_path, delimiter):
    path = tmp_path / "d.csv"
    path.write_text(GOOD_CSV.replace(",", delimiter), encoding="utf-8")
    assert len(prepare(path, PLACES, layer_id="places").rows) == 2


def test_row_numbers_count_blank_lines(tmp_path):
    path = tmp_path / "blank.csv"
    text = "code,visitors,lon,lat\nA,1,98.3,8\n,,,\nB,x,98.3,8\n"
    path.write_text(text, encoding="utf-8")
    report = prepare(path, PLACES, layer_id="places").report
    assert [(f.code, f.row, f.column, f.value) for f in report.findings] == [
        ("IMP-E-TYPE", 3, "visitors", "x")
    ]
    assert (report.read, report.accepted) == (2, 1)


def test_unknown_columns_are_left_out_and_named(tmp_path):
    path = tmp_path / "more.csv"
    path.write_text("code,secret note,lon,lat\nA,x,98.3,8\n", encoding="utf-8")
    done = prepare(path, PLACES, layer_id="places")
    assert [(f.code, f.column) for f in done.report.findings] == [("IMP-I-EXTRACOL", "secret note")]
    assert "secret note" not in done.rows
    assert done.report.state == "ok"


def test_headings_match_by_name_alias_and_label_in_any_case(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text("CODE ,ชื่อสถานที่,Visitors (persons),Lon,Lat\nA,ก,1,98.3,8\n", encoding="utf-8")
    done = prepare(path, PLACES, layer_id="places")
    assert done.rows.loc[0, ["code", "name_th", "visitors"]].tolist() == ["A", "ก", 1]


def test_of_two_columns_for_one_field_the_other_is_named(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text("code,ชื่อ,name_th,lon,lat\nA,label,name,98.3,8\n", encoding="utf-8")
    done = prepare(path, PLACES, layer_id="places")
    assert done.rows.loc[0, "name_th"] == "name"
    assert [(f.code, f.column) for f in done.report.findings] == [("IMP-W-TWOCOL", "ชื่อ")]


def test_the_id_of_a_geojson_feature_is_the_key(tmp_path):
    path = tmp_path / "f.geojson"
    feature = {
        "type": "Feature",
        "id": "A",
        "properties": {"name_th": "ก"},
        "geometry": {"type": "Point", "coordinates": [98.3, 8.0]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    done = prepare(path, PLACES, layer_id="places")
    assert done.rows["code"].tolist() == ["A"]
    assert done.report.findings == ()


def test_the_first_sheet_is_read_and_the_others_are_named(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "แปลง"
    for row in (["code", "name_th", "lon", "lat"], [830101, "=1+1", 98.3, 8.0]):
        book.active.append(row)
    book.active["B2"].data_type = "s"
    other = book.create_sheet("อื่น")
    other.append(["x"])
    book.save(path)
    done = prepare(path, PLACES, layer_id="places")
    assert done.rows["code"].tolist() == ["830101"]
    assert [(f.code, f.text.th) for f in done.report.findings] == [
        ("IMP-I-SHEET", "อ่านเฉพาะแผ่นงาน แปลง ไม่ได้อ่าน: อื่น")
    ]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("note", ["0000000000001", "x", "y"]),
        ("note", ["๐-๐๐๐๐-๐๐๐๐๐-๐๐-๑", "", ""]),
        ("เลขประจำตัวประชาชน", ["-", "-", "-"]),
        ("Citizen ID", ["1", "2", "3"]),
    ],
)
def test_id_card_numbers_refuse_the_whole_file(tmp_path, heading, cells):
    path = tmp_path / "people.csv"
    rows = "".join(f"{i},{cell},98.3,8\n" for i, cell in enumerate(cells))
    path.write_text(f"code,{heading},lon,lat\n{rows}", encoding="utf-8")
    error = refused(path)
    assert error.code == "IMP-E-PERSONALID"
    assert "0000000000001" not in error.text.en + error.text.th


def test_thirteen_digits_with_a_wrong_check_digit_are_no_id_card(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("code,lon,lat\n0000000000000,98.3,8\n", encoding="utf-8")
    assert prepare(path, PLACES, layer_id="places").rows["code"].tolist() == ["0000000000000"]


def test_a_file_of_bad_rows_only_is_refused_with_its_report(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("code,visitors,lon,lat\nA,x,98.3,8\n,1,98.3,8\n", encoding="utf-8")
    error = refused(path)
    assert error.code == "IMP-E-ALLROWS"
    report = error.details["report"]
    assert isinstance(report, Report)
    assert report.state == "refused"
    assert [(f.row, f.code) for f in report.findings] == [(1, "IMP-E-TYPE"), (2, "IMP-E-REQUIRED")]


def test_rows_that_share_a_key_are_all_left_out(tmp_path):
    path = tmp_path / "dup.csv"
    text = "code,lon,lat\nA,98.3,8\nB,98.3,8\n A ,98.4,8\nA,98.5,8\n"
    path.write_text(text, encoding="utf-8")
    done = prepare(path, PLACES, layer_id="places")
    assert done.rows["code"].tolist() == ["B"]
    assert done.report.state == "partial"
    assert [(f.code, f.row, f.value, f.values["row2"]) for f in done.report.findings] == [
        ("IMP-E-DUPKEY", 1, "A", 3),
        ("IMP-E-DUPKEY", 3, "A", 1),
        ("IMP-E-DUPKEY", 4, "A", 1),
    ]


def test_the_report_tells_row_column_value_and_rule(tmp_path):
    path = tmp_path / "bad.csv"
    text = "code,visitors,name_th,lon,lat\nA,-5,ก,98.3,8\nB,1,=cmd,98.3,8\nB2,=1,ก,98.3,8\n"
    path.write_text(text, encoding="utf-8")
    report = prepare(path, PLACES, layer_id="places").report
    assert (report.read, report.accepted, report.left_out) == (3, 1, 2)
    report.to_csv(tmp_path / "report.csv")
    table = pd.read_csv(tmp_path / "report.csv", dtype=str)
    assert table[["row", "column", "value", "code"]].values.tolist() == [
        ["1", "visitors", "'-5", "IMP-E-RANGE"],
        ["3", "visitors", "'=1", "IMP-E-TYPE"],
    ]
    assert table.loc[0, "th"] == "แถว 1: visitors = -5 อยู่นอกช่วง 0-∞"
    report.to_csv(tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text())["counts"]["error"] == 2
    assert report.to_json()["sha256"] == read_file(path).sha256


def test_phone_numbers_and_e_mails_leave_free_text(tmp_path):
    path = tmp_path / "contact.csv"
    text = "code,name_th,lon,lat\nA,วัด 081-234-5678 a@b.example,98.3,8\n0812345678,ข,98.3,8\n"
    path.write_text(text, encoding="utf-8")
    done = prepare(path, PLACES, layer_id="places")
    assert done.rows["name_th"].tolist() == ["วัด", "ข"]
    assert done.rows["code"].tolist() == ["A", "0812345678"]
    found = [f for f in done.report.findings if f.code == "IMP-W-CONTACT"]
    assert [(f.column, f.values["n"]) for f in found] == [("name_th", 2)]


def test_a_profile_that_does_not_exist_or_fit_is_refused(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text(GOOD_CSV, encoding="utf-8")
    assert refused(path, profile="nothing").code == "IMP-E-PROFILE"
    with pytest.raises(IntakeError) as caught:
        prepare(path, PLACES, layer_id="districts", profile="cod-ab-district")
    assert caught.value.code == "IMP-E-PROFILECOL"


def test_progress_runs_from_nought_to_one(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text(GOOD_CSV, encoding="utf-8")
    shares = []
    prepare(path, PLACES, layer_id="places", progress=lambda _, share: shares.append(share))
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_every_message_has_both_languages_with_the_same_places():
    import string

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for message in messages().values():
        assert message.text.th
        assert message.text.en
        assert places(message.text.th) == places(message.text.en), message.code
