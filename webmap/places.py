"""Where an area code lies, in words: village, tambon, district, province."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from geo.text import Text
from layers.model import Layer
from webmap.values import names

__all__ = ["area_names", "say_area"]

LEVELS = (8, 6, 4, 2)
"""Digits of a village, tambon, district and province code."""

PREFIXES = {8: "", 6: "ต.", 4: "อ.", 2: "จ."}
BANGKOK = {8: "", 6: "แขวง", 4: "เขต", 2: ""}


def area_names(layers: Iterable[tuple[Layer, pd.DataFrame]]) -> dict[str, Text]:
    """Collect the names of areas by code from whatever area layers are at hand."""
    found: dict[str, Text] = {}
    for layer, rows in layers:
        title = layer.title_field
        if title and layer.area == layer.key and {title, layer.key} <= set(rows.columns):
            words = names(layer, pd.DataFrame(rows), title)
            found |= {
                str(code): name
                for code, name in zip(rows[layer.key], words, strict=True)
                if name is not None
            }
    return found


def say_area(code: str, areas: Mapping[str, Text]) -> Text:
    """Write an area code with the names that are known, the code itself in brackets.

    >>> areas = {"8303": Text("ถลาง", "Thalang"), "83": Text("ภูเก็ต", "Phuket")}
    >>> say_area("830302", areas)
    Text(th='อ.ถลาง จ.ภูเก็ต (830302)', en='Thalang, Phuket (830302)')
    >>> say_area("50", areas).th
    '50'
    """
    marks = BANGKOK if code.startswith("10") else PREFIXES
    known = [(n, areas[code[:n]]) for n in LEVELS if n <= len(code) and code[:n] in areas]
    if not known:
        return Text(code, code)
    thai = " ".join(f"{marks[digits]}{name.th}" for digits, name in known)
    english = ", ".join(name.en for _, name in known)
    return Text(f"{thai} ({code})", f"{english} ({code})")
