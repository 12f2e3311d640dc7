"""Delivery zones: who is delivered to locally, who by post only (TOUR-R110 to R115)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import Floats, Geometries, geodesic_area
from geo.delivery import DeliveryParameters, circles, is_local
from geo.errors import ParameterError
from geo.network import RoadNetwork, reach
from geo.network.estimate import geodesic_matrix
from geo.network.snapping import point_coordinates
from geo.text import Text
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.processes.travel import TRAVEL_INPUTS, network_of, profile_of, travel_notes
from layers.processes.travel_places import (
    PRECISION_INPUT,
    Places,
    cells,
    drawn_places,
    stored_places,
)

__all__ = ["CATEGORIES", "DELIVERY_ZONE"]

RULES = ("TOUR-R110", "TOUR-R111", "TOUR-R112", "TOUR-R113", "TOUR-R115")

CATEGORIES: Mapping[str, Text] = {
    "food_service": Text("ร้านอาหาร", "Food service"),
    "e_commerce": Text("ร้านค้าออนไลน์", "E-commerce"),
    "lodging": Text("ที่พัก", "Lodging"),
}
"""Kinds of merchant (ICT L160)."""

MODES: Mapping[str, Text] = {
    "local": Text("ส่งในพื้นที่", "Local delivery"),
    "post": Text("ไปรษณีย์", "Post"),
}

LABELS: Mapping[str, Text] = {
    "hub": Text("ศูนย์กลาง", "Hub"),
    "merchants": Text("ร้านค้า", "Merchants"),
    "buyers": Text("ผู้ซื้อ", "Buyers"),
}
MERCHANT_LAYER, BUYER_LAYER = "enterprises", "villages"
DEFAULTS = DeliveryParameters()


class _Distances(NamedTuple):
    """Metres from each origin to each buyer, (n, m), and which are estimates instead of roads."""

    metres: Floats
    estimated: Any
    by_road: bool


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Zones of the hub and the merchants, and the modes of delivery for each buyer."""
    rule = DeliveryParameters(radius_m=parameters["radius_m"], inclusive=parameters["inclusive"])
    hub, merchants, buyers = (_given(name, parameters, reader) for name in LABELS)
    origin = _origin(parameters["origin"], hub, merchants)
    network = None
    if parameters["metric"] == "road":
        network = network_of(reader, profile_of(parameters), objective="distance")
    distances = _distances(network, origin, buyers)
    by_merchant = parameters["origin"] == "merchant"
    rows = _buyer_rows(buyers, origin, distances, rule, by_merchant=by_merchant)
    found = [
        _zone_rows(network, name, places, rule.radius_m)
        for name, places in (("merchant_zone", merchants), ("hub_zone", hub))
        if len(places)
    ]
    found += [_merchant_rows(merchants), rows]
    unused = [item for places in (hub, merchants, buyers) for item in places.unused]
    estimated = int((rows["source"] == "straight_line").sum())
    local = int(sum(bool(value) for value in rows["local"]))
    return Result(
        features=gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=4326),
        summary={
            "buyers": len(buyers),
            "local_and_post": local,
            "post_only": len(buyers) - local,
            "estimated": estimated,
            "merchants": _shares(merchants),
            "not_used": unused,
            "notes": travel_notes(network, estimated) if network else [],
        },
        rules=(*RULES, "TOUR-R132") if network else RULES,
        left_out=len(unused) + int(rows["reason"].notna().sum()),
    )


def _given(name: str, parameters: Mapping[str, Any], reader: Reader) -> Places:
    """The places that were drawn, else those of the named layer, else none."""
    more = ("category", "merchant_id")
    precision = parameters["min_precision"]
    if parameters[name] is not None:
        return drawn_places(parameters[name], name, LABELS[name], reader, more, precision)
    layer = parameters.get(f"{name[:-1]}_layer")
    hub_only = name == "merchants" and parameters["hub"] is not None and layer == MERCHANT_LAYER
    if layer is None or hub_only:
        nothing = pd.DataFrame(columns=["id", "name_th", "name_en", "area_code", *more])
        return Places(gpd.GeoDataFrame(nothing, geometry=[], crs=4326))
    condition = parameters[f"{name[:-1]}_filter"]
    return stored_places(reader, layer, filter=condition, more=more, precision=precision)


