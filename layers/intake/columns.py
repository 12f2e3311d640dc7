"""Which column of a file is which field of a layer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from geo.thai import normalise
from layers.intake.profiles import ColumnRule, Profile
from layers.intake.report import Finding, refuse
from layers.intake.text import to_series
from layers.intake.values import as_text
from layers.model import Field, Layer

__all__ = ["Matching", "heading_key", "match_columns", "strip_prefix"]

_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class Matching:
    """``rules`` says which heading fills which field; the findings name what is left over."""

    rules: dict[str, ColumnRule]
    findings: tuple[Finding, ...]


def heading_key(heading: str) -> str:
    """A heading as it is compared: no case, spaces, underscores or hyphens.

    >>> heading_key(" Area  Code ") == heading_key("area_code")
    True
    """
    return re.sub(r"[\s_\-]+", "", normalise(heading)).casefold()


def match_columns(
    columns: pd.DataFrame, layer: Layer, profile: Profile | None, file: str
) -> Matching:
    """Match headings to fields: by the profile, else by name, alias, Thai or English label.

    A heading may carry a unit in brackets behind it, or stand in two languages with a slash
    between (รหัสแปลง / plot_id). Two headings for one field: the closer match is taken and the
    other is named. Refuses a file without a required column, or without any that fits.
    """
    rules: dict[str, ColumnRule] = {}
    left: list[str] = []
    if profile is not None:
        fields = set(layer.by_name)
        rules = {h: r for h, r in profile.columns.items() if h in columns and r.field in fields}
        known = profile.ignored | rules.keys()
        left = [str(heading) for heading in columns if heading not in known]
        findings = [Finding("IMP-I-EXTRACOL", column=heading) for heading in left]
    else:
        rules, findings = _by_words(columns, layer)
    constants = set(profile.constants) if profile else set()
    _demand(layer, {rule.field for rule in rules.values()} | constants, file)
    if not rules:
        refuse("IMP-E-NOCOLUMNS", file=file, layer=layer.title)
    return Matching(rules, tuple(findings))


def strip_prefix(column: pd.Series[Any], prefix: str) -> pd.Series[Any]:
    """A column of codes without the prefix that a source puts before them.

    >>> strip_prefix(pd.Series(["TH83", "83", None]), "TH").tolist()[:2]
    ['83', '83']
    """
    texts = pc.replace_substring_regex(as_text(column), f"^{re.escape(prefix)}", "")
    return to_series(texts, column)


def _by_words(columns: pd.DataFrame, layer: Layer) -> tuple[dict[str, ColumnRule], list[Finding]]:
    words = _field_words(layer.fields)
    candidates: list[tuple[int, int, str, Field]] = []
    for position, heading in enumerate(map(str, columns.columns)):
        found = _field_of(heading, words)
        if found:
            candidates.append((found[0], position, heading, found[1]))
    candidates.sort(key=lambda candidate: candidate[:2])
    taken: dict[str, str] = {}
    findings: list[Finding] = []
    rules: dict[str, ColumnRule] = {}
    for _, _, heading, field in candidates:
        if field.name in taken and _equal(columns, heading, taken[field.name]):
            continue
        if field.name in taken:
            values = {"other": taken[field.name], "field": field.label}
            findings.append(Finding("IMP-W-TWOCOL", column=heading, values=values))
        else:
            taken[field.name] = heading
            rules[heading] = ColumnRule(field.name)
    matched = {heading for _, _, heading, _ in candidates}
    for heading in map(str, columns.columns):
        if heading not in matched and not _takes_id(heading, columns, layer, rules, taken):
            findings.append(Finding("IMP-I-EXTRACOL", column=heading))
    return rules, findings


def _takes_id(
    heading: str,
    columns: pd.DataFrame,
    layer: Layer,
    rules: dict[str, ColumnRule],
    taken: dict[str, str],
) -> bool:
    """A GeoJSON feature's own ``id`` is the key, or repeats it: either way nothing is lost."""
    if heading != "id":
        return False
    if layer.key not in taken:
        rules[heading] = ColumnRule(layer.key)
        taken[layer.key] = heading
        return True
    return _equal(columns, heading, taken[layer.key])


def _equal(columns: pd.DataFrame, heading: str, other: str) -> bool:
    """Whether a column only repeats another, so that nothing is lost with it."""
    return bool(as_text(columns[heading]).equals(as_text(columns[other])))


def _field_words(fields: Iterable[Field]) -> list[dict[str, Field]]:
    """Words that mean a field, closest first; a word that means two fields means none."""
    fields = list(fields)
    ranks: list[dict[str, list[Field]]] = [{}, {}, {}]
    for field in fields:
        labels = (field.label.th, field.label.en)
        for rank, names in enumerate(((field.name,), field.aliases, labels)):
            for key in {heading_key(name) for name in names}:
                ranks[rank].setdefault(key, []).append(field)
    return [{key: found[0] for key, found in rank.items() if len(found) == 1} for rank in ranks]


def _field_of(heading: str, words: list[dict[str, Field]]) -> tuple[int, Field] | None:
    spellings = [heading, _BRACKET.sub("", heading), *heading.split(" / ")]
    keys = [heading_key(spelling) for spelling in spellings]
    for rank, fields in enumerate(words):
        for key in keys:
            if key in fields:
                return rank, fields[key]
    return None


def _demand(layer: Layer, filled: set[str], file: str) -> None:
    missing = [f for f in layer.fields if f.required and not f.computed and f.name not in filled]
    if layer.key not in filled and not layer.by_name[layer.key].computed:
        missing += [] if layer.by_name[layer.key] in missing else [layer.by_name[layer.key]]
    if missing:
        names = ", ".join(f"{field.label.th} ({field.name})" for field in missing)
        refuse("IMP-E-HEADER", file=file, col=names)
