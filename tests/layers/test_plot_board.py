"""Where plots stand: drawings that wait, records that cannot be read, places, results as text."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import from_local
from layers.errors import QueryError
from layers.plot_board import standing
from layers.plot_drawings import drawings_waiting
from layers.plot_life import Move, moved
from layers.plot_rules import place_codes
from layers.processes.json_text import dumped, feature_texts

AT = np.array([[98.3, 7.9]])
TODAY = dt.date(2025, 9, 8)
RIM = shapely.box(0, 0, 20, 20)


def drawings(*rows: tuple[Any, ...]) -> gpd.GeoDataFrame:
    """Rows of (version, approved, depth, rim, plan, kind)."""
    full = [(*row, *(RIM, None, "design")[len(row) - 3 :]) for row in rows]
    return gpd.GeoDataFrame(
        {
            "pond_id": [f"P{n}" for n in range(len(full))],
            "plot_id": "K1",
            "version": [row[0] for row in full],
            "approved_at": [dt.date(2025, 1, 1) if row[1] else None for row in full],
            "depth_m": [row[2] for row in full],
            "plan_id": [row[4] for row in full],
            "kind": [row[5] for row in full],
        },
        geometry=from_local([row[3] for row in full], np.repeat(AT, len(full), axis=0)),
        crs=4326,
    )


@pytest.mark.parametrize(
    ("rows", "waiting"),
    [
        (((1, True, 3.0), (2, False, 3.5)), ["P1"]),
        (((1, True, 3.0), (2, False, 3.0, RIM.buffer(1))), ["P1"]),
        (((1, True, 3.0), (2, True, 3.5)), []),
        (((1, True, 3.0), (2, False, 3.0)), []),
        (((1, False, 3.0), (2, False, 3.5)), []),
        (((1, True, 3.0), (2, False, 3.5), (3, True, 3.5)), []),
        (((1, True, 3.0), (2, False, 3.5, shapely.box(90, 0, 99, 9))), []),
        (((1, True, 3.0), (2, False, 3.5, RIM, "L1")), []),
        (((1, True, 3.0), (2, False, 3.5, RIM, None, "as_built")), []),
    ],
    ids=["deeper", "wider", "approved", "same", "proposals", "replaced", "another pond",
         "another plan", "as built"],
)  # fmt: skip
def test_a_changed_drawing_waits_for_approval(
    rows: tuple[tuple[Any, ...], ...], waiting: list[str]
) -> None:
    """LAND-R20b."""
    assert drawings_waiting(drawings(*rows)).get("K1", []) == waiting


def test_digging_does_not_go_on_after_a_changed_drawing() -> None:
    """LAND-R20b: a new version, approved, before work goes on; stopping it is always allowed."""
    change = {"plot_id": "K1", "who": "u1", "role": "supervisor", "when": TODAY, "reason": "ฝน"}
    plot = {"status": "suspended", "drawing_waits": ["P1"]}
    with pytest.raises(QueryError) as caught:
        moved(plot, Move(old="suspended", new="digging", **change))
    assert caught.value.code == "drawing_not_approved"
    going = {"status": "digging", "drawing_waits": ["P1"]}
    assert moved(going, Move(old="digging", new="suspended", **change))["status"] == "suspended"


@pytest.mark.parametrize(
    "cell", [None, float("nan"), "text", 3, [1, "x", {"when": 5}], {"deed": 1, "soil": {"done": 0}}]
)
def test_a_cell_that_cannot_be_read_counts_as_not_there(cell: Any) -> None:
    names = ("status_date", "checks", "moves", "risk_items", "suspensions", "site_reports",
             "steps_done", "dig_gates", "contractor_search_from")  # fmt: skip
    for status in ("applied", "preparing", "digging", "developing"):
        found = standing({"status": status} | dict.fromkeys(names, cell), (), TODAY)
        assert not found.overdue
        assert (found.ladder.step, found.risks, found.pump) == (0, (), False)


def test_no_daily_reports_are_asked_for_while_work_stands_still() -> None:
    """LAND-R31: counted from the day that digging began, without the days of a suspension."""
    plot = {
        "status": "digging",
        "status_date": "2025-09-04",
        "moves": [{"old": "ready_to_dig", "new": "digging", "when": "2025-09-01"}],
        "suspensions": [{"cause": "flood", "start": "2025-09-02", "end": "2025-09-03"}],
        "site_reports": [{"kind": "daily", "date": "2025-09-01"}],
    }
    found = standing(plot, (), TODAY)
    assert found.late is not None
    assert found.late.daily == [dt.date(2025, 9, 4), dt.date(2025, 9, 5)]


def test_the_place_of_a_plot_is_that_of_a_point_in_it() -> None:
    """LAND-R4: the tambon with the point on surface, not the one with most corners or first."""
    areas = [shapely.box(98, 7, 98.5, 8), shapely.box(98.5, 7, 99, 8)]
    across, away = shapely.box(98.45, 7.1, 98.9, 7.2), shapely.box(101, 7, 102, 8)
    plots = [across, away, None, shapely.Polygon(), shapely.box(98.1, 7.1, 98.2, 7.2)]
    assert place_codes(plots, areas, ["830101", "830102"]) == [
        "830102", None, None, None, "830101",
    ]  # fmt: skip


def test_results_are_json_whatever_stands_in_them() -> None:
    rows = gpd.GeoDataFrame(
        {
            "number": [1.5, float("nan")],
            "count": pd.array([1, None], dtype="Int64"),
            "when": [pd.Timestamp("2025-01-01"), pd.NaT],
            "deep": [{"m": float("inf"), "n": np.float64(2), "t": (1, None)}, [float("nan")]],
            "text": ['a"<ไทย', None],
        },
        geometry=[shapely.box(0, 0, 1, 1), None],
        crs=4326,
    )
    first, second = json.loads(f"[{feature_texts(rows)}]")
    assert first["properties"] == {
        "number": 1.5, "count": 1, "when": "2025-01-01T00:00:00",
        "deep": {"m": None, "n": 2.0, "t": [1, None]}, "text": 'a"<ไทย',
    }  # fmt: skip
    assert second["properties"] == {
        "number": None, "count": None, "when": None, "deep": [None], "text": None,
    }  # fmt: skip
    assert first["geometry"] == json.loads(shapely.to_geojson(shapely.box(0, 0, 1, 1)))
    assert second["geometry"] is None
    assert json.loads(dumped({"d": dt.date(2025, 1, 2)})) == {"d": "2025-01-02"}
