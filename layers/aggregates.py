"""Totals by area: what anyone may get of layers whose rows they may not read.

A caller who reads rows gets exact totals of just those rows. Everyone else gets the published set
(:mod:`layers.publications`), suppressed as one table per layer version, so that whatever of it is
put together tells no small cell (SDC-R9, R11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from geo.text import Text
from layers.errors import NotFound
from layers.figures import AREA_LAYERS, Figure, area_names, group_label, placed, value_of
from layers.model import Layer, Privacy
from layers.privacy import owner_view, public_view, rows_refused
from layers.publications import (
    CUSTODY,
    LEVELS,
    PUBLISHED,
    Level,
    Publication,
    Statistic,
    open_publication,
)
from layers.published_table import PublishedTable
from layers.query import View
from layers.store import Store
from layers.store.tally import Tally

__all__ = ["aggregate", "publication_of"]


def publication_of(layer: Layer, view: View) -> Publication | None:
    """The totals that a caller with this view may ask for; None for none at all."""
    if not view.aggregates_only:
        return _exact(layer, view)
    return PUBLISHED.get(layer.id)


def aggregate(
    store: Store,
    layer: Layer,
    view: View,
    *,
    by: Level,
    group: str | None = None,
    value: str | None = None,
    statistic: Statistic = "sum",
    office: bool = False,
) -> list[Figure]:
    """Totals of a layer by area, as far as a caller with this view may know them.

    ``office`` is a caller who is signed in. Raises AccessDenied for a layer of which nothing is
    published, NotFound for a combination that is not in the published set (SDC-T12).
    """
    found = publication_of(layer, view)
    if found is None:
        raise rows_refused(layer)
    _require(found, layer, by, group, value, statistic, office=office)
    names = area_names(store, by, store.state(AREA_LAYERS[by]).version)  # type: ignore[arg-type]
    if not view.aggregates_only:
        return list(_counted(store, layer, view, by, group, value, statistic, names))
    version = store.state(layer.id).version
    table = _published(store, layer.id, version, _areas_version(store))  # type: ignore[arg-type]
    if value is not None:
        return list(table.values(store, layer, by, value, statistic, names))
    return list(table.counts(layer, by, group, names))


def _require(
    found: Publication,
    layer: Layer,
    by: Level,
    group: str | None,
    value: str | None,
    statistic: Statistic,
    *,
    office: bool,
) -> None:
    lowest: Level | None = found.level
    if group is not None:
        grouping = found.grouping(group) if value is None else None
        lowest = grouping.level if grouping else None
    elif value is not None:
        entry = found.value(value, statistic)
        lowest = entry.level if entry else None
    elif office and found.office_level is not None:
        lowest = found.office_level
    if lowest is None:
        raise NotFound(
            "aggregate_unpublished",
            Text(
                f"ไม่มีผลรวมของ {layer.title.th} ตามที่ขอในชุดที่เผยแพร่",
                f"The totals of {layer.id} asked for are not in the published set",
            ),
            layer=layer.id,
            groups=[item.field for item in found.groups],
            values=[f"{item.statistic}({item.field})" for item in found.values],
            rule="SDC-R9",
        )
    if LEVELS[by] > LEVELS[lowest]:
        thai = {"province": "จังหวัด", "district": "อำเภอ", "tambon": "ตำบล", "village": "หมู่บ้าน"}
        raise NotFound(
            "aggregate_level",
            Text(
                f"ผลรวมนี้เผยแพร่ละเอียดสุดระดับ{thai[lowest]} ไม่มีระดับ{thai[by]}",
                f"These totals are published down to the {lowest}, not by {by}",
            ),
            layer=layer.id,
            by=by,
            lowest=lowest,
            rule="SDC-R7",
        )


# Rows that the caller may read are counted as they are


def _exact(layer: Layer, view: View) -> Publication:
    found = open_publication(layer)
    whole = view.fields - {mask.field for mask in view.masks}
    if layer.privacy == Privacy.PUBLIC:
        return Publication(
            level=found.level,
            groups=tuple(group for group in found.groups if group.field in whole),
            values=tuple(item for item in found.values if item.field in whole),
        )
    return open_publication(_as_if_public(layer, whole))


def _as_if_public(layer: Layer, fields: frozenset[str]) -> Layer:
    seen = (replace(layer.by_name[name], privacy=Privacy.PUBLIC) for name in fields)
    rest = (item for item in layer.fields if item.name not in fields)
    return replace(layer, fields=(*seen, *rest))


def _counted(
    store: Store,
    layer: Layer,
    view: View,
    by: Level,
    group: str | None,
    value: str | None,
    statistic: Statistic,
    names: Mapping[str, Text],
) -> Iterator[Figure]:
    rows = store.tally(layer.id, view, LEVELS[by], group=group, value=value)
    if by == "province" and value is None:
        rows = _with_custody(store, layer, view, group, rows)
    for row in rows:
        told = value_of(row, statistic) if value is not None else None
        name, text = names.get(row.area, placed(row.area)), group_label(layer, group, row.group)
        yield Figure(row.area, name, row.group, text, row.rows, row.rows, told)


def _with_custody(
    store: Store, layer: Layer, view: View, group: str | None, rows: list[Tally]
) -> list[Tally]:
    """The closed sites that are published as numbers by province, among the others (SDC-R10)."""
    if layer.id not in CUSTODY or group != CUSTODY[layer.id][0] or view != public_view(layer):
        return rows
    field, codes = CUSTODY[layer.id]
    asked = [(field, code) for code in sorted(codes)]
    sites = store.tally(layer.id, owner_view(layer), LEVELS["province"], group=group, of=asked)
    others = [row for row in rows if row.group not in codes]
    return sorted([*others, *sites], key=lambda row: (row.area, row.group or ""))


def _areas_version(store: Store) -> tuple[int, ...]:
    return tuple(state.version for state in store.states(list(AREA_LAYERS.values())))


@lru_cache(maxsize=64)
def _published(
    store: Store, layer_id: str, _version: int, _areas: tuple[int, ...]
) -> PublishedTable:
    return PublishedTable(store, store.layer(layer_id), PUBLISHED[layer_id])
