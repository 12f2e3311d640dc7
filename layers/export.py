"""Layers out of the house: one file of the format that its suffix names, whole or not at all.

Intake reads every format back: the same rows, with what the format cannot hold named in the notes.
"""

from __future__ import annotations

import json
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from geo.errors import PhumiError
from geo.text import Language, Text
from layers.intake.messages import wording
from layers.intake.readers import FIELD_LIST
from layers.intake.text import escape_formula
from layers.model import Field, Layer
from layers.query import WGS84

__all__ = [
    "FORMATS",
    "ExportError",
    "Exported",
    "Table",
    "export",
    "is_list_of_codes",
    "multiple",
    "sheet_of",
    "table_of",
]

EXCEL_ROWS = 1_048_575
EXCEL_CELL = 32_767
EXCEL_WHOLE = 10**15
DBF_CELL = 254
"""Bytes of text that one cell of a Shapefile holds."""

_CUT = Text("ตัดเหลือส่วนต้น", "cut")
_LEFT_EMPTY = Text("เว้นว่าง", "left empty")
_PLACELESS = (".geojson", ".gpkg", ".parquet", ".csv", ".xlsx")


class ExportError(PhumiError):
    """A file cannot be written; a file of that name that stood there is as it was."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The file that was written, its number of rows, and what the format could not hold."""

    path: Path
    rows: int
    notes: tuple[Text, ...] = ()


def export(
    rows: pd.DataFrame, layer: Layer, path: Path | str, *, language: Language | None = None
) -> Exported:
    """Write rows of a layer (n rows, ``geometry`` in EPSG:4326) to a file, format by suffix.

    ``language`` None writes field names and codes, as programs want; "th" or "en" writes the
    labels of fields (with unit) and of codes, as people read them. Lists and objects are JSON
    text, except in GeoJSON. The file appears under its name only when it is complete. Raises
    ExportError for an unknown suffix, a format that cannot hold the layer, and a failed write.
    """
    path = Path(path)
    suffix = next((known for known in FORMATS if path.name.lower().endswith(known)), None)
    if suffix is None:
        raise _error("EXP-E-FORMAT", file=path.name, formats=" ".join(FORMATS))
    if layer.geometry is None and suffix not in _PLACELESS:
        formats = " ".join(_PLACELESS)
        raise _error("EXP-E-NOGEOM", layer=layer.title, suffix=suffix, formats=formats)
    table = table_of(rows, layer, language)
    try:
        with tempfile.TemporaryDirectory(prefix=".phumi-", dir=path.parent) as folder:
            part = Path(folder) / path.name
            notes = FORMATS[suffix](table, part)
            part.replace(path)
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise _error("EXP-E-WRITE", file=path.name, reason=reason) from error
    return Exported(path, len(rows), tuple(notes))


def _error(code: str, **values: object) -> ExportError:
    return ExportError(code, wording(code, **values), **values)


# --- What every format gets -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """Columns under their headings in writing order, the field of each, and the shapes."""

    columns: pd.DataFrame
    fields: dict[str, Field]
    shapes: Any
    layer: Layer
    crs: int = WGS84

    def flat(self) -> pd.DataFrame:
        """The columns with lists and objects as JSON text."""
        frame = self.columns.copy()
        for heading, field in self.fields.items():
            if field.type in ("list", "object"):
                frame[heading] = frame[heading].map(_json, na_action="ignore").astype("str")
        return frame


def table_of(
    rows: pd.DataFrame, layer: Layer, language: Language | None, crs: int = WGS84
) -> Table:
    """Rows of a layer as every format starts from: typed columns under their headings."""
    shapes = None
    if layer.geometry is not None:
        shapes = np.full(len(rows), None, dtype=object)
        if "geometry" in rows:
            shapes = np.asarray(rows["geometry"].array, dtype=object)
    fields = [field for field in layer.fields if field.name in rows]
    headings = _headings(fields, language)
    columns = {
        heading: _typed(_worded(rows[field.name], field, language), field)
        for heading, field in zip(headings, fields, strict=True)
    }
    frame = pd.DataFrame(columns).reset_index(drop=True)
    return Table(frame, dict(zip(headings, fields, strict=True)), shapes, layer, crs)


