"""The sourced parameters of :mod:`layers.poverty.parameters` as inputs of a process, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from geo.text import Text
from layers.households import HOUSEHOLDS
from layers.poverty.parameters import Sourced
from layers.processes.model import Input, InputType

__all__ = ["HOUSEHOLD_INPUTS", "inputs_of", "parameters_of"]

S = TypeVar("S", bound=Sourced)

HOUSEHOLD_INPUTS = (
    Input(
        name="households",
        label=HOUSEHOLDS.title,
        type="geojson",
        description=Text(
            "GeoJSON (EPSG:4326) ที่มีฟิลด์ตามชั้นข้อมูลครัวเรือน ไม่ระบุจะใช้ชั้นข้อมูล",
            "GeoJSON (EPSG:4326) with fields of the layer; without it the layer is read",
        ),
    ),
    Input(
        name="filter",
        label=Text("ตัวกรอง", "Filter"),
        type="filter",
        description=Text("CQL2 บนชั้นข้อมูลครัวเรือน", "CQL2 over the layer households"),
    ),
    Input(name="bbox", label=Text("กรอบพื้นที่", "Box"), type="bbox", unit="deg"),
    Input(
        name="check_place",
        label=Text("ตรวจว่าบ้านอยู่ในพื้นที่ของตน", "Check that homes lie in their own area"),
        type="boolean",
        default=True,
        description=Text("เทียบกับขอบเขตตำบล (POV-R26)", "Against tambon boundaries (POV-R26)"),
    ),
)


def inputs_of(*sets: type[Sourced]) -> tuple[Input, ...]:
    """An input for every parameter, with its default, range and source.

    A parameter with several values is a text with commas between them.

    >>> from layers.poverty.parameters import FinanceParameters
    >>> [item.name for item in inputs_of(FinanceParameters)]
    ['finance_line_thb', 'finance_op']
    """
    return tuple(_input(item) for part in sets for item in fields(part))


def _input(item: Any) -> Input:
    known, default = item.metadata, item.default
    several = isinstance(default, tuple)
    year = f" พ.ศ. {known['year_be']}" if known["year_be"] else ""
    year_en = f", {known['year_be']} BE" if known["year_be"] else ""
    types: Mapping[type, InputType] = {
        bool: "boolean",
        int: "integer",
        float: "number",
        str: "text",
        tuple: "text",
    }
    return Input(
        name=item.name,
        label=known["label"],
        type="number"
        if known["unit"] and known["unit"].startswith("THB")
        else types[type(default)],
        unit=known["unit"],
        default=",".join(default) if several else default,
        minimum=known.get("low"),
        maximum=known.get("high"),
        values=None if several else known["values"],
        description=Text(f"ที่มา {known['source']}{year}", f"Source: {known['source']}{year_en}"),
    )


def parameters_of(cls: type[S], given: Mapping[str, Any]) -> S:
    """The parameter set that the inputs of a run make."""
    values = {}
    for item in fields(cls):
        value = given[item.name]
        if isinstance(item.default, tuple):
            value = tuple(part.strip() for part in value.split(",") if part.strip())
        values[item.name] = value
    return cls(**values)
