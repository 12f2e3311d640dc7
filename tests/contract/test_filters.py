"""Filters mean in SQL what CQL2 says, as a slow reading of the tree in Python tells."""

from __future__ import annotations

import datetime as dt
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Interval, Query, parse_filter
from layers.store import Store, filters
from tests.contract.specimens import field, grid_shapes, keys, things, write

quick = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# Rows: few different values, so that comparisons often meet them exactly.

TEXTS = [None, "", "a", "A", "ab", "a%b", "a_b", "a\\b", "ก", "ก่", "กข", "É", "é", "line\nbreak"]
INTEGERS = [None, -3, 0, 1, 2, 7, 2**62]
NUMBERS = [None, -2.5, 0.0, 0.1, 1.0, 2.0, 7.25]
DAYS = [None, *(dt.date(2024, 1, d) for d in (1, 2, 3, 5)), dt.date(1850, 12, 31)]
MOMENTS = [None] + [
    dt.datetime(2024, 1, d, h, m, tzinfo=dt.UTC) for d in (1, 2, 4) for h, m in ((0, 0), (12, 30))
]
TAGS = [None, [], ["a"], ["a", "b"], ["b", "a"], ["b", "ก", "ก"], [1, 2], ["a'", "é", "{}"]]
KINDS: dict[str, tuple[str, list[Any]]] = {
    "name": ("text", TEXTS),
    "ชื่อไทย": ("text", TEXTS),
    "count": ("integer", INTEGERS),
    "size": ("number", NUMBERS),
    "open": ("boolean", [None, True, False]),
    "day": ("date", DAYS),
    "until": ("date", DAYS),
    "moment": ("datetime", MOMENTS),
}


def make_rows(n: int = 80) -> list[dict[str, Any]]:
    random = np.random.default_rng(20240229)
    shapes = grid_shapes(5, n)
    return [
        {
            "id": f"{number:03}",
            **{name: v[random.integers(0, len(v))] for name, (_, v) in KINDS.items()},
            "tags": TAGS[random.integers(0, len(TAGS))],
            "geometry": shapes[number],
        }
        for number in range(n)
    ]


ROWS = make_rows()


@pytest.fixture(scope="module")
def filled(shared: Store, new_layer: Callable[..., Layer]) -> Layer:
    """A layer of the rows above; its time is `moment`."""
    base = things("x")
    layer = new_layer(fields=(*base.fields, field("until", "date")), datetime=("moment",))
    write(shared, layer, ROWS)
    return layer


# The slow reading: three-valued logic with None for unknown.

Row = Mapping[str, Any]
UTC = dt.UTC
LESS_THAN_A_DAY = dt.timedelta(days=1) - dt.timedelta(milliseconds=1)


def truth(node: Any, row: Row) -> bool | None:  # noqa: C901 - one branch for each operator
    if isinstance(node, bool):
        return node
    op, args = node["op"].lower(), node["args"]
    if op in ("and", "or"):
        parts = [truth(arg, row) for arg in args]
        decisive = op == "or"
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    if op == "not":
        part = truth(args[0], row)
        return None if part is None else not part
    if op == "isnull":
        return value(args[0], row) is None
    if op.startswith("s_"):
        shapes = [shape(arg, row) for arg in args]
        if None in shapes:
            return None
        return bool(getattr(shapely, op[2:])(*shapes))
    if op.startswith("t_"):
        spans = [span(arg, row) for arg in args]
        if None in (*spans[0], *spans[1]):
            return None
        return temporal(op, *spans[0], *spans[1])
    if op.startswith("a_"):
        lists = [value(arg, row) for arg in args]
        return None if None in lists else arrays(op, *map(set, lists))
    if op == "in":
        parts = [same(args[0], choice, row) for choice in args[1]]
        return True if True in parts else None if None in parts else False
    if op == "between":
        low, high = compare(">=", args[0], args[1], row), compare("<=", args[0], args[2], row)
        return False if False in (low, high) else None if None in (low, high) else True
    if op == "like":
        text, pattern = value(args[0], row), value(args[1], row)
        return None if None in (text, pattern) else bool(pattern_of(pattern).fullmatch(text))
    return compare(op, args[0], args[1], row)


def arrays(op: str, a: set[Any], b: set[Any]) -> bool:
    return {
        "a_equals": a == b,
        "a_contains": a >= b,
        "a_containedby": a <= b,
        "a_overlaps": bool(a & b),
    }[op]


def without_accents(text: str) -> str:
    """Letters A to Z lose their accents; Thai marks are no accents."""
    out = ""
    for letter in text:
        base = unicodedata.normalize("NFD", letter)
        out += base[0] if base[0].isascii() else letter
    return out


COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def same(left: Any, right: Any, row: Row) -> bool | None:
    return compare("=", left, right, row)


def compare(op: str, left: Any, right: Any, row: Row) -> bool | None:
    a, b = value(left, row), value(right, row)
    if a is None or b is None:
        return None
    if isinstance(a, (str, dt.date)) and isinstance(b, (str, dt.date)) and type(a) is not type(b):
        a, b = moment_of(a), moment_of(b)
    return bool(COMPARE[op](a, b))


