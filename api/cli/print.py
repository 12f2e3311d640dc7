"""``phumi print``: a static map for paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from api.cli.context import Context
from api.parameters import parse_bbox
from geo.text import Text
from layers.privacy import owner_view, public_view

__all__ = ["COMMANDS"]

FORMATS = ("png", "pdf", "svg")


@click.command("print")
@click.argument("path", metavar="FILE.(png|pdf|svg)", type=click.Path(path_type=Path))
@click.option("--layers", metavar="A,B", help="Layer ids; without it, those that show at once.")
@click.option("--area", metavar="CODE", help="Province, district, tambon or village by its code.")
@click.option("--bbox", metavar="W,S,E,N", help="Show this box in degrees.")
@click.option("--size", type=click.Choice(["A4", "A3"]), default="A4", show_default=True)
@click.option("--orientation", type=click.Choice(["landscape", "portrait"]), default="landscape")
@click.option("--dpi", type=click.IntRange(50, 600), default=150, show_default=True)
@click.option("--scale", type=float, metavar="N", help="1:N; without it, the largest that fits.")
@click.option("--grid", type=click.Choice(["utm", "lonlat", "none"]), default="utm")
@click.option("--grey", is_flag=True, help="Safe for black-and-white printing and copying.")
@click.option("--title", help="Above the map; without it, the name of the area.")
@click.option("--subtitle")
@click.option("--author", default="", help="Who prepared the map.")
@click.option("--source", help="Where the data come from; without it, what the data say.")
@click.option("--logo", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--public", is_flag=True, help="Only what anyone may see, to send around.")
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
        layers=[name for name in layers.split(",") if name] if layers else None,
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
        context.warn(
            Text(
                "แผนที่นี้อาจมีข้อมูลที่จำกัดสิทธิ ห้ามส่งต่อ (ใช้ --public สำหรับเผยแพร่)",
                "This map may hold restricted data; do not pass it on (--public: one to share)",
            )
        )


COMMANDS = (print_command,)
