"""Suppression: the cases of privacy.md 12.1, and attackers who put everything together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.catalogue import CATALOGUE
from layers.disclosure import DisclosureRules, State, dominated, label, share, top_share
from layers.privacy import public_view
from layers.publications import PUBLISHED, open_publication
from layers.suppression import Sum, hide_alone, possible, suppress

SHOWN, SMALL, HIDDEN = State.SHOWN, State.SMALL, State.HIDDEN


@pytest.mark.parametrize(
    ("counts", "total", "k", "expected"),
    [
        ([12, 3, 7, 20], 42, 5, [SHOWN, SMALL, HIDDEN, SHOWN, SHOWN]),
        ([12, 7, 0], 19, 5, [SHOWN, SHOWN, SHOWN, SHOWN]),
        ([3, 4], 7, 5, [SMALL, SMALL, HIDDEN]),
        ([1, 2, 3], 6, 5, [SMALL, SMALL, SMALL, SHOWN]),
        ([40, 31, 22 + 2], 95, 10, [SHOWN] * 4),
    ],
    ids=["SDC-T1", "SDC-T2", "SDC-T3", "SDC-T3b", "SDC-T9"],
)
def test_a_row_with_its_total(counts: list[int], total: int, k: int, expected: list[State]) -> None:
    whole = Sum(len(counts), tuple(range(len(counts))))
    found = suppress([*counts, total], [whole], k=k, sensitive=k == 10)
    assert found.tolist() == expected


def test_counts_without_a_total_are_hidden_alone() -> None:
    """SDC-T4b: a signed-in user, debtors by district: "<5" and 7."""
    state = suppress([4, 7], [], k=5)
    told = [label(n, s, k=5) for n, s in zip([4, 7], state.tolist(), strict=True)]
    assert [t if isinstance(t, int) else t.en for t in told] == ["<5", 7]


@pytest.mark.parametrize("count", [0, 9], ids=["SDC-T13", "SDC-T4"])
def test_in_a_sensitive_family_zero_looks_like_few(count: int) -> None:
    state = int(suppress([count], [], k=10, sensitive=True)[0])
    told = label(count, state, k=10, sensitive=True)
    assert not isinstance(told, int)
    assert (told.th, told.en) == ("0-9", "0-9")


def test_a_share_needs_a_base() -> None:
    """SDC-T6, SDC-R4."""
    assert share(2, 4, k=5) is None
    assert share(2, 5, k=5) == 40.0
    assert share(9, 9, k=5, sensitive=True) is None
    assert share(10, 10, k=10, sensitive=True) == 100.0


def test_a_total_that_one_contributor_makes_up_is_not_told() -> None:
    """SDC-T8: 61.45 % is below dom1, so the total is shown with the class of the top share."""
    assert dominated([790_462], [485_709], [100_000]).tolist() == [False]
    assert top_share(790_462, 485_709).th == "มากกว่าร้อยละ 60"
    assert dominated([100], [80], [0]).tolist() == [True]
    assert dominated([100], [50], [40]).tolist() == [True]
    assert dominated([0], [0], [0]).tolist() == [False]


def test_sales_of_prisons_are_in_no_published_total() -> None:
    """SDC-T5, SDC-T7b: what is produced inside stays inside, at every level."""
    producers = CATALOGUE["producers"]
    assert "supply" not in public_view(producers).fields
    published = open_publication(producers)
    assert "supply" not in {item.field for item in (*published.groups, *published.values)}


def test_drug_treatment_and_the_exact_tier_are_in_no_published_total() -> None:
    """PRIV-R13, privacy.md 11.2: public form none."""
    found = {group.field for group in PUBLISHED["households"].groups}
    assert not found & {"rehab_member", "tier_exact", "reason_codes_exact", "health_need", "status"}
    tier = PUBLISHED["households"].grouping("tier")
    assert tier is not None and (tier.level, tier.sensitive) == ("district", True)
    assert CATALOGUE["households"].by_name["tier"].values is not None
    assert set(CATALOGUE["households"].by_name["tier"].values or ()) == {"1", "2", "3-4"}


def test_one_hidden_value_takes_a_second_with_it() -> None:
    """SDC-R3 for money: the one with the fewest rows behind it."""
    sums = [Sum(4, (0, 1)), Sum(5, (2, 3)), Sum(6, (4, 5))]
    hidden = [True, False, False, False, False, False, False]
    found = hide_alone(hidden, [2, 30, 20, 40, 32, 60, 92], sums)
    assert found.tolist() == [True, True, False, False, False, False, False]


# Tables as they are published: tambons of a district, counted by the values of a field


def table(leaves: np.ndarray, *, keep: bool) -> tuple[list[int], list[Sum], np.ndarray]:
    """Counts, sums, and which leaves make up each cell, of tambons (rows) by values (columns).

    Cells: the leaves, the tambons, the district by value, the district.
    """
    n, m = leaves.shape
    place = np.arange(n * m).reshape(n, m)
    tambons = [n * m + i for i in range(n)]
    values = [n * m + n + j for j in range(m)]
    district = n * m + n + m
    made_of = np.zeros((district + 1, n * m), dtype=int)
    made_of[np.arange(n * m), np.arange(n * m)] = 1
    for i in range(n):
        made_of[tambons[i], place[i]] = 1
    for j in range(m):
        made_of[values[j], place[:, j]] = 1
    made_of[district] = 1
    sums = [
        Sum(district, tuple(tambons)),
        *(Sum(tambons[i], tuple(place[i].tolist()), keep=keep) for i in range(n)),
        Sum(district, tuple(values), keep=keep),
        *(Sum(values[j], tuple(place[:, j].tolist())) for j in range(m)),
    ]
    return (made_of @ leaves.ravel()).tolist(), sums, made_of


def consistent(
    counts: Sequence[int],
    state: Sequence[int],
    made_of: np.ndarray,
    k: np.ndarray,
    zero: np.ndarray,
) -> np.ndarray:
    """Every table (cells by solutions) that fits all that is shown, by trying all of them."""
    leaves = made_of.shape[1]
    ends = [range(counts[i], counts[i] + 1) if not state[i] else range(18) for i in range(leaves)]
    tried = np.array(list(itertools.product(*ends))).T
    cells = made_of @ tried
    fits = np.ones(cells.shape[1], dtype=bool)
    for cell, became in enumerate(state):
        if became == State.SHOWN:
            fits &= cells[cell] == counts[cell]
        elif became == State.SMALL:
            fits &= (cells[cell] < k[cell]) & (cells[cell] >= (0 if zero[cell] else 1))
        elif became == State.HIDDEN:
            fits &= cells[cell] >= k[cell]
    return np.asarray(cells[:, fits])


TABLES = st.one_of(
    [
        st.lists(st.integers(0, 13), min_size=n * m, max_size=n * m).map(
            lambda v, n=n, m=m: np.array(v).reshape(n, m)
        )
        for n, m in ((1, 2), (1, 3), (2, 2))
    ]
)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.booleans())
def test_whoever_tries_every_table_is_left_with_three_values_of_each_small_cell(
    leaves: np.ndarray, sensitive: bool
) -> None:
    """SDC-R3b, R9: groups may be sensitive (k 10, zero hidden) while their totals are not."""
    counts, sums, made_of = table(leaves, keep=True)
    n, m = leaves.shape
    grouped = np.array(
        [cell < n * m or n * m + n <= cell < len(counts) - 1 for cell in range(len(counts))]
    )
    zero = grouped & sensitive
    k = np.where(zero, 10, 5)
    # An area without any row says nothing of anyone.
    zero = zero & np.array(
        [
            not (cell < n * m and leaves[cell // m].sum() == 0)
            and not (cell >= n * m and leaves.sum() == 0)
            for cell in range(len(counts))
        ]
    )
    state = suppress(counts, sums, k=k, sensitive=zero)
    small = [c for c in range(len(counts)) if counts[c] < k[c] and (counts[c] or zero[c])]
    solutions = consistent(counts, state.tolist(), made_of, k, zero)
    assert solutions.shape[1], "the true table is one of them"
    for cell in small:
        assert state[cell] != State.SHOWN
        assert len(set(solutions[cell].tolist())) >= 3, (cell, counts, state.tolist())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 13), min_size=2, max_size=4))
def test_what_is_possible_is_what_trying_every_table_finds(row: list[int]) -> None:
    leaves = np.array(row).reshape(1, -1)
    total = int(leaves.sum())
    sums = [Sum(len(row), tuple(range(len(row))))]
    state = suppress([*row, total], sums, k=5)
    low, high = possible([*row, total], sums, state, k=5)
    made_of = np.vstack([np.eye(len(row), dtype=int), np.ones((1, len(row)), dtype=int)])
    k, zero = np.full(len(row) + 1, 5), np.zeros(len(row) + 1, dtype=bool)
    solutions = consistent([*row, total], state.tolist(), made_of, k, zero)
    if not state[-1]:  # else there is no greatest, and trying must stop somewhere
        found = solutions.max(axis=1)
        bounded = found < 17
        assert high[bounded].tolist() == found[bounded].tolist()
        assert low.tolist() == solutions.min(axis=1).tolist()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 4), st.integers(2, 5), st.integers(2, 4), st.booleans(),
    st.sampled_from([1.5, 4.0, 12.0]), st.integers(0, 10_000),
)  # fmt: skip
def test_no_sum_or_difference_of_published_cells_is_a_small_one(
    districts: int, tambons: int, values: int, sensitive: bool, mean: float, seed: int
) -> None:
    """SDC-R9: linear algebra over a province finds no small cell determined by the shown ones."""
    leaves = np.random.default_rng(seed).poisson(mean, (districts, tambons, values))
    axes = [
        (d, t, v)
        for d in (*range(districts), None)
        for t in (*range(tambons), None)
        for v in (*range(values), None)
        if d is not None or t is None
    ]
    number = {axis: i for i, axis in enumerate(axes)}

    def pick(axis: tuple[int | None, int | None, int | None]) -> np.ndarray:
        chosen = np.zeros_like(leaves)
        d, t, v = (slice(None) if part is None else part for part in axis)
        chosen[d, t, v] = 1
        return chosen.ravel()

    made_of = np.array([pick(axis) for axis in axes])
    counts = made_of @ leaves.ravel()
    sums = []
    for d, t, v in axes:
        if v is None:
            parts = tuple(number[d, t, of] for of in range(values))
            sums.append(Sum(number[d, t, v], parts, keep=True))
        if t is None:
            below = (
                [(d, of, v) for of in range(tambons)]
                if d is not None
                else [(of, None, v) for of in range(districts)]
            )
            sums.append(Sum(number[d, t, v], tuple(number[one] for one in below)))
    grouped = np.array([v is not None for _, _, v in axes])
    k, zero = np.where(grouped & sensitive, 10, 5), grouped & sensitive
    state = suppress(counts, sums, k=k, sensitive=zero)
    small = (counts < k) & ((counts > 0) | zero)
    assert (state[small] != State.SHOWN).all()
    shown = made_of[state == State.SHOWN]
    rank = np.linalg.matrix_rank(shown) if len(shown) else 0
    for cell in np.flatnonzero(small & (counts > 0)):
        more = np.linalg.matrix_rank(np.vstack([shown, made_of[cell]]))
        assert more > rank, (axes[cell], counts[cell])


def test_the_parameters_keep_their_range() -> None:
    from geo.errors import ParameterError

    rules = DisclosureRules()
    assert (rules.sdc_k, rules.sdc_k_sensitive, rules.sdc_min_interval) == (5, 10, 3)
    with pytest.raises(ParameterError):
        DisclosureRules(sdc_k=1)
