"""The landing page and the declaration of conformance."""

from __future__ import annotations

from flask import Response

from api.access import current_store, listed
from api.conformance import CONFORMANCE
from api.documents import document_response
from api.language import asked_language
from api.layer_collections import families_of
from api.links import HTML, JSON, OGC_REL, OPENAPI, link, page_link
from api.parameters import takes
from api.words import WORDS
from layers.catalogue import FAMILIES

__all__ = ["conformance", "landing"]


@takes()
def landing() -> Response:
    """What is here, and where."""
    language = asked_language()
    title = WORDS["site"].get(language)
    document = {
        "title": title,
        "description": WORDS["purpose"].get(language),
        "links": [
            page_link("self", JSON, f="json"),
            page_link("alternate", HTML, f="html"),
            link("/api", "service-desc", OPENAPI, "OpenAPI"),
            link("/api.html", "service-doc", HTML, "OpenAPI"),
            link("/conformance", "conformance", JSON, WORDS["conformance"].get(language)),
            link("/collections", "data", JSON, WORDS["layers"].get(language)),
            link("/collections", f"{OGC_REL}data", JSON, WORDS["layers"].get(language)),
            link("/tiles", f"{OGC_REL}tilesets-vector", JSON),
            link("/tileMatrixSets", f"{OGC_REL}tiling-schemes", JSON),
            link("/processes", f"{OGC_REL}processes", JSON),
            link("/map", "related", HTML, WORDS["map"].get(language)),
        ],
    }
    groups = families_of([layer for layer in current_store().layers() if listed(layer)])
    return document_response(
        document, "landing.html", purpose=WORDS["purpose"], groups=groups, families=FAMILIES
    )


@takes()
def conformance() -> Response:
    """The conformance classes that are met."""
    document = {
        "links": [page_link("self", JSON, f="json"), page_link("alternate", HTML, f="html")],
        "conformsTo": list(CONFORMANCE),
    }
    return document_response(document, "conformance.html")
