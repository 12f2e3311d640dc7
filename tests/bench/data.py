"""What the benchmarks run on: generated points, polygons, ponds, and how many of each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.catalogue import CATALOGUE
from layers.intake import prepare
from layers.model import Field, FieldType, Layer, Text
from layers.query import BBox

__all__ = [
    "AREA",
    "FULL",
    "POINTS",
    "QUICK",
    "Sizes",
    "boxes",
    "plots",
    "points",
    "ponds",
    "tambons",
]

AREA: BBox = (98.5, 6.5, 104.5, 19.5)
POINTS_IN_A_BOX = 300
TAMBONS = 7_425
TAMBON_FILE = Path(__file__).resolve().parents[3] / "shared/data/boundaries/tambon.fgb"
KINDS = np.array(["school", "market", "temple", "clinic", "well"])


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured; ``page`` features a page, loads of ``seconds`` after ``warm_up``."""

    points: int
    ponds: int
    calls: int
    rounds: int
    page: int
    seconds: int
    warm_up: int

    @property
    def box_side(self) -> float:
        """Degrees; a box of this side holds about three hundred points."""
        west, south, east, north = AREA
        return math.sqrt(POINTS_IN_A_BOX * (east - west) * (north - south) / self.points)


FULL = Sizes(points=300_000, ponds=100_000, calls=200, rounds=7, page=100, seconds=10, warm_up=3)
QUICK = Sizes(points=20_000, ponds=2_000, calls=25, rounds=3, page=10, seconds=2, warm_up=1)


def _field(name: str, kind: FieldType = "text") -> Field:
    return Field(name=name, label=Text(name, name), type=kind)


POINTS = Layer(
    id="bench_points",
    title=Text("จุดทดสอบ", "Points"),
    description=Text("จุดสุ่มสำหรับวัดความเร็ว", "Random points to measure with"),
    group="user",
    geometry="Point",
    key="id",
    title_field="name",
    area="area_code",
    user_made=True,
    fields=(
        _field("id"),
        _field("area_code"),
        _field("name"),
        _field("kind"),
        _field("note"),
        _field("visitors", "integer"),
        _field("size", "number"),
        _field("open", "boolean"),
        _field("day", "date"),
    ),
)


def points(n: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Points all over the area, with codes of made-up tambons (a grid of 72 x 9 x 9)."""
    random = np.random.default_rng(seed)
    west, south, east, north = AREA
    x, y = random.random(n), random.random(n)
    column, row = (x * 72).astype(int), (y * 81).astype(int)  # nine tambons across a province
    province = 10 + row // 9 * 8 + column // 9
    district = 1 + row % 9 // 3 * 3 + column % 9 // 3
    tambon = 1 + row % 3 * 3 + column % 3
    numbers = pd.Series(np.arange(n)).astype(str)
    codes = pd.Series(province * 10_000 + district * 100 + tambon).astype(str)
    frame = pd.DataFrame(
        {
            "id": "p" + numbers,
            "area_code": codes,
            "name": "สถานที่ " + numbers,
            "kind": KINDS[random.integers(0, len(KINDS), n)],
            "note": "หมายเหตุของ " + codes,
            "visitors": random.integers(0, 5_000, n),
            "size": np.round(random.random(n) * 100, 2),
            "open": random.random(n) < 0.5,
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 2_000, n), "D"),
        }
    )
    shapes = gpd.points_from_xy(west + x * (east - west), south + y * (north - south))
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)


def boxes(n: int, side: float, seed: int = 2, within: BBox = AREA) -> Iterator[BBox]:
    """Boxes anywhere in the area, so that no answer is asked for twice."""
    random = np.random.default_rng(seed)
    west, south, east, north = within
    for u, v in random.random((n, 2)):
        x, y = west + u * (east - west - side), south + v * (north - south - side)
        yield (round(x, 5), round(y, 5), round(x + side, 5), round(y + side, 5))


def tambons() -> tuple[gpd.GeoDataFrame, str]:
    """The boundaries of all tambons, or as many made-up ones; and which of the two it is."""
    if TAMBON_FILE.exists():
        rows = prepare(TAMBON_FILE, CATALOGUE["tambons"], layer_id="tambons").rows
        return gpd.GeoDataFrame(rows), "official boundaries"
    shapes = _polygons(TAMBONS, corners=8, seed=3)
    codes = pd.Series(100_101 + np.arange(len(shapes))).astype(str)
    frame = pd.DataFrame({"code": codes, "name_th": "ตำบล " + codes, "name_en": "Tambon " + codes})
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326), "generated polygons"


def _polygons(n: int, corners: int, seed: int) -> np.ndarray:
    """Stars around the points of a grid."""
    random = np.random.default_rng(seed)
    west, south, east, north = AREA
    across = math.ceil(math.sqrt(n * (east - west) / (north - south)))
    step = (east - west) / across
    number = np.arange(n)
    centre = np.stack([west + (number % across + 0.5) * step, south + (number // across) * step], 1)
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = step * (0.3 + 0.2 * random.random((n, corners, 1)))
    rings = centre[:, None, :] + radius * np.stack([np.cos(turn), np.sin(turn)], 1)
    return shapely.polygons(rings)


def plots(n: int) -> gpd.GeoDataFrame:
    """Square plots of about 100 m, a grid of them."""
    number = np.arange(n)
    x, y = 102 + number % 500 * 0.001, 15 + number // 500 * 0.001
    frame = pd.DataFrame({"plot_id": "plot" + pd.Series(number).astype(str)})
    return gpd.GeoDataFrame(frame, geometry=shapely.box(x, y, x + 0.0009, y + 0.0009), crs=4326)


def ponds(n: int, seed: int = 4) -> gpd.GeoDataFrame:
    """A pond in every plot: some too steep for their size, a tenth with a bench."""
    random = np.random.default_rng(seed)
    number = pd.Series(np.arange(n)).astype(str)
    x, y = 102.0001 + np.arange(n) % 500 * 0.001, 15.0001 + np.arange(n) // 500 * 0.001
    width, height = random.uniform(0.00005, 0.0006, (2, n))
    depth, draws = np.round(random.uniform(2, 5, n), 1), random.random(n)
    profiles = [_benches(to) if draw < 0.1 else None for to, draw in zip(depth, draws, strict=True)]
    frame = pd.DataFrame(
        {
            "pond_id": "pond" + number,
            "plot_id": "plot" + number,
            "kind": "design",
            "depth_m": depth,
            "slope_h_per_v": random.choice([1.0, 1.5, 2.0], n),
            "profile": profiles,
        }
    )
    return gpd.GeoDataFrame(frame, geometry=shapely.box(x, y, x + width, y + height), crs=4326)


def _benches(depth: float) -> list[dict[str, float]]:
    return [
        {"depth_to": 1.0, "slope": 1.5, "bench_at_top": 0},
        {"depth_to": float(depth), "slope": 1.0, "bench_at_top": 0.5},
    ]
