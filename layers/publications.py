"""What totals by area may be published of layers whose rows may not: the published set.

A total that does not stand here does not exist, for anyone who may not read the rows (SDC-R9, R11):
there is nothing to subtract it from. Levels and sensitive families are those of privacy.md 11.2,
SDC-R2 and SDC-R7. Layers of public rows need no entry: who may read a row may count it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from layers.facilities import UNPUBLISHED_KINDS
from layers.model import Layer, Privacy, Text

__all__ = [
    "CUSTODY",
    "LEVELS",
    "PUBLISHED",
    "Grouping",
    "Level",
    "Publication",
    "Statistic",
    "Value",
    "open_publication",
]

Level = Literal["province", "district", "tambon", "village"]
Statistic = Literal["sum", "mean"]

LEVELS: Mapping[Level, int] = MappingProxyType(
    {"province": 2, "district": 4, "tambon": 6, "village": 8}
)
"""The area levels and the digits of their codes, from the coarsest."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Counts by the values of a coded field, down to a level."""

    field: str
    level: Level
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """The sum or mean of a field, down to a level."""

    field: str
    statistic: Statistic
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The totals of one layer: counts down to ``level``, by groups, and values.

    ``office_level`` is where signed-in people without row rights get further counts, with k = 5
    (SDC-R2). Only rows with the value ``of`` in the field that it names are counted.
    """

    level: Level
    sensitive: bool = False
    office_level: Level | None = None
    of: tuple[str, str] | None = None
    groups: tuple[Grouping, ...] = ()
    values: tuple[Value, ...] = ()

    def grouping(self, field: str) -> Grouping | None:
        """The published counts by a field."""
        return next((group for group in self.groups if group.field == field), None)

    def value(self, field: str, statistic: Statistic) -> Value | None:
        """The published statistic of a field."""
        found = (v for v in self.values if v.field == field and v.statistic == statistic)
        return next(found, None)


PUBLISHED: Mapping[str, Publication] = MappingProxyType(
    {
        "households": Publication(
            level="tambon",
            groups=(
                Grouping("tier", "district", sensitive=True),
                Grouping("welfare_card", "tambon", sensitive=True),
                Grouping("flag_deceased", "tambon", sensitive=True),
                Grouping("flag_moved_out", "tambon", sensitive=True),
                Grouping("flag_unwilling", "tambon", sensitive=True),
                Grouping("flag_elderly", "district", sensitive=True),
                Grouping("flag_disabled", "district", sensitive=True),
                Grouping("flag_welfare_only", "district", sensitive=True),
                Grouping("list_state", "tambon"),
            ),
            values=(
                Value("income_pcpy_bmn", "mean", "tambon"),
                Value("income_pcpy_tpmap", "mean", "tambon"),
            ),
        ),
        "aid_cases": Publication(
            level="tambon",
            groups=(Grouping("dimension", "tambon", sensitive=True), Grouping("state", "tambon")),
            values=(Value("amount_thb", "sum", "tambon"),),
        ),
        "debtors": Publication(
            level="province",
            sensitive=True,
            office_level="district",
            groups=(
                Grouping("debtor_class", "province", sensitive=True),
                Grouping("legal_status", "province", sensitive=True),
            ),
            values=(
                Value("principal_thb", "sum", "province"),
                Value("outstanding_thb", "sum", "province"),
                Value("arrears_thb", "sum", "province"),
            ),
        ),
        "visits": Publication(
            level="tambon", of=("kind", "household"), groups=(Grouping("visit_state", "tambon"),)
        ),
        "plots": Publication(
            level="tambon",
            groups=(
                Grouping("status", "tambon"),
                Grouping("size_class", "tambon"),
                Grouping("soil_class", "tambon"),
                Grouping("screening_class", "tambon"),
            ),
            values=(Value("deed_area_m2", "sum", "tambon"),),
        ),
    }
)
"""Layer to what is published of it. Visits are those to households; debtors have none below
the province. Ponds, zones, soil samples and documents have no public form."""

CUSTODY: Mapping[str, tuple[str, frozenset[str]]] = MappingProxyType(
    {"facilities": ("kind", UNPUBLISHED_KINDS), "producers": ("kind", UNPUBLISHED_KINDS)}
)
"""Sites that the public gets the number of by province, though their rows are closed (SDC-R10)."""


def open_publication(layer: Layer) -> Publication:
    """All totals of a layer whose rows are public: by every coded public field, of every number.

    >>> from layers.catalogue import CATALOGUE
    >>> found = open_publication(CATALOGUE["funds"])
    >>> found.level, [group.field for group in found.groups]
    ('village', ['kind', 'data_origin'])
    """
    seen = [item for item in layer.fields if item.privacy == Privacy.PUBLIC]
    coded = [f for f in seen if f.type == "boolean" or (f.values and f.type == "text")]
    numbers = [f for f in seen if f.type in ("integer", "number")]
    statistics: tuple[Statistic, ...] = ("sum", "mean")
    return Publication(
        level="village",
        groups=tuple(Grouping(item.name, "village") for item in coded),
        values=tuple(Value(f.name, s, "village") for f in numbers for s in statistics),
    )


UNKNOWN = Text("ไม่ระบุ", "not known")
"""The label of rows that have no value in the field they are counted by."""
