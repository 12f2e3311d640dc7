"""CQL2-JSON filter trees into SQL: only fields of the view, values bound, never written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geo.text import Text
from layers.errors import QueryError
from layers.model import Layer
from layers.query import Interval, View
from layers.store.dialect import Dialect
from layers.store.literals import (
    Typed,
    box_of,
    checked_time,
    latin_accents,
    literal,
    plain,
    shape_of,
    shown,
    storable,
    wrong,
)
from layers.store.sql import Sql, quote

__all__ = ["Scope", "compile_filter", "field_of", "storable", "time_filter"]

MAX_DEPTH = 100
MAX_NODES = 20_000  # values of a list count one each; planning a condition costs far more
CONDITION_NODES = 10
SPATIAL_NODES = 100
MAX_SQL = 100_000
MAX_DIVISIONS = 8  # in one divisor

COMPARISONS = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
ARITHMETIC = {"+", "-", "*", "/", "%", "div", "^"}
# Letters with Latin accents and their bare forms; marks that stand alone have none and are dropped.
# Only those: to a program that strips every mark, the vowels and tones of Thai are accents too.
ACCENTS = latin_accents()
SPATIAL = {
    "s_intersects": "ST_Intersects",
    "s_equals": "ST_Equals",
    "s_disjoint": "ST_Disjoint",
    "s_touches": "ST_Touches",
    "s_within": "ST_Within",
    "s_overlaps": "ST_Overlaps",
    "s_crosses": "ST_Crosses",
    "s_contains": "ST_Contains",
}
# Each temporal relation as conditions on the ends (start a, end b) and (start c, end d).
TEMPORAL = {
    "t_after": "{a} > {d}",
    "t_before": "{b} < {c}",
    "t_contains": "{a} < {c} AND {b} > {d}",
    "t_disjoint": "({b} < {c} OR {a} > {d})",
    "t_during": "{a} > {c} AND {b} < {d}",
    "t_equals": "{a} = {c} AND {b} = {d}",
    "t_finishedby": "{a} < {c} AND {b} = {d}",
    "t_finishes": "{a} > {c} AND {b} = {d}",
    "t_intersects": "{a} <= {d} AND {b} >= {c}",
    "t_meets": "{b} = {c}",
    "t_metby": "{a} = {d}",
    "t_overlappedby": "{a} > {c} AND {a} < {d} AND {b} > {d}",
    "t_overlaps": "{a} < {c} AND {b} > {c} AND {b} < {d}",
    "t_startedby": "{a} = {c} AND {b} > {d}",
    "t_starts": "{a} = {c} AND {b} < {d}",
}
# How a list stands to another, as containments of the left (a) and the right (b).
ARRAYS = {
    "a_equals": "{a} @> {b} AND {a} <@ {b}",
    "a_contains": "{a} @> {b}",
    "a_containedby": "{a} <@ {b}",
    "a_overlaps": "{a} && {b}",
}
TEXTS = ("casei", "accenti")
FOREVER = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")


@dataclass(slots=True)
class Scope:
    """What a filter may speak of: the fields of one layer that the view shows."""

    layer: Layer
    view: View
    dialect: Dialect
    nodes: int = 0

    @property
    def shape(self) -> bool:
        """Whether there is a geometry that may be spoken of."""
        return self.layer.geometry is not None and self.view.geometry


def field_of(layer: Layer, view: View, name: object) -> str:
    """The name, if the view shows such a field; else QueryError, hidden and unknown alike."""
    if isinstance(name, str) and name in view.fields and name in layer.by_name:
        return name
    short = isinstance(name, str) and len(name) <= 60 and storable(name)
    told = name if short else shown(name)
    raise QueryError(
        "field_unknown",
        Text(
            f"ชั้นข้อมูล {layer.title.th} ไม่มีฟิลด์ {told}",
            f"Layer {layer.id} has no field {told}",
        ),
        field=told,
    )


def compile_filter(tree: Mapping[str, Any], scope: Scope) -> Sql:
    """A CQL2-JSON tree as an SQL condition; raises QueryError naming the part that is wrong."""
    return _condition(tree, scope, 0)


def time_filter(layer: Layer, view: View, interval: Interval) -> Sql:
    """True where the feature's time meets the interval; features without a time do not."""
    names = [field_of(layer, view, name) for name in layer.datetime]
    if not names:
        return Sql("TRUE")  # the standard: a layer without time is always meant
    start, end = names[0], names[-1]
    parts = []
    if interval.end is not None:
        parts.append(_time_bound(layer, start, "<=", interval.end))
    if interval.start is not None:
        open_end = len(names) == 2
        later = _time_bound(layer, end, ">=", interval.start)
        missing = Sql(f"({quote(end)} IS NULL AND {quote(start)} IS NOT NULL)")
        parts.append(Sql.join(" OR ", [later, missing]).inside("(", ")") if open_end else later)
    return Sql.join(" AND ", parts) if parts else Sql("TRUE")


