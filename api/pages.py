"""Pages and checks beside the standards: health, own static files, the map."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, current_app, jsonify, send_from_directory

from api.access import current_store, view_of
from api.language import asked_language
from api.maps import workspace_map
from geo.errors import PhumiError
from webmap.assets import NODE_MODULES

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)

ASSETS = re.compile(
    r"(@fontsource/sarabun/files|leaflet/dist|leaflet\.fullscreen|swagger-ui-dist)"
    r"/[\w./-]+\.(css|js|png|svg|woff2?)"
)


@blueprint.get("/healthz")
def health() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """The database answers too."""
    try:
        number = len(current_store().layers())
    except PhumiError as error:
        return jsonify({"status": "unavailable", "detail": error.text.en}), 503
    return jsonify({"status": "ok", "layers": number}), 200


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """A file that a page needs of the front-end packages that ``npm ci`` installed."""
    if not ASSETS.fullmatch(name) or ".." in name:
        abort(404)
    return send_from_directory(NODE_MODULES, name, max_age=86_400)


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The icon for browsers that ask for it without having read a page of ours."""
    icon = current_app.send_static_file("icon.svg")
    icon.headers["Cache-Control"] = "public, max-age=86400"
    return icon


@blueprint.get("/map")
def map_page() -> Response:
    """The map of everything that the caller may see."""
    html = workspace_map(current_store(), view_of, language=asked_language())
    return Response(html, content_type="text/html; charset=utf-8")
