"""Suppression: which cells of tables that are published together may be shown (SDC-R1, R3, R9).

A published table is a set of cells and the sums among them: a row, a column, a district of its
tambons. Cells below k are hidden (primary, SDC-R1, R6); further ones, so that no hidden cell comes
out by subtraction (secondary, SDC-R3); and totals, until each small cell keeps at least
``sdc_min_interval`` values that are possible (SDC-R3b, R9). What is possible is what an integer
program finds that knows every shown cell, every label and every sum.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from layers.disclosure import DisclosureRules, State

__all__ = ["Sum", "hide_alone", "possible", "suppress"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sum:
    """Cell ``total`` is the sum of the cells ``parts`` (indices into the counts).

    Where the parts tell too much, the total is hidden with them (SDC-R3b). One that other tables
    need too (``keep``) stays, and the parts are closed: then not even their labels tell.
    """

    total: int
    parts: tuple[int, ...]
    keep: bool = False


def suppress(
    counts: ArrayLike,
    sums: Sequence[Sum],
    *,
    k: ArrayLike,
    sensitive: ArrayLike = False,
    rules: DisclosureRules | None = None,
) -> Ints:
    """The :class:`State` of each of n cells that are published together.

    ``k`` is the smallest count that may be shown, ``sensitive`` whether 0 is hidden too; each is
    one value or n. Cells and sums are all that anyone can get hold of: what is not among them
    must not be published beside them (SDC-R9).

    >>> suppress([12, 3, 7, 20, 42], [Sum(4, (0, 1, 2, 3))], k=5).tolist()  # SDC-T1
    [0, 1, 2, 0, 0]
    >>> suppress([3, 4, 7], [Sum(2, (0, 1))], k=5).tolist()  # SDC-T3: the total too
    [1, 1, 2]
    >>> suppress([0, 7], [], k=10, sensitive=True).tolist()
    [1, 1]
    >>> suppress([], [], k=5).tolist()
    []
    """
    table = _Table.of(counts, sums, k, sensitive, rules or DisclosureRules())
    table.hide_single(range(len(sums)))
    table.audit()
    return table.state


def possible(
    counts: ArrayLike,
    sums: Sequence[Sum],
    state: ArrayLike,
    *,
    k: ArrayLike,
    sensitive: ArrayLike = False,
) -> tuple[Ints, Ints]:
    """The least and the greatest value of each cell that someone can conclude who sees the table.

    A greatest of -1 stands for no limit.

    >>> low, high = possible([3, 4, 7], [Sum(2, (0, 1))], [1, 1, 0], k=5)
    >>> low.tolist(), high.tolist()
    ([3, 3, 7], [4, 4, 7])
    """
    table = _Table.of(counts, sums, k, sensitive, DisclosureRules())
    table.state = np.array(state, dtype=np.int64)
    low, high = table.counts.copy(), table.counts.copy()
    for cells in table.components():
        for cell in cells:
            low[cell], high[cell] = table.ends(cell, cells)
    return low, high


def hide_alone(hidden: ArrayLike, sizes: ArrayLike, sums: Sequence[Sum]) -> NDArray[np.bool_]:
    """Hide further values until none is the only hidden one of a sum, smallest first (SDC-R3).

    For money and other values whose range nobody can tell; ``sizes`` are the rows behind each of
    n values.

    >>> hide_alone([True, False, False, False], [3, 9, 6, 18], [Sum(3, (0, 1, 2))]).tolist()
    [True, False, True, False]
    """
    out, behind = np.array(hidden, dtype=bool), np.asarray(sizes)
    changed = True
    while changed:
        changed = False
        for one in sums:
            if sum(bool(out[cell]) for cell in (*one.parts, one.total)) == 1:
                shown = [cell for cell in one.parts if not out[cell] and behind[cell] > 0]
                more = min(shown, key=lambda cell: (behind[cell], cell), default=one.total)
                changed |= not out[more]
                out[more] = True
    return out


@dataclass(slots=True)
class _Table:
    """Cells, sums, and how far they are hidden by now."""

    counts: Ints
    sums: Sequence[Sum]
    k: Ints
    sensitive: NDArray[np.bool_]
    rules: DisclosureRules
    small: NDArray[np.bool_]  # what must not come out
    state: Ints
    of_cell: list[list[int]] = field(default_factory=list)  # the sums that each cell stands in

    @classmethod
    def of(
        cls,
        counts: ArrayLike,
        sums: Sequence[Sum],
        k: ArrayLike,
        sensitive: ArrayLike,
        rules: DisclosureRules,
    ) -> _Table:
        n = np.array(counts, dtype=np.int64)
        least = np.broadcast_to(np.asarray(k, dtype=np.int64), n.shape)
        zero_too = np.broadcast_to(np.asarray(sensitive, dtype=bool), n.shape)
        small = (n < least) & ((n > 0) | zero_too)
        table = cls(n, sums, least, zero_too, rules, small, small.astype(np.int64))
        table.of_cell = [[] for _ in n]
        for number, one in enumerate(sums):
            for cell in (one.total, *one.parts):
                table.of_cell[cell].append(number)
        return table

    def hide_single(self, numbers: Iterable[int]) -> None:
        """Hide a second cell wherever one alone is hidden in a sum, or too little is open."""
        waiting = sorted(numbers)
        while waiting:
            for cell in self._step(self.sums[heapq.heappop(waiting)]):
                for touched in self.of_cell[cell]:
                    heapq.heappush(waiting, touched)

    def _step(self, one: Sum) -> list[int]:
        """Hide more of a sum if it tells something; the cells that changed."""
        hidden = [cell for cell in (*one.parts, one.total) if self.state[cell]]
        if len(hidden) == 1:
            return self._loosen(one, total=hidden[0] != one.total)
        if hidden and self._tells(one, hidden):
            if not one.keep and not self.state[one.total]:
                return self._set(State.HIDDEN, [one.total])
            return self._loosen(one, total=True)
        return []

    def _loosen(self, one: Sum, *, total: bool) -> list[int]:
        """Hide the smallest shown part; without one, the total or what the labels tell."""
        smallest = self._smallest(one)
        if smallest is not None:
            return self._set(State.HIDDEN, [smallest])
        if one.keep:
            told = [cell for cell in one.parts if self.state[cell] != State.CLOSED]
            return self._set(State.CLOSED, told)
        return self._set(State.HIDDEN, [one.total] if total and not self.state[one.total] else [])

    def _set(self, state: State, cells: list[int]) -> list[int]:
        self.state[cells] = state
        return cells

    def _smallest(self, one: Sum) -> int | None:
        """The smallest shown part above 0: a hidden 0 would be no cover."""
        shown = [cell for cell in one.parts if not self.state[cell] and self.counts[cell] > 0]
        return min(shown, key=lambda cell: (self.counts[cell], cell)) if shown else None

    def _tells(self, one: Sum, hidden: Sequence[int]) -> bool:
        """Whether this sum alone leaves a small cell too few values (SDC-R3b)."""
        sign = dict.fromkeys(one.parts, 1)
        sign[one.total] = -1
        known = sum(sign[c] * int(self.counts[c]) for c in sign if not self.state[c])
        ends = {cell: self._labelled(cell) for cell in hidden}
        for cell in hidden:
            if not self.small[cell]:
                continue
            rest_low, rest_high = 0.0, 0.0
            for other in hidden:
                if other != cell:
                    low, high = ends[other]
                    rest_low += min(sign[other] * low, sign[other] * high)
                    rest_high += max(sign[other] * low, sign[other] * high)
            sides = sorted((-sign[cell] * (known + rest_low), -sign[cell] * (known + rest_high)))
            low, high = max(ends[cell][0], sides[0]), min(ends[cell][1], sides[1])
            if high - low + 1 < self.rules.sdc_min_interval:
                return True
        return False

    def _labelled(self, cell: int) -> tuple[float, float]:
        """What the label alone says."""
        if self.state[cell] == State.SMALL:
            return (0 if self.sensitive[cell] else 1), int(self.k[cell]) - 1
        return (0 if self.state[cell] == State.CLOSED else int(self.k[cell])), np.inf

    # What all sums together tell

    def audit(self) -> None:
        """Hide more until no small cell can be pinned down by all sums together.

        A table that fits what is shown fits it still when more is hidden, so what once was found
        possible for a cell stays so.
        """
        low, high = self.counts.astype(float), self.counts.astype(float)
        given_up: set[int] = set()
        while True:
            narrow = self.small & (high - low + 1 < self.rules.sdc_min_interval)
            narrow[list(given_up)] = False
            groups = [cells for cells in self.components() if narrow[list(cells)].any()]
            if not groups:
                return
            for cells in groups:
                self._widen(cells, narrow, low, high)
                pinned = narrow & (high - low + 1 < self.rules.sdc_min_interval)
                for cell in [cell for cell in cells if pinned[cell]]:
                    changed = self._cover(cell, cells)
                    self.hide_single(n for touched in changed for n in self.of_cell[touched])
                    if not changed:
                        given_up.add(cell)

    def _widen(
        self,
        cells: tuple[int, ...],
        narrow: NDArray[np.bool_],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
    ) -> None:
        """Look for tables that give each narrow cell of a group enough values."""
        at, program = list(cells), self._program(cells)

        def found(values: NDArray[np.float64]) -> None:
            low[at], high[at] = np.minimum(low[at], values), np.maximum(high[at], values)

        for values in _witnesses(program):
            found(values)
        for place, cell in enumerate(cells):
            for sign in (1, -1):
                enough = high[cell] - low[cell] + 1 >= self.rules.sdc_min_interval
                if not enough and narrow[cell]:
                    found(_extreme(program, place, sign))

    def components(self) -> list[tuple[int, ...]]:
        """Hidden cells in groups that no sum joins."""
        found, seen = [], np.zeros(len(self.counts), dtype=bool)
        for start in np.flatnonzero(self.state):
            if seen[start]:
                continue
            group, edge = [], [int(start)]
            seen[start] = True
            while edge:
                group.append(edge.pop())
                for number in self.of_cell[group[-1]]:
                    for cell in (*self.sums[number].parts, self.sums[number].total):
                        if self.state[cell] and not seen[cell]:
                            seen[cell] = True
                            edge.append(cell)
            found.append(tuple(sorted(group)))
        return found

    def ends(self, cell: int, cells: tuple[int, ...]) -> tuple[int, int]:
        """The least and greatest value of a hidden cell of a group; -1 where no greatest is."""
        program, place = self._program(cells), cells.index(cell)
        least, most = (_extreme(program, place, sign)[place] for sign in (1, -1))
        return int(least), int(most) if np.isfinite(most) else -1

    def _program(self, cells: tuple[int, ...]) -> dict[str, Any]:
        place = {cell: number for number, cell in enumerate(cells)}
        numbers = sorted({number for cell in cells for number in self.of_cell[cell]})
        rows, columns, signs, known = [], [], [], np.zeros(len(numbers))
        for row, number in enumerate(numbers):
            one = self.sums[number]
            for cell, sign in ((one.total, -1), *((part, 1) for part in one.parts)):
                if cell in place:
                    rows.append(row)
                    columns.append(place[cell])
                    signs.append(sign)
                else:
                    known[row] -= sign * self.counts[cell]
        ends = np.array([self._labelled(cell) for cell in cells])
        matrix = csr_array((signs, (rows, columns)), shape=(len(numbers), len(cells)))
        constraints = [LinearConstraint(matrix, known, known)] if numbers else []
        return {
            "constraints": constraints,
            "bounds": Bounds(ends[:, 0], ends[:, 1]),
            "integrality": np.ones(len(cells)),
        }

    def _cover(self, cell: int, cells: tuple[int, ...]) -> list[int]:
        """Hide more next to a cell that is pinned down, or else next to its group."""
        for near in (cell, *cells):
            numbers = self.of_cell[near]
            parts = [self._smallest(self.sums[n]) for n in numbers]
            shown = sorted((self.counts[c], c) for c in parts if c is not None)
            if shown:
                return self._set(State.HIDDEN, [shown[0][1]])
            for number in numbers:
                if changed := self._loosen(self.sums[number], total=True):
                    return changed
        return []


WITNESSES = 6  # tables that fit: in a large group they settle most cells at once


def _witnesses(program: dict[str, Any]) -> Iterator[NDArray[np.float64]]:
    """Some tables that the published one allows, far from each other."""
    size = len(program["integrality"])
    if size < 2 * WITNESSES:
        return
    random = np.random.default_rng(size)
    for _ in range(WITNESSES):
        yield _solved(random.uniform(0.5, 1.5, size), program)
        goal = random.uniform(-1.0, 1.0, size)
        yield _solved(np.where(np.isinf(program["bounds"].ub), np.abs(goal), goal), program)


def _extreme(program: dict[str, Any], place: int, sign: int) -> NDArray[np.float64]:
    """A table that the published one allows, with the cell at its least (1) or greatest (-1).

    All infinite where it may be as great as one likes.
    """
    goal = np.zeros(len(program["integrality"]))
    goal[place] = sign
    return _solved(goal, program)


def _solved(goal: NDArray[np.float64], program: dict[str, Any]) -> NDArray[np.float64]:
    # Most such tables are networks, whose corners are whole numbers without being told to.
    for integrality in (None, program["integrality"]):
        found = milp(goal, **{**program, "integrality": integrality})
        if found.x is None:
            return np.full(len(goal), np.inf)
        values = np.asarray(np.round(found.x), dtype=np.float64)
        if np.allclose(values, found.x, atol=1e-6):
            break
    return values
