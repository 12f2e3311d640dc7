"""``phumi map``: a stand-alone HTML map."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from api.cli.context import Context
from api.maps import workspace_map
from api.parameters import parse_bbox
from geo.text import Text
from layers.privacy import owner_view, public_view

__all__ = ["COMMANDS", "write_map"]


@click.command("map")
@click.argument("path", metavar="FILE.html", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--layers", metavar="A,B", help="Layer ids; without it, all that hold features.")
@click.option("--bbox", metavar="W,S,E,N", help="Cut to this box in degrees.")
@click.option("--public", is_flag=True, help="Only what anyone may see, to send around.")
@click.pass_obj
def map_command(
    context: Context, path: Path, layers: str | None, bbox: str | None, *, public: bool
) -> None:
    """Write layers as one HTML map that opens anywhere, without a network."""
    names = [name for name in layers.split(",") if name] if layers else None
    write_map(context, path, names, bbox, public=public)


def write_map(
    context: Context, path: Path, names: list[str] | None, bbox: str | None, *, public: bool
) -> None:
    """Make the map and say what was written and what to take care of."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise click.BadParameter(f"{path}: .html")
    with context.progress(Text("ทำแผนที่", "Drawing the map")):
        html = workspace_map(
            context.store,
            public_view if public else owner_view,
            layers=names,
            bbox=parse_bbox(bbox),
            language=context.settings.language,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    size = path.stat().st_size / 1e6
    context.say(Text(f"เขียน {path} แล้ว ({size:.1f} MB)", f"Wrote {path} ({size:.1f} MB)"))
    if not public:
        context.warn(
            Text(
                "แผนที่นี้มีข้อมูลที่จำกัดสิทธิ ห้ามส่งต่อ (ใช้ --public สำหรับเผยแพร่)",
                "This map holds restricted data; do not pass it on (--public makes one to share)",
            )
        )
    sys.stdout.flush()


COMMANDS = (map_command,)
