"""The command line: what it does, what it says, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner, Result

from api.cli import phumi
from layers.catalogue import CATALOGUE
from layers.privacy import owner_view
from layers.query import Query
from layers.workspace import open_workspace

Run = Callable[..., Result]


@pytest.fixture
def run(store_url: str) -> Run:
    """``phumi`` on an empty workspace, in English, once for each engine."""

    def invoke(*words: str | Path, lang: str = "en") -> Result:
        args = ["--database", store_url, "--lang", lang, *map(str, words)]
        return CliRunner().invoke(phumi, args, catch_exceptions=False)

    return invoke


@pytest.fixture
def spots(tmp_path: Path) -> Path:
    """Three sound features in a file of no known layer."""
    frame = gpd.GeoDataFrame(
        {"รหัส": ["a", "b", "c"], "ชื่อ": ["หนึ่ง", "สอง", "สาม"], "depth": [1.5, 2.5, 3.5]},
        geometry=shapely.points([98.3, 98.31, 98.32], [7.9, 7.91, 7.92]),
        crs=4326,
    )
    path = tmp_path / "spots.geojson"
    frame.to_file(path)
    return path


def tambon_file(path: Path, codes: list[str]) -> Path:
    squares = [shapely.box(98.3 + i / 100, 7.9, 98.305 + i / 100, 7.91) for i in range(len(codes))]
    names = [f"ตำบล {i}" for i in range(len(codes))]
    frame = gpd.GeoDataFrame(
        {"code": codes, "name_th": names, "name_en": names}, geometry=squares, crs=4326
    )
    frame.to_file(path)
    return path


def test_init_makes_every_layer_and_may_be_repeated(run: Run, store_url: str) -> None:
    for _ in range(2):
        result = run("init")
        assert result.exit_code == 0
        assert str(len(CATALOGUE)) in result.output
    store = open_workspace(store_url)
    assert [layer.id for layer in store.layers()] == list(CATALOGUE)
    store.close()


def test_unknown_file_becomes_a_layer_of_its_own(run: Run, spots: Path, tmp_path: Path) -> None:
    """SYS: a file whose layer is not in the catalogue can be imported too."""
    assert run("import", "my_spots", spots).exit_code == 0
    out = tmp_path / "back.geojson"
    assert run("export", "my_spots", out, "--filter", "depth > 2").exit_code == 0
    back = gpd.read_file(out)
    assert sorted(back["ชื่อ"]) == ["สอง", "สาม"]


def test_the_same_import_twice_changes_nothing(run: Run, spots: Path) -> None:
    assert "3 added" in run("import", "my_spots", spots).output
    assert "0 added, 0 changed" in run("import", "my_spots", spots).output


def test_append_refuses_ids_that_are_there(run: Run, tmp_path: Path) -> None:
    path = tambon_file(tmp_path / "t.geojson", ["830101", "830102"])
    assert run("import", "tambons", path, "--mode", "append").exit_code == 0
    result = run("import", "tambons", path, "--mode", "append")
    assert result.exit_code == 2
    assert "830101" in result.output


def test_replace_removes_what_the_file_no_longer_holds(run: Run, tmp_path: Path) -> None:
    run("import", "tambons", tambon_file(tmp_path / "a.geojson", ["830101", "830102"]))
    one = tambon_file(tmp_path / "b.geojson", ["830102"])
    assert "1 removed" in run("import", "tambons", one, "--mode", "replace").output


def test_bad_rows_are_left_out_and_reported(run: Run, tmp_path: Path) -> None:
    path = tambon_file(tmp_path / "t.geojson", ["830101", "not a code", "830103"])
    report = tmp_path / "report.csv"
    result = run("import", "tambons", path, "--report", report)
    assert result.exit_code == 3
    assert "2 added" in result.output
    text = report.read_text(encoding="utf-8-sig")
    assert "not a code" in text


@pytest.mark.parametrize("lang", ["th", "en"])
def test_a_missing_file_is_named_in_the_language_of_the_user(run: Run, lang: str) -> None:
    result = run("import", "tambons", "nowhere.geojson", lang=lang)
    assert result.exit_code == 2
    assert "nowhere.geojson" in result.output
    assert any("\u0e00" <= c <= "\u0e7f" for c in result.output) == (lang == "th")


def test_a_refused_file_leaves_no_new_layer_behind(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken.geojson"
    path.write_text("{ this is not json", encoding="utf-8")
    assert run("import", "my_layer", path).exit_code == 2
    assert run("export", "my_layer", tmp_path / "x.csv").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("run", "no-such-process"),
        ("run", "pond-check", "depth_m"),
        ("run", "pond-check", "depth_m=99"),
        ("run", "pond-check", "colour=blue"),
        ("run", "pond-check", "ponds=@missing.geojson"),
        ("export", "tambons", "x.exe"),
        ("export", "nowhere", "x.csv"),
        ("export", "tambons", "x.csv", "--filter", "nothing = 1"),
        ("export", "tambons", "x.csv", "--filter", "code = ="),
        ("export", "tambons", "x.csv", "--bbox", "1,2"),
        ("map", "map.pdf"),
        ("map", "map.html", "--layers", "nowhere"),
        ("no-such-command",),
    ],
)
def test_a_wrong_request_is_exit_status_2(
    run: Run, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*words).exit_code == 2
    assert not list(tmp_path.glob("x.*")) and not list(tmp_path.glob("map.*"))


def pond_file(path: Path, depths: list[float]) -> Path:
    """Ponds of 20 x 20 m near 98.3 E, 7.9 N (a degree there is 110,272 m and 110,590 m long)."""
    east, north = 20 / 110_272, 20 / 110_590
    features = [
        {
            "type": "Feature",
            "properties": {
                "pond_id": f"P{i}", "plot_id": "KNN-83-2569-0001", "area_code": "830101",
                "kind": "design", "depth_m": depth, "slope_h_per_v": 1.5,
                "data_origin": "invented",
            },
            "geometry": shapely.geometry.mapping(
                shapely.box(98.3 + i / 100, 7.9, 98.3 + i / 100 + east, 7.9 + north)
            ),
        }
        for i, depth in enumerate(depths)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_pond_check_judges_the_layer_and_saves(run: Run, tmp_path: Path, store_url: str) -> None:
    """POND-T3 through the whole house: file, store, process, store again."""
    assert run("import", "ponds", pond_file(tmp_path / "p.geojson", [3, 8])).exit_code == 0
    result = run("run", "pond-check", "--json")
    judged = [feature["properties"] for feature in json.loads(result.stdout)["features"]]
    ponds = {pond["pond_id"]: pond for pond in judged}
    assert result.exit_code == 0
    assert ponds["P0"]["volume_m3"] == pytest.approx(741, rel=2e-3)
    assert ponds["P1"]["verdict"] == "collapsed"
    assert run("run", "pond-check", "--save").exit_code == 0
    store = open_workspace(store_url)
    rows = store.read(Query(layer="ponds", limit=None), owner_view(CATALOGUE["ponds"]))
    store.close()
    saved = dict(zip(rows["pond_id"], rows["volume_m3"], strict=True))
    assert saved == {name: pond["volume_m3"] for name, pond in ponds.items()}


def test_a_plot_is_moved_on_and_the_step_is_kept(run: Run, tmp_path: Path, store_url: str) -> None:
    """land.md 7.1 on the command line: refused without its file, kept with it."""
    ring = [[98.3, 7.9], [98.301, 7.9], [98.301, 7.901], [98.3, 7.901], [98.3, 7.9]]
    plot = {
        "type": "Feature",
        "properties": {"plot_id": "KNN-83-2568-0001", "area_code": "83", "status": "inquiry"},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
    }
    path = tmp_path / "plot.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [plot]}))
    assert run("import", "plots", path).exit_code == 0
    step = ("run", "plot-life", "plot_id=KNN-83-2568-0001", "to=applied", "role=owner", "who=u1")
    refused = run(*step, "--save")
    assert refused.exit_code == 2
    assert "Signed receipt of the conditions sheet" in refused.output
    assert run(*step, "file=receipt.pdf", "--save").exit_code == 0
    store = open_workspace(store_url)
    (row,) = store.read(Query(layer="plots", limit=None), owner_view(CATALOGUE["plots"])).to_dict(
        "records"
    )
    store.close()
    assert row["status"] == "applied"
    assert row["moves"][0]["file"] == "receipt.pdf"


def test_ponds_that_cannot_be_judged_make_exit_status_3(run: Run, tmp_path: Path) -> None:
    ring = [[98.3, 7.9], [98.31, 7.9], [98.3, 7.91], [98.3, 7.9]]
    drawn = {
        "type": "Feature",
        "properties": {"depth_m": -1, "slope_h_per_v": 1},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = tmp_path / "drawn.geojson"
    path.write_text(json.dumps(drawn), encoding="utf-8")
    result = run("run", "pond-check", f"ponds=@{path}")
    assert result.exit_code == 3
    assert "depth_invalid" in result.output


def test_map_is_one_file_that_names_no_other(run: Run, spots: Path, tmp_path: Path) -> None:
    run("import", "my_spots", spots)
    path = tmp_path / "map.html"
    result = run("map", path, "--layers", "my_spots")
    assert result.exit_code == 0
    assert path.stat().st_size < 5_000_000


def test_doctor_says_what_is_there(run: Run) -> None:
    result = run("doctor", lang="th")
    assert result.exit_code == 0
    assert "spatial" in result.output


def test_doctor_says_what_to_do_when_the_server_is_down() -> None:
    url = "postgresql://someone:hidden-word@127.0.0.1:1/none"
    result = CliRunner().invoke(phumi, ["--database", url, "--lang", "en", "doctor"])
    assert result.exit_code == 2
    assert "cannot be reached" in result.output
    assert "hidden-word" not in result.output


@pytest.mark.parametrize("name", sorted(phumi.commands))
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(phumi, [name, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_all_tambons_of_thailand(run: Run, reference: Path, store_url: str, tmp_path: Path) -> None:
    """SYS: the national boundary file loads whole, and draws on a map."""
    result = run("import", "tambons", reference / "boundaries" / "tambon.fgb")
    assert result.exit_code == 0
    assert "7,425 added" in result.output
    store = open_workspace(store_url)
    view = owner_view(CATALOGUE["tambons"])
    seen: list[str] = []
    query = Query(layer="tambons", limit=500)
    while True:
        page = store.features(query, view)
        seen += [feature["id"] for feature in json.loads(f"[{page.features}]")]
        if page.next is None:
            break
        query = Query(layer="tambons", limit=500, after=page.next)
    store.close()
    assert len(seen) == len(set(seen)) == 7425
    path = tmp_path / "thailand.html"
    assert run("map", path, "--layers", "tambons").exit_code == 0
    assert path.stat().st_size < 5_000_000
