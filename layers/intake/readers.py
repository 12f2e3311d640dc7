"""Files as they are: columns, shapes and coordinate system, nothing interpreted yet."""

from __future__ import annotations

import hashlib
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyogrio.errors
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.intake.osm import ROADS_LAYER, read_roads
from layers.intake.report import Finding, refuse
from layers.intake.tables import SHEETS, read_sheet, read_text_table, shapes_from_columns

__all__ = ["FORMATS", "Source", "read_file"]

WGS84 = CRS.from_epsg(4326)
FIELD_LIST = "_fields.csv"
"""End of the name of the table inside a .shp.zip that gives cut column names back in full."""

# GDAL 3.12 never comes back from a FlatGeobuf file with a missing shape in its own Arrow reader;
# the general one is as fast within measure.
pyogrio.set_gdal_config_options({"OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES"})

_UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pa.ArrowException,
    shapely.errors.ShapelyError,
    pd.errors.ParserWarning,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    OSError,
    ValueError,
    KeyError,
)
"""What the libraries raise for a file that is not what its suffix says."""

_GDAL_TYPES = {
    pa.bool_(): pd.BooleanDtype(),
    pa.int8(): pd.Int64Dtype(),
    pa.int16(): pd.Int64Dtype(),
    pa.int32(): pd.Int64Dtype(),
    pa.int64(): pd.Int64Dtype(),
}
_KML_COLUMNS = {
    "id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude",
    "visibility", "drawOrder", "icon", "snippet", "description",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One table of a file.

    ``columns`` has the raw columns; its index are the row numbers, 1 the first data row.
    ``shapes`` are shapely geometries (None where a row has none) in ``crs``, or None for a file
    without geometry. ``typed`` says whether the columns come with types or are all text.
    ``geometry_column`` is what the shapes were called in the file.
    """

    path: Path
    columns: pd.DataFrame
    shapes: Any = None
    crs: CRS | None = None
    typed: bool = True
    encoding: str | None = None
    geometry_column: str = "geometry"
    sha256: str = ""
    findings: tuple[Finding, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.columns)


def read_file(
    path: Path | str,
    layer_name: str | None = None,
    *,
    encoding: str | None = None,
    crs: str | int | None = None,
) -> Source:
    """Read one table of a file, its kind known by its suffix.

    ``layer_name`` picks a layer of a GeoPackage or a sheet of a workbook, ``encoding`` is that of
    a text file or Shapefile (else UTF-8, then Windows-874, are tried), ``crs`` overrides what the
    file says of its coordinates. Raises IntakeError for a file that is missing, of another kind,
    unreadable or empty, that has several layers and none is named, or shapes in no known
    coordinate system.
    """
    path = Path(path)
    reader = _reader(path)
    override = _crs(crs, path) if crs is not None else None
    try:
        source = reader(path, layer_name, encoding)
    except _UNREADABLE as error:
        refuse("IMP-E-READ", file=path.name, reason=_first_line(error))
    if not len(source):
        refuse("IMP-E-EMPTY", file=path.name)
    if source.shapes is not None:
        source = replace(source, crs=override or source.crs)
        if source.crs is None:
            refuse("IMP-E-CRS", file=path.name)
    return replace(source, sha256=_fingerprint(path))


def _reader(path: Path) -> Callable[[Path, str | None, str | None], Source]:
    suffix = _suffix(path)
    if suffix not in FORMATS:
        refuse("IMP-E-FORMAT", file=path.name, formats=" ".join(FORMATS))
    if not path.is_file():
        refuse("IMP-E-FILE", file=path.name)
    return FORMATS[suffix]


def _suffix(path: Path) -> str:
    """The known suffix of a file, else nothing."""
    name = path.name.lower()
    return next((suffix for suffix in FORMATS if name.endswith(suffix)), "")


def _read_ogr(path: Path, layer_name: str | None, encoding: str | None) -> Source:
    name = _layer_name(path, layer_name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL's remarks reappear below as findings
        frame = pyogrio.read_dataframe(
            path,
            layer=name,
            encoding=encoding or _shapefile_encoding(path),
            use_arrow=True,
            arrow_to_pandas_kwargs={"types_mapper": _GDAL_TYPES.get},
            **_open_options(path),
        )
    if path.name.lower().endswith(".kml"):
        artefacts = [c for c in frame.columns if c in _KML_COLUMNS and frame[c].isna().all()]
        artefacts += _constants(frame, ("tessellate", "extrude", "visibility"))
        if "id" in frame and frame["id"].str.fullmatch(r".*\.\d+|ID_\d+").all():
            artefacts.append("id")  # numbers that GDAL gives to placemarks
        frame = frame.drop(columns=list(dict.fromkeys(artefacts)))
    frame = frame.rename(columns=_full_names(path))
    if isinstance(frame, gpd.GeoDataFrame):
        geometry = str(frame.geometry.name)
        shapes = np.asarray(frame.geometry.array, dtype=object)
        columns = pd.DataFrame(frame.drop(columns=geometry))
        crs = frame.crs
    else:
        columns, shapes, crs = frame, None, None
    return Source(path=path, columns=_numbered(columns), shapes=shapes, crs=crs)


def _constants(frame: pd.DataFrame, names: tuple[str, ...]) -> list[str]:
    """The drawing hints that GDAL invents for KML: -1 or 0 everywhere."""
    return [n for n in names if n in frame and set(frame[n].dropna().unique()) <= {-1, 0}]


def _open_options(path: Path) -> dict[str, str]:
    # GDAL takes texts like 08:30 in GeoJSON for times and gives them seconds.
    return {"DATE_AS_STRING": "YES"} if path.suffix.lower() in (".geojson", ".json") else {}


def _layer_name(path: Path, wanted: str | None) -> str | None:
    names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if wanted is not None:
        if wanted not in names:
            refuse("IMP-E-NOLAYER", file=path.name, name=wanted, names=", ".join(names))
        return wanted
    if len(names) > 1:
        names += [ROADS_LAYER] if FORMATS[_suffix(path)] is _read_osm else []
        refuse("IMP-E-LAYERS", file=path.name, names=", ".join(names))
    if not names:
        refuse("IMP-E-EMPTY", file=path.name)
    return names[0]


def _read_osm(path: Path, layer_name: str | None, encoding: str | None) -> Source:
    """The roads of an OpenStreetMap file, or one of the layers that GDAL makes of it."""
    if layer_name != ROADS_LAYER:
        return _read_ogr(path, layer_name, encoding)
    roads = read_roads(path)
    found = (Finding("GEO-I-OTHERWAYS", values={"n": roads.others}),) if roads.others else ()
    return Source(
        path=path, columns=_numbered(roads.columns), shapes=roads.lines, crs=WGS84, findings=found
    )


def _read_parquet(path: Path, _layer_name: str | None, _encoding: str | None) -> Source:
    try:
        frame = gpd.read_parquet(path)
    except ValueError as error:
        if "geo" not in str(error).lower():
            raise
        columns = pd.read_parquet(path)
        return _placed(Source(path=path, columns=_numbered(columns)))
    geometry = str(frame.geometry.name)
    return Source(
        path=path,
        columns=_numbered(pd.DataFrame(frame.drop(columns=geometry))),
        shapes=np.asarray(frame.geometry.array, dtype=object),
        crs=frame.crs,
        geometry_column=geometry,
    )


def _read_csv(path: Path, _layer_name: str | None, encoding: str | None) -> Source:
    columns, used = read_text_table(path, encoding)
    return _placed(Source(path=path, columns=columns, typed=False, encoding=used))


def _read_xlsx(path: Path, layer_name: str | None, _encoding: str | None) -> Source:
    columns, findings = read_sheet(path, layer_name)
    return _placed(Source(path=path, columns=columns, typed=False, findings=findings))


def _placed(source: Source) -> Source:
    """The source with shapes made of its coordinate or WKT columns, where it has such."""
    found = shapes_from_columns(source.columns)
    if found is None:
        return source
    return replace(
        source,
        columns=source.columns.drop(columns=list(found.used)),
        shapes=found.shapes,
        crs=WGS84,
        geometry_column=", ".join(found.used),
        findings=(*source.findings, *found.findings),
    )


def _numbered(columns: pd.DataFrame) -> pd.DataFrame:
    return columns.set_axis(pd.RangeIndex(1, len(columns) + 1), axis=0)


def _crs(code: str | int, path: Path) -> CRS:
    try:
        return CRS.from_user_input(code)
    except CRSError:
        refuse("IMP-E-BADCRS", file=path.name, crs=code)


def _shapefile_encoding(path: Path) -> str | None:
    """Shapefiles of Thai offices without .cpg are Windows-874 unless their text reads as UTF-8."""
    if path.suffix.lower() != ".shp" or path.with_suffix(".cpg").exists():
        return None
    table = path.with_suffix(".dbf")
    if not table.exists() or table.read_bytes()[29:30] not in (b"\x00", b"\x57"):
        return None
    try:
        table.read_bytes()[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "CP874"
    return "UTF-8"


def _full_names(path: Path) -> dict[str, str]:
    if not path.name.lower().endswith(".zip"):
        return {}
    with zipfile.ZipFile(path) as archive:
        lists = [name for name in archive.namelist() if name.endswith(FIELD_LIST)]
        if not lists:
            return {}
        with archive.open(lists[0]) as table:
            names = pd.read_csv(table, dtype=str, encoding="utf-8-sig")
    return dict(zip(names["short"], names["name"], strict=True))


def _fingerprint(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _first_line(error: Exception) -> str:
    """What went wrong, without the machine's paths."""
    words = str(error.args[0] if error.args else error).strip().splitlines()
    line = words[0] if words else type(error).__name__
    return " ".join(Path(word.strip("'\"")).name if "/" in word else word for word in line.split())


FORMATS: dict[str, Callable[[Path, str | None, str | None], Source]] = {
    ".geojson": _read_ogr,
    ".json": _read_ogr,
    ".geojsonseq": _read_ogr,
    ".gpkg": _read_ogr,
    ".fgb": _read_ogr,
    ".shp": _read_ogr,
    ".shp.zip": _read_ogr,
    ".zip": _read_ogr,
    ".kml": _read_ogr,
    ".osm.pbf": _read_osm,
    ".osm": _read_osm,
    ".parquet": _read_parquet,
    ".geoparquet": _read_parquet,
    ".csv": _read_csv,
    ".txt": _read_csv,
    ".tsv": _read_csv,
    **dict.fromkeys(SHEETS, _read_xlsx),
}
"""Suffix -> reader, in the order in which suffixes are tried."""
