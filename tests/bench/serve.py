"""phumi behind HTTP, beside tipg, pygeoapi and raw SQL, on one database."""

from __future__ import annotations

import json
import tempfile
import urllib.error
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
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

Found = dict[tuple[str, str], Load]  # by case and contender

RAW = "raw SQL"
CONTENDERS = ("phumi", "phumi on DuckDB", "tipg", "pygeoapi", RAW)


@dataclass(frozen=True, slots=True)
class Contender:
    """A server to start on a database, and how to speak to it."""

    name: str
    start: Callable[..., AbstractContextManager[str]]
    database: str
    speech: Speech


def measure(sizes: Sizes) -> Section:
    """Load every contender with every case that it knows."""
    section = Section("Served over HTTP", "python -m tests.bench serve")
    reason = missing()
    if reason is not None:
        section.notes.append(reason)
        return section
    with (
        tempfile.TemporaryDirectory(prefix="phumi-bench-") as folder,
        workspaces(Path(folder)) as urls,
    ):
        for url in urls.values():
            what = _fill(url, sizes)
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
    answers: dict[str, set[tuple[str, ...]]] = {}
    if "PostGIS" in urls:
        section.versions |= server_versions(urls["PostGIS"])
        for case in CASES:
            if case.sql is not None:
                found[case.name, RAW] = pgbench(urls["PostGIS"], case.sql(sizes), sizes)
    else:
        section.notes.append(NO_SERVER)
    for contender in _contenders(urls):
        try:
            for case, load, ids in _contend(contender, sizes, section):
                found[case.name, contender.name] = load
                answers.setdefault(case.name, set()).add(ids)
        except servers.NotServing as error:
            if contender.speech is PHUMI:
                raise
            section.notes.append(f"{contender.name} was not measured: {error}")
    section.notes += [
        f"{name}: the contenders do not all give the same features."
        for name, different in answers.items()
        if len(different) > 1
    ]
    return found


def _contenders(urls: Mapping[str, str]) -> Iterator[Contender]:
    if "PostGIS" in urls:
        yield Contender("phumi", servers.phumi, urls["PostGIS"], PHUMI)
    yield Contender("phumi on DuckDB", servers.phumi, urls["DuckDB"], PHUMI)
    if "PostGIS" in urls:
        yield Contender("tipg", servers.tipg, urls["PostGIS"], TIPG)
        yield Contender("pygeoapi", servers.pygeoapi, urls["PostGIS"], PYGEOAPI)


def _contend(
    contender: Contender, sizes: Sizes, section: Section
) -> Iterator[tuple[Case, Load, tuple[str, ...]]]:
    """The load of each case, and the ids in the first answer."""
    name, speech = contender.name, contender.speech
    ours = speech is PHUMI
    known = {item.name for item in fields(Settings)}
    asked = [case for case in CASES if ours or case.peers]
    for given, cases in groupby(asked, key=lambda case: case.settings if ours else {}):
        if not set(given) <= known:
            section.notes.append(f"{name} has no setting {', '.join(given)}: cases left out.")
            continue
        with contender.start(contender.database, **given) as address:
            if not ours:
                section.versions |= servers.versions(name)
            for case in cases:
                paths = case.paths(speech, sizes, lambda path: servers.fetch(address + path))
                try:
                    ids = _ids(servers.fetch(address + paths[0])) if paths else ()
                except urllib.error.HTTPError as error:
                    section.notes.append(f"{name}, {case.name}: answers {error.code}.")
                    continue
                if not paths:
                    continue
                load = wrk(address, paths, sizes)
                if load.failed:
                    section.notes.append(f"{name}, {case.name}: {load.failed} failed.")
                yield case, load, ids


def _ids(body: bytes) -> tuple[str, ...]:
    """The sorted ids of GeoJSON features; none for a tile."""
    try:
        document = json.loads(body)
    except ValueError:
        return ()
    return tuple(sorted(str(item["id"]) for item in document.get("features", [document])))


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
        if ours is not None and theirs is not None and theirs.per_second:
            reached = factor(ours.per_second, theirs.per_second)
            met = ours.per_second >= target.at_least * theirs.per_second
            verdict = "yes" if met else "no"
        rows.append([target.text, f">= {figure(target.at_least)} x", reached, verdict])
    return Table("Targets", ("Ratio", "target", "reached", "met"), rows)
