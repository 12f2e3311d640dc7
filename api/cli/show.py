"""A result on the terminal: figures, a table of features, what decided it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich.table import Table

from api.cli.context import Context
from geo.text import Text
from layers.processes import Output, Process, Result

__all__ = ["show"]

ROWS_SHOWN = 20


def show(context: Context, chosen: Process, result: Result) -> None:
    """Print a result in the user's language; ``--json`` is for programs."""
    language = context.settings.language
    context.say(chosen.title)
    for name, value in result.summary.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            context.out.print(_records(value, language))
        else:
            context.out.print(f"  {name}: {_cell(value, language)}", markup=False)
    if result.features is not None and len(result.features):
        context.out.print(_features(chosen, result.features, language))
        more = len(result.features) - ROWS_SHOWN
        if more > 0:
            rest = Text(f"... อีก {more} แถว (--json ดูทั้งหมด)", f"... {more} more (--json shows all)")
            context.say(rest)
    used = {name: value for name, value in result.parameters.items() if not isinstance(value, dict)}
    context.out.print(f"  parameters: {used}", markup=False, style="dim")
    context.out.print(f"  rules: {', '.join(result.rules)}", markup=False, style="dim")
    context.out.print(f"  layers: {result.layer_versions}", markup=False, style="dim")


def _features(chosen: Process, features: pd.DataFrame, language: str) -> Table:
    """A row per feature; a single feature stands upright, a line per figure."""
    other = "_en" if language == "th" else "_th"
    columns = [
        item
        for item in chosen.outputs
        if item.name in features.columns and not item.name.endswith(other)
    ]
    heads = [
        item.label.get(language) + (f" ({item.unit})" if item.unit else "") for item in columns
    ]
    rows = [
        [_label(item, record[item.name], language) for item in columns]
        for record in features.head(ROWS_SHOWN).to_dict("records")
    ]
    if len(rows) == 1:
        table = Table(box=None, pad_edge=False, show_header=False)
        for head, cell in zip(heads, rows[0], strict=True):
            table.add_row(head, cell)
        return table
    table = Table(box=None, pad_edge=False, header_style="bold")
    for item, head in zip(columns, heads, strict=True):
        right = item.type in ("number", "integer")
        table.add_column(head, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _records(rows: Sequence[Mapping[str, Any]], language: str) -> Table:
    """A row per record; of two wordings only the reader's."""
    other = "en" if language == "th" else "th"
    names = [name for name in rows[0] if name != other]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        numbers = isinstance(rows[0][name], (int, float))
        table.add_column("" if name == language else name, justify="right" if numbers else "left")
    for row in rows[:ROWS_SHOWN]:
        table.add_row(*(_cell(row.get(name), language) for name in names))
    return table


def _label(item: Output, value: Any, language: str) -> str:
    if isinstance(value, list):
        return ", ".join(_label(item, part, language) for part in value) or "-"
    if item.values and value in item.values:
        return item.values[value].get(language)
    return _cell(value, language)


def _cell(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        if set(value) == {"th", "en"}:
            return str(value[language])
        return ", ".join(f"{name} {_cell(item, language)}" for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(item, language) for item in value) or "-"
    if value is None or pd.isna(value):
        return "-"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
