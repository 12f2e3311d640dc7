"""All tables of the demo province, put together and written."""

from __future__ import annotations

from pathlib import Path

from sample_data.border import border_tables
from sample_data.boundaries import area_tables
from sample_data.culture import culture_tables
from sample_data.debtors import debtor_tables
from sample_data.demo import Demo
from sample_data.economy import economy_tables
from sample_data.households import household_tables
from sample_data.land import land_tables
from sample_data.places import place_tables
from sample_data.rows import Tables, write_table
from sample_data.terrain import write_terrain
from sample_data.tourism import tourism_tables
from sample_data.work import work_tables

__all__ = ["tables", "write"]


def tables(seed: int) -> tuple[Demo, Tables]:
    """The ground of the demo and the rows of all its layers."""
    demo = Demo(seed)
    layers: Tables = {}
    for part in (
        area_tables(demo),
        land_tables(demo),
        household_tables(demo),
        debtor_tables(demo),
        border_tables(),
        tourism_tables(demo),
        culture_tables(demo),
        place_tables(demo),
        economy_tables(demo),
        work_tables(demo),
    ):
        for layer, rows in part.items():  # visits come from households and from debtors
            layers.setdefault(layer, []).extend(rows)
    return demo, layers


def write(demo: Demo, layers: Tables, directory: Path) -> list[Path]:
    """Write every layer and the terrain."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = [write_table(directory, layer, rows) for layer, rows in layers.items()]
    write_terrain(demo.terrain, directory / "terrain.tif")
    return [*paths, directory / "terrain.tif"]
