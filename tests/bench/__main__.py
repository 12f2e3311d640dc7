"""Run the benchmarks: all of them into RESULTS.md, or the named ones on the terminal only."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from tests.bench import (
    debtors,
    layout,
    network,
    pond,
    poverty,
    routing,
    screening,
    serve,
    store,
    view,
)
from tests.bench import print as printing
from tests.bench.data import FULL, QUICK
from tests.bench.report import markdown, show

SUBJECTS = {
    "store": store.measure,
    "view": view.measure,
    "serve": serve.measure,
    "layout": layout.measure,
    "debtors": debtors.measure,
    "pond": pond.measure,
    "screening": screening.measure,
    "poverty": poverty.measure,
    "network": network.measure,
    "print": printing.measure,
    "routing": routing.measure,
}
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes; the figures say little")
    parser.add_argument("--out", type=Path, help="file for the report, as Markdown")
    given = parser.parse_args()
    unknown = set(given.subjects) - set(SUBJECTS)
    if unknown:
        parser.error(f"no subject {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    everything = not given.subjects and not given.quick
    target = given.out or (RESULTS if everything else None)
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    sections = []
    for name in given.subjects or SUBJECTS:
        with console.status(name):
            sections.append(SUBJECTS[name](QUICK if given.quick else FULL))
        show(sections[-1], console)
    if target is not None:
        target.write_text(markdown(sections), encoding="utf-8")
        console.print(f"-> {target}")


if __name__ == "__main__":
    main()
