"""Printed maps: true to scale, whole, safe in black and white, and the same every time."""

from __future__ import annotations

import io
import math
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib.image
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image
from pyproj import Geod, Transformer
from shapely.geometry import Point, box

from geo.text import Text
from layers.catalogue import CATALOGUE
from tests.webmap.print_cases import HERE, ZONE_48, map_sheet, places
from webmap.overlay import MapLayer
from webmap.print import fonts
from webmap.print.errors import FontMissing, PrintError
from webmap.print.fonts import typeface
from webmap.print.frame import MapFrame, frame_around
from webmap.print.furniture import bar_length, draw_scale_bar
from webmap.print.grey import Ink, grey_ink
from webmap.print.grid import grid_lines
from webmap.print.labels import Label, place
from webmap.print.paper import layout
from webmap.print.sheet import MapSheet, draw_sheet, save_sheet
from webmap.print.wrap import clusters, wrap
from webmap.style import STYLES, load_style

GOLDEN = Path(__file__).with_name("golden")
GOLDEN_DPI = 50
GOLDEN_TYPEFACE = "Laksaman"
GEOD = Geod(ellps="WGS84")
STYLED = sorted(path.stem for path in STYLES.glob("*.json") if path.stem != "schema")

PAGES: dict[str, dict[str, Any]] = {
    "a4-landscape-th": {},
    "a4-portrait-en": {"orientation": "portrait", "language": "en", "grid": "lonlat"},
    "a3-landscape-grey": {"size": "A3", "grey": True},
    "a3-portrait-th": {"size": "A3", "orientation": "portrait", "grid": "none"},
    "empty": {"items": (), "area": None, "overview": ()},
}


def saved(sheet: MapSheet, kind: Any = "png", dpi: int = GOLDEN_DPI) -> bytes:
    target = io.BytesIO()
    save_sheet(draw_sheet(sheet), target, kind, dpi)
    return target.getvalue()


def pdf_text(data: bytes, tmp_path: Path) -> str:
    program = shutil.which("pdftotext")
    assert program, "poppler-utils is missing: run `make test`, it says how to get it"
    path = tmp_path / "page.pdf"
    path.write_bytes(data)
    return subprocess.run(
        [program, str(path), "-"], capture_output=True, check=True
    ).stdout.decode()


# --- Pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_was_approved(name: str) -> None:
    """The pictures in golden/ were looked at; letters of another typeface lie elsewhere."""
    if typeface().family != GOLDEN_TYPEFACE:
        pytest.skip(f"the approved pictures are set in {GOLDEN_TYPEFACE} (fonts-thai-tlwg)")
    got = Image.open(io.BytesIO(saved(map_sheet(**PAGES[name])))).convert("RGB")
    path = GOLDEN / f"{name}.png"
    wanted = Image.open(path).convert("RGB")
    assert got.size == wanted.size
    apart = np.abs(np.asarray(got, float) - np.asarray(wanted, float)).mean()
    assert apart < 1.0, f"{apart:.2f} of 255 apart on average"


def test_pictures_of_different_pages_are_further_apart_than_is_tolerated() -> None:
    """The tolerance of the approved pictures finds a page that lost its labels and legend."""
    whole = np.asarray(Image.open(GOLDEN / "a4-landscape-th.png").convert("RGB"), float)
    empty = np.asarray(Image.open(GOLDEN / "empty.png").convert("RGB"), float)
    assert np.abs(whole - empty).mean() > 3.0


@pytest.mark.parametrize("kind", ["png", "pdf", "svg"])
def test_the_same_page_gives_the_same_bytes(kind: str) -> None:
    assert saved(map_sheet(), kind) == saved(map_sheet(), kind)


@pytest.mark.parametrize(("size", "width"), [("A4", 297), ("A3", 420)])
def test_a_page_is_as_large_as_its_paper(size: str, width: int) -> None:
    picture = matplotlib.image.imread(io.BytesIO(saved(map_sheet(size=size), dpi=100)))
    assert picture.shape[1] == pytest.approx(width / 25.4 * 100, abs=1)


