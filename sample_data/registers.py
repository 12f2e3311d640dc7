"""The printed registers that lie beside the builder as CSV files."""

from __future__ import annotations

import csv
from pathlib import Path

from shapely import Point

__all__ = ["FOLDER", "province_points", "register"]

FOLDER = Path(__file__).parent / "registers"


def register(name: str) -> list[dict[str, str]]:
    """The rows of one register; a cell is the text that is printed there."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def province_points() -> dict[str, Point]:
    """An inner point of each of the 77 provinces, in degrees, by code."""
    return {
        row["code"]: Point(float(row["lon"]), float(row["lat"]))
        for row in register("province_points")
    }
