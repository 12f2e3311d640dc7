"""Approximate positions: a home moved by a keyed offset that is the same each time (JIT-R1 to R5).

The key belongs to one published version of a dataset and comes from outside the program
(JIT-R3). Offsets are metres on the ground, laid onto the ellipsoid by geodesics.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geo.crs import Floats
from geo.parameters import Parameters, between
from geo.text import Text
from layers.errors import StoreUnavailable

__all__ = ["JitterRules", "approximate", "masking_key", "offsets", "pseudonyms"]

KEY_VARIABLE = "PHUMI_JITTER_KEY"
KEY_LETTERS = 14  # as many as the key of the chapter's test vectors has
ELLIPSOID = Geod(ellps="WGS84")
BLOCK = 2.0**64


@dataclass(frozen=True, slots=True, kw_only=True)
class JitterRules(Parameters):
    """The parameters of privacy.md 12.2."""

    jitter_r_min: float = between(100.0, 0.0, 5_000.0)
    jitter_r_max: float = between(500.0, 0.0, 5_000.0)
    jitter_tries: float = between(20, 0, 100)
    jitter_k: float = between(10, 1, 1_000)


def offsets(
    key: bytes, record_ids: Sequence[str], rules: JitterRules | None = None
) -> tuple[Floats, Floats]:
    """East and north offsets in metres of n records (JIT-R2).

    >>> east, north = offsets(b"phumi-test-key", ["HH-0001", "HH-0002"])  # JIT-T1, T2
    >>> east.round(3).tolist(), north.round(3).tolist()
    ([461.309, 207.627], [-82.984, -114.022])
    >>> [len(side) for side in offsets(b"key", [])]
    [0, 0]
    """
    rules = rules or JitterRules()
    drawn = b"".join(hmac.digest(key, one.encode(), hashlib.sha256)[:16] for one in record_ids)
    u1, u2 = np.frombuffer(drawn, dtype=">u8").reshape(-1, 2).T.astype(np.float64) / BLOCK
    near, far = rules.jitter_r_min**2, rules.jitter_r_max**2
    radius, angle = np.sqrt(near + u1 * (far - near)), 2 * np.pi * u2
    return radius * np.sin(angle), radius * np.cos(angle)


def approximate(
    key: bytes,
    record_ids: Sequence[str],
    points: Floats,
    village: NDArray[np.int64],
    centres: Floats,
    rules: JitterRules | None = None,
) -> Floats:
    """Positions (n x 2, EPSG:4326) that may be shown in place of homes (JIT-R2 to R5).

    ``points`` are the true ones (n x 2), ``village`` the number of each record's village among
    ``centres`` (m x 2; nan where it is not known), -1 for none. A drawn point is inside the
    village while no other centre is nearer; after ``jitter_tries`` draws, and in a village of
    fewer than ``jitter_k`` records, it is the centre. A record without village has no position.

    >>> two = np.array([[98.30, 8.0], [98.40, 8.0]])
    >>> few = approximate(b"key", ["a"], two[:1], np.array([0]), two)  # JIT-R5, SDC-T10
    >>> few.tolist()
    [[98.3, 8.0]]
    """
    rules = rules or JitterRules()
    placed = np.full((len(record_ids), 2), np.nan)
    known = village >= 0
    placed[known] = centres[village[known]]
    size = np.bincount(village[known], minlength=len(centres))
    open_to = known & np.isfinite(points).all(axis=1)
    open_to[known] &= size[village[known]] >= rules.jitter_k
    left = np.flatnonzero(open_to & np.isfinite(placed).all(axis=1))
    inside = _Inside(centres)
    for draw in range(int(rules.jitter_tries) + 1):
        if not len(left):
            break
        names = [record_ids[i] + (f"#{draw}" if draw else "") for i in left.tolist()]
        moved = _moved(points[left], *offsets(key, names, rules))
        stays = inside(moved, village[left])
        placed[left[stays]] = moved[stays]
        left = left[~stays]
    return placed


def pseudonyms(key: bytes, record_ids: Sequence[str]) -> list[str]:
    """Keyed hashes that stand for the ids in masked rows; nobody without the key can make them.

    >>> first, second = pseudonyms(b"key", ["HH-0001", "HH-0002"])
    >>> len(first), first == second
    (32, False)
    """
    label = b"pseudonym:"  # another use of the key than the offset
    digests = (hmac.digest(key, label + one.encode(), hashlib.sha256) for one in record_ids)
    return [digest.hex()[:32] for digest in digests]


def masking_key() -> bytes:
    """The key of this installation, from the environment (JIT-R3).

    Raises StoreUnavailable where there is none: without a secret nothing would be masked.
    """
    key = os.environ.get(KEY_VARIABLE, "")
    if len(key) < KEY_LETTERS:
        raise StoreUnavailable(
            "masking_key_missing",
            Text(
                f"ยังไม่ได้ตั้งกุญแจปกปิดข้อมูล ให้ผู้ดูแลตั้ง {KEY_VARIABLE} อย่างน้อย {KEY_LETTERS} ตัวอักษร",
                f"No key for masked rows: the administrator sets {KEY_VARIABLE}, "
                f"{KEY_LETTERS} letters or more",
            ),
        )
    return key.encode()


class _Inside:
    """Whether points lie nearer to their own village's centre than to any other."""

    def __init__(self, centres: Floats) -> None:
        from scipy.spatial import cKDTree

        self.known = np.flatnonzero(np.isfinite(centres).all(axis=1))
        self.tree = cKDTree(_on_globe(centres[self.known])) if len(self.known) else None

    def __call__(self, points: Floats, village: NDArray[np.int64]) -> NDArray[np.bool_]:
        if self.tree is None:
            return np.zeros(len(points), dtype=bool)
        _, nearest = self.tree.query(_on_globe(points))
        found: NDArray[np.bool_] = self.known[nearest] == village
        return found


def _on_globe(lonlat: Floats) -> Floats:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _moved(points: Floats, east: Floats, north: Floats) -> Floats:
    bearing, distance = np.degrees(np.arctan2(east, north)), np.hypot(east, north)
    lon, lat, _ = ELLIPSOID.fwd(points[:, 0], points[:, 1], bearing, distance)
    return np.column_stack([lon, lat])
