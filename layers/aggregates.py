"""Totals by area: what anyone may get of layers whose rows they may not read.

A caller who reads rows gets exact totals of just those rows. Everyone else gets the published set
(:mod:`layers.publications`), suppressed as one table per layer version, so that whatever of it is
put together tells no small cell (SDC-R9, R11).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from geo.text import Text
from layers.disclosure import (
    DisclosureRules,
    State,
    Sum,
    dominated,
    hide_alone,
    label,
    suppress,
    top_share,
)
from layers.errors import NotFound
from layers.model import Field, Layer, Privacy
from layers.privacy import owner_view, public_view, rows_refused
from layers.publications import (
    CUSTODY,
    LEVELS,
    PUBLISHED,
    UNKNOWN,
    Level,
    Publication,
    Statistic,
    open_publication,
)
from layers.query import Query, View
from layers.store import Store
from layers.store.tally import Tally

__all__ = ["AREA_LAYERS", "Figure", "aggregate", "publication_of"]

AREA_LAYERS: Mapping[Level, str] = {
    "province": "provinces",
    "district": "districts",
    "tambon": "tambons",
    "village": "villages",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """The total of one area, or of one group in it.

    ``count`` is None where it is suppressed; ``shown`` is then what is said in its place.
    ``value`` is the sum or mean asked for, None where there is none or it is suppressed;
    ``top`` the share of the greatest contributor as a class, where one dominates (SDC-R5).
    """

    area: str
    name: Text
    group: str | None
    group_label: Text | None
    count: int | None
    shown: int | Text
    value: float | None = None
    top: Text | None = None


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
    names = _names(store, by, store.state(AREA_LAYERS[by]).version)  # type: ignore[arg-type]
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
    from dataclasses import replace

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
        told = _value(row, statistic) if value is not None else None
        name, text = names.get(row.area, _placed(row.area)), _group_label(layer, group, row.group)
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


def _value(row: Tally, statistic: Statistic) -> float | None:
    if not row.known:
        return None
    return row.total if statistic == "sum" else row.total / row.known


def _group_label(layer: Layer, group: str | None, code: str | None) -> Text | None:
    if group is None:
        return None
    field = layer.by_name[group]
    return _codes(field).get(code or "", Text(code or "", code or ""))


def _codes(field: Field) -> dict[str, Text]:
    """The values that rows are counted by, "" for none."""
    yes_no = {"true": Text("ใช่", "yes"), "false": Text("ไม่ใช่", "no")}
    known = yes_no if field.type == "boolean" else dict(field.values or {})
    return {**known, "": UNKNOWN}


def _placed(code: str) -> Text:
    """A row that is known less finely than the level asked for."""
    return Text(f"{code} (ไม่ระบุพื้นที่ย่อย)", f"{code} (not known more finely)")


@lru_cache(maxsize=16)
def _names(store: Store, level: Level, _version: int) -> dict[str, Text]:
    layer = store.layer(AREA_LAYERS[level])
    query = Query(layer=layer.id, fields=("code", "name_th", "name_en"), geometry=False, limit=None)
    rows = store.read(query, public_view(layer))
    told = zip(rows["code"], rows["name_th"], rows["name_en"], strict=True)
    return {
        code: Text(thai if isinstance(thai, str) else code, en if isinstance(en, str) else code)
        for code, thai, en in told
    }


def _areas_version(store: Store) -> tuple[int, ...]:
    return tuple(state.version for state in store.states(list(AREA_LAYERS.values())))


# The published set of a layer, suppressed as one


Cell = tuple[int, str | None, str, str]
"""Digits of the level, field counted by, area code, value ("" for none)."""


class _Published:
    """All counts that are published of one version of a layer, and what became of each."""

    def __init__(self, store: Store, layer: Layer, publication: Publication) -> None:
        self.publication = publication
        self.rules = DisclosureRules()
        self.place: dict[Cell, int] = {}
        self.n: list[int] = []
        self.k: list[int] = []
        self.sensitive: list[bool] = []
        self.sums: list[Sum] = []
        self._add_areas(store, layer)
        for grouping in publication.groups:
            self._add_groups(store, layer, grouping.field)
        self.state = suppress(
            np.array(self.n, dtype=int),
            self.sums,
            k=np.array(self.k, dtype=int),
            sensitive=np.array(self.sensitive, dtype=bool),
            rules=self.rules,
        )

    def _of(self) -> Sequence[tuple[str, str]]:
        return (self.publication.of,) if self.publication.of else ()

    def _add(self, cell: Cell, count: int, *, sensitive: bool) -> int:
        self.place[cell] = len(self.n)
        self.n.append(count)
        self.sensitive.append(sensitive)
        self.k.append(int(self.rules.sdc_k_sensitive if sensitive else self.rules.sdc_k))
        return self.place[cell]

    def _finest(self) -> int:
        return LEVELS[self.publication.office_level or self.publication.level]

    def _add_areas(self, store: Store, layer: Layer) -> None:
        rows = store.tally(layer.id, owner_view(layer), self._finest(), of=self._of())
        for digits in range(2, self._finest() + 1, 2):
            sensitive = self.publication.sensitive and digits <= LEVELS[self.publication.level]
            counts = Counter[str]()
            for row in rows:
                counts[row.area[:digits]] += row.rows
            if sensitive:  # an area without any row must look like one with a few
                counts.update(dict.fromkeys(_codes_of_level(store, digits), 0))
            for area, count in sorted(counts.items()):
                self._add((digits, None, area, ""), count, sensitive=sensitive)
        self._join(None, self._finest())

    def _add_groups(self, store: Store, layer: Layer, field: str) -> None:
        grouping = self.publication.grouping(field)
        if grouping is None:
            return
        finest, owner = LEVELS[grouping.level], owner_view(layer)
        rows = store.tally(layer.id, owner, finest, group=field, of=self._of())
        codes = dict.fromkeys([*_codes(layer.by_name[field]), *(row.group or "" for row in rows)])
        for digits in range(2, finest + 1, 2):
            counts = Counter[tuple[str, str]]()
            for row in rows:
                counts[row.area[:digits], row.group or ""] += row.rows
            for area in [c[2] for c in self.place if c[:2] == (digits, None)]:
                cells = [
                    self._add(
                        (digits, field, area, c), counts[area, c], sensitive=grouping.sensitive
                    )
                    for c in codes
                ]
                whole = self.place[digits, None, area, ""]
                self.sums.append(Sum(whole, tuple(cells), keep=True))
        self._join(field, finest)

    def _join(self, field: str | None, finest: int) -> None:
        """Each area is the sum of those one level below it."""
        parts: defaultdict[int, list[int]] = defaultdict(list)
        for (digits, of, area, code), number in self.place.items():
            if of == field and 2 < digits <= finest:
                parts[self.place[digits - 2, field, area[: digits - 2], code]].append(number)
        self.sums += [Sum(total, tuple(below)) for total, below in parts.items()]

    def counts(
        self, layer: Layer, by: Level, group: str | None, names: Mapping[str, Text]
    ) -> Iterator[Figure]:
        """The counts of one level, of every area that is known."""
        digits = LEVELS[by]
        codes = _codes(layer.by_name[group]) if group else {"": UNKNOWN}
        found = {c[2:]: number for c, number in self.place.items() if c[:2] == (digits, group)}
        grouping = self.publication.grouping(group) if group else None
        sensitive = bool(grouping and grouping.sensitive)
        empty = int(State.SMALL if sensitive else State.SHOWN)
        k = int(self.rules.sdc_k_sensitive)
        for area in sorted({*names, *(area for area, _ in found)}):
            name = names.get(area) or _placed(area)
            for code in dict.fromkeys([*codes, *(c for a, c in found if a == area)]):
                number = found.get((area, code))
                if number is None:
                    count, state, shown = 0, empty, label(0, empty, k=k, sensitive=sensitive)
                else:
                    count, state = self.n[number], int(self.state[number])
                    shown = label(count, state, k=self.k[number], sensitive=self.sensitive[number])
                open_count = count if state == State.SHOWN else None
                text = _group_label(layer, group, code)
                yield Figure(area, name, code if group else None, text, open_count, shown)

    def values(
        self,
        store: Store,
        layer: Layer,
        by: Level,
        value: str,
        statistic: Statistic,
        names: Mapping[str, Text],
    ) -> Iterator[Figure]:
        """The sum or mean of a field in each area of a level, with its count."""
        entry = self.publication.value(value, statistic)
        finest = LEVELS[entry.level] if entry else 2
        owner = owner_view(layer)
        tallied = store.tally(layer.id, owner, finest, value=value, of=self._of())
        rows = _rolled_up(tallied, finest)
        places = {cell: number for number, cell in enumerate(rows)}
        hidden = [self._hides(digits, area, row) for (digits, area), row in rows.items()]
        below: defaultdict[int, list[int]] = defaultdict(list)
        for (digits, area), number in places.items():
            if digits > 2:
                below[places[digits - 2, area[: digits - 2]]].append(number)
        sums = [Sum(total, tuple(parts)) for total, parts in below.items()]
        closed = hide_alone(hidden, [row.known for row in rows.values()], sums)
        for figure in self.counts(layer, by, None, names):
            row = rows.get((LEVELS[by], figure.area))
            if row is None or closed[places[LEVELS[by], figure.area]]:
                yield figure
                continue
            high = bool(dominated(row.total, row.first, row.second, self.rules))
            top = top_share(row.total, row.first) if high and statistic == "sum" else None
            told = _value(row, statistic)
            yield Figure(
                figure.area, figure.name, None, None, figure.count, figure.shown, told, top
            )

    def _hides(self, digits: int, area: str, row: Tally) -> bool:
        number = self.place[digits, None, area, ""]
        if self.state[number] != State.SHOWN or row.known < self.k[number]:
            return True  # SDC-R4
        finer = digits > LEVELS["province"]
        return finer and bool(dominated(row.total, row.first, row.second, self.rules))


def _rolled_up(rows: Sequence[Tally], finest: int) -> dict[tuple[int, str], Tally]:
    found: dict[tuple[int, str], Tally] = {}
    for digits in range(2, finest + 1, 2):
        for row in rows:
            cell = digits, row.area[:digits]
            had = found.get(cell, Tally(cell[1], None, 0))
            first, second, *_ = sorted((had.first, had.second, row.first, row.second))[::-1]
            found[cell] = Tally(
                cell[1], None, had.rows + row.rows, had.known + row.known,
                had.total + row.total, first, second,
            )  # fmt: skip
    return found


def _codes_of_level(store: Store, digits: int) -> list[str]:
    level = next(level for level, length in LEVELS.items() if length == digits)
    version = store.state(AREA_LAYERS[level]).version
    return list(_names(store, level, version))  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _published(store: Store, layer_id: str, _version: int, _areas: tuple[int, ...]) -> _Published:
    return _Published(store, store.layer(layer_id), PUBLISHED[layer_id])
