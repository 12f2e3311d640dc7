"""What each role may do with data of each class: the matrix of privacy.md 11.4 as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from layers.model import Privacy
from layers.privacy.conditions import Tree, either, equal, is_null
from layers.privacy.person import Role

__all__ = ["FAMILIES", "MATRIX", "Right", "Rows", "families_of", "rights"]

Right = Literal["A", "M", "R", "W", "V", "X"]
"""A aggregates with suppression, M masked rows, R read, W write, V verify, X export."""

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a layer that have this value in this field, or all but those.

    >>> Rows("kind", "debtor").holds({"kind": "debtor"}), Rows("kind", "debtor", but=True).holds({})
    (True, True)
    """

    field: str
    value: str
    but: bool = False

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether a row with these values is one of them."""
        return (values.get(self.field) == self.value) != self.but

    def tree(self) -> Tree:
        """The same as a condition of a view."""
        if not self.but:
            return equal(self.field, self.value)
        other: Tree = {"op": "<>", "args": [{"property": self.field}, self.value]}
        return either([is_null(self.field), other])


FAMILIES: Mapping[str, Mapping[str, Rows | None]] = MappingProxyType(
    {
        "debtor": {
            "debtors": None,
            "field_rounds": None,
            "handovers": None,
            "visits": Rows("kind", "debtor"),
            "documents": Rows("subject_layer", "debtors"),
        },
        "fund": {"funds": None},
        "survey": {"households": None, "visits": Rows("kind", "household"), "observations": None},
    }
)
"""Families that the matrix tells apart: their layers, and which rows of them.

A survey row is what a household answered: the poverty register with its BMN and community data,
visits to households, values observed (registers.md 4; OTOU L402).
"""

Cell = Mapping[str, str]


def _row(public: str, internal: str, restricted: Cell | str, secret: Cell | str) -> dict[str, Cell]:
    kept = public + "".join(right for right in "WV" if right in internal)
    cells = zip(Privacy, (kept, internal, restricted, secret), strict=True)
    return {
        privacy.name: MappingProxyType({OTHER: cell} if isinstance(cell, str) else cell)
        for privacy, cell in cells
    }


MATRIX: Mapping[Role, Mapping[str, Cell]] = MappingProxyType(
    {
        "public": _row("R", "", "A", ""),
        "field_officer": _row("RX", "RW", {OTHER: "RW", "debtor": "rw"}, {OTHER: "", "debtor": ""}),
        "district_officer": _row("RX", "RWVX", "RWV", "RW"),
        "province_officer": _row("RX", "RWVX", "RWVX", "R"),
        "analyst": _row("RX", "RX", "MX", ""),
        "fund_secretariat": _row(
            "RX", "RWX", {OTHER: "A", "debtor": "RWVX", "fund": "RWVX"}, {OTHER: "", "debtor": "RW"}
        ),
        "university_si": _row("RX", "RWX", {OTHER: "A", "survey": "RW"}, ""),
        "admin": _row("R", "R", "", ""),
    }
)
"""Role by class by family; small letters hold only for the assigned round.

The chapter gives nobody W on public data, so that no office could keep its own facilities or
attractions: who writes (W) or verifies (V) the internal data of an area does so with the public
data of that area too. The rows hold the letters of the chapter; ``_row`` adds these two.
What a field officer writes into a visit form (hardship, health) goes in through the form, which
is no right to the field. A break glass gives R of the restricted and secret classes.
"""


def families_of(layer_id: str) -> tuple[tuple[str, Rows | None], ...]:
    """The families that rows of a layer belong to, and which rows belong to each.

    >>> families_of("debtors"), families_of("plots")
    ((('debtor', None),), (('other', None),))
    >>> [(family, rows.but) for family, rows in families_of("documents")]
    [('debtor', False), ('other', True)]
    """
    found = [(name, rows[layer_id]) for name, rows in FAMILIES.items() if layer_id in rows]
    if len(found) == 1 and found[0][1] is not None:
        return (*found, (OTHER, replace(found[0][1], but=True)))
    return tuple(found) or ((OTHER, None),)


def rights(role: Role, privacy: Privacy, family: str = OTHER) -> str:
    """The letters of one cell of the matrix.

    >>> rights("fund_secretariat", Privacy.RESTRICTED, "debtor")
    'RWVX'
    >>> rights("fund_secretariat", Privacy.RESTRICTED), rights("public", Privacy.SECRET)
    ('A', '')
    """
    cell = MATRIX[role][privacy.name]
    return cell.get(family, cell[OTHER])
