"""Absolute links of our own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request

__all__ = [
    "GEOJSON",
    "HTML",
    "JSON",
    "OGC_REL",
    "OPENAPI",
    "SCHEMA",
    "asked_address",
    "form_links",
    "link",
    "link_header",
    "page_link",
    "url",
]

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def url(path: str) -> str:
    """The absolute address of a path of this server."""
    return request.url_root.rstrip("/") + path


def asked_address() -> str:
    """The address of this request as it came, the same for the same answer."""
    asked = request.environ
    names = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
    return " ".join(asked.get(name, "") for name in names)


def link(path: str, rel: str, kind: str = JSON, title: str | None = None) -> dict[str, str]:
    """A link object of the OGC and RFC 8288 kind."""
    found = {"href": url(path), "rel": rel, "type": kind}
    return found | {"title": title} if title else found


def page_link(rel: str, kind: str, /, **changes: Any) -> dict[str, str]:
    """The address of this request with some parameters changed (None removes one)."""
    args = {name: value for name, value in request.args.items() if name not in changes}
    args.update({name: str(value) for name, value in changes.items() if value is not None})
    query = f"?{urlencode(args)}" if args else ""
    return {"href": url(request.path + query), "rel": rel, "type": kind}


def form_links(forms: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """The address of this request in other forms (name for ``f=``, media type)."""
    kept = urlencode({name: value for name, value in request.args.items() if name != "f"})
    address = f"{url(request.path)}?{kept}&f=" if kept else f"{url(request.path)}?f="
    return [{"href": address + name, "rel": "alternate", "type": kind} for name, kind in forms]


def link_header(links: Sequence[Mapping[str, str]]) -> str:
    """The links as the value of a Link header (RFC 8288); titles stay in the document.

    >>> link_header([{"href": "http://a/", "rel": "next", "type": "text/html"}])
    '<http://a/>; rel="next"; type="text/html"'
    """
    return ", ".join(f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"' for one in links)