@pytest.mark.parametrize("orientation", ["portrait", "landscape"])
@pytest.mark.parametrize("size", ["A4", "A3"])
def test_the_parts_of_a_page_lie_on_it_and_apart(size: Any, orientation: Any) -> None:
    page = layout(size, orientation)
    boxes = [
        shapely.box(b.left, b.bottom, b.left + b.width, b.bottom + b.height)
        for b in (page.title, page.map, page.panel, page.foot)
    ]
    assert all(shapely.box(0, 0, page.width, page.height).contains_properly(b) for b in boxes)
    for i, one in enumerate(boxes):
        assert all(not one.intersects(other) or one.touches(other) for other in boxes[i + 1 :])


def test_every_word_of_the_page_is_in_the_pdf(tmp_path: Path) -> None:
    text = pdf_text(saved(map_sheet(language="en"), "pdf"), tmp_path)
    wanted = ("Map of a made-up place", "A province that is none", "Legend", "Overview", "Kathu",
              "Scale 1:", "UTM zone 47N", "Prepared by", "20 Nov 2026",
              "Invented for demonstration", "mE", "mN", "km", "Highways")  # fmt: skip
    assert [word for word in wanted if word not in text] == []


def test_the_legend_names_only_what_is_on_the_map(tmp_path: Path) -> None:
    items = [MapLayer(i.layer, i.features[i.features.get("road_class") != "track"])
             if i.layer.id == "roads" else i for i in places()]  # fmt: skip
    text = pdf_text(saved(map_sheet(language="en", items=items), "pdf"), tmp_path)
    assert "Highways" in text
    assert "Tracks and paths" not in text
    assert "Tracks and paths" in pdf_text(saved(map_sheet(language="en"), "pdf"), tmp_path)


def test_fonts_are_embedded_in_the_pdf(tmp_path: Path) -> None:
    program = shutil.which("pdffonts")
    assert program, "poppler-utils is missing: run `make test`, it says how to get it"
    path = tmp_path / "page.pdf"
    path.write_bytes(saved(map_sheet(), "pdf"))
    lines = subprocess.run([program, str(path)], capture_output=True, check=True, text=True).stdout
    heading, _, *rows = lines.splitlines()
    at = heading.index("emb")
    assert rows
    assert all(row[at : at + 3] == "yes" for row in rows), lines


# --- Scale, grid and zones ------------------------------------------------------------------


@pytest.mark.parametrize("bbox", [HERE, ZONE_48], ids=["zone 47", "zone 48"])
def test_the_scale_bar_is_as_long_as_it_says_on_the_ground(bbox: Any) -> None:
    """Between the ends of the bar, laid through the middle of the map, lie its kilometres."""
    frame = frame_around(bbox, 204, 147)
    axes = Figure().add_subplot()
    length_mm = draw_scale_bar(axes, frame, (0, 0), 36, "en")
    west, south, east, north = frame.window
    half = length_mm / 1000 * frame.scale / 2
    x, y = (west + east) / 2, (south + north) / 2
    back = Transformer.from_crs(frame.epsg, 4326, always_xy=True)
    (lon1, lat1), (lon2, lat2) = back.transform(x - half, y), back.transform(x + half, y)
    _, _, ground = GEOD.inv(lon1, lat1, lon2, lat2)
    assert ground == pytest.approx(bar_length(frame, 36), rel=1e-5)
    assert length_mm <= 36


@pytest.mark.parametrize(("bbox", "epsg"), [(HERE, 32647), (ZONE_48, 32648)], ids=["47", "48"])
def test_grid_lines_lie_where_their_labels_say(bbox: Any, epsg: int) -> None:
    frame = frame_around(bbox, 204, 147)
    assert frame.epsg == epsg
    for line in grid_lines(frame, "utm"):
        number = float(line.label.split()[0].replace(",", ""))
        assert all(p["xy".index(line.axis)] == pytest.approx(number, abs=0.5) for p in line.points)
    forward = Transformer.from_crs(4326, epsg, always_xy=True)
    degrees = grid_lines(frame, "lonlat")
    assert {line.axis for line in degrees} == {"x", "y"}
    for line in degrees:
        for x, y in line.points[1:-1]:
            lon, lat = forward.transform(x, y, direction="INVERSE")
            assert (lon if line.axis == "x" else lat) == pytest.approx(line.value, abs=1e-5)
            whole, _, rest = line.label.partition("°")
            minutes = float(rest.partition("′")[0] or 0) if "′" in rest else 0.0
            said = float(whole) + minutes / 60
            assert said == pytest.approx(line.value, abs=1 / 60)


