"""What a layer is: fields with type, unit, labels, allowed values and privacy class."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Literal, get_args

from geo.text import Text
from layers.errors import DefinitionError

__all__ = ["Field", "FieldType", "GeometryType", "Layer", "Privacy", "Text", "choices"]

FieldType = Literal["text", "integer", "number", "boolean", "date", "datetime", "list", "object"]
GeometryType = Literal[
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Geometry"
]

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
# Columns of files come in Thai too, whose vowel and tone marks are not \w; _ begins our own.
USER_NAME = re.compile(r"(?!_)[^\W\d][\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*")
RESERVED = frozenset({"geom", "geom_3857", "geometry"})
NAME_BYTES = 63  # PostgreSQL cuts longer identifiers; a Thai letter takes three bytes


class Privacy(IntEnum):
    """Privacy classes, least to most protected (privacy.md 11.1)."""

    PUBLIC = 0
    INTERNAL = 1
    RESTRICTED = 2
    SECRET = 3

    @property
    def label(self) -> Text:
        """The Thai and English name of the class."""
        return _PRIVACY_LABELS[self]


_PRIVACY_LABELS = {
    Privacy.PUBLIC: Text("สาธารณะ", "public"),
    Privacy.INTERNAL: Text("ภายใน", "internal"),
    Privacy.RESTRICTED: Text("จำกัดสิทธิ", "restricted"),
    Privacy.SECRET: Text("ลับ", "secret"),
}


def choices(**labels: tuple[str, str]) -> Mapping[str, Text]:
    """Write a code list as ``choices(clay=("ดินเหนียว", "Clay"), ...)``; order is kept.

    >>> choices(clay=("ดินเหนียว", "Clay"))["clay"].en
    'Clay'
    """
    return MappingProxyType({code: Text(th, en) for code, (th, en) in labels.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One attribute of a layer.

    ``values`` are the allowed codes with their labels, ``minimum`` and ``maximum`` are
    inclusive, ``unit`` is what a person reads beside the number ("m", "m2", "THB").
    ``aliases`` are column headings that intake takes for this field; ``source`` cites the rule.
    ``computed`` marks a field that a rule or process fills in, not a person.
    ``opened_by`` names the yes-or-no field by which the person concerned lets anyone see this
    one; ``permission`` names what an account needs beside its role; ``identifies`` marks a
    number or date that can tell whose row it is.
    """

    name: str
    label: Text
    type: FieldType = "text"
    unit: str | None = None
    values: Mapping[str, Text] | None = None
    privacy: Privacy = Privacy.PUBLIC
    required: bool = False
    computed: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    description: Text | None = None
    source: str = ""
    aliases: tuple[str, ...] = ()
    opened_by: str | None = None
    permission: str | None = None
    identifies: bool = False

    def __post_init__(self) -> None:
        wrong = self.name in RESERVED or not USER_NAME.fullmatch(self.name)
        if wrong or len(self.name.encode()) > NAME_BYTES:
            raise _broken("field_name", f"{self.name!r} cannot be the name of a field")
        if self.type not in get_args(FieldType):
            raise _broken("field_type", f"field {self.name}: unknown type {self.type!r}")

    def to_json(self) -> dict[str, Any]:
        """The definition as JSON, defaults left out."""
        out: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value == item.default:
                continue
            if isinstance(value, Text):
                value = {"th": value.th, "en": value.en}
            elif isinstance(value, Privacy):
                value = value.name.lower()
            elif isinstance(value, Mapping):
                value = {code: {"th": t.th, "en": t.en} for code, t in value.items()}
            elif isinstance(value, tuple):
                value = list(value)
            out[item.name] = value
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Field:
        """The inverse of :meth:`to_json`."""
        args = dict(data)
        args["label"] = Text(**args["label"])
        if "description" in args:
            args["description"] = Text(**args["description"])
        if "values" in args:
            args["values"] = MappingProxyType({c: Text(**t) for c, t in args["values"].items()})
        if "privacy" in args:
            args["privacy"] = Privacy[args["privacy"].upper()]
        if "aliases" in args:
            args["aliases"] = tuple(args["aliases"])
        return cls(**args)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One collection of features, in EPSG:4326.

    ``key`` names the field that identifies a feature, for good; its type is text.
    ``title_field`` names the field that a person knows a feature by.
    ``area`` names the field that holds the administrative code of the finest area known
    (province 2, district 4, tambon 6, village 8 digits). The codes of the areas above are its
    prefixes, so they are never stored, and rights are given by prefix. None: no place.
    ``privacy`` is the class of a single row (who may know that it exists), ``geometry_privacy``
    that of its position; a field's own class comes on top. ``geometry_opened_by`` names the
    yes-or-no field by which the person concerned lets anyone see the position.
    ``datetime`` names the field, or the start and end fields, that a time filter speaks of.
    ``bounds`` is the box (west, south, east, north) that features must lie in, None: anywhere.
    ``group`` is the family that it stands under in menus.
    """

    id: str
    title: Text
    description: Text
    group: str
    geometry: GeometryType | None
    fields: tuple[Field, ...]
    key: str
    title_field: str | None = None
    area: str | None = None
    privacy: Privacy = Privacy.PUBLIC
    geometry_privacy: Privacy | None = None
    geometry_opened_by: str | None = None
    datetime: tuple[str, ...] = ()
    bounds: tuple[float, float, float, float] | None = None
    source: str = ""
    user_made: bool = False
    by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = [item.name for item in self.fields]
        folded = [name.casefold() for name in names]  # DuckDB's columns ignore case
        twice = sorted({name for name in folded if folded.count(name) > 1})
        if twice:
            raise _broken("field_twice", f"layer {self.id}: field {twice[0]} stands there twice")
        if not NAME.fullmatch(self.id):
            raise _broken("layer_id", f"{self.id!r} cannot be a layer id (a-z, 0-9, _)")
        opening = {item.opened_by for item in self.fields} | {self.geometry_opened_by}
        for role in (self.key, self.title_field, self.area, *self.datetime, *opening):
            if role is not None and role not in names:
                raise _broken("field_missing", f"layer {self.id}: no field {role}")
        object.__setattr__(
            self, "by_name", MappingProxyType(dict(zip(names, self.fields, strict=True)))
        )
        if self.by_name[self.key].type != "text":
            raise _broken("key_type", f"layer {self.id}: the key {self.key} must be text")
        if self.geometry_privacy is None:
            object.__setattr__(self, "geometry_privacy", self.privacy)

    def to_json(self) -> dict[str, Any]:
        """The definition as JSON (kept in the database for user layers and for readers of it)."""
        return {
            "id": self.id,
            "title": {"th": self.title.th, "en": self.title.en},
            "description": {"th": self.description.th, "en": self.description.en},
            "group": self.group,
            "geometry": self.geometry,
            "fields": [item.to_json() for item in self.fields],
            "key": self.key,
            "title_field": self.title_field,
            "area": self.area,
            "privacy": self.privacy.name.lower(),
            "geometry_privacy": Privacy(self.geometry_privacy or 0).name.lower(),
            "geometry_opened_by": self.geometry_opened_by,
            "datetime": list(self.datetime),
            "bounds": list(self.bounds) if self.bounds else None,
            "source": self.source,
            "user_made": self.user_made,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Layer:
        """The inverse of :meth:`to_json`."""
        args = dict(data)
        args["title"] = Text(**args["title"])
        args["description"] = Text(**args["description"])
        args["fields"] = tuple(Field.from_json(item) for item in args["fields"])
        args["privacy"] = Privacy[args["privacy"].upper()]
        args["geometry_privacy"] = Privacy[args["geometry_privacy"].upper()]
        args["datetime"] = tuple(args["datetime"])
        args["bounds"] = tuple(args["bounds"]) if args["bounds"] else None
        return cls(**args)

    def with_fields(self, *more: Field) -> Layer:
        """The same layer with further fields at the end."""
        return replace(self, fields=(*self.fields, *more))


def _broken(code: str, english: str) -> DefinitionError:
    return DefinitionError(code, Text(f"นิยามชั้นข้อมูลผิด: {english}", f"Bad definition: {english}"))
