"""Views that show some rows as they are, some in part and some under another name."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod

from layers.catalogue import CATALOGUE
from layers.errors import AccessDenied, NotFound, QueryError, StoreUnavailable
from layers.model import Layer
from layers.privacy import owner_view
from layers.privacy.conditions import as_text, both, either, equal, is_null, meets, one_of
from layers.privacy.jitter import offsets, pseudonyms
from layers.processes.model import Reader
from layers.query import Mask, Query, SortKey, View
from layers.store import Store, TileIndex
from layers.store.dialect import PostGIS
from layers.store.select import count, single
from tests.contract.specimens import field, parsed, things, write
from tests.contract.test_views import CALLS

KEY = b"phumi-test-key"
OPEN = as_text(equal("open", True))
SECRET = "ความลับ"


@pytest.fixture(autouse=True)
def masking_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key that masked rows are made with."""
    monkeypatch.setenv("PHUMI_JITTER_KEY", KEY.decode())


@pytest.fixture(scope="module")
def shops(shared: Store, new_layer: Callable[..., Layer]) -> Layer:
    """Shops of which some owners let anyone see their name and place."""
    layer = new_layer(geometry="Point", datetime=("moment",))
    rows = [
        {
            "id": f"shop-{n}", "area_code": "830101" if n < 4 else "830201", "open": answer,
            "name": f"{SECRET} {n}", "count": n, "size": n / 2, "moment": f"2024-01-0{n}T00:00:00Z",
            "geometry": shapely.Point(98.3 + n / 100, 8.0),
        }
        for n, answer in enumerate((True, False, None, True, False, True), 1)
    ]  # fmt: skip
    for _ in range(2):
        write(shared, layer, [{**row, "tags": ["a" * _]} for row in rows])
    return layer


def consented(layer: Layer, **more: Any) -> View:
    """Names and places of those who said yes."""
    return replace(owner_view(layer), masks=(Mask("name", OPEN),), geometry_when=OPEN, **more)


def test_a_value_shows_on_the_rows_that_open_it(shared: Store, shops: Layer) -> None:
    found = parsed(shared.features(Query(layer=shops.id, limit=None), consented(shops)))
    assert {f["id"]: f["properties"]["name"] for f in found} == {
        "shop-1": f"{SECRET} 1", "shop-2": None, "shop-3": None, "shop-4": f"{SECRET} 4",
        "shop-5": None, "shop-6": f"{SECRET} 6",
    }  # fmt: skip
    assert [f["id"] for f in found if f["geometry"]] == ["shop-1", "shop-4", "shop-6"]


@pytest.mark.parametrize("call", CALLS)
def test_a_closed_value_comes_out_of_no_call(shared: Store, shops: Layer, call: str) -> None:
    query, view = Query(layer=shops.id, limit=None), consented(shops)
    if call in ("feature", "history"):  # these take keys
        found: Any = [_one(shared, call, f"shop-{n}", query, view) for n in range(1, 7)]
    else:
        found = CALLS[call](shared, query, view)
    text = str(found)
    for n in (2, 3, 5):
        assert f"{SECRET} {n}" not in text
        assert str(98.3 + n / 100) not in text
    if call == "extent":
        assert found == pytest.approx((98.31, 8.0, 98.36, 8.0))
    elif call == "count":
        assert found == 6


def _one(store: Store, call: str, key: str, query: Query, view: View) -> Any:
    if call == "history":
        return store.history(query.layer, key, view)
    return store.feature(key, query, view).text


def test_filter_order_box_and_tile_know_what_is_open(shared: Store, shops: Layer) -> None:
    """PRIV-R1: a closed value has no influence on which rows come, nor in which order."""
    view = consented(shops)

    def keys(**asked: Any) -> list[str]:
        query = Query(layer=shops.id, limit=None, **asked)
        return [f["id"] for f in parsed(shared.features(query, view))]

    name = {"property": "name"}
    assert keys(filter={"op": "=", "args": [name, f"{SECRET} 2"]}) == []
    assert keys(filter={"op": "like", "args": [name, f"{SECRET}%"]}) == [
        "shop-1", "shop-4", "shop-6",
    ]  # fmt: skip
    assert keys(filter={"op": "isNull", "args": [name]}) == ["shop-2", "shop-3", "shop-5"]
    assert keys(sort=(SortKey("name", True),)) == [
        "shop-6", "shop-4", "shop-1", "shop-2", "shop-3", "shop-5",
    ]  # fmt: skip
    assert keys(bbox=(98.0, 7.0, 99.0, 9.0)) == ["shop-1", "shop-4", "shop-6"]
    place = {"type": "Point", "coordinates": [98.32, 8.0]}
    assert keys(filter={"op": "s_intersects", "args": [{"property": "geometry"}, place]}) == []
    lost = {"op": "isNull", "args": [{"property": "geometry"}]}
    assert keys(filter=lost) == ["shop-2", "shop-3", "shop-5"]
    for zoom in (0, 14):
        tile = shared.tile(_at(98.32, 8.0, zoom), [(Query(layer=shops.id), view)])
        assert b"shop-2" not in tile.data
    assert b"shop-1" in shared.tile(_at(98.31, 8.0, 14), [(Query(layer=shops.id), view)]).data


