"""The pages of the API in a real browser: Thai and English, desk and phone."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

import sample_data
from api.app import create_app
from api.settings import Settings
from geo.text import Text
from layers.catalogue import CATALOGUE
from layers.intake import prepare
from layers.workspace import open_workspace
from tests.browser.test_folium_map import ARGUMENTS, CHROMIUM, SIZES
from tests.contract.specimens import frame, things
from webmap import assets

NARROW = {"width": 360, "height": 740}
EVIL = "</script><img src=x onerror=alert(1)>\"'&"
LAYERS = ("provinces", "districts", "tambons", "villages", "facilities", "plots", "households",
          "ponds", "channels", "plot_zones")  # fmt: skip
LAYERS += ("indicators", "enterprises")
PAGES = (
    "/?f=html",
    "/conformance?f=html",
    "/collections?f=html",
    "/collections/facilities?f=html",
    "/collections/facilities/queryables?f=html",
    "/collections/facilities/sortables?f=html",
    "/collections/facilities/schema?f=html",
    "/collections/facilities/items?f=html",
    "/collections/facilities/items?f=html&kind=school&limit=40",
    "/collections/facilities/items?f=html&filter=capacity>100000",
    "/collections/facilities/items/FAC-83-0001?f=html",
    "/collections/indicators/items?f=html",
    "/collections/provinces/items?f=html",
    "/collections/plots/items?f=html",
    "/collections/plots/items/KNN-83-2564-0001?f=html",
    "/collections/plots/items/KNN-83-2564-0005/sheet?f=html",
    "/collections/plots/items/KNN-83-2564-0001/life?f=html",
    "/collections/plots/items/KNN-83-2564-0030/life?f=html",
    "/processes?f=html",
    "/processes/pond-check?f=html",
    "/processes/target-selection?f=html",
    "/collections/evil/items?f=html",
    "/collections/evil/items/evil-1?f=html",
    "/api.html?f=html",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed"),
    pytest.mark.skipif(not assets.available(), reason="front-end packages missing (npm ci)"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that shows some of the demo, and a layer full of bad texts."""
    url = f"duckdb:///{tmp_path_factory.mktemp('pages')}/demo.duckdb"
    store = open_workspace(url)
    for layer_id, path in sample_data.files().items():
        if layer_id in LAYERS:
            rows = prepare(path, CATALOGUE[layer_id], layer_id=layer_id).rows
            store.write(layer_id, rows, author="test")
    evil = things("evil", geometry="Point", title=Text(EVIL, EVIL), description=Text(EVIL, EVIL))
    store.ensure(evil)
    texts = {"name": EVIL, "ชื่อไทย": EVIL, "tags": [EVIL], "detail": {EVIL: EVIL}}
    rows = [
        {"id": f"evil-{n}", **texts, "area_code": "83", "geometry": shapely.Point(98.3 + n / 50, 8)}
        for n in range(3)
    ]
    store.write("evil", frame(rows), author="test")
    app = create_app(Settings(database_url=url, access="owner"), store)
    served = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    store.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, server: str) -> Iterator[OpenPage]:
    """Open a page; at the end nothing may have come from elsewhere, failed or complained."""
    troubles: list[str] = []
    contexts = []

    def opened(path: str, language: str = "th", size: str = "desk", **options: Any) -> Page:
        context = browser.new_context(
            viewport=SIZES.get(size, NARROW),  # type: ignore[arg-type]
            has_touch=size != "desk",
            locale={"th": "th-TH", "en": "en-GB"}[language],
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((server, "data:", "blob:"))
                or troubles.append(f"fetched {request.url}")
            ),
        )
        page.on(
            "response",
            lambda answer: answer.status < 400 or troubles.append(f"{answer.status} {answer.url}"),
        )
        page.goto(server + path)
        page.wait_for_load_state("networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_in_the_readers_language_and_fits_the_screen(
    open_page: OpenPage, path: str, language: str, size: str
) -> None:
    page = open_page(path, language, size)
    assert page.locator("html").get_attribute("lang") == language
    other = {"th": "English", "en": "ไทย"}[language]
    expect(page.locator("header .language")).to_have_text(other)
    assert page.locator("h1, h2.title").count() >= 1
    assert page.evaluate("() => document.fonts.check('16px Sarabun')")
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= SIZES[size]["width"]


