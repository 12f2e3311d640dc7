"""Who is visited first, on which days, and who is not (DEBT-R9, R23, R24)."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from layers.visiting import KINDS, LEVELS, VisitRules, field_days, requests

TODAY = dt.date(2025, 8, 1)
CLASSES = ["time_barred"] * 2 + ["matured"] * 3 + ["in_default"] * 4 + ["normal"] * 3


def twelve() -> pd.DataFrame:
    """Twelve debtors of the four classes, in no order."""
    table = pd.DataFrame(
        {
            "id": [f"c{i:02d}" for i in range(12)],
            "debtor_class": CLASSES,
            "days_left": [None, None, 30, 10, 20, *[None] * 7],
            "outstanding_thb": [100.0 * i for i in range(12)],
            "overdue_instalments": [0] * 5 + [1, 4, 3, 2] + [0] * 3,
            "lon": [98.30 + i / 100 for i in range(12)],
            "lat": [7.9] * 12,
        }
    )
    return table.sample(frac=1, random_state=3).reset_index(drop=True)


def test_worth_follows_the_order_of_the_list_strictly():
    found, left = requests("debtors", twelve(), TODAY)
    assert [item.ids[0] for item in found] == [
        "c01", "c00", "c03", "c04", "c02", "c06", "c07", "c08", "c05", "c11", "c10", "c09",
    ]  # fmt: skip
    worth = [item.worth for item in found]
    assert worth == sorted(worth, reverse=True)
    assert len(set(worth)) == 12
    assert left == []


def test_debtors_near_the_time_bar_are_promoted_only_when_asked():
    found, _ = requests("debtors", twelve(), TODAY, VisitRules(promote_timebar_days=15))
    assert found[0].ids == ("c03",)
    assert found[0].worth == max(item.worth for item in found)


def test_route_t2_two_debtors_at_one_pin_are_one_stop_with_two_records():
    table = twelve()
    table.loc[table["id"].isin(["c00", "c05"]), ["lon", "lat"]] = 98.5, 7.8
    found, _ = requests("debtors", table, TODAY)
    (stop,) = (item for item in found if len(item.ids) == 2)
    assert stop.ids == ("c00", "c05")
    assert stop.level == 0
    assert len(found) == 11


def test_route_t3_a_visit_agreed_for_later_waits_unless_forced():
    table = twelve().assign(next_visit_date=None)
    table.loc[table["id"] == "c00", "next_visit_date"] = dt.date(2025, 9, 1)
    found, left = requests("debtors", table, TODAY)
    assert [(item.id, item.reason) for item in left] == [("c00", "NOT_YET")]
    assert "c00" not in [item.ids[0] for item in found]
    _, none_left = requests("debtors", table, TODAY, forced=["c00"])
    assert none_left == []


@pytest.mark.parametrize("status", ["wrong", "not_found", "moved"])
def test_who_has_no_usable_pin_is_to_be_found_first(status):
    table = twelve().assign(pin_status="verified")
    table.loc[table["id"] == "c01", "pin_status"] = status
    table.loc[table["id"] == "c02", ["lon", "lat"]] = None
    _, left = requests("debtors", table, TODAY)
    assert {(item.id, item.reason) for item in left} == {
        ("c01", "FIND_ADDRESS"),
        ("c02", "FIND_ADDRESS"),
    }


def test_a_debt_is_visited_before_the_day_of_its_time_bar():
    table = twelve().assign(timebar_date=None)
    table.loc[table["id"] == "c02", "timebar_date"] = dt.date(2025, 8, 5)
    table.loc[table["id"] == "c00", "timebar_date"] = dt.date(2020, 8, 5)
    last = {item.ids[0]: item.last_day for item in requests("debtors", table, TODAY)[0]}
    assert last["c02"] == dt.date(2025, 8, 5)
    assert last["c00"] is None


def test_households_go_by_tier_and_plots_by_id():
    places = {"lon": [98.1, 98.2, 98.3], "lat": [7.9] * 3}
    homes = pd.DataFrame({"id": ["h1", "h2", "h3"], "tier": ["3-4", None, "1"], **places})
    found, _ = requests("households", homes, TODAY)
    assert [item.ids[0] for item in found] == ["h3", "h1", "h2"]
    plots = pd.DataFrame({"id": ["p2", "p1", "p3"], **places})
    assert [item.ids[0] for item in requests("plots", plots, TODAY)[0]] == ["p1", "p2", "p3"]


def test_every_kind_of_visit_has_levels():
    assert set(LEVELS) == set(KINDS)


def test_field_days_are_working_days_of_weeks_1_and_3():
    days = field_days(dt.date(2025, 8, 1), 8)
    assert [day.day for day in days] == [1, 4, 5, 6, 7, 15, 18, 19]
    monday_weeks = field_days(dt.date(2025, 8, 1), 3, definition="calendar_monday")
    assert [day.day for day in monday_weeks] == [1, 11, 12]
    assert field_days(dt.date(2025, 8, 8), 2, report_weeks=False)[1] == dt.date(2025, 8, 11)
