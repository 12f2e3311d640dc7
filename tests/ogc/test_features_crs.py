"""OGC API Features part 2 (18-058r1), Annex A: each test under the id that it has there."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyproj
import pytest
import shapely

from layers.crs import SERVED
from tests.ogc.conftest import Service

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
KNOWN = [CRS84, *(f"{EPSG}{code}" for code in (4326, 3857, 32647, 32648, 24047))]
REPRESENTATIVE = ("tambons", "villages", "roads")  # areas, points, lines


def transformer(uri: str) -> pyproj.Transformer:
    """From longitude, latitude to the axes that the authority gives a system."""
    name = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"
    return pyproj.Transformer.from_crs("OGC:CRS84", name)


def coordinates(document: Any) -> np.ndarray[Any, Any]:
    features = document.get("features", [document])
    shapes = [json.dumps(f["geometry"]) for f in features if f["geometry"] is not None]
    return np.concatenate([shapely.get_coordinates(shapely.from_geojson(s)) for s in shapes])


def test_conf_crs_crs_uri(service: Service) -> None:
    for one in service.collections():
        for uri in (*one.get("crs", ()), *([one["storageCrs"]] if "storageCrs" in one else ())):
            parts = urlsplit(uri)
            assert (parts.scheme, parts.netloc) == ("http", "www.opengis.net")
            kind, authority, version, code = parts.path.removeprefix("/def/").split("/")
            assert (kind, authority) in (("crs", "OGC"), ("crs", "EPSG"))
            assert version
            assert code
    assert list(SERVED) == KNOWN


def test_conf_crs_default_crs(service: Service) -> None:
    for one in service.spatial():
        assert one["crs"][0] == CRS84
        assert service.json(f"/collections/{one['id']}")["crs"][0] == CRS84


def test_conf_crs_storageCrs(service: Service) -> None:  # noqa: N802 - its id in the standard
    for one in service.spatial():
        assert one["storageCrs"] in one["crs"]


@pytest.mark.parametrize("uri", KNOWN)
def test_conf_crs_crs_parameter(service: Service, uri: str) -> None:
    for one in service.spatial():
        assert uri in one["crs"]
        address = f"/collections/{one['id']}/items"
        for path in (address, f"{address}/{service.ids(one['id'], limit=1)[0]}"):
            response = service.get(path, "application/geo+json", crs=uri, limit=None)
            assert response.status_code == 200
            assert response.headers["Content-Crs"] == f"<{uri}>"


def test_conf_crs_crs_parameter_invalid(service: Service) -> None:
    for uri in ("x", f"{EPSG}9999", "EPSG:4326", f"{EPSG}4979", "", CRS84.lower()):
        for path in ("/collections/tambons/items", "/collections/tambons/items/830101"):
            response = service.client.get(path, query_string={"crs": uri})
            assert response.status_code == 400
            assert json.loads(response.data)["parameter"] == "crs"


def test_conf_crs_crs_parameter_default(service: Service) -> None:
    for path in ("/collections/tambons/items", "/collections/tambons/items/830101"):
        plain, named = service.get(path), service.get(path, crs=CRS84)
        assert plain.headers["Content-Crs"] == f"<{CRS84}>"
        assert (coordinates(json.loads(plain.data)) == coordinates(json.loads(named.data))).all()


@pytest.mark.parametrize("uri", KNOWN)
def test_conf_crs_crs_parameter_transform(service: Service, uri: str) -> None:
    """Axes in the order of the authority: EPSG:4326 is latitude, longitude."""
    for collection in REPRESENTATIVE:
        first = service.ids(collection, limit=1)[0]
        plain = service.page(collection, limit=50)
        asked = service.page(collection, limit=50, crs=uri)
        pairs = [(plain, asked)]
        address = f"/collections/{collection}/items/{first}"
        pairs.append((service.json(address), service.json(address, crs=uri)))
        for before, after in pairs:
            expected = np.column_stack(transformer(uri).transform(*coordinates(before).T))
            degrees = uri in (CRS84, f"{EPSG}4326")
            assert coordinates(after) == pytest.approx(expected, abs=2e-8 if degrees else 2e-3)


def corners(uri: str, box: tuple[float, ...]) -> str:
    """The box in a system whose area holds that of the box, and hardly more."""
    bounds = transformer(uri).transform_bounds(*box)
    return ",".join(repr(float(side)) for side in bounds)


@pytest.mark.parametrize("uri", KNOWN)
def test_conf_crs_bbox_crs_parameter(service: Service, uri: str) -> None:
    """The same features by a box in any system, where none lies on the edge of one."""
    box = (98.31, 7.85, 98.37, 7.93)
    for collection in REPRESENTATIVE:
        plain = service.ids(collection, bbox=",".join(map(repr, box)))
        margin = shapely.box(*box).buffer(2e-3).bounds
        wide = service.ids(collection, bbox=",".join(map(repr, margin)))
        found = service.ids(collection, bbox=corners(uri, box), bbox_crs=uri)
        assert set(plain) <= set(found) <= set(wide)
        assert found


def test_conf_crs_bbox_crs_parameter_default(service: Service) -> None:
    for one in service.spatial():
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        bbox = f"{west!r},{south!r},{(west + east) / 2!r},{north!r}"
        assert service.ids(one["id"], bbox=bbox) == service.ids(
            one["id"], bbox=bbox, bbox_crs=CRS84
        )


def test_conf_crs_bbox_crs_parameter_invalid(service: Service) -> None:
    for uri in ("x", f"{EPSG}9999", "EPSG:4326", ""):
        query = {"bbox": "98,7,99,8", "bbox-crs": uri}
        response = service.client.get("/collections/tambons/items", query_string=query)
        assert response.status_code == 400
        assert json.loads(response.data)["parameter"] == "bbox-crs"


def test_a_box_must_lie_in_the_area_of_its_system(service: Service) -> None:
    for bbox, uri in (
        ("98,7,99,8", f"{EPSG}4326"),  # latitude 98
        ("7,98,8,99", CRS84),
        ("500000,800000,400000,900000", f"{EPSG}32647"),
        ("1e300,1e300,2e300,2e300", f"{EPSG}32647"),
        ("0,0,inf,inf", f"{EPSG}3857"),
    ):
        response = service.get("/collections/tambons/items", bbox=bbox, bbox_crs=uri)
        assert response.status_code == 400


@pytest.mark.parametrize("form", ["csv", "parquet", "ndjson"])
def test_files_say_which_system_they_are_in(service: Service, form: str) -> None:
    address = "/collections/villages/items"
    response = service.get(address, f=form, crs=f"{EPSG}32647", limit=1)
    assert response.headers["Content-Crs"] == f"<{EPSG}32647>"
