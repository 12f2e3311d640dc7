"""Features: pages of them, whole selections as files, and one alone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from flask import Response, request

from api.access import current_settings, current_store, view_of
from api.documents import chosen_format
from api.exports import export_view
from api.feature_pages import ROWS_MAX, area_layers, item_page, items_page
from api.formats import DOWNLOADS, ITEM, download, item_forms
from api.freshness import fresh
from api.language import asked_language
from api.layer_collections import listed_layer
from api.links import GEOJSON, JSON, form_links, link, link_header, page_link
from api.parameters import flag, items_query, single_query
from layers.crs import SERVED
from layers.model import Layer
from layers.query import WGS84, Query, page_token
from layers.store import Feature, Page

__all__ = ["item", "items"]

KINDS = {"json": JSON, "geojson": GEOJSON}


def items(layer_id: str) -> Response:
    """A page of features, straight from the engine's GeoJSON text, or all of them as a file."""
    layer = listed_layer(layer_id)
    view = view_of(layer)
    chosen = chosen_format(item_forms(layer, view))
    if chosen in DOWNLOADS:
        view = export_view(layer)
    query = items_query(layer, view, request.args, current_settings())
    if chosen in DOWNLOADS:
        return fresh([layer], chosen, lambda: _file(chosen, query, layer))
    made_of = [layer, *area_layers()] if chosen == "html" else [layer]
    form = f"{chosen};{asked_language()}"
    return fresh(made_of, form, lambda: _page(chosen, query, layer))


def item(layer_id: str, key: str) -> Response:
    """One feature."""
    layer = listed_layer(layer_id)
    chosen = chosen_format(ITEM)
    query = single_query(layer, request.args)
    made_of = [layer, *area_layers()] if chosen == "html" else [layer]
    form = f"{chosen};{asked_language()}"
    if chosen == "html":
        query = replace(query, crs=WGS84, north_first=False)

    @cache
    def found() -> Feature:
        return current_store().feature(key, query, view_of(layer))

    def answer() -> Response:
        return _single(chosen, found().text, query, layer)

    return fresh(made_of, form, answer, row=lambda: found().version)


def _file(chosen: str, query: Query, layer: Layer) -> Response:
    response = download(chosen, query, export_view(layer), layer)
    return _told(response, query, layer, [link(f"/collections/{layer.id}", "collection")])


def _page(chosen: str, query: Query, layer: Layer) -> Response:
    store, view = current_store(), view_of(layer)
    if chosen == "html":
        query = replace(
            query, limit=min(query.limit or ROWS_MAX, ROWS_MAX), crs=WGS84, north_first=False
        )
    found = store.features(query, view)
    links = _links(chosen, item_forms(layer, view), layer)
    if found.next is not None:
        token = page_token(query, found.next)
        links.append(page_link("next", KINDS.get(chosen, GEOJSON), token=token, offset=None))
    if chosen == "html":
        following = links[-1]["href"] if found.next is not None else None
        return items_page(layer, view, query, found, following)
    head: dict[str, Any] = {"type": "FeatureCollection", "links": links, "timeStamp": _now()}
    matched = _matched(query, found)
    if matched is None and flag("number-matched", request.args):
        matched = store.count(query, view)
    if matched is not None:
        head["numberMatched"] = matched
    head["numberReturned"] = found.returned
    text = f'{json.dumps(head, ensure_ascii=False)[:-1]},"features":[{found.features}]}}'
    return _told(Response(text, content_type=KINDS[chosen]), query, layer, links)


def _single(chosen: str, text: str, query: Query, layer: Layer) -> Response:
    if chosen == "html":
        return item_page(layer, view_of(layer), text)
    links = _links(chosen, ITEM, layer)
    tail = json.dumps({"links": links}, ensure_ascii=False)[1:]
    response = Response(f"{text[:-1]},{tail}", content_type=KINDS[chosen])
    return _told(response, query, layer, links)


def _links(chosen: str, forms: Sequence[tuple[str, str]], layer: Layer) -> list[dict[str, str]]:
    """Links to this document, the same in every other form, and the collection that it is of."""
    others = [(name, kind) for name, kind in forms if name not in ("json", chosen)]
    return [
        page_link("self", KINDS.get(chosen, GEOJSON)),
        *form_links(others),
        link(f"/collections/{layer.id}", "collection", JSON, layer.title.get(asked_language())),
    ]


def _matched(query: Query, found: Page) -> int | None:
    """How many match in all, if the page is the last and it is known where it begins."""
    known = query.after is None and (found.returned or not query.offset)
    return query.offset + found.returned if known and found.next is None else None


def _told(
    response: Response, query: Query, layer: Layer, links: Sequence[dict[str, str]]
) -> Response:
    """The response with its links and the system of its coordinates in the header."""
    response.headers["Link"] = link_header(links)
    if layer.geometry is not None and view_of(layer).geometry:
        system = next(
            s for s in SERVED.values() if (s.code, s.north_first) == (query.crs, query.north_first)
        )
        response.headers["Content-Crs"] = f"<{system.uri}>"
    return response


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
