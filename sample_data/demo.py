"""The ground of the demo province: what every part of the builder stands on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from sample_data.areas import Tambon, partition
from sample_data.frame import ground, lonlat, stream
from sample_data.network import Road, road_network
from sample_data.registers import register
from sample_data.settlements import Settlement, settle
from sample_data.terrain import Terrain, raise_hills

__all__ = ["Demo", "Place"]

Place = Settlement | Tambon
"""Something with a code and a point that other things stand near."""


@dataclass
class Demo:
    """Areas and roads in degrees, settlements in metres, heights on a grid; all from ``seed``."""

    seed: int
    tambons: list[Tambon] = field(init=False)
    shapes: dict[str, MultiPolygon] = field(init=False)
    terrain: Terrain = field(init=False)
    settlements: list[Settlement] = field(init=False)
    roads: list[Road] = field(init=False)

    def __post_init__(self) -> None:
        self.tambons = [
            Tambon(
                row["code"],
                row["name_th"],
                row["name_en"],
                ground(Point(float(row["lon"]), float(row["lat"]))),
                float(row["area_km2"]),
            )
            for row in sorted(register("phuket_tambons"), key=lambda row: row["code"])
        ]
        self.shapes = partition(self.tambons, self.chance("areas"))
        land = shapely.union_all(list(self.shapes.values()))
        self.province = MultiPolygon(list(shapely.get_parts(land)))
        self.island: Polygon = max(ground(self.province).geoms, key=lambda part: part.area)
        self.terrain = raise_hills(self.province, self.chance("terrain"))
        self.settlements = settle(self.tambons, self.shapes, self.terrain, self.chance("villages"))
        self.roads = road_network(
            self.island,
            {s.code: s.point for s in self.settlements},
            {s.code for s in self.villages},
            self.chance("roads"),
        )
        self.road_tree = STRtree([ground(road.line) for road in self.roads])
        self._ground_shapes = {code: ground(shape) for code, shape in self.shapes.items()}
        for shape in self._ground_shapes.values():
            shapely.prepare(shape)

    @property
    def villages(self) -> list[Settlement]:
        """The rural villages alone."""
        return [s for s in self.settlements if s.kind == "village"]

    def chance(self, part: str) -> np.random.Generator:
        """The random numbers of one part of the builder."""
        return stream(self.seed, part)

    def in_tambon(self, code: str, shape: BaseGeometry, margin: float = 0.0) -> bool:
        """Whether a shape (metres) lies in the tambon and keeps ``margin`` from its border."""
        tambon = self._ground_shapes[code[:6]]
        return bool(tambon.contains(shape)) and (
            margin == 0 or tambon.boundary.distance(shape) >= margin
        )

    def area_code(self, point: Point) -> str:
        """The finest area that holds a point (degrees): tambon, or province at sea."""
        held = [code for code, shape in self.shapes.items() if shape.covers(point)]
        return held[0] if held else "83"

    def near(self, place: Place, rng: np.random.Generator, low: float, high: float) -> Point:
        """A point in metres, ``low`` to ``high`` from a place and in the same tambon."""
        while True:
            turn, reach = rng.uniform(0, 2 * np.pi), rng.uniform(low, high)
            point = Point(
                place.point.x + reach * np.cos(turn), place.point.y + reach * np.sin(turn)
            )
            if self.in_tambon(place.code, point, 15):
                return point
            low, high = low * 0.95, high * 0.95

    def spot(self, place: Place, rng: np.random.Generator, low: float, high: float) -> Point:
        """The same, in degrees."""
        return lonlat(self.near(place, rng, low, high))
