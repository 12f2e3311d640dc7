"""Approximate positions: the vectors and rules of privacy.md 12.2."""

from __future__ import annotations

import hashlib
import hmac
import math

import numpy as np
import pytest
from pyproj import Geod

from layers.errors import StoreUnavailable
from layers.privacy.jitter import JitterRules, approximate, masking_key, offsets, pseudonyms

KEY = b"phumi-test-key"
WGS84 = Geod(ellps="WGS84")


@pytest.mark.parametrize(
    ("record", "east", "north"),
    [
        ("HH-0001", 461.309, -82.984),
        ("HH-0002", 207.627, -114.022),
        ("HH-0001#1", -407.029, 218.965),
    ],
    ids=["JIT-T1", "JIT-T2", "JIT-T3"],
)
def test_the_offset_of_a_record(record: str, east: float, north: float) -> None:
    found = offsets(KEY, [record])
    assert [side.round(3).tolist() for side in found] == [[east], [north]]


def by_hand(key: bytes, record: str) -> tuple[float, float]:
    """JIT-R2, one record, as it is written."""
    digest = hmac.new(key, record.encode(), hashlib.sha256).digest()
    u1 = int.from_bytes(digest[:8], "big") / 2**64
    u2 = int.from_bytes(digest[8:16], "big") / 2**64
    r = math.sqrt(100**2 + u1 * (500**2 - 100**2))
    return r * math.sin(2 * math.pi * u2), r * math.cos(2 * math.pi * u2)


def spread(n: int) -> tuple[list[str], np.ndarray]:
    """Records and their homes around 98.3, 8.0."""
    random = np.random.default_rng(7)
    return [f"HH-{i:04}" for i in range(n)], random.normal((98.3, 8.0), 0.003, (n, 2))


def test_a_home_moves_by_its_offset_on_the_ground() -> None:
    """JIT-R2 against the formula and against distances on the ellipsoid."""
    names, homes = spread(60)
    centre = np.array([[98.3, 8.0]])
    moved = approximate(KEY, names, homes, np.zeros(60, dtype=int), centre)
    bearing, _, metres = WGS84.inv(homes[:, 0], homes[:, 1], moved[:, 0], moved[:, 1])
    for i, name in enumerate(names):
        east, north = by_hand(KEY, name)
        assert metres[i] == pytest.approx(math.hypot(east, north), abs=0.01)
        assert 100 - 0.01 <= metres[i] <= 500 + 0.01
        turned = math.radians(bearing[i]) - math.atan2(east, north)
        assert math.cos(turned) == pytest.approx(1.0, abs=1e-6)


def test_the_same_record_has_the_same_place_and_another_key_another() -> None:
    """JIT-R3."""
    names, homes = spread(20)
    village, centre = np.zeros(20, dtype=int), np.array([[98.3, 8.0]])
    first = approximate(KEY, names, homes, village, centre)
    again = approximate(KEY, names[::-1], homes[::-1], village, centre)
    assert np.array_equal(first, again[::-1])
    assert (approximate(b"another-key", names, homes, village, centre) != first).all()
    assert not set(pseudonyms(KEY, names)) & set(pseudonyms(b"another-key", names))


def test_a_point_that_leaves_its_village_is_drawn_again() -> None:
    """SDC-T11, JIT-R4: draw 2 is that of the record id with #1."""
    names, homes = spread(40)
    centres = np.array([[98.3, 8.0], [98.302, 8.0]])  # the border lies 110 m to the east
    homes[:, 0] = 98.3005
    placed = approximate(KEY, names, homes, np.zeros(40, dtype=int), centres)
    second = 0
    for i, name in enumerate(names):
        drawn = []
        for label in [name, *(f"{name}#{n}" for n in range(1, 21))]:
            east, north = by_hand(KEY, label)
            azimuth = math.degrees(math.atan2(east, north))
            lon, lat, _ = WGS84.fwd(*homes[i], azimuth, math.hypot(east, north))
            if lon < 98.301:  # nearer to the own centre: it lies on the same parallel
                drawn = [lon, lat]
                second += label == f"{name}#1"
                break
        assert placed[i].tolist() == pytest.approx(drawn, abs=1e-9)
    assert second > 0


def test_no_draw_that_stays_means_the_centre() -> None:
    """JIT-R4: after 20 further draws."""
    names, homes = spread(12)
    centres = np.array([[98.3, 8.0], [98.5, 8.0]])
    homes[:] = (98.5, 8.0)  # in the other village, whatever the register says
    placed = approximate(KEY, names, homes, np.zeros(12, dtype=int), centres)
    assert (placed == centres[0]).all()


@pytest.mark.parametrize(("households", "moves"), [(6, False), (9, False), (10, True)])
def test_a_small_village_shows_its_centre_only(households: int, moves: bool) -> None:
    """SDC-T10, JIT-R5."""
    names, homes = spread(households)
    centre = np.array([[98.3, 8.0]])
    placed = approximate(KEY, names, homes, np.zeros(households, dtype=int), centre)
    assert (placed != centre[0]).all() == moves
    assert (placed == centre[0]).all() != moves


def test_a_record_without_village_or_centre_has_no_place() -> None:
    names, homes = spread(11)
    nowhere = np.full((1, 2), np.nan)
    assert np.isnan(approximate(KEY, names, homes, np.full(11, -1), np.array([[98.3, 8.0]]))).all()
    assert np.isnan(approximate(KEY, names, homes, np.zeros(11, dtype=int), nowhere)).all()
    assert approximate(KEY, [], np.empty((0, 2)), np.empty(0, dtype=int), nowhere).shape == (0, 2)


def test_a_home_that_is_not_known_is_at_the_centre() -> None:
    names, homes = spread(10)
    homes[3] = np.nan
    placed = approximate(KEY, names, homes, np.zeros(10, dtype=int), np.array([[98.3, 8.0]]))
    assert placed[3].tolist() == [98.3, 8.0]
    assert (np.delete(placed, 3, axis=0) != (98.3, 8.0)).all()


def test_without_a_key_nothing_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    for given in (None, "short"):
        monkeypatch.delenv("PHUMI_JITTER_KEY", raising=False)
        if given:
            monkeypatch.setenv("PHUMI_JITTER_KEY", given)
        with pytest.raises(StoreUnavailable) as missing:
            masking_key()
        assert missing.value.code == "masking_key_missing"


def test_the_radii_can_be_changed() -> None:
    rules = JitterRules(jitter_r_min=0, jitter_r_max=50)
    east, north = offsets(KEY, [f"r{i}" for i in range(500)], rules)
    assert np.hypot(east, north).max() <= 50
    # Evenly over the disc: half of the points lie within r / sqrt(2).
    assert np.mean(np.hypot(east, north) < 50 / math.sqrt(2)) == pytest.approx(0.5, abs=0.07)