def moment_of(found: Any) -> dt.datetime:
    if isinstance(found, str):
        found = dt.datetime.fromisoformat(found)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    if isinstance(found, dt.datetime):
        return found
    return dt.datetime.combine(found, dt.time(), UTC)


def value(node: Any, row: Row) -> Any:
    if not isinstance(node, Mapping):
        return node
    if "property" in node:
        return row[node["property"]]
    if "date" in node:
        return dt.date.fromisoformat(node["date"])
    if "timestamp" in node:
        return dt.datetime.fromisoformat(node["timestamp"])
    args = [value(arg, row) for arg in node["args"]]
    if None in args:
        return None
    if node["op"] == "casei":
        return args[0].lower()
    if node["op"] == "accenti":
        return without_accents(args[0])
    if node["op"] in ("/", "%", "div") and args[1] == 0:
        return None
    if node["op"] == "%" and all(isinstance(arg, int) for arg in args):
        return abs(args[0]) % abs(args[1]) * (1 if args[0] >= 0 else -1)
    a, b = map(float, args)
    return {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "%": lambda: a - b * math.trunc(a / b),  # what "div" leaves
        "div": lambda: float(math.trunc(a / b)),
        "^": lambda: a**b,
    }[node["op"]]()


def shape(node: Any, row: Row) -> shapely.Geometry | None:
    if "property" in node:
        found: shapely.Geometry | None = row["geometry"]
        return found
    if "bbox" in node:
        return shapely.box(*node["bbox"])
    import json

    return shapely.from_geojson(json.dumps(node))


def pattern_of(text: str) -> re.Pattern[str]:
    out, escaped = [], False
    for letter in text:
        if escaped or letter not in "\\%_":
            out.append(re.escape(letter))
            escaped = False
        elif letter == "\\":
            escaped = True
        else:
            out.append(".*" if letter == "%" else ".")
    return re.compile("".join(out), re.DOTALL)


def span(node: Any, row: Row) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Start and end; a day lasts until its last millisecond."""
    if isinstance(node, Mapping) and "interval" in node:
        first, last = node["interval"]
        start = dt.datetime.min.replace(tzinfo=UTC) if first == ".." else ends(first, row)[0]
        end = dt.datetime.max.replace(tzinfo=UTC) if last == ".." else ends(last, row)[1]
        return start, end
    return ends(node, row)


def ends(node: Any, row: Row) -> tuple[dt.datetime | None, dt.datetime | None]:
    if isinstance(node, str):
        node = {"date" if len(node) == 10 else "timestamp": node}
    found = value(node, row)
    if found is None:
        return None, None
    start = moment_of(found)
    return start, start if isinstance(found, dt.datetime) else start + LESS_THAN_A_DAY


def temporal(op: str, a: Any, b: Any, c: Any, d: Any) -> bool:
    """Allen's relations between a..b and c..d (CQL2, table of temporal functions)."""
    meets = not (b < c or d < a)
    return bool(
        {
            "t_after": a > d,
            "t_before": b < c,
            "t_contains": a < c and d < b,
            "t_disjoint": not meets,
            "t_during": c < a and b < d,
            "t_equals": (a, b) == (c, d),
            "t_finishedby": a < c and b == d,
            "t_finishes": c < a and b == d,
            "t_intersects": meets,
            "t_meets": b == c,
            "t_metby": a == d,
            "t_overlappedby": c < a < d < b,
            "t_overlaps": a < c < b < d,
            "t_startedby": a == c and d < b,
            "t_starts": a == c and b < d,
        }[op]
    )


def expected(tree: Any, rows: list[dict[str, Any]] = ROWS) -> list[str]:
    return [row["id"] for row in rows if truth(tree, row) is True]


# Random trees

of_type = {
    kind: [name for name, (k, _) in KINDS.items() if k == kind]
    for kind in ("text", "integer", "number", "boolean", "date", "datetime")
}


def prop(*kinds: str) -> st.SearchStrategy[Any]:
    names = [name for kind in kinds for name in of_type[kind]]
    return st.sampled_from(names).map(lambda name: {"property": name})


