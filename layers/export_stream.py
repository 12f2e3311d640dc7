"""Layers of any size out of the house: files made batch by batch, in memory that stays flat.

The same columns, names and rules as :mod:`layers.export`, from the Arrow batches of a store.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyproj import CRS

from layers.export import is_list_of_codes, multiple, sheet_of, table_of
from layers.model import Layer
from layers.query import WGS84
from layers.store.frames import from_arrow

__all__ = ["csv_parts", "write_fgb", "write_parquet"]

GEOPARQUET = "1.1.0"
GROUP_ROWS = 65_536
GROUP_SIZE = 32_000_000  # bytes of columns that are held to be written together
# What goes before the WKB (little-endian) of a line or polygon to make it a feature of parts.
PARTS = {2: b"\x01\x05\x00\x00\x00\x01\x00\x00\x00", 3: b"\x01\x06\x00\x00\x00\x01\x00\x00\x00"}


def csv_parts(batches: Iterable[pa.RecordBatch], layer: Layer, crs: int = WGS84) -> Iterator[bytes]:
    """CSV as :func:`layers.export.export` writes it: a mark for Excel, no formulas, lon and lat.

    Coordinates that are not degrees stand in ``x`` and ``y``; other shapes are WKT.
    """
    mark = "\ufeff"
    for batch in batches:
        rows = from_arrow(pa.Table.from_batches([batch]), layer, crs)
        sheet = sheet_of(table_of(rows, layer, None, crs))
        yield (mark + sheet.to_csv(index=False, header=bool(mark))).encode()
        mark = ""


def write_parquet(
    batches: Iterable[pa.RecordBatch], layer: Layer, path: Path, crs: int = WGS84
) -> None:
    """GeoParquet with WKB shapes; lists of codes are lists, other lists and objects JSON text."""
    parts = (_with_lists(batch, layer) for batch in batches)
    first = next(parts)
    schema = first.schema
    if "geometry" in schema.names:
        schema = schema.with_metadata({"geo": json.dumps(_geo(crs))})
    with pq.ParquetWriter(path, schema) as writer:
        held: list[pa.RecordBatch] = []
        for batch in chain([first], parts):
            held.append(batch)
            if sum(part.num_rows for part in held) >= GROUP_ROWS or _size(held) >= GROUP_SIZE:
                writer.write_table(pa.Table.from_batches(held).cast(schema))
                held = []
        if held:
            writer.write_table(pa.Table.from_batches(held).cast(schema))


def _size(batches: list[pa.RecordBatch]) -> int:
    return sum(batch.nbytes for batch in batches)


def write_fgb(
    batches: Callable[[], Iterable[pa.RecordBatch]], layer: Layer, path: Path, crs: int = WGS84
) -> None:
    """FlatGeobuf with its index, without where a feature has no place: the index cannot hold it.

    Lines and polygons are features of several parts throughout. The index makes QGIS read a window
    of a large file at once. GDAL sorts its boxes in memory, about 90 bytes a feature (27 MB for
    300,000), and the features through a file beside ``path``.
    """
    try:
        _write_fgb(_placed_only(batches()), layer, path, crs, index="YES")
    except _Placeless:
        path.unlink(missing_ok=True)
        _write_fgb(batches(), layer, path, crs, index="NO")


class _Placeless(Exception):
    """A feature without a place."""


def _placed_only(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if batch.column("geometry").null_count:
            raise _Placeless
        yield batch


def _write_fgb(
    batches: Iterable[pa.RecordBatch], layer: Layer, path: Path, crs: int, *, index: str
) -> None:
    faults: list[Exception] = []
    kind = multiple(layer.geometry)
    parts = _watched(batches, faults)
    if kind.startswith("Multi"):
        parts = (_of_parts(batch) for batch in parts)
    first = next(parts)
    reader = pa.RecordBatchReader.from_batches(first.schema, chain([first], parts))
    try:
        pyogrio.write_arrow(
            reader,
            path,
            driver="FlatGeobuf",
            geometry_name="geometry",
            geometry_type=kind,
            crs=f"EPSG:{crs}",
            SPATIAL_INDEX=index,
        )
    except Exception:
        if faults:
            raise faults[0] from None  # what went wrong below, not what GDAL made of it
        raise


def _watched(
    batches: Iterable[pa.RecordBatch], faults: list[Exception]
) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    except Exception as error:
        faults.append(error)
        raise


def _with_lists(batch: pa.RecordBatch, layer: Layer) -> pa.RecordBatch:
    for place, name in enumerate(batch.schema.names):
        if name != "geometry" and is_list_of_codes(layer.by_name[name]):
            texts = batch.column(place).to_pylist()
            lists = [None if text is None else json.loads(text) for text in texts]
            column = pa.array(lists, pa.list_(pa.string()))
            batch = batch.set_column(place, name, column)
    return batch


def _of_parts(batch: pa.RecordBatch) -> pa.RecordBatch:
    place = batch.schema.get_field_index("geometry")
    shapes = batch.column(place).to_pylist()
    wrapped = [None if wkb is None else PARTS.get(wkb[1], b"") + wkb for wkb in shapes]
    return batch.set_column(place, "geometry", pa.array(wrapped, pa.binary()))


def _geo(crs: int) -> dict[str, Any]:
    """The file metadata of GeoParquet; types of shapes are not known before the last batch."""
    column = {"encoding": "WKB", "geometry_types": [], "crs": CRS.from_epsg(crs).to_json_dict()}
    return {
        "version": GEOPARQUET,
        "primary_column": "geometry",
        "columns": {"geometry": column},
    }