def _headings(fields: list[Field], language: Language | None) -> list[str]:
    if language is None:
        return [field.name for field in fields]
    labels = [
        f"{field.label.get(language)} ({field.unit})" if field.unit else field.label.get(language)
        for field in fields
    ]
    return [
        f"{label} / {field.name}" if labels.count(label) > 1 else label
        for label, field in zip(labels, fields, strict=True)
    ]


def _worded(column: pd.Series[Any], field: Field, language: Language | None) -> pd.Series[Any]:
    if language is None or field.values is None:
        return column
    labels = {code: label.get(language) for code, label in field.values.items()}
    if field.type == "list":
        return column.map(lambda codes: [labels.get(c, c) for c in codes], na_action="ignore")
    return column.map(lambda code: labels.get(code, code), na_action="ignore")


def _typed(column: pd.Series[Any], field: Field) -> pd.Series[Any]:
    """The column in the dtype of its field, whatever the store or a program gave."""
    if field.type == "integer":
        return column.astype("Int64")
    if field.type == "number":
        return column.astype("float64")
    if field.type == "boolean":
        return column.astype("boolean")
    if field.type == "date":
        days = pd.to_datetime(column).dt.date.astype(object)
        return days.where(days.notna(), None)
    if field.type == "datetime":
        return pd.to_datetime(column, utc=True).astype("datetime64[ms, UTC]")
    if field.type == "text":
        return column.astype("str")
    return column.astype(object).map(_plain, na_action="ignore")


def _plain(cell: Any) -> Any:
    if isinstance(cell, np.ndarray):
        return cell.tolist()
    return json.loads(cell) if isinstance(cell, str) else cell


def _json(cell: Any) -> str:
    return json.dumps(cell, ensure_ascii=False, default=str)


# --- GeoJSON and Parquet --------------------------------------------------------------------


def _write_geojson(table: Table, path: Path) -> list[Text]:
    shapes = [None] * len(table.columns) if table.shapes is None else table.shapes
    places = shapely.to_geojson(np.asarray(shapes, dtype=object))
    key = next((h for h, field in table.fields.items() if field.name == table.layer.key), None)
    ids = table.columns[key] if key else [None] * len(table.columns)
    cells = [_json_cells(table.columns[heading]) for heading in table.columns]
    headings = list(table.columns)
    with path.open("w", encoding="utf-8") as out:
        out.write('{"type":"FeatureCollection","features":[')
        for i, (place, fid) in enumerate(zip(places, ids, strict=True)):
            values = {heading: cells[k][i] for k, heading in enumerate(headings)}
            known = f'"id":{_json(fid)},' if isinstance(fid, str) else ""
            out.write(
                f'{"," if i else ""}\n{{"type":"Feature",{known}"geometry":{place or "null"},'
                f'"properties":{_json(values)}}}'
            )
        out.write("\n]}\n")
    return []


def _json_cells(column: pd.Series[Any]) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        column = column.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ").str.replace(".000000Z", "Z")
    cells = column.astype(object)
    return [None if missing else cell for cell, missing in zip(cells, cells.isna(), strict=True)]


def _write_parquet(table: Table, path: Path) -> list[Text]:
    frame = table.flat()
    for heading, field in table.fields.items():
        if is_list_of_codes(field):
            frame[heading] = table.columns[heading]
    if table.shapes is None:
        frame.to_parquet(path, index=False)
    else:
        _placed(frame, table).to_parquet(path, index=False)
    return []


def is_list_of_codes(field: Field) -> bool:
    """Whether a list is one of texts for certain; any other may hold anything, and is JSON text."""
    return field.type == "list" and field.values is not None


def _placed(frame: pd.DataFrame, table: Table) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(frame, geometry=table.shapes, crs=table.crs)


# --- Formats that GDAL writes ---------------------------------------------------------------


