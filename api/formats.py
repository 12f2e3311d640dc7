"""The forms that features leave in: names for ``f=``, media types, and the downloads.

A download holds all that the query matches, not one page. It flows from the engine to the caller
in parts, or, where a format is written with seeks, through a temporary file.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, current_app, request

from api.access import current_settings, current_store
from api.language import asked_language
from api.links import GEOJSON, HTML, JSON
from api.problems import Busy, TooMuch
from geo.text import Text
from geo.thai import THAI_TIME
from layers.export_stream import csv_parts, write_fgb, write_parquet
from layers.model import Layer
from layers.query import Query, View

__all__ = [
    "DOWNLOADS",
    "ITEM",
    "ITEMS",
    "Download",
    "disposition",
    "download",
    "item_forms",
    "register",
]

BLOCK = 256 * 1024  # bytes of a temporary file that are sent at a time
RECORD = "\x1e"  # begins each text of a GeoJSON sequence (RFC 8142)


Make = Callable[[Query, View, Layer, ExitStack], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Download:
    """A form that a whole layer can leave in.

    ``make`` gives the bytes and hands what must be closed afterwards to the stack.
    """

    name: str
    title: str
    media_type: str
    suffix: str
    make: Make
    needs_place: bool = False

    def holds(self, layer: Layer, view: View) -> bool:
        """Whether what the caller may see of a layer goes into this form."""
        return not self.needs_place or (layer.geometry is not None and view.geometry)


def _sequence(query: Query, view: View, _: Layer, resources: ExitStack) -> Iterator[bytes]:
    return _lines(query, view, resources, before=RECORD)


def _ndjson(query: Query, view: View, _: Layer, resources: ExitStack) -> Iterator[bytes]:
    return _lines(query, view, resources, before="")


def _lines(query: Query, view: View, resources: ExitStack, before: str) -> Iterator[bytes]:
    parts = current_store().stream(query, view)
    resources.callback(parts.close)
    between = f"\n{before}"
    return (f"{before}{between.join(texts)}\n".encode() for texts in parts)


def _csv(query: Query, view: View, layer: Layer, resources: ExitStack) -> Iterator[bytes]:
    batches = current_store().batches(query, view)
    resources.callback(batches.close)
    return csv_parts(batches, layer, query.crs)


def _parquet(query: Query, view: View, layer: Layer, resources: ExitStack) -> Iterator[bytes]:
    def write(path: Path) -> None:
        write_parquet(current_store().batches(query, view), layer, path, query.crs)

    return _spooled(write, "features.parquet", resources)


def _fgb(query: Query, view: View, layer: Layer, resources: ExitStack) -> Iterator[bytes]:
    def write(path: Path) -> None:
        store = current_store()
        write_fgb(lambda: store.batches(query, view), layer, path, query.crs)

    return _spooled(write, "features.fgb", resources)


def _spooled(write: Callable[[Path], None], name: str, resources: ExitStack) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="phumi-") as folder:
        path = Path(folder) / name  # GDAL makes a folder of a name without the suffix
        write(path)
        file = resources.enter_context(path.open("rb"))  # outlives its name
    return iter(lambda: file.read(BLOCK), b"")


_ALL = (
    Download("geojsonseq", "GeoJSON Sequence", "application/geo+json-seq", ".geojsons", _sequence),
    Download("ndjson", "NDJSON", "application/x-ndjson", ".ndjson", _ndjson),
    Download("csv", "CSV (Excel)", "text/csv", ".csv", _csv),
    Download("fgb", "FlatGeobuf", "application/flatgeobuf", ".fgb", _fgb, needs_place=True),
    Download("parquet", "GeoParquet", "application/vnd.apache.parquet", ".parquet", _parquet),
)
DOWNLOADS = {form.name: form for form in _ALL}
ITEM = (("geojson", GEOJSON), ("json", JSON), ("html", HTML))
ITEMS = (*ITEM, *((form.name, form.media_type) for form in _ALL))


def item_forms(layer: Layer, view: View) -> tuple[tuple[str, str], ...]:
    """(name, media type) of every form that what the caller may see of a layer can leave in."""
    return tuple(
        (name, kind)
        for name, kind in ITEMS
        if name not in DOWNLOADS or DOWNLOADS[name].holds(layer, view)
    )


def register(app: Flask) -> None:
    """Let an application run some downloads at once, not all: each holds a thread to its end."""
    app.extensions["phumi_downloads"] = threading.BoundedSemaphore(
        max(1, app.config["PHUMI"].threads - 1)
    )


def download(name: str, query: Query, view: View, layer: Layer) -> Response:
    """All features that match as a file; ``limit`` counts only if the request names it.

    What fails at the beginning is raised as ever; a fault in the middle breaks the connection,
    so half a file is not taken for a whole one. Raises TooMuch and Busy.
    """
    form = DOWNLOADS[name]
    with ExitStack() as resources:
        _take_turn(resources)
        query = replace(query, limit=_limit(query, view))
        body = form.make(query, view, layer, resources)
        first = next(body, b"")
        response = Response(chain([first], body), content_type=_content_type(form))
        if request.method == "HEAD":
            response.response = []  # nobody will read it, so nothing is kept open
        else:
            response.call_on_close(resources.pop_all().close)
    changed_on = current_store().state(layer.id).changed_at.astimezone(THAI_TIME).date()
    response.headers["Content-Disposition"] = disposition(
        f"{layer.title.get(asked_language())}_{changed_on}{form.suffix}",
        f"{layer.id}_{changed_on}{form.suffix}",
    )
    return response


def disposition(name: str, plain: str) -> str:
    """Content-Disposition of a file with a Thai name, and a plain one for old clients (RFC 6266).

    >>> print(disposition("สระ.csv", "ponds.csv"))
    attachment; filename="ponds.csv"; filename*=UTF-8''%E0%B8%AA%E0%B8%A3%E0%B8%B0.csv
    """
    safe = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "-", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def _limit(query: Query, view: View) -> int | None:
    most = current_settings().download_limit_max
    if "limit" in request.args:
        return min(int(request.args["limit"]), most)
    whole = replace(query, limit=None)
    number = current_store().count(whole, view)
    if number > most:
        raise TooMuch(
            "download_large",
            Text(
                f"มี {number:,} รายการ ดาวน์โหลดได้ครั้งละไม่เกิน {most:,} "
                "ให้จำกัดด้วย bbox, filter หรือ limit",
                f"There are {number:,} features, at most {most:,} in one download; "
                "narrow it by bbox, filter or limit",
            ),
            limit=most,
        )
    return None


def _take_turn(resources: ExitStack) -> None:
    turns: threading.BoundedSemaphore = current_app.extensions["phumi_downloads"]
    if not turns.acquire(blocking=False):
        raise Busy(
            "downloads_busy",
            Text(
                "มีผู้ดาวน์โหลดเต็มจำนวนแล้ว ลองใหม่ในอีกสักครู่",
                "As many downloads are running as this server allows; try again in a moment",
            ),
        )
    resources.callback(turns.release)


def _content_type(form: Download) -> str:
    return f"{form.media_type}; charset=utf-8" if form.name == "csv" else form.media_type
