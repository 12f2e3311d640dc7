"""One printed map: everything that is asked for, and the page that comes of it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Literal

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from geo.text import Language, Text
from geo.thai import format_date
from layers.query import BBox
from webmap.legend import build_legend
from webmap.origins import origin_lines
from webmap.overlay import MapLayer
from webmap.print.drawing import draw_layer, ink_of, layer_path, point_scale, zoom_of
from webmap.print.errors import PrintError
from webmap.print.fonts import letters
from webmap.print.frame import MapFrame, frame_around, zone_of
from webmap.print.furniture import draw_north, draw_overview, draw_scale_bar
from webmap.print.grid import GridKind, draw_grid
from webmap.print.labels import draw_labels, layer_labels, place, point_boxes
from webmap.print.legend_block import HEADING, draw_legend
from webmap.print.paper import INCH, POINT, Box, Layout, Orientation, Size, layout
from webmap.print.wrap import wrap

__all__ = ["DPI", "TITLE_MAX", "Format", "MapSheet", "draw_sheet", "save_sheet"]

Format = Literal["png", "pdf", "svg"]

DPI = (50, 600)
TITLE_MAX = 300
"""Letters of a title; a longer one does not fit above a map."""

TOOLS = 29.0
"""Millimetres for scale, arrow and the heading of the overview."""

FIGURES = 50.0
ROW = 4.4
"""Millimetres: width of the figures on an upright page, height of one."""

FIGURES_HEADING = Text("ข้อมูลพื้นที่", "Figures")
ACCENT = "#1f6f54"
INK = "#1a1a1a"
FAINT = "#555555"

EMPTY = Text("ไม่มีข้อมูลในกรอบแผนที่นี้", "There is nothing to show in this extent")
CUT = Text(
    "พื้นที่ใหญ่กว่าหน้ากระดาษที่มาตราส่วนนี้ จึงแสดงเพียงบางส่วน",
    "The area is larger than the page at this scale and is shown in part",
)
ZONES = Text(
    "พื้นที่คร่อมโซน UTM กริดทั้งแผ่นใช้โซน {zone}",
    "The extent lies in two UTM zones; the grid is that of zone {zone}",
)
CROWDED = Text("คำอธิบายสัญลักษณ์แสดงไม่ครบ", "The legend is not complete")
SCALE = Text("มาตราส่วน 1:{scale:,.0f}", "Scale 1:{scale:,.0f}")
GRID = Text("UTM โซน {zone} WGS 84 (EPSG:{epsg})", "UTM zone {zone}, WGS 84 (EPSG:{epsg})")
OVERVIEW = Text("แผนที่สังเขป", "Overview")
SOURCE = Text("ที่มา: {words}", "Source: {words}")
AUTHOR = Text("จัดทำโดย {name}", "Prepared by {name}")
DATED = Text("วันที่ {day}", "Date {day}")

_one_at_a_time = threading.Lock()
"""matplotlib's settings belong to the process."""


@dataclass(frozen=True, kw_only=True)
class MapSheet:
    """A printed map as it is asked for.

    ``items`` are layers cut to what the reader may see, in EPSG:4326; ``bbox`` (degrees) is what
    the map must show; ``area`` the area it is about (drawn around, the rest faded) and
    ``overview`` the outlines of the areas around. ``scale`` None takes the largest that fits.
    ``grey`` is safe for black and white. ``notices`` are lines that must stand on the page,
    ``figures`` labels with values that stand beside the legend.
    Raises PrintError for a title that is too long or a resolution that cannot be.
    """

    title: Text
    items: Sequence[MapLayer]
    bbox: BBox
    subtitle: Text | None = None
    area: shapely.Geometry | None = None
    overview: Sequence[shapely.Geometry] = ()
    language: Language = "th"
    size: Size = "A4"
    orientation: Orientation = "landscape"
    scale: float | None = None
    grid: GridKind = "utm"
    grey: bool = False
    source: Text | None = None
    author: str = ""
    date: dt.date | None = None
    logo: Path | None = None
    notices: Sequence[Text] = ()
    figures: Sequence[tuple[Text, Text]] = ()

    def __post_init__(self) -> None:
        longest = max(len(self.title.get(self.language)), len(self._subtitle))
        if longest > TITLE_MAX:
            raise PrintError(
                "title_too_long",
                Text(
                    f"ชื่อแผนที่ยาว {longest} ตัวอักษร ใช้ได้ไม่เกิน {TITLE_MAX} ตัวอักษร",
                    f"The title has {longest} letters; at most {TITLE_MAX} fit",
                ),
                length=longest,
                limit=TITLE_MAX,
            )

    @property
    def _subtitle(self) -> str:
        return "" if self.subtitle is None else self.subtitle.get(self.language)

    @cached_property
    def layout(self) -> Layout:
        """Where the parts of the page stand."""
        return layout(self.size, self.orientation)

    @cached_property
    def frame(self) -> MapFrame:
        """The part of the world that the page shows."""
        return frame_around(self.bbox, self.layout.map.width, self.layout.map.height, self.scale)