@pytest.mark.parametrize("path", PAGES)
def test_no_script_stands_in_a_page(open_page: OpenPage, path: str) -> None:
    """So a policy can forbid such scripts, and does."""
    page = open_page(path)
    inline = page.locator("script:not([src]):not([type='application/json'])")
    assert inline.count() == 0
    handlers = page.evaluate(
        "() => [...document.querySelectorAll('main :not(.swagger-ui *)')].filter((node) => "
        "[...node.attributes].some((a) => a.name.startsWith('on'))).length"
    )
    assert handlers == 0
    policy = page.request.get(page.url).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["script-src"] == "'self'"  # no hash, no host, no inline
    assert rules["object-src"] == "'none'"


@pytest.mark.parametrize("size", sorted(SIZES))
def test_a_map_shows_the_features_of_the_page_among_the_borders(
    open_page: OpenPage, size: str
) -> None:
    page = open_page("/collections/facilities/items?f=html&limit=25", size=size)
    expect(page.locator("#map .leaflet-overlay-pane path")).to_have_count(25)
    outlines = page.locator("#map .leaflet-outlines-pane path")
    expect(outlines.first).to_be_attached()
    expect(page.locator("#map .outline-name").first).not_to_be_empty()
    inside = page.evaluate(
        """() => {
          const box = window.phumiMap.getBounds();
          const drawn = JSON.parse(document.getElementById("drawn").textContent).features;
          return drawn.every(({geometry: {coordinates: [x, y]}}) => box.contains([y, x]));
        }"""
    )
    assert inside
    fills = page.evaluate(
        "() => new Set([...document.querySelectorAll('#map .leaflet-overlay-pane path')]"
        ".map((path) => path.getAttribute('fill'))).size"
    )
    assert fills >= 1


def test_small_areas_are_still_seen(open_page: OpenPage) -> None:
    page = open_page("/collections/plots/items?f=html")
    dots = page.locator("#map .leaflet-overlay-pane path")
    sizes = dots.evaluate_all("(paths) => paths.map((path) => path.getBoundingClientRect().width)")
    assert sum(size >= 8 for size in sizes) >= 10


def test_row_and_feature_light_up_together_and_lead_to_the_feature(open_page: OpenPage) -> None:
    page = open_page("/collections/facilities/items?f=html")
    row = page.locator("tr[data-feature='3']")
    row.hover()
    expect(row).to_have_class(re.compile("marked"))
    expect(page.locator("#map path[stroke-width='4']")).to_have_count(1)
    page.locator("h1").hover()
    expect(page.locator("#map path[stroke-width='4']")).to_have_count(0)
    name = row.locator("a").inner_text()
    row.locator("a").click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("#map .leaflet-overlay-pane path")).to_have_count(1)


def facilities(page: Page) -> int:
    """How many a program finds at the same address."""
    address = urlsplit(page.url)._replace(query="f=geojson&limit=10000").geturl()
    return len(page.request.get(address).json()["features"])


def test_a_page_leads_to_the_next_and_back_to_the_first(open_page: OpenPage) -> None:
    page = open_page("/collections/facilities/items?f=html&limit=60&sortby=-capacity")
    seen = []
    for _ in range(4):
        seen += page.locator("tr[data-feature] th a").evaluate_all(
            "(links) => links.map((a) => a.href)"
        )
        following = page.get_by_role("link", name="หน้าถัดไป")
        if not following.count():
            break
        following.click()
        page.wait_for_load_state("networkidle")
    assert len(seen) == len(set(seen)) == facilities(page)
    page.get_by_role("link", name="หน้าแรก").click()
    page.wait_for_load_state("networkidle")
    first = page.locator("tr[data-feature='0'] th a")
    assert first.evaluate("(link) => link.href") == seen[0]


