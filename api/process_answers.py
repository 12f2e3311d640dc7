"""The answer of an analysis as a page shows it: figures, tables, verdicts, features, a map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.feature_pages import drawn_map
from api.process_words import ProcessWords, words_of
from layers.catalogue import CATALOGUE
from layers.processes import Output, Process, Result
from webmap.overlay import MapLayer, thin
from webmap.style import Drawing, Style
from webmap.values import say

__all__ = ["Answer", "Table", "answer_of"]

FEATURES_SHOWN = 200  # of the answer, in table and map: the download holds all
RECORDS_SHOWN = 60  # rows of a table in the summary
CLOSEST = 18  # zoom: the zones of one plot are to be told apart
JUDGED_SHOWN = 12  # features whose verdicts stand in full
GRAVEST_FIRST = ("fail", "fix", "unknown", "pass")


class Table(NamedTuple):
    """A table of words: its title, heads, rows; ``numbers`` are the columns set flush right."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    numbers: frozenset[int]
    total: int


@dataclass(slots=True)
class Answer:
    """Everything that the page of an answer shows."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    verdicts: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    judged: int = 0
    features: Table | None = None
    map: dict[str, Any] | None = None
    rules: Sequence[str] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    parameters: list[tuple[str, str]] = field(default_factory=list)
    left_out: int = 0


def answer_of(chosen: Process, result: Result, language: str) -> Answer:
    """The page's view of a result, in one language."""
    words = words_of(chosen.id, language)
    given = {n: v for n, v in result.parameters.items() if not isinstance(v, Mapping)}
    answer = Answer(
        rules=result.rules,
        versions=result.layer_versions,
        parameters=[
            (item.label.get(language), words.value(given[item.name]))
            for item in chosen.inputs
            if item.name in given
        ],
        left_out=result.left_out,
    )
    for name, value in _in_language(result.summary, language).items():
        if _judgement(value):
            answer.verdicts += _by_plan(value)
        elif (table := _table_of(name, value, words)) is not None:
            answer.tables.append(table)
        else:
            answer.facts.append((words.name(_bare(name, language)), words.value(value, name)))
    if result.features is not None and len(result.features):
        _tell_features(answer, chosen, result.features, words)
    answer.judged = len(answer.verdicts)
    answer.verdicts = [(name, _graded(rows)) for name, rows in answer.verdicts[:JUDGED_SHOWN]]
    return answer


def _tell_features(
    answer: Answer, chosen: Process, features: gpd.GeoDataFrame, words: ProcessWords
) -> None:
    shown = features.head(FEATURES_SHOWN)
    answer.features = _feature_table(chosen, shown, len(features), words)
    answer.map = _map(chosen, shown)
    if "verdicts" in features:
        key = features.columns[0]
        answer.verdicts += [
            (words.value(name), rows)
            for name, rows in zip(features[key], features["verdicts"], strict=True)
            if _judgement(rows)
        ]


# --- The summary ----------------------------------------------------------------------------


def _in_language(record: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Without what stands there in the other language."""
    other = "_en" if language == "th" else "_th"
    return {str(name): value for name, value in record.items() if not str(name).endswith(other)}


def _bare(name: str, language: str) -> str:
    return name.removesuffix(f"_{language}")


def _judgement(value: Any) -> bool:
    rows = isinstance(value, list) and value
    return bool(rows) and all(isinstance(row, Mapping) and "sign" in row for row in value)


def _by_plan(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row.get("plan_id") or ""), []).append(row)
    return list(found.items())


def _graded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: GRAVEST_FIRST.index(row["sign"]))


def _table_of(name: str, value: Any, words: ProcessWords) -> Table | None:
    """A list of records or a mapping of mappings as a table; None for what fits in a line."""
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        records: list[dict[str, Any]] = [_record(row, words.language) for row in value]
    elif isinstance(value, Mapping) and value and all(_inner(item) for item in value.values()):
        records = [
            {"": words.code(str(code)), **_in_language(item, words.language)}
            for code, item in value.items()
        ]
    else:
        return None
    names = list(dict.fromkeys(name for row in records for name in row))
    heads = [words.name(_bare(one, words.language)) if one else "" for one in names]
    rows = [[words.value(row.get(one), one) for one in names] for row in records[:RECORDS_SHOWN]]
    numbers = frozenset(
        place for place, one in enumerate(names) if all(_is_number(row.get(one)) for row in records)
    )
    return Table(words.name(name), heads, rows, numbers, len(records))


def _record(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A record with one wording: of ``th`` and ``en`` the reader's, first."""
    found = _in_language(row, language)
    if {"th", "en"} <= set(row):
        found = {"": row[language]} | {n: v for n, v in found.items() if n not in ("th", "en")}
    return found


def _inner(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and not {"th", "en"} <= set(value)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


# --- The features ---------------------------------------------------------------------------


def _feature_table(
    chosen: Process, shown: gpd.GeoDataFrame, total: int, words: ProcessWords
) -> Table | None:
    """The columns that the process defines, as far as they say something."""
    other = "_en" if words.language == "th" else "_th"
    columns = [
        item
        for item in chosen.outputs
        if item.name in shown and not item.name.endswith(other) and _tells(shown[item.name])
    ]
    if not columns:
        return None
    cells = [[_cell(item, value, words) for value in shown[item.name]] for item in columns]
    numbers = frozenset(
        place
        for place, item in enumerate(columns)
        if item.type in ("number", "integer") and not item.values
    )
    rows = [list(row) for row in zip(*cells, strict=True)]
    return Table("", [item.label.get(words.language) for item in columns], rows, numbers, total)


def _tells(column: pd.Series[Any]) -> bool:
    return any(not _nothing(value) for value in column)


def _nothing(value: Any) -> bool:
    if isinstance(value, (list, tuple, dict, np.ndarray)):
        return len(value) == 0
    return value is None or bool(pd.isna(value))


def _cell(item: Output, value: Any, words: ProcessWords) -> str:
    if _nothing(value):
        return ""
    if isinstance(value, (list, tuple, dict)) and not item.values:
        return words.value(value)
    if item.values and item.type == "text" and value not in item.values:
        return words.code(str(value))
    return say(item, value).get(words.language)


def _map(chosen: Process, shown: gpd.GeoDataFrame) -> dict[str, Any] | None:
    """The features, drawn as the layer that they belong to is drawn."""
    shapes = shown.geometry
    if (shapes.isna() | shapes.is_empty).all():
        return None
    drawing = _drawing(chosen, pd.DataFrame(shown.drop(columns=shapes.name)))
    texts = shapely.to_geojson(thin(shapes.where(~shapes.is_empty)))
    features = (
        f'{{"type":"Feature","properties":{{}},"geometry":{text or "null"}}}' for text in texts
    )
    return drawn_map(",".join(features), drawing, closest=CLOSEST)


def _drawing(chosen: Process, rows: pd.DataFrame) -> Drawing:
    looks = list(_looks((*chosen.writes, *chosen.reads)))
    best = max(looks, key=lambda look: sum(c.field in rows for c in look.classes))
    return best.draw(rows)


def _looks(layer_ids: Iterable[str]) -> Iterable[Style]:
    empty = gpd.GeoDataFrame(geometry=[])
    return (MapLayer(CATALOGUE[layer_id], empty).look for layer_id in layer_ids)
