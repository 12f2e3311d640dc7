"""The demo province: Phuket as it might be, built from a seed, with the printed registers.

Names, codes, counts and inner points are printed or general knowledge; every border, road, hill,
plot, household and debt is made up and says so in ``data_origin``. The files that the builder
wrote lie in ``files``; ``python -m sample_data`` writes them again, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

__all__ = ["FILES", "REFERENCE", "SEED", "TERRAIN", "build", "files"]

SEED = 83
REFERENCE = date(2025, 8, 1)
"""The day on which the made-up facts are as they are told: classes, time bars and rounds of the
demo are worked out for it, so that they are the same whenever the demo is made."""
FILES = Path(__file__).parent / "files"
TERRAIN = FILES / "terrain.tif"
"""Ground height in metres, EPSG:4326, no data at sea; invented."""


def build(directory: Path, seed: int = SEED) -> list[Path]:
    """Write the demo into ``directory`` and return the files, in the order of writing.

    One file a layer, named after the layer's id (GeoJSON in EPSG:4326, CSV where rows have no
    place), and ``terrain.tif``. The same seed and library versions give the same bytes.
    """
    from sample_data.province import tables, write  # the builder's libraries load only here

    demo, layers = tables(seed)
    return write(demo, layers, directory)


def files() -> Mapping[str, Path]:
    """The committed file of each layer, by layer id."""
    found = sorted([*FILES.glob("*.geojson"), *FILES.glob("*.csv")])
    return MappingProxyType({path.stem: path for path in found})
