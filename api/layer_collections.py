"""Layers as collections: what each is, where and when it lies, how to get at it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask import Response

from api.access import current_store, listed, view_of
from api.documents import DOCUMENT, chosen_format, document_response
from api.formats import item_forms
from api.freshness import fresh
from api.language import asked_language
from api.links import HTML, JSON, OGC_REL, SCHEMA, link, page_link
from api.parameters import takes
from api.tiles import tile_links
from api.words import WORDS
from layers.catalogue import FAMILIES
from layers.crs import CRS84, SERVED
from layers.model import Layer
from layers.privacy import rows_refused
from layers.query import View
from layers.store import LayerState, Store

__all__ = ["collection", "collections", "families_of", "listed_layer"]

GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


@takes()
def collections() -> Response:
    """All layers that the caller may see rows of."""
    shown = [layer for layer in current_store().layers() if listed(layer)]

    def answer() -> Response:
        states = current_store().states([layer.id for layer in shown])
        described = [_described(*one) for one in zip(shown, states, strict=True)]
        document = {
            "links": [page_link("self", JSON, f="json"), page_link("alternate", HTML, f="html")],
            "collections": described,
        }
        groups = families_of(shown)
        return document_response(document, "collections.html", groups=groups, families=FAMILIES)

    return fresh(shown, _form(), answer)


@takes()
def collection(layer_id: str) -> Response:
    """One layer: what it is, where it lies, how to get at it."""
    layer = listed_layer(layer_id)

    def answer() -> Response:
        document = _described(layer, current_store().state(layer_id), alone=True)
        return document_response(document, "collection.html", layer=layer, view=view_of(layer))

    return fresh([layer], _form(), answer)


def listed_layer(layer_id: str) -> Layer:
    """The layer, if the caller may see single features of it."""
    layer = current_store().layer(layer_id)
    if not listed(layer):
        raise rows_refused(layer)
    return layer


def families_of(layers: Sequence[Layer]) -> dict[str, list[Layer]]:
    """The layers by family, in their order."""
    groups: dict[str, list[Layer]] = {}
    for layer in layers:
        groups.setdefault(layer.group, []).append(layer)
    return groups


def _form() -> str:
    return f"{chosen_format(DOCUMENT)};{asked_language()}"


def _described(layer: Layer, state: LayerState, *, alone: bool = False) -> dict[str, Any]:
    language, view = asked_language(), view_of(layer)
    base, title = f"/collections/{layer.id}", layer.title.get(language)
    own = [link(base, "self", JSON, title)]
    if alone:
        own = [page_link("self", JSON, f="json"), page_link("alternate", HTML, f="html")]
    document: dict[str, Any] = {
        "id": layer.id,
        "title": title,
        "description": layer.description.get(language),
        "itemType": "feature",
        "links": [
            *own,
            *(
                link(f"{base}/items?f={name}", "items", kind, title)
                for name, kind in item_forms(layer, view)
                if name != "json"
            ),
            *(
                link(f"{base}/{name}", f"{OGC_REL}{name}", SCHEMA, WORDS[name].get(language))
                for name in ("queryables", "sortables", "schema")
            ),
            *tile_links(layer, view),
        ],
    }
    if layer.geometry is not None and view.geometry:
        document |= {"crs": list(SERVED), "storageCrs": CRS84.uri}
    extent = _extent(current_store(), layer.id, view, state)
    return document | ({"extent": extent} if extent else {})


@lru_cache(maxsize=2048)
def _extent(store: Store, layer_id: str, view: View, _: LayerState) -> dict[str, Any]:
    """Where and when the features lie; measured once for every state of the layer."""
    found: dict[str, Any] = {}
    box = store.extent(layer_id, view)
    if box is not None:
        found["spatial"] = {"bbox": [list(box)], "crs": CRS84.uri}
    times = store.times(layer_id, view)
    if times is not None:
        ends = [_moment(times.start, "T00:00:00Z"), _moment(times.end, "T23:59:59Z")]
        found["temporal"] = {"interval": [ends], "trs": GREGORIAN}
    return found


def _moment(text: str | None, of_day: str) -> str | None:
    return text + of_day if text is not None and len(text) == 10 else text
