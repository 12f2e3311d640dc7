"""The roads of the demo: the highways from general knowledge, everything smaller invented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Point, Polygon, STRtree

from sample_data.frame import ground, lonlat
from sample_data.outline import roughen

__all__ = ["Road", "highways", "road_network"]


@dataclass(frozen=True)
class Road:
    """A stretch of road in metres: class, name, number and whether it runs one way."""

    line: LineString
    kind: str
    name_th: str = ""
    name_en: str = ""
    ref: str = ""
    oneway: bool = False


# Number, class, names, corner points from general knowledge, good to a few hundred metres.
HIGHWAYS = (
    ("402", "trunk", "ถนนเทพกระษัตรี", "Thepkasattri Road", (
        (98.2978, 8.1995), (98.303, 8.186), (98.311, 8.165), (98.319, 8.140), (98.329, 8.115),
        (98.335, 8.090), (98.338, 8.060), (98.335, 8.033), (98.347, 8.005), (98.3635, 7.981),
        (98.376, 7.957), (98.384, 7.932), (98.389, 7.905), (98.390, 7.892), (98.391, 7.884))),
    ("402", "trunk", "ถนนเฉลิมพระเกียรติ ร.9", "Bypass Road", (
        (98.3795, 7.9465), (98.368, 7.925), (98.366, 7.905), (98.369, 7.886), (98.372, 7.873))),
    ("4027", "primary", "ถนนป่าคลอก", "Pa Khlok Road", (
        (98.3635, 7.981), (98.380, 8.000), (98.396, 8.022), (98.404, 8.045), (98.402, 8.068),
        (98.385, 8.087), (98.360, 8.084), (98.337, 8.078))),
    ("4025", "primary", "ถนนศรีสุนทร", "Si Sunthon Road", (
        (98.3635, 7.981), (98.345, 7.987), (98.325, 7.993), (98.305, 7.990), (98.287, 7.984))),
    ("4030", "secondary", "ถนนถลาง-ป่าตอง", "Thalang - Patong Road", (
        (98.335, 8.033), (98.318, 8.036), (98.303, 8.030), (98.298, 8.010), (98.294, 7.993),
        (98.287, 7.984), (98.282, 7.975), (98.285, 7.960), (98.288, 7.945), (98.285, 7.928),
        (98.294, 7.912), (98.299, 7.903))),
    ("4031", "secondary", "ถนนสนามบิน", "Airport Road", (
        (98.331, 8.110), (98.318, 8.107), (98.308, 8.098), (98.302, 8.084), (98.300, 8.068),
        (98.306, 8.050), (98.303, 8.030))),
    ("4029", "primary", "ถนนพระบารมี", "Phra Barami Road", (
        (98.299, 7.903), (98.311, 7.905), (98.325, 7.909), (98.338, 7.911))),
    ("4020", "primary", "ถนนวิชิตสงคราม", "Wichit Songkhram Road", (
        (98.338, 7.911), (98.352, 7.901), (98.368, 7.892), (98.380, 7.886), (98.391, 7.884))),
    ("4021", "primary", "ถนนเจ้าฟ้าตะวันตก", "Chao Fa West Road", (
        (98.372, 7.873), (98.352, 7.862), (98.340, 7.850), (98.3385, 7.843))),
    ("4021", "primary", "ถนนเจ้าฟ้าตะวันออก", "Chao Fa East Road", (
        (98.380, 7.886), (98.372, 7.873), (98.362, 7.855), (98.350, 7.845), (98.3385, 7.843))),
    ("4024", "secondary", "ถนนวิเศษ", "Wiset Road", (
        (98.3385, 7.843), (98.334, 7.825), (98.331, 7.805), (98.328, 7.788), (98.324, 7.776),
        (98.313, 7.772), (98.306, 7.762))),
    ("4028", "secondary", "ถนนปฏัก", "Patak Road", (
        (98.3385, 7.843), (98.322, 7.838), (98.308, 7.828), (98.301, 7.822))),
    ("4233", "secondary", "ถนนป่าตอง-กะรน-กะตะ", "Patong - Karon - Kata Road", (
        (98.299, 7.903), (98.2985, 7.889), (98.291, 7.877), (98.288, 7.866), (98.2955, 7.852),
        (98.2955, 7.838), (98.301, 7.822), (98.304, 7.806), (98.302, 7.790), (98.311, 7.780),
        (98.328, 7.788))),
    ("4023", "secondary", "ถนนศักดิเดช", "Sakdidet Road", (
        (98.391, 7.884), (98.392, 7.870), (98.389, 7.855), (98.398, 7.843), (98.405, 7.828),
        (98.404, 7.812))),
    ("", "tertiary", "ถนนศรีสุทัศน์", "Si Suthat Road", (
        (98.391, 7.884), (98.405, 7.886), (98.419, 7.884), (98.428, 7.886))),
    ("", "tertiary", "ถนนแหลมยามู", "Yamu Road", (
        (98.380, 8.000), (98.400, 7.996), (98.413, 7.990), (98.425, 7.985))),
    ("", "tertiary", "ถนนอ่าวปอ", "Ao Po Road", (
        (98.404, 8.045), (98.416, 8.052), (98.427, 8.060))),
    ("", "tertiary", "ถนนไม้ขาว", "Mai Khao Road", (
        (98.303, 8.186), (98.297, 8.170), (98.304, 8.145), (98.310, 8.125), (98.318, 8.107))),
)  # fmt: skip

TOWN = (98.391, 7.884)  # where the streets of the old town stand
BLOCK = 130.0
RANK = ("trunk", "primary", "secondary", "tertiary", "unclassified", "residential")


def highways() -> list[Road]:
    """The numbered roads in metres, their corners rounded off and their ends joined."""
    rounded = [_rounded(ground(LineString(road[-1]))) for road in HIGHWAYS]
    lines = [
        _joined(line, MultiLineString(rounded[:k] + rounded[k + 1 :]))
        for k, line in enumerate(rounded)
    ]
    return [
        Road(line, kind, th, en, ref)
        for line, (ref, kind, th, en, _) in zip(lines, HIGHWAYS, strict=True)
    ]


def _joined(line: LineString, others: MultiLineString) -> LineString:
    """Lead ends that stop within 500 m of another road up to it: rounding cut them off."""
    xy = list(line.coords)
    for end in (0, -1):
        gap = shapely.shortest_line(Point(xy[end]), others)
        if 0 < gap.length < 500:
            xy.insert(0 if end == 0 else len(xy), gap.coords[-1])
    return LineString(xy)


def road_network(
    island: Polygon, places: dict[str, Point], villages: set[str], rng: np.random.Generator
) -> list[Road]:
    """One connected network, in degrees, over ``island`` that reaches every place (metres).

    The stretches meet in shared end points only, coordinate for coordinate.
    """
    inland = island.buffer(-25)
    drawn = highways()
    drawn += _links(inland, places, villages, [road.line for road in drawn], rng)
    drawn += _loops(inland, list(places.values()), rng)
    drawn += [street for place in places.values() for street in _streets(place, inland, rng)]
    drawn += _old_town(inland)
    return _noded(drawn)


def _rounded(line: LineString) -> LineString:
    """Chaikin's corner cutting, twice; the ends stay."""
    xy = shapely.get_coordinates(line)
    for _ in range(2):
        cut = np.empty((2 * len(xy) - 2, 2))
        cut[0::2] = 0.8 * xy[:-1] + 0.2 * xy[1:]
        cut[1::2] = 0.2 * xy[:-1] + 0.8 * xy[1:]
        xy = np.vstack([xy[:1], cut, xy[-1:]])
    return LineString(xy)


