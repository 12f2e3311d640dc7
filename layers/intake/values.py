"""Columns into the types of their fields; every cell that does not fit is a finding."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import UnitError
from geo.text import Text
from geo.thai import THAI_TIME
from layers.intake.dates import certain_moments, read_date, read_dates, read_moment, read_moments
from layers.intake.numbers import NOT_APPLICABLE, NUMBER_TYPE, read_by_value, read_numbers
from layers.intake.report import Finding
from layers.intake.text import mixed_digits, normalise, to_arrow, to_series
from layers.model import Field, FieldType

__all__ = ["FALSE_WORDS", "TRUE_WORDS", "as_text", "convert"]

TRUE_WORDS = frozenset(["true", "t", "yes", "y", "1", "ใช่", "มี", "จริง", "✓", "✔", "on"])
FALSE_WORDS = frozenset(["false", "f", "no", "n", "0", "ไม่ใช่", "ไม่มี", "ไม่", "เท็จ", "off"])
"""STATE-R7; a cross (✗) is neither: in the tambon form it means "expected" (STATE-R6)."""

TYPE_LABELS: dict[FieldType, Text] = {
    "text": Text("ข้อความ", "text"),
    "integer": Text("จำนวนเต็ม", "whole number"),
    "number": NUMBER_TYPE,
    "boolean": Text("ใช่หรือไม่ใช่", "yes or no"),
    "date": Text("วันที่", "date"),
    "datetime": Text("วันเวลา", "date and time"),
    "list": Text("รายการ", "list"),
    "object": Text("ข้อมูลแบบ JSON", "JSON object"),
}
_AREA_HEADING = re.compile(r"m2|m²|sq\.?\s?m|ตร\.?\s?ม|ตารางเมตร", re.IGNORECASE)
_BARE_NUMBER = r"^[+-]?[0-9๐-๙,.]+$"
_LARGEST_EXACT = 2**53
_LIST_LIMIT = 12

Converted = tuple["pd.Series[Any]", list[Finding]]


def convert(column: pd.Series[Any], field: Field, *, typed: bool = True) -> Converted:
    """The column as the type of the field, its row numbers kept, and what did not fit.

    dtypes: text str, integer Int64, number float64, boolean boolean, date and list and object
    Python objects, datetime datetime64[us, UTC]. A cell that does not fit is empty in the result
    and a finding; so is one out of the field's values, range or pattern. ``typed`` False means
    that the column is all text (CSV), where a bare number is no area (LAND-R1).

    >>> field = Field(name="depth", label=Text("ลึก", "Depth"), type="number", minimum=0)
    >>> values, findings = convert(pd.Series(["๓", "ลึก", "-1"], [1, 2, 3], name="Depth"), field)
    >>> values.tolist(), [(f.row, f.code) for f in findings]
    ([3.0, nan, -1.0], [(2, 'IMP-E-TYPE'), (3, 'IMP-E-RANGE')])
    """
    column = column.rename(str(column.name))
    values, findings = _CONVERTERS[field.type](column, field)
    if field.unit == "m2" and not typed and not _AREA_HEADING.search(str(column.name)):
        bare = pc.fill_null(pc.match_substring_regex(as_text(column), _BARE_NUMBER), False)
        findings += _found("IMP-E-UNIT", column, bare.to_numpy(zero_copy_only=False))
    return values, findings + _out_of_range(column, values, field)


def as_text(column: pd.Series[Any]) -> pa.Array:
    """Any column as normalised texts: whole numbers without a point, dates in ISO form.

    >>> as_text(pd.Series([830101.0, 2.5, None])).to_pylist()
    ['830101', '2.5', None]
    """
    if column.dtype == object or isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object).map(_cell_text, na_action="ignore")
        return normalise(to_arrow(column.where(column.notna(), None)))
    if pd.api.types.is_bool_dtype(column.dtype):
        return to_arrow(column.map({True: "true", False: "false"}, na_action="ignore"))
    if pd.api.types.is_float_dtype(column.dtype):
        column = column.astype(object).map(_cell_text, na_action="ignore")
        return to_arrow(column.where(column.notna(), None))
    if isinstance(column.dtype, pd.StringDtype):
        return normalise(to_arrow(column))
    texts = column.astype(object).map(_cell_text, na_action="ignore")
    return to_arrow(texts.where(texts.notna(), None))


def _cell_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    if isinstance(cell, (float, np.floating)):
        value = float(cell)
        whole = value.is_integer() and abs(value) < _LARGEST_EXACT
        return str(int(value)) if whole else repr(value)
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    if isinstance(cell, np.ndarray):
        cell = cell.tolist()
    if isinstance(cell, (list, tuple, dict)):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)


def _found(
    code: str, column: pd.Series[Any], mask: Any, values: Mapping[str, object] | None = None
) -> list[Finding]:
    """One finding for every masked row; the value is the cell as it stands in the file."""
    positions = np.flatnonzero(np.asarray(mask, dtype=bool)).tolist()
    name = str(column.name)
    return [
        Finding(code, int(column.index[i]), name, _cell_text(column.iloc[i])[:80], values or {})
        for i in positions
    ]


def _series(values: Any, column: pd.Series[Any], dtype: str) -> pd.Series[Any]:
    return pd.Series(values, index=column.index, name=column.name).astype(dtype)  # type: ignore[call-overload, no-any-return]


def _objects(values: Any, column: pd.Series[Any]) -> pd.Series[Any]:
    return pd.Series(values, index=column.index, name=column.name, dtype=object)


def _wrong_type(column: pd.Series[Any], field: Field, mask: Any) -> list[Finding]:
    return _found("IMP-E-TYPE", column, mask, {"type": TYPE_LABELS[field.type]})


# --- Text and codes -------------------------------------------------------------------------


def _to_text(column: pd.Series[Any], field: Field) -> Converted:
    texts = as_text(column)
    if field.values is not None:
        return _to_code(column, field, texts)
    findings: list[Finding] = []
    if field.pattern:
        form = re.compile(field.pattern)
        _, failed = read_by_value(texts, _known(texts), lambda text: _matched(form, text))
        mask = _known(texts)
        mask[mask] = failed
        findings = _found("IMP-E-PATTERN", column, mask, {"pattern": field.pattern})
    return to_series(texts, column), findings


def _to_code(column: pd.Series[Any], field: Field, texts: pa.Array) -> Converted:
    codes = _codes(field)
    known = _known(texts)
    read, failed = read_by_value(texts, known, lambda text: _code(codes, text))
    values = np.full(len(column), None, dtype=object)
    values[known] = read
    known[known] = failed
    findings = _found("IMP-E-ENUM", column, known, {"list": _choices_text(field)})
    return _series(values, column, "str"), findings


def _codes(field: Field) -> dict[str, str | None]:
    """Every word that means one code, its own or a label; None where a label means two."""
    words: dict[str, str | None] = {}
    for code, label in (field.values or {}).items():
        for word in {_folded(label.th), _folded(label.en)}:
            words[word] = code if words.get(word, code) == code else None
    return words | {_folded(code): code for code in field.values or {}}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _code(codes: dict[str, str | None], text: str) -> str:
    code = codes.get(_folded(text))
    if code is None:
        raise ValueError(text)
    return code


def _choices_text(field: Field) -> Text:
    values = field.values or {}
    more = ", …" if len(values) > _LIST_LIMIT else ""
    shown = list(values.items())[:_LIST_LIMIT]
    thai = ", ".join(f"{label.th} ({code})" for code, label in shown)
    return Text(thai + more, ", ".join(code for code, _ in shown) + more)


def _known(texts: pa.Array) -> Any:
    return np.array(pc.is_valid(texts).to_numpy(zero_copy_only=False), dtype=bool)


def _matched(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise ValueError(text)
    return text


# --- Numbers --------------------------------------------------------------------------------


def _to_number(column: pd.Series[Any], field: Field) -> Converted:
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        numbers = column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        bad = np.isinf(numbers)
        numbers = np.where(bad, np.nan, numbers)
        return _series(numbers, column, "float64"), _wrong_type(column, field, bad)
    texts = as_text(column)
    numbers, bad = read_numbers(texts, field.unit)
    numbers[bad] = np.nan
    findings = _wrong_type(column, field, bad)
    mixed = int(mixed_digits(texts).sum())
    if mixed:
        findings.append(Finding("IMP-I-MIXDIGIT", column=str(column.name), values={"n": mixed}))
    return _series(numbers, column, "float64"), findings


def _to_integer(column: pd.Series[Any], field: Field) -> Converted:
    if isinstance(column.dtype, pd.Int64Dtype) or column.dtype == np.dtype("int64"):
        return column.astype("Int64"), []
    texts = as_text(column)
    whole = pc.fill_null(pc.match_substring_regex(texts, r"^-?[0-9]{1,18}$"), False)
    values = pc.cast(pc.if_else(whole, texts, None), pa.int64()).to_pandas(
        types_mapper={pa.int64(): pd.Int64Dtype()}.get
    )
    values.index = column.index
    rest = column[~whole.to_numpy(zero_copy_only=False)]
    if not rest.notna().any():
        return values.rename(column.name), []
    numbers, findings = _to_number(rest, field)
    exact = (numbers % 1 == 0) & (numbers.abs() < _LARGEST_EXACT)
    findings += _wrong_type(rest, field, numbers.notna() & ~exact)
    values.loc[rest.index] = numbers.where(exact).astype("Int64")
    return values.rename(column.name), findings


def _out_of_range(column: pd.Series[Any], values: pd.Series[Any], field: Field) -> list[Finding]:
    if field.type not in ("integer", "number"):
        return []
    low = -np.inf if field.minimum is None else field.minimum
    high = np.inf if field.maximum is None else field.maximum
    numbers = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    limits = {"low": _limit(low), "high": _limit(high)}
    return _found("IMP-E-RANGE", column, (numbers < low) | (numbers > high), limits)


def _limit(value: float) -> str:
    return f"{value:,g}".replace("inf", "∞")


# --- Yes or no, dates, lists ----------------------------------------------------------------


def _to_boolean(column: pd.Series[Any], field: Field) -> Converted:
    if pd.api.types.is_bool_dtype(column.dtype) and column.dtype != object:
        return column.astype("boolean"), []
    texts = pc.utf8_lower(as_text(column))
    true, false, none = (
        pc.is_in(texts, pa.array(sorted(words), texts.type)).to_numpy(zero_copy_only=False)
        for words in (TRUE_WORDS, FALSE_WORDS, NOT_APPLICABLE)
    )
    values = np.full(len(column), None, dtype=object)
    values[true], values[false] = True, False
    bad = _known(texts) & ~(true | false | none)
    return _series(values, column, "boolean"), _wrong_type(column, field, bad)


def _to_date(column: pd.Series[Any], _: Field) -> Converted:
    if _is_certain(column):
        local = column.dt.tz_convert(THAI_TIME) if column.dt.tz is not None else column
        return _objects(local.dt.date.astype(object).where(local.notna(), None), column), []
    days, errors = _read_times(column, read_dates, read_date)
    return _objects(days, column), errors


def _to_datetime(column: pd.Series[Any], _: Field) -> Converted:
    if _is_certain(column):
        aware = column if column.dt.tz is not None else column.dt.tz_localize(THAI_TIME)
        return aware.dt.tz_convert("UTC").astype("datetime64[us, UTC]"), []
    moments, errors = _read_times(column, read_moments, read_moment)
    values = pd.to_datetime(_objects(moments, column), utc=True).astype("datetime64[us, UTC]")
    return values, errors


def _is_certain(column: pd.Series[Any]) -> bool:
    dated = pd.api.types.is_datetime64_any_dtype(column.dtype)
    return dated and bool(certain_moments(column).all())


def _read_times(
    column: pd.Series[Any],
    read_texts: Callable[[pa.Array], tuple[Any, dict[int, Any]]],
    read_one: Callable[[object], Any],
) -> tuple[Any, list[Finding]]:
    """Cells that are dates already one by one, texts as a column."""
    cells = column.astype(object)
    timed = np.fromiter((isinstance(cell, dt.date) for cell in cells), bool, len(cells))
    timed &= cells.notna().to_numpy()
    found, errors = read_texts(as_text(cells.where(~timed, None)))
    known: dict[Any, Any] = {}
    for position in np.flatnonzero(timed):
        cell = cells.iloc[position]
        if cell not in known:
            known[cell] = _tried(read_one, cell)
        if isinstance(known[cell], UnitError):
            errors[int(position)] = known[cell]
        else:
            found[position] = known[cell]
    return found, [_date_finding(column, position, errors[position]) for position in sorted(errors)]


def _tried(read_one: Callable[[object], Any], cell: object) -> Any:
    try:
        return read_one(cell)
    except UnitError as error:
        return error


def _date_finding(column: pd.Series[Any], position: int, error: UnitError) -> Finding:
    row, name = int(column.index[position]), str(column.name)
    cell = _cell_text(column.iloc[position])[:80]
    if error.code != "IMP-E-ERA":
        return Finding("IMP-E-DATE", row, name, cell)
    year = error.details.get("value", cell)
    proposal = error.details.get("proposal") or "-"
    return Finding("IMP-E-ERA", row, name, cell, {"value": year, "proposal": proposal})


def _to_list(column: pd.Series[Any], field: Field) -> Converted:
    codes = _codes(field) if field.values is not None else None
    return _nested(column, field, lambda cell: _items(cell, codes))


def _to_object(column: pd.Series[Any], field: Field) -> Converted:
    return _nested(column, field, _record)


def _nested(column: pd.Series[Any], field: Field, read: Callable[[Any], Any]) -> Converted:
    values: list[Any] = []
    bad, unlisted = np.zeros(len(column), bool), np.zeros(len(column), bool)
    for i, cell in enumerate(column.astype(object)):
        value = None
        try:
            value = None if _missing(cell) else read(cell)
        except KeyError:
            unlisted[i] = True
        except ValueError:
            bad[i] = True
        values.append(value)
    findings = _wrong_type(column, field, bad)
    if unlisted.any():
        findings += _found("IMP-E-ENUM", column, unlisted, {"list": _choices_text(field)})
    return _objects(pd.array(values, dtype=object), column), findings


def _missing(cell: Any) -> bool:
    if isinstance(cell, str):
        return not cell.strip() or cell.strip() in NOT_APPLICABLE
    return not isinstance(cell, (list, tuple, dict, np.ndarray)) and bool(pd.isna(cell))


def _items(cell: Any, codes: dict[str, str | None] | None) -> list[Any]:
    """A list out of a list, JSON, or words between semicolons, bars, lines or else commas."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        cell = json.loads(cell)
    elif isinstance(cell, str):
        words = normalise(to_arrow([cell]))[0].as_py() or ""
        marks = r"[;|\n]" if re.search(r"[;|\n]", words) else ","
        cell = [word.strip() for word in re.split(marks, words) if word.strip()]
    if not isinstance(cell, (list, tuple, np.ndarray)):
        raise ValueError(cell)  # noqa: TRY004 - the cell is wrong, not the program
    items = np.asarray(cell, dtype=object).tolist() if isinstance(cell, np.ndarray) else list(cell)
    if codes is None:
        return items
    try:
        return [_code(codes, str(item)) for item in items]
    except ValueError as error:
        raise KeyError(cell) from error


def _record(cell: Any) -> dict[str, Any]:
    record = json.loads(cell) if isinstance(cell, str) else cell
    if not isinstance(record, dict):
        raise ValueError(cell)  # noqa: TRY004 - as above
    return record


_CONVERTERS: dict[FieldType, Callable[[pd.Series[Any], Field], Converted]] = {
    "text": _to_text,
    "integer": _to_integer,
    "number": _to_number,
    "boolean": _to_boolean,
    "date": _to_date,
    "datetime": _to_datetime,
    "list": _to_list,
    "object": _to_object,
}
