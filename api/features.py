"""OGC API Features: landing page, conformance, collections, items."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request

from api.access import current_settings, current_store, listed, view_of
from api.feature_pages import ROWS_MAX, area_layers, item_page, items_page
from api.formats import DOWNLOADS, ITEM, ITEMS, download
from api.freshness import fresh
from api.language import asked_language, negotiated
from api.links import GEOJSON, HTML, JSON, OPENAPI, link, page_link
from api.parameters import CRS84, items_query, single_query
from api.problems import NotAcceptable
from api.templating import page
from api.words import WORDS
from geo.text import Text
from layers.catalogue import FAMILIES
from layers.model import Layer
from layers.privacy import rows_refused
from layers.query import WGS84, Query, encode_cursor

__all__ = ["blueprint"]

blueprint = Blueprint("features", __name__)

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
)
PAGE_FORMATS = (("json", JSON), ("html", HTML))


@blueprint.get("/")
def landing() -> Response:
    """The landing page."""
    document = {
        "title": WORDS["site"].get(asked_language()),
        "description": WORDS["purpose"].get(asked_language()),
        "links": [
            page_link("self", JSON, f="json"),
            page_link("alternate", HTML, f="html"),
            link("/api", "service-desc", OPENAPI),
            link("/conformance", "conformance"),
            link("/collections", "data"),
            link("/processes", "http://www.opengis.net/def/rel/ogc/1.0/processes"),
            link("/map", "related", HTML, WORDS["map"].get(asked_language())),
        ],
    }
    groups = _groups([layer for layer in current_store().layers() if listed(layer)])
    return _answer(
        document, "landing.html", purpose=WORDS["purpose"], groups=groups, families=FAMILIES
    )


@blueprint.get("/conformance")
def conformance() -> Response:
    """The conformance classes that are met."""
    return _answer({"conformsTo": list(CONFORMANCE)}, "conformance.html")


@blueprint.get("/collections")
def collections() -> Response:
    """All layers that the caller may see rows of."""
    shown = [layer for layer in current_store().layers() if listed(layer)]
    document = {
        "links": [page_link("self", JSON, f="json"), page_link("alternate", HTML, f="html")],
        "collections": [_collection(layer) for layer in shown],
    }
    return _answer(document, "collections.html", groups=_groups(shown), families=FAMILIES)


@blueprint.get("/collections/<layer_id>")
def collection(layer_id: str) -> Response:
    """One layer: what it is, where it lies, how to get at it."""
    layer = _listed_layer(layer_id)
    chosen = negotiated(PAGE_FORMATS) or _not_acceptable(PAGE_FORMATS)

    def answer() -> Response:
        return _answer(_collection(layer), "collection.html", layer=layer, view=view_of(layer))

    return fresh([layer], f"{chosen};{asked_language()}", answer)


@blueprint.get("/collections/<layer_id>/items")
def items(layer_id: str) -> Response:
    """A page of features, straight from the engine's GeoJSON text, or all of them as a file."""
    layer = current_store().layer(layer_id)
    chosen = negotiated(ITEMS) or _not_acceptable(ITEMS)
    query = items_query(layer, view_of(layer), request.args, current_settings())
    if chosen in DOWNLOADS:
        return fresh([layer], chosen, lambda: download(chosen, query, view_of(layer), layer))
    made_of = [layer, *area_layers()] if chosen == "html" else [layer]
    form = f"{chosen};{asked_language()}"
    return fresh(made_of, form, lambda: _items(chosen, query, layer))


def _items(chosen: str, query: Query, layer: Layer) -> Response:
    view = view_of(layer)
    if chosen == "html":
        query = replace(query, limit=min(query.limit or ROWS_MAX, ROWS_MAX), crs=WGS84)
    found = current_store().features(query, view)
    links = [
        page_link("self", GEOJSON),
        page_link("alternate", HTML, f="html"),
        link(f"/collections/{layer.id}", "collection"),
    ]
    if found.next is not None:
        links.append(page_link("next", GEOJSON, token=encode_cursor(found.next), offset=None))
    head = {"timeStamp": _now(), "numberReturned": found.returned}
    if found.next is None and query.after is None and not query.offset:
        head["numberMatched"] = found.returned  # the one page is all there is
    if chosen == "html":
        following = next((item["href"] for item in links if item["rel"] == "next"), None)
        return items_page(layer, view, query, found, following)
    parts = json.dumps({"type": "FeatureCollection", "links": links} | head, ensure_ascii=False)
    return Response(f'{parts[:-1]},"features":[{found.features}]}}', content_type=GEOJSON)


@blueprint.get("/collections/<layer_id>/items/<path:key>")
def item(layer_id: str, key: str) -> Response:
    """One feature."""
    layer = current_store().layer(layer_id)
    chosen = negotiated(ITEM) or _not_acceptable(ITEM)
    query = single_query(layer, request.args)
    made_of = [layer, *area_layers()] if chosen == "html" else [layer]
    form = f"{chosen};{asked_language()}"
    return fresh(made_of, form, lambda: _item(chosen, key, query, layer))


def _item(chosen: str, key: str, query: Query, layer: Layer) -> Response:
    view = view_of(layer)
    found = current_store().feature(key, query, view)
    if chosen == "html":
        return item_page(layer, view, found.text)
    links = [
        page_link("self", GEOJSON),
        page_link("alternate", HTML, f="html"),
        link(f"/collections/{layer.id}", "collection"),
    ]
    tail = json.dumps({"links": links}, ensure_ascii=False)[1:]
    return Response(f"{found.text[:-1]},{tail}", content_type=GEOJSON)


def _groups(layers: list[Layer]) -> dict[str, list[Layer]]:
    """Layers by family, as menus show them."""
    families = dict.fromkeys(layer.group for layer in layers)
    return {group: [layer for layer in layers if layer.group == group] for group in families}


def _listed_layer(layer_id: str) -> Layer:
    layer = current_store().layer(layer_id)
    if not listed(layer):
        raise rows_refused(layer)
    return layer


def _collection(layer: Layer) -> dict[str, Any]:
    language = asked_language()
    view = view_of(layer)
    base = f"/collections/{layer.id}"
    document: dict[str, Any] = {
        "id": layer.id,
        "title": layer.title.get(language),
        "description": layer.description.get(language),
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": [
            link(base, "self"),
            link(f"{base}/items", "items", GEOJSON, layer.title.get(language)),
            link(f"{base}/items?f=html", "items", HTML, layer.title.get(language)),
        ],
    }
    box = current_store().extent(layer.id, view)
    if box is not None:
        document["extent"] = {"spatial": {"bbox": [list(box)], "crs": CRS84}}
    return document


def _answer(document: dict[str, Any], template: str, **context: Any) -> Response:
    chosen = negotiated(PAGE_FORMATS) or _not_acceptable(PAGE_FORMATS)
    if chosen == "html":
        return page(template, document=document, **context)
    response = jsonify(document)
    response.headers["Content-Language"] = asked_language()
    return response


def _not_acceptable(formats: tuple[tuple[str, str], ...]) -> str:
    names = ", ".join(name for name, _ in formats)
    raise NotAcceptable(
        "format_unknown",
        Text(f"ไม่มีรูปแบบที่ขอ มี {names}", f"There is no such format here; there are {names}"),
    )


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
