"""Lines of Thai and English text that fit a width.

Thai has no spaces between words; BudouX says where a line may end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import budoux

from webmap.print.fonts import text_width

__all__ = ["clusters", "wrap"]

LEADING = "เแโใไ"
MARKS = "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0300-\u036f"
CLUSTER = re.compile(rf"[{LEADING}]?[^{LEADING}{MARKS}]?[{MARKS}]*|.", re.DOTALL)
ELLIPSIS = "…"


def clusters(word: str) -> list[str]:
    """Cut a word where a line may end at worst: never between a letter and its vowel or mark.

    >>> clusters("เที่ยว")
    ['เที่', 'ย', 'ว']
    >>> clusters("น้ำฝน")
    ['น้ำ', 'ฝ', 'น']
    """
    return [part for part in CLUSTER.findall(word) if part]


def wrap(
    text: str, width: float, size: float, *, bold: bool = False, lines_max: int | None = None
) -> list[str]:
    """Break a text into lines of at most ``width`` points, between words where that is possible.

    What does not fit into ``lines_max`` lines is left out; the last line then ends in "…".
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width, size, bold):
        longer = line + piece
        if line and text_width(longer.rstrip(), size, bold=bold) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line = longer
    if line.strip():
        lines.append(line.rstrip())
    if lines_max is None or len(lines) <= lines_max:
        return lines
    return [*lines[: lines_max - 1], _shortened(lines[lines_max - 1], width, size, bold)]


def _pieces(text: str, width: float, size: float, bold: bool) -> Iterator[str]:
    for word in _parser().parse(" ".join(text.split())):
        if text_width(word, size, bold=bold) <= width:
            yield word
        else:
            yield from clusters(word)


@cache
def _parser() -> budoux.Parser:
    return budoux.load_default_thai_parser()


def _shortened(line: str, width: float, size: float, bold: bool) -> str:
    parts = clusters(line)
    while parts and text_width("".join(parts) + ELLIPSIS, size, bold=bold) > width:
        parts.pop()
    return "".join(parts).rstrip() + ELLIPSIS