def _write_ogr(table: Table, path: Path, driver: str, **options: Any) -> None:
    frame = table.flat()
    if table.shapes is None:
        pyogrio.write_dataframe(frame, path, driver=driver, use_arrow=True)
        return
    kind = table.layer.geometry
    given = {"geometry_type": "Unknown" if kind == "Geometry" else kind} | options
    pyogrio.write_dataframe(
        _placed(frame, table),
        path,
        driver=driver,
        use_arrow=True,
        **given,
    )


def multiple(kind: str | None) -> str:
    """The geometry type that also holds features of several parts of a type.

    >>> multiple("Polygon"), multiple("Point"), multiple("Geometry")
    ('MultiPolygon', 'Point', 'Unknown')
    """
    if kind is None or kind == "Geometry":
        return "Unknown"
    return f"Multi{kind}" if kind in ("LineString", "Polygon") else kind


def _write_gpkg(table: Table, path: Path) -> list[Text]:
    _write_ogr(table, path, "GPKG", layer=table.layer.id)
    return []


def _write_fgb(table: Table, path: Path) -> list[Text]:
    bare = bool(shapely.is_missing(table.shapes).any())  # its index cannot hold a missing shape
    kind = multiple(table.layer.geometry)  # it refuses several parts among single ones
    index = "NO" if bare else "YES"
    promote = kind.startswith("Multi")
    options = {"geometry_type": kind, "promote_to_multi": promote, "SPATIAL_INDEX": index}
    _write_ogr(table, path, "FlatGeobuf", **options)
    return []


def _write_kml(table: Table, path: Path) -> list[Text]:
    """KML: every value as text in ExtendedData, the title field as the placemark's Name."""
    frame = table.flat()
    texts = {heading: pd.Series(_texts(frame[heading]), dtype="str") for heading in frame}
    title = table.layer.title_field
    heading = next((h for h, field in table.fields.items() if field.name == title), None)
    if heading and "name" not in {str(h).casefold() for h in texts}:
        texts = {"Name": texts[heading], **texts}
    with _quiet():
        worded = replace(table, columns=pd.DataFrame(texts), fields={})
        _write_ogr(worded, path, "LIBKML", layer=table.layer.id)
    return []


def _texts(column: pd.Series[Any]) -> list[str | None]:
    """Values as texts that intake reads back, None where there is none."""
    cells = [cell.isoformat() if isinstance(cell, date) else cell for cell in _json_cells(column)]
    return [cell if cell is None or isinstance(cell, str) else _json(cell) for cell in cells]


def _write_shapefile(table: Table, path: Path) -> list[Text]:
    """A zip of the Shapefile's parts and a list of the full names of its columns."""
    frame = table.flat()
    short = _short_names([str(heading) for heading in frame.columns])
    notes = []
    for heading in frame.columns:
        field = table.fields[heading]
        if field.type in ("text", "list", "object"):
            notes += _too_long(frame, str(heading), ".shp.zip")
        elif field.type == "boolean":
            frame[heading] = frame[heading].astype("Int64")
    name = path.name[: -len(".shp.zip")] or table.layer.id
    folder = path.parent / "parts"
    folder.mkdir()
    cut = replace(table, columns=frame.rename(columns=short), fields={})
    with _quiet():
        _write_ogr(cut, folder / f"{name}.shp", "ESRI Shapefile", ENCODING="UTF-8")
    names = pd.DataFrame({"short": list(short.values()), "name": list(short)})
    names["type"] = [table.fields[heading].type for heading in short]
    names.to_csv(folder / f"{name}{FIELD_LIST}", index=False, encoding="utf-8-sig")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
    if any(old != new for old, new in short.items()):
        notes.append(wording("EXP-I-NAMES", file=f"{name}{FIELD_LIST}"))
    return notes


def _short_names(headings: list[str]) -> dict[str, str]:
    """Names of at most 10 bytes, unique without regard to case; Thai ones become numbers.

    >>> list(_short_names(["area_code", "district_th", "district_en", "ชื่อ"]).values())
    ['area_code', 'district_t', 'district_e', 'c4']
    """
    short: dict[str, str] = {}
    for i, heading in enumerate(headings, 1):
        name = heading[:10] if heading.isascii() and heading.isidentifier() else f"c{i}"
        if name.lower() in {other.lower() for other in short.values()}:
            name = f"{name[: 9 - len(str(i))]}_{i}"
        short[heading] = name
    return short


