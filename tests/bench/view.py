"""What it costs to be somebody: pages and tiles through narrower and narrower views."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from layers.privacy import owner_view
from layers.privacy.conditions import as_text, begins, either, equal, is_null
from layers.query import BBox, Mask, Query, View
from layers.store import Store, TileIndex, open_store
from tests.bench import data
from tests.bench.data import POINTS, Sizes
from tests.bench.engines import NO_SERVER, server_versions, workspaces
from tests.bench.measure import rates
from tests.bench.report import Section, Table, factor, figure

__all__ = ["measure"]

EVERYTHING = owner_view(POINTS)
PROVINCES = tuple(str(code) for code in range(10, 82))  # all that the points lie in
HIDDEN = {"note", "visitors", "size", "day"}
PUBLISHED = as_text(either([is_null("note"), {"op": "<>", "args": [{"property": "note"}, "-"]}]))
OWN_AREA = as_text(begins("area_code", "45"))
VIEWS = {
    "one prefix that all rows begin with": replace(EVERYTHING, prefixes=("",)),
    "three province prefixes": replace(EVERYTHING, prefixes=("45", "46", "47")),
    "72 province prefixes": replace(EVERYTHING, prefixes=PROVINCES),
    "four fields hidden": replace(EVERYTHING, fields=EVERYTHING.fields - HIDDEN),
    "72 prefixes, four fields hidden": replace(
        EVERYTHING, prefixes=PROVINCES, fields=EVERYTHING.fields - HIDDEN
    ),
    "rows by their level of publication": replace(EVERYTHING, rows=PUBLISHED),
    "four fields shown in the own area": replace(
        EVERYTHING, masks=tuple(Mask(name, OWN_AREA) for name in sorted(HIDDEN))
    ),
}
PLACES = {
    "places shown by consent": replace(EVERYTHING, geometry_when=as_text(equal("open", True))),
    "masked rows": View(
        layer=POINTS.id, fields=EVERYTHING.fields - {"id", "name", "note"}, pseudonymous=True
    ),
}
TILE_ZOOM = 11  # below the zooms that are drawn from counted cells
ONE_TAMBON = replace(EVERYTHING, prefixes=("450505",))


def measure(sizes: Sizes) -> Section:
    """Pages of a box through each view, beside the same pages seen whole."""
    os.environ.setdefault("PHUMI_JITTER_KEY", "a key to measure with")
    section = Section("Cost of a view", "python -m tests.bench view")
    headings = ("Engine", "Case", "with view /s", "without /s", "with / without")
    table = Table(f"Pages of {sizes.page} of {sizes.points:,} points", headings, rows := [])
    section.tables.append(table)
    with (
        tempfile.TemporaryDirectory(prefix="phumi-bench-") as folder,
        workspaces(Path(folder)) as urls,
    ):
        if "PostGIS" not in urls:
            section.notes.append(NO_SERVER)
        for engine, url in urls.items():
            store = open_store(url)
            store.ensure(POINTS)
            store.write(POINTS.id, data.points(sizes.points), author="bench")
            rows += [[engine, *row] for row in _compare(store, sizes)]
            store.close()
            if engine == "PostGIS":
                section.versions |= server_versions(url)
    section.notes.append(
        "All prefixes together cover the whole area, so both sides give the same rows of a box. "
        "One tambon: the first page of all rows for a person whose scope is one tambon of 5,832."
    )
    return section


def _compare(store: Store, sizes: Sizes) -> list[list[str]]:
    boxes = list(data.boxes(sizes.calls, sizes.box_side))
    works = {name: _page_of(store, view, sizes.page) for name, view in VIEWS.items()}
    found = rates({"whole": _page_of(store, EVERYTHING, sizes.page), **works}, boxes, sizes.rounds)
    rows = [_row(f"box, {name}", found[name], found["whole"]) for name in VIEWS]
    whole = {"whole": _tile_of(store, EVERYTHING)}
    tiles = whole | {name: _tile_of(store, view) for name, view in VIEWS.items()}
    found = rates(tiles, boxes, sizes.rounds)
    rows += [
        _row(f"tile of zoom {TILE_ZOOM}, {name}", found[name], found["whole"]) for name in VIEWS
    ]
    for name, view in PLACES.items():
        works = {
            "whole": _page_of(store, EVERYTHING, sizes.page),
            name: _page_of(store, view, sizes.page),
        }
        found = rates(works, boxes, sizes.rounds)
        rows.append(_row(f"box, {name}", found[name], found["whole"]))
        found = rates(whole | {name: _tile_of(store, view)}, boxes, sizes.rounds)
        rows.append(_row(f"tile of zoom {TILE_ZOOM}, {name}", found[name], found["whole"]))
    nowhere = [None] * max(5, sizes.calls // 10)
    firsts = {
        "tambon": _page_of(store, ONE_TAMBON, sizes.page),
        "whole": _page_of(store, EVERYTHING, sizes.page),
    }
    found = rates(firsts, nowhere, sizes.rounds)
    return [*rows, _row("first page, one tambon", found["tambon"], found["whole"])]


def _page_of(store: Store, view: View, limit: int) -> Callable[[BBox | None], str]:
    def page(box: BBox | None) -> str:
        return store.features(Query(layer=POINTS.id, bbox=box, limit=limit), view).features

    return page


def _tile_of(store: Store, view: View) -> Callable[[BBox], bytes]:
    asked = [(Query(layer=POINTS.id), view)]

    def tile(box: BBox) -> bytes:
        west, south, east, north = box
        column = ((west + east) / 2 + 180) / 360
        angle = math.radians((south + north) / 2)
        row = (1 - math.asinh(math.tan(angle)) / math.pi) / 2
        size = 2**TILE_ZOOM
        return store.tile(TileIndex(TILE_ZOOM, int(column * size), int(row * size)), asked).data

    return tile


def _row(name: str, seen: float, whole: float) -> list[str]:
    return [name, figure(seen), figure(whole), factor(seen, whole)]