def test_choosing_sorting_and_removing_a_filter(open_page: OpenPage) -> None:
    page = open_page("/collections/facilities/items?f=html")
    everything = f" {facilities(page)} "
    expect(page.locator(".count")).to_contain_text(everything)
    page.get_by_text("ประเภท", exact=True).first.click()
    page.locator(".menu[open] a", has_text="โรงเรียน").first.click()
    chip = page.locator(".chips li")
    expect(chip).to_have_count(1)
    expect(chip).to_contain_text("ประเภท: โรงเรียน")
    expect(page.locator(".count")).not_to_contain_text(everything)
    page.get_by_role("link", name="จำนวนที่รองรับได้").click()
    assert parse_qs(urlsplit(page.url).query)["sortby"] == ["capacity"]
    expect(page.locator("th[aria-sort='ascending']")).to_have_count(1)
    page.get_by_role("link", name="จำนวนที่รองรับได้").click()
    assert parse_qs(urlsplit(page.url).query)["sortby"] == ["-capacity"]
    assert parse_qs(urlsplit(page.url).query)["kind"] == ["school"]
    chip.get_by_role("link").click()
    expect(page.locator(".count")).to_contain_text(everything)


def test_the_moved_map_becomes_a_filter(open_page: OpenPage) -> None:
    page = open_page("/collections/facilities/items?f=html")
    button = page.locator("#search-here")
    expect(button).to_be_hidden()
    page.get_by_role("button", name="ซูมเข้า").click()
    expect(button).to_be_visible()
    button.click()
    page.wait_for_load_state("networkidle")
    west, south, east, north = map(float, parse_qs(urlsplit(page.url).query)["bbox"][0].split(","))
    assert 98 < west < east < 99
    assert 7 < south < north < 9
    expect(page.locator(".chips li")).to_have_count(1)


def test_downloads_take_the_filter_along(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/collections/facilities/items?f=html&kind=school&limit=5")
    number = int(page.locator(".count strong").nth(1).inner_text().replace(",", ""))
    page.get_by_text("ดาวน์โหลด", exact=True).click()
    links = page.locator(".menu[open] a")
    assert links.count() == 5
    with page.expect_download() as started:
        links.filter(has_text="CSV").click()
    assert started.value.suggested_filename.startswith(CATALOGUE["facilities"].title.th)
    path = tmp_path / "file.csv"
    started.value.save_as(path)
    assert len(path.read_text(encoding="utf-8-sig").splitlines()) == number + 1


def test_the_reader_changes_the_language_and_stays(open_page: OpenPage) -> None:
    page = open_page("/collections/facilities/items?f=html&kind=school")
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator(".chips li")).to_contain_text("School")
    page.locator("tr[data-feature='0'] th a").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator(".crumbs a").first.click()
    assert page.locator("html").get_attribute("lang") == "en"


def test_markup_in_attributes_is_shown_as_text(open_page: OpenPage) -> None:
    for path in ("/collections/evil/items?f=html", "/collections/evil/items/evil-1?f=html"):
        page = open_page(path)
        assert page.locator("img[src='x']").count() == 0
        expect(page.locator("main")).to_contain_text(EVIL)
        expect(page.locator("#map .leaflet-overlay-pane path").first).to_be_attached()
    page = open_page(f"/collections/evil/items?f=html&name={EVIL.replace('&', '%26')}")
    assert page.locator("img[src='x']").count() == 0
    expect(page.locator(".chips")).to_contain_text(EVIL)
    for path in ("/collections/evil?f=html", "/collections?f=html", "/?f=html", "/api.html"):
        assert open_page(path).locator("img[src='x']").count() == 0


def test_details_of_people_open_only_on_demand(open_page: OpenPage) -> None:
    """No name in the title, the heading or the list; what is personal waits to be opened."""
    page = open_page("/collections/households/items?f=html")
    expect(page.locator("thead")).not_to_contain_text("บ้านเลขที่")
    page.locator("tr[data-feature='0'] th a").click()
    key = page.url.split("/items/")[1].split("?")[0]
    assert page.title().split(" ")[1] == key
    expect(page.locator("h1")).to_have_text(key)
    closed = page.locator("details.closed").first
    fact = closed.locator("dd").first
    expect(fact).to_be_hidden()
    closed.locator("summary").click()
    expect(fact).to_be_visible()
    expect(closed).to_contain_text("ห้ามเผยแพร่ต่อ")


