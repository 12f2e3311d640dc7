"""The published set of one layer version, suppressed as one table (SDC-R9, R11)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from geo.text import Text
from layers.disclosure import DisclosureRules, State, dominated, label, top_share
from layers.figures import Figure, codes_of, codes_of_level, group_label, placed, value_of
from layers.model import Layer
from layers.privacy import owner_view
from layers.publications import LEVELS, UNKNOWN, Level, Publication, Statistic
from layers.store import Store
from layers.store.tally import Tally
from layers.suppression import Sum, hide_alone, suppress

__all__ = ["PublishedTable"]

Cell = tuple[int, str | None, str, str]
"""Digits of the level, field counted by, area code, value ("" for none)."""


class PublishedTable:
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
                counts.update(dict.fromkeys(codes_of_level(store, digits), 0))
            for area, count in sorted(counts.items()):
                self._add((digits, None, area, ""), count, sensitive=sensitive)
        self._join(None, self._finest())

    def _add_groups(self, store: Store, layer: Layer, field: str) -> None:
        grouping = self.publication.grouping(field)
        if grouping is None:
            return
        finest, owner = LEVELS[grouping.level], owner_view(layer)
        rows = store.tally(layer.id, owner, finest, group=field, of=self._of())
        codes = dict.fromkeys([*codes_of(layer.by_name[field]), *(row.group or "" for row in rows)])
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
        codes = codes_of(layer.by_name[group]) if group else {"": UNKNOWN}
        found = {c[2:]: number for c, number in self.place.items() if c[:2] == (digits, group)}
        grouping = self.publication.grouping(group) if group else None
        sensitive = bool(grouping and grouping.sensitive)
        empty = int(State.SMALL if sensitive else State.SHOWN)
        k = int(self.rules.sdc_k_sensitive)
        for area in sorted({*names, *(area for area, _ in found)}):
            name = names.get(area) or placed(area)
            for code in dict.fromkeys([*codes, *(c for a, c in found if a == area)]):
                number = found.get((area, code))
                if number is None:
                    count, state, shown = 0, empty, label(0, empty, k=k, sensitive=sensitive)
                else:
                    count, state = self.n[number], int(self.state[number])
                    shown = label(count, state, k=self.k[number], sensitive=self.sensitive[number])
                open_count = count if state == State.SHOWN else None
                text = group_label(layer, group, code)
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
            told = value_of(row, statistic)
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