def _too_long(frame: pd.DataFrame, heading: str, suffix: str) -> list[Text]:
    """Cut text that a DBF cell cannot hold, leave out what an Excel cell cannot, and say so."""
    texts = frame[heading].astype(object)
    dbf = suffix == ".shp.zip"
    limit = DBF_CELL if dbf else EXCEL_CELL
    sizes = texts.dropna().map(lambda text: len(text.encode()) if dbf else len(text))
    over = texts.index.isin(sizes.index[sizes > limit])
    if not over.any():
        return []
    cut = texts[over].map(lambda text: text.encode()[:DBF_CELL].decode(errors="ignore"))
    frame.loc[over, heading] = cut if dbf else None
    treatment = _CUT if dbf else _LEFT_EMPTY
    n = int(over.sum())
    return [wording("EXP-W-CELL", col=heading, n=n, suffix=suffix, treatment=treatment)]


def _quiet() -> Any:
    """GDAL remarks that the target has fewer types; the notes say what that means."""
    return warnings.catch_warnings(action="ignore", category=RuntimeWarning)


# --- Tables ---------------------------------------------------------------------------------


def _write_csv(table: Table, path: Path) -> list[Text]:
    sheet_of(table).to_csv(path, index=False, encoding="utf-8-sig")
    return []


def _write_xlsx(table: Table, path: Path) -> list[Text]:
    frame = sheet_of(table)
    if len(frame) > EXCEL_ROWS:
        raise _error("EXP-E-ROWS", n=len(frame), limit=EXCEL_ROWS)
    notes: list[Text] = []
    for heading in frame:
        if isinstance(frame[heading].dtype, pd.StringDtype):
            notes += _too_long(frame, str(heading), ".xlsx")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(table.layer.id[:31])
    sheet.freeze_panes = "A2"
    sheet.append(list(frame))
    cells = [frame[heading].astype(object) for heading in frame]
    columns = [[_excel_cell(cell) for cell in column] for column in cells]
    for row in zip(*columns, strict=True):
        sheet.append(row)
    book.save(path)
    return notes


def _excel_cell(cell: Any) -> Any:
    """Excel numbers have 15 digits; a longer whole number is kept as text."""
    if isinstance(cell, int) and abs(cell) > EXCEL_WHOLE:
        return str(cell)
    return None if not isinstance(cell, str) and pd.isna(cell) else cell


def sheet_of(table: Table) -> pd.DataFrame:
    """Columns for a spreadsheet: JSON text, ISO moments, no formulas, the place at the end."""
    frame = table.flat()
    for heading, field in table.fields.items():
        if field.type in ("text", "list", "object"):
            frame[heading] = frame[heading].map(escape_formula, na_action="ignore").astype("str")
        elif field.type == "datetime":
            frame[heading] = pd.Series(_texts(frame[heading]), dtype="str")
        elif field.type == "boolean":
            frame[heading] = frame[heading].map({True: "true", False: "false"}).astype("str")
    frame.columns = pd.Index([escape_formula(str(heading)) for heading in frame])
    if table.shapes is None:
        return frame
    x, y = ("lon", "lat") if table.crs == WGS84 else ("x", "y")
    if table.layer.geometry == "Point" and not {x, y} & set(frame):
        return frame.assign(**{x: shapely.get_x(table.shapes), y: shapely.get_y(table.shapes)})
    texts = shapely.to_wkt(table.shapes, rounding_precision=-1)
    return frame.assign(wkt=pd.Series(texts, dtype="str"))


FORMATS: dict[str, Callable[[Table, Path], list[Text]]] = {
    ".geojson": _write_geojson,
    ".gpkg": _write_gpkg,
    ".fgb": _write_fgb,
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".kml": _write_kml,
    ".shp.zip": _write_shapefile,
}
"""Suffix -> writer."""