def _origin(kind: str, hub: Places, merchants: Places) -> Places:
    """Where distances are measured from (TOUR-R112)."""
    chosen = merchants if kind == "merchant" else hub
    if not len(chosen):
        label = LABELS["merchants" if kind == "merchant" else "hub"]
        raise ParameterError(
            "no_origin",
            Text(
                f"ไม่มี{label.th}ที่ใช้วัดระยะได้ (origin={kind}, TOUR-R112)",
                f"{label.en}: none that distances can be measured from (origin={kind}, TOUR-R112)",
            ),
            parameter="origin",
        )
    return chosen


def _distances(network: RoadNetwork | None, origin: Places, buyers: Places) -> _Distances:
    start, end = origin.table.geometry, buyers.table.geometry
    if network is None:
        metres = geodesic_matrix(point_coordinates(start), point_coordinates(end))
        return _Distances(metres, np.zeros(metres.shape, dtype=bool), False)
    matrix = network.matrix(start, end)
    return _Distances(matrix.metres, matrix.estimated, True)


def _buyer_rows(
    buyers: Places,
    origin: Places,
    distances: _Distances,
    rule: DeliveryParameters,
    *,
    by_merchant: bool,
) -> gpd.GeoDataFrame:
    """Each buyer by the merchant of the order, or by the nearest origin where none is named."""
    ids = origin.table["id"].tolist()
    orders = buyers.table["merchant_id"].tolist() if by_merchant else [None] * len(buyers)
    place = np.zeros(len(buyers), dtype=int)
    known = np.ones(len(buyers), dtype=bool)
    for row, wanted in enumerate(orders):
        if isinstance(wanted, str) and wanted:
            known[row] = wanted in ids
            place[row] = ids.index(wanted) if known[row] else 0
        else:
            place[row] = int(np.argmin(distances.metres[:, row]))
    column = np.arange(len(buyers))
    metres = np.where(known, distances.metres[place, column], np.nan)
    local = is_local(metres, rule)
    estimated = distances.estimated[place, column]
    metric = "road_network" if distances.by_road else "geodesic"
    columns = {
        "part": ["buyer"] * len(buyers),
        "id": buyers.table["id"],
        "name_th": buyers.table["name_th"],
        "origin_id": [ids[p] if k else None for p, k in zip(place, known, strict=True)],
        "metres": np.floor(metres + 0.5),
        "source": np.where(estimated, "straight_line", metric),
        "local": local,
        "modes": [["local", "post"] if near else ["post"] for near in local],
        "reason": [None if k else "merchant_unknown" for k in known],
    }
    return gpd.GeoDataFrame(cells(columns), geometry=buyers.table.geometry.array, crs=4326)


def _zone_rows(
    network: RoadNetwork | None, part: str, places: Places, radius_m: float
) -> gpd.GeoDataFrame:
    """The ground within the radius of any of the places."""
    if network is None:
        shapes: Geometries = circles(point_coordinates(places.table.geometry), radius_m)
        zone = shapely.union_all(shapes)
    else:
        zone = reach(network, places.table.geometry, [radius_m]).areas.geometry.iloc[0]
    zone = shapely.MultiPolygon([item for item in shapely.get_parts(zone) if not item.is_empty])
    area = float(geodesic_area([zone])[0]) / 1e6
    columns = {
        "part": [part],
        "id": [places.table["id"].iloc[0] if len(places) == 1 else None],
        "origins": [len(places)],
        "radius_m": [radius_m],
        "area_km2": [round(area, 2)],
    }
    return gpd.GeoDataFrame(cells(columns), geometry=[zone], crs=4326)


def _merchant_rows(merchants: Places) -> gpd.GeoDataFrame:
    table = merchants.table
    columns = {
        "part": ["merchant"] * len(table),
        "id": table["id"],
        "name_th": table["name_th"],
        "category": table["category"],
    }
    return gpd.GeoDataFrame(cells(columns), geometry=table.geometry.array, crs=4326)


def _shares(merchants: Places) -> dict[str, Any]:
    """How many merchants there are of each kind, and their shares in % (TOUR-R115)."""
    total = len(merchants)
    counts = {name: int((merchants.table["category"] == name).sum()) for name in CATEGORIES}
    other = total - sum(counts.values())
    counts |= {"other": other} if other else {}
    return {
        "total": total,
        **{
            name: {"count": n, "share_pct": round(100 * n / total, 2) if total else None}
            for name, n in counts.items()
        },
    }


