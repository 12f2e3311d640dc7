"""A workspace: a store that holds every layer of the catalogue."""

from __future__ import annotations

from layers.catalogue import CATALOGUE
from layers.store import Store, open_store

__all__ = ["open_workspace"]


def open_workspace(url: str, *, pool_size: int = 8) -> Store:
    """Open the store at ``url`` and bring the layers of the catalogue up to date.

    Addresses and errors are those of :func:`layers.store.open_store`.
    """
    store = open_store(url, pool_size=pool_size)
    try:
        stored = {layer.id: layer for layer in store.layers()}
        for layer in CATALOGUE.values():
            if stored.get(layer.id) != layer:
                store.ensure(layer)
    except BaseException:
        store.close()
        raise
    return store
