"""The ground height of the demo: hills about where Phuket's are, nought at the coast."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin
from shapely import MultiPolygon

from sample_data.frame import ground

__all__ = ["CELL", "NODATA", "Terrain", "raise_hills", "write_terrain"]

CELL = 0.00125  # degrees, about 138 m
NODATA = -9999.0

# Longitude, latitude, height in m, half-widths east and north in km: general knowledge, rough.
HILLS = (
    (98.318, 7.920, 500, 1.5, 2.2),
    (98.312, 7.830, 400, 1.2, 1.8),
    (98.309, 7.868, 340, 1.4, 1.3),
    (98.386, 8.047, 430, 2.0, 2.4),
    (98.306, 7.962, 330, 1.3, 1.6),
    (98.346, 7.950, 340, 1.6, 1.7),
    (98.295, 8.057, 250, 1.0, 1.6),
    (98.333, 7.985, 220, 1.2, 1.1),
    (98.381, 7.897, 130, 0.6, 0.6),
    (98.402, 7.902, 190, 0.7, 0.9),
    (98.406, 7.817, 170, 0.7, 1.3),
    (98.425, 7.888, 110, 0.8, 0.7),
    (98.306, 7.765, 90, 0.6, 0.7),
    (98.405, 8.082, 200, 1.2, 1.4),
    (98.362, 8.098, 190, 1.5, 1.1),
    (98.322, 8.158, 110, 1.0, 1.6),
    (98.424, 7.985, 100, 0.9, 0.7),
    (98.365, 7.598, 160, 0.6, 0.8),
    (98.368, 7.789, 200, 0.6, 0.5),
    (98.458, 8.050, 150, 0.4, 0.9),
)


class Terrain:
    """Heights in metres on a grid of longitude and latitude; NODATA at sea."""

    def __init__(self, heights: np.ndarray, west: float, north: float) -> None:
        self.heights, self.west, self.north = heights, west, north

    def at(self, lon: float, lat: float) -> float:
        """Height of the cell that holds a point; 0.0 at sea."""
        row, column = int((self.north - lat) / CELL), int((lon - self.west) / CELL)
        return max(float(self.heights[row, column]), 0.0)


def raise_hills(province: MultiPolygon, rng: np.random.Generator) -> Terrain:
    """Heights over ``province`` (degrees): hills, a rolling lowland and a shore that falls to 0."""
    west, south, east, north = province.bounds
    west, north = np.floor(west / CELL - 2) * CELL, np.ceil(north / CELL + 2) * CELL
    shape = (int((north - south) / CELL) + 2, int((east - west) / CELL) + 2)
    lat = north - (np.arange(shape[0])[:, None] + 0.5) * CELL
    lon = west + (np.arange(shape[1])[None, :] + 0.5) * CELL
    heights = 9 + 7 * _rolling(shape, 14, rng)
    for x, y, top, wide, tall in HILLS:
        east_km, north_km = (lon - x) * 110.3, (lat - y) * 110.6
        heights = heights + top * np.exp(-((east_km / wide) ** 2 + (north_km / tall) ** 2) / 1.4)
    heights = heights * (1 + 0.22 * _rolling(shape, 5, rng)) + 2 * rng.random(shape)
    points = np.asarray(shapely.points(*np.broadcast_arrays(lon, lat)))
    land = shapely.contains_properly(_prepared(province), points)
    shore = ground(province.boundary).simplify(15)
    distance = np.zeros(shape)
    distance[land] = shapely.distance(shore, [ground(p) for p in points[land]])
    heights = np.round(heights * (1 - np.exp(-distance / 260)), 1)
    return Terrain(np.where(land, np.maximum(heights, 0), NODATA), west, north)


def write_terrain(terrain: Terrain, path: Path) -> None:
    """Write the heights as a compressed GeoTIFF that says that they are invented."""
    rows, columns = terrain.heights.shape
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "height": rows, "width": columns,
        "crs": "EPSG:4326", "transform": from_origin(terrain.west, terrain.north, CELL, CELL),
        "nodata": NODATA, "compress": "deflate", "predictor": 3, "zlevel": 9,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        out.write(terrain.heights.astype("float32"), 1)
        out.set_band_description(1, "elevation")
        out.units = ("m",)
        out.update_tags(
            data_origin="invented",
            TIFFTAG_IMAGEDESCRIPTION="Invented ground height of the phumi demo; not a survey",
        )


def _prepared(shape: MultiPolygon) -> MultiPolygon:
    shapely.prepare(shape)
    return shape


def _rolling(shape: tuple[int, int], cells: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise, about -1 to 1: a coarse random grid read in between with cosines."""
    coarse = rng.uniform(-1, 1, (shape[0] // cells + 3, shape[1] // cells + 3))
    rows, columns = np.arange(shape[0]) / cells, np.arange(shape[1]) / cells
    r, c = rows.astype(int), columns.astype(int)
    u = ((1 - np.cos((rows - r) * np.pi)) / 2)[:, None]
    v = ((1 - np.cos((columns - c) * np.pi)) / 2)[None, :]
    upper = coarse[np.ix_(r, c)] * (1 - v) + coarse[np.ix_(r, c + 1)] * v
    lower = coarse[np.ix_(r + 1, c)] * (1 - v) + coarse[np.ix_(r + 1, c + 1)] * v
    return np.asarray(upper * (1 - u) + lower * u)
