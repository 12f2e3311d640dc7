"""The routes of OGC API Features."""

from __future__ import annotations

from flask import Blueprint

from api.items import item, items
from api.landing import conformance, landing
from api.layer_collections import collection, collections
from api.schemas import queryables, schema, sortables

__all__ = ["blueprint"]

blueprint = Blueprint("features", __name__)

for _path, _view in (
    ("/", landing),
    ("/conformance", conformance),
    ("/collections", collections),
    ("/collections/<layer_id>", collection),
    ("/collections/<layer_id>/queryables", queryables),
    ("/collections/<layer_id>/sortables", sortables),
    ("/collections/<layer_id>/schema", schema),
    ("/collections/<layer_id>/items", items),
    ("/collections/<layer_id>/items/<key:key>", item),
):
    blueprint.add_url_rule(_path, view_func=_view)
