"""``phumi print`` and ``phumi atlas``: static maps for paper."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from api.cli.context import Context
from api.parameters import parse_bbox
from geo.text import Text
from layers.privacy import owner_view, public_view

__all__ = ["COMMANDS"]

FORMATS = ("png", "pdf", "svg")


PARTLY = 3

CHOICES = (
    click.option("--layers", metavar="A,B", help="Layer ids; without it, those that show at once."),
    click.option("--area", metavar="CODE", help="Province, district, tambon or village code."),
    click.option("--size", type=click.Choice(["A4", "A3"]), default="A4", show_default=True),
    click.option(
        "--orientation", type=click.Choice(["landscape", "portrait"]), default="landscape"
    ),
    click.option("--dpi", type=click.IntRange(50, 600), default=150, show_default=True),
    click.option("--scale", type=float, metavar="N", help="1:N; else the largest that fits."),
    click.option("--grid", type=click.Choice(["utm", "lonlat", "none"]), default="utm"),
    click.option("--grey", is_flag=True, help="Safe for black-and-white printing and copying."),
    click.option("--author", default="", help="Who prepared the map."),
    click.option("--source", help="Where the data come from; without it, what the data say."),
    click.option("--logo", type=click.Path(path_type=Path, exists=True, dir_okay=False)),
    click.option("--public", is_flag=True, help="Only what anyone may see, to send around."),
)


def _choices(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(CHOICES):
        command = option(command)
    return command


@click.command("print")
@click.argument("path", metavar="FILE.(png|pdf|svg)", type=click.Path(path_type=Path))
@_choices
@click.option("--bbox", metavar="W,S,E,N", help="Show this box in degrees.")
@click.option("--title", help="Above the map; without it, the name of the area.")
@click.option("--subtitle")
@click.pass_obj
def print_command(
    context: Context, path: Path, *, layers: str | None, bbox: str | None, public: bool,
    dpi: int, **chosen: Any,
) -> None:  # fmt: skip
    """Draw layers as a map for paper: title, grid, scale bar, legend, source and date."""
    # matplotlib takes half a second to load, which other commands need not wait for
    from api.printing import Choice, map_sheet
    from webmap.print.sheet import draw_sheet, save_sheet

    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise click.BadParameter(f"{path}: {', '.join('.' + name for name in FORMATS)}")
    choice = Choice(
        layers=_names(layers),
        bbox=parse_bbox(bbox),
        language=context.settings.language,  # type: ignore[arg-type]
        **chosen,
    )
    with context.progress(Text("วาดแผนที่", "Drawing the map")) as advance:
        sheet = map_sheet(context.store, public_view if public else owner_view, choice)
        advance(0.4)
        figure = draw_sheet(sheet)
        advance(0.7)
        path.parent.mkdir(parents=True, exist_ok=True)
        save_sheet(figure, path, kind, dpi)  # type: ignore[arg-type]
    size = path.stat().st_size / 1e6
    context.say(
        Text(
            f"เขียน {path} แล้ว (1:{sheet.frame.scale:,.0f}, {size:.1f} MB)",
            f"Wrote {path} (1:{sheet.frame.scale:,.0f}, {size:.1f} MB)",
        )
    )
    if not public:
        context.warn(RESTRICTED)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--by", default="tambon", show_default=True, help="Level of area, or any layer.")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="pdf", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; without it, all cores.")
@_choices
@click.pass_obj
def atlas(
    context: Context, folder: Path, *, by: str, kind: str, workers: int | None,
    layers: str | None, public: bool, dpi: int, **chosen: Any,
) -> None:  # fmt: skip
    """Draw a page for each area or feature into DIR; PDF pages are bound into DIR/atlas.pdf.

    A run that was stopped goes on where it ended; pages that nothing changed are not drawn again.
    Exit status 3 when a page could not be made.
    """
    from api.atlas import atlas_pages
    from api.printing import Choice
    from webmap.print.atlas import bind, contents, draw_pages

    language: Any = context.settings.language
    choice = Choice(layers=_names(layers), language=language, **chosen)
    views = public_view if public else owner_view
    pages = atlas_pages(context.store, views, by, choice, reader="public" if public else "owner")
    place = {page.key: number for number, page in enumerate(pages)}
    drawn = []
    with context.progress(Text("วาดสมุดแผนที่", "Drawing the atlas")) as advance:
        for item in draw_pages(pages, folder, kind, dpi, workers=workers):  # type: ignore[arg-type]
            drawn.append(item)
            advance(len(drawn) / len(pages))
    drawn.sort(key=lambda item: place[item.page.key])
    bound = [item for item in drawn if item.path is not None]
    if kind == "pdf" and bound:
        title = Text("สมุดแผนที่", "Atlas")
        names = [item.page.name for item in bound]
        first = contents(title, names, language, choice.size, choice.orientation)
        bind(bound, first, folder / "atlas.pdf", language)
    new = sum(item.new for item in drawn)
    context.say(
        Text(
            f"{len(bound)} แผ่นใน {folder} (วาดใหม่ {new})",
            f"{len(bound)} pages in {folder} ({new} drawn anew)",
        )
    )
    for item in drawn:
        if item.error is not None:
            name, why = item.page.name, item.error.text
            context.warn(Text(f"{name.th}: {why.th}", f"{name.en}: {why.en}"))
    if not public:
        context.warn(RESTRICTED)
    if len(bound) < len(drawn):
        sys.exit(PARTLY)


def _names(layers: str | None) -> list[str] | None:
    return [name for name in layers.split(",") if name] if layers else None


RESTRICTED = Text(
    "แผนที่นี้อาจมีข้อมูลที่จำกัดสิทธิ ห้ามส่งต่อ (ใช้ --public สำหรับเผยแพร่)",
    "This map may hold restricted data; do not pass it on (--public makes one to share)",
)

COMMANDS = (print_command, atlas)
