"""What of the tourism layers can be a stop of a tour, when, and what it is worth.

Opening hours (tourism.md 3.6), score (TOUR-R129) and the reasons for which a place is no
candidate (TOUR-R130).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.parameters import Parameters, between
from geo.routing.tour import Window

__all__ = ["ScoreWeights", "minutes_of", "score", "unfit", "windows_on"]

PUBLISHED_PROGRAMMES = ("in_catalogue", "exhibited")
NO_CONSENT = ("none", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreWeights(Parameters):
    """Points of a stop without a planner's value (TOUR-P13); together at most 100.

    >>> ScoreWeights().score_w_base
    30.0
    """

    score_w_base: float = between(30.0, 0.0, 100.0)
    score_w_class_b: float = between(20.0, 0.0, 100.0)
    score_w_programme: float = between(20.0, 0.0, 100.0)
    score_w_trading: float = between(15.0, 0.0, 100.0)
    score_w_theme: float = between(15.0, 0.0, 100.0)


def minutes_of(text: str) -> int:
    """A time of day as minutes; raises ValueError for a text that is none.

    >>> minutes_of("09:30")
    570
    """
    hours, minutes = text.split(":")
    found = int(hours) * 60 + int(minutes)
    if not (0 <= found <= 1440 and 0 <= int(minutes) < 60):
        raise ValueError(text)
    return found


def windows_on(rows: Sequence[Mapping[str, Any]] | None, day: dt.date) -> tuple[Window, ...] | None:
    """The windows of a day; () is closed, None is unknown (no row at all).

    Precedence: closed with dates, then slot or open with dates, then weekly rows. A slot begins at
    its opening time for everybody. A row that cannot be read counts as not there.

    >>> weekly = {"weekday": [1, 2], "open_time": "08:00", "close_time": "17:00", "kind": "open"}
    >>> monday, sunday = dt.date(2025, 8, 4), dt.date(2025, 8, 3)
    >>> windows_on([weekly], monday)
    (Window(open=480, close=1020, fixed=False, last_entry=None),)
    >>> windows_on([weekly], sunday), windows_on([], monday) is None
    ((), True)
    """
    if not rows:
        return None
    valid = [row for row in rows if _holds(row, day)]
    dated = [row for row in valid if row.get("valid_from") or row.get("valid_to")]
    if any(row.get("kind") == "closed" for row in dated):
        return ()
    chosen = dated or valid
    if any(row.get("kind") == "closed" for row in chosen):
        return ()
    return tuple(sorted(window for row in chosen if (window := _window(row)) is not None))


def _holds(row: Mapping[str, Any], day: dt.date) -> bool:
    weekdays = row.get("weekday")
    if weekdays and day.isoweekday() not in weekdays:
        return False
    start, end = row.get("valid_from"), row.get("valid_to")
    return (not start or str(start)[:10] <= day.isoformat()) and (
        not end or day.isoformat() <= str(end)[:10]
    )


def _window(row: Mapping[str, Any]) -> Window | None:
    try:
        opens, closes = minutes_of(row["open_time"]), minutes_of(row["close_time"])
        last = minutes_of(row["last_entry"]) if row.get("last_entry") else None
    except (KeyError, ValueError, AttributeError):
        return None
    if closes <= opens:
        return None
    return Window(opens, closes, row.get("kind") == "slot", last)


def score(
    place: Mapping[str, Any],
    weights: ScoreWeights,
    *,
    class_b: bool = False,
    theme: Collection[str] = (),
) -> float:
    """Points of a stop (TOUR-R129); ``theme`` are codes or words that the planner looks for.

    >>> score({"in_trading_area": True, "kind": "food"}, ScoreWeights(), theme=["food"])
    60.0
    """
    points = weights.score_w_base
    points += weights.score_w_class_b if class_b else 0
    points += weights.score_w_programme if place.get("state") in PUBLISHED_PROGRAMMES else 0
    points += weights.score_w_trading if place.get("in_trading_area") is True else 0
    points += weights.score_w_theme if set(theme) & _themes(place) else 0
    return min(points, 100.0)


def _themes(place: Mapping[str, Any]) -> set[str]:
    found = {str(place.get("kind") or "")}
    for name in ("positioning", "linked_activity", "tags"):
        value = place.get(name)
        found |= set(value) if isinstance(value, list) else set()
    return found - {""}


def unfit(place: Mapping[str, Any]) -> str | None:
    """Why a place is no candidate on any day: the reason code of TOUR-R130, None where it is.

    >>> unfit({"geometry": None}), unfit({"geometry": 1, "state": "tested"})
    ('NO_GEOMETRY', 'NOT_PUBLISHED')
    """
    if place.get("geometry") is None:
        return "NO_GEOMETRY"
    if place.get("consent_state") in NO_CONSENT:
        return "NO_CONSENT"
    state, level = place.get("state"), place.get("publish_level")
    unpublished = state is not None and state not in PUBLISHED_PROGRAMMES
    if unpublished or level not in (None, "public", "partner"):
        return "NOT_PUBLISHED"
    return None
