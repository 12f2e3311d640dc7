"""The tables of README and the contract of names hold what the program has, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient

from layers.catalogue import CATALOGUE
from layers.processes import PROCESSES

ROW = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)


def _section(project: Path, title: str) -> str:
    text = (project / "README.md").read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_every_analysis_stands_in_the_readme_once(project: Path) -> None:
    """An analysis that people cannot find in the table of README does not exist for them."""
    listed = ROW.findall(_section(project, "Analyses"))
    assert sorted(listed) == sorted(PROCESSES)


def test_the_number_of_layers_in_the_changelog_is_true(project: Path) -> None:
    text = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    told = re.search(r"^- (\d+) layers", text, re.MULTILINE)
    assert told is not None and int(told[1]) == len(CATALOGUE)


def test_every_process_names_layers_that_exist_and_speaks_both_languages() -> None:
    thai = re.compile("[\u0e01-\u0e5b]")
    for process in PROCESSES.values():
        assert {*process.reads, *process.writes} <= set(CATALOGUE)
        for text in (process.title, process.description, *(item.label for item in process.inputs),
                     *(item.label for item in process.outputs)):  # fmt: skip
            assert text.th and text.en, process.id
        for text in (process.title, process.description):
            assert thai.search(text.th) and not thai.search(text.en), process.id


def test_every_route_stands_in_the_readme(client: FlaskClient, project: Path) -> None:
    """By its last fixed word; forms of a page of people and files of pages stand under the page."""
    section = _section(project, "The API")
    told = set(re.findall(r"[\w.-]+", " ".join(re.findall(r"`([^`]*)`", section))))
    for rule in client.application.url_map.iter_rules():
        fixed = [word for word in rule.rule.split("/") if word and "<" not in word]
        if fixed and fixed[0] in ("account", "admin", "assets", "login", "static"):
            fixed = fixed[:1]
        if fixed and fixed[0] not in ("assets", "favicon.ico", "static"):
            assert fixed[-1] in told, rule.rule
