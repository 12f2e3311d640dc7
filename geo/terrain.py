"""Terrain from an elevation raster: slope, aspect, sinks, flow paths and upstream area.

Heights are metres on a north-up grid, nan where the raster has no data. Metres per cell are true
ones: on a geographic grid they are measured on the ellipsoid, row by row. Flow is routed with
pyflwdir (Wang and Liu 2006) in whole millimetres, which its 32-bit floats hold exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Geod
from rasterio.errors import RasterioError
from scipy import ndimage

from geo.crs import Floats
from geo.errors import ParameterError
from geo.text import Text

__all__ = ["CELLS_MAX", "Elevation", "Flow", "flow", "sinks", "slope_aspect"]

CELLS_MAX = 50_000_000
"""Cells that are worked on at once; some 3 GB of memory."""

HEIGHT_RANGE = (-500.0, 9000.0)
"""Metres; what lies outside is a void that the raster does not declare (SRTM writes -32768)."""

_GEOD = Geod(ellps="WGS84")
_MM = 1000.0
_EIGHT = np.ones((3, 3), dtype=bool)

# Row step, column step and pyflwdir's code, in the order in which ties are broken (DEM-T4).
_NEIGHBOURS = (
    (0, 1, 1), (1, 1, 2), (1, 0, 4), (1, -1, 8),
    (0, -1, 16), (-1, -1, 32), (-1, 0, 64), (-1, 1, 128),
)  # fmt: skip

ERRORS: Mapping[str, Text] = MappingProxyType(
    {
        "elevation_unreadable": Text(
            "เปิดข้อมูลความสูง {name} ไม่ได้ ต้องเป็นแรสเตอร์ เช่น GeoTIFF หรือ HGT",
            "The elevation {name} cannot be opened; it must be a raster, as GeoTIFF or HGT",
        ),
        "elevation_crs_missing": Text(
            "ข้อมูลความสูงไม่ได้ระบุระบบพิกัด (CRS)", "The elevation raster does not say its CRS"
        ),
        "elevation_rotated": Text(
            "ข้อมูลความสูงต้องเป็นตารางที่ไม่เอียงและหันทิศเหนือขึ้น",
            "The elevation grid must not be rotated",
        ),
        "elevation_too_large": Text(
            "ข้อมูลความสูงมี {cells:,} ช่อง เกิน {most:,} โปรดตัดเฉพาะพื้นที่ที่ใช้",
            "The elevation has {cells:,} cells, more than {most:,}; cut out the area in question",
        ),
        "elevation_shape": Text(
            "ข้อมูลความสูงต้องเป็นตารางสองมิติ", "The elevation must be a grid of two dimensions"
        ),
    }
)


@dataclass(frozen=True, eq=False)
class Elevation:
    """Heights in m (rows, columns), nan without data, row 0 in the north.

    ``transform`` leads from column and row to ``crs``, as rasterio has it.

    >>> grid = Elevation.of([[1, 2], [3, -9999]], Affine(10, 0, 0, 0, -10, 20), "EPSG:32647", -9999)
    >>> grid.heights.tolist(), grid.cell_m2.ravel().tolist()
    ([[1.0, 2.0], [3.0, nan]], [100.0, 100.0])
    """

    heights: Floats
    transform: Affine
    crs: CRS

    @classmethod
    def of(
        cls, heights: ArrayLike, transform: Affine, crs: Any, nodata: float | None = None
    ) -> Elevation:
        """Take an array with its transform and CRS; ParameterError names what is wrong."""
        grid = np.array(heights, dtype=float)
        if grid.ndim != 2:
            raise _wrong("elevation_shape")
        if grid.size > CELLS_MAX:
            raise _wrong("elevation_too_large", cells=grid.size, most=CELLS_MAX)
        if crs is None:
            raise _wrong("elevation_crs_missing")
        if transform.b or transform.d or transform.a <= 0 or transform.e == 0:
            raise _wrong("elevation_rotated")
        if nodata is not None:
            grid[grid == nodata] = np.nan
        low, high = HEIGHT_RANGE
        grid[~((grid >= low) & (grid <= high))] = np.nan
        if transform.e > 0:
            grid = grid[::-1].copy()
            top = transform.f + len(grid) * transform.e
            transform = Affine(transform.a, 0, transform.c, 0, -transform.e, top)
        return cls(grid, transform, CRS.from_user_input(crs))

    @classmethod
    def read(cls, dataset: Any, band: int = 1) -> Elevation:
        """Read an open rasterio dataset; masks, nodata, scale and offset are honoured."""
        cells = dataset.width * dataset.height
        if cells > CELLS_MAX:
            raise _wrong("elevation_too_large", cells=cells, most=CELLS_MAX)
        masked = dataset.read(band, masked=True)
        grid = np.ma.filled(masked.astype(float), np.nan)
        grid = grid * dataset.scales[band - 1] + dataset.offsets[band - 1]
        return cls.of(grid, dataset.transform, dataset.crs)

    @classmethod
    def open(cls, path: Path | str) -> Elevation:
        """Read a raster file; ParameterError ``elevation_unreadable`` names only the file."""
        try:
            with rasterio.open(path) as dataset:
                return cls.read(dataset)
        except (RasterioError, OSError) as error:
            raise _wrong("elevation_unreadable", name=Path(path).name) from error

    @cached_property
    def dx(self) -> Floats:
        """Width of the cells of each row in m, (rows, 1)."""
        return self._steps()[0]

    @cached_property
    def dy(self) -> Floats:
        """Height of the cells of each row in m, (rows, 1)."""
        return self._steps()[1]

    @cached_property
    def cell_m2(self) -> Floats:
        """Area of the cells of each row, (rows, 1)."""
        return self.dx * self.dy

    def _steps(self) -> tuple[Floats, Floats]:
        n, wide, tall = len(self.heights), self.transform.a, -self.transform.e
        if not self.crs.is_geographic:
            metre = self.crs.axis_info[0].unit_conversion_factor
            return np.full((n, 1), wide * metre), np.full((n, 1), tall * metre)
        lat = self.transform.f - tall * (np.arange(n) + 0.5)
        lon = np.zeros(n)
        dx = _GEOD.inv(lon, lat, lon + wide, lat)[2]
        dy = _GEOD.inv(lon, lat - tall / 2, lon, lat + tall / 2)[2]
        return np.reshape(dx, (n, 1)), np.reshape(dy, (n, 1))


def _wrong(code: str, **values: Any) -> ParameterError:
    return ParameterError(code, ERRORS[code].format(**values), **values)


def slope_aspect(elevation: Elevation) -> tuple[Floats, Floats]:
    """Slope in % and downslope azimuth in degrees from north, by Horn's method (DEM-T1, T2).

    Both are nan on the outermost cells and beside cells without data; the azimuth is nan on
    level ground.

    >>> ramp = Elevation.of(np.arange(9.0).reshape(3, 3), Affine(10, 0, 0, 0, -10, 0), 32647)
    >>> slope, aspect = slope_aspect(ramp)
    >>> slope[1, 1].round(2).item(), aspect[1, 1].round(2).item()
    (31.62, 341.57)
    """
    z = elevation.heights
    slope, aspect = np.full(z.shape, np.nan), np.full(z.shape, np.nan)
    if min(z.shape) < 3:
        return slope, aspect
    columns = z[:-2] + 2 * z[1:-1] + z[2:]
    rows = z[:, :-2] + 2 * z[:, 1:-1] + z[:, 2:]
    # The middle cell takes no part in Horn's sums; without it there is no answer either.
    hole = np.where(np.isnan(z[1:-1, 1:-1]), np.nan, 0.0)
    east = (columns[:, 2:] - columns[:, :-2]) / (8 * elevation.dx[1:-1]) + hole
    north = (rows[:-2] - rows[2:]) / (8 * elevation.dy[1:-1]) + hole
    slope[1:-1, 1:-1] = 100 * np.hypot(east, north)
    azimuth = np.degrees(np.arctan2(-east, -north)) % 360
    aspect[1:-1, 1:-1] = np.where((east == 0) & (north == 0), np.nan, azimuth)
    return slope, aspect


@dataclass(frozen=True, eq=False)
class Flow:
    """Where water goes on a grid.

    ``filled``: heights with sinks filled to their spill, in m; ``sink_depth``: what was filled.
    ``downstream``: flat index of the cell that each cell drains to, itself where water leaves the
    grid, -1 without data. ``upstream_m2`` and ``upstream_cells`` count the cell itself.
    """

    filled: Floats
    sink_depth: Floats
    downstream: NDArray[np.int64]
    upstream_m2: Floats
    upstream_cells: Floats


def flow(elevation: Elevation) -> Flow:
    """Fill sinks and route the water by steepest descent to one of 8 neighbours (DEM-T3, T4).

    Water leaves at the edge of the grid and of the cells without data. On ground that was filled,
    and on level ground, it goes the way by which the flooding came.
    """
    # Compiling its loops takes seconds, which only those who route water should wait for.
    import pyflwdir

    void = np.isnan(elevation.heights)
    heights = np.round(elevation.heights * _MM).astype(np.float32)
    if void.all():
        none = np.full(heights.shape, np.nan)
        return Flow(none, none, np.full(heights.shape, -1, dtype=np.int64), none, none)
    filled, flooded = pyflwdir.dem.fill_depressions(heights, nodata=np.nan)
    filled = filled.astype(float)
    codes = _steepest(filled, flooded, elevation)
    routed = pyflwdir.from_array(codes, ftype="d8", check_ftype=False)
    area = np.broadcast_to(elevation.cell_m2, heights.shape).ravel()
    upstream = routed.accuflux(area, nodata=-1.0).reshape(heights.shape).astype(float)
    cells = routed.upstream_area("cell").astype(float)
    downstream = np.where(void, -1, routed.idxs_ds.reshape(heights.shape)).astype(np.int64)
    depth = (filled - heights) / _MM
    return Flow(
        filled=np.where(depth > 0, filled / _MM, elevation.heights),
        sink_depth=depth,
        downstream=downstream,
        upstream_m2=np.where(void, np.nan, upstream),
        upstream_cells=np.where(void, np.nan, cells),
    )


def _steepest(
    filled: Floats, flooded: NDArray[np.uint8], elevation: Elevation
) -> NDArray[np.uint8]:
    """The code of the neighbour with the steepest drop; where none is lower, that of the flood."""
    best = np.zeros(filled.shape)
    codes = flooded.copy()
    edged = np.pad(filled, 1, constant_values=np.nan)
    rows, columns = filled.shape
    diagonal = np.hypot(elevation.dx, elevation.dy)
    for down, right, code in _NEIGHBOURS:
        distance = diagonal if down and right else elevation.dy if down else elevation.dx
        there = edged[1 + down : 1 + down + rows, 1 + right : 1 + right + columns]
        drop = (filled - there) / distance
        steeper = drop > best * (1 + 1e-12)  # nan is never steeper
        best[steeper] = drop[steeper]
        codes[steeper] = code
    return codes


def sinks(
    elevation: Elevation, routed: Flow, least_depth_m: float = 0.0, least_m2: float = 0.0
) -> tuple[NDArray[np.int32], pd.DataFrame]:
    """Sinks that are deep and wide enough: a number for each cell (0 for none) and a table.

    Only ground filled by at least ``least_depth_m`` counts towards a sink's area. The table has
    number, area_m2, depth_m (the deepest) and volume_m3.
    """
    # A tenth of a millimetre: depths are whole millimetres.
    low = max(least_depth_m - 1e-4, 1e-4)
    found, n = ndimage.label(np.nan_to_num(routed.sink_depth) >= low, structure=_EIGHT)
    area = np.broadcast_to(elevation.cell_m2, found.shape)
    inside = found > 0
    number, cells, depth = found[inside], area[inside], routed.sink_depth[inside]
    deepest = np.zeros(n + 1)
    np.maximum.at(deepest, number, depth)
    table = pd.DataFrame(
        {
            "number": np.arange(1, n + 1),
            "area_m2": np.bincount(number, cells, n + 1)[1:],
            "depth_m": deepest[1:],
            "volume_m3": np.bincount(number, cells * depth, n + 1)[1:],
        }
    )
    kept = table[table["area_m2"] >= least_m2 - 1e-6]
    wide = np.zeros(n + 1, dtype=bool)
    wide[kept["number"].to_numpy()] = True
    return np.where(wide[found], found, 0).astype(np.int32), kept.reset_index(drop=True)
