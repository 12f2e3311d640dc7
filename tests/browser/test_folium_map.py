"""A saved Folium map in a real browser without a network: Thai and English, desk and phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page, expect, sync_playwright

from geo.text import Text
from layers.catalogue import CATALOGUE
from webmap import assets
from webmap.folium_map import MapLayer, folium_map, save

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
EVIL = "<img src=x onerror=alert(1)>หาด"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed"),
    pytest.mark.skipif(not assets.available(), reason="front-end packages missing (npm ci)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("maps")
    title = Text("แผนที่ทดสอบ", "Test map")
    out = {}
    for language in ("th", "en"):
        out[language] = folder / f"{language}.html"
        save(folium_map(sample(), language=language, title=title), out[language])
    return out


def sample() -> list[MapLayer]:
    """Two districts, a plot, 1,500 households, and a place with a bad name."""
    rng = np.random.default_rng(3)
    origin = {"data_origin": "invented"}
    districts = gpd.GeoDataFrame(
        {
            "code": ["8301", "8303"],
            "name_th": ["เมืองภูเก็ต", "ถลาง"],
            "name_en": ["Mueang", "Thalang"],
        },
        geometry=[shapely.box(98.3, 7.8, 98.4, 7.9), shapely.box(98.3, 7.9, 98.4, 8.0)],
        crs=4326,
    )
    plots = gpd.GeoDataFrame(
        {"plot_id": ["KNN-83-2564-0001"], "status": ["digging"], "drawn_area_m2": [5780.0]}
        | origin,
        geometry=[shapely.box(98.345, 7.845, 98.355, 7.855)],
        crs=4326,
    )
    households = gpd.GeoDataFrame(
        {
            "household_id": [f"HH-{i}" for i in range(1500)],
            "tier": rng.choice(["1", "2", "3-4"], 1500),
        }
        | {"data_origin": "synthetic"},
        geometry=shapely.points(rng.uniform(98.3, 98.4, 1500), rng.uniform(7.91, 7.99, 1500)),
        crs=4326,
    )
    attractions = gpd.GeoDataFrame(
        {"attraction_id": ["a"], "name_th": [EVIL], "name_en": [EVIL], "kind": ["natural"]}
        | origin,
        geometry=shapely.points([98.31], [7.82]),
        crs=4326,
    )
    frames = {
        "districts": districts,
        "plots": plots,
        "households": households,
        "attractions": attractions,
    }
    return [MapLayer(CATALOGUE[name], rows, visible=True) for name, rows in frames.items()]


OpenMap = Callable[[str, str], Page]


@pytest.fixture
def open_map(browser: Browser, maps: dict[str, Path]) -> Iterator[OpenMap]:
    """Open a map offline; at the end nothing may have been fetched or written to the console."""
    troubles: list[str] = []
    contexts = []

    def opened(language: str, size: str) -> Page:
        context = browser.new_context(
            viewport=SIZES[size],
            offline=True,
            has_touch=size == "phone",  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                "willReadFrequently" in message.text  # these tests read the canvas
                or troubles.append(f"{message.type}: {message.text}")
            ),
        )
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:"))
                or troubles.append(f"fetched {request.url}")
            ),
        )
        page.goto(maps[language].as_uri())
        page.wait_for_function("() => window.phumi && document.querySelector('.phumi-panel')")
        page.evaluate(
            "() => { window.theMap = Object.values(window).find((v) => v instanceof L.Map); }"
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def colours(page: Page, layer: str) -> dict[str, Any]:
    """The pixels of the map's canvas at the first features of a layer, and how many are inked."""
    result: dict[str, Any] = page.evaluate(
        """async (id) => {
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          await frame();  // Leaflet draws in the next frame
          await frame();
          const map = window.theMap;
          const canvas = document.querySelector('.leaflet-overlay-pane canvas');
          const pen = canvas.getContext('2d');
          const overlay = map.phumi.overlays.find((o) => o.spec.id === id);
          const path = overlay.layer.getLayers()[0];
          const at = path.getLatLng ? path.getLatLng() : path.getBounds().getCenter();
          const origin = canvas._leaflet_pos;
          const ratio = canvas.width / parseFloat(canvas.style.width);
          const point = map.latLngToLayerPoint(at).subtract(origin).multiplyBy(ratio);
          const all = pen.getImageData(0, 0, canvas.width, canvas.height).data;
          let inked = 0;
          for (let i = 3; i < all.length; i += 4) if (all[i]) inked += 1;
          return { inked, here: [...pen.getImageData(point.x, point.y, 1, 1).data] };
        }""",
        layer,
    )
    return result


