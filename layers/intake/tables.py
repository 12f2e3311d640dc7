"""Tables without types: text files and workbooks, and the coordinates that stand in columns."""

from __future__ import annotations

import csv
import io
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import shapely
from openpyxl.utils.exceptions import InvalidFileException

from layers.intake.numbers import NUMBER_TYPE, read_numbers
from layers.intake.report import Finding, refuse
from layers.intake.text import to_arrow, to_series, unescape_formula
from layers.intake.values import as_text

__all__ = ["SHEETS", "PlacedColumns", "read_sheet", "read_text_table", "shapes_from_columns"]

SHEETS = (".xlsx", ".xlsm")
ENCODINGS = ("utf-8-sig", "cp874")
"""Tried in this order (IMP-R1); Thai in Windows-874 is hardly ever valid UTF-8."""

LON_NAMES = ("lon", "lng", "long", "longitude", "x", "ลองจิจูด", "ลองติจูด")
LAT_NAMES = ("lat", "latitude", "y", "ละติจูด", "ละติจูต")
WKT_NAMES = ("wkt", "geometry", "geom", "the_geom")

_DELIMITERS = ",;\t|"


def read_text_table(path: Path, encoding: str | None = None) -> tuple[pd.DataFrame, str]:
    """A CSV file as texts, row numbers from 1 (blank lines counted, not kept), and its encoding.

    The delimiter is the one of comma, semicolon, tab and bar that the header holds most of.
    Refuses text that cannot be decoded, a header twice, and a file without data rows.
    """
    text, used = _decode(path, encoding)
    text = text.lstrip("\r\n")
    header_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=header_line.count)
    header = next(csv.reader([header_line], delimiter=delimiter), [])
    if not any(cell.strip() for cell in header):
        refuse("IMP-E-EMPTY", file=path.name)
    names = _headings(header, path)
    with warnings.catch_warnings():
        # A row with more cells than the header would lose them.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        table = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=0,
            names=names,
            index_col=False,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            skip_blank_lines=False,
        )
    return _tidy(table, path), used


def read_sheet(path: Path, sheet: str | None = None) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """The first (or the named) sheet of a workbook, cells as they are, row numbers from 1."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except InvalidFileException as error:
        raise ValueError(str(error)) from error
    try:
        names = book.sheetnames
        if sheet is not None and sheet not in names:
            refuse("IMP-E-NOLAYER", file=path.name, name=sheet, names=", ".join(names))
        chosen = sheet or names[0]
        rows = list(book[chosen].iter_rows(values_only=True))
    finally:
        book.close()
    top = next((i for i, row in enumerate(rows) if any(cell is not None for cell in row)), None)
    if top is None:
        refuse("IMP-E-EMPTY", file=path.name)
    width = max(i for i, cell in enumerate(rows[top]) if cell is not None) + 1
    header = _headings([_heading(cell) for cell in rows[top][:width]], path)
    cells = [(*row[:width], *[None] * (width - len(row))) for row in rows[top + 1 :]]
    table = pd.DataFrame(cells, columns=header, dtype=object)
    others = [name for name in names if name != chosen]
    findings: tuple[Finding, ...] = ()
    if others and sheet is None:
        note = {"name": chosen, "others": ", ".join(others)}
        findings = (Finding("IMP-I-SHEET", values=note),)
    return _tidy(table, path), findings


@dataclass(frozen=True, slots=True)
class PlacedColumns:
    """Shapes (EPSG:4326 unless told otherwise) made of the columns ``used``."""

    shapes: Any
    used: tuple[str, ...]
    findings: tuple[Finding, ...]


def shapes_from_columns(table: pd.DataFrame) -> PlacedColumns | None:
    """Shapes from a WKT column, else points from a longitude and a latitude column.

    None when the table has neither. A row with an empty cell has no shape; one with a cell that
    cannot be read is a finding.
    """
    by_name = {str(name).strip().casefold(): name for name in reversed(table.columns)}
    wkt = next((by_name[name] for name in WKT_NAMES if name in by_name), None)
    if wkt is not None and _looks_like_wkt(table[wkt]):
        return _from_wkt(table[wkt])
    lon = next((by_name[name] for name in LON_NAMES if name in by_name), None)
    lat = next((by_name[name] for name in LAT_NAMES if name in by_name), None)
    return _points(table, lon, lat) if lon is not None and lat is not None else None


def _points(table: pd.DataFrame, lon: str, lat: str) -> PlacedColumns:
    findings: list[Finding] = []
    ordinates = []
    for name in (lon, lat):
        numbers, bad = read_numbers(as_text(table[name]))
        values = {"type": NUMBER_TYPE}
        findings += [
            Finding("IMP-E-TYPE", int(row), name, str(table[name][row]), values)
            for row in table.index[bad]
        ]
        ordinates.append(numbers)
    xy = np.column_stack(ordinates)
    shapes = np.full(len(table), None, dtype=object)
    known = ~np.isnan(xy).any(axis=1)
    shapes[known] = shapely.points(xy[known])
    return PlacedColumns(shapes, (lon, lat), tuple(findings))


def _from_wkt(column: pd.Series[Any]) -> PlacedColumns:
    texts = column.astype(object).where(column.notna(), None).to_numpy()
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    bad = column.notna().to_numpy() & shapely.is_missing(shapes)
    findings = tuple(
        Finding("GEO-E-WKT", int(row), str(column.name), str(column[row])[:80])
        for row in column.index[bad]
    )
    return PlacedColumns(shapes, (str(column.name),), findings)


def _looks_like_wkt(column: pd.Series[Any]) -> bool:
    known = column.dropna()
    if known.empty:
        return True
    return bool(known.head(100).astype(str).str.match(r"\s*[A-Za-z]+ *Z? *(?:\(|EMPTY)").any())


def _decode(path: Path, encoding: str | None) -> tuple[str, str]:
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") and encoding is None:
        encoding = "utf-16"
    for name in (encoding,) if encoding else ENCODINGS:
        try:
            text = content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\x00" in text:  # no text file has these
            break
        return text.removeprefix("\ufeff"), name.removesuffix("-sig")
    return refuse("IMP-E-ENC", file=path.name)


def _headings(cells: list[str], path: Path) -> list[str]:
    names = [" ".join(cell.split()) for cell in cells]
    twice = [(name, n) for name, n in Counter(names).items() if n > 1 and name]
    if twice:
        refuse("IMP-E-DUPHEADER", file=path.name, col=twice[0][0], n=twice[0][1])
    return [name or f"column_{i}" for i, name in enumerate(names, 1)]


def _heading(cell: object) -> str:
    return "" if cell is None else str(cell)


def _tidy(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Rows numbered from 1, blank ones dropped, apostrophes before formulas taken off."""
    table = table.set_axis(pd.RangeIndex(1, len(table) + 1), axis=0).dropna(how="all")
    if table.empty:
        refuse("IMP-E-EMPTY", file=path.name)
    unnamed = [c for c in table if str(c).startswith("column_") and table[c].isna().all()]
    table = table.drop(columns=unnamed)
    for name in table.columns:
        if pd.api.types.is_string_dtype(table[name]) and table[name].dtype != object:
            plain = unescape_formula(to_arrow(table[name]))
            table[name] = to_series(plain, table[name])
        else:
            cells = table[name]
            table[name] = cells.map(_plain_cell, na_action="ignore")
    return table


def _plain_cell(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith("'"):
        return unescape_formula(to_arrow([cell]))[0].as_py()
    return cell
