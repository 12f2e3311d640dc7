"""``phumi serve`` and ``phumi demo``: the web server, and a workspace to try it with."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces

import sample_data
from api.cli.context import Context
from api.maps import workspace_map
from api.settings import Settings
from geo.text import Text
from geo.thai import format_date
from layers.catalogue import CATALOGUE
from layers.intake import prepare
from layers.privacy import owner_view, public_view
from layers.processes import PROCESSES, Process, Reader, execute

__all__ = ["COMMANDS"]

CONNECTIONS = 4_096  # of one process: slow clients hold a connection, never a thread
DEMO = "demo"  # the author of what the demo writes
ASKED = {"tour-route": {"area": "83"}}  # inputs that the demo has to give
DAYS = ("reference", "today", "date_from")  # inputs that say on which day things are judged
MAPS = {
    "map.html": ("th", None),
    "map-en.html": ("en", None),
    "map-public.html": ("th", public_view),
}


@click.command()
@click.option("--host", help="Address to listen on [PHUMI_HOST, 127.0.0.1].")
@click.option("--port", type=int, help="[PHUMI_PORT, 8000]")
@click.option("--workers", type=int, help="Processes, on PostGIS [PHUMI_WORKERS, 2].")
@click.option("--access", type=click.Choice(["public", "owner"]), help="Who has no login.")
@click.pass_obj
def serve(
    context: Context, host: str | None, port: int | None, workers: int | None, access: str | None
) -> None:
    """Serve the API and the map. DuckDB is served by one process, PostGIS by several."""
    settings = Settings.from_environment(
        database_url=context.settings.database_url,
        language=context.settings.language,
        host=host,
        port=port,
        workers=workers,
        access=access,
    )
    start(context, settings)


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop before serving.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True)
@click.option("--port", type=int)
@click.pass_obj
def demo(context: Context, *, no_serve: bool, out: Path, port: int | None) -> None:
    """Fill the workspace with a made-up province, run all analyses, write maps, serve it."""
    _fill(context)
    _analyse(context, out)
    _draw(context, out)
    if no_serve:
        return
    # Everybody in the demo is made up, and only this machine can reach the address.
    settings = Settings.from_environment(
        database_url=context.settings.database_url,
        language=context.settings.language,
        host="127.0.0.1",
        port=port,
        access="owner",
        elevation=_terrain(context.settings),
    )
    start(context, settings)


def start(context: Context, settings: Settings) -> None:
    """Serve until interrupted; the workers read the settings from the environment."""
    embedded = settings.database_url.startswith("duckdb:")
    context.store.layers()  # a database that cannot be used is told now, not by every worker
    context.close()
    for item in fields(Settings):
        os.environ[f"PHUMI_{item.name.upper()}"] = str(getattr(settings, item.name))
    place = f"http://{settings.host}:{settings.port}"
    context.say(Text(f"เปิด {place}/map (หยุดด้วย Ctrl-C)", f"Open {place}/map (Ctrl-C stops)"))
    Granian(
        "api.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1 if embedded else settings.workers,
        blocking_threads=settings.threads,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        log_access=False,
    ).serve()


def _fill(context: Context) -> None:
    files = sample_data.files()
    own = []
    with context.progress(Text("เตรียมพื้นที่สาธิต", "Making the demo workspace")) as advance:
        for number, (layer_id, path) in enumerate(files.items()):
            if _written_by_others(context, layer_id):
                own.append(layer_id)
                continue
            intake = prepare(path, CATALOGUE[layer_id], layer_id=layer_id)
            context.store.write(layer_id, intake.rows, mode="upsert", author=DEMO, source=path.name)
            advance((number + 1) / len(files))
    context.say(
        Text(
            f"พื้นที่สาธิตภูเก็ต: {len(files) - len(own)} ชั้นข้อมูล (ข้อมูลสมมติ)",
            f"Demo of Phuket: {len(files) - len(own)} layers (invented data)",
        )
    )
    if own:
        listed = ", ".join(own)
        context.warn(
            Text(
                f"ไม่แตะชั้นข้อมูลที่ท่านนำเข้าเอง: {listed}",
                f"Layers that hold data of yours were left as they are: {listed}",
            )
        )


def _written_by_others(context: Context, layer_id: str) -> bool:
    sql = "SELECT count(*) FROM phumi.changes WHERE layer = ? AND author <> ?"
    return bool(next(context.store.raw(sql, (layer_id, DEMO)))[0])


def _analyse(context: Context, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    day = sample_data.REFERENCE
    context.say(
        Text(
            f"วันอ้างอิงของข้อมูลสมมติ: {format_date(day, 'th')}",
            f"The made-up facts are those of {format_date(day, 'en')}",
        )
    )
    for chosen in PROCESSES.values():
        with context.progress(chosen.title):
            reader = Reader(context.store, owner_view, elevation=_terrain(context.settings))
            result = execute(chosen.id, _asked(chosen), reader)
        for layer_id, rows in result.updates.items():
            context.store.write(layer_id, rows, mode="upsert", author=DEMO, source=chosen.id)
        target = out / f"{chosen.id}.geojson"
        result.write(target)
        context.say(Text(f"{chosen.title.th}: {target}", f"{chosen.title.en}: {target}"))


def _asked(chosen: Process) -> dict[str, str]:
    """What the demo asks of an analysis: the day of the made-up facts, so every demo is the same,
    and what cannot be left out.
    """
    names = {item.name for item in chosen.inputs} & set(DAYS)
    return {name: sample_data.REFERENCE.isoformat() for name in names} | ASKED.get(chosen.id, {})


def _terrain(settings: Settings) -> str:
    """The raster that heights come from: the user's, else that of the demo province."""
    return settings.elevation or str(sample_data.TERRAIN)


def _draw(context: Context, out: Path) -> None:
    title = Text("จังหวัดภูเก็ต (ข้อมูลสมมติ)", "Phuket province (invented data)")
    for name, (language, restricted) in MAPS.items():
        with context.progress(Text(f"ทำแผนที่ {name}", f"Drawing {name}")):
            html = workspace_map(
                context.store, restricted or owner_view, language=language, title=title
            )
            (out / name).write_text(html, encoding="utf-8")
        context.say(Text(f"แผนที่: {out / name}", f"Map: {out / name}"))


COMMANDS = (serve, demo)