def _links(
    inland: Polygon,
    places: dict[str, Point],
    villages: set[str],
    lines: list[LineString],
    rng: np.random.Generator,
) -> list[Road]:
    """A road from every place to the network, the nearest place first."""
    network, left, roads = MultiLineString(lines), dict(places), []
    while left:
        code = min(left, key=lambda c: (network.distance(left[c]), c))
        place = left.pop(code)
        near = network.interpolate(network.project(place))
        near = shapely.shortest_line(network, place).interpolate(0)
        if near.distance(place) < 1:
            continue
        line = _bent(near, place, inland, rng)
        roads.append(Road(line, "tertiary" if code in villages else "unclassified"))
        network = MultiLineString([*network.geoms, line])
    return roads


def _bent(start: Point, end: Point, inland: Polygon, rng: np.random.Generator) -> LineString:
    straight = np.array([start.coords[0], end.coords[0]])
    line = LineString(roughen(straight, 0.09, 260, rng))
    return line if inland.covers(line) else LineString(straight)


def _loops(inland: Polygon, places: list[Point], rng: np.random.Generator) -> list[Road]:
    """Roads between places that have no third place between them (a Gabriel graph)."""
    tree, roads = STRtree(places), []
    for i, a in enumerate(places):
        for j in tree.query(a.buffer(2200)):
            b = places[j]
            middle = Point((a.x + b.x) / 2, (a.y + b.y) / 2)
            if j <= i or len(tree.query(middle, "dwithin", a.distance(b) / 2 - 1)):
                continue
            line = _bent(a, b, inland, rng)
            if inland.covers(line) and rng.random() < 0.2:
                roads.append(Road(line, "unclassified"))
    return roads


