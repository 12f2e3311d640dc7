"""The layout generator: from a site and a profile to plans that hold all hard constraints."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString

from geo.layout.constraints import Check, Draft, check_draft, reaches
from geo.layout.cuts import GRID_M, polygon_parts
from geo.layout.feeder import feeder_lines
from geo.layout.ground import divided_ground, examine, way_in
from geo.layout.limits import Limits
from geo.layout.partition import fitted, with_corners
from geo.layout.pond_fit import Pond, PondWish, dug_in, least_dig
from geo.layout.profiles import GROUPS, Profile
from geo.layout.region import Task
from geo.layout.score import score
from geo.layout.search import Candidate, search
from geo.layout.site import (
    Area,
    Finding,
    Frame,
    Site,
    apart,
    compactness,
    dominant_axes,
    quarter_turn,
    reference_frame,
)

__all__ = ["Layouts", "Plan", "check_layout", "generate_layouts"]

AXES = 4  # directions of sides that cuts follow, besides that of the fall
RANDOM_AXES = 8  # further ones where these give no plan
LIKENESS = 0.70  # plans that agree on more of the plot are the same idea
BEST_TRIES = 5  # candidates that are worked out to say what blocks, where none holds
TRIES = 40  # candidates that are examined for each plan that is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One layout in the coordinates of the site; ``j`` and ``terms`` after LAND-R27.

    ``zones`` are polygons by group that fit together without gap or overlap (corners in common,
    to 1e-6 m2). ``pond`` or ``channels`` are None where none could be placed.
    """

    zones: Mapping[str, Area]
    pond: Pond | None
    channels: tuple[LineString, ...] | None
    j: float
    terms: Mapping[str, float]
    checks: tuple[Check, ...]

    @property
    def feasible(self) -> bool:
        """Whether no hard constraint is broken."""
        return not self.broken

    @property
    def broken(self) -> tuple[str, ...]:
        """The ids of the constraints that it breaks."""
        return tuple(check.id for check in self.checks if check.sign == "fail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layouts:
    """What the generator found: plans, best first, and what it noticed about the input.

    Without a feasible plan, ``plans`` holds the best try, if any, whose checks name what blocks.
    ``candidates`` complete drafts were made and ``examined`` of them worked out. ``stop`` says
    why it ended: enough (as many as asked for), exhausted (no more candidates), tries, time, or
    input (a finding blocks).
    """

    plans: tuple[Plan, ...]
    findings: tuple[Finding, ...]
    candidates: int
    examined: int
    stop: str

    @property
    def feasible(self) -> bool:
        """Whether there is a plan that holds all constraints."""
        return bool(self.plans) and self.plans[0].feasible


def check_layout(
    site: Site,
    profile: Profile,
    zones: Mapping[str, Area],
    *,
    pond: Pond | None = None,
    channels: Sequence[LineString] | None = None,
    wish: PondWish | None = None,
    limits: Limits | None = None,
) -> Plan:
    """Judge zones that were drawn by hand by the same constraints and the same score."""
    lines = None if channels is None else tuple(channels)
    wish = wish or PondWish(bank_m=profile.bank_m)
    draft = Draft(site, profile, zones, pond, lines, wish, limits or Limits())
    j, terms = score(zones, site)
    return Plan(zones=zones, pond=pond, channels=lines, j=j, terms=terms, checks=check_draft(draft))


def generate_layouts(
    site: Site,
    profile: Profile,
    *,
    wish: PondWish | None = None,
    alternatives: int = 1,
    beam: int = 80,
    seed: int = 0,
    seconds: float | None = None,
    limits: Limits | None = None,
) -> Layouts:
    """Lay out a plot: the feasible plans with the highest J, each clearly unlike the others.

    ``beam`` bounds the drafts that go on from one cut to the next (more: better and slower).
    Where the sides of the plot and its fall give no plan, cuts in directions drawn with ``seed``
    are tried. The search ends when ``alternatives`` plans stand, candidates run out, or 40 in a
    row for each were worked out in vain; ``seconds`` ends it sooner, and is then the only thing
    that makes a result depend on the machine. Never raises for a bad plot: ``findings`` say what
    is wrong with it.

    >>> from geo.layout.profiles import PROFILES
    >>> import shapely
    >>> site = Site(plot=shapely.box(0, 0, 40, 40))
    >>> found = generate_layouts(site, PROFILES["standard_30_30_30_10"])
    >>> {group: round(zone.area, 3) for group, zone in found.plans[0].zones.items()}
    {'water': 480.0, 'rice': 480.0, 'orchard_forest': 480.0, 'residence': 160.0}
    """
    limits = limits or Limits()
    wish = wish or PondWish(bank_m=profile.bank_m)
    findings = examine(site, profile, wish, limits)
    if any(finding.blocks for finding in findings):
        return Layouts(plans=(), findings=findings, candidates=0, examined=0, stop="input")
    frame = reference_frame(site)
    turned = frame.site(site).rounded(GRID_M)
    work = _Work(way_in(turned, limits), profile, wish, limits, beam, seed)
    end = None if seconds is None else time.monotonic() + seconds
    plans, stop = work.run(alternatives, end)
    return Layouts(
        plans=tuple(_outside(plan, frame, turned, site) for plan in plans),
        findings=findings,
        candidates=work.candidates,
        examined=work.examined,
        stop=stop,
    )


def _outside(plan: Plan, frame: Frame, turned: Site, site: Site) -> Plan:
    """The plan in the coordinates of the site, on the very corners of the plot."""
    pond = plan.pond
    theirs = frame.out(turned.plot)
    at, to = shapely.get_coordinates(theirs), shapely.get_coordinates(site.plot)
    return replace(
        plan,
        zones={g: with_corners(frame.out(z), at, to, 0.1 * GRID_M) for g, z in plan.zones.items()},
        pond=None if pond is None else replace(pond, rim=frame.out(pond.rim)),
        channels=plan.channels and tuple(frame.out(line) for line in plan.channels),
    )


class _Work:
    """One run of the generator, in the frame of the plot."""

    def __init__(
        self, site: Site, profile: Profile, wish: PondWish, limits: Limits, beam: int, seed: int
    ) -> None:
        self.site, self.profile, self.wish, self.limits = site, profile, wish, limits
        self.beam, self.rng = beam, np.random.default_rng(seed)
        self.locked, self.starts = divided_ground(site, profile, limits)
        self.candidates = self.examined = 0
        self._ponds: dict[int, Pond | None] = {}

    def run(self, alternatives: int, end: float | None) -> tuple[list[Plan], str]:
        plans: list[Plan] = []
        tries: list[Plan] = []
        stop = "exhausted"
        for axes in (self._axes(), self._random_axes()):
            found = search(self.starts, self._task(axes))
            self.candidates += len(found)
            stop = self._examine(found, alternatives, plans, tries, end)
            if plans or stop == "time":
                break
        if plans:
            return plans, stop
        best = min(tries, key=lambda plan: (len(plan.broken), -plan.j), default=None)
        return ([] if best is None else [best]), stop

    def _axes(self) -> tuple[float, ...]:
        axes = dominant_axes(self.site.plot, AXES)
        if self.site.gradient is not None and any(self.site.gradient):
            east, north = self.site.gradient
            fall = float(quarter_turn(np.arctan2(north, east)))
            if min(apart(fall, axis) for axis in axes) > 3:
                axes.append(fall)
        return tuple(axes)

    def _random_axes(self) -> tuple[float, ...]:
        return tuple(self.rng.uniform(0, math.pi / 2, RANDOM_AXES).tolist())

    def _task(self, axes: tuple[float, ...]) -> Task:
        wanted = self.profile.targets(self.site.plot.area)
        part = self.limits.orchard_part_pct / 100 * wanted["orchard_forest"]
        return Task(
            site=self.site,
            limits=self.limits,
            axes=axes,
            compact=self.limits.compact_of(compactness(polygon_parts(self.site.plot)[0])),
            dig_m=least_dig(wanted["water"], self.wish, self.limits),
            locked=tuple(self.locked.get(group) for group in GROUPS),
            orchard_part_m2=part,
            doorway=self._doorway(),
            beam=self.beam,
        )

    def _doorway(self) -> Area | None:
        gate = self.site.gate
        if gate is None or self.profile.targets(1.0)["residence"] <= 0:
            return None
        ground = gate.buffer(self.limits.path_m / 2).intersection(self.site.plot)
        return ground if ground.area > 0 else None

    def _examine(
        self,
        found: Sequence[Candidate],
        alternatives: int,
        plans: list[Plan],
        tries: list[Plan],
        end: float | None,
    ) -> str:
        """Work candidates out, best first, into plans and failed tries; why it ended."""
        vain = 0
        stop = "exhausted"
        for candidate in found:
            late = end is not None and time.monotonic() > end
            if candidate.faults or vain >= TRIES or late:
                stop = "time" if late else "tries" if vain >= TRIES else stop
                break
            if any(_likeness(candidate.zones, plan.zones) > LIKENESS for plan in plans):
                continue
            if not self._promises(candidate):
                continue
            plan = self._worked_out(candidate)
            (plans if plan.feasible else tries).append(plan)
            vain = 0 if plan.feasible else vain + 1
            if len(plans) == alternatives:
                return "enough"
        if not plans:
            tries.extend(self._worked_out(candidate) for candidate in found[:BEST_TRIES])
        return stop

    def _promises(self, candidate: Candidate) -> bool:
        """Whether a candidate stands the tests that cost little: pond and way in."""
        water, *_, residence = candidate.zones
        if water is not None and self._pond(water) is None:
            return False
        return residence is None or reaches(self.site, water, residence, self.limits.path_m)

    def _worked_out(self, candidate: Candidate) -> Plan:
        """The plan of a candidate, its zones fitted, pond and channels drawn, and checked."""
        self.examined += 1
        zones = {g: z for g, z in zip(GROUPS, candidate.zones, strict=True) if z is not None}
        zones = {g: self._with_locked(g, z) for g, z in zones.items()}
        exact = fitted(self.site.plot, zones)
        pond = (
            dug_in(exact["water"], self.site, self.wish, self.limits) if "water" in exact else None
        )
        channels = None if pond is None else self._channels(exact, pond)
        draft = Draft(
            self.site, self.profile, exact, pond, channels, self.wish, self.limits, complete=True
        )
        j, terms = score(exact, self.site)
        return Plan(
            zones=exact, pond=pond, channels=channels, j=j, terms=terms, checks=check_draft(draft)
        )

    def _with_locked(self, group: str, zone: Area) -> Area:
        locked = self.locked.get(group)
        if locked is None or zone is locked:
            return zone
        return zone.union(locked)

    def _pond(self, water: Area) -> Pond | None:
        key = id(water)  # candidates that share a water zone share the object
        if key not in self._ponds:
            self._ponds[key] = dug_in(water, self.site, self.wish, self.limits)
        return self._ponds[key]

    def _channels(self, zones: Mapping[str, Area], pond: Pond) -> tuple[LineString, ...] | None:
        planted = [zones[group] for group in ("rice", "orchard_forest") if group in zones]
        half = self.limits.channel_top_m / 2
        ground: Area = self.site.plot.buffer(-half)
        if "residence" in zones:
            ground = ground.difference(zones["residence"].buffer(half, join_style="mitre"))
        for tree in self.site.trees:
            ground = ground.difference(tree.buffer(1.01 * (self.limits.near.tree_min_m + half)))
        for item in self.site.fixed:
            ground = ground.difference(item.shape.buffer(item.buffer_m + half))
        lines = feeder_lines(pond.rim, planted, ground)
        return None if lines is None else tuple(lines)


def _likeness(zones: Iterable[Area | None], other: Mapping[str, Area]) -> float:
    """The part of the plot on which two layouts agree."""
    pairs = [
        (zone, other[group])
        for group, zone in zip(GROUPS, zones, strict=True)
        if zone is not None and group in other
    ]
    same = math.fsum(first.intersection(second).area for first, second in pairs)
    return same / math.fsum(zone.area for zone in other.values())
