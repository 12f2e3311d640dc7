"""Thai on paper: the ink lies where HarfBuzz puts it, in every format.

matplotlib shapes the letters of a page with its own copy of libraqm; here the same words are
shaped a second time by HarfBuzz itself, drawn from the outlines of the font, and compared.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uharfbuzz as hb
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from PIL import Image
from scipy.ndimage import binary_dilation

from webmap.print.fonts import letters, typeface
from webmap.print.sheet import save_sheet

WORDS = {
    "pan": "ปั้น",
    "nam": "น้ำ",
    "katanyu": "กตัญญู",
    "thu": "ฐู",
    "fang": "ฝั่ง",
    "thi-pluk-pa": "ที่ปลูกป่า",
    "pu-yipun": "ปู่ญี่ปุ่น",
    "chamrut": "ชำรุด",
}
SIZE = 30.0
DPI = 200
NEAR = 2  # dots of a letter of 108; hinting moves a PNG's by one
PAGE = (4.0, 1.4)  # inches

PROGRAMS = {
    "pdf": ("pdftoppm", "-r", str(DPI), "-png", "-singlefile"),
    "svg": ("rsvg-convert", "-d", str(DPI), "-p", str(DPI), "-o"),
}


@cache
def _font() -> tuple[hb.Font, int]:
    path = font_manager.findfont(letters(SIZE).get_family()[0], fallback_to_default=False)
    face = hb.Face(hb.Blob.from_file_path(path))
    return hb.Font(face), face.upem


def _outline(font: hb.Font, glyph: int, x: float, y: float) -> tuple[list[Any], list[Any]]:
    points: list[tuple[float, float]] = []
    codes: list[int] = []

    def put(code: int, *at: tuple[float, float]) -> None:
        points.extend((px + x, py + y) for px, py in at)
        codes.extend([code] * len(at))

    pen = hb.DrawFuncs()
    pen.set_move_to_func(lambda a, b, _: put(Outline.MOVETO, (a, b)))
    pen.set_line_to_func(lambda a, b, _: put(Outline.LINETO, (a, b)))
    pen.set_quadratic_to_func(lambda a, b, c, d, _: put(Outline.CURVE3, (a, b), (c, d)))
    pen.set_cubic_to_func(lambda a, b, c, d, e, f, _: put(Outline.CURVE4, (a, b), (c, d), (e, f)))
    pen.set_close_path_func(lambda _: put(Outline.CLOSEPOLY, (0.0, 0.0)))
    font.draw_glyph(glyph, pen, None)
    return points, codes


def harfbuzz_ink(words: str, *, shaped: bool = True) -> np.ndarray[Any, Any]:
    """The word drawn from the outlines of its glyphs; unshaped: one letter after the other."""
    font, upem = _font()
    buffer = hb.Buffer()
    buffer.add_str(words)
    buffer.guess_segment_properties()
    features = {} if shaped else dict.fromkeys(("mark", "mkmk", "ccmp", "kern", "liga"), False)
    hb.shape(font, buffer, features)
    points: list[Any] = []
    codes: list[Any] = []
    x = y = 0.0
    for glyph, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        more, kinds = _outline(font, glyph.codepoint, x + at.x_offset, y + at.y_offset)
        points += more
        codes += kinds
        x, y = x + at.x_advance, y + at.y_advance
    scale = SIZE * typeface().factor / upem / 72
    figure = Figure(figsize=PAGE, dpi=DPI)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, PAGE[0])
    axes.set_ylim(0, PAGE[1])
    path = Outline(np.asarray(points) * scale + (0.5, 0.5), codes)
    axes.add_patch(PathPatch(path, facecolor="black", edgecolor="none"))
    canvas.draw()
    return _ink(Image.fromarray(np.asarray(canvas.buffer_rgba())))


def printed_ink(words: str, kind: Any, folder: Path) -> np.ndarray[Any, Any]:
    """The word as a page of this format shows it."""
    figure = Figure(figsize=PAGE, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.5 / PAGE[0], 0.5 / PAGE[1], words, fontproperties=letters(SIZE))
    target = io.BytesIO()
    save_sheet(figure, target, kind, DPI)
    if kind == "png":
        return _ink(Image.open(target))
    program, *options = PROGRAMS[kind]
    assert shutil.which(program), f"{program} is missing: run `make test`, it says how to get it"
    page, picture = folder / f"page.{kind}", folder / "picture.png"
    page.write_bytes(target.getvalue())
    names = (
        [str(page), str(picture.with_suffix(""))] if kind == "pdf" else [str(picture), str(page)]
    )
    subprocess.run([program, *options, *names], check=True, capture_output=True)
    return _ink(Image.open(picture))


def _ink(picture: Image.Image) -> np.ndarray[Any, Any]:
    """Where there is ink, cut to its box."""
    flat = Image.new("RGBA", picture.size, "white")
    flat.alpha_composite(picture.convert("RGBA"))
    dark = np.asarray(flat.convert("L")) < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def likeness(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    """Share of the ink of each that lies within two dots of the other's, at the best fit."""
    best = 0.0
    high = max(one.shape[0], other.shape[0]) + 4
    wide = max(one.shape[1], other.shape[1]) + 4
    still = np.zeros((high, wide), bool)
    still[2 : 2 + one.shape[0], 2 : 2 + one.shape[1]] = one
    around = binary_dilation(still, iterations=NEAR)
    for dy in range(5):
        for dx in range(5):
            moved = np.zeros((high, wide), bool)
            rows, columns = slice(dy, dy + other.shape[0]), slice(dx, dx + other.shape[1])
            moved[rows, columns] = other[: high - dy, : wide - dx]
            shares = (
                (still & binary_dilation(moved, iterations=NEAR)).sum() / still.sum(),
                (moved & around).sum() / moved.sum(),
            )
            best = max(best, float(min(shares)))
    return best


@pytest.mark.parametrize("kind", ["png", "pdf", "svg"])
@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_marks_stand_where_harfbuzz_puts_them(word: str, kind: str, tmp_path: Path) -> None:
    assert likeness(harfbuzz_ink(word), printed_ink(word, kind, tmp_path)) > 0.99


@pytest.mark.parametrize("name", ["pan", "thu", "fang"])
def test_the_comparison_finds_marks_that_collide(name: str, tmp_path: Path) -> None:
    """A tone mark that was left where the font draws it by itself is told from the right place."""
    printed = printed_ink(WORDS[name], "png", tmp_path)
    assert likeness(harfbuzz_ink(WORDS[name], shaped=False), printed) < 0.97