def _places_inputs(name: str, layer: str, th: str, en: str) -> tuple[Input, ...]:
    label = LABELS[name]
    single = name[:-1]
    return (
        Input(name=name, label=label, type="geojson", description=Text(th, en)),
        Input(
            name=f"{single}_layer",
            label=Text(f"ชั้นข้อมูล{label.th}", f"Layer of {label.en.lower()}"),
            type="text",
            default=layer,
            description=Text(f"ใช้เมื่อไม่ได้ส่ง {name} มา", f"Read where {name} are not handed over"),
        ),
        Input(
            name=f"{single}_filter",
            label=Text(f"ตัวกรอง{label.th}", f"Filter of {label.en.lower()}"),
            type="filter",
        ),
    )


DELIVERY_ZONE = Process(
    id="delivery-zone",
    version="1.0.0",
    title=Text("เขตจัดส่งในพื้นที่", "Delivery zone"),
    description=Text(
        "เขตจัดส่ง 10 กม. รอบศูนย์กลางและรอบร้านค้า และผู้ซื้อแต่ละรายส่งในพื้นที่ได้หรือส่งทางไปรษณีย์เท่านั้น",
        "The 10 km zone around the hub and around the merchants, and for each buyer whether local "
        "delivery is offered or the post only",
    ),
    inputs=(
        Input(
            name="hub",
            label=LABELS["hub"],
            type="geojson",
            description=Text("จุดศูนย์กลาง GeoJSON (EPSG:4326)", "The hub, GeoJSON (EPSG:4326)"),
        ),
        *_places_inputs(
            "merchants",
            MERCHANT_LAYER,
            "GeoJSON (EPSG:4326) คุณสมบัติ category: food_service, e_commerce, lodging",
            "GeoJSON (EPSG:4326); property category: food_service, e_commerce, lodging",
        ),
        *_places_inputs(
            "buyers",
            BUYER_LAYER,
            "GeoJSON (EPSG:4326) คุณสมบัติ merchant_id คือร้านของคำสั่งซื้อ ไม่ระบุใช้ร้านที่ใกล้ที่สุด",
            "GeoJSON (EPSG:4326); property merchant_id is the merchant of the order, else the "
            "nearest is taken",
        ),
        Input(
            name="origin",
            label=Text("จุดเริ่มวัด", "Origin of the distance"),
            type="text",
            default="merchant",
            values={"merchant": Text("ร้านค้า", "Merchant"), "hub": LABELS["hub"]},
        ),
        Input(
            name="radius_m",
            label=Text("รัศมีบริการ", "Radius"),
            type="number",
            unit="m",
            default=DEFAULTS.radius_m,
            minimum=1,
            maximum=200_000,
        ),
        Input(
            name="inclusive",
            label=Text("นับระยะที่เท่ากับรัศมีด้วย", "A distance equal to the radius is inside"),
            type="boolean",
            default=DEFAULTS.inclusive,
        ),
        Input(
            name="metric",
            label=Text("วิธีวัด", "Metric"),
            type="text",
            default="geodesic",
            values={
                "geodesic": Text("เส้นตรงบนผิวโลก", "Straight on the ellipsoid"),
                "road": Text("ระยะตามถนน", "By road"),
            },
        ),
        *TRAVEL_INPUTS,
        PRECISION_INPUT,
    ),
    outputs=(
        Output(
            name="part",
            label=Text("ชนิดรายการ", "Part"),
            type="text",
            values={
                "hub_zone": Text("เขตจัดส่งรอบศูนย์กลาง", "Zone of the hub"),
                "merchant_zone": Text("เขตจัดส่งรวมของร้านค้า", "Zones of the merchants, together"),
                "merchant": Text("ร้านค้า", "Merchant"),
                "buyer": Text("ผู้ซื้อ", "Buyer"),
            },
        ),
        Output(name="id", label=Text("รหัส", "ID"), type="text"),
        Output(name="origin_id", label=Text("วัดจาก", "Measured from"), type="text"),
        Output(name="metres", label=Text("ระยะทาง", "Distance"), type="number", unit="m"),
        Output(name="local", label=Text("ส่งในพื้นที่ได้", "Local delivery"), type="boolean"),
        Output(name="modes", label=Text("วิธีส่ง", "Modes"), type="list", values=MODES),
        Output(name="area_km2", label=Text("เนื้อที่เขต", "Area"), type="number", unit="km2"),
    ),
    reads=("roads",),
    run=run,
)
