"""Atlases: many pages drawn on all cores, kept as files, bound into one PDF with bookmarks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import MappingProxyType

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pypdf import PdfReader, PdfWriter

from geo.errors import PhumiError
from geo.text import Language, Text
from webmap.print.errors import PrintError
from webmap.print.fonts import letters, text_width
from webmap.print.paper import INCH, PAPERS, POINT, Orientation, Size
from webmap.print.sheet import Format, MapSheet, draw_sheet, save_sheet
from webmap.print.wrap import wrap

__all__ = ["AtlasPage", "Drawn", "bind", "contents", "draw_pages"]

CONTENTS = Text("สารบัญ", "Contents")
RECORD = ".pages.json"
"""What the pages in a folder were drawn of, so that a second run draws only what changed."""

MARGIN, LINE, SIZE = 18.0, 6.5, 11.0
INK, FAINT = "#1a1a1a", "#999999"


def _read_only(values: dict[str, object]) -> MappingProxyType[str, object]:
    return MappingProxyType(values)


# Layer definitions hold read-only mappings, which do not travel between processes by themselves.
ForkingPickler.register(MappingProxyType, lambda view: (_read_only, (dict(view),)))


@dataclass(frozen=True, slots=True)
class AtlasPage:
    """A page to draw: its file name, its name for people, what it was made of, how to get it.

    ``stamp`` changes when the page would; ``sheet`` is called only for pages that must be drawn.
    """

    key: str
    name: Text
    stamp: str
    sheet: Callable[[], MapSheet]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page that is there (``new`` if it was drawn just now), or why it is not."""

    page: AtlasPage
    path: Path | None
    new: bool = False
    error: PhumiError | None = None


def draw_pages(
    pages: Iterable[AtlasPage], folder: Path, kind: Format, dpi: int, *, workers: int | None = None
) -> Iterator[Drawn]:
    """Draw pages into ``folder``, one file each; they come as they are done.

    Pages whose file is there with the same stamp are not drawn again, so a run that was stopped
    goes on where it ended. A page that cannot be made does not stop the others.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = _Record(folder / RECORD)
    missing = []
    for page in pages:
        path = folder / f"{page.key}.{kind}"
        stamp = f"{page.stamp} {kind} {dpi}"
        if path.is_file() and record.stamps.get(path.name) == stamp:
            yield Drawn(page, path)
        else:
            missing.append((page, path, stamp))
    number = min(workers or os.cpu_count() or 1, len(missing))
    work = _here(missing, kind, dpi) if number < 2 else _on_cores(missing, kind, dpi, number)
    for drawn, stamp in work:
        if drawn.path is not None:
            record.keep(drawn.path.name, stamp)
        yield drawn


def bind(drawn: Sequence[Drawn], first: Sequence[Figure], target: Path, language: Language) -> None:
    """Write one PDF: the first pages, then the drawn ones, each with a bookmark."""
    whole = PdfWriter()
    for figure in first:
        front = target.with_suffix(".front.pdf")
        save_sheet(figure, front, "pdf")
        whole.append(front, import_outline=False)
        front.unlink()
    if first:
        whole.add_outline_item(title=CONTENTS.get(language), page_number=0)
    for item in drawn:
        if item.path is None:
            continue
        at = len(whole.pages)
        whole.append(PdfReader(item.path), import_outline=False)
        whole.add_outline_item(title=item.page.name.get(language), page_number=at)
    whole.add_metadata({"/Creator": "phumi"})
    unfinished = target.with_suffix(".part")
    with unfinished.open("wb") as stream:
        whole.write(stream)
    unfinished.replace(target)


def contents(
    title: Text, names: Sequence[Text], language: Language, size: Size, orientation: Orientation
) -> list[Figure]:
    """The pages of contents: the name of each page and the number that it has behind them."""
    width, height = PAPERS[size] if orientation == "portrait" else PAPERS[size][::-1]
    lines = int((height - 2 * MARGIN - 24) // LINE)
    number = max(1, -(-len(names) // lines))
    figures = []
    for sheet in range(number):
        figure = Figure(figsize=(width / INCH, height / INCH), facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(0, height)
        room = (width - 2 * MARGIN) / POINT
        heading = wrap(title.get(language), room, 16, bold=True, lines_max=1)[0]
        _say(axes, MARGIN, height - MARGIN - 6, heading, 16, bold=True)
        _say(axes, MARGIN, height - MARGIN - 15, CONTENTS.get(language), 12, bold=True)
        for row, name in enumerate(names[sheet * lines : (sheet + 1) * lines]):
            y = height - MARGIN - 24 - row * LINE
            page = f"{number + sheet * lines + row + 1}"
            (words,) = wrap(name.get(language), room - 40, SIZE, lines_max=1) or [""]
            _say(axes, MARGIN, y, words, SIZE)
            _say(axes, width - MARGIN, y, page, SIZE, side="right")
            start = MARGIN + text_width(words, SIZE) * POINT + 2
            axes.plot([start, width - MARGIN - 10], [y, y], ":", color=FAINT, linewidth=0.6)
        figures.append(figure)
    return figures


def _say(
    axes: object, x: float, y: float, words: str, size: float, *, bold: bool = False,
    side: str = "left",
) -> None:  # fmt: skip
    font = letters(size, bold=bold)
    axes.text(x, y, words, fontproperties=font, color=INK, ha=side, parse_math=False)  # type: ignore[attr-defined]


class _Record:
    """The stamps of the pages in a folder; written after each page."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        self.stamps: dict[str, str] = found if isinstance(found, dict) else {}

    def keep(self, name: str, stamp: str) -> None:
        self.stamps[name] = stamp
        unfinished = self.path.with_suffix(".part")
        unfinished.write_text(json.dumps(self.stamps, indent=1), encoding="utf-8")
        unfinished.replace(self.path)


