"""Symbols: colours by ColorBrewer's names, the same drawing for Leaflet and for legends."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from math import hypot

import pytest

from webmap.symbol import OUTLINES, Symbol, hex_colour


@pytest.mark.parametrize(
    ("name", "colour"),
    [  # as printed on colorbrewer2.org
        ("Dark2_08/0", "#1b9e77"),
        ("Dark2_08/7", "#666666"),
        ("RdYlBu_08/7", "#4575b4"),
        ("BrBG_07/2", "#f6e8c3"),
        ("OrRd_05/4", "#b30000"),
        ("Greys_09/0", "#ffffff"),
    ],
)
def test_a_colour_is_the_one_that_colorbrewer_prints(name: str, colour: str) -> None:
    assert hex_colour(name) == colour


@pytest.mark.parametrize("name", ["Dark2_08/8", "Dark3_08/0", "Dark2_09/0", "#1b9e77", "Dark2"])
def test_a_colour_that_colorbrewer_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        hex_colour(name)


def test_outlines_look_equally_large_and_stay_inside_the_legend_swatch() -> None:
    for name, corners in OUTLINES.items():
        if corners is not None:
            assert 0.9 <= max(hypot(x, y) for x, y in corners) <= 1.45, name


def test_a_hollow_symbol_has_its_colour_on_the_outline_and_white_inside() -> None:
    options = Symbol(kind="point", colour="Dark2_08/1", hollow=True, width=2).leaflet()
    assert (options["color"], options["fillColor"]) == ("#d95f02", "#ffffff")


def test_an_area_without_fill_lets_the_pointer_through() -> None:
    options = Symbol(kind="fill", colour="Greys_09/0", opacity=0, stroke="Greys_09/5").leaflet()
    assert options["fill"] is False
    assert options["color"] == "#737373"


@pytest.mark.parametrize("kind", ["point", "line", "fill"])
@pytest.mark.parametrize("shape", sorted(OUTLINES))
def test_a_swatch_is_well_formed_and_shows_the_colour(kind: str, shape: str) -> None:
    symbol = Symbol(kind=kind, colour="Dark2_08/1", shape=shape, dash=(4, 3), stroke="Greys_09/0")
    picture = ElementTree.fromstring(symbol.swatch())
    assert "#d95f02" in {picture[0].get("fill"), picture[0].get("stroke")}


def test_json_holds_what_differs_from_the_defaults_and_reads_back() -> None:
    symbol = Symbol(kind="line", colour="Dark2_08/1", width=3, dash=(8.0, 4.0))
    assert set(symbol.to_json()) == {"kind", "colour", "width", "dash"}
    assert Symbol.from_json(symbol.to_json()) == symbol
