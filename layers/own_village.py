"""Whether a point lies in the area that its row declares (LOC-R1 to R4, PHUKET L1799-1801)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geo.crs import to_local
from geo.parameters import Parameters, between
from layers.intake.report import Finding

__all__ = ["Areas", "OwnVillageParameters", "debtor_pins", "own_village"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVillageParameters(Parameters):
    """Limits of LOC-R2, R3 and R4, in metres."""

    own_village_tol_max_m: float = between(30, 0, 100)
    village_centroid_max_m: float = between(3_000, 100, 20_000)
    debtor_pin_accuracy_m: float = between(50, 1, 1_000)


@dataclass(frozen=True, slots=True)
class Areas:
    """Codes and shapes (EPSG:4326) of areas of one level; a shape may be None or a centre point."""

    codes: Sequence[str]
    shapes: Any

    def of(self, code: str) -> Any:
        """The shape of a code, None if there is none."""
        found = [s for c, s in zip(self.codes, self.shapes, strict=True) if c == code]
        return found[0] if found else None

    def holding(self, point: shapely.Point) -> str | None:
        """The code of the area that holds a point, its boundary included."""
        for code, shape in zip(self.codes, self.shapes, strict=True):
            if shape is not None and shape.geom_type != "Point" and shape.covers(point):
                return code
        return None


def own_village(
    points: Sequence[shapely.Point | None],
    codes: Sequence[str | None],
    accuracy_m: Sequence[float | None],
    villages: Areas,
    tambons: Areas,
    parameters: OwnVillageParameters | None = None,
) -> list[Finding]:
    """Findings of n household points against the village of their code; rows count from 1.

    ``accuracy_m`` is that of the GPS, None unknown. A code shorter than a village is not judged.

    >>> square = shapely.box(100.0, 15.0, 100.02, 15.02)
    >>> villages = Areas(["83010101"], [square])
    >>> found = own_village([shapely.Point(100.03, 15.01)], ["83010101"], [None], villages,
    ...                     Areas([], []))
    >>> [f.code for f in found]
    ['LOC-E-OUTSIDE']
    """
    limits = parameters or OwnVillageParameters()
    found = []
    for row, (point, code, accuracy) in enumerate(
        zip(points, codes, accuracy_m, strict=True), start=1
    ):
        if point is None or point.is_empty or code is None or len(code) != 8:
            continue
        one = _village(point, code, accuracy, villages, tambons, limits)
        if one is not None:
            found.append(Finding(one[0], row, "geometry", values=one[1]))
    return found


def debtor_pins(
    points: Sequence[shapely.Point | None],
    codes: Sequence[str | None],
    accuracy_m: Sequence[float | None],
    tambons: Areas,
    provinces: Areas,
    parameters: OwnVillageParameters | None = None,
) -> list[Finding]:
    """Findings of n debtor pins: debtors move, so only the province refuses (LOC-R4, DEBT-R25)."""
    limits = parameters or OwnVillageParameters()
    found = []
    for row, (point, code, accuracy) in enumerate(
        zip(points, codes, accuracy_m, strict=True), start=1
    ):
        if point is None or point.is_empty or code is None:
            continue
        province, tambon = provinces.of(code[:2]), tambons.of(code[:6])
        if province is not None and not province.covers(point):
            found.append(Finding("LOC-E-PROVINCE", row, "geometry", values={"province": code[:2]}))
        elif tambon is not None and not tambon.covers(point):
            found.append(Finding("LOC-W-MOVED", row, "geometry"))
        if accuracy is not None and accuracy > limits.debtor_pin_accuracy_m:
            places = {"m": accuracy, "limit": limits.debtor_pin_accuracy_m}
            found.append(Finding("LOC-W-ACCURACY", row, "geometry", values=places))
    return found


def _village(
    point: shapely.Point,
    code: str,
    accuracy: float | None,
    villages: Areas,
    tambons: Areas,
    limits: OwnVillageParameters,
) -> tuple[str, dict[str, object]] | None:
    shape = villages.of(code)
    if shape is None or shape.geom_type == "Point":
        return _without_polygon(point, code, shape, villages, tambons, limits)
    if shape.covers(point):
        return None
    away = _metres(point, shape)
    if accuracy is not None and away <= min(accuracy, limits.own_village_tol_max_m):
        return "LOC-W-EDGE", {"d": round(away, 1)}
    return _outside(villages.holding(point), code)


def _without_polygon(
    point: shapely.Point,
    code: str,
    centre: shapely.Point | None,
    villages: Areas,
    tambons: Areas,
    limits: OwnVillageParameters,
) -> tuple[str, dict[str, object]] | None:
    other = villages.holding(point)
    if other is not None:
        return _outside(other, code)
    tambon = tambons.of(code[:6])
    if tambon is None and centre is None:
        return None  # nothing is known of where the village lies
    if tambon is not None and not tambon.covers(point):
        return _outside(None, code)
    away = 0.0 if centre is None else _metres(point, centre)
    if away > limits.village_centroid_max_m:
        return _outside(None, code)
    return "LOC-W-NOPOLYGON", {"declared": code, "d": round(away)}


def _outside(found: str | None, declared: str) -> tuple[str, dict[str, object]]:
    return "LOC-E-OUTSIDE", {"found": found or "-", "declared": declared}


def _metres(point: shapely.Point, shape: Any) -> float:
    """Distance on the ground, in a projection centred on the shortest line between them."""
    line = shapely.shortest_line(point, shape)
    return float(shapely.length(to_local([line]).geometries)[0])
