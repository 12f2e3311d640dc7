"""Atlases: every page once, in order, with bookmarks; a stopped run goes on where it ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from geo.text import Text
from tests.webmap.print_cases import map_sheet
from webmap.print.atlas import AtlasPage, Drawn, bind, contents, draw_pages
from webmap.print.sheet import MapSheet


def page(key: str, stamp: str = "1", fails: bool = False) -> AtlasPage:
    def sheet() -> MapSheet:
        name = f"ตำบล {key}"
        title = Text(name, f"Tambon {key}")
        return map_sheet(title=title, language="en", scale=1 if fails else None)

    return AtlasPage(key, Text(f"ตำบล {key}", f"Tambon {key}"), stamp, sheet)


def broken(key: str) -> AtlasPage:
    """A page whose sheet would fail if it were asked for."""

    def sheet() -> MapSheet:
        raise AssertionError(key)

    return AtlasPage(key, Text(key, key), "1", sheet)


def test_pages_that_are_there_are_not_drawn_again(tmp_path: Path) -> None:
    first = list(draw_pages([page("a")], tmp_path, "pdf", 60))
    assert [(item.page.key, item.new) for item in first] == [("a", True)]
    again = list(draw_pages([broken("a"), page("b")], tmp_path, "pdf", 60, workers=1))
    assert [(item.page.key, item.new) for item in again] == [("a", False), ("b", True)]


@pytest.mark.parametrize("change", ["stamp", "dpi", "gone"])
def test_a_page_that_would_differ_is_drawn_anew(tmp_path: Path, change: str) -> None:
    list(draw_pages([page("a")], tmp_path, "png", 60))
    if change == "gone":
        (tmp_path / "a.png").unlink()
    dpi = 70 if change == "dpi" else 60
    (item,) = draw_pages([page("a", "2" if change == "stamp" else "1")], tmp_path, "png", dpi)
    assert item.new


def test_a_record_that_cannot_be_read_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / ".pages.json").write_text("{ half a")
    (item,) = draw_pages([page("a")], tmp_path, "png", 60)
    assert item.new


def test_a_page_that_cannot_be_made_does_not_stop_the_others(tmp_path: Path) -> None:
    pages = [page("a"), page("b", fails=True), page("c")]
    found = {item.page.key: item for item in draw_pages(pages, tmp_path, "png", 60, workers=2)}
    assert found["b"].error is not None
    assert found["b"].error.code == "print_scale"
    assert found["b"].path is None
    assert all((tmp_path / f"{key}.png").is_file() for key in "ac")
    assert not (tmp_path / "b.png").exists()


def test_pages_from_other_processes_are_the_same_as_from_this_one(tmp_path: Path) -> None:
    alone, many = tmp_path / "alone", tmp_path / "many"
    pages = [page("a"), page("b")]
    list(draw_pages(pages, alone, "pdf", 60, workers=1))
    list(draw_pages(pages, many, "pdf", 60, workers=2))
    for name in ("a.pdf", "b.pdf"):
        assert (alone / name).read_bytes() == (many / name).read_bytes()


def test_nothing_half_written_bears_the_name_of_a_page(tmp_path: Path) -> None:
    list(draw_pages([page("a"), page("b")], tmp_path, "png", 60, workers=1))
    assert {path.name for path in tmp_path.iterdir()} == {".pages.json", "a.png", "b.png"}


def test_the_bound_atlas_has_contents_and_a_bookmark_for_each_page(tmp_path: Path) -> None:
    drawn = list(draw_pages([page("a"), page("b")], tmp_path, "pdf", 60, workers=1))
    missing = Drawn(page("c"), None)
    names = [item.page.name for item in drawn]
    front = contents(Text("สมุดแผนที่", "Atlas"), names, "en", "A4", "portrait")
    bind([*drawn, missing], front, tmp_path / "atlas.pdf", "en")
    bound = PdfReader(tmp_path / "atlas.pdf")
    assert len(bound.pages) == 3
    marks = {mark.title: bound.get_destination_page_number(mark) for mark in bound.outline}
    assert marks == {"Contents": 0, "Tambon a": 1, "Tambon b": 2}
    text = bound.pages[0].extract_text()
    assert "Tambon a" in text
    for key, number in (("Tambon a", 1), ("Tambon b", 2)):
        assert key in bound.pages[number].extract_text()


def test_long_contents_count_their_own_pages() -> None:
    names = [Text(f"แปลง {i}", f"Plot {i}") for i in range(100)]
    figures = contents(Text("สมุดแผนที่", "Atlas"), names, "en", "A4", "landscape")
    written = [text.get_text() for figure in figures for text in figure.axes[0].texts]
    numbers = [int(words) for words in written if words.isdigit()]
    assert len(figures) > 1
    assert numbers == list(range(len(figures) + 1, len(figures) + 101))