def op(name: str | st.SearchStrategy[str], *args: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.just(name) if isinstance(name, str) else name
    return st.builds(lambda o, a: {"op": o, "args": list(a)}, names, st.tuples(*args))


TEXT = st.sampled_from([t for t in TEXTS if t is not None]) | st.sampled_from(
    ["b", "'", "กขค", "%"]
)
NUMBER = st.sampled_from([n for n in (*INTEGERS, *NUMBERS) if n is not None]) | st.integers(-9, 9)
DATE = st.sampled_from([d.isoformat() for d in DAYS if d]) | st.just("2024-01-04")
TIMESTAMP = st.sampled_from(
    [m.isoformat() for m in MOMENTS if m]
    + ["2024-01-02T07:00:00+07:00", "2024-01-01T23:59:59.999Z", "2024-01-01T23:59:59Z"]
)
date_literal = DATE.map(lambda d: {"date": d})
timestamp_literal = TIMESTAMP.map(lambda t: {"timestamp": t})
text_value = st.one_of(
    prop("text"),
    TEXT,
    op("casei", prop("text") | TEXT),
    op("accenti", prop("text") | TEXT),
    op("casei", op("accenti", prop("text"))),
)
number_value = st.recursive(
    prop("integer", "number") | NUMBER,
    lambda inner: (
        op(st.sampled_from(["+", "-", "*", "/", "%", "div"]), inner, inner)
        | op("^", st.sampled_from([0.5, 2, 3]), st.sampled_from([-2, 0, 1, 2]))
    ),
    max_leaves=3,
)
time_value = prop("date", "datetime") | date_literal | timestamp_literal
either = st.booleans()
comparison = st.sampled_from(sorted(COMPARE))
compared = st.one_of(
    op(comparison, text_value, text_value),
    op(comparison, number_value, number_value),
    op(comparison, prop("boolean"), st.booleans()),
    op(comparison, prop("date"), DATE | prop("datetime")),
    op(comparison, prop("datetime"), TIMESTAMP | date_literal),
    op(comparison, time_value, time_value),
    op("isNull", prop(*of_type)),
    op("isNull", st.just({"property": "geometry"})),
)
ranged = st.one_of(
    op("between", number_value, number_value, number_value),
    op("between", text_value, text_value, text_value),
    op("between", prop("date"), DATE, DATE),
    op("in", prop("text"), st.lists(TEXT, min_size=1, max_size=4)),
    op("in", prop("integer", "number"), st.lists(NUMBER, min_size=1, max_size=4)),
    op("in", prop("date"), st.lists(DATE, min_size=1, max_size=3)),
    op("in", prop("boolean"), st.lists(st.booleans(), min_size=1, max_size=2)),
)
PATTERN = st.sampled_from(
    [
        "%",
        "",
        "_",
        "a%",
        "%b",
        "a_b",
        r"a\%b",
        r"a\_b",
        r"a\\b",
        "ก%",
        "ก_",
        "_่",
        "%\n%",
        "__",
        "%'%",
    ]
) | st.lists(st.sampled_from(["a", "b", "%", "_", "ก", r"\%", r"\_", r"\\"]), max_size=4).map(
    "".join
)
liked = op("like", prop("text"), PATTERN) | op(
    "like", op("casei", prop("text")), op("casei", PATTERN)
)
corner = st.tuples(st.integers(0, 10), st.integers(0, 10)).map(
    lambda c: (98 + c[0] / 2, 6 + c[1] / 2)
)
literal_shape = st.one_of(
    corner.map(shapely.Point),
    st.lists(corner, min_size=2, max_size=3, unique=True).map(shapely.LineString),
    st.tuples(corner, st.integers(1, 8), st.integers(1, 8)).map(
        lambda b: shapely.box(*b[0], b[0][0] + b[1] / 2, b[0][1] + b[2] / 2)
    ),
    st.lists(corner, min_size=3, max_size=3, unique=True)
    .map(shapely.Polygon)
    .filter(lambda s: s.is_valid and s.area > 0),
)


def geojson(found: shapely.Geometry) -> dict[str, Any]:
    return dict(shapely.geometry.mapping(found))


geometry_value = st.just({"property": "geometry"})
spatial_names = st.sampled_from(sorted(filters.SPATIAL))
spatial_relation = st.one_of(
    op(spatial_names, geometry_value, literal_shape.map(geojson)),
    op(spatial_names, literal_shape.map(geojson), geometry_value),
    op(spatial_names, literal_shape.map(geojson), literal_shape.map(geojson)),
    op(spatial_names, geometry_value, geometry_value),
    op(
        spatial_names,
        geometry_value,
        st.tuples(corner, corner)
        .filter(lambda c: c[0][0] < c[1][0] and c[0][1] < c[1][1])
        .map(lambda c: {"bbox": [*c[0], *c[1]]}),
    ),
)
fixed = st.one_of(st.just(".."), DATE, TIMESTAMP, date_literal)
moving = fixed | prop("date", "datetime")
relations = st.sampled_from(sorted(filters.TEMPORAL))


def interval(end: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(end, end).map(lambda ends: {"interval": list(ends)})


temporal_relation = op(relations, time_value | interval(fixed), time_value | interval(fixed))
span_relation = op(relations, interval(moving), time_value | interval(moving))
tags = st.just({"property": "tags"})
given_tags = st.lists(st.sampled_from(["a", "b", "ก", "é", "a'", "{}", "x", ""]), max_size=3)
listed = op(
    st.sampled_from(sorted(filters.ARRAYS)),
    tags,
    given_tags | tags | st.just([1]) | st.just([2, 1]),
) | op(st.sampled_from(sorted(filters.ARRAYS)), given_tags, tags)
predicate = st.one_of(compared, listed, ranged, liked, spatial_relation, temporal_relation)
trees = st.recursive(
    predicate | st.booleans(),
    lambda inner: st.one_of(
        st.builds(
            lambda o, args: {"op": o, "args": args},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        op("not", inner),
    ),
    max_leaves=4,
)


def answer(store: Store, layer: Layer, tree: Any) -> list[str]:
    found = keys(store, layer, filter=tree, geometry=False)
    query = Query(layer=layer.id, filter=tree)
    assert store.count(query, owner_view(layer)) == len(found)
    return found


def _group(strategy: st.SearchStrategy[Any]) -> Callable[..., None]:
    """A test that trees of one kind answer as the slow reading does; also their opposites."""

    @quick
    @given(tree=strategy)
    def test(shared: Store, filled: Layer, tree: Any) -> None:
        assert answer(shared, filled, tree) == expected(tree), tree
        opposite = {"op": "not", "args": [tree]}
        assert answer(shared, filled, opposite) == expected(opposite)

    return test


test_comparisons_answer_as_cql2_says = _group(compared)
test_ranges_and_lists_answer_as_cql2_says = _group(ranged)
test_patterns_answer_as_cql2_says = _group(liked)
test_lists_answer_as_cql2_says = _group(listed)
test_spatial_relations_answer_as_geos_says = _group(spatial_relation)
test_temporal_relations_answer_as_allen_says = _group(temporal_relation)
test_any_tree_answers_as_cql2_says = _group(trees)


@quick
@given(tree=span_relation)
def test_relations_of_spans_answer_as_allen_says_where_both_ends_are_known(
    shared: Store, filled: Layer, tree: Any
) -> None:
    spans = {row["id"]: [end for arg in tree["args"] for end in span(arg, row)] for row in ROWS}
    known = {key for key, ends in spans.items() if None not in ends}
    for asked in (tree, {"op": "not", "args": [tree]}):
        found = answer(shared, filled, asked)
        assert [key for key in found if key in known] == expected(asked)


def test_every_operator_is_tried_here() -> None:
    known = {*filters._HANDLERS, *filters.ARRAYS, "and", "or", "not"}
    tried = {*COMPARE, "isnull", "between", "in", "like", "and", "or", "not"}
    assert tried | set(filters.SPATIAL) | set(filters.TEMPORAL) | set(filters.ARRAYS) == known
    assert set(filters.TEXTS) == {"casei", "accenti"}
    arithmetic = {"+", "-", "*", "/", "%", "div", "^"}
    assert arithmetic == filters.ARITHMETIC


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("name = 'a'", {"op": "=", "args": [{"property": "name"}, "a"]}),
        ("\"ชื่อไทย\" = 'ก'", {"op": "=", "args": [{"property": "ชื่อไทย"}, "ก"]}),
        ("name = 'a''b'", {"op": "=", "args": [{"property": "name"}, "a'b"]}),
        ("count >= 2 AND size < 7.5", None),
        ("count = 1 OR count = 2 AND NOT open = TRUE", None),
        ("name LIKE 'a%'", None),
        ("name NOT LIKE 'a%'", None),
        ("CASEI(name) LIKE CASEI('A%')", None),
        ("CASEI(name) = CASEI('É')", None),
        ("count BETWEEN 0 AND 2", None),
        ("count NOT BETWEEN 0 AND 2", None),
        ("count IN (1, 2, 7)", None),
        ("name NOT IN ('a', 'ก')", None),
        ("size IS NULL", None),
        ("size IS NOT NULL", None),
        ("count * 2 + 1 > size", None),
        ("count div 2 = 1", None),
        ("count % 2 = 1", None),
        ("day = DATE('2024-01-02')", None),
        ("moment < TIMESTAMP('2024-01-02T00:00:00Z')", None),
        ("T_AFTER(day, DATE('2024-01-01'))", None),
        ("T_DURING(moment, INTERVAL('2024-01-01T00:00:00Z', '2024-01-03T00:00:00Z'))", None),
        ("T_INTERSECTS(moment, INTERVAL('..', '2024-01-01'))", None),
        ("T_INTERSECTS(INTERVAL(day, until), INTERVAL('2024-01-02', '2024-01-03'))", None),
        ("S_INTERSECTS(geometry, POINT(99 7))", None),
        ("S_WITHIN(geometry, POLYGON((98 6, 101 6, 101 9, 98 9, 98 6)))", None),
        ("S_DISJOINT(geometry, LINESTRING(98 6, 101 9))", None),
        ("S_INTERSECTS(geometry, BBOX(98, 6, 99, 7))", None),
        ("NOT S_TOUCHES(geometry, MULTIPOINT((99 7), (98 6)))", None),
    ],
)
def test_the_text_form_means_the_same(shared: Store, filled: Layer, text: str, tree: Any) -> None:
    parsed = parse_filter(text)
    if tree is not None:
        assert parsed == tree
        return
    found = answer(shared, filled, parsed)
    assert found == expected(parsed)
    assert 0 < len(found) < len(ROWS)


# Bad filters


def p(name: str) -> dict[str, str]:
    return {"property": name}


def nested(depth: int, wrap: Callable[[Any], Any], inner: Any) -> Any:
    for _ in range(depth):
        inner = wrap(inner)
    return inner


POINT = {"type": "Point", "coordinates": [98, 7]}
BAD: dict[str, Any] = {
    "nothing": {},
    "list": [],
    "text": "name = 'a'",
    "number": 1,
    "null": None,
    "no args": {"op": "="},
    "args no list": {"op": "=", "args": p("name")},
    "op no text": {"op": 1, "args": []},
    "op is a list": {"op": ["="], "args": []},
    "unknown op": {"op": "xor", "args": [True, False]},
    "op is SQL": {"op": "= 1 OR 1=1 --", "args": [p("name"), "a"]},
    "op is long": {"op": "x" * 1_000_000, "args": []},
    "bare property": p("open"),
    "and of nothing": {"op": "and", "args": []},
    "and of values": {"op": "and", "args": [1, 2]},
    "not of two": {"op": "not", "args": [True, False]},
    "one side": {"op": "=", "args": [p("name")]},
    "three sides": {"op": "=", "args": [p("name"), "a", "b"]},
    "unknown field": {"op": "=", "args": [p("nonsense"), 1]},
    "field of SQL": {"op": "=", "args": [p("name\" = 'a' OR 1=1 --"), 1]},
    "field with NUL": {"op": "=", "args": [p("name\x00"), 1]},
    "field half surrogate": {"op": "=", "args": [p("\ud800"), 1]},
    "field of other case": {"op": "=", "args": [p("NAME"), "a"]},
    "field no text": {"op": "=", "args": [{"property": 1}, 1]},
    "field a list": {"op": "=", "args": [{"property": ["name"]}, 1]},
    "field deep": {"op": "=", "args": [{"property": nested(10_000, lambda x: [x], 1)}, 1]},
    "text with number": {"op": "=", "args": [p("name"), 1]},
    "number with text": {"op": "<", "args": [p("size"), "1"]},
    "number with truth": {"op": "=", "args": [p("count"), True]},
    "truth with number": {"op": "=", "args": [p("open"), 1]},
    "date with number": {"op": "=", "args": [p("day"), 2024]},
    "date with nonsense": {"op": "=", "args": [p("day"), "yesterday"]},
    "no such day": {"op": "=", "args": [p("day"), "2023-02-29"]},
    "moment nonsense": {"op": "=", "args": [p("moment"), {"timestamp": "2024-13-01T00:00:00Z"}]},
    "date of a number": {"op": "=", "args": [p("day"), {"date": 2024}]},
    "date of a list": {"op": "=", "args": [p("day"), {"date": ["2024-01-01"]}]},
    "null value": {"op": "=", "args": [p("name"), None]},
    "list value": {"op": "=", "args": [p("name"), ["a"]]},
    "list field": {"op": "=", "args": [p("tags"), p("tags")]},
    "object field": {"op": "<", "args": [p("detail"), p("detail")]},
    "NaN": {"op": "<", "args": [p("size"), math.nan]},
    "infinity": {"op": "<", "args": [p("size"), math.inf]},
    "integer of 400 digits": {"op": "<", "args": [p("size"), 10**400]},
    "NUL in value": {"op": "=", "args": [p("name"), "a\x00"]},
    "half surrogate": {"op": "=", "args": [p("name"), "\udfff"]},
    "like number": {"op": "like", "args": [p("count"), "1%"]},
    "like a field": {"op": "like", "args": [p("name"), p("ชื่อไทย")]},
    "like open escape": {"op": "like", "args": [p("name"), "a\\"]},
    "like odd escape": {"op": "like", "args": [p("name"), r"\a"]},
    "between of two": {"op": "between", "args": [p("count"), 1]},
    "between mixed": {"op": "between", "args": [p("count"), 1, "b"]},
    "in nothing": {"op": "in", "args": [p("count"), []]},
    "in no list": {"op": "in", "args": [p("count"), 1]},
    "in mixed": {"op": "in", "args": [p("count"), [1, "a"]]},
    "in null": {"op": "in", "args": [p("count"), [1, None]]},
    "in too many": {"op": "in", "args": [p("count"), list(range(1_000_000))]},
    "or too many": {"op": "or", "args": [{"op": "=", "args": [p("count"), 1]}] * 100_000},
    "places too many": {
        "op": "or",
        "args": [{"op": "s_intersects", "args": [p("geometry"), POINT]}] * 19_000,
    },
    "unknown function": {"op": "=", "args": [{"op": "pg_sleep", "args": [10]}, 1]},
    "casei number": {"op": "=", "args": [{"op": "casei", "args": [p("count")]}, "a"]},
    "casei list": {"op": "=", "args": [{"op": "casei", "args": [p("tags")]}, "a"]},
    "sum of texts": {"op": "=", "args": [{"op": "+", "args": [p("name"), 1]}, 1]},
    "sum of three": {"op": "=", "args": [{"op": "+", "args": [1, 2, 3]}, 1]},
    "depth of not": nested(10_000, lambda x: {"op": "not", "args": [x]}, True),
    "depth of and": nested(10_000, lambda x: {"op": "and", "args": [x, True]}, True),
    "depth of plus": {
        "op": "=",
        "args": [nested(10_000, lambda x: {"op": "+", "args": [x, 1]}, 1), 1],
    },
    "width of modulo": {
        "op": "=",
        "args": [nested(60, lambda x: {"op": "%", "args": [x, x]}, p("count")), 1],
    },
    "doubling modulo": {
        "op": "=",
        "args": [nested(60, lambda x: {"op": "%", "args": [p("count"), x]}, 7), 1],
    },
    "divided by division": {
        "op": "=",
        "args": [nested(60, lambda x: {"op": "/", "args": [p("size"), x]}, p("size")), 1],
    },
    "whole part of whole part": {
        "op": "=",
        "args": [nested(60, lambda x: {"op": "div", "args": [7.5, x]}, p("size")), 1],
    },
    "depth of junk": nested(100_000, lambda x: {"a": x}, 1),
    "depth of coordinates": {
        "op": "s_intersects",
        "args": [
            p("geometry"),
            {"type": "Point", "coordinates": nested(100_000, lambda x: [x], 1)},
        ],
    },
    "no geometry": {"op": "s_intersects", "args": [p("geometry"), {"type": "Point"}]},
    "geometry of text": {"op": "s_intersects", "args": [p("geometry"), "POINT(1 2)"]},
    "geometry of number": {"op": "s_intersects", "args": [p("geometry"), 5]},
    "one geometry": {"op": "s_intersects", "args": [p("geometry")]},
    "text as geometry": {"op": "s_intersects", "args": [p("name"), POINT]},
    "crossed polygon": {
        "op": "s_within",
        "args": [
            p("geometry"),
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        ],
    },
    "open polygon": {
        "op": "s_within",
        "args": [p("geometry"), {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0]]]}],
    },
    "empty geometry": {
        "op": "s_intersects",
        "args": [p("geometry"), {"type": "MultiPoint", "coordinates": []}],
    },
    "NaN place": {
        "op": "s_intersects",
        "args": [p("geometry"), {"type": "Point", "coordinates": [math.nan, 1]}],
    },
    "far place": {
        "op": "s_intersects",
        "args": [p("geometry"), {"type": "Point", "coordinates": [math.inf, 1]}],
    },
    "collection of nothing": {
        "op": "s_intersects",
        "args": [p("geometry"), {"type": "GeometryCollection", "geometries": []}],
    },
    "bbox of three": {"op": "s_intersects", "args": [p("geometry"), {"bbox": [1, 2, 3]}]},
    "bbox of five": {"op": "s_intersects", "args": [p("geometry"), {"bbox": [1, 2, 3, 4, 5]}]},
    "bbox of NaN": {"op": "s_intersects", "args": [p("geometry"), {"bbox": [1, 2, math.nan, 4]}]},
    "bbox of huge": {"op": "s_intersects", "args": [p("geometry"), {"bbox": [1, 2, 10**400, 4]}]},
    "bbox of text": {"op": "s_intersects", "args": [p("geometry"), {"bbox": "abcd"}]},
    "time of text": {"op": "t_after", "args": [p("name"), {"date": "2024-01-01"}]},
    "time of number": {"op": "t_after", "args": [p("day"), 5]},
    "one time": {"op": "t_after", "args": [p("day")]},
    "interval of one": {"op": "t_during", "args": [p("day"), {"interval": ["2024-01-01"]}]},
    "interval of junk": {"op": "t_during", "args": [p("day"), {"interval": ["now", ".."]}]},
    "interval no list": {"op": "t_during", "args": [p("day"), {"interval": ".."}]},
}


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_filter_is_refused_in_both_languages_by_every_call(
    shared: Store, filled: Layer, reason: str
) -> None:
    if BAD[reason] is None:
        return  # no filter at all
    query, view = Query(layer=filled.id, filter=BAD[reason]), owner_view(filled)
    calls: list[Callable[[], object]] = [
        lambda: shared.count(query, view),
        lambda: shared.features(query, view),
        lambda: shared.read(query, view),
        lambda: shared.feature("000", query, view),
    ]
    for call in calls:
        with pytest.raises(QueryError) as refused:
            call()
        assert refused.value.code in ("filter_invalid", "field_unknown")
        for language in ("th", "en"):
            told = refused.value.text.get(language)
            assert 0 < len(told) < 500
            told.encode()


