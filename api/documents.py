"""Documents that leave as JSON for programs or as a page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from api.language import asked_language, negotiated
from api.links import HTML, JSON, link_header
from api.problems import NotAcceptable
from api.templating import page
from geo.text import Text

__all__ = ["DOCUMENT", "chosen_format", "document_response", "json_response"]

DOCUMENT = (("json", JSON), ("html", HTML))


def chosen_format(formats: Sequence[tuple[str, str]]) -> str:
    """The short name of the form that ``f=`` or Accept asks for; NotAcceptable if there is none."""
    chosen = negotiated(formats)
    if chosen is None:
        names = ", ".join(name for name, _ in formats)
        raise NotAcceptable(
            "format_unknown",
            Text(f"ไม่มีรูปแบบที่ขอ มี {names}", f"There is no such format here; there are {names}"),
        )
    return chosen


def document_response(
    document: Mapping[str, Any],
    template: str,
    *,
    formats: Sequence[tuple[str, str]] = DOCUMENT,
    **context: Any,
) -> Response:
    """A document as JSON of one of these forms, or the page that the template makes of it."""
    chosen = chosen_format(formats)
    if chosen == "html":
        return page(template, document=document, **context)
    return json_response(document, dict(formats)[chosen])


def json_response(document: Mapping[str, Any], media_type: str = JSON) -> Response:
    """JSON in the language asked for, its links in the header too (RFC 8288)."""
    response = Response(json.dumps(document, ensure_ascii=False), content_type=media_type)
    response.headers["Content-Language"] = asked_language()
    links = document.get("links")
    if links:
        response.headers["Link"] = link_header(links)
    return response
