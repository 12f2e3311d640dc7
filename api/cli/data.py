"""``phumi init``, ``import``, ``export``: the workspace and what goes in and out."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from api.cli.context import Context
from api.cli.users import first_administrator
from api.parameters import parse_bbox
from api.secret import workspace_secret
from geo.text import Text
from layers.catalogue import CATALOGUE
from layers.erasure import erased
from layers.errors import NotFound
from layers.export import export
from layers.intake import Intake, prepare
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query, parse_filter
from layers.store import WriteResult

__all__ = ["COMMANDS", "import_file"]


@click.command()
@click.pass_obj
def init(context: Context) -> None:
    """Make an empty workspace with all layers, or bring an old one up to date."""
    number = len(context.store.layers())
    place = context.settings.database_url.rpartition("@")[2]
    context.say(Text(f"พร้อมใช้: {place} ({number} ชั้นข้อมูล)", f"Ready: {place} ({number} layers)"))
    link = first_administrator(context.store, context.settings)
    if link is not None:
        context.say(
            Text(
                f"ผู้ดูแลระบบคนแรก ตั้งรหัสผ่านที่ (ใช้ครั้งเดียวใน 3 วัน เมื่อ phumi serve แล้ว): {link}",
                f"First administrator: set the password at (once, within 3 days): {link}",
            )
        )


@click.command("import")
@click.argument("collection")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--profile", help="How this file's columns are named; found by itself if known.")
@click.option("--mode", type=click.Choice(["append", "upsert", "replace"]), default="upsert")
@click.option("--layer", "source_layer", help="Layer inside a file that holds several.")
@click.option("--encoding", help="Encoding of a text file, such as cp874.")
@click.option("--repair", is_flag=True, help="Mend invalid geometries and report each one.")
@click.option("--report", type=click.Path(path_type=Path), help="Write all findings to this CSV.")
@click.pass_obj
def import_command(
    context: Context,
    collection: str,
    path: Path,
    profile: str | None,
    mode: str,
    source_layer: str | None,
    encoding: str | None,
    *,
    repair: bool,
    report: Path | None,
) -> None:
    """Read FILE into the layer COLLECTION; a COLLECTION that is not known becomes a new layer.

    Rows that break a rule are left out and reported (exit status 3); the rest is written in one
    transaction. A file that cannot be understood is refused whole (exit status 2).
    """
    intake, _ = import_file(
        context,
        collection,
        path,
        mode=mode,
        profile=profile,
        source_layer=source_layer,
        encoding=encoding,
        repair=repair,
        report=report,
    )
    if intake.report.state != "ok":
        sys.exit(3)


def import_file(
    context: Context,
    collection: str,
    path: Path,
    *,
    mode: str = "upsert",
    profile: str | None = None,
    source_layer: str | None = None,
    encoding: str | None = None,
    repair: bool = False,
    report: Path | None = None,
) -> tuple[Intake, WriteResult]:
    """Prepare a file and write it; tell what was taken and what was left out."""
    known = _known(context, collection)
    with context.progress(Text(f"นำเข้า {path.name}", f"Importing {path.name}")) as advance:
        intake = prepare(
            path,
            known,
            layer_id=collection,
            profile=profile,
            source_layer=source_layer,
            encoding=encoding,
            repair=repair,
            progress=lambda _, done: advance(0.7 * done),
        )
        if known is None:
            context.store.ensure(intake.layer)
        intake = _without_erased(context, intake)
        done = context.store.write(
            collection, intake.rows, mode=mode, author="owner", source=path.name
        )
    context.say(
        Text(
            f"{collection}: เพิ่ม {done.inserted:,} แก้ไข {done.updated:,} ลบ {done.deleted:,} "
            f"(รุ่น {done.version})",
            f"{collection}: {done.inserted:,} added, {done.updated:,} changed, "
            f"{done.deleted:,} removed (version {done.version})",
        )
    )
    _tell(context, intake, report)
    return intake, done


def _without_erased(context: Context, intake: Intake) -> Intake:
    """Persons who were erased do not come back with the next file (ERA-R4, IMP-I-ERASED)."""
    layer = intake.layer
    if next(context.store.raw("SELECT count(*) FROM phumi.erased"))[0] == 0:
        return intake
    gone = erased(context.store, layer, intake.rows[layer.key], workspace_secret(context.settings))
    if not gone:
        return intake
    context.warn(
        Text(
            f"ไม่นำเข้า {len(gone)} แถวที่เจ้าของข้อมูลเคยขอลบ",
            f"{len(gone)} rows of persons who had their data erased were left out",
        )
    )
    rows = intake.rows[~intake.rows[layer.key].isin(gone)].reset_index(drop=True)
    return replace(intake, rows=rows)


def _known(context: Context, collection: str) -> Layer | None:
    if collection in CATALOGUE:
        return context.store.layer(collection)
    try:
        return context.store.layer(collection)
    except NotFound:
        return None


def _tell(context: Context, intake: Intake, report: Path | None) -> None:
    found = intake.report
    if found.state != "ok":
        context.warn(found.summary)
        for finding in found.findings[:10]:
            context.warn(finding.text)
        more = len(found.findings) - 10
        if more > 0:
            context.warn(Text(f"... อีก {more} ข้อ ใช้ --report", f"... {more} more; use --report"))
    if report is not None:
        found.to_csv(report)
        context.say(Text(f"รายงาน: {report}", f"Report: {report}"))


@click.command("export")
@click.argument("collection")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--filter", "filter_text", metavar="CQL2", help="Such as: depth_m > 3")
@click.option("--bbox", metavar="W,S,E,N", help="Box in degrees.")
@click.pass_obj
def export_command(
    context: Context, collection: str, path: Path, filter_text: str | None, bbox: str | None
) -> None:
    """Write the layer COLLECTION to FILE; the suffix says how.

    .geojson .gpkg .fgb .parquet .csv .xlsx .kml .shp.zip
    """
    layer = context.store.layer(collection)
    query = Query(
        layer=collection,
        bbox=parse_bbox(bbox),
        filter=parse_filter(filter_text) if filter_text else None,
        limit=None,
    )
    with context.progress(Text(f"ส่งออก {path.name}", f"Exporting {path.name}")):
        rows = context.store.read(query, owner_view(layer))
        export(rows, layer, path)
    context.say(
        Text(f"เขียน {len(rows):,} รายการลง {path}", f"Wrote {len(rows):,} features to {path}")
    )


COMMANDS = (init, import_command, export_command)
