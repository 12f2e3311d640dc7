"""What a total by area looks like: the area, the group, the number or what stands in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from geo.text import Text
from layers.model import Field, Layer
from layers.privacy import public_view
from layers.publications import LEVELS, UNKNOWN, Level, Statistic
from layers.query import Query
from layers.store import Store
from layers.store.tally import Tally

__all__ = [
    "AREA_LAYERS",
    "Figure",
    "area_names",
    "codes_of",
    "codes_of_level",
    "group_label",
    "placed",
    "value_of",
]

AREA_LAYERS: Mapping[Level, str] = {
    "province": "provinces",
    "district": "districts",
    "tambon": "tambons",
    "village": "villages",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """The total of one area, or of one group in it.

    ``count`` is None where it is suppressed; ``shown`` is then what is said in its place.
    ``value`` is the sum or mean asked for, None where there is none or it is suppressed;
    ``top`` the share of the greatest contributor as a class, where one dominates (SDC-R5).
    """

    area: str
    name: Text
    group: str | None
    group_label: Text | None
    count: int | None
    shown: int | Text
    value: float | None = None
    top: Text | None = None


def value_of(row: Tally, statistic: Statistic) -> float | None:
    """The sum or mean of the known values; None where none is known."""
    if not row.known:
        return None
    return row.total if statistic == "sum" else row.total / row.known


def group_label(layer: Layer, group: str | None, code: str | None) -> Text | None:
    """How a value of the field counted by is called."""
    if group is None:
        return None
    field = layer.by_name[group]
    return codes_of(field).get(code or "", Text(code or "", code or ""))


def codes_of(field: Field) -> dict[str, Text]:
    """The values that rows are counted by, "" for none."""
    yes_no = {"true": Text("ใช่", "yes"), "false": Text("ไม่ใช่", "no")}
    known = yes_no if field.type == "boolean" else dict(field.values or {})
    return {**known, "": UNKNOWN}


def placed(code: str) -> Text:
    """A row that is known less finely than the level asked for."""
    return Text(f"{code} (ไม่ระบุพื้นที่ย่อย)", f"{code} (not known more finely)")


@lru_cache(maxsize=16)
def area_names(store: Store, level: Level, _version: int) -> dict[str, Text]:
    """The names of all areas of a level by code, read once for each version of their layer."""
    layer = store.layer(AREA_LAYERS[level])
    query = Query(layer=layer.id, fields=("code", "name_th", "name_en"), geometry=False, limit=None)
    rows = store.read(query, public_view(layer))
    told = zip(rows["code"], rows["name_th"], rows["name_en"], strict=True)
    return {
        code: Text(thai if isinstance(thai, str) else code, en if isinstance(en, str) else code)
        for code, thai, en in told
    }


def codes_of_level(store: Store, digits: int) -> list[str]:
    """The codes of all areas whose codes have so many digits."""
    level = next(level for level, length in LEVELS.items() if length == digits)
    version = store.state(AREA_LAYERS[level]).version
    return list(area_names(store, level, version))  # type: ignore[arg-type]