def test_paper_distances_follow_the_scale() -> None:
    """A point 10 mm right of another on paper is 10 mm times the scale away on the grid."""
    sheet = map_sheet(scale=50_000)
    figure = draw_sheet(sheet)
    axes = figure.axes[0]
    (x1, y1), (x2, y2) = axes.transData.transform([(430_000, 870_000), (430_500, 870_000)])
    assert (x2 - x1) / figure.dpi * 25.4 == pytest.approx(10.0, rel=1e-6)
    assert y1 == pytest.approx(y2)
    (_, y3) = axes.transData.transform((430_000, 870_500))
    assert (y3 - y1) / figure.dpi * 25.4 == pytest.approx(10.0, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(97.4, 105.5), st.floats(5.7, 20.3), st.floats(1e-4, 3), st.floats(1e-4, 3))
def test_any_box_of_the_country_fits_its_frame_at_a_usual_scale(
    lon: float, lat: float, wide: float, high: float
) -> None:
    asked = (lon, lat, lon + wide, lat + high)
    frame = frame_around(asked, 204, 147)
    west, south, east, north = frame.window
    forward = Transformer.from_crs(4326, frame.epsg, always_xy=True)
    x, y = forward.transform(*shapely.get_coordinates(shapely.segmentize(box(*asked), wide / 5)).T)
    assert west < x.min() <= x.max() < east
    assert south < y.min() <= y.max() < north
    assert not frame.cut
    digits = frame.scale / 10 ** math.floor(math.log10(frame.scale) + 1e-12)
    assert round(digits, 2) in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8, 10)
    assert shapely.box(*frame.bbox).buffer(1e-6).contains(box(*asked))


def test_true_north_is_left_or_right_of_grid_north_by_the_convergence() -> None:
    for bbox in (HERE, ZONE_48):
        frame = frame_around(bbox, 200, 150)
        lon, lat = frame.centre
        forward = Transformer.from_crs(4326, frame.epsg, always_xy=True)
        (x1, y1), (x2, y2) = forward.transform(lon, lat), forward.transform(lon, lat + 1e-4)
        leaning = math.degrees(math.atan2(x2 - x1, y2 - y1))
        assert leaning == pytest.approx(-frame.convergence, abs=1e-4)


def test_an_extent_in_both_zones_says_whose_grid_it_has(tmp_path: Path) -> None:
    across = (101.8, 15.0, 102.1, 15.2)
    text = pdf_text(saved(map_sheet(across, language="en"), "pdf"), tmp_path)
    assert "two UTM zones" in text
    assert "zone 47N" in text
    assert "two UTM zones" not in pdf_text(saved(map_sheet(language="en"), "pdf"), tmp_path)


# --- What cannot be -------------------------------------------------------------------------


def test_an_extent_without_features_makes_a_page_that_says_so(tmp_path: Path) -> None:
    text = pdf_text(
        saved(map_sheet(bbox=ZONE_48, items=places(HERE), language="en"), "pdf"), tmp_path
    )
    assert "nothing to show" in text


def test_an_area_larger_than_the_page_is_shown_in_part_and_the_page_says_so(tmp_path: Path) -> None:
    text = pdf_text(saved(map_sheet(scale=5_000, language="en"), "pdf"), tmp_path)
    assert "shown in part" in text
    assert "Scale 1:5,000" in text


def test_a_style_for_a_field_that_is_hidden_draws_all_features_alike() -> None:
    hidden = ["status", "kind", "road_class"]
    items = [MapLayer(i.layer, i.features.drop(columns=hidden, errors="ignore")) for i in places()]
    assert len(saved(map_sheet(items=items))) > 10_000


