"""The cases of registers.md 8.3: points against the village that their row declares."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from layers.own_village import Areas, debtor_pins, own_village

A, B, C, T, P = "99010101", "99010102", "99010103", "990101", "99"
VILLAGES = Areas(
    [A, B, C],
    [shapely.box(100.0, 15, 100.02, 15.02), shapely.box(100.02, 15, 100.04, 15.02),
     shapely.Point(100.05, 15.01)],
)  # fmt: skip
TAMBONS = Areas([T], [shapely.box(100.0, 15, 100.06, 15.02)])
PROVINCES = Areas([P], [shapely.box(99.9, 14.9, 100.2, 15.2)])


@pytest.mark.parametrize(
    ("declared", "lon", "lat", "accuracy", "code", "found"),
    [
        (A, 100.01, 15.01, None, None, None),
        (A, 100.03, 15.01, None, "LOC-E-OUTSIDE", B),
        (A, 100.02, 15.01, None, None, None),
        (A, 100.0202, 15.01, 25, "LOC-W-EDGE", None),
        (A, 100.0202, 15.01, 10, "LOC-E-OUTSIDE", B),
        (A, 100.021, 15.01, 200, "LOC-E-OUTSIDE", B),
        (C, 100.045, 15.01, None, "LOC-W-NOPOLYGON", None),
        (C, 100.03, 15.01, None, "LOC-E-OUTSIDE", B),
        (C, 100.045, 15.03, None, "LOC-E-OUTSIDE", "-"),
    ],
    ids=[
        "LOC-T1", "LOC-T2", "LOC-T3", "LOC-T4", "LOC-T5", "LOC-T6", "LOC-T7", "LOC-T7b", "LOC-T7c",
    ],
)  # fmt: skip
def test_a_household_point(
    declared: str, lon: float, lat: float, accuracy: float | None, code: str | None, found: Any
) -> None:
    findings = own_village([shapely.Point(lon, lat)], [declared], [accuracy], VILLAGES, TAMBONS)
    assert [one.code for one in findings] == ([code] if code else [])
    if found:
        assert findings[0].values["found"] == found
    if code == "LOC-W-EDGE":
        assert findings[0].values["d"] == pytest.approx(21.5, abs=0.1)
    if code == "LOC-W-NOPOLYGON":
        assert findings[0].values["d"] == pytest.approx(538, abs=1)


@pytest.mark.parametrize(
    ("lon", "lat", "accuracy", "codes"),
    [
        (100.03, 15.01, None, []),
        (100.03, 15.03, None, ["LOC-W-MOVED"]),
        (100.3, 15.01, None, ["LOC-E-PROVINCE"]),
        (100.01, 15.01, 80, ["LOC-W-ACCURACY"]),
    ],
    ids=["LOC-T11", "LOC-T11b", "LOC-T11c", "LOC-T11d"],
)
def test_a_debtor_pin(lon: float, lat: float, accuracy: float | None, codes: list[str]) -> None:
    findings = debtor_pins([shapely.Point(lon, lat)], [A], [accuracy], TAMBONS, PROVINCES)
    assert [one.code for one in findings] == codes


def test_what_is_not_known_is_not_judged() -> None:
    point = shapely.Point(100.5, 15.5)
    nowhere = Areas([], [])
    for points, codes in (
        ([None], [A]),
        ([point], [None]),
        ([point], [T]),
        ([point], ["77010101"]),
    ):
        assert own_village(points, codes, [None], VILLAGES, TAMBONS) == []
        assert debtor_pins([None], codes, [None], TAMBONS, PROVINCES) == []
    assert own_village([point], [A], [None], nowhere, nowhere) == []
