"""Who may see what of a layer: turns (person, layer) into the View that the store demands.

Until accounts exist there are two people: the public, and the owner of the workspace who sits at
the machine (command line, notebook).
"""

from __future__ import annotations

from geo.text import Text
from layers.errors import AccessDenied
from layers.model import Layer, Privacy
from layers.query import View

__all__ = ["owner_view", "public_view", "rows_refused"]


def public_view(layer: Layer) -> View:
    """What anyone may see: public fields of public layers, else only aggregates (PRIV-R1, R7)."""
    return _view(layer, Privacy.PUBLIC)


def owner_view(layer: Layer) -> View:
    """Everything: the person who holds the database file or its password already has it."""
    return _view(layer, Privacy.SECRET)


def rows_refused(layer: Layer) -> AccessDenied:
    """The error of a caller who may see no single feature of the layer (PRIV-R1)."""
    return AccessDenied(
        "aggregates_only",
        Text(
            f"ชั้นข้อมูล {layer.title.th} เปิดเผยรายแถวไม่ได้ ดูได้เฉพาะผลรวมตามพื้นที่",
            f"Single features of {layer.id} are not open to you; only totals by area are",
        ),
        layer=layer.id,
    )


def _view(layer: Layer, clearance: Privacy) -> View:
    rows = layer.privacy <= clearance
    visible = (
        frozenset(f.name for f in layer.fields if f.privacy <= clearance) if rows else frozenset()
    )
    shape = layer.geometry is not None and rows and (layer.geometry_privacy or 0) <= clearance
    return View(layer=layer.id, fields=visible, geometry=shape, aggregates_only=not rows)
