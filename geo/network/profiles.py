"""Who travels: which roads a vehicle may use, how fast, and what stops it.

The sources give no speeds for roads. Those here are decisions for rural Thailand, lower than the
legal limits (80 to 90 km/h outside towns); a planner changes them by :meth:`Profile.with_speeds`.
Straight-line speeds and the detour are TOUR-P12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geo.crs import Floats
from geo.errors import ParameterError
from geo.network.estimate import ESTIMATE_KMH
from geo.parameters import Parameters, between, column
from geo.text import Text

__all__ = ["BARRIERS", "PROFILES", "ROAD_COLUMNS", "ArcSpeeds", "Profile"]

BARRIERS: Mapping[str, Text] = MappingProxyType(
    {
        "bollard": Text("เสากั้นรถยนต์", "Bollard"),
        "gate": Text("ประตูที่ปิด", "Closed gate"),
        "wall": Text("กำแพงหรือสิ่งปิดกั้น", "Wall or block"),
    }
)
"""What can stand at the end of a road, from what lets most through to what lets none."""

ROAD_COLUMNS = (
    "road_class",
    "surface",
    "motor",
    "motorcycle",
    "bicycle",
    "foot",
    "oneway",
    "speed_kmh",
    "bridge",
    "barrier_start",
    "barrier_end",
)
"""Columns of roads that decide who may use them; each may be missing, which is unknown."""

UNKNOWN_CLASS = "local_road"
"""What a road of unknown class is taken for (decision)."""

_MOTOR_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 90,
        "highway": 75,
        "rural_road": 55,
        "local_road": 40,
        "street": 25,
        "service": 15,
        "track": 15,
        "path": 10,
        "ferry": 15,
    }
)
_SURFACE_FACTOR: Mapping[str, float] = MappingProxyType({"gravel": 0.8, "earth": 0.6})


class ArcSpeeds(NamedTuple):
    """Travel speed of n roads in km/h along the line and against it; 0 where it may not be used."""

    forward: Floats
    backward: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Parameters):
    """One way of travelling.

    ``kmh``: speed by class of road; ``closed``: classes that need a flag which opens them.
    ``flags``: columns that open (true) or close (false) a road, the first that is known decides.
    ``fixed_speed``: a road's own ``speed_kmh`` and surface do not matter. ``stopped_by``: barriers
    that cannot be passed. ``estimate_kmh`` and ``detour`` are for straight lines (TOUR-R132).
    ``off_road_kmh``: between a place and the road, straight (decision: on foot).
    ``reach_m``: a place farther from any road is not reached by it (decision).
    """

    name: str
    label: Text
    kmh: Mapping[str, float]
    closed: frozenset[str]
    flags: tuple[str, ...]
    stopped_by: frozenset[str]
    oneway_binds: bool = True
    fixed_speed: bool = False
    top_kmh: float = between(90.0, 1.0, 120.0)
    estimate_kmh: float = between(50.0, 0.1, 120.0)
    detour: float = between(1.3, 1.0, 5.0)
    off_road_kmh: float = between(4.5, 0.1, 120.0)
    reach_m: float = between(1000.0, 0.0, 20_000.0)

    def with_speeds(self, kmh: Mapping[str, float]) -> Profile:
        """The profile with other speeds for some classes of road; 0 closes a class.

        >>> PROFILES["car"].with_speeds({"track": 25}).kmh["track"]
        25

        Raises ParameterError ``road_class_unknown`` or ``parameter_out_of_range``.
        """
        for name, value in kmh.items():
            if name not in self.kmh:
                listed = ", ".join(self.kmh)
                raise ParameterError(
                    "road_class_unknown",
                    Text(
                        f"ไม่มีประเภทถนน {name} (มี {listed})",
                        f"There is no road class {name} (there are {listed})",
                    ),
                    name=name,
                )
            if not 0 <= value <= 120:
                raise ParameterError(
                    "parameter_out_of_range",
                    Text(
                        f"ความเร็วของ {name} = {value} ต้องอยู่ระหว่าง 0 ถึง 120 กม./ชม.",
                        f"The speed of {name} = {value} must be 0 to 120 km/h",
                    ),
                    name=name,
                    value=value,
                )
        return replace(self, kmh=MappingProxyType({**self.kmh, **kmh}))

    def speeds(self, roads: pd.DataFrame) -> ArcSpeeds:
        """Speed on each road and direction; ``roads`` has any of ROAD_COLUMNS.

        >>> roads = pd.DataFrame({"road_class": ["street", "path"], "oneway": ["forward", None]})
        >>> PROFILES["car"].speeds(roads).backward, PROFILES["walk"].speeds(roads).backward
        (array([0., 0.]), array([4.5, 4.5]))
        """
        classes = _texts(roads, "road_class")
        classes = np.where(np.isin(classes, list(self.kmh)), classes, UNKNOWN_CLASS)
        kmh = np.array([float(self.kmh[name]) for name in classes], dtype=float)
        if not self.fixed_speed:
            own = column(roads.get("speed_kmh"), len(roads))
            factor = [_SURFACE_FACTOR.get(name, 1.0) for name in _texts(roads, "surface")]
            known = (own > 0) & (kmh > 0)
            kmh = np.minimum(np.where(known, own, kmh * np.array(factor)), self.top_kmh)
        kmh = np.where(self._allowed(roads, classes), kmh, 0.0)
        way = _texts(roads, "oneway") if self.oneway_binds else np.full(len(roads), "")
        return ArcSpeeds(
            np.where(way == "backward", 0.0, kmh), np.where(way == "forward", 0.0, kmh)
        )

    def passes(self, barriers: Any) -> Any:
        """Whether each barrier lets this traveller through."""
        return ~np.isin(np.asarray(barriers, dtype=str), list(self.stopped_by))

    def _allowed(self, roads: pd.DataFrame, classes: Any) -> Any:
        allowed = ~np.isin(classes, list(self.closed))
        for flag in reversed(self.flags):
            if flag in roads:
                given = np.asarray(roads[flag].astype(object).where(roads[flag].notna(), None))
                yes = np.array([value is not None and bool(value) for value in given], dtype=bool)
                no = np.array([value is not None and not value for value in given], dtype=bool)
                allowed = (allowed | yes) & ~no
        return allowed


def _texts(roads: pd.DataFrame, name: str) -> Any:
    if name not in roads:
        return np.full(len(roads), "", dtype=object)
    return np.asarray(roads[name].astype(object).where(roads[name].notna(), ""), dtype=object)


_FOOT_ONLY = frozenset({"path", "ferry"})  # TOUR-R132: boats only with a timetable

_CAR = Profile(
    name="car",
    label=Text("รถยนต์", "Car"),
    kmh=_MOTOR_KMH,
    closed=_FOOT_ONLY,
    flags=("motor",),
    stopped_by=frozenset(BARRIERS),
    estimate_kmh=ESTIMATE_KMH["car"],
)

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            _CAR,
            replace(
                _CAR,
                name="van",
                label=Text("รถตู้", "Van"),
                top_kmh=80.0,
                estimate_kmh=ESTIMATE_KMH["van"],
            ),
            replace(
                _CAR,
                name="motorcycle",
                label=Text("รถจักรยานยนต์", "Motorcycle"),
                closed=_FOOT_ONLY | {"motorway"},
                flags=("motorcycle", "motor"),
                stopped_by=frozenset({"gate", "wall"}),
                top_kmh=70.0,
                estimate_kmh=ESTIMATE_KMH["motorcycle"],
            ),
            replace(
                _CAR,
                name="bicycle",
                label=Text("จักรยาน", "Bicycle"),
                kmh=MappingProxyType(dict.fromkeys(_MOTOR_KMH, 12.0)),
                closed=frozenset({"motorway", "ferry"}),
                flags=("bicycle",),
                stopped_by=frozenset({"gate", "wall"}),
                fixed_speed=True,
                estimate_kmh=ESTIMATE_KMH["bicycle"],
            ),
            replace(
                _CAR,
                name="walk",
                label=Text("เดิน", "Walk"),
                kmh=MappingProxyType(dict.fromkeys(_MOTOR_KMH, 4.5)),
                closed=frozenset({"motorway", "ferry"}),
                flags=("foot",),
                stopped_by=frozenset({"wall"}),
                oneway_binds=False,
                fixed_speed=True,
                estimate_kmh=ESTIMATE_KMH["walk"],
            ),
        )
    }
)
"""The travellers that the network knows."""