def _time_bound(layer: Layer, name: str, operator: str, given: str) -> Sql:
    whole_day = isinstance(given, str) and len(given) == 10
    moment = checked_time(given, "date" if whole_day else "timestamp")
    if layer.by_name[name].type == "date":
        return Sql(f"{quote(name)} {operator} CAST(? AS DATE)", (moment[:10],))
    if whole_day and operator == "<=":
        moment += "T23:59:59.999999Z"  # a day is meant with all its hours
    return Sql(f"{quote(name)} {operator} CAST(? AS TIMESTAMPTZ)", (moment,))


def _condition(node: Any, scope: Scope, depth: int) -> Sql:
    scope.nodes += CONDITION_NODES
    if depth > MAX_DEPTH or scope.nodes > MAX_NODES:
        raise wrong("the filter is too large", "ตัวกรองใหญ่เกินไป")
    if isinstance(node, bool):
        return Sql("TRUE" if node else "FALSE")
    op, args = _operation(node)
    if op in ("and", "or"):
        if not args:
            raise wrong(f"{op} needs at least one part", f"{op} ต้องมีเงื่อนไขอย่างน้อยหนึ่งข้อ")
        parts = [_condition(arg, scope, depth + 1).inside("(", ")") for arg in args]
        return Sql.join(f" {op.upper()} ", parts)
    if op == "not":
        return _condition(_only(args, op), scope, depth + 1).inside("NOT (", ")")
    if op in ARRAYS:
        return _arrays(op, args, scope)
    handler = _HANDLERS.get(op)
    if handler is None:
        raise wrong(f"unknown operator {shown(op)}", f"ไม่รู้จักตัวดำเนินการ {shown(op)}")
    return handler(op, args, scope, depth + 1)


def _compare(op: str, args: Sequence[Any], scope: Scope, depth: int) -> Sql:
    left, right = _pair(args, op, scope, depth)
    if op in ("=", "<>"):
        _require_codes(args[0], [args[1]], scope)
        _require_codes(args[1], [args[0]], scope)
    if left.type in ("list", "object"):
        raise wrong(f"a {left.type} cannot be compared", f"เทียบค่าชนิด {left.type} ไม่ได้")
    return left.sql + Sql(f" {COMPARISONS[op]} ") + right.sql


def _is_null(op: str, args: Sequence[Any], scope: Scope, depth: int) -> Sql:
    target = _only(args, op)
    if isinstance(target, Mapping) and target.get("property") == "geometry" and scope.shape:
        return Sql("geom IS NULL")
    return _scalar(target, scope, depth).sql + Sql(" IS NULL")


def _like(op: str, args: Sequence[Any], scope: Scope, depth: int) -> Sql:
    left, right = _pair(args, op, scope, depth)
    if left.type != "text" or right.type != "text":
        raise wrong("like needs texts", "like ใช้กับข้อความเท่านั้น")
    for pattern in right.sql.values or (None,):
        # The engines treat an escape before any other letter, or at the end, each in its way.
        if pattern is None or re.search(r"(?<!\\)(?:\\\\)*\\(?![\\%_])", pattern):
            raise wrong(
                r"a pattern is a text in which \ stands before %, _ or \ only",
                r"รูปแบบต้องเป็นข้อความ และ \ ใช้ได้เฉพาะหน้า % _ หรือ \ เท่านั้น",
            )
    # DuckDB finds a beginning by its index of blocks only where nothing is escaped.
    escapes = any("\\" in pattern for pattern in right.sql.values)
    return left.sql + Sql(" LIKE ") + right.sql + Sql(r" ESCAPE '\'" if escapes else "")


