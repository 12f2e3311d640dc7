"""What is built: the same bytes from the same seed, small, and true to the catalogue."""

import json
import re
from datetime import date, datetime

import pytest

import sample_data
from layers.catalogue import CATALOGUE

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return {path.name: path for path in sample_data.build(tmp_path_factory.mktemp("demo"))}


def test_the_same_seed_gives_the_committed_bytes(built):
    committed = {path.name: path for path in sample_data.FILES.iterdir()}
    assert set(built) == set(committed)
    assert [n for n in built if built[n].read_bytes() != committed[n].read_bytes()] == []


def test_another_seed_gives_another_province(built, tmp_path):
    other = {path.name: path for path in sample_data.build(tmp_path, seed=7)}
    assert set(other) == set(built)
    printed = {"corridors", "border_towns", "cross_border_links", "fair_sites", "regions"}
    printed |= {"indicators", "observations"}
    same = {n.split(".")[0] for n in built if built[n].read_bytes() == other[n].read_bytes()}
    assert same == printed


def test_all_files_together_stay_under_three_megabytes(built):
    assert sum(path.stat().st_size for path in built.values()) < 3 * MEGABYTE


def test_every_layer_of_the_catalogue_has_a_file():
    assert set(sample_data.files()) == set(CATALOGUE)
    assert sample_data.TERRAIN.exists()


def test_features_stand_one_a_line_in_the_order_of_their_keys():
    for layer, path in sample_data.files().items():
        if path.suffix != ".geojson":
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        key = CATALOGUE[layer].key
        keys = [json.loads(line.rstrip(","))["properties"][key] for line in lines[1:-1]]
        assert keys == sorted(keys), layer
        assert len(keys) == len(set(keys)), layer


TYPES = {
    "text": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "list": list,
    "object": dict,
    "date": str,
    "datetime": str,
}


def _from_csv(field, text):
    """The value that a CSV cell holds; None for an empty one."""
    if text == "":
        return None
    if field.type in ("integer", "number", "boolean", "list", "object"):
        return json.loads(text)
    return text


def _complaints(field, value):
    """What a value breaks of its field, told by rules of this test's own."""
    if value is None:
        return ["missing"] if field.required else []
    if not isinstance(value, TYPES[field.type]) or (
        isinstance(value, bool) and field.type != "boolean"
    ):
        return [f"not {field.type}"]
    if field.type == "date":
        date.fromisoformat(value)
    if field.type == "datetime" and datetime.fromisoformat(value).utcoffset() is None:
        return ["no time zone"]
    out = []
    held = value if isinstance(value, list) else [value]
    if field.values and not set(held) <= set(field.values):
        out.append("not allowed")
    if field.pattern and not re.fullmatch(field.pattern, value):
        out.append("pattern")
    if field.minimum is not None and value < field.minimum:
        out.append("below minimum")
    if field.maximum is not None and value > field.maximum:
        out.append("above maximum")
    return out


def test_every_value_fits_the_field_of_its_layer(layers):
    broken = []
    for name, rows in layers.items():
        layer = CATALOGUE[name]
        in_csv = sample_data.files()[name].suffix == ".csv"
        for row in rows:
            unknown = set(row) - set(layer.by_name) - {"geometry"}
            broken += [(name, column, "no such field") for column in unknown]
            for field in layer.fields:
                value = row.get(field.name, "" if in_csv else None)
                value = _from_csv(field, value) if in_csv else value
                broken += [(name, field.name, value, what) for what in _complaints(field, value)]
    assert broken[:5] == []


def test_geometries_are_valid_of_the_layer_s_type_and_inside_its_bounds(layers):
    for name, rows in layers.items():
        layer = CATALOGUE[name]
        for row in rows:
            shape = row.get("geometry")
            if layer.geometry is None:
                assert shape is None
                continue
            if shape is None:
                continue
            assert layer.geometry in (shape.geom_type, "Geometry"), (name, shape.geom_type)
            assert shape.is_valid and not shape.is_empty, (name, row[layer.key])
            if layer.bounds:
                west, south, east, north = layer.bounds
                left, low, right, high = shape.bounds
                assert west <= left <= right <= east and south <= low <= high <= north


def test_only_printed_things_without_a_known_place_lack_a_geometry(layers):
    empty = {
        row[CATALOGUE[name].key]
        for name, rows in layers.items()
        if CATALOGUE[name].geometry
        for row in rows
        if row["geometry"] is None
    }
    assert empty == {"SOUTHERN_CORRIDOR", "FS26", "QE1", "QE2", "QE3", "QE4"}


def test_references_between_layers_hold(layers):
    keys = {name: {row[CATALOGUE[name].key] for row in rows} for name, rows in layers.items()}
    places = keys["villages"] | keys["tambons"] | keys["districts"] | keys["provinces"]
    for child, column, parent in (
        ("ponds", "plot_id", "plots"),
        ("channels", "plot_id", "plots"),
        ("plot_zones", "plot_id", "plots"),
        ("soil_samples", "plot_id", "plots"),
        ("aid_cases", "household_id", "households"),
        ("aid_cases", "provider_id", "aid_providers"),
        ("visits", "household_id", "households"),
        ("visits", "contract_id", "debtors"),
        ("programmes", "community_id", "tourism_communities"),
        ("tour_routes", "anchor_community_id", "tourism_communities"),
        ("route_stops", "route_id", "tour_routes"),
        ("events", "quarter_id", "quarters"),
        ("products", "producer_id", "producers"),
        ("observations", "indicator_code", "indicators"),
        ("provinces", "region_code", "regions"),
    ):
        held = {row[column] for row in layers[child] if row.get(column)}
        assert held and held <= keys[parent], (child, column)
    for row in layers["documents"]:
        assert row["subject_id"] in keys[row["subject_layer"]]
    for name, rows in layers.items():
        for row in rows:
            code = row.get("area_code") or ""
            assert not code.startswith("83") or code in places, (name, code)


def test_every_row_says_how_true_it_is(layers):
    for name, rows in layers.items():
        assert all(row["data_origin"] for row in rows), name
    for name in ("households", "aid_cases", "debtors", "visits", "innovators"):
        assert {row["data_origin"] for row in layers[name]} == {"synthetic"}, name
    for name in ("provinces", "tambons", "roads", "plots", "ponds", "hazards"):
        assert {row["data_origin"] for row in layers[name]} == {"invented"}, name


ID_OR_TELEPHONE = re.compile(r"(?<![0-9A-Za-z.])([0-9]{13}|0[689][0-9]{8})(?![0-9A-Za-z])")


def test_no_person_has_a_name_a_telephone_or_an_identity_number(layers):
    names = {"person_name", "phone", "line_id", "email", "owner_name", "participant_name"}
    names |= {"deed_holder_name", "parties", "officer", "id_number"}
    for name, rows in layers.items():
        for row in rows:
            assert not names & {column for column, value in row.items() if value}, name
            for column, value in row.items():
                digits = re.sub(r"[ -]", "", str(value)) if column != "geometry" else ""
                assert not ID_OR_TELEPHONE.search(digits), (name, column, value)
