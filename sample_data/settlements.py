"""Where the villages and communities of the demo stand, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiLineString, MultiPolygon, Point

from sample_data.areas import Tambon
from sample_data.frame import ground, lonlat
from sample_data.network import highways
from sample_data.terrain import Terrain

__all__ = ["COMMUNITIES", "VILLAGES", "Settlement", "settle", "shares"]

# Villages and communities per district (PHUKET L191-205; the last two districts derived).
VILLAGES = {"8301": 44, "8302": 6, "8303": 46}
COMMUNITIES = {"8301": 32, "8302": 26, "8303": 0}
FIRST_COMMUNITY = 51  # village numbers stay below

GROUND_WORDS = (
    ("โคก", "Khok"), ("นา", "Na"), ("ควน", "Khuan"), ("ท่า", "Tha"), ("บาง", "Bang"),
    ("ทุ่ง", "Thung"), ("หนอง", "Nong"), ("สวน", "Suan"), ("คลอง", "Khlong"), ("ไร่", "Rai"),
    ("ดอน", "Don"), ("พรุ", "Phru"), ("ป่า", "Pa"), ("อ่าว", "Ao"), ("แหลม", "Laem"),
)  # fmt: skip
PLANT_WORDS = (
    ("มะพร้าว", "Maphrao"), ("เสม็ด", "Samet"), ("หว้า", "Wa"), ("สะตอ", "Sato"),
    ("จิกน้ำ", "Chik Nam"), ("ยางงาม", "Yang Ngam"), ("สับปะรด", "Sapparot"),
    ("ตะเคียน", "Takhian"), ("โกงกาง", "Kongkang"), ("ส้มควาย", "Som Khwai"),
    ("ลำพู", "Lamphu"), ("มะม่วง", "Mamuang"), ("ขนุน", "Khanun"), ("ทองหลาง", "Thonglang"),
    ("เตยหอม", "Toei Hom"), ("ชมพู่", "Chomphu"),
)  # fmt: skip


@dataclass(frozen=True)
class Settlement:
    """A village or an urban community; ``point`` in metres."""

    code: str
    kind: str
    number: int
    word_th: str
    word_en: str
    point: Point

    @property
    def name_th(self) -> str:
        """บ้าน... for a village, ชุมชน... for a community."""
        return ("บ้าน" if self.kind == "village" else "ชุมชน") + self.word_th

    @property
    def name_en(self) -> str:
        """The name in Latin letters."""
        return f"Ban {self.word_en}" if self.kind == "village" else f"{self.word_en} Community"


def shares(total: int, weights: dict[str, float]) -> dict[str, int]:
    """Divide ``total`` by weight in whole numbers, the largest remainders first.

    >>> shares(6, {"a": 36.9, "b": 26.4, "c": 16.0})
    {'a': 3, 'b': 2, 'c': 1}
    """
    whole = sum(weights.values())
    parts = {key: int(total * weight / whole) for key, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda k: (parts[k] - total * weights[k] / whole, k))
    for key in by_remainder[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def settle(
    tambons: list[Tambon],
    shapes: dict[str, MultiPolygon],
    terrain: Terrain,
    rng: np.random.Generator,
) -> list[Settlement]:
    """Place every village and community in its tambon, by code.

    Villages and communities per tambon are not printed: they are spread by area so that the
    sums of the districts hold (decision).
    """
    names = [(a + b, f"{c} {d}") for a, c in GROUND_WORDS for b, d in PLANT_WORDS]
    names = [names[k] for k in rng.permutation(len(names))]
    roads = MultiLineString([road.line for road in highways()])
    found: list[Settlement] = []
    for tambon in sorted(tambons, key=lambda t: t.code):
        district = tambon.code[:4]
        areas = {t.code: t.area_km2 for t in tambons if t.code[:4] == district}
        villages = shares(VILLAGES[district], areas)[tambon.code]
        communities = shares(COMMUNITIES[district], areas)[tambon.code]
        numbers = [("village", n) for n in range(1, villages + 1)]
        numbers += [("community", n) for n in range(FIRST_COMMUNITY, FIRST_COMMUNITY + communities)]
        points = _spread(shapes[tambon.code], len(numbers), terrain, roads, rng)
        for (kind, number), point in zip(numbers, points, strict=True):
            word_th, word_en = names[len(found)]
            code = f"{tambon.code}{number:02d}"
            found.append(Settlement(code, kind, number, word_th, word_en, point))
    return found


def _spread(
    shape: MultiPolygon,
    count: int,
    terrain: Terrain,
    roads: MultiLineString,
    rng: np.random.Generator,
) -> list[Point]:
    """Points on low ground near the roads, far from each other: the best of many candidates."""
    inner = ground(max(shape.geoms, key=lambda part: part.area)).buffer(-180)
    west, south, east, north = inner.bounds
    chosen: list[Point] = []
    while len(chosen) < count:
        tries = rng.uniform((west, south), (east, north), (250, 2))
        tries = tries[shapely.contains_xy(inner, tries)]
        best, value = None, -np.inf
        for x, y in tries:
            point = Point(x, y)
            height = terrain.at(*lonlat(point).coords[0])
            apart = min((point.distance(other) for other in chosen), default=0.0)
            worth = apart - 12 * max(height - 45, 0) - 0.5 * max(roads.distance(point) - 400, 0)
            if worth > value:
                best, value = point, worth
        if best is not None:
            chosen.append(best)
    return chosen
