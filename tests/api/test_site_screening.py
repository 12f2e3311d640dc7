"""Site screening through the doors, on both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from flask.testing import FlaskClient

import sample_data
from geo.crs import from_local
from geo.screening import FACTORS
from layers.catalogue import CATALOGUE
from layers.errors import AccessDenied, NotFound
from layers.intake import prepare
from layers.privacy import owner_view
from layers.processes import Reader, execute
from layers.store import Store
from layers.workspace import open_workspace

AT = np.array([[98.34, 7.95]])
CLEAN = {"access_width_m": 4.0, "soil_class": "clay", "boulders": "none", "valley": False,
         "trees_per_rai": 1.0, "deed_type": "chanote"}  # fmt: skip


def drawn(shape: shapely.Geometry | None, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature of a shape in metres around the test site."""
    geometry = None if shape is None else from_local([shape], AT)[0].__geo_interface__
    return {"type": "Feature", "properties": CLEAN | properties, "geometry": geometry}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def screen(store: Store, **inputs: Any) -> Any:
    reader = Reader(store, owner_view, local_files=True)
    return execute("site-screening", inputs, reader)


def post(client: FlaskClient, **inputs: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post("/processes/site-screening/execution", json={"inputs": inputs})
    return answer.status_code, json.loads(answer.data)


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A raster of a plane that falls 4 % to the west, 10 m cells around the test site."""
    path = tmp_path_factory.mktemp("ground") / "plane.tif"
    centre = gpd.GeoSeries.from_xy([98.34], [7.95], crs=4326).to_crs(32647)[0]
    n, x, y = 160, centre.x - 800, centre.y + 800
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": n, "width": n,
               "crs": "EPSG:32647", "nodata": -9999.0,
               "transform": rasterio.transform.from_origin(x, y, 10, 10)}  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        _, columns = np.mgrid[0:n, 0:n]
        out.write((20 + 0.4 * columns).astype("float32"), 1)
    return str(path)


@pytest.fixture
def clean_site(tmp_path: Path) -> Any:
    """A store with a road 120 m off, a waste site 301 m off, a zone and a hazard elsewhere."""
    store = open_workspace(f"duckdb:///{tmp_path}/site.duckdb")
    shapes = from_local(
        [shapely.LineString([(160, -300), (160, 300)]), shapely.Point(-341, 0),
         shapely.box(2000, 2000, 2500, 2500), shapely.box(2000, 2000, 2500, 2500)],
        np.repeat(AT, 4, axis=0),
    )  # fmt: skip
    rows = {
        "roads": {"road_id": "R1", "road_class": "local_road", "area_code": "8303"},
        "facilities": {"facility_id": "W1", "kind": "waste_water", "name_th": "บ่อบำบัด",
                       "area_code": "8303"},
        "permission_zones": {"zone_id": "Z1", "zone_kind": "alro", "area_code": "8303"},
        "hazards": {"hazard_id": "H1", "hazard": "flood", "severity": 4, "area_code": "8303"},
    }  # fmt: skip
    for (layer, row), shape in zip(rows.items(), shapes, strict=True):
        given = gpd.GeoDataFrame([row], geometry=[shape], crs=4326)
        if CATALOGUE[layer].geometry == "MultiPolygon":
            given.geometry = [shapely.MultiPolygon([shape])]
        store.write(layer, given, author="test")
    yield store
    store.close()


SITE = shapely.box(-40, -20, 40, 20)


def test_clean_ground_is_suitable(clean_site: Store, flat: str) -> None:
    """SCR-T1 on the ground, and the whole chain with it: raster, roads, waste, zones, hazards."""
    found = screen(clean_site, plot=drawn(SITE), elevation=flat).features.iloc[0]
    assert (found["screening_class"], found["reasons_th"]) == ("suitable", [])
    assert found["slope_pct"] == pytest.approx(4.0, abs=0.01)
    assert found["aspect_deg"] == pytest.approx(270, abs=1.5)
    assert found["road_m"] == pytest.approx(120, abs=0.05)
    assert found["waste_m"] == pytest.approx(301, abs=0.05)
    assert [row["sign"] for row in found["verdicts"]] == ["pass"] * 10


@pytest.mark.parametrize(
    ("case", "changes", "expected", "factors"),
    [
        ("SCR-T4", {"boulders": "some", "trees_per_rai": 16}, "conditional", ["F3", "F6"]),
        ("SCR-T5", {"deed_type": "spk401"}, "conditional", ["F8"]),
        ("SCR-T6", {"soil_class": "sand"}, "conditional", ["F9"]),
        ("SCR-T9", {"access_width_m": 2.9}, "conditional", ["F7"]),
        ("LAND-R8", {"permission_state": "refused"}, "unsuitable", ["F8"]),
    ],
)
def test_findings_of_a_drawn_site(
    clean_site: Store, flat: str, case: str, changes: dict, expected: str, factors: list[str]
) -> None:
    """A3 works when the factor is named, in both languages (PHUKET L1064)."""
    result = screen(clean_site, plot=drawn(SITE, **changes), elevation=flat)
    found = result.features.iloc[0]
    assert (found["screening_class"], found["factors"]) == (expected, factors), case
    for code, thai, english in zip(factors, found["reasons_th"], found["reasons_en"], strict=True):
        assert thai.startswith(f"{code} {FACTORS[code].label.th}:")
        assert english.startswith(f"{code} {FACTORS[code].label.en}:")


def test_without_elevation_slope_and_water_are_unknown(clean_site: Store) -> None:
    """SCR-T7."""
    found = screen(clean_site, plot=drawn(SITE)).features.iloc[0]
    assert (found["screening_class"], found["unknown"]) == ("conditional", ["F1", "F2"])


def test_a_field_check_overrides_one_factor_and_both_values_show(
    clean_site: Store, flat: str
) -> None:
    """SCR-T8: computed, overridden, with reason and photo."""
    override = {"factor": "F1", "value": 8, "reason": "ปรับที่แล้ว", "photo_id": "PH-1"}
    found = screen(clean_site, plot=drawn(SITE, override=override), elevation=flat).features.iloc[0]
    assert (found["screening_class"], found["factors"]) == ("conditional", ["F1"])
    assert found["slope_pct"] == 8
    assert found["override"]["computed"] == pytest.approx(4.0, abs=0.01)
    assert "ปรับที่แล้ว" in found["reasons_th"][0]


@pytest.mark.parametrize(
    "override",
    [{"factor": "F1", "value": 8}, {"factor": "F99", "value": 8, "reason": "x", "photo_id": "p"},
     {"factor": "F1", "value": "low", "reason": "x", "photo_id": "p"}, "F1"],
)  # fmt: skip
def test_an_override_without_its_papers_is_left_out(
    clean_site: Store, flat: str, override: Any
) -> None:
    found = screen(clean_site, plot=drawn(SITE, override=override), elevation=flat).features.iloc[0]
    assert found["slope_pct"] == pytest.approx(4.0, abs=0.01)
    assert found["notes"] == ["override_incomplete"]


def test_zones_and_hazards_on_the_site_are_found(clean_site: Store, flat: str) -> None:
    there = shapely.box(1990, 2000, 2030, 2040)  # three quarters within both
    found = screen(clean_site, plot=drawn(there), elevation=flat).features.iloc[0]
    assert found["screening_class"] == "unsuitable"
    assert {"F8", "F10"} <= set(found["factors"])
    (zone,) = found["permission_zones"]
    assert (zone["zone_kind"], zone["share_pct"]) == ("alro", pytest.approx(75, abs=0.1))


BOW = shapely.Polygon([(0, 0), (40, 40), (40, 0), (0, 40)])


@pytest.mark.parametrize(
    ("shape", "error"),
    [
        (BOW, "plot_invalid"),
        (None, "plot_missing"),
        (shapely.Polygon(), "plot_missing"),
        (shapely.LineString([(0, 0), (40, 40)]), "plot_invalid"),
        (shapely.box(0, 0, 6, 6), "plot_too_small"),
        (shapely.box(0, 0, 3000, 2700), "plot_too_large"),
    ],
)
def test_a_bad_plot_gets_a_finding_and_spares_the_others(
    clean_site: Store, flat: str, shape: Any, error: str
) -> None:
    plots = collection(drawn(shape), drawn(SITE))
    result = screen(clean_site, plot=plots, elevation=flat)
    bad, good = result.features.to_dict("records")
    assert (bad["error"], bad["screening_class"], bad["verdicts"]) == (error, None, [])
    assert bad["reasons_th"]
    assert good["screening_class"] == "suitable"
    assert result.left_out == 1
    assert result.summary["errors"] == {error: 1}
    json.dumps(result.to_geojson(), allow_nan=False)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(0, 0, 200, 0.3),
        shapely.Polygon([(0, 0), (40, 0), (0, 30)]),
        shapely.MultiPolygon([shapely.box(0, 0, 20, 20), shapely.box(30, 0, 50, 20)]),
        shapely.box(0, 0, 60, 60).difference(shapely.box(20, 20, 40, 40)),
    ],
    ids=["sliver", "three points", "two parts", "hole"],
)
def test_odd_plots_are_screened_all_the_same(
    clean_site: Store, flat: str, shape: shapely.Geometry
) -> None:
    found = screen(clean_site, plot=drawn(shape), elevation=flat).features.iloc[0]
    assert found["error"] is None
    assert found["slope_pct"] == pytest.approx(4.0, abs=0.01)


def test_a_raster_of_voids_tells_nothing(clean_site: Store, flat: str, tmp_path: Path) -> None:
    path = tmp_path / "void.tif"
    with rasterio.open(flat) as source:
        profile = source.profile
    with rasterio.open(path, "w", **profile) as out:
        out.write(np.full((160, 160), -9999.0, dtype="float32"), 1)
    found = screen(clean_site, plot=drawn(SITE), elevation=str(path)).features.iloc[0]
    assert (found["screening_class"], found["unknown"]) == ("conditional", ["F1", "F2"])


def test_the_whole_layer_is_screened_and_can_be_saved(demo: Store) -> None:
    result = screen(demo, elevation=str(sample_data.TERRAIN))
    assert result.summary["plots"] == len(result.features) > 100
    assert sum(result.summary["classes"].values()) == result.summary["plots"]
    assert result.features["road_m"].notna().all()
    assert set(result.layer_versions) == {"plots", "soil_samples", "facilities", "roads",
                                          "permission_zones", "hazards", "tambons"}  # fmt: skip
    rows = result.updates["plots"]
    assert list(rows) == ["plot_id", "area_code", "screening_class", "soil_class"]
    demo.write("plots", rows, mode="upsert", author="test")
    kept = Reader(demo, owner_view).read("plots", fields=("plot_id", "screening_class", "status"))
    assert kept["screening_class"].notna().all()
    assert kept["status"].notna().all()


def test_one_plot_is_screened_by_its_id(demo: Store, owner: FlaskClient) -> None:
    status, result = post(owner, plot_id="KNN-83-2564-0001")
    assert status == 200
    (feature,) = result["features"]
    assert feature["properties"]["plot_id"] == "KNN-83-2564-0001"
    assert len(feature["properties"]["verdicts"]) == 10
    with pytest.raises(NotFound):
        screen(demo, plot_id="KNN-83-2564-9999")


def test_the_public_may_screen_a_shape_but_not_the_layer(client: FlaskClient) -> None:
    status, result = post(client, plot=drawn(SITE))
    assert status == 200
    assert result["features"][0]["properties"]["screening_class"] in ("conditional", "unsuitable")
    assert post(client)[0] == 403


def test_no_file_of_the_server_can_be_named_over_the_network(
    client: FlaskClient, owner: FlaskClient, demo: Store, flat: str
) -> None:
    for caller in (client, owner):
        status, problem = post(caller, plot=drawn(SITE), elevation=flat)
        assert (status, problem["code"]) == (403, "file_refused")
    with pytest.raises(AccessDenied):
        execute("site-screening", {"elevation": flat}, Reader(demo, owner_view))


def test_the_setting_names_the_raster_for_all(demo: Store, demo_url: str, flat: str) -> None:
    from api.app import create_app
    from api.settings import Settings

    app = create_app(Settings(database_url=demo_url, elevation=flat), demo)
    status, result = post(app.test_client(), plot=drawn(SITE))
    assert (status, result["summary"]["elevation"]) == (200, "plane.tif")
    assert result["features"][0]["properties"]["slope_pct"] == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"slope_caution_pct": -1}, "parameter_invalid"),
        ({"soil_aggregation": "best"}, "parameter_invalid"),
        ({"plot": {"type": "Polygon"}}, "plot_invalid"),
        ({"colour": "red"}, "parameter_unknown"),
    ],
)
def test_a_wrong_input_is_named(client: FlaskClient, inputs: dict[str, Any], code: str) -> None:
    status, problem = post(client, **inputs)
    assert (status, problem["code"]) == (400, code)


def test_soil_of_stored_plots_comes_from_their_samples(demo: Store) -> None:
    """LAND-R10: the leakiest sample of a plot decides unless told otherwise."""
    samples = prepare(
        sample_data.files()["soil_samples"], CATALOGUE["soil_samples"], layer_id="soil_samples"
    ).rows
    order = {"clay": 0, "sandy_loam": 1, "sand": 2}
    worst = samples.groupby("plot_id")["soil_class"].agg(lambda found: max(found, key=order.get))
    shown = screen(demo).features.set_index("plot_id")["soil_class"]
    assert shown[worst.index].tolist() == worst.tolist()


def test_the_demo_shows_every_class_of_site(demo: Store) -> None:
    """LAND-R30: suitable, conditional and unsuitable plots, and one that a field check helped."""
    reader = Reader(demo, owner_view, elevation=str(sample_data.TERRAIN))
    result = execute("site-screening", {"target_areas": "8303"}, reader)
    assert min(result.summary["classes"].values()) >= 1
    assert result.features is not None
    suitable = result.features[result.features["screening_class"] == "suitable"]
    assert all(not factors and not unknown for factors, unknown
               in zip(suitable["factors"], suitable["unknown"], strict=True))  # fmt: skip
    assert result.features["override"].notna().any()
    updates = result.updates["plots"].set_index("plot_id")
    plots = reader.read("plots").set_index("plot_id")
    # LAND-R4: every plot of the demo lies in the tambon that its record names.
    assert (updates["area_code"] == plots["area_code"]).all()
    assert (updates["in_target_area"] == plots["area_code"].str.startswith("8303")).all()
