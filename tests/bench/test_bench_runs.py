"""The benchmarks run; what they measure is for people to judge."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.__main__ import SUBJECTS
from tests.bench.report import factor, figure

PROJECT = Path(__file__).resolve().parents[2]


BOTH_ENGINES = {"store", "view", "debtors", "poverty"}
"""Subjects whose figures stand in one row for each engine."""


INSTALLS_PEERS = "serve"
"""This subject brings other servers in environments of their own: minutes, and a network."""


@pytest.mark.slow
@pytest.mark.parametrize("subject", [name for name in SUBJECTS if name != INSTALLS_PEERS])
def test_a_subject_runs_alone_and_writes_its_report(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subject: str
) -> None:
    """A quick run measures and writes machine, versions, command and figures."""
    monkeypatch.setenv("PHUMI_TEST_DATABASE_URL", postgres)
    report = tmp_path / "results.md"
    command = [sys.executable, "-m", "tests.bench", subject, "--quick", "--out", str(report)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    text = report.read_text(encoding="utf-8")
    for part in (f"python -m tests.bench {subject}", "Processor", "duckdb"):
        assert part in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert any(letter.isdigit() for line in rows for letter in line)
    if subject in BOTH_ENGINES:
        figures = [line for line in rows if line.startswith(("| DuckDB ", "| PostGIS "))]
        assert {line.split()[1] for line in figures} == {"DuckDB", "PostGIS"}
        assert all(any(letter.isdigit() for letter in line) for line in figures)


def test_an_unknown_subject_is_named() -> None:
    """A mistyped subject ends with the list of those that exist."""
    command = [sys.executable, "-m", "tests.bench", "stroe"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "stroe" in done.stderr
    assert ", ".join(SUBJECTS) in done.stderr


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12345.6, "12,300"), (999.6, "1,000"), (12.34, "12.3"), (1.0, "1.00"), (0.01234, "0.0123")],
)
def test_figures_have_three_digits_that_count(value: float, shown: str) -> None:
    """No figure pretends to more than was measured."""
    assert figure(value) == shown


def test_a_ratio_without_one_of_its_sides_is_left_open() -> None:
    """A contender that was not measured gives a dash, not a zero."""
    assert factor(1.0, None) == factor(None, 1.0) == factor(1.0, 0.0) == "-"
    assert factor(3.0, 2.0) == "1.50 x"
