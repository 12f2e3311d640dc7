"""``phumi person``: a person's right to a copy and to erasure (PDPA)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from api.cli.context import Context
from api.secret import workspace_secret
from geo.text import Text
from layers import erasure
from layers.accounts import CONSOLE
from layers.errors import QueryError

__all__ = ["COMMANDS"]

PARTLY = 3


@click.group()
def person() -> None:
    """Requests of persons: a copy of what is held, and erasure. SUBJECT is field=value."""


@person.command("export")
@click.argument("subject")
@click.argument("path", metavar="FILE.json", type=click.Path(path_type=Path))
@click.pass_obj
def export_command(context: Context, subject: str, path: Path) -> None:
    """Write everything held of SUBJECT, and who looked at it, to a JSON file."""
    held = erasure.export(context.store, erasure.read_subject(subject), by=CONSOLE)
    path.write_text(json.dumps(held, ensure_ascii=False, indent=2), encoding="utf-8")
    number = sum(map(len, held["layers"].values()))
    context.say(Text(f"{number} รายการ: {path}", f"{number} rows: {path}"))


@person.command()
@click.argument("subject")
@click.option("--keep", multiple=True, metavar="LAYER=GROUND", help="What must stay, and why.")
@click.confirmation_option(prompt="ลบถาวร กู้คืนไม่ได้ / Erase for good?")
@click.pass_obj
def erase(context: Context, subject: str, keep: tuple[str, ...]) -> None:
    """Erase SUBJECT with all earlier states; exit status 3 when something must stay."""
    grounds = dict(_ground(text) for text in keep)
    done = erasure.erase(
        context.store, erasure.read_subject(subject), by=CONSOLE,
        secret=workspace_secret(context.settings), keep=grounds,
    )  # fmt: skip
    context.say(done.answer(context.store))
    if done.kept:
        sys.exit(PARTLY)


def _ground(text: str) -> tuple[str, str]:
    layer, mark, ground = text.partition("=")
    if not mark or not ground:
        raise QueryError(
            "ground",
            Text(f"ระบุเป็น ชั้นข้อมูล=เหตุผล (ได้ {text})", f"Give layer=ground (this is {text})"),
        )
    return layer, ground


COMMANDS = (person,)
