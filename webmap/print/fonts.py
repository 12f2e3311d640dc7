"""The Thai typeface of printed pages: the first of those that government papers use.

matplotlib shapes Thai text itself (libraqm, from 3.11); it only needs a font with Thai marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from geo.text import Text
from webmap.print.errors import FontMissing

__all__ = ["TYPEFACES", "Typeface", "letters", "text_width", "typeface"]

FALLBACK = "DejaVu Sans"
"""Comes with matplotlib; writes the letters of other scripts that a Thai font lacks."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """A family, how its files are called, and the factor that makes its letters of common size.

    TH Sarabun and its like are drawn small: 16 points of it are as large as 12 of others.
    """

    family: str
    files: str
    factor: float = 1.0


TYPEFACES = (
    Typeface("Sarabun", "Sarabun-*"),
    Typeface("TH Sarabun New", "THSarabunNew*", 1.35),
    Typeface("Laksaman", "Laksaman*", 1.3),
    Typeface("Loma", "Loma*"),
)
"""Best first."""


@cache
def typeface() -> Typeface:
    """The first typeface that this machine has.

    Raises FontMissing ``thai_font_missing`` with the package to install.
    """
    for face in TYPEFACES:
        if _installed(face):
            return face
    names = ", ".join(face.family for face in TYPEFACES)
    raise FontMissing(
        "thai_font_missing",
        Text(
            f"เครื่องนี้ไม่มีแบบอักษรไทยสำหรับพิมพ์ ({names}) ให้ติดตั้งแพ็กเกจ fonts-thai-tlwg "
            "(apt-get install fonts-thai-tlwg)",
            f"This machine has no Thai font to print with ({names}); install the package "
            "fonts-thai-tlwg (apt-get install fonts-thai-tlwg)",
        ),
        typefaces=names,
    )


@cache
def letters(size: float, *, bold: bool = False) -> FontProperties:
    """Letters of a size in points of an ordinary font, in the typeface of the page."""
    face = typeface()
    return FontProperties(
        family=[face.family, FALLBACK],
        size=size * face.factor,
        weight="bold" if bold else "normal",
    )


@lru_cache(maxsize=20_000)
def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """Width of a line in points, the same on every format of file."""
    if not words:
        return 0.0
    width, _, _ = _measure().get_text_width_height_descent(words, letters(size, bold=bold), False)
    return float(width)


@cache
def _measure() -> TextToPath:
    return TextToPath()


def _installed(face: Typeface) -> bool:
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    if face.family in known:
        return True
    # A font installed after matplotlib listed the fonts of the machine is not in its list.
    found = [path for path in map(Path, font_manager.findSystemFonts()) if path.match(face.files)]
    for path in found:
        font_manager.fontManager.addfont(path)
    return bool(found)
