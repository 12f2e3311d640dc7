"""The administrative areas of the demo province: invented borders, printed names and counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize

from sample_data.frame import MAP_DECIMALS, lonlat
from sample_data.outline import coast, islets, roughen

__all__ = ["Tambon", "partition"]


@dataclass(frozen=True)
class Tambon:
    """A tambon as printed: code, names, an inner point in metres, area in km2."""

    code: str
    name_th: str
    name_en: str
    point: Point
    area_km2: float


def partition(tambons: list[Tambon], rng: np.random.Generator) -> dict[str, MultiPolygon]:
    """Divide the island into tambons, in degrees: no gaps, no overlaps, edges shared exactly.

    The cells are a power diagram of the inner points whose weights are moved until the areas
    come close to the printed ones; then the inner borders are roughened and the islets added.
    """
    island = coast(rng)
    sites = np.array([(t.point.x, t.point.y) for t in tambons])
    wanted = np.array([t.area_km2 for t in tambons])
    wanted = wanted / wanted.sum() * island.area
    around = island.buffer(400)
    cells = _cells(around, sites, _weights(island, sites, wanted))
    faces = _faces(island, around, cells, MultiPoint(sites), rng)
    more = islets(rng)
    out = {}
    for tambon, face in zip(tambons, _named(faces, sites), strict=True):
        parts = [face, *more.get(tambon.code, MultiPolygon()).geoms]
        out[tambon.code] = MultiPolygon([parts[0], *(lonlat(part) for part in parts[1:])])
    return out


def _cells(island: Polygon, sites: np.ndarray, weights: np.ndarray) -> list[BaseGeometry]:
    """The part of the island nearest to each site, by squared distance less weight."""
    far = 2e5
    squares = (sites**2).sum(axis=1) - weights
    cells = []
    for i, site in enumerate(sites):
        cell: BaseGeometry = island
        for j in np.flatnonzero(np.arange(len(sites)) != i):
            length = np.hypot(*(sites[j] - site))
            unit = (sites[j] - site) / length
            foot = unit * (squares[j] - squares[i]) / (2 * length)
            along = np.array([-unit[1], unit[0]]) * far
            back = unit * 2 * far
            half = [foot + along, foot - along, foot - along - back, foot + along - back]
            cell = cell.intersection(Polygon(half))
        cells.append(cell)
    return cells


def _weights(island: Polygon, sites: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Weights whose cells come close to the wanted areas while every site stays in its cell."""
    island = Polygon(shapely.get_coordinates(island.simplify(200)))
    gaps = ((sites[:, None] - sites[None]) ** 2).sum(axis=2)
    np.fill_diagonal(gaps, np.inf)
    weights = np.zeros(len(sites))
    for turn in range(100):
        areas = np.array([cell.area for cell in _cells(island, sites, weights)])
        weights = weights + (wanted - areas) * (0.4 if turn < 60 else 0.15)
        for i in np.argsort(-weights):  # the heaviest first: a site must not fall to another
            weights[i] = min(weights[i], (weights + 0.96 * gaps[i]).min())
    return weights


def _faces(
    island: Polygon,
    around: Polygon,
    cells: list[BaseGeometry],
    sites: MultiPoint,
    rng: np.random.Generator,
) -> list[Polygon]:
    """The cells, in degrees, with natural inner borders: the faces of one noded line work."""
    lines = shapely.unary_union([cell.boundary for cell in cells], grid_size=0.01)
    borders = shapely.line_merge(lines.difference(around.exterior.buffer(1.0)))
    arcs = []
    for arc in shapely.get_parts(
        borders
    ):  # near a site a border stays straight, so that it keeps its side
        share = min(0.06, 0.2 * arc.distance(sites) / arc.length)
        arcs.append(LineString(roughen(shapely.get_coordinates(arc), share, 260, rng)))
    noded = shapely.unary_union([lonlat(line) for line in [island.exterior, *arcs]], grid_size=1e-6)
    land = lonlat(island)
    faces = [lonlat_grid(face) for face in polygonize(noded)]
    return [face for face in faces if land.contains(face.representative_point())]


def lonlat_grid(face: Polygon) -> Polygon:
    """The face on the exact decimals that are written to file."""
    return shapely.transform(face, lambda xy: np.round(xy, MAP_DECIMALS))


def _named(faces: list[Polygon], sites: np.ndarray) -> list[Polygon]:
    """One face per site; a fragment joins the neighbour it shares most border with."""
    points = [lonlat(Point(xy)) for xy in sites]
    named = [next(face for face in faces if face.contains(point)) for point in points]
    for rest in (face for face in faces if face not in named):
        shared = [rest.boundary.intersection(face.boundary).length for face in named]
        k = int(np.argmax(shared))
        named[k] = Polygon(shapely.get_coordinates(shapely.union_all([named[k], rest])))
    return named
