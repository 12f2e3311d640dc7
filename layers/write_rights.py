"""Who may write which rows and which of their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from geo.text import Text
from layers.errors import AccessDenied
from layers.model import Layer
from layers.privacy import Person, families_of, may, view_of

__all__ = ["VERIFICATION", "require_right", "writable"]

VERIFICATION = frozenset({"verified_by", "verified_at"})
"""Fields that only confirming fills in, and a new position empties (PRIV-R2)."""


def require_right(person: Person, layer: Layer, values: Mapping[str, Any]) -> None:
    """Raise AccessDenied unless the person may write a row with these values."""
    if not may(person, layer, "W", values):
        area = str(values.get(layer.area or "") or "-")
        raise AccessDenied(
            "AUTH-E-SCOPE",
            Text(
                f"ท่านไม่มีสิทธิ์เขียน{layer.title.th}ในพื้นที่ {area}",
                f"You may not write {layer.id} in the area {area}",
            ),
            rule="AUTH-E-SCOPE",
            area=area,
        )


def writable(
    person: Person, layer: Layer, values: Mapping[str, Any] | None = None
) -> frozenset[str]:
    """The fields that the person sees and may write: in a row with these values, or in any row.

    The row's own area is judged by :func:`require_right`.
    """
    visible = view_of(person, layer).fields
    if person.owner:
        return visible
    shown = {layer.key, *(() if layer.area is None else (layer.area,)), *visible}
    tried = list(_some_rows(person, layer)) if values is None else [dict(values)]
    return frozenset(
        name
        for name in shown - VERIFICATION
        if any(
            may(person, layer, "W", row, privacy=max(layer.privacy, layer.by_name[name].privacy))
            for row in tried
        )
    )


def _some_rows(person: Person, layer: Layer) -> Iterator[dict[str, Any]]:
    """Rows of each kind that the rights of the person tell apart: area, family, assigned round."""
    told: list[dict[str, Any]] = [{}]
    told += [{rows.field: rows.value} for _, rows in families_of(layer.id) if rows and not rows.but]
    rounds: list[dict[str, Any]] = [{}]
    rounds += [
        {one.field or layer.key: one.keys[0]}
        for one in person.assignments
        if one.layer == layer.id and one.keys
    ]
    for grant in person.grants:
        for kind in told:
            for assigned in rounds:
                yield {layer.area or "": grant.prefix, **kind, **assigned}
