"""Functions of filters beside comparisons: accents, lists, geometry collections, remainders."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store
from layers.store.filters import ARRAYS, SPATIAL
from tests.contract.specimens import grid_shapes, keys, write

quick = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WORDS = [
    "cafe", "café", "cafe\u0301", "CAFÉ", "Ñandú", "nandu", "Phú Quốc", "Phu Quoc", "Łódź",
    "กู้", "ก", "กู", "ภูเก็ต", "ภเกต", "น้ำ", "นำ", "ด่าน", "straße", "Ångström", "",
]  # fmt: skip
LISTS: list[Any] = [
    None, [], ["a"], ["a", "b"], ["b", "a", "a"], ["c"], [1, 2], [1, "a"], [True], ["ก", "กู้"],
    ["a,b", 'q"'],
]  # fmt: skip


def bare(text: str) -> str:
    """Without accents of Latin letters, letter by letter: what Unicode decomposes A to Z to."""
    out = ""
    for letter in unicodedata.normalize("NFC", text):
        base = unicodedata.normalize("NFD", letter)
        out += base[0] if "a" <= base[0].lower() <= "z" else letter
    return out


@pytest.fixture(scope="module")
def filled(shared: Store, new_layer: Callable[..., Layer]) -> Layer:
    layer = new_layer()
    shapes = grid_shapes(5, 30)
    rows = [
        {
            "id": f"{number:02}",
            "name": WORDS[number % len(WORDS)],
            "tags": LISTS[number % len(LISTS)],
            "count": [None, -7, 0, 7, 2**53 + 1, -(2**63)][number % 6],
            "geometry": shapes[number],
        }
        for number in range(30)
    ]
    write(shared, layer, rows)
    return layer


def found(store: Store, layer: Layer, op: str, *args: Any) -> list[str]:
    return keys(store, layer, filter={"op": op, "args": list(args)})


@pytest.mark.parametrize("word", WORDS)
def test_accents_of_latin_letters_do_not_count_and_thai_marks_do(
    shared: Store, filled: Layer, word: str
) -> None:
    name, given_word = {"property": "name"}, {"op": "accenti", "args": [word]}
    answer = found(shared, filled, "=", {"op": "accenti", "args": [name]}, given_word)
    expected = [f"{i:02}" for i in range(30) if bare(WORDS[i % len(WORDS)]) == bare(word)]
    assert answer == expected


def test_accents_and_case_together(shared: Store, filled: Layer) -> None:
    name: Any = {"op": "casei", "args": [{"op": "accenti", "args": [{"property": "name"}]}]}
    other: Any = {"op": "casei", "args": [{"op": "accenti", "args": ["CAFÉ"]}]}
    answer = found(shared, filled, "=", name, other)
    assert answer == [f"{i:02}" for i in range(30) if bare(WORDS[i % len(WORDS)]).lower() == "cafe"]


SETS: dict[str, Callable[[set[str], set[str]], bool]] = {
    "a_equals": set.__eq__,
    "a_contains": set.issuperset,
    "a_containedby": set.issubset,
    "a_overlaps": lambda a, b: bool(a & b),
}


def texts(items: list[Any]) -> set[str]:
    return {item if isinstance(item, str) else json.dumps(item) for item in items}


@pytest.mark.parametrize("op", SETS)
@quick
@given(given_list=st.lists(st.sampled_from(["a", "b", "c", 1, 2, 1.0, True, "ก", "a,b", 'q"'])))
def test_lists_are_compared_as_sets(
    shared: Store, filled: Layer, op: str, given_list: list[Any]
) -> None:
    plain = [int(item) if isinstance(item, float) else item for item in given_list]
    expected = [
        f"{i:02}"
        for i in range(30)
        if (stored := LISTS[i % len(LISTS)]) is not None and SETS[op](texts(stored), texts(plain))
    ]
    assert found(shared, filled, op, {"property": "tags"}, given_list) == expected


def test_every_list_function_is_tried_here() -> None:
    assert set(SETS) == set(ARRAYS)


def test_a_list_field_contains_itself(shared: Store, filled: Layer) -> None:
    tags = {"property": "tags"}
    with_list = [f"{i:02}" for i in range(30) if LISTS[i % len(LISTS)] is not None]
    for op in ("a_equals", "a_contains", "a_containedby"):
        assert found(shared, filled, op, tags, tags) == with_list


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("a_contains", [{"property": "tags"}]),
        ("a_contains", [{"property": "tags"}, "a"]),
        ("a_contains", [{"property": "name"}, ["a"]]),
        ("a_contains", [{"property": "nonsense"}, ["a"]]),
        ("a_contains", [{"property": "tags"}, [None]]),
        ("a_contains", [{"property": "tags"}, [["a"]]]),
        ("a_contains", [{"property": "tags"}, ["\x00"]]),
        ("a_contains", [{"property": "tags"}, [math.nan]]),
        ("a_contains", [{"property": "tags"}, ["a"] * 100_000]),
        ("=", [{"op": "accenti", "args": [{"property": "count"}]}, "a"]),
        ("=", [{"op": "accenti", "args": []}, "a"]),
    ],
)
def test_functions_of_the_wrong_things_are_refused(
    shared: Store, filled: Layer, op: str, args: list[Any]
) -> None:
    query = Query(layer=filled.id, filter={"op": op, "args": args})
    with pytest.raises(QueryError):
        shared.features(query, owner_view(filled))


@pytest.mark.parametrize("op", sorted(SPATIAL))
def test_collections_relate_as_their_union(shared: Store, filled: Layer, op: str) -> None:
    parts = [
        shapely.Point(99, 7),
        shapely.box(98.5, 7.5, 100, 9),
        shapely.LineString([(98, 6), (100, 6)]),
    ]
    for chosen in (parts[:1], parts[1:2], parts):
        union = shapely.union_all(chosen)
        expected = [
            f"{i:02}"
            for i, shape in enumerate(grid_shapes(5, 30))
            if shape is not None and bool(getattr(shapely, op[2:])(shape, union))
        ]
        literal = {
            "type": "GeometryCollection",
            "geometries": [json.loads(shapely.to_geojson(part)) for part in chosen],
        }
        assert found(shared, filled, op, {"property": "geometry"}, literal) == expected


@pytest.mark.parametrize("divisor", [2, -3, 2.0, 10, 0])
def test_the_remainder_of_whole_numbers_is_exact(
    shared: Store, filled: Layer, divisor: float
) -> None:
    """Python's integers know no rounding; the sign is that of the dividend."""
    for rest in (-1, 0, 1):
        tree = {"op": "=", "args": [{"op": "%", "args": [{"property": "count"}, divisor]}, rest]}
        counts = [None, -7, 0, 7, 2**53 + 1, -(2**63)]
        expected = [
            f"{i:02}"
            for i in range(30)
            if (count := counts[i % 6]) is not None
            and divisor
            and count - int(divisor) * _towards_zero(count, int(divisor)) == rest
        ]
        assert keys(shared, filled, filter=tree) == expected


def _towards_zero(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def test_a_place_outside_the_world_is_refused(shared: Store, filled: Layer) -> None:
    for place in ([181, 0], [0, 91], [1e6, 1e6]):
        literal = {"type": "Point", "coordinates": place}
        with pytest.raises(QueryError):
            found(shared, filled, "s_intersects", {"property": "geometry"}, literal)
