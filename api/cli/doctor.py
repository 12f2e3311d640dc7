"""``phumi doctor``: what is missing on this machine, and how to get it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb

from api.cli.context import Context
from geo.errors import PhumiError
from geo.text import Text
from layers import audit
from layers.store import open_store
from webmap import assets

__all__ = ["COMMANDS"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``remedy`` says what to do when it is not there."""

    name: Text
    there: bool
    detail: str
    needed: bool = False
    remedy: Text | None = None


@click.command()
@click.pass_obj
def doctor(context: Context) -> None:
    """Say what works on this machine, what is missing, and how to get it.

    Exit status 2 when something is missing that phumi cannot run without.
    """
    language = context.settings.language
    findings = [check(context) for check in CHECKS]
    for finding in findings:
        mark = (
            "[green]✓[/]" if finding.there else ("[red]✗[/]" if finding.needed else "[yellow]–[/]")
        )
        context.out.print(f"{mark} {finding.name.get(language)}: ", end="", soft_wrap=True)
        context.out.print(finding.detail, markup=False, soft_wrap=True)
        if not finding.there and finding.remedy is not None:
            context.out.print(f"    → {finding.remedy.get(language)}", markup=False, soft_wrap=True)
    if any(finding.needed and not finding.there for finding in findings):
        sys.exit(2)


def _python(_: Context) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(Text("ภาษา Python", "Python"), sys.version_info >= (3, 11), version, needed=True)


def _spatial(_: Context) -> Finding:
    name = Text("DuckDB และส่วนเสริม spatial", "DuckDB and its spatial extension")
    try:
        store = open_store("duckdb:///:memory:")
        store.close()
    except PhumiError as error:
        return Finding(name, there=False, detail=error.text.en, needed=True, remedy=error.text)
    return Finding(name, there=True, detail=duckdb.__version__, needed=True)


def _database(context: Context) -> Finding:
    name = Text("ฐานข้อมูลของพื้นที่ทำงาน", "The workspace's database")
    place = context.settings.database_url.rpartition("@")[2]
    try:
        number = len(context.store.layers())
    except PhumiError as error:
        return Finding(name, there=False, detail=place, needed=True, remedy=error.text)
    return Finding(name, there=True, detail=f"{place} ({number} layers)", needed=True)


def _audit(context: Context) -> Finding:
    name = Text("บันทึกการใช้งานครบถ้วน", "The audit log is whole")
    try:
        chain = audit.verify(context.store)
    except PhumiError as error:
        return Finding(name, there=False, detail="-", remedy=error.text)
    return Finding(
        name,
        there=chain.whole,
        detail=f"{chain.entries} {chain.head[:16]}" if chain.whole else f"#{chain.broken_at}",
        needed=True,
        remedy=Text(
            f"รายการที่ {chain.broken_at} ถูกแก้หรือหายไป แจ้งเจ้าหน้าที่คุ้มครองข้อมูล และเทียบกับข้อมูลสำรอง",
            f"Entry {chain.broken_at} was changed or removed: tell the data-protection officer "
            "and compare with a backup",
        ),
    )


def _assets(_: Context) -> Finding:
    return Finding(
        Text("แพ็กเกจหน้าเว็บ (แผนที่ออฟไลน์)", "Front-end packages (maps that work offline)"),
        assets.available(),
        "node_modules",
        remedy=Text("ติดตั้ง Node.js แล้วสั่ง npm ci", "Install Node.js, then run npm ci"),
    )


def _program(
    th: str, en: str, names: tuple[str, ...], package: str
) -> Callable[[Context], Finding]:
    def check(_: Context) -> Finding:
        found = next((path for name in names if (path := shutil.which(name))), None)
        remedy = Text(f"apt-get install {package}", f"apt-get install {package}")
        return Finding(Text(th, en), found is not None, found or "-", remedy=remedy)

    return check


def _postgres(_: Context) -> Finding:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = str(found[-1]) if found else shutil.which("initdb")
    return Finding(
        Text("โปรแกรม PostgreSQL สำหรับการทดสอบ", "PostgreSQL programs for the tests"),
        path is not None,
        path or "-",
        remedy=Text(
            "apt-get install postgresql-15-postgis-3", "apt-get install postgresql-15-postgis-3"
        ),
    )


def _thai_font(_: Context) -> Finding:
    listing = ""
    if program := shutil.which("fc-list"):
        command = [program, ":lang=th", "family"]
        listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    families = sorted({line.split(",")[0].strip() for line in listing.splitlines() if line.strip()})
    return Finding(
        Text("แบบอักษรไทย", "Thai fonts"),
        bool(families),
        ", ".join(families[:4]) or "-",
        remedy=Text("apt-get install fonts-thai-tlwg", "apt-get install fonts-thai-tlwg"),
    )


CHECKS: tuple[Callable[[Context], Finding], ...] = (
    _python,
    _spatial,
    _database,
    _audit,
    _assets,
    _postgres,
    _program(
        "เบราว์เซอร์สำหรับการทดสอบ",
        "Browser for the tests",
        ("chromium", "chromium-browser"),
        "chromium",
    ),
    _thai_font,
)

COMMANDS = (doctor,)