def _streets(place: Point, inland: Polygon, rng: np.random.Generator) -> list[Road]:
    """Two or three short streets around the middle of a place, across each other."""
    turn = rng.uniform(0, np.pi)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    middle = np.array(place.coords[0])
    half = rng.uniform(110, 260, 4)
    ends = [(middle - along * half[0], middle + along * half[1])]
    for offset in (0.0, rng.uniform(60, 100))[: 1 + (rng.random() < 0.35)]:
        foot = middle + along * offset
        ends.append((foot - across * half[2], foot + across * half[3]))
    lines = [LineString(pair) for pair in ends]
    return [Road(line, "residential") for line in lines if inland.covers(line)]


def _old_town(inland: Polygon) -> list[Road]:
    """A grid of streets, every second one one-way."""
    x, y = ground(Point(TOWN)).coords[0]
    reach = np.arange(-2, 3) * BLOCK
    roads = []
    for k, step in enumerate(reach):
        east = LineString([(x + reach[0], y + step), (x + reach[-1], y + step)])
        north = LineString([(x + step, y + reach[0]), (x + step, y + reach[-1])])
        for line in (east, north):
            if inland.covers(line):
                roads.append(Road(line, "residential", oneway=k % 2 == 0))
    return roads


def _noded(drawn: list[Road]) -> list[Road]:
    """Cut everything where it meets; each piece is of the highest class that runs there."""
    order = sorted(range(len(drawn)), key=lambda k: RANK.index(drawn[k].kind))
    ranked = [drawn[k] for k in order]
    noded = shapely.unary_union([road.line for road in ranked], grid_size=1.0)
    pieces = _whole(list(shapely.get_parts(shapely.line_merge(noded))))
    tree = STRtree([road.line for road in ranked])
    out = []
    for piece in pieces:
        near = tree.query(piece.interpolate(0.5, normalized=True), "dwithin", 1.0)
        road = ranked[int(near.min())]
        line = lonlat(piece)
        out.append(Road(line, road.kind, road.name_th, road.name_en, road.ref, road.oneway))
    return out


def _whole(pieces: list[LineString]) -> list[LineString]:
    """The pieces of the largest connected part, west to east and south to north."""
    pieces = [p for p in pieces if p.length > 0]
    ends = [(p.coords[0], p.coords[-1]) for p in pieces]
    part = {end: end for pair in ends for end in pair}

    def root(end: tuple[float, ...]) -> tuple[float, ...]:
        while part[end] != end:
            part[end] = part[part[end]]
            end = part[end]
        return end

    for a, b in ends:
        part[root(a)] = root(b)
    roots = [root(a) for a, _ in ends]
    main = max(set(roots), key=lambda r: (roots.count(r), r))
    kept = [p for p, r in zip(pieces, roots, strict=True) if r == main]
    return sorted(kept, key=lambda p: (p.bounds, tuple(p.coords)))
