"""What of the tourism layers can be a stop, when, and what it is worth."""

from __future__ import annotations

import datetime as dt

import pytest

from geo.errors import ParameterError
from geo.routing.tour import Window
from layers.touring import ScoreWeights, minutes_of, score, unfit, windows_on

MONDAY = dt.date(2026, 11, 23)


def row(kind: str = "open", **more: object) -> dict[str, object]:
    return {"weekday": [1], "open_time": "08:00", "close_time": "17:00", "kind": kind, **more}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], None),
        (None, None),
        ([row()], [(480, 1020, False)]),
        ([row(weekday=[7])], []),
        ([row(), row("closed", valid_from="2026-11-20", valid_to="2026-11-30")], []),
        (
            [row(), row("slot", open_time="13:00", close_time="15:00", valid_from="2026-11-01")],
            [(780, 900, True)],
        ),
        ([row(), row("slot", valid_from="2027-01-01")], [(480, 1020, False)]),
        (
            [row(open_time="13:00"), row(close_time="12:00")],
            [(480, 720, False), (780, 1020, False)],
        ),
        ([row(open_time="25:99")], []),
        ([row(open_time="18:00")], []),
    ],
    ids=["no row", "none", "weekly", "another weekday", "closed with dates first",
         "dated slot before weekly", "not valid yet", "two windows", "no time", "closes first"],
)  # fmt: skip
def test_opening_windows_hold_by_their_precedence(rows, found):
    windows = windows_on(rows, MONDAY)
    if found is None:
        assert windows is None
    else:
        assert windows == tuple(Window(*window) for window in found)


def test_the_score_adds_what_the_chapter_lists_and_stops_at_100():
    place = {"state": "in_catalogue", "in_trading_area": True, "positioning": ["cultural"]}
    assert score(place, ScoreWeights(), class_b=True, theme=["cultural"]) == 100
    assert score({}, ScoreWeights()) == 30
    assert score({"in_trading_area": None}, ScoreWeights()) == 30
    assert score(place, ScoreWeights(score_w_base=90), class_b=True) == 100
    with pytest.raises(ParameterError):
        ScoreWeights(score_w_theme=101)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ({"geometry": None, "consent_state": "none"}, "NO_GEOMETRY"),
        ({"consent_state": "withdrawn"}, "NO_CONSENT"),
        ({"state": "tested"}, "NOT_PUBLISHED"),
        ({"publish_level": "internal"}, "NOT_PUBLISHED"),
        ({"state": "exhibited", "publish_level": "partner", "consent_state": "given"}, None),
        ({}, None),
    ],
    ids=["no place", "consent withdrawn", "still a draft", "internal", "shown", "nothing said"],
)
def test_a_place_that_is_no_candidate_has_a_reason(place, reason):
    assert unfit({"geometry": "here", **place}) == reason


@pytest.mark.parametrize("text", ["9", "24:30", "10:75", "ten"])
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(ValueError):
        minutes_of(text)