def test_a_title_of_five_hundred_letters_is_refused_with_the_limit() -> None:
    with pytest.raises(PrintError) as caught:
        map_sheet(title=Text("ก" * 500, "x" * 500))
    assert "500" in caught.value.text.th
    assert "300" in caught.value.text.th


def test_a_long_title_stays_on_the_page() -> None:
    long = "แผนที่แสดงที่ตั้งแปลงโคกหนองนาและแหล่งน้ำชุมชน " * 6
    figure = draw_sheet(map_sheet(title=Text(long, long)))
    figure.draw_without_rendering()
    width = figure.bbox.width
    for axes in figure.axes:
        for text in axes.texts:
            extent = text.get_window_extent()
            assert extent.x0 >= 0
            assert extent.x1 <= width, text.get_text()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"bbox": (98, 8, 97, 9)}, "print_extent"),
        ({"bbox": (98, math.nan, 99, 9)}, "print_extent"),
        ({"bbox": (98, 85, 99, 89)}, "print_extent"),
        ({"scale": 0.5}, "print_scale"),
        ({"scale": math.nan}, "print_scale"),
    ],
    ids=["west of east", "nan", "polar", "scale 0.5", "scale nan"],
)
def test_what_cannot_be_printed_is_told(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(PrintError) as caught:
        draw_sheet(replace(map_sheet(), **changes))
    assert caught.value.code == code


def test_a_resolution_that_cannot_be_is_told() -> None:
    with pytest.raises(PrintError, match="7 dpi"):
        save_sheet(Figure(), io.BytesIO(), "png", 7)


def test_without_a_thai_font_the_package_to_install_is_named(monkeypatch: Any) -> None:
    monkeypatch.setattr(fonts.font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(fonts.font_manager, "findSystemFonts", list)
    fonts.typeface.cache_clear()
    try:
        with pytest.raises(FontMissing) as caught:
            fonts.typeface()
    finally:
        fonts.typeface.cache_clear()
    assert "fonts-thai-tlwg" in caught.value.text.th


def test_a_font_that_was_installed_after_matplotlib_looked_is_found(monkeypatch: Any) -> None:
    face = typeface()
    manager = fonts.font_manager.fontManager
    others = [entry for entry in manager.ttflist if entry.name != face.family]
    monkeypatch.setattr(manager, "ttflist", others)
    fonts.typeface.cache_clear()
    try:
        assert fonts.typeface() == face
    finally:
        fonts.typeface.cache_clear()


def test_a_dollar_sign_in_a_name_is_no_formula() -> None:
    data = saved(map_sheet(title=Text("ราคา $100 และ $x_{$", "x"), author="a $\\frac{$ b"))
    assert len(data) > 10_000


# --- People ---------------------------------------------------------------------------------


def test_no_name_of_a_person_is_written_on_a_map(tmp_path: Path) -> None:
    """A printed map names places, never people, whoever prints it."""
    layer = CATALOGUE["debtors"]
    rows = gpd.GeoDataFrame(
        {"contract_id": ["a"], "contract_no": ["SECRET-NO-1"], "data_origin": ["synthetic"]},
        geometry=[Point(98.35, 7.9)], crs=4326,
    )  # fmt: skip
    sheet = map_sheet(items=[*places(), MapLayer(layer, rows)], language="en")
    for kind in ("pdf", "svg"):
        assert b"SECRET" not in saved(sheet, kind)
    assert "SECRET" not in pdf_text(saved(sheet, "pdf"), tmp_path)


def test_counts_of_features_do_not_stand_in_the_legend(tmp_path: Path) -> None:
    """A legend that counted would show small numbers of people."""
    text = pdf_text(saved(map_sheet(language="en"), "pdf"), tmp_path)
    legend = text[text.index("Legend") : text.index("Overview")]
    assert not any(line.strip().isdigit() for line in legend.splitlines())


# --- Labels and lines -----------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), max_size=60),
    st.integers(0, 5),
)
def test_labels_never_cover_each_other_nor_leave_the_frame(
    spots: list[tuple[float, float, bool]], seed: int
) -> None:
    frame = MapFrame(32647, (400_000, 800_000, 410_000, 808_000), 50_000)
    labels = [
        Label(f"บ้าน{i}", 400_000 + x * 10_000, 800_000 + y * 8_000, gap=4.0 if point else None)
        for i, (x, y, point) in enumerate(spots)
    ]
    placed = place(labels, frame)
    boxes = [shapely.box(*item.box) for item in placed]
    whole = shapely.box(0, 0, *(np.array([10_000, 8_000]) / 50_000 * 1000 / 25.4 * 72))
    assert all(whole.contains(one) for one in boxes)
    for i, one in enumerate(boxes):
        assert all(one.intersection(other).area < 1e-9 for other in boxes[i + 1 :])
    assert place(labels, frame) == placed
    if labels and placed:
        assert placed[0].label == labels[0] or labels[0] not in [p.label for p in placed]


def test_a_label_beside_a_point_does_not_cover_another_point() -> None:
    frame = MapFrame(32647, (400_000, 800_000, 410_000, 808_000), 50_000)
    label = Label("บ้านน้ำฝน", 405_000, 804_000, gap=4.0)
    (free,) = place([label], frame)
    blocked = np.array([free.box])
    (moved,) = place([label], frame, blocked)
    assert not shapely.box(*moved.box).intersects(shapely.box(*free.box).buffer(-0.01))


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="กขคงจนมรสุูิี่้์ำาะเแโใ ab", max_size=120), st.floats(30, 200))
def test_lines_hold_the_whole_text_and_never_begin_with_a_mark(text: str, width: float) -> None:
    lines = wrap(text, width, 8.0)
    assert "".join("".join(lines).split()) == "".join(text.split())
    joined = "".join(text.split())
    starts = np.cumsum([0, *(len("".join(line.split())) for line in lines)])[1:-1]
    spaced = {len("".join(text[:i].split())) for i, c in enumerate(text) if c.isspace()}
    for at in starts:
        if at not in spaced and joined[at - 1] not in "เแโใไ":
            assert joined[at] not in "ุูิี่้์ำาะ", lines


