"""Figures as a table on the terminal and as Markdown."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import rich.box
import rich.table
from rich.console import Console

__all__ = ["Section", "Table", "factor", "figure", "markdown", "show"]

PACKAGES = ("phumi", "duckdb", "psycopg", "pyarrow", "flask", "granian", "shapely", "geopandas")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under headings; the first column is a name, the others are figures."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(slots=True)
class Section:
    """What one subject found: tables, the versions of what it ran, what it could not do and why."""

    title: str
    command: str
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


def figure(value: float | None, unit: str = "") -> str:
    """Three digits that count.

    >>> figure(12345.6), figure(0.01234), figure(None), figure(2.5, "s")
    ('12,300', '0.0123', '-', '2.50 s')
    """
    if value is None:
        return "-"
    if value >= 999.5:
        text = f"{round(value, 3 - len(f'{value:.0f}')):,.0f}"
    elif value >= 1:
        text = f"{value:#.3g}".rstrip(".")
    else:
        text = f"{value:.3g}"
    return f"{text} {unit}".rstrip()


def factor(one: float | None, other: float | None) -> str:
    """How many times ``one`` is of ``other``."""
    return f"{figure(one / other)} x" if one is not None and other else "-"


def show(section: Section, console: Console) -> None:
    """Print a section on the terminal."""
    for table in section.tables:
        drawn = rich.table.Table(title=table.title, box=rich.box.SIMPLE, title_justify="left")
        for number, heading in enumerate(table.headings):
            drawn.add_column(heading, justify="right" if number else "left")
        for row in table.rows:
            drawn.add_row(*row)
        console.print(drawn)
    for note in section.notes:
        console.print(f"  {note}")


def markdown(sections: Iterable[Section]) -> str:
    """The whole report."""
    sections = list(sections)
    lines = ["# Benchmark results", "", *_machine(), ""]
    named = {name: version(name) for name in PACKAGES} | {
        name: text for section in sections for name, text in section.versions.items()
    }
    lines += ["Versions: " + ", ".join(f"{name} {text}" for name, text in named.items()) + ".", ""]
    for section in sections:
        lines += [f"## {section.title}", "", f"`{section.command}`", ""]
        for table in section.tables:
            lines += [f"### {table.title}", "", *_rows(table), ""]
        lines += [f"- {note}" for note in section.notes]
        lines += [""] if section.notes else []
    return "\n".join(lines)


def _rows(table: Table) -> list[str]:
    marks = ["---", *["---:"] * (len(table.headings) - 1)]
    return [f"| {' | '.join(row)} |" for row in (table.headings, marks, *table.rows)]


def _machine() -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    facts = {
        "Date": dt.datetime.now(dt.UTC).date().isoformat(),
        "Commit": _commit(),
        "Processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores",
        "Memory": f"{memory:.0f} GB",
        "System": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    }
    return ["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in facts.items())]


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent)
    return found.stdout.strip() or "unknown"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
