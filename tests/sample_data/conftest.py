"""The committed demo, read once: features by layer, with shapes in degrees and in metres."""

import csv
import json

import pytest
from shapely.geometry import shape

import sample_data


@pytest.fixture(scope="session")
def layers():
    """Rows by layer id; ``geometry`` is a shape in degrees or None."""
    return {layer: list(_rows(path)) for layer, path in sample_data.files().items()}


def _rows(path):
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)
        return
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        yield feature["properties"] | {"geometry": shape(geometry) if geometry else None}