def centre_of(page: Page, layer: str) -> tuple[float, float]:
    x, y = page.evaluate(
        """(id) => {
          const overlay = window.theMap.phumi.overlays.find((o) => o.spec.id === id);
          const path = overlay.layer.getLayers()[0];
          const at = path.getLatLng ? path.getLatLng() : path.getBounds().getCenter();
          const p = window.theMap.latLngToContainerPoint(at);
          return [p.x, p.y];
        }""",
        layer,
    )
    return x, y


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("language", ["th", "en"])
def test_a_map_opens_offline_and_draws_areas_and_points(
    open_map: OpenMap, language: str, size: str
) -> None:
    """The saved file opens without a server and without a network."""
    page = open_map(language, size)
    plot = colours(page, "plots")
    assert plot["inked"] > 1_000
    red, green, blue, _ = plot["here"]  # '#8c510a' at 0.7: the brown of digging
    assert red > green > blue
    assert page.title() == {"th": "แผนที่ทดสอบ", "en": "Test map"}[language]
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("() => document.fonts.check('16px Sarabun')")


@pytest.mark.parametrize("size", sorted(SIZES))
def test_a_layer_can_be_hidden_and_shown(open_map: OpenMap, size: str) -> None:
    page = open_map("th", size)
    if size == "phone":
        page.locator(".phumi-toggle").click()
    before = colours(page, "households")["inked"]
    box = page.get_by_role("checkbox", name="ครัวเรือนยากจน")
    box.uncheck()
    page.wait_for_timeout(200)
    hidden = colours(page, "households")["inked"]
    box.check()
    page.wait_for_timeout(200)
    assert hidden < before
    assert colours(page, "households")["inked"] == before


@pytest.mark.parametrize(
    ("language", "size", "words"),
    [
        ("th", "desk", ["สถานะแปลง", "กำลังขุด", "3 ไร่ 2 งาน 45 ตร.ว. (5,780 ตร.ม.)", "จำกัดสิทธิ"]),
        ("en", "desk", ["Status", "Digging", "Invented for demonstration", "Restricted"]),
        ("th", "phone", ["สถานะแปลง", "กำลังขุด"]),
    ],
)
def test_details_open_on_demand_with_labels_and_units(
    open_map: OpenMap, language: str, size: str, words: list[str]
) -> None:
    page = open_map(language, size)
    x, y = centre_of(page, "plots")
    (page.touchscreen.tap if size == "phone" else page.mouse.click)(x, y)
    details = page.locator(".phumi-details")
    for word in words:
        expect(details).to_contain_text(word)
    page.keyboard.press("Escape")
    expect(details).to_have_count(0)


def test_markup_in_an_attribute_is_shown_as_text(open_map: OpenMap) -> None:
    page = open_map("th", "desk")
    page.mouse.click(*centre_of(page, "attractions"))
    expect(page.locator(".phumi-details h2")).to_have_text(EVIL)
    assert page.locator("img").count() == 0


def test_no_name_of_a_household_shows_on_hover(open_map: OpenMap) -> None:
    page = open_map("th", "desk")
    page.mouse.move(*centre_of(page, "households"))
    tip = page.locator(".leaflet-tooltip")
    expect(tip).to_have_text("ครัวเรือนยากจน")
    assert "HH-" not in page.locator("body").inner_text()


def test_the_reader_can_change_the_language(open_map: OpenMap) -> None:
    page = open_map("th", "desk")
    expect(page.locator(".phumi-body")).to_contain_text("กำลังขุดถึงขุดแล้วเสร็จ")
    expect(page.locator(".phumi-labels")).to_contain_text("ถลาง")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".phumi-body")).to_contain_text("Digging to dug")
    expect(page.locator(".phumi-labels")).to_contain_text("Thalang")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_legend_shows_what_is_on_the_map_only(open_map: OpenMap) -> None:
    page = open_map("en", "desk")
    legend = page.locator("[data-layer=plots] .phumi-legend li")
    expect(legend).to_have_count(1)
    expect(legend).to_contain_text("Digging to dug")


def test_nothing_lies_upon_another_on_a_phone(open_map: OpenMap) -> None:
    page = open_map("th", "phone")
    boxes = [
        page.locator(selector).bounding_box()
        for selector in (
            ".phumi-panel",
            ".leaflet-control-zoom",
            ".leaflet-control-scale",
            ".leaflet-control-attribution",
        )
    ]
    for i, a in enumerate(boxes):
        assert a is not None
        assert a["x"] >= 0
        assert a["x"] + a["width"] <= 390
        for b in boxes[:i]:
            assert b is not None
            apart = (
                a["x"] + a["width"] <= b["x"]
                or b["x"] + b["width"] <= a["x"]
                or a["y"] + a["height"] <= b["y"]
                or b["y"] + b["height"] <= a["y"]
            )
            assert apart, (a, b)


def test_a_layer_out_of_its_zoom_range_says_so(open_map: OpenMap) -> None:
    page = open_map("th", "desk")
    hint = page.locator("[data-layer=households] .phumi-hint")
    expect(hint).to_be_hidden()
    page.evaluate("() => { window.theMap.setZoom(7, { animate: false }); }")
    expect(hint).to_be_visible()
    expect(hint).to_have_text("ซูมเข้าเพื่อแสดงชั้นนี้")
