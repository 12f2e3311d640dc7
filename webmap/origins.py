"""Where the data on a map come from, as its features say."""

from __future__ import annotations

from collections.abc import Sequence

from geo.text import Text
from layers.fields import DATA_ORIGINS
from webmap.overlay import MapLayer

__all__ = ["origin_lines"]


def origin_lines(items: Sequence[MapLayer]) -> list[Text]:
    """One line for each origin (official, invented, ...) with the layers that hold such data."""
    lines = []
    for origin, label in DATA_ORIGINS.items():
        titles = [item.layer.title for item in items if _holds(item, origin)]
        if titles:
            thai = ", ".join(title.th for title in titles)
            english = ", ".join(title.en for title in titles)
            lines.append(Text(f"{label.th}: {thai}", f"{label.en}: {english}"))
    return lines


def _holds(item: MapLayer, origin: str) -> bool:
    column = item.features.get("data_origin")
    return column is not None and bool((column == origin).any())
