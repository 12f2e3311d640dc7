"""``phumi run``: the registered analyses."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click
import pandas as pd

from api.cli.context import Context
from api.cli.show import show
from api.route_documents import route_document
from geo.errors import ParameterError
from geo.text import Text
from layers import two_person
from layers.errors import QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.processes import PROCESSES, Process, Reader, Result, execute, process
from layers.store import WriteResult
from layers.store.session import Session

__all__ = ["COMMANDS"]


@click.command()
@click.argument("process_id", metavar="PROCESS", required=False)
@click.argument("assignments", metavar="[NAME=VALUE ...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as GeoJSON.")
@click.option("--save", is_flag=True, help="Write the results into the layers.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the result to a file: .geojson, of routes also .gpx and .html (day sheet).",
)
@click.pass_obj
def run(
    context: Context,
    process_id: str | None,
    assignments: tuple[str, ...],
    *,
    as_json: bool,
    save: bool,
    out: Path | None,
) -> None:
    """Run the analysis PROCESS; without a name, list them. Inputs are given as NAME=VALUE.

    A value that begins with @ is read from that file: phumi run pond-check ponds=@drawn.geojson
    """
    if process_id is None:
        _list(context)
        return
    chosen = process(process_id)
    reader = Reader(
        context.store,
        owner_view,
        elevation=context.settings.elevation,
        road_cache=context.settings.road_cache,
        local_files=True,
    )
    with context.progress(chosen.title):
        result = execute(process_id, _inputs(assignments), reader)
    if save:
        _save(context, chosen, result)
    if out is not None:
        _write(context, result, out)
    if as_json:
        click.echo("".join(result.chunks()))
    else:
        show(context, chosen, result)
    if result.left_out:
        sys.exit(3)


def _list(context: Context) -> None:
    for item in PROCESSES.values():
        context.say(Text(f"{item.id}  {item.title.th}", f"{item.id}  {item.title.en}"))


def _inputs(assignments: tuple[str, ...]) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for text in assignments:
        name, mark, value = text.partition("=")
        if not mark:
            raise ParameterError(
                "parameter_form",
                Text(f"{text}: ต้องเขียนแบบ ชื่อ=ค่า", f"{text}: write NAME=VALUE"),
            )
        inputs[name] = _file(value[1:]) if value.startswith("@") else value
    return inputs


def _file(path: str) -> str:
    try:
        with click.open_file(path, encoding="utf-8") as file:
            return str(file.read())
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(
            "file_unreadable", Text(f"อ่านไฟล์ {path} ไม่ได้", f"{path} cannot be read: {error}")
        ) from error


def _write(context: Context, result: Result, path: Path) -> None:
    form = path.suffix.removeprefix(".").lower()
    document = route_document(result, form, context.settings.language)
    if document is not None:
        path.write_text(document, encoding="utf-8")
    elif form in ("geojson", "json"):
        result.write(path)
    else:
        raise ParameterError(
            "format_unknown",
            Text(
                f"เขียนผลเป็น .{form} ไม่ได้ ใช้ .geojson (เส้นทางใช้ .gpx และ .html ได้ด้วย)",
                f"The result cannot be written as .{form}; use .geojson, for routes .gpx or .html",
            ),
        )
    context.say(Text(f"เขียน {path} แล้ว", f"-> {path}"))


def _save(context: Context, chosen: Process, result: Result) -> None:
    if not result.updates:
        raise QueryError(
            "nothing_to_save",
            Text(
                f"{chosen.title.th} ไม่มีผลที่จะบันทึกลงชั้นข้อมูล",
                f"{chosen.id} has nothing to write into a layer here",
            ),
        )
    for layer_id, rows in result.updates.items():
        done = context.store.write(
            layer_id, rows, mode="upsert", author="owner", source=chosen.id,
            after=partial(_mark, context.store.layer(layer_id), rows),
        )  # fmt: skip
        context.say(
            Text(
                f"บันทึกลง {layer_id}: เพิ่ม {done.inserted} แก้ไข {done.updated} รายการ "
                f"(รุ่น {done.version})",
                f"Saved to {layer_id}: {done.inserted} added, {done.updated} changed "
                f"(version {done.version})",
            )
        )


def _mark(layer: Layer, rows: pd.DataFrame, session: Session, result: WriteResult) -> None:
    """Tiers that come out otherwise than before wait for a second person (PRIV-R12)."""
    two_person.mark(session, layer, [str(key) for key in rows[layer.key]], result, "owner")


COMMANDS = (run,)
