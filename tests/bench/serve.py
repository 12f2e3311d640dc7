"""phumi behind HTTP, beside tipg, pygeoapi and raw SQL, on one database."""

from __future__ import annotations

import json
import subprocess
import tempfile
import urllib.error
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from itertools import groupby
from pathlib import Path

from api.settings import Settings
from layers.workspace import open_workspace
from tests.bench import data, servers
from tests.bench.cases import CASES, PHUMI, PYGEOAPI, TARGETS, TIPG, Case, Speech
from tests.bench.data import POINTS, Sizes
from tests.bench.engines import NO_SERVER, server_versions, workspaces
from tests.bench.load import CALLERS, THREADS, Load, missing, pgbench, wrk
from tests.bench.report import Section, Table, factor, figure

__all__ = ["measure"]

Start = Callable[..., AbstractContextManager[str]]
Found = dict[tuple[str, str], Load]  # by case and contender

RAW = "raw SQL"
CONTENDERS = ("phumi", "phumi on DuckDB", "tipg", "pygeoapi", RAW)


def measure(sizes: Sizes) -> Section:
    """Load every contender with every case that it knows."""
    section = Section("Served over HTTP", "python -m tests.bench serve")
    reason = missing()
    if reason is not None:
        section.notes.append(reason)
        return section
    with tempfile.TemporaryDirectory(prefix="phumi-bench-") as folder:
        with workspaces(Path(folder)) as urls:
            what = [_fill(url, sizes) for url in urls.values()][0]
            found = _load_all(urls, sizes, section)
    section.tables += [_rates(found, sizes, what), _slowest(found), _targets(found)]
    section.notes.append(
        f"wrk -t{THREADS} -c{CALLERS}, {sizes.seconds} s after {sizes.warm_up} s of warm-up; raw "
        f"SQL is pgbench -M prepared -j{THREADS} -c{CALLERS}. All on this machine at once, so a "
        "server shares its cores with the load and the database."
    )
    return section


def _fill(url: str, sizes: Sizes) -> str:
    store = open_workspace(url)
    store.ensure(POINTS)
    store.write(POINTS.id, data.points(sizes.points), author="bench")
    rows, what = data.tambons()
    store.write("tambons", rows, author="bench")
    store.close()
    return what


def _load_all(urls: Mapping[str, str], sizes: Sizes, section: Section) -> Found:
    found: Found = {}
    runs: list[tuple[str, Start, str, Speech]] = [
        ("phumi on DuckDB", servers.phumi, urls["DuckDB"], PHUMI)
    ]
    if "PostGIS" in urls:
        database = urls["PostGIS"]
        section.versions |= server_versions(database)
        runs = [("phumi", servers.phumi, database, PHUMI), *runs]
        runs.append(("tipg", servers.tipg, database, TIPG))
        runs.append(("pygeoapi", servers.pygeoapi, database, PYGEOAPI))
        for case in CASES:
            if case.sql is not None:
                found[case.name, RAW] = pgbench(database, case.sql(sizes), sizes)
    else:
        section.notes.append(NO_SERVER)
    answers: dict[str, dict[str, list[str]]] = {}
    for contender, start, database, speech in runs:
        try:
            for case, load, ids in _contend(start, database, speech, sizes, section, contender):
                found[case.name, contender] = load
                answers.setdefault(case.name, {})[contender] = ids
        except servers.PeerMissing as error:
            section.notes.append(f"{contender} was not measured: {error}")
        else:
            if speech is not PHUMI:
                section.versions |= servers.versions(contender)
    for name, by_contender in answers.items():
        if len({tuple(ids) for ids in by_contender.values()}) > 1:
            section.notes.append(f"{name}: the answers differ between {', '.join(by_contender)}.")
    return found


def _contend(
    start: Start, database: str, speech: Speech, sizes: Sizes, section: Section, contender: str
) -> Iterator[tuple[Case, Load, list[str]]]:
    """The load of each case, and the ids in the first answer."""
    known = {item.name for item in fields(Settings)}
    for settings, cases in groupby(CASES, key=lambda case: case.settings):
        given = dict(settings) if speech is PHUMI else {}
        if not set(given) <= known:
            section.notes.append(f"{contender} has no setting {', '.join(given)}: cases left out.")
            continue
        with start(database, **given) as address:
            for case in cases:
                paths = case.paths(speech, sizes, lambda path: servers.fetch(address + path))
                try:
                    ids = _ids(servers.fetch(address + paths[0])) if paths else []
                except urllib.error.HTTPError as error:
                    section.notes.append(f"{contender}, {case.name}: answers {error.code}.")
                    continue
                if not paths:
                    continue
                load = wrk(address, paths, sizes)
                if load.failed:
                    section.notes.append(f"{contender}, {case.name}: {load.failed} failed.")
                yield case, load, ids


def _ids(body: bytes) -> list[str]:
    """The sorted ids of GeoJSON features; none for a tile."""
    try:
        document = json.loads(body)
    except ValueError:
        return []
    return sorted(str(item["id"]) for item in document.get("features", [document]))


def _rates(found: Found, sizes: Sizes, what: str) -> Table:
    rows = []
    for case in CASES:
        one = {contender: found.get((case.name, contender)) for contender in CONTENDERS}
        speeds = {name: load.per_second if load else None for name, load in one.items()}
        ratios = [factor(speeds["phumi"], speeds[other]) for other in ("tipg", "pygeoapi", RAW)]
        rows.append([case.name, *map(figure, speeds.values()), *ratios])
    ratios = ("phumi / tipg", "phumi / pygeoapi", "phumi / raw SQL")
    title = f"Requests a second ({sizes.points:,} points, {sizes.page} a page; {what} of tambons)"
    return Table(title, ("Case", *CONTENDERS, *ratios), rows)


def _slowest(found: Found) -> Table:
    servers_only = [name for name in CONTENDERS if name != RAW]
    rows = []
    for case in CASES:
        loads = [found.get((case.name, contender)) for contender in servers_only]
        rows.append([case.name, *(figure(load.p99_ms if load else None) for load in loads)])
    return Table("99 of 100 answers come within (ms)", ("Case", *servers_only), rows)


def _targets(found: Found) -> Table:
    rows = []
    for target in TARGETS:
        ours, theirs = (
            found.get((case.name, contender)) for case, contender in (target.ours, target.theirs)
        )
        reached, verdict = "-", "not measured"
        if ours is not None and theirs is not None:
            reached = factor(ours.per_second, theirs.per_second)
            met = ours.per_second >= target.at_least * theirs.per_second
            verdict = "yes" if met else "no"
        rows.append([target.text, f">= {figure(target.at_least)} x", reached, verdict])
    return Table("Targets", ("Ratio", "target", "reached", "met"), rows)
