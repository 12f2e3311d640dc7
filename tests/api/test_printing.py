"""``/print`` and ``phumi print``: a page of the workspace, cut to what its reader may see."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader

from api.atlas import atlas_pages
from api.cli import phumi
from api.printing import Choice, area_geometry, map_sheet
from layers.catalogue import CATALOGUE
from layers.errors import AccessDenied, NotFound
from layers.model import Privacy
from layers.privacy import owner_view, public_view
from layers.query import Query
from layers.store import Store
from tests.api.people import account, token

DISTRICT = "8303"
PEOPLE = [
    i for i, layer in CATALOGUE.items() if layer.geometry and layer.privacy > Privacy.INTERNAL
]


def words_of(page: bytes, folder: Path) -> str:
    program = shutil.which("pdftotext")
    assert program, "poppler-utils is missing: run `make test`, it says how to get it"
    path = folder / "page.pdf"
    path.write_bytes(page)
    done = subprocess.run([program, str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("form", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")]
)
def test_a_district_comes_as_a_page_of_each_form(
    client: FlaskClient, form: str, start: bytes
) -> None:
    answer = client.get(f"/print?area={DISTRICT}&f={form}&dpi=60")
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(start)
    assert answer.headers["Content-Type"].startswith(
        {"png": "image/png", "pdf": "application/pdf", "svg": "image/svg+xml"}[form]
    )


@pytest.mark.parametrize("code", ["83", "8303", "830302"])
def test_the_page_shows_its_whole_area_and_names_it(demo: Store, code: str) -> None:
    sheet = map_sheet(demo, public_view, Choice(area=code, language="en"))
    west, south, east, north = sheet.frame.bbox
    shape = area_geometry(demo, public_view, code)
    assert west < shape.bounds[0] and shape.bounds[2] < east
    assert south < shape.bounds[1] and shape.bounds[3] < north
    assert "Phuket" in sheet.title.en
    assert len(sheet.overview) > 0


def test_a_village_that_is_a_point_is_in_the_middle_of_its_page(demo: Store) -> None:
    layer = demo.layer("villages")
    row = demo.read(Query(layer="villages", limit=1), public_view(layer)).iloc[0]
    sheet = map_sheet(demo, public_view, Choice(area=row["code"]))
    lon, lat = sheet.frame.centre
    assert (lon, lat) == pytest.approx((row.geometry.x, row.geometry.y), abs=1e-3)


@pytest.mark.parametrize("layer_id", PEOPLE)
def test_the_public_cannot_print_places_of_people(client: FlaskClient, layer_id: str) -> None:
    """No pin of a person on a printed page for the public."""
    answer = client.get(f"/print?layers=tambons,{layer_id}&area={DISTRICT}&dpi=60")
    assert answer.status_code == 403
    assert answer.json["code"] in ("print_layer", "aggregates_only")


def test_a_public_page_holds_no_layer_of_people(demo: Store, client: FlaskClient,
                                                tmp_path: Path) -> None:  # fmt: skip
    """No name, no pin, no small cell: only public layers, and no numbers in the legend."""
    sheet = map_sheet(demo, public_view, Choice(area=DISTRICT))
    assert sheet.items
    assert not {item.layer.id for item in sheet.items} & set(PEOPLE)
    for item in sheet.items:
        shown = public_view(item.layer).fields
        assert set(item.features.columns) - {"geometry"} <= shown
    text = words_of(client.get(f"/print?area={DISTRICT}&f=pdf&lang=en").data, tmp_path)
    for layer_id in PEOPLE:
        assert CATALOGUE[layer_id].title.en not in text
    legend = text[text.index("Legend") : text.index("Overview")]
    assert not any(line.strip().isdigit() for line in legend.splitlines())


def test_layers_of_people_are_printed_only_when_asked_for_by_name(demo: Store) -> None:
    """Else a map made in passing would carry them away without the right to export (PRIV-R14)."""
    sheet = map_sheet(demo, owner_view, Choice(area=DISTRICT))
    assert not {item.layer.id for item in sheet.items} & set(PEOPLE)
    named = map_sheet(demo, owner_view, Choice(area=DISTRICT, layers=["households"]))
    assert [item.layer.id for item in named.items] == ["households"]


def test_an_officer_without_the_right_to_export_prints_no_restricted_layer(
    client: FlaskClient, demo: Store
) -> None:
    """PRIV-R14: a page is taken away, so it needs what an export needs."""
    headers = token(demo, account(demo, "district_officer", DISTRICT, password=False), "read")
    answer = client.get(f"/print?layers=debtors&area={DISTRICT}&dpi=60", headers=headers)
    assert answer.status_code == 403


def test_a_page_of_somebody_who_is_logged_in_is_kept_by_no_cache(
    client: FlaskClient, demo: Store
) -> None:
    headers = token(demo, account(demo, "district_officer", DISTRICT, password=False), "read")
    answer = client.get(f"/print?area={DISTRICT}&dpi=60", headers=headers)
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("area=99", 404),
        ("area=8", 404),
        ("area=8303'--", 404),
        ("layers=nothing", 404),
        ("layers=budget_lines_of_nobody,plots", 404),
        ("layers=indicators", 403),
        ("size=A0", 400),
        ("grid=hex", 400),
        ("orientation=round", 400),
        ("dpi=9999", 400),
        ("dpi=abc", 400),
        ("dpi=nan", 400),
        ("scale=0", 400),
        ("scale=inf", 400),
        ("bbox=1,2,3", 400),
        ("bbox=98,89,99,90", 400),
        ("bbox=170,1,-170,2", 400),
        ("title=" + "x" * 500, 400),
        ("logo=/etc/passwd", 400),
        ("f=tiff", 406),
    ],
    ids=str,
)
def test_a_wrong_request_is_told(client: FlaskClient, query: str, status: int) -> None:
    answer = client.get("/print?" + query)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["detail"]


def test_the_command_line_writes_the_page(demo: Store, demo_url: str, tmp_path: Path) -> None:
    if demo_url.startswith("duckdb"):
        pytest.skip("the open store holds the file; the other engine runs the same command")
    path = tmp_path / "maps" / "district.png"
    words = ["--database", demo_url, "--lang", "en", "print", str(path), "--area", DISTRICT,
             "--layers", "tambons,roads", "--size", "A3", "--dpi", "60", "--grey"]  # fmt: skip
    done = CliRunner().invoke(phumi, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert Image.open(path).size == pytest.approx((420 / 25.4 * 60, 297 / 25.4 * 60), abs=1)
    assert "1:" in done.output


@pytest.mark.parametrize(
    "words",
    [
        ("x.bmp",),
        ("x.png", "--area", "99"),
        ("x.png", "--layers", "nothing"),
        ("x.png", "--dpi", "5"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_is_exit_status_2(demo_url: str, demo: Store, words: tuple[str, ...],
                                          tmp_path: Path) -> None:  # fmt: skip
    if demo_url.startswith("duckdb"):
        pytest.skip("the open store holds the file; the other engine runs the same command")
    given = ["--database", demo_url, "print", str(tmp_path / words[0]), *words[1:]]
    assert CliRunner().invoke(phumi, given, catch_exceptions=False).exit_code == 2
    assert not (tmp_path / words[0]).exists()


def test_more_features_than_fit_are_left_out_and_the_page_says_so(demo: Store) -> None:
    sheet = map_sheet(demo, owner_view, Choice(layers=["roads"], features_max=5, language="en"))
    assert [len(item.features) for item in sheet.items] == [5]
    assert any("first 5" in note.en for note in sheet.notices)


def test_an_area_that_is_none_is_named(demo: Store) -> None:
    with pytest.raises(NotFound, match="99999999"):
        area_geometry(demo, public_view, "99999999")


def test_a_picture_is_as_fine_as_was_asked(client: FlaskClient) -> None:
    answer = client.get(f"/print?area={DISTRICT}&layers=tambons&dpi=72&orientation=portrait")
    assert Image.open(io.BytesIO(answer.data)).size == pytest.approx((595, 842), abs=1)


# --- Atlases --------------------------------------------------------------------------------


def test_an_atlas_has_a_page_for_each_area_in_the_order_of_codes(demo: Store) -> None:
    pages = atlas_pages(demo, public_view, "tambon", Choice(area="83"), reader="public")
    keys = [page.key for page in pages]
    assert len(keys) == 17
    assert keys == sorted(keys)
    assert all(key.startswith("83") for key in keys)
    inside = atlas_pages(demo, public_view, "tambon", Choice(area="8303"), reader="public")
    assert [page.key for page in inside] == [key for key in keys if key.startswith("8303")]


def test_a_page_of_an_atlas_shows_its_area_and_its_figures(demo: Store) -> None:
    page = atlas_pages(
        demo, public_view, "tambon", Choice(area="830302", language="en"), reader="public"
    )[0]
    sheet = page.sheet()
    assert sheet.area is not None
    assert sheet.frame.bbox[0] < sheet.area.bounds[0]
    layer = demo.layer("tambons")
    row = demo.read(Query(layer="tambons", limit=None), public_view(layer)).set_index("code")
    figures = {label.en: value.en for label, value in sheet.figures}
    assert figures["Population"] == f"{row.loc['830302', 'population']:,.0f}"


def test_an_atlas_can_have_a_page_for_each_feature_of_a_layer(demo: Store) -> None:
    pages = atlas_pages(demo, public_view, "attractions", Choice(area="8303"), reader="public")
    assert pages
    sheet = pages[0].sheet()
    assert sheet.title == pages[0].name


@pytest.mark.parametrize("layer_id", ["households", "debtors"])
def test_the_public_gets_no_atlas_of_people(demo: Store, layer_id: str) -> None:
    with pytest.raises(AccessDenied):
        atlas_pages(demo, public_view, layer_id, Choice(), reader="public")


def test_pages_of_different_readers_are_never_taken_for_each_other(demo: Store) -> None:
    of = {
        reader: atlas_pages(demo, public_view, "district", Choice(), reader=reader)[0].stamp
        for reader in ("public", "owner")
    }
    assert of["public"] != of["owner"]


def test_the_command_line_binds_an_atlas(demo: Store, demo_url: str, tmp_path: Path) -> None:
    if demo_url.startswith("duckdb"):
        pytest.skip("the open store holds the file; the other engine runs the same command")
    words = ["--database", demo_url, "--lang", "en", "atlas", str(tmp_path), "--by", "district",
             "--area", "83", "--layers", "tambons", "--workers", "1", "--public"]  # fmt: skip
    done = CliRunner().invoke(phumi, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "3 pages" in done.output
    bound = PdfReader(tmp_path / "atlas.pdf")
    assert bound.outline[0].title == "Contents"
    assert len(bound.pages) == 4
    again = CliRunner().invoke(phumi, words, catch_exceptions=False)
    assert "0 drawn anew" in again.output
