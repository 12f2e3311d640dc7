"""Tables of the land family, drawn together because ponds stand in plots."""

from __future__ import annotations

from sample_data.demo import Demo
from sample_data.plots import draw_plots, plot_rows, soil_rows, zone_rows
from sample_data.ponds import channel_rows, dig_ponds, pond_rows
from sample_data.rows import Tables

__all__ = ["land_tables"]


def land_tables(demo: Demo) -> Tables:
    """The rows of plots, ponds, channels, zones and soil samples."""
    plots = draw_plots(demo)
    ponds = dig_ponds(demo, plots)
    return {
        "plots": plot_rows(demo, plots),
        "ponds": pond_rows(demo, ponds),
        "channels": channel_rows(demo, ponds),
        "plot_zones": zone_rows(plots),
        "soil_samples": soil_rows(demo, plots),
    }
