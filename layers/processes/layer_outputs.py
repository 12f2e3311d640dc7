"""Outputs of processes that are fields of a layer: label, type, unit and codes come from it."""

from __future__ import annotations

from layers.model import Layer
from layers.processes.model import Output

__all__ = ["layer_outputs"]


def layer_outputs(layer: Layer, *names: str) -> tuple[Output, ...]:
    """The named fields of a layer as outputs, in this order."""
    return tuple(
        Output(name=item.name, label=item.label, type=item.type, unit=item.unit, values=item.values)
        for item in (layer.by_name[name] for name in names)
    )
