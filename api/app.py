"""The Flask application."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    aggregates,
    features,
    formats,
    freshness,
    hardening,
    openapi,
    pages,
    plot_life,
    plots,
    printing,
    problems,
    processes,
    syncing,
    templating,
    tiles,
    versions,
    writing,
)
from api.access import current_settings
from api.accounts import admin, log, login, oidc
from api.feature_keys import FeatureKey
from api.operations import ADDRESS_MAX
from api.settings import Settings
from layers.store import Store
from layers.workspace import open_workspace

__all__ = ["create_app"]

EXPOSED = "Content-Crs, Content-Language, ETag, Link"


class Json(DefaultJSONProvider):
    """The JSON of requests: what is nested too deep to be read is none, not a fault of ours."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """As the standard library."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def create_app(settings: Settings | None = None, store: Store | None = None) -> Flask:
    """Build the application; opens the store that the settings name unless one is given."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.config["PHUMI"] = settings
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit_mb * 1_000_000
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]  # GeoJSON in a form
    app.url_map.strict_slashes = False
    app.url_map.converters["key"] = FeatureKey
    app.json = Json(app)
    pool_size = settings.threads + 1
    app.extensions["phumi_store"] = store or open_workspace(
        settings.database_url, pool_size=pool_size
    )
    for room in (
        pages,
        plots,
        plot_life,
        printing,
        features,
        aggregates,
        tiles,
        processes,
        openapi,
    ):
        app.register_blueprint(room.blueprint)
    for door in (login, admin, log, oidc, writing, syncing, versions):
        app.register_blueprint(door.blueprint)
    oidc.register(app)
    formats.register(app)
    freshness.register(app)
    problems.register(app)
    templating.register(app)
    app.before_request(_refuse_long_address)
    hardening.register(app)
    app.after_request(_headers)
    if settings.proxies:
        trusted = dict.fromkeys(("x_for", "x_proto", "x_host", "x_prefix"), settings.proxies)
        app.wsgi_app = ProxyFix(app.wsgi_app, **trusted)  # type: ignore[method-assign]
    return app


def _refuse_long_address() -> None:
    if len(request.query_string) > ADDRESS_MAX:
        request.query_string = b""  # to look for the language in it would take seconds
        raise RequestEntityTooLarge


def _headers(response: Response) -> Response:
    response.headers.setdefault("Vary", "Accept, Accept-Language")
    _share(response)
    return response


def _share(response: Response) -> None:
    """Let pages of other sites read what anyone may read, and nothing that only the owner may."""
    if current_settings().access != "public":
        response.headers.pop("Access-Control-Allow-Origin", None)
    elif request.method in ("GET", "HEAD", "OPTIONS"):
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
        response.headers.setdefault("Access-Control-Expose-Headers", EXPOSED)
        if request.method == "OPTIONS":
            response.headers.setdefault(
                "Access-Control-Allow-Methods", response.headers.get("Allow", "GET")
            )
            response.headers.setdefault("Access-Control-Allow-Headers", "*")