def _between(op: str, args: Sequence[Any], scope: Scope, depth: int) -> Sql:
    if len(args) != 3:
        raise wrong("between needs a value and two limits", "between ต้องมีค่าและขอบเขตสองค่า")
    value, low = _pair(args[:2], op, scope, depth)
    _, high = _pair([args[0], args[2]], op, scope, depth)
    return Sql.join("", [value.sql, Sql(" BETWEEN "), low.sql, Sql(" AND "), high.sql])


def _in(op: str, args: Sequence[Any], scope: Scope, depth: int) -> Sql:
    if len(args) != 2 or not isinstance(args[1], list) or not args[1]:
        raise wrong("in needs a value and a list", "in ต้องมีค่าและรายการ")
    value = _scalar(args[0], scope, depth)
    scope.nodes += len(args[1])
    _require_codes(args[0], args[1], scope)
    choices = [_typed(item, value.type, scope, depth).sql for item in args[1]]
    return value.sql + Sql.join(", ", choices).inside(" IN (", ")")


def _require_codes(node: Any, values: Sequence[Any], scope: Scope) -> None:
    """Refuse a value that a coded field never has for this caller (PRIV-T6b)."""
    name = node.get("property") if isinstance(node, Mapping) else None
    field = scope.layer.by_name.get(name) if isinstance(name, str) else None
    if field is None or field.values is None or field.type != "text":
        return
    for value in values:
        if isinstance(value, str) and value not in field.values:
            allowed = ", ".join(field.values)
            raise QueryError(
                "value_unknown",
                Text(
                    f"ฟิลด์ {name} ไม่มีค่า {shown(value)} ค่าที่ใช้ได้คือ {allowed}",
                    f"Field {name} has no value {shown(value)}; allowed are {allowed}",
                ),
                field=name,
                allowed=list(field.values),
            )


def _spatial(op: str, args: Sequence[Any], scope: Scope, depth: int) -> Sql:
    if len(args) != 2:
        raise wrong(f"{op} needs two geometries", f"{op} ต้องมีรูปเรขาคณิตสองรูป")
    scope.nodes += SPATIAL_NODES
    parts, near = [], Sql("")
    stored = any(isinstance(arg, Mapping) and "property" in arg for arg in args)
    for arg in args:
        if isinstance(arg, Mapping) and "property" in arg:
            if arg["property"] not in ("geometry", "geom") or not scope.shape:
                field_of(scope.layer, scope.view, arg["property"])
                raise wrong(f"{arg['property']} is not a geometry", "ฟิลด์นี้ไม่ใช่รูปเรขาคณิต")
            parts.append(Sql("geom"))
        else:
            given = shape_of(arg)
            parts.append(Sql(scope.dialect.from_wkb("?"), (shapely.to_wkb(given),)))
            if stored and op != "s_disjoint":
                # An index can serve the box, not every relation.
                near = scope.dialect.near_box(box_of(given)) + Sql(" AND ")
    return near + Sql.join(", ", parts).inside(f"{SPATIAL[op]}(", ")")


def _temporal(op: str, args: Sequence[Any], scope: Scope, depth: int) -> Sql:
    if len(args) != 2:
        raise wrong(f"{op} needs two times", f"{op} ต้องมีเวลาสองค่า")
    (a, b), (c, d) = (_span(arg, scope, depth) for arg in args)
    return _filled(TEMPORAL[op], a=a, b=b, c=c, d=d)


def _arrays(op: str, args: Sequence[Any], scope: Scope) -> Sql:
    if len(args) != 2:
        raise wrong(f"{op} needs two lists", f"{op} ต้องมีรายการสองรายการ")
    left, right = (_elements(arg, scope) for arg in args)
    return _filled(ARRAYS[op], a=left, b=right)