POND = (
    '{"type":"Polygon","coordinates":'
    "[[[98.3,7.9],[98.30018,7.9],[98.30018,7.90018],[98.3,7.90018],[98.3,7.9]]]}"
)


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("language", ["th", "en"])
def test_an_analysis_is_run_and_read_on_its_page(
    open_page: OpenPage, language: str, size: str, tmp_path: Path
) -> None:
    """Fill in, run, see verdicts and map, change the language, take the file."""
    page = open_page("/processes/pond-check?f=html", language, size)
    page.locator("#in-ponds").fill(POND)
    page.locator("#in-depth_m").fill("3")
    page.locator("#in-slope_h_per_v").fill("1.5")
    page.locator("#inputs > .buttons button").click()
    expect(page.locator("#answer")).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#map .leaflet-overlay-pane path").first).to_be_attached()
    word = {"th": "ผ่าน", "en": "Pass"}[language]
    expect(page.locator(".verdicts .sign").filter(has_text=word).first).to_be_attached()
    assert page.locator("#in-depth_m").input_value() == "3"
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= SIZES[size]["width"]
    with page.expect_download() as started:
        page.locator("#answer form.buttons button").first.click()
    started.value.save_as(tmp_path / "answer.geojson")
    answer = json.loads((tmp_path / "answer.geojson").read_text(encoding="utf-8"))
    assert answer["features"][0]["properties"]["verdict"] == "ok"
    page.locator("header .language").click()
    assert page.locator("html").get_attribute("lang") != language


def test_an_analysis_needs_no_script(open_page: OpenPage) -> None:
    page = open_page("/processes/pond-check?f=html", java_script_enabled=False)
    page.locator("#in-ponds").fill(POND)
    page.locator("#in-depth_m").fill("3")
    page.locator("#in-slope_h_per_v").fill("1.5")
    page.locator("#inputs > .buttons button").click()
    expect(page.locator("#answer .verdicts li").first).to_be_attached()


def test_a_step_is_taken_on_the_page_of_a_plot(open_page: OpenPage) -> None:
    page = open_page("/collections/plots/items/KNN-83-2564-0017?f=html")
    page.get_by_role("link", name="ความก้าวหน้าของแปลง").click()
    before = page.get_by_role("button", name="ทำแล้ว").count()
    page.get_by_role("button", name="ทำแล้ว").first.click()
    expect(page.get_by_role("button", name="ทำแล้ว")).to_have_count(before - 1)
    page.get_by_text("บันทึกสถานะนี้").first.click()
    page.get_by_role("button", name="บันทึก", exact=True).first.click()
    expect(page.locator(".moves li")).to_have_count(1)
    expect(page.locator("dl.facts strong")).to_have_text("ตรวจพื้นที่และดินแล้ว")


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_narrow_phone(open_page: OpenPage, path: str, language: str) -> None:
    page = open_page(path, language, "narrow")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_the_api_page_is_swagger_from_our_own_files(open_page: OpenPage) -> None:
    page = open_page("/api.html")
    expect(page.locator("#api .opblock-tag").first).to_be_visible(timeout=15_000)
    assert page.locator("#api .opblock-tag").count() > 5


def test_without_scripts_the_table_is_all_there(open_page: OpenPage) -> None:
    page = open_page("/collections/facilities/items?f=html", java_script_enabled=False)
    assert page.locator("tr[data-feature]").count() == 10
    assert "แผนที่ต้องใช้ JavaScript" in page.content()


def test_only_files_that_pages_need_leave_the_packages(open_page: OpenPage, server: str) -> None:
    page = open_page("/?f=html")
    for name in (
        "leaflet/package.json",
        "leaflet/src/Leaflet.js",
        ".package-lock.json",
        "leaflet/dist/../package.json",
        "leaflet/dist/%2e%2e/%2e%2e/swagger-ui-dist/package.json",
        "swagger-ui-dist/index.html",
        "@scarf/scarf/report.js",
    ):
        assert page.request.get(f"{server}/assets/{name}").status == 404, name
    for name in ("leaflet/dist/leaflet.css", "leaflet/dist/images/marker-icon.png"):
        assert page.request.get(f"{server}/assets/{name}").status == 200