Missing = tuple[AtlasPage, Path, str]
Fault = tuple[str, Text]


def _here(missing: Sequence[Missing], kind: Format, dpi: int) -> Iterator[tuple[Drawn, str]]:
    for page, path, stamp in missing:
        try:
            _write(page.sheet(), path, kind, dpi)
        except PhumiError as error:
            yield Drawn(page, None, error=error), stamp
        else:
            yield Drawn(page, path, new=True), stamp


def _on_cores(
    missing: Sequence[Missing], kind: Format, dpi: int, workers: int
) -> Iterator[tuple[Drawn, str]]:
    """Sheets are read here, where the store is, and drawn in other processes."""
    waiting: dict[Future[Fault | None], Missing] = {}
    left = list(reversed(missing))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        while left or waiting:
            while left and len(waiting) < 2 * workers:
                item = left.pop()
                page, path, stamp = item
                try:
                    waiting[pool.submit(_attempt, page.sheet(), path, kind, dpi)] = item
                except PhumiError as error:
                    yield Drawn(page, None, error=error), stamp
            for done in wait(waiting, return_when=FIRST_COMPLETED).done if waiting else ():
                page, path, stamp = waiting.pop(done)
                fault = done.result()
                if fault is None:
                    yield Drawn(page, path, new=True), stamp
                else:
                    yield Drawn(page, None, error=PrintError(*fault)), stamp


def _attempt(sheet: MapSheet, path: Path, kind: Format, dpi: int) -> Fault | None:
    """Draw in another process; errors with texts cannot travel as they are, so they are told."""
    try:
        _write(sheet, path, kind, dpi)
    except PhumiError as error:
        return error.code, error.text
    return None


def _write(sheet: MapSheet, path: Path, kind: Format, dpi: int) -> None:
    unfinished = path.with_suffix(".part")
    save_sheet(draw_sheet(sheet), unfinished, kind, dpi)
    unfinished.replace(path)