def _elements(node: Any, scope: Scope) -> Sql:
    """The elements of a list field, or those given, as an array of texts."""
    if isinstance(node, list):
        scope.nodes += len(node)
        if scope.nodes > MAX_NODES:
            raise wrong("the filter is too large", "ตัวกรองใหญ่เกินไป")
        return Sql("CAST(? AS VARCHAR[])", ([plain(item) for item in node],))
    if isinstance(node, Mapping) and "property" in node:
        name = field_of(scope.layer, scope.view, node["property"])
        if scope.layer.by_name[name].type == "list":
            return Sql(scope.dialect.elements(quote(name)))
    raise wrong(f"{shown(node)} is not a list", f"{shown(node)} ไม่ใช่รายการ")


def _filled(template: str, **parts: Sql) -> Sql:
    """The template with SQL in its ``{places}``, each as often as it is named there."""
    pieces = re.split(r"\{(\w)\}", template)
    return Sql.join("", [parts[p] if i % 2 else Sql(p) for i, p in enumerate(pieces)]).inside(
        "(", ")"
    )


def _span(node: Any, scope: Scope, depth: int) -> tuple[Sql, Sql]:
    if isinstance(node, Mapping) and "interval" in node:
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise wrong("an interval has two ends", "ช่วงเวลาต้องมีสองปลาย")
        start, end = (
            _moment({"timestamp": FOREVER[i]} if ends[i] == ".." else ends[i], scope, depth, i)
            for i in (0, 1)
        )
        return start, end
    return _moment(node, scope, depth, 0), _moment(node, scope, depth, 1)


def _moment(node: Any, scope: Scope, depth: int, end: int) -> Sql:
    if isinstance(node, str):
        node = {"date" if len(node) == 10 else "timestamp": node}
    value = _scalar(node, scope, depth)
    if value.type not in ("date", "datetime"):
        raise wrong("a time is expected", "ต้องเป็นวันที่หรือเวลา")
    moment = value.sql.inside("CAST(", " AS TIMESTAMPTZ)")
    if value.type == "date" and end:
        moment += Sql(" + INTERVAL '1 day' - INTERVAL '1 millisecond'")
    return moment


def _scalar(node: Any, scope: Scope, depth: int) -> Typed:
    """A property, a literal, arithmetic or a text function."""
    scope.nodes += 1
    if depth > MAX_DEPTH or scope.nodes > MAX_NODES:
        raise wrong("the filter is too large", "ตัวกรองใหญ่เกินไป")
    if not isinstance(node, Mapping):
        return literal(node)
    if "property" in node:
        name = field_of(scope.layer, scope.view, node["property"])
        return Typed(Sql(quote(name)), scope.layer.by_name[name].type)
    for kind, cast in (("date", "DATE"), ("timestamp", "TIMESTAMPTZ")):
        if kind in node:
            value = checked_time(node[kind], kind)
            return Typed(
                Sql(f"CAST(? AS {cast})", (value,)), "date" if kind == "date" else "datetime"
            )
    op, args = _operation(node)
    if op in ARITHMETIC:
        return _arithmetic(op, args, scope, depth)
    if op in TEXTS:
        inner = _scalar(_only(args, op), scope, depth + 1)
        if inner.type != "text":
            raise wrong(f"{op} needs a text", f"{op} ใช้กับข้อความเท่านั้น")
        if op == "accenti":
            return Typed(inner.sql.inside("translate(", ", ?, ?)") + Sql("", ACCENTS), "text")
        return Typed(inner.sql.inside(*scope.dialect.lower), "text")
    raise wrong(f"unknown function {shown(op)}", f"ไม่รู้จักฟังก์ชัน {shown(op)}")


