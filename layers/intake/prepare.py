"""One file to clean rows: the order of the checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.compute as pc

from geo.text import Text
from layers.intake.columns import match_columns, strip_prefix
from layers.intake.geometry import check_shapes
from layers.intake.infer import content_keys, infer_layer
from layers.intake.personal import id_card_column
from layers.intake.profiles import ColumnRule, Profile, choose_profile, usual_layer
from layers.intake.readers import Source, read_file
from layers.intake.report import Finding, Report, refuse
from layers.intake.text import (
    contacts_removed,
    digits_in_links,
    foreign_script,
    mixed_scripts,
    to_arrow,
    to_series,
)
from layers.intake.values import convert
from layers.model import Field, Layer

__all__ = ["Intake", "Progress", "prepare", "watch_text"]

Progress = Callable[[Text, float], None]
"""Called with what is being done and the share done, 0 to 1."""

_CONTACT_WORDS = (
    "phone", "tel", "mobile", "fax", "mail", "contact", "line", "url", "web", "facebook",
    "โทร", "อีเมล", "ติดต่อ", "เว็บ",
)  # fmt: skip
_READING = Text("อ่านไฟล์", "Reading the file")
_VALUES = Text("ตรวจค่าในคอลัมน์", "Checking the columns")
_SHAPES = Text("ตรวจพิกัดและรูปทรง", "Checking the geometry")


@dataclass(frozen=True, slots=True)
class Intake:
    """A checked file: the layer its rows belong to, the rows that are clean, and the report.

    ``rows`` has a column for every field that the file fills, typed as its field, and, for a
    layer that keeps positions, ``geometry`` in EPSG:4326. The index counts from 0.
    """

    layer: Layer
    rows: pd.DataFrame
    report: Report


def prepare(
    path: Path | str,
    layer: Layer | None,
    *,
    layer_id: str,
    profile: str | None = None,
    encoding: str | None = None,
    crs: str | int | None = None,
    repair: bool = False,
    source_layer: str | None = None,
    progress: Progress | None = None,
) -> Intake:
    """Read a file and check it completely for a layer; None makes a user layer out of the file.

    ``profile`` names an import profile; without one the file's headings decide. ``source_layer``
    is the layer or sheet within the file, ``crs`` overrides its coordinate system, ``repair``
    mends invalid shapes (and says so). A row with an error is left out and reported, the others
    stay (partial_accept of IMP-R3).

    Raises IntakeError when the file as a whole cannot be taken, or no row of it.
    """
    tell = progress or (lambda _text, _share: None)
    tell(_READING, 0.0)
    source_layer = source_layer or usual_layer(layer_id, Path(path).name)
    source = read_file(path, source_layer, encoding=encoding, crs=crs)
    personal = id_card_column(source.columns)
    if personal is not None:
        refuse("IMP-E-PERSONALID", file=source.path.name, col=personal)
    found = list(source.findings)
    chosen = None
    if layer is None:
        layer = infer_layer(source, layer_id)
    else:
        chosen = choose_profile(layer_id, source.columns.columns, source.path.name, profile)
    tell(_VALUES, 0.3)
    columns = _columns(source, layer, chosen, found)
    tell(_SHAPES, 0.7)
    shapes = _shapes(source, layer, repair, found)
    _check_keys(source, layer, columns, shapes, found)
    intake = _sorted_out(source, layer, columns, shapes, found, chosen)
    tell(_SHAPES, 1.0)
    return intake


def _columns(
    source: Source, layer: Layer, profile: Profile | None, found: list[Finding]
) -> dict[str, pd.Series[Any]]:
    matching = match_columns(source.columns, layer, profile, source.path.name)
    found += matching.findings
    columns: dict[str, pd.Series[Any]] = {}
    rules = sorted(matching.rules.items(), key=lambda item: _position(layer, item[1]))
    for heading, rule in rules:
        field = layer.by_name[rule.field]
        raw = source.columns[heading]
        if rule.strip_prefix:
            raw = strip_prefix(raw, rule.strip_prefix)
        values, findings = convert(raw, field, typed=source.typed)
        if field.type == "text" and field.values is None:
            values = watch_text(values, heading, field, layer, found)
        failed = {finding.row for finding in findings}
        found += findings
        if field.required:
            empty = values.isna() & ~values.index.isin(failed)
            found += [Finding("IMP-E-REQUIRED", int(row), heading) for row in values.index[empty]]
        columns[field.name] = values
    for name, constant in (profile.constants if profile else {}).items():
        if name in layer.by_name and name not in columns:
            fixed = pd.Series([constant] * len(source), index=source.columns.index, name=name)
            columns[name], _ = convert(fixed, layer.by_name[name])
    return columns


def _position(layer: Layer, rule: ColumnRule) -> int:
    return list(layer.by_name).index(rule.field)


def watch_text(
    values: pd.Series[Any], heading: str, field: Field, layer: Layer, found: list[Finding]
) -> pd.Series[Any]:
    """Free text: damaged words are named, contacts that do not belong there go."""
    texts = to_arrow(values)
    for row in values.index[mixed_scripts(texts)]:
        script = {"script": foreign_script(values[row])}
        found.append(Finding("TXT-W-SCRIPT", int(row), heading, values[row], script))
    linked = digits_in_links(texts)
    if linked.any():
        rows = values.index[linked]
        found += [Finding("TXT-W-MIXDIGIT", int(row), heading, values[row]) for row in rows]
        texts = pc.if_else(linked, None, texts)
    if not layer.user_made and not _holds_contacts(field) and _is_free(field, layer):
        texts, n = contacts_removed(texts)
        if n:
            found.append(Finding("IMP-W-CONTACT", column=heading, values={"n": n}))
    return to_series(texts, values)


def _holds_contacts(field: Field) -> bool:
    words = f"{field.name} {field.label.th} {field.label.en}".casefold()
    return any(word in words for word in _CONTACT_WORDS)


def _is_free(field: Field, layer: Layer) -> bool:
    coded = field.name.endswith(("_id", "_key", "_no", "_code", "_number", "_ref"))
    return not field.pattern and not coded and field.name not in (layer.key, layer.area)


def _shapes(source: Source, layer: Layer, repair: bool, found: list[Finding]) -> Any:
    if layer.geometry is None:
        if source.shapes is not None:
            found.append(Finding("GEO-I-UNUSED", values={"layer": layer.title}))
        return None
    if source.shapes is None or source.crs is None:
        found.append(Finding("GEO-W-NOGEOM", values={"file": source.path.name}))
        return np.full(len(source), None, dtype=object)
    checked = check_shapes(
        source.shapes,
        source.columns.index,
        crs=source.crs,
        kind=layer.geometry,
        bounds=layer.bounds,
        column=source.geometry_column,
        repair=repair,
    )
    # A cell that could not be read has no shape either; it is said once.
    unread = {finding.row for finding in source.findings}
    found += [f for f in checked.findings if not (f.code == "GEO-W-NULL" and f.row in unread)]
    return checked.shapes


def _check_keys(
    source: Source,
    layer: Layer,
    columns: dict[str, pd.Series[Any]],
    shapes: Any,
    found: list[Finding],
) -> None:
    """Every row has a key of its own; of rows that share one, none is chosen silently."""
    if layer.key not in columns:
        made = content_keys(source.columns, shapes)
        columns[layer.key] = made
        label = layer.by_name[layer.key].name
        found.append(Finding("IMP-I-KEYMADE", values={"col": label}))
        return
    keys = columns[layer.key]
    heading = str(keys.name)
    known = keys.dropna()
    twice = known[known.duplicated(keep=False)]
    for key, rows in twice.groupby(twice).groups.items():
        first, second = int(rows[0]), int(rows[1])
        for row in rows:
            other = second if row == first else first
            places = {"row2": other, "key": key}
            found.append(Finding("IMP-E-DUPKEY", int(row), heading, str(key), places))


def _sorted_out(
    source: Source,
    layer: Layer,
    columns: dict[str, pd.Series[Any]],
    shapes: Any,
    found: list[Finding],
    profile: Profile | None,
) -> Intake:
    rows = source.columns.index
    rejected = {finding.row for finding in found if finding.rejects}
    keep = ~rows.isin(rejected)
    report = Report(
        file=source.path.name,
        layer=layer.id,
        read=len(source),
        accepted=int(keep.sum()),
        findings=tuple(found),
        profile=profile.name if profile else None,
        crs=source.crs.to_string() if source.crs else None,
        encoding=source.encoding,
        sha256=source.sha256,
    )
    if not report.accepted:
        first = next(finding for finding in report.findings if finding.rejects)
        refuse("IMP-E-ALLROWS", file=report.file, report=report, n=report.read, first=first.text)
    named = {f.name: columns[f.name] for f in layer.fields if f.name in columns}
    frame = pd.DataFrame(named, index=rows)[keep].reset_index(drop=True)
    if layer.geometry is not None:
        frame = gpd.GeoDataFrame(frame, geometry=shapes[keep], crs=4326)
    return Intake(layer, frame, report)
