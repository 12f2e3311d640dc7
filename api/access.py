"""Who is asking: until there are accounts, the public or the owner at this machine."""

from __future__ import annotations

from flask import current_app

from api.settings import Settings
from layers.model import Layer
from layers.privacy import owner_view, public_view
from layers.query import View
from layers.store import Store

__all__ = ["current_settings", "current_store", "listed", "view_of"]


def current_settings() -> Settings:
    """The settings of the application that serves this request."""
    settings: Settings = current_app.config["PHUMI"]
    return settings


def current_store() -> Store:
    """The store of the application that serves this request."""
    store: Store = current_app.extensions["phumi_store"]
    return store


def view_of(layer: Layer) -> View:
    """What the caller of this request may see of a layer."""
    if current_settings().access == "owner":
        return owner_view(layer)
    return public_view(layer)


def listed(layer: Layer) -> bool:
    """Whether the caller may see single features of the layer."""
    return not view_of(layer).aggregates_only