def _arithmetic(op: str, args: Sequence[Any], scope: Scope, depth: int) -> Typed:
    if len(args) != 2:
        raise wrong(f"{op} needs two numbers", f"{op} ต้องมีตัวเลขสองตัว")
    if op == "%":
        args = [_whole(arg) for arg in args]
    left, right = (_scalar(arg, scope, depth + 1) for arg in args)
    if {left.type, right.type} - {"number", "integer"}:
        raise wrong(f"{op} needs numbers", f"{op} ใช้กับตัวเลขเท่านั้น")
    # % repeats both of its sides, and NULLIF in DuckDB what it holds: each level doubles.
    divisions = right.sql.text.count("NULLIF(")
    if len(left.sql.text) + len(right.sql.text) > MAX_SQL or divisions > MAX_DIVISIONS:
        raise wrong("the filter is too large", "ตัวกรองใหญ่เกินไป")
    if op == "%" and left.type == right.type == "integer":
        divisor = right.sql.inside("NULLIF(", ", 0)")
        return Typed(Sql.join(" % ", [left.sql, divisor]).inside("(", ")"), "integer")
    a, b = (side.sql.inside("CAST(", " AS DOUBLE PRECISION)") for side in (left, right))
    if op == "^":
        return Typed(Sql.join(", ", [a, b]).inside("power(", ")"), "number")
    if op in ("/", "div", "%"):
        b = b.inside("NULLIF(", ", 0)")  # a row that cannot be divided does not match
    if op == "%":
        whole = Sql.join(" / ", [a, b]).inside("trunc(", ")")
        return Typed(
            Sql.join("", [Sql("("), a, Sql(" - "), b, Sql(" * "), whole, Sql(")")]), "number"
        )
    if op == "div":
        return Typed(Sql.join(" / ", [a, b]).inside("trunc(", ")"), "number")
    return Typed(Sql.join(f" {op} ", [a, b]).inside("(", ")"), "number")


def _whole(node: Any) -> Any:
    """A number without a fraction as an integer: the text form of CQL2 knows only one kind."""
    exact = isinstance(node, float) and node.is_integer() and abs(node) < 2**53
    return int(node) if exact else node


def _pair(args: Sequence[Any], op: str, scope: Scope, depth: int) -> tuple[Typed, Typed]:
    """Two expressions of one type; a literal takes the type of the field beside it."""
    if len(args) != 2:
        raise wrong(f"{op} needs two values", f"{op} ต้องมีค่าสองค่า")
    if isinstance(args[0], Mapping):
        left = _scalar(args[0], scope, depth)
        return left, _typed(args[1], left.type, scope, depth)
    right = _scalar(args[1], scope, depth)
    return _typed(args[0], right.type, scope, depth), right


def _typed(node: Any, kind: str, scope: Scope, depth: int) -> Typed:
    if isinstance(node, str) and kind in ("date", "datetime"):
        node = {"date" if kind == "date" else "timestamp": node}
    value = _scalar(node, scope, depth)
    numbers, times = {"number", "integer"}, {"date", "datetime"}
    same = value.type == kind or {value.type, kind} <= numbers or {value.type, kind} <= times
    if not same:
        raise wrong(
            f"a {kind} cannot be compared with {shown(node)}",
            f"เทียบค่าชนิด {kind} กับ {shown(node)} ไม่ได้",
        )
    return value


def _operation(node: Any) -> tuple[str, list[Any]]:
    if isinstance(node, Mapping):
        op, args = node.get("op"), node.get("args")
        if isinstance(op, str) and isinstance(args, list):
            return op.lower(), args
    raise wrong(f"{shown(node)} is not a condition", f"{shown(node)} ไม่ใช่เงื่อนไข")


def _only(args: Sequence[Any], op: str) -> Any:
    if len(args) != 1:
        raise wrong(f"{op} needs one part", f"{op} ต้องมีส่วนเดียว")
    return args[0]


_HANDLERS: dict[str, Callable[[str, Sequence[Any], Scope, int], Sql]] = {
    **dict.fromkeys(COMPARISONS, _compare),
    **dict.fromkeys(SPATIAL, _spatial),
    **dict.fromkeys(TEMPORAL, _temporal),
    "isnull": _is_null,
    "like": _like,
    "between": _between,
    "in": _in,
}