def draw_sheet(sheet: MapSheet) -> Figure:
    """Draw the page; :func:`save_sheet` writes it. Raises FontMissing without a Thai font."""
    page = sheet.layout
    figure = Figure(figsize=(page.width / INCH, page.height / INCH), facecolor="white")
    FigureCanvasAgg(figure)
    drawn = _draw_map(figure, sheet)
    shown = [(item, shapes) for item, shapes in drawn if _any(shapes)]
    notes = list(sheet.notices)
    if sheet.frame.cut:
        notes.append(CUT)
    if sheet.frame.crosses_zones:
        notes.append(ZONES.format(zone=zone_of(sheet.frame.epsg)))
    if _draw_panel(figure, sheet, shown):
        notes.append(CROWDED)
    _draw_title(figure, sheet)
    _draw_foot(figure, sheet, [item for item, _ in shown], notes)
    return figure


def save_sheet(figure: Figure, target: Path | IO[bytes], kind: Format, dpi: int = 150) -> None:
    """Write a page. The same page gives the same bytes: no clock and no chance in them.

    PDF carries the fonts as TrueType, SVG the letters as shapes, so both look the same anywhere.
    """
    if not DPI[0] <= dpi <= DPI[1]:
        raise PrintError(
            "print_dpi",
            Text(
                f"ความละเอียด {dpi} dpi ใช้ไม่ได้ (ใช้ได้ {DPI[0]} ถึง {DPI[1]})",
                f"A resolution of {dpi} dpi cannot be (it can be {DPI[0]} to {DPI[1]})",
            ),
        )
    stamp: dict[str, Any] = {
        "png": {"metadata": {"Software": "phumi"}, "pil_kwargs": {"compress_level": 3}},
        "pdf": {"metadata": {"Creator": "phumi", "CreationDate": None}},
        "svg": {"metadata": {"Creator": "phumi", "Date": None}},
    }[kind]
    settings = {"pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "phumi"}
    with _one_at_a_time, mpl.rc_context({**settings, "hatch.linewidth": 0.4}):
        figure.savefig(target, format=kind, dpi=dpi, **stamp)


def _draw_map(figure: Figure, sheet: MapSheet) -> list[tuple[MapLayer, npt.NDArray[Any]]]:
    frame = sheet.frame
    axes = _axes(figure, sheet.layout, sheet.layout.map)
    west, south, east, north = frame.window
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_axis_on()
    axes.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
    axes.patch.set_visible(True)
    items = sorted(sheet.items, key=lambda item: item.look.order)
    drawn = [
        (item, draw_layer(axes, item, frame, grey=sheet.grey, zorder=1 + number / 1000))
        for number, item in enumerate(items)
    ]
    _draw_area(axes, sheet)
    draw_grid(axes, frame, sheet.grid, zorder=3)
    labels = [
        label for item, shapes in reversed(drawn)
        for label in layer_labels(item, shapes, frame, sheet.language)
    ]  # fmt: skip
    draw_labels(axes, place(labels, frame, point_boxes(drawn, frame)), frame, zorder=4)
    if not any(_any(shapes) for _, shapes in drawn):
        words = EMPTY.get(sheet.language)
        font = letters(14)
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", fontproperties=font)
    for side in axes.spines.values():
        side.set(linewidth=1.0, color=INK, zorder=6)
    return drawn


def _draw_area(axes: Axes, sheet: MapSheet) -> None:
    if sheet.area is None or sheet.area.is_empty:
        return
    shape = sheet.frame.project(np.array([sheet.area], dtype=object))[0]
    if shapely.get_dimensions(shape) < 2:
        return
    window = shapely.box(*sheet.frame.window)
    around = shapely.difference(window, shape)
    if not around.is_empty:
        veil = layer_path(np.array([around], dtype=object))
        axes.add_patch(PathPatch(veil, facecolor=("white", 0.5), edgecolor="none", zorder=2))
    edge = INK if sheet.grey else ACCENT
    outline = layer_path(np.array([shape], dtype=object))
    axes.add_patch(PathPatch(outline, fill=False, edgecolor=edge, linewidth=1.6, zorder=2.1))


def _draw_title(figure: Figure, sheet: MapSheet) -> None:
    box = sheet.layout.title
    axes = _page_part(figure, sheet.layout, box)
    left = _draw_logo(figure, sheet)
    room = (box.width - left) / POINT
    words = sheet.title.get(sheet.language)
    for size in (18.0, 15.0, 12.0, 10.0, 8.0):
        lines_max = 1 if size > 12 else 2 if size > 8 else 3
        lines = wrap(words, room, size, bold=True)
        if len(lines) <= lines_max:
            break
    lines = wrap(words, room, size, bold=True, lines_max=lines_max)
    y = box.height
    for line in lines:
        y -= size * POINT * 1.35
        _write(axes, left, y, line, size, bold=True, colour=INK)
    if sheet._subtitle:
        y -= 10 * POINT * 1.6
        line = wrap(sheet._subtitle, room, 10.0, lines_max=1)[0]
        _write(axes, left, max(y, 1.0), line, 10.0, colour=FAINT)


def _draw_logo(figure: Figure, sheet: MapSheet) -> float:
    if sheet.logo is None:
        return 0.0
    box = sheet.layout.title
    try:
        picture = mpl.image.imread(sheet.logo)
    except (OSError, ValueError, SyntaxError) as why:
        raise PrintError(
            "print_logo",
            Text(f"อ่านตราสัญลักษณ์ {sheet.logo} ไม่ได้", f"The logo {sheet.logo} cannot be read"),
        ) from why
    height = box.height - 2
    width = min(height * picture.shape[1] / picture.shape[0], 40.0)
    axes = _axes(figure, sheet.layout, Box(box.left, box.bottom + 2, width, height))
    axes.imshow(picture, aspect="equal", interpolation="lanczos")
    return width + 4


def _draw_panel(
    figure: Figure, sheet: MapSheet, shown: Sequence[tuple[MapLayer, npt.NDArray[Any]]]
) -> int:
    """Legend, overview, north arrow and scale; returns how many legend lines found no room."""
    panel = sheet.layout.panel
    overview = 32.0 if sheet.overview else 0.0
    if sheet.layout.upright:
        tools = Box(panel.left + panel.width - 56, panel.bottom, 56, panel.height)
        taken = FIGURES + 4 if sheet.figures else 0.0
        beside = Box(tools.left - taken, panel.bottom, FIGURES, panel.height)
        legend = Box(panel.left, panel.bottom, panel.width - 60 - taken, panel.height)
    else:
        tools = Box(panel.left, panel.bottom, panel.width, TOOLS + overview)
        top = panel.bottom + panel.height
        legend = Box(
            panel.left, tools.bottom + tools.height + 3, panel.width,
            top - tools.bottom - tools.height - 3,
        )  # fmt: skip
        taken = (len(sheet.figures) + 2) * ROW if sheet.figures else 0.0
        beside = Box(legend.left, legend.bottom, legend.width, taken)
        legend = legend._replace(bottom=legend.bottom + taken, height=legend.height - taken)
    _draw_tools(figure, sheet, tools)
    _draw_figures(figure, sheet, beside)
    axes = _page_part(figure, sheet.layout, legend)
    _write(axes, 0, legend.height - 5, HEADING.get(sheet.language), 11, bold=True, colour=INK)
    body = _page_part(
        figure, sheet.layout, Box(legend.left, legend.bottom, legend.width, legend.height - 8.5)
    )
    factor = point_scale(zoom_of(sheet.frame))
    legends = [
        (
            build_legend(item.layer, item.look, item.features[_present(shapes)]),
            ink_of(item.look, grey=sheet.grey),
        )
        for item, shapes in reversed(shown)
    ]
    return draw_legend(body, legends, (legend.width, legend.height - 8.5), sheet.language, factor)


def _draw_figures(figure: Figure, sheet: MapSheet, box: Box) -> None:
    if not sheet.figures:
        return
    axes = _page_part(figure, sheet.layout, box)
    y = box.height - 5
    _write(axes, 0, y, FIGURES_HEADING.get(sheet.language), 9, bold=True, colour=INK)
    for label, value in sheet.figures[: int((box.height - ROW) // ROW)]:
        y -= ROW
        words = wrap(label.get(sheet.language), box.width * 0.5 / POINT, 8, lines_max=1)[0]
        _write(axes, 0, y, words, 8, colour=FAINT)
        told = wrap(value.get(sheet.language), box.width * 0.46 / POINT, 8, lines_max=1)
        _write(axes, box.width - 2, y, "".join(told), 8, colour=INK, side="right")


def _draw_tools(figure: Figure, sheet: MapSheet, box: Box) -> None:
    axes = _page_part(figure, sheet.layout, box)
    frame, language = sheet.frame, sheet.language
    lines = [SCALE.format(scale=frame.scale)]
    if sheet.grid != "none":
        lines.append(GRID.format(zone=zone_of(frame.epsg), epsg=frame.epsg))
    for number, line in enumerate(lines):
        _write(axes, 0, 5 - 4 * number, line.get(language), 7, colour=FAINT if number else INK)
    draw_scale_bar(axes, frame, (2, 10), box.width - 20, language)
    draw_north(axes, frame, (box.width - 7, 12.5), 11, language)
    if not sheet.overview:
        return
    top = TOOLS - 5
    height = box.height - TOOLS
    _write(axes, 0, box.height - 3.5, OVERVIEW.get(language), 8, bold=True, colour=INK)
    place_ = Box(box.left, box.bottom + top, box.width, height)
    inset = _axes(figure, sheet.layout, place_)
    draw_overview(inset, frame, sheet.overview, (place_.width, place_.height))
    inset.set_axis_on()
    inset.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
    for edge in inset.spines.values():
        edge.set(linewidth=0.5, color=FAINT)


def _draw_foot(
    figure: Figure, sheet: MapSheet, items: Sequence[MapLayer], notes: Sequence[Text]
) -> None:
    box = sheet.layout.foot
    axes = _page_part(figure, sheet.layout, box)
    language = sheet.language
    axes.plot([0, box.width], [box.height, box.height], color=FAINT, linewidth=0.5)
    day = format_date(sheet.date or dt.date.today(), language)
    right = DATED.format(day=day).get(language)
    if sheet.author:
        right = AUTHOR.format(name=sheet.author).get(language) + "   " + right
    room = box.width * 0.4 / POINT
    for number, line in enumerate(wrap(right, room, 8, lines_max=3)):
        _write(axes, box.width, box.height - 4 - 3.7 * number, line, 8, colour=INK, side="right")
    source = sheet.source or _joined(origin_lines(items))
    words = [] if source is None else [SOURCE.format(words=source.get(language)).get(language)]
    text = " · ".join([*(note.get(language) for note in notes), *words])
    for number, line in enumerate(wrap(text, box.width * 0.58 / POINT, 7.5, lines_max=3)):
        _write(axes, 0, box.height - 4 - 3.7 * number, line, 7.5, colour=FAINT)


def _joined(lines: Sequence[Text]) -> Text | None:
    if not lines:
        return None
    return Text("; ".join(line.th for line in lines), "; ".join(line.en for line in lines))


def _axes(figure: Figure, page: Layout, box: Box) -> Axes:
    share = (
        box.left / page.width, box.bottom / page.height,
        box.width / page.width, box.height / page.height,
    )  # fmt: skip
    axes = figure.add_axes(share)
    axes.set_axis_off()
    return axes


def _page_part(figure: Figure, page: Layout, box: Box) -> Axes:
    """Axes whose units are millimetres from the lower left of the box."""
    axes = _axes(figure, page, box)
    axes.set_xlim(0, box.width)
    axes.set_ylim(0, box.height)
    axes.set_autoscale_on(False)
    return axes


def _write(
    axes: Axes, x: float, y: float, words: str, size: float, *,
    colour: str, bold: bool = False, side: Literal["left", "right"] = "left",
) -> None:  # fmt: skip
    font = letters(size, bold=bold)
    axes.text(
        x, y, words, fontproperties=font, color=colour, ha=side, va="baseline", parse_math=False
    )


def _present(shapes: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    return np.asarray(~shapely.is_missing(shapes), dtype=np.bool_)


def _any(shapes: npt.NDArray[Any]) -> bool:
    return bool(_present(shapes).any())