def test_a_text_that_is_cut_ends_in_dots_and_fits() -> None:
    (line,) = wrap("สำนักงานพัฒนาชุมชนอำเภอถลาง", 60, 8.0, lines_max=1)
    assert line.endswith("…")
    assert fonts.text_width(line, 8.0) <= 60


@given(st.text(max_size=50))
def test_clusters_lose_no_letter(text: str) -> None:
    assert "".join(clusters(text)) == text


# --- Black and white ------------------------------------------------------------------------


def look(ink: Ink) -> tuple[Any, ...]:
    """What a photocopy keeps: no colour, greys in steps of an eighth."""
    grey = None if ink.fill is None else round(int(ink.fill[1:3], 16) / 32)
    return grey, ink.hatch, ink.shape, ink.dash, round(ink.width * 2), round(ink.size * 2)


@pytest.mark.parametrize("name", STYLED)
def test_what_colours_tell_apart_is_apart_in_black_and_white(name: str) -> None:
    style = load_style(name)
    inks = grey_ink(style)
    for classes in style.classes:
        symbols = [style.symbol.override(case.change) for case in classes.all_cases]
        distinct = {(s.colour, s.shape, s.hollow, s.dash, s.size, s.width): s for s in symbols}
        looks = [look(inks(symbol)) for symbol in distinct.values()]
        if len({s.colour for s in distinct.values()}) > 1:
            assert len({s.colour for s in distinct.values()}) <= len(set(looks)), name


@pytest.mark.parametrize("name", STYLED)
def test_black_and_white_has_no_colour(name: str) -> None:
    inks = grey_ink(load_style(name))
    ink = inks(load_style(name).symbol)
    for colour in (ink.fill, ink.outline):
        assert colour is None or colour[1:3] == colour[3:5] == colour[5:7]


def test_a_page_in_black_and_white_has_no_colour_but_the_mark_of_the_overview() -> None:
    sheet = map_sheet(grey=True, overview=())
    picture = np.asarray(Image.open(io.BytesIO(saved(sheet, dpi=60))).convert("RGB"), int)
    assert np.abs(picture - picture.mean(axis=2, keepdims=True)).max() < 1
