"""The coast of the demo island: drawn by hand from general knowledge, then roughened."""

from __future__ import annotations

import numpy as np
import shapely
import shapely.affinity
from shapely import LineString, MultiPolygon, Point, Polygon

from sample_data.frame import ground

__all__ = ["ISLETS", "coast", "islets", "roughen"]

# Longitude and latitude, clockwise from the bridge in the north. Good to a few hundred metres.
COAST = (
    (98.2975, 8.2005), (98.306, 8.196), (98.318, 8.186), (98.331, 8.17), (98.339, 8.15),
    (98.347, 8.136), (98.361, 8.13), (98.37, 8.112), (98.384, 8.109), (98.395, 8.105),
    (98.407, 8.092), (98.416, 8.073), (98.432, 8.066), (98.436, 8.05), (98.427, 8.037),
    (98.414, 8.032), (98.406, 8.014), (98.412, 7.999), (98.424, 7.993), (98.432, 7.978),
    (98.425, 7.97), (98.414, 7.98), (98.4, 7.985), (98.392, 7.974), (98.395, 7.957),
    (98.406, 7.948), (98.41, 7.931), (98.402, 7.916), (98.414, 7.907), (98.429, 7.901),
    (98.439, 7.887), (98.43, 7.874), (98.418, 7.87), (98.409, 7.872), (98.401, 7.862),
    (98.396, 7.853), (98.408, 7.843), (98.414, 7.827), (98.411, 7.808), (98.404, 7.8),
    (98.396, 7.807), (98.388, 7.825), (98.374, 7.836), (98.36, 7.84), (98.348, 7.834),
    (98.341, 7.82), (98.342, 7.802), (98.334, 7.787), (98.328, 7.771), (98.315, 7.768),
    (98.304, 7.756), (98.301, 7.765), (98.307, 7.776), (98.297, 7.779), (98.29, 7.789),
    (98.296, 7.802), (98.296, 7.812), (98.297, 7.822), (98.289, 7.829), (98.2925, 7.838),
    (98.2925, 7.853), (98.281, 7.86), (98.272, 7.873), (98.277, 7.884), (98.287, 7.885),
    (98.2942, 7.892), (98.293, 7.902), (98.282, 7.913), (98.274, 7.927), (98.278, 7.943),
    (98.283, 7.956), (98.274, 7.966), (98.275, 7.978), (98.271, 7.989), (98.284, 7.992),
    (98.291, 8.003), (98.289, 8.024), (98.287, 8.037), (98.275, 8.046), (98.278, 8.063),
    (98.286, 8.079), (98.296, 8.088), (98.302, 8.104), (98.303, 8.124), (98.294, 8.15),
    (98.286, 8.174), (98.281, 8.192), (98.288, 8.199),
)  # fmt: skip

# Tambon that an islet belongs to: middle, length and width in metres, bearing of its length.
ISLETS = (
    ("830107", 98.478, 7.763, 1100, 700, 20),  # Mai Thon
    ("830107", 98.368, 7.788, 2000, 1200, 120),  # Lon
    ("830107", 98.366, 7.598, 1900, 1300, 160),  # Racha Yai
    ("830107", 98.377, 7.742, 1500, 700, 100),  # Hae
    ("830304", 98.458, 8.050, 2400, 1000, 10),  # Naka Yai
    ("830103", 98.422, 7.934, 1500, 800, 40),  # Maphrao
)


def coast(rng: np.random.Generator) -> Polygon:
    """The main island in metres, with a coast that looks walked rather than drawn."""
    corners = shapely.get_coordinates(ground(Polygon(COAST)))
    sides = [roughen(corners[[k, k + 1]], 0.05, 230, rng) for k in range(len(corners) - 1)]
    return Polygon(np.vstack([side[:-1] for side in sides]))


def islets(rng: np.random.Generator) -> dict[str, MultiPolygon]:
    """The islets in metres by the tambon they belong to."""
    found: dict[str, list[Polygon]] = {}
    turns = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    for code, lon, lat, length, width, bearing in ISLETS:
        middle = ground(Point(lon, lat))
        radius = rng.uniform(0.82, 1.1, turns.size)
        rim = np.column_stack([np.cos(turns) * width / 2, np.sin(turns) * length / 2])
        shape = Polygon(rim * radius[:, None])
        shape = shapely.affinity.rotate(shape, -bearing, origin=(0, 0))
        shape = shapely.affinity.translate(shape, middle.x, middle.y)
        found.setdefault(code, []).append(shape)
    return {code: MultiPolygon(shapes) for code, shapes in found.items()}


def roughen(line: np.ndarray, share: float, step: float, rng: np.random.Generator) -> np.ndarray:
    """Displace the middles of a line's segments again and again, ends fixed.

    ``line`` is (n, 2) in metres; a middle moves sideways by a normal deviate of ``share`` times
    its segment's length, until segments are shorter than ``step``.
    """
    while LineString(line).length / (len(line) - 1) > step:
        along = np.diff(line, axis=0)
        aside = np.column_stack([-along[:, 1], along[:, 0]])
        middles = line[:-1] + along / 2 + aside * rng.normal(0, share, (len(along), 1))
        out = np.empty((len(line) + len(middles), 2))
        out[0::2], out[1::2] = line, middles
        line = out
    return line
