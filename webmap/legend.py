"""Legends: what is on the map, in the words of the layer and its style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.text import Text
from layers.model import Field, Layer
from webmap.style import Case, Classes, Style
from webmap.symbol import Symbol
from webmap.values import say

__all__ = ["Legend", "LegendEntry", "LegendGroup", "build_legend", "case_labels"]

OTHER = Text("ไม่ระบุหรืออื่น ๆ", "Not stated or other")


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line: the symbol, what it means, how many features have it."""

    symbol: Symbol
    label: Text
    count: int


@dataclass(frozen=True, slots=True)
class LegendGroup:
    """The lines that one field makes; ``heading`` is the label of the field."""

    heading: Text
    entries: tuple[LegendEntry, ...]


@dataclass(frozen=True, slots=True)
class Legend:
    """The legend of one layer; ``symbol`` stands for the whole layer when nothing divides it."""

    title: Text
    note: Text | None
    symbol: Symbol | None
    groups: tuple[LegendGroup, ...]

    def to_json(self) -> dict[str, Any]:
        """What the panel of a page draws; texts as pairs [Thai, English]."""
        return {
            "title": _pair(self.title),
            "note": None if self.note is None else _pair(self.note),
            "swatch": None if self.symbol is None else self.symbol.swatch(),
            "groups": [
                {
                    "heading": _pair(group.heading),
                    "entries": [
                        {"swatch": e.symbol.swatch(), "label": _pair(e.label), "count": e.count}
                        for e in group.entries
                    ],
                }
                for group in self.groups
            ],
        }


def build_legend(layer: Layer, style: Style, features: pd.DataFrame) -> Legend:
    """The legend of the features that are drawn: classes without a feature stay out."""
    groups = []
    for classes in style.classes:
        if classes.field not in features.columns or not len(features):
            continue
        hits = classes.classify(features[classes.field])
        entries = _entries(style, classes, layer.by_name[classes.field], hits)
        if entries:
            groups.append(LegendGroup(layer.by_name[classes.field].label, entries))
    return Legend(
        title=style.legend or layer.title,
        note=style.note,
        symbol=None if groups else style.symbol,
        groups=tuple(groups),
    )


def case_labels(classes: Classes, field: Field) -> list[Text]:
    """The words of each of ``classes.all_cases``: the style's own, else the labels of the field."""
    if classes.breaks:
        labels = [_numeric(classes, field, i) for i in range(len(classes.cases))]
    else:
        labels = [case.label or _values(case, field) for case in classes.cases]
    if classes.other is not None:
        labels.append(classes.other.label or OTHER)
    return labels


def _entries(
    style: Style, classes: Classes, field: Field, hits: np.ndarray[Any, Any]
) -> tuple[LegendEntry, ...]:
    counts = np.bincount(hits[hits >= 0], minlength=len(classes.all_cases))
    rows = zip(classes.all_cases, case_labels(classes, field), counts.tolist(), strict=True)
    return tuple(
        LegendEntry(style.symbol.override(case.change), label, count)
        for case, label, count in rows
        if count
    )


def _values(case: Case, field: Field) -> Text:
    if field.type == "boolean":
        return _joined([say(field, code == "true") for code in case.values])
    return _joined([say(field, code) for code in case.values])


def _joined(words: Sequence[Text]) -> Text:
    return Text(", ".join(word.th for word in words), ", ".join(word.en for word in words))


def _numeric(classes: Classes, field: Field, index: int) -> Text:
    limits = [say(field, limit) for limit in classes.breaks]
    if index == 0:
        return Text(f"น้อยกว่า {limits[0].th}", f"Below {limits[0].en}")
    low = limits[index - 1]
    if index == len(limits):
        return Text(f"ตั้งแต่ {low.th}", f"{low.en} and more")
    high = limits[index]
    return Text(f"{low.th} ถึงน้อยกว่า {high.th}", f"{low.en} to below {high.en}")


def _pair(text: Text) -> list[str]:
    return [text.th, text.en]
