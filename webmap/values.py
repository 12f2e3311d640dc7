"""How a value is written for people: units, calendar, labels of codes, in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from geo.text import LANGUAGES, Text
from geo.thai import format_date
from geo.units import area_text
from layers.model import Field, Layer

__all__ = ["UNITS", "display", "names", "say"]

UNITS: Mapping[str, Text] = {
    "m": Text("ม.", "m"),
    "km": Text("กม.", "km"),
    "cm": Text("ซม.", "cm"),
    "km/h": Text("กม./ชม.", "km/h"),
    "m2": Text("ตร.ม.", "m²"),
    "km2": Text("ตร.กม.", "km²"),
    "m3": Text("ลบ.ม.", "m³"),
    "1/rai": Text("ต่อไร่", "per rai"),
    "t": Text("ตัน", "t"),
    "deg": Text("องศา", "degrees"),
    "%": Text("%", "%"),
    "THB": Text("บาท", "baht"),
    "THB/person": Text("บาท/คน", "baht per person"),
    "THB/person/night": Text("บาท/คน/คืน", "baht per person and night"),
    "min": Text("นาที", "min"),
    "day": Text("วัน", "days"),
    "days": Text("วัน", "days"),
    "month": Text("เดือน", "months"),
    "household": Text("ครัวเรือน", "households"),
    "person": Text("คน", "persons"),
    "persons": Text("คน", "persons"),
    "persons/year": Text("คน/ปี", "persons per year"),
    "persons/round": Text("คน/รอบ", "persons per round"),
    "persons/night": Text("คน/คืน", "persons per night"),
    "rounds": Text("รอบ", "rounds"),
    "points": Text("คะแนน", "points"),
    "stars": Text("ดาว", "stars"),
    "instalment": Text("งวด", "instalments"),
    "products": Text("ผลิตภัณฑ์", "products"),
    "operators": Text("ราย", "operators"),
    "shops": Text("ร้าน", "shops"),
    "events": Text("ครั้ง", "events"),
    "groups": Text("กลุ่ม", "groups"),
    "communities": Text("ชุมชน", "communities"),
    "cooperatives": Text("สหกรณ์", "cooperatives"),
    "languages": Text("ภาษา", "languages"),
    "per fiscal year": Text("ครั้ง/ปีงบประมาณ", "times per fiscal year"),
}
"""What stands after a number; values in m2 are written in rai, BE is a year."""

BANGKOK = ZoneInfo("Asia/Bangkok")
YES_NO = {True: Text("ใช่", "Yes"), False: Text("ไม่ใช่", "No")}


def display(field: Field, column: pd.Series[Any]) -> list[Text | None]:
    """Write every value of a column as people read it; None where there is no value.

    >>> area = Field(name="area_m2", label=Text("เนื้อที่", "Area"), type="number", unit="m2")
    >>> display(area, pd.Series([5780.0, None]))[0].th
    '3 ไร่ 2 งาน 45 ตร.ว. (5,780 ตร.ม.)'
    """
    place, distinct = pd.factorize(_hashable(field, column))
    written = [*(say(field, value) for value in distinct), None]
    return [written[i] for i in place]


def names(layer: Layer, features: pd.DataFrame, field: str) -> list[Text | None]:
    """The names of features; a field ``..._th`` is joined by its ``..._en`` where both are."""
    thai = display(layer.by_name[field], features[field])
    twin = field.removesuffix("_th") + "_en"
    if not field.endswith("_th") or twin not in features.columns:
        return thai
    english = display(layer.by_name[twin], features[twin])
    return [_twins(th, en) for th, en in zip(thai, english, strict=True)]


def say(field: Field, value: Any) -> Text:
    """Write one value that is there.

    Areas in m2 come as rai, ngan and square wah with m2 in brackets, dates in the Buddhist era in
    Thai and the common era in English, numbers with their unit, codes as their labels.
    """
    if field.type == "list":
        return _listed(field, value)
    if field.type == "object":
        return _same(value if isinstance(value, str) else _json(value))
    if field.values:
        return field.values.get(_code(value)) or _same(value)
    if field.type == "boolean":
        return YES_NO[bool(value)]
    if field.type in ("integer", "number"):
        return _number(field, value)
    if field.type in ("date", "datetime"):
        return _moment(value)
    return _same(value)


def _twins(thai: Text | None, english: Text | None) -> Text | None:
    if thai is None or english is None:
        return thai or english
    return Text(thai.th, english.en)


def _number(field: Field, value: Any) -> Text:
    if field.unit == "m2":
        return area_text(float(value))
    if field.unit == "BE":
        return Text(f"{value:.0f}", f"{value:.0f} BE")
    whole = field.type == "integer" or float(value).is_integer()
    digits = f"{value:,.{0 if whole else 2}f}"
    if not whole and field.unit != "THB":
        digits = digits.rstrip("0").rstrip(".")
    if field.unit is None:  # a year or a number in a series has no thousands
        return _same(digits.replace(",", "") if field.name.endswith(("_year", "_be")) else digits)
    unit = UNITS.get(field.unit, _same(field.unit))
    return Text(f"{digits} {unit.th}", f"{digits} {unit.en}")


def _moment(value: Any) -> Text:
    try:
        moment = value if isinstance(value, date) else datetime.fromisoformat(str(value))
    except ValueError:
        return _same(value)
    clock = ""
    if isinstance(moment, datetime):
        if moment.tzinfo is not None:
            moment = moment.astimezone(BANGKOK)
        clock = f" {moment:%H:%M}" if (moment.hour, moment.minute) != (0, 0) else ""
    thai, english = (format_date(moment, language) + clock for language in LANGUAGES)
    return Text(f"{thai} น." if clock else thai, english)


def _listed(field: Field, value: Any) -> Text:
    try:
        items = json.loads(value) if isinstance(value, str) else list(value)
    except (ValueError, TypeError):
        return _same(value)
    if not isinstance(items, list):
        return _same(value)
    labels = field.values or {}
    words = [labels.get(_code(item)) or _same(_plain(item)) for item in items]
    return Text(", ".join(word.th for word in words), ", ".join(word.en for word in words))


def _plain(item: Any) -> str:
    return _json(item) if isinstance(item, (dict, list)) else str(item)


def _code(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _same(value: object) -> Text:
    return Text(str(value), str(value))


def _hashable(field: Field, column: pd.Series[Any]) -> pd.Series[Any]:
    if field.type not in ("list", "object"):
        return column
    return column.map(_json, na_action="ignore")


def _json(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=lambda array: array.tolist())