def _at(lon: float, lat: float, zoom: int) -> TileIndex:
    across = (lon + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return TileIndex(zoom, int(across * 2**zoom), int(down * 2**zoom))


CONDITIONS = {
    "one value": equal("name", f"{SECRET} 3"),
    "some keys": one_of("id", ["shop-2", "shop-5"]),
    "no value": is_null("open"),
    "both": both([equal("open", True), equal("area_code", "830101")]),
    "either": either([equal("open", False), equal("count", 6)]),
    "none": either([]),
    "all": both([]),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_past_is_judged_as_the_engine_judges_the_present(
    shared: Store, shops: Layer, name: str
) -> None:
    condition = as_text(CONDITIONS[name])
    view = replace(owner_view(shops), rows=condition)
    shown = {f["id"] for f in parsed(shared.features(Query(layer=shops.id, limit=None), view))}
    rows = parsed(shared.features(Query(layer=shops.id, limit=None), owner_view(shops)))
    assert shown == {f["id"] for f in rows if meets(f["properties"], condition)}
    assert {f["id"] for f in rows if shared.history(shops.id, f["id"], view)} == shown


def test_conditions_hold_beside_areas_and_what_is_asked(shared: Store, shops: Layer) -> None:
    view = replace(owner_view(shops), rows=OPEN, prefixes=("8301",))
    query = Query(layer=shops.id, limit=None)
    assert shared.count(query, view) == 1  # shop-1; shop-4 and shop-6 lie elsewhere
    wide = {"op": "or", "args": [True, {"op": "=", "args": [{"property": "open"}, False]}]}
    assert shared.count(replace(query, filter=wide), view) == 1
    with pytest.raises(NotFound):
        shared.feature("shop-2", query, view)
    with pytest.raises(NotFound):
        shared.feature("shop-6", query, view)


def test_a_condition_may_speak_of_fields_that_are_hidden(shared: Store, shops: Layer) -> None:
    view = replace(consented(shops), fields=frozenset({"id", "name"}))
    assert "open" not in shared.features(Query(layer=shops.id, limit=None), view).features
    with pytest.raises(QueryError):
        shared.count(
            Query(layer=shops.id, filter={"op": "isNull", "args": [{"property": "open"}]}), view
        )


def test_the_cells_of_low_zooms_count_visible_rows_only(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    """Counts of all areas are kept for those who see all; nobody else's tile may read them."""
    import mapbox_vector_tile

    layer = new_layer(geometry="Point")
    random = np.random.default_rng(3)
    rows = [
        {
            "id": f"p{n}", "area_code": "8301" if n % 3 else "8302", "open": n % 2 == 0,
            "geometry": shapely.Point(*random.uniform((98, 7), (99, 8))),
        }
        for n in range(3_000)
    ]  # fmt: skip
    write(shared, layer, rows)
    assert shared.tiling(layer.id).depth >= 0
    whole = owner_view(layer)
    for view, counted in (
        (whole, lambda row: True),
        (replace(whole, prefixes=("8301",)), lambda row: row["area_code"] == "8301"),
        (replace(whole, rows=OPEN), lambda row: row["open"]),
        (replace(whole, geometry_when=OPEN), lambda row: row["open"]),
    ):
        tile = shared.tile(TileIndex(0, 0, 0), [(Query(layer=layer.id), view)])
        cells = mapbox_vector_tile.decode(tile.data)[layer.id]["features"]
        total = sum(cell["properties"]["phumi_count"] for cell in cells)
        assert total == sum(map(counted, rows))


# Rows under another name, at an approximate place


@pytest.fixture(scope="module")
def homes(shared: Store, new_layer: Callable[..., Layer]) -> Layer:
    """Fifteen homes in one village, three in another, one in a tambon, one nowhere."""
    if "villages" not in {layer.id for layer in shared.layers()}:
        shared.ensure(things("villages", geometry="Point", key="code", area="code", fields=_CODE))
        shared.ensure(things("tambons", geometry="Polygon", key="code", area="code", fields=_CODE))
    villages, tambons = shared.layer("villages"), shared.layer("tambons")
    write(shared, villages, [
        {"code": "83010101", "geometry": shapely.Point(98.30, 8.0)},
        {"code": "83010102", "geometry": shapely.Point(98.40, 8.0)},
    ])  # fmt: skip
    write(shared, tambons, [{"code": "830101", "geometry": shapely.box(98.2, 7.9, 98.5, 8.1)}])
    layer = new_layer(geometry="Point")
    areas = ["83010101"] * 15 + ["83010102"] * 3 + ["830101", None]
    write(shared, layer, [
        {
            "id": f"HH-{n:04}", "area_code": area, "name": f"{SECRET} {n}", "count": n,
            "geometry": shapely.Point(98.3 + n / 100_000, 8.0) if n < 15
            else shapely.Point(98.4, 8.001),
        }
        for n, area in enumerate(areas, 1)
    ])  # fmt: skip
    return layer


_CODE = (field("code"),)
ELLIPSOID = Geod(ellps="WGS84")


def blurred(layer: Layer, **more: Any) -> View:
    """What an analyst gets."""
    fields = frozenset({"area_code", "count"})
    return View(layer=layer.id, fields=fields, pseudonymous=True, **more)


def test_masked_rows_have_another_key_and_place(shared: Store, homes: Layer) -> None:
    """PRIV-T3, JIT-R1 to R5, SDC-T10: in the store, on both engines."""
    query = Query(layer=homes.id, limit=None)
    found = {f["properties"]["count"]: f for f in parsed(shared.features(query, blurred(homes)))}
    names = [f"HH-{n:04}" for n in range(1, 21)]
    for n, name in enumerate(names, 1):
        feature = found[n]
        assert feature["id"] == pseudonyms(KEY, [name])[0]
        assert set(feature["properties"]) == {"area_code", "count"}
        place = feature["geometry"] and feature["geometry"]["coordinates"]
        if n <= 15:
            east, north = (side[0] for side in offsets(KEY, [name]))
            true = (98.3 + n / 100_000, 8.0) if n < 15 else (98.4, 8.001)
            azimuth = np.degrees(np.arctan2(east, north))
            drawn = ELLIPSOID.fwd(*true, azimuth, np.hypot(east, north))[:2]
            expected = drawn if n < 15 else (98.3, 8.0)  # its home lies in the other village
            assert place == pytest.approx(expected, abs=1e-7)
        elif n <= 18:
            assert place == [98.4, 8.0]  # fewer than ten: the centre
        elif n == 19:
            assert shapely.Point(place).within(shapely.box(98.2, 7.9, 98.5, 8.1))
        else:
            assert place is None


@pytest.mark.parametrize("call", CALLS)
def test_no_true_key_or_home_comes_out_of_a_masked_view(
    shared: Store, homes: Layer, call: str
) -> None:
    query, view = Query(layer=homes.id, limit=None), blurred(homes)
    text = str(CALLS[call](shared, query, view))
    assert "HH-" not in text
    assert SECRET not in text
    for n in range(1, 15):
        assert not re.search(rf"\b{98.3 + n / 100_000:.7g}\b", text)
    assert shared.history(homes.id, "HH-0001", view) == []
    with pytest.raises(NotFound):
        shared.feature("HH-0001", query, view)


def test_masked_rows_are_searched_and_paged_by_what_they_show(shared: Store, homes: Layer) -> None:
    query, view = Query(layer=homes.id, limit=None), blurred(homes)
    everything = parsed(shared.features(query, view))
    assert [f["id"] for f in everything] == sorted(f["id"] for f in everything)
    paged, after = [], None
    while True:
        page = shared.features(Query(layer=homes.id, limit=7, after=after), view)
        paged += parsed(page)
        if page.next is None:
            break
        after = page.next
    assert paged == everything
    one = everything[3]
    assert json.loads(shared.feature(one["id"], query, view).text) == one
    box = (98.2999, 7.9, 98.30016, 8.1)  # around the homes, not around where they are shown
    inside = parsed(shared.features(replace(query, bbox=box), view))
    assert {f["id"] for f in inside} == {
        f["id"] for f in everything if f["geometry"]
        and shapely.Point(f["geometry"]["coordinates"]).within(shapely.box(*box))
    }  # fmt: skip
    extent = shared.extent(homes.id, view)
    places = [f["geometry"]["coordinates"] for f in everything if f["geometry"]]
    assert extent == pytest.approx((*np.min(places, axis=0), *np.max(places, axis=0)), abs=1e-7)
    tile = shared.tile(_at(98.4, 8.0, 16), [(query, view)])
    assert tile.data.count(b"area_code") == 1  # the village of three, at its centre


def test_what_is_written_is_masked_before_the_next_look(shared: Store, homes: Layer) -> None:
    query, view = Query(layer=homes.id, limit=None), blurred(homes)
    before = shared.count(query, view)
    write(shared, homes, [
        {"id": "HH-9001", "area_code": "83010102", "count": 9001, "name": SECRET,
         "geometry": shapely.Point(98.401, 8.0)},
    ])  # fmt: skip
    assert shared.count(query, view) == before + 1
    new = {"op": "=", "args": [{"property": "count"}, 9001]}
    feature = parsed(shared.features(replace(query, filter=new), view))[0]
    assert feature["geometry"]["coordinates"] == [98.4, 8.0]
    write(shared, homes, [{"id": "HH-9001", "area_code": "83010101"}])
    feature = parsed(shared.features(replace(query, filter=new), view))[0]
    assert feature["geometry"]["coordinates"] == [98.3, 8.0]  # its home is not in that village


def test_another_key_makes_all_names_anew(
    shared: Store, homes: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JIT-R3."""
    query, view = Query(layer=homes.id, limit=None), blurred(homes)
    first = {f["id"] for f in parsed(shared.features(query, view))}
    monkeypatch.setenv("PHUMI_JITTER_KEY", "another-secret-key")
    assert not first & {f["id"] for f in parsed(shared.features(query, view))}
    monkeypatch.delenv("PHUMI_JITTER_KEY")
    with pytest.raises(StoreUnavailable):
        shared.count(query, view)


def test_a_value_that_a_coded_field_never_has_is_refused_with_those_it_has(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    """PRIV-T6b: tier=4 is an unknown value where tiers 3 and 4 are one."""
    tier = replace(field("tier"), values=CATALOGUE["households"].by_name["tier"].values)
    layer = new_layer(fields=(field("id"), field("area_code"), tier))
    write(shared, layer, [{"id": "a", "tier": "3-4"}, {"id": "b", "tier": "1"}])
    tiers: dict[str, Any] = {"property": "tier"}
    for tree in (
        {"op": "=", "args": [tiers, "4"]},
        {"op": "=", "args": ["4", tiers]},
        {"op": "<>", "args": [tiers, "3"]},
        {"op": "in", "args": [tiers, ["1", "4"]]},
        {"op": "not", "args": [{"op": "=", "args": [tiers, "4"]}]},
    ):
        with pytest.raises(QueryError) as refused:
            shared.count(Query(layer=layer.id, filter=tree), owner_view(layer))
        assert refused.value.code == "value_unknown"
        assert refused.value.details["allowed"] == ["1", "2", "3-4"]
    known = {"op": "=", "args": [tiers, "3-4"]}
    assert shared.count(Query(layer=layer.id, filter=known), owner_view(layer)) == 1


def test_a_view_leaves_the_indexes_in_use(shared: Store, new_layer: Callable[..., Layer]) -> None:
    """A sub-select is flattened: boxes and keys are found by index, through every kind of view."""
    if "postgresql" not in shared.url:
        return  # DuckDB has no indexes; it skips row groups by their smallest and largest values
    layer = new_layer(geometry="Point")
    random = np.random.default_rng(5)
    rows = [
        {"id": f"q{n}", "area_code": "83010101", "open": n % 2 == 0,
         "geometry": shapely.Point(*random.uniform((98, 7), (99, 8)))}
        for n in range(5_000)
    ]  # fmt: skip
    write(shared, layer, rows)
    list(shared.raw(f"SELECT count(*) FROM layers.{layer.id}"))
    whole, box = owner_view(layer), (98.5, 7.5, 98.51, 7.51)
    views = {
        "prefixes": replace(whole, prefixes=("8301", "8302")),
        "condition": replace(whole, rows=OPEN),
        "masked field": replace(whole, masks=(Mask("name", OPEN),)),
        "place by consent": replace(whole, geometry_when=OPEN),
        "hidden field": replace(whole, fields=whole.fields - {"name"}),
        "masked rows": blurred(layer),
    }
    for name, view in views.items():
        shared.count(Query(layer=layer.id), view)
        dialect = PostGIS()
        counted = count(Query(layer=layer.id, bbox=box), view, layer, dialect)
        named = single("q17", Query(layer=layer.id), view, layer, dialect)
        for sql in (counted, named):
            told = shared.raw(f"EXPLAIN {sql.text}", sql.values)
            plan = "\n".join(line for (line,) in told)
            assert f"Seq Scan on {layer.id}" not in plan, (name, plan)


def test_an_approximate_position_takes_part_in_no_analysis(shared: Store, homes: Layer) -> None:
    """JIT-R7."""
    assert len(Reader(shared, owner_view).read(homes.id)) >= 20
    with pytest.raises(AccessDenied) as refused:
        Reader(shared, blurred).read(homes.id)
    assert refused.value.code == "masked_rows"
