"""A layer out of a file that nobody defined: what its columns hold decides the fields."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.text import Text
from geo.thai import normalise
from layers.fields import AREA_CODE
from layers.intake.columns import heading_key
from layers.intake.geometry import common_kind
from layers.intake.numbers import read_numbers
from layers.intake.readers import Source
from layers.intake.values import as_text, convert
from layers.model import NAME_BYTES, RESERVED, USER_NAME, Field, FieldType, Layer, Privacy

__all__ = ["GENERATED_KEY", "content_keys", "infer_layer"]

GENERATED_KEY = "feature_id"
"""The key field of a layer whose file identifies its rows by no column."""

_KEY_WORDS = re.compile(
    r"(?i)^(id|fid|gid|uid|uuid|key|code|objectid)$|(^|[_\s-])(id|code|key)$|รหัส"
)
_TITLE_WORDS = ("name_th", "name", "ชื่อ", "title", "name_en")
_AREA_WORDS = frozenset({"area_code", "village_code", "tambon_code"})
_BOOLEAN_WORDS = frozenset({"true", "false", "yes", "no", "ใช่", "ไม่ใช่"})
_PLAIN_WHOLE = r"^(0|-?[1-9][0-9]{0,14})$"
_LOOKS_LIKE_DATE = r"^[0-9๐-๙]{1,4}[ /.\-][0-9๐-๙A-Za-zก-๛. ]{1,14}[ /.\-]?[0-9๐-๙]{1,4}$"
_ISO_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_LOOKS_LIKE_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
_NO_WORDS = re.compile(r"[^\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+")


def infer_layer(source: Source, layer_id: str, group: str = "user") -> Layer:
    """A user layer with one field for every column, named and typed after what it holds.

    Thai headings stay as names where they can be one, and as labels always. The key is the first
    column that looks like an id and is full and unique, else :data:`GENERATED_KEY`. The layer is
    for internal eyes only until somebody has looked at it. Raises DefinitionError for an id that
    cannot be one.
    """
    fields = _fields(source)
    by_name = {field.name: heading for heading, field in fields.items()}
    key = _key(source, fields)
    listed = [_as_key(field) if field.name == key else field for field in fields.values()]
    if key is None:
        key = GENERATED_KEY
        listed.insert(0, _generated_key())
    kind = common_kind(source.shapes) if source.shapes is not None else None
    title = source.path.name.split(".")[0]
    return Layer(
        id=layer_id,
        title=Text(title, title),
        description=Text(
            f"ชั้นข้อมูลที่นำเข้าจาก {source.path.name} ยังไม่มีผู้ตรวจ",
            f"Imported from {source.path.name}; not reviewed yet",
        ),
        group=group,
        geometry=kind,
        fields=tuple(listed),
        key=key,
        title_field=_title(fields),
        area=next((n for n in by_name if _is_area(n, source.columns[by_name[n]])), None),
        privacy=Privacy.INTERNAL,
        source=source.path.name,
        user_made=True,
    )


def content_keys(columns: pd.DataFrame, shapes: Any = None) -> pd.Series[Any]:
    """An id for every row out of its content, so that the same file gives the same ids again.

    Rows of the same content get the same id with -2, -3 ... behind it, in file order.

    >>> content_keys(pd.DataFrame({"a": ["ก", "ข", "ก"]})).tolist()[2][-2:]
    '-2'
    """
    texts = [pc.fill_null(as_text(columns[name]), "\x00") for name in columns.columns]
    texts.append(pa.scalar("\x1f", pa.large_string()))  # the separator
    joined = pc.binary_join_element_wise(*texts).to_pylist()
    places = [b""] * len(columns) if shapes is None else shapely.to_wkb(shapes, byte_order=1)
    ids = pd.Series(
        [
            hashlib.sha256((text or "").encode() + (place or b"")).hexdigest()[:16]
            for text, place in zip(joined, places, strict=True)
        ],
        index=columns.index,
        dtype="str",
    )
    again = ids.groupby(ids).cumcount()
    return ids.where(again == 0, ids + "-" + (again + 1).astype(str))


def _generated_key() -> Field:
    return Field(
        name=GENERATED_KEY,
        label=Text("รหัส (สร้างอัตโนมัติ)", "Id (generated)"),
        privacy=Privacy.INTERNAL,
        required=True,
        computed=True,
    )


def _fields(source: Source) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for position, heading in enumerate(map(str, source.columns.columns), 1):
        label = normalise(heading) or f"column {position}"
        name = _name(label, position, [field.name for field in fields.values()])
        fields[heading] = Field(
            name=name,
            label=Text(label, label),
            type=_type(source.columns[heading], source.typed),
            privacy=Privacy.INTERNAL,
            aliases=() if heading == name else (heading,),
        )
    return fields


def _name(label: str, position: int, taken: Sequence[str]) -> str:
    name = _NO_WORDS.sub("_", label).strip("_").lower()
    if re.match(r"\d", name):
        name = f"n_{name}"
    name = _cut(name, NAME_BYTES)
    if not USER_NAME.fullmatch(name):
        name = f"column_{position}"
    if name in RESERVED or name == GENERATED_KEY or name in taken:
        name = f"{_cut(name, NAME_BYTES - 6)}_{position}"
    return name


def _cut(name: str, limit: int) -> str:
    """The beginning of a name that takes no more bytes than the limit."""
    return name.encode()[:limit].decode(errors="ignore").rstrip("_")


def _type(column: pd.Series[Any], typed: bool) -> FieldType:
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype) and not _is_object(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(dtype):
        return "integer"
    if pd.api.types.is_float_dtype(dtype):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return _time_type(column)
    if _is_object(column):
        return _object_type(column)
    texts = as_text(column)
    return _text_type(texts) if not typed else _iso_type(texts)


def _iso_type(texts: pa.Array) -> FieldType:
    """Of a typed file, GeoJSON above all, only ISO dates are more than the text they stand in."""
    known = texts.drop_null()
    for kind, form in (("date", _ISO_DATE), ("datetime", _LOOKS_LIKE_MOMENT)):
        if len(known) and _all(known, form) and _converts(known, kind):
            return kind  # type: ignore[return-value]
    return "text"


def _is_object(column: pd.Series[Any]) -> bool:
    return pd.api.types.is_object_dtype(column.dtype)


def _time_type(column: pd.Series[Any]) -> FieldType:
    known = column.dropna()
    return "date" if bool((known == known.dt.normalize()).all()) else "datetime"


def _object_type(column: pd.Series[Any]) -> FieldType:
    kinds = {type(cell) for cell in column.dropna()}
    if kinds and kinds <= {list, tuple, np.ndarray}:
        return "list"
    if kinds == {dict}:
        return "object"
    if any(kind in kinds for kind in (list, dict, np.ndarray)):
        return "text"
    return _text_type(as_text(column))


def _text_type(texts: pa.Array) -> FieldType:
    """The narrowest type that every text of the column can be; codes with leading 0 stay text."""
    known = texts.drop_null()
    if not len(known):
        return "text"
    if _all(known, _PLAIN_WHOLE):
        return "integer"
    if not pc.any(pc.match_substring_regex(known, r"^-?0[0-9]")).as_py():
        numbers, bad = read_numbers(known)
        if not bad.any() and np.isfinite(numbers).all():
            return "integer" if (numbers % 1 == 0).all() and not _all(known, r"\.") else "number"
    if pc.all(pc.is_in(pc.utf8_lower(known), pa.array(sorted(_BOOLEAN_WORDS), known.type))).as_py():
        return "boolean"
    for kind, form in (("date", _LOOKS_LIKE_DATE), ("datetime", _LOOKS_LIKE_MOMENT)):
        if _all(known, form) and _converts(known, kind):
            return kind  # type: ignore[return-value]
    return "text"


def _all(texts: pa.Array, form: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, form)).as_py())


def _converts(texts: pa.Array, kind: Any) -> bool:
    probe = Field(name="probe", label=Text("", ""), type=kind)
    _, findings = convert(pd.Series(texts.to_pandas()), probe)
    return not findings


def _key(source: Source, fields: dict[str, Field]) -> str | None:
    for heading, field in fields.items():
        if not _KEY_WORDS.search(heading.strip()) or field.type not in ("text", "integer"):
            continue
        texts = as_text(source.columns[heading])
        if not texts.null_count and pc.count_distinct(texts).as_py() == len(texts):
            return field.name
    return None


def _as_key(field: Field) -> Field:
    data = field.to_json() | {"type": "text", "required": True}
    return Field.from_json(data)


def _title(fields: dict[str, Field]) -> str | None:
    keys = {heading_key(field.label.th): field.name for field in fields.values()}
    return next((keys[k] for k in map(heading_key, _TITLE_WORDS) if k in keys), None)


def _is_area(name: str, column: pd.Series[Any]) -> bool:
    known = as_text(column).drop_null()
    return name in _AREA_WORDS and bool(len(known)) and _all(known, AREA_CODE)