SOME = ["casei", "accenti", "s_within", "t_after", "a_overlaps"]
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["name", "geometry", "2024-01-01", ".."]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["op", "args", "property", "date", "timestamp", "interval", "bbox", "type"]
            ),
            inner,
            max_size=3,
        )
        | st.builds(
            lambda o, args: {"op": o, "args": args},
            st.sampled_from(
                ["=", "and", "not", "in", "like", "between", "isNull", "+", "%", *SOME]
            ),
            st.lists(inner | st.sampled_from([p("name"), p("count"), p("geometry")]), max_size=3),
        )
    ),
    max_leaves=6,
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tree=junk.filter(lambda tree: tree is not None))
def test_any_junk_is_answered_or_refused(shared: Store, filled: Layer, tree: Any) -> None:
    try:
        answer(shared, filled, tree)
    except QueryError as error:
        str(error.text.th).encode()


INJECTIONS = [
    "'; DROP TABLE layers.things; --",
    '"; DROP TABLE phumi.layers; --',
    "' OR '1'='1",
    "\\'; --",
    "$1",
    "?",
    "%s",
    "%(x)s",
    "{a}",
    "/* */",
    "E'\\x41'",
]


def test_values_are_never_read_as_sql(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": text, "name": text} for text in INJECTIONS])
    for text in INJECTIONS:
        for tree in (
            {"op": "=", "args": [p("name"), text]},
            {"op": "in", "args": [p("name"), [text]]},
            {"op": "=", "args": [{"op": "casei", "args": [p("name")]}, text.lower()]},
        ):
            assert keys(shared, layer, filter=tree) == [text]
        assert shared.feature(text, Query(layer=layer.id), owner_view(layer)).version == 1
    assert len(keys(shared, layer)) == len(INJECTIONS)


def test_a_filter_that_cannot_be_computed_is_refused_or_does_not_match(
    shared: Store, filled: Layer
) -> None:
    huge = {"op": "*", "args": [1e308, p("count")]}
    for number in (huge, {"op": "^", "args": [-1, 0.5]}, {"op": "^", "args": [0, -1]}):
        query = Query(layer=filled.id, filter={"op": "<", "args": [number, 0]}, limit=None)
        for call in (shared.count, shared.features, shared.read):
            try:
                call(query, owner_view(filled))
            except QueryError as error:
                assert error.code == "not_computable"
    assert shared.count(Query(layer=filled.id), owner_view(filled)) == len(ROWS)


# Boxes

side = st.integers(-2, 14).map(lambda n: n / 2)


@quick
@given(x=side, y=side, w=side.map(abs), h=side.map(abs))
def test_a_box_finds_what_touches_it(
    shared: Store, filled: Layer, x: float, y: float, w: float, h: float
) -> None:
    box = (97 + x, 5 + y, 97 + x + w, 5 + y + h)
    area = shapely.box(*box) if w and h else shapely.LineString([box[:2], box[2:]])
    if not w and not h:
        area = shapely.Point(box[:2])
    wanted = [r["id"] for r in ROWS if r["geometry"] is not None and area.intersects(r["geometry"])]
    assert keys(shared, filled, bbox=box) == wanted


def test_a_box_on_points_only_finds_those_inside_and_on_its_edge(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = new_layer(geometry="Point")
    places = [(x, y) for x in range(98, 103) for y in range(6, 11)]
    write(shared, layer, [{"id": f"{x},{y}", "geometry": shapely.Point(x, y)} for x, y in places])
    found = keys(shared, layer, bbox=(99, 7, 101, 8.5))
    assert found == sorted(f"{x},{y}" for x, y in places if 99 <= x <= 101 and 7 <= y <= 8.5)


def test_a_box_may_cross_the_antimeridian(shared: Store, layer: Layer) -> None:
    shapes = {
        "fiji": shapely.Point(178, -17),
        "samoa": shapely.Point(-172, -13),
        "east edge": shapely.Point(180, -15),
        "west edge": shapely.Point(-180, -15),
        "phuket": shapely.Point(98, 8),
        "line": shapely.LineString([(160, -15), (175, -15)]),
        "gap": shapely.box(-160, -20, 160, -10),
    }
    write(shared, layer, [{"id": key, "geometry": shape} for key, shape in shapes.items()])
    found = keys(shared, layer, bbox=(170, -20, -170, -10))
    assert set(found) == {"fiji", "samoa", "east edge", "west edge", "line"}
    tree = {"op": "s_intersects", "args": [p("geometry"), {"bbox": [170, -20, -170, -10]}]}
    assert keys(shared, layer, filter=tree) == found


@pytest.mark.parametrize("crs", [3857, 32647, 24047])
def test_a_box_in_another_crs_finds_what_lies_in_it(shared: Store, layer: Layer, crs: int) -> None:
    """Nothing inside the box is missed; what else is found lies in the box of its edges."""
    random = np.random.default_rng(crs)
    places = np.column_stack([random.uniform(97, 101, 300), random.uniform(6, 10, 300)]).round(8)
    write(
        shared,
        layer,
        [{"id": f"{i:03}", "geometry": shapely.Point(p)} for i, p in enumerate(places)],
    )
    project = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    xs, ys = project.transform(*places.T)
    west, south, east, north = *project.transform(98, 7), *project.transform(99.5, 8.5)
    found = set(keys(shared, layer, bbox=(west, south, east, north), bbox_crs=crs))
    inside = (xs >= west) & (xs <= east) & (ys >= south) & (ys <= north)
    assert found >= {f"{i:03}" for i in np.flatnonzero(inside)}
    edge = shapely.segmentize(shapely.box(west, south, east, north), (east - west) / 500)
    back = shapely.transform(
        edge, lambda c: np.column_stack(project.transform(*c.T, direction="INVERSE"))
    )
    hull = shapely.box(*back.bounds).buffer(1e-4)
    assert all(hull.contains(shapely.Point(places[int(key)])) for key in found)
    assert 10 < len(found) < 290


@pytest.mark.parametrize(
    ("bbox", "crs"),
    [
        ((98, 9, 99, 7), 4326),
        ((math.nan, 7, 99, 8), 4326),
        ((98, 7, math.inf, 8), 4326),
        ((98, 7, 99, 8), 999_999),
        ((98, 7, 99, 8), -1),
        ((1e30, 1e30, 2e30, 2e30), 32647),
        ((0, 900_000, 500_000, 800_000), 32647),
    ],
)
def test_a_box_that_is_none_is_refused(
    shared: Store, filled: Layer, bbox: tuple[float, float, float, float], crs: int
) -> None:
    for call in (shared.features, shared.count, shared.read):
        with pytest.raises(QueryError):
            call(Query(layer=filled.id, bbox=bbox, bbox_crs=crs), owner_view(filled))


# Time

bound = st.one_of(st.none(), DATE, TIMESTAMP)


def within(span: tuple[Any, Any], interval: Interval) -> bool:
    """Whether a feature's time meets the interval; a day is meant with all its hours."""
    start, end = (None if m is None else moment_of(m) for m in span)
    if start is None and end is None:
        return interval == Interval(None, None)
    lower = (
        dt.datetime.min.replace(tzinfo=UTC) if interval.start is None else moment_of(interval.start)
    )
    upper = dt.datetime.max.replace(tzinfo=UTC)
    if interval.end is not None:
        upper = moment_of(interval.end)
        if len(interval.end) == 10:
            upper += dt.timedelta(days=1) - dt.timedelta(microseconds=1)
    return (start is None or start <= upper) and (end is None or end >= lower)


@quick
@given(start=bound, end=bound)
def test_an_interval_finds_moments_in_it(
    shared: Store, filled: Layer, start: str | None, end: str | None
) -> None:
    interval = Interval(start, end)
    wanted = [r["id"] for r in ROWS if within((r["moment"], r["moment"]), interval)]
    assert keys(shared, filled, datetime=interval) == wanted


@quick
@given(start=st.none() | DATE, end=st.none() | DATE)
def test_an_interval_finds_days_in_it(
    shared: Store, filled_by_day: Layer, start: str | None, end: str | None
) -> None:
    interval = Interval(start, end)
    wanted = [r["id"] for r in ROWS if within((r["day"], r["day"]), interval)]
    assert keys(shared, filled_by_day, datetime=interval) == wanted


@quick
@given(start=st.none() | DATE, end=st.none() | DATE)
def test_an_interval_finds_what_lasts_into_it_and_what_has_no_end(
    shared: Store, filled_by_span: Layer, start: str | None, end: str | None
) -> None:
    interval = Interval(start, end)
    rows = [r for r in ROWS if r["day"] is not None]  # see the next test for the others
    wanted = [r["id"] for r in rows if within((r["day"], r["until"]), interval)]
    found = keys(shared, filled_by_span, datetime=interval)
    assert [key for key in found if key in {r["id"] for r in rows}] == wanted


@pytest.fixture(scope="module")
def filled_by_day(shared: Store, new_layer: Callable[..., Layer]) -> Layer:
    layer = new_layer(datetime=("day",))
    write(shared, layer, [{k: v for k, v in row.items() if k != "until"} for row in ROWS])
    return layer


@pytest.fixture(scope="module")
def filled_by_span(shared: Store, new_layer: Callable[..., Layer]) -> Layer:
    fields = (*things("x").fields, field("until", "date"))
    layer = new_layer(fields=fields, datetime=("day", "until"))
    write(shared, layer, ROWS)
    return layer


def test_features_without_any_time_meet_no_interval(shared: Store, filled_by_span: Layer) -> None:
    timeless = {r["id"] for r in ROWS if r["day"] is None and r["until"] is None}
    assert timeless
    for interval in (Interval("1800-01-01", None), Interval(None, "2100-01-01")):
        assert not timeless & set(keys(shared, filled_by_span, datetime=interval))


def test_a_layer_without_time_is_always_meant(shared: Store, layer: Layer) -> None:
    write(shared, layer, [{"id": "a"}])
    assert keys(shared, layer, datetime=Interval("2024-01-01", "2024-01-02")) == ["a"]


@pytest.mark.parametrize(
    "text", ["yesterday", "", "2023-02-29", "2024-13-01T00:00:00Z", "\x00", "1/2/2024"]
)
def test_an_interval_of_nonsense_is_refused(
    shared: Store, filled: Layer, filled_by_day: Layer, text: str
) -> None:
    for layer in (filled, filled_by_day):
        for interval in (Interval(text, None), Interval(None, text)):
            with pytest.raises(QueryError):
                shared.count(Query(layer=layer.id, datetime=interval), owner_view(layer))
