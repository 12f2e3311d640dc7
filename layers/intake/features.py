"""GeoJSON features through the checks that files go through: one set of rules for both doors."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.geometry

from layers.intake.geometry import KIND_LABELS, check_shapes
from layers.intake.prepare import watch_text
from layers.intake.readers import WGS84
from layers.intake.report import Finding
from layers.intake.values import convert
from layers.model import Field, Layer

__all__ = ["Checked", "check_features"]

UUID_FORM = "[0-9a-f]{8}-"  # how the pattern of a key that devices make begins


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows that are ready to be written, their keys, and all that was found.

    ``rows`` has a column for each field that any feature brings; the index counts from 1.
    """

    rows: pd.DataFrame
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse a row."""
        return tuple(f for f in self.findings if f.rejects or f.severity == "error")


def check_features(
    features: Sequence[Any],
    layer: Layer,
    *,
    writable: frozenset[str],
    key: str | None = None,
    whole: bool = True,
) -> Checked:
    """Check features (coordinates in CRS84) for a layer.

    ``writable`` are the fields that the writer may set. ``key`` is that of the one feature that
    is changed. ``whole`` False is a patch: only what it names is looked at, nothing is missing.

    >>> from layers.catalogue import CATALOGUE
    >>> layer = CATALOGUE["provinces"]
    >>> bad = [{"type": "Feature", "properties": {"code": "8x", "king": 1}, "geometry": None}]
    >>> [f.code for f in check_features(bad, layer, writable=frozenset(layer.by_name)).errors][:2]
    ['IMP-E-PATTERN', 'EDIT-E-FIELD']
    """
    found: list[Finding] = []
    records = [_record(one, row, found) for row, one in enumerate(features, 1)]
    keys = [_key(one, record, layer, key) for one, record in zip(features, records, strict=True)]
    index = pd.RangeIndex(1, len(features) + 1)
    columns = {layer.key: _checked_keys(keys, layer, index, key, found)}
    for name in _names(records, layer, whole, writable):
        if name in layer.by_name and name in writable and not layer.by_name[name].computed:
            raw = _cells([record.get(name) for record in records], index, name)
            columns[name] = _column(raw, layer.by_name[name], layer, found)
        else:
            code = "EDIT-E-COMPUTED" if name in writable else "EDIT-E-FIELD"
            rows = [row for row, record in enumerate(records, 1) if name in record]
            found += [Finding(code, row, name) for row in rows]
    frame = pd.DataFrame(columns, index=index)
    if layer.geometry is not None and (whole or any("geometry" in one for one in _dicts(features))):
        shapes = _shapes(features, layer, index, found)
        frame = gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)
    return Checked(frame, tuple(found))


def _record(one: Any, row: int, found: list[Finding]) -> dict[str, Any]:
    good = isinstance(one, Mapping) and one.get("type", "Feature") == "Feature"
    properties = one.get("properties") if good else None
    if not good or not isinstance(properties, Mapping | None):
        found.append(Finding("EDIT-E-FEATURE", row))
        return {}
    return dict(properties or {})


def _dicts(features: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [one for one in features if isinstance(one, Mapping)]


def _key(one: Any, record: dict[str, Any], layer: Layer, key: str | None) -> Any:
    given = record.pop(layer.key, None)
    outer = one.get("id") if isinstance(one, Mapping) else None
    found = next((value for value in (given, outer, key) if value is not None), None)
    pattern = layer.by_name[layer.key].pattern
    if found is None and (pattern is None or UUID_FORM in pattern):
        return str(uuid.uuid4())
    return found


def _checked_keys(
    keys: list[Any],
    layer: Layer,
    index: pd.Index[Any],
    key: str | None,
    found: list[Finding],
) -> pd.Series[Any]:
    values, findings = convert(_cells(keys, index, layer.key), layer.by_name[layer.key])
    failed = {finding.row for finding in findings}
    found += findings
    twice = values[values.duplicated(keep=False) & values.notna()]
    for row in map(int, index):
        value = values[row]
        if pd.isna(value):
            if row not in failed:
                found.append(Finding("IMP-E-REQUIRED", row, layer.key))
        elif key is not None and value != key:
            found.append(Finding("EDIT-E-KEY", row, layer.key, str(value), {"stored": key}))
        elif row in twice.index:
            other = next(int(r) for r in twice.index if twice[r] == value and r != row)
            places: dict[str, object] = {"row2": other, "key": value}
            found.append(Finding("IMP-E-DUPKEY", row, layer.key, str(value), places))
    return values


def _names(
    records: Sequence[Mapping[str, Any]], layer: Layer, whole: bool, writable: frozenset[str]
) -> list[str]:
    """Fields to look at: all that may be written and all that came, in the layer's order."""
    came = dict.fromkeys(str(name) for record in records for name in record)
    own: Iterable[str] = (
        f.name for f in layer.fields if f.name in writable and not f.computed and whole
    )
    known = {name: None for name in (*own, *came) if name != layer.key}
    order = {name: place for place, name in enumerate(layer.by_name)}
    return sorted(known, key=lambda name: order.get(name, -1))


def _column(
    raw: pd.Series[Any], field: Field, layer: Layer, found: list[Finding]
) -> pd.Series[Any]:
    values, findings = convert(raw, field)
    if field.type == "text" and field.values is None:
        values = watch_text(values, field.name, field, layer, found)
    failed = {finding.row for finding in findings}
    found += findings
    if field.required:
        empty = values.isna() & ~values.index.isin(failed)
        found += [Finding("IMP-E-REQUIRED", int(row), field.name) for row in values.index[empty]]
    return values


def _cells(values: Sequence[Any], index: pd.Index[Any], name: str) -> pd.Series[Any]:
    cells = np.empty(len(values), dtype=object)
    cells[:] = list(values)
    return pd.Series(cells, index=index, name=name, dtype=object)


def _shapes(
    features: Sequence[Any], layer: Layer, index: pd.Index[Any], found: list[Finding]
) -> Any:
    shapes = np.full(len(features), None, dtype=object)
    unread: set[int | None] = set()
    for row, one in enumerate(features, 1):
        geometry = one.get("geometry") if isinstance(one, Mapping) else None
        if geometry is None:
            continue
        try:
            shapes[row - 1] = _shape(geometry)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            unread.add(row)
            reason = str(error)[:80] or type(error).__name__
            found.append(Finding("EDIT-E-GEOMETRY", row, "geometry", values={"reason": reason}))
    checked = check_shapes(
        shapes, index, crs=WGS84, kind=layer.geometry or "Geometry", bounds=layer.bounds
    )
    found += [f for f in checked.findings if f.row not in unread]
    return checked.shapes


def _shape(geometry: Any) -> shapely.Geometry:
    if not isinstance(geometry, Mapping) or geometry.get("type") not in KIND_LABELS:
        raise ValueError("type")
    shape: shapely.Geometry = shapely.geometry.shape(dict(geometry))
    return shape
