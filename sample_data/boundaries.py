"""Rows of the area layers: regions, province, districts, tambons, villages, local governments."""

from __future__ import annotations

import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from sample_data.demo import Demo
from sample_data.frame import ground, lonlat
from sample_data.registers import province_points, register
from sample_data.rows import Row, Tables, invented

__all__ = ["area_tables"]

PROVINCE_KM2 = 543.034  # PHUKET L191
REGIONS = {
    "North": ("N", "ภาคเหนือ"),
    "North-East": ("NE", "ภาคตะวันออกเฉียงเหนือ"),
    "Central, East, West": ("C", "ภาคกลาง ตะวันออก และตะวันตก"),
    "South": ("S", "ภาคใต้"),
}

# Kind, Thai and English name, whole tambons. The counts per district are printed (ASM 16.3);
# which tambon has which is general knowledge.
CITY, TOWN, SUBDISTRICT, SAO = (
    "city_municipality", "town_municipality", "subdistrict_municipality", "sao",
)  # fmt: skip
PREFIX = {
    CITY: ("เทศบาลนคร", "City Municipality"),
    TOWN: ("เทศบาลเมือง", "Town Municipality"),
    SUBDISTRICT: ("เทศบาลตำบล", "Subdistrict Municipality"),
    SAO: ("องค์การบริหารส่วนตำบล", "Subdistrict Administrative Organisation"),
}
GOVERNMENTS = (
    (CITY, "ภูเก็ต", "Phuket", ("830101", "830102")),
    *((SUBDISTRICT, None, None, (f"8301{n:02d}",)) for n in (4, 5, 6, 7, 8)),
    (SAO, None, None, ("830103",)),
    *((TOWN, None, None, (f"8302{n:02d}",)) for n in (1, 2)),
    (SAO, None, None, ("830203",)),
    *((SUBDISTRICT, None, None, (f"8303{n:02d}",)) for n in (2, 4)),
    *((SAO, None, None, (f"8303{n:02d}",)) for n in (5, 6)),
)
SHARED = ("830301", "830303")  # a municipality in the middle, an อบต. around it
MIDDLE_M = 1700.0


def area_tables(demo: Demo) -> Tables:
    """The rows of all area layers."""
    villages = _villages(demo)
    tambons = _tambons(demo, villages)
    districts = _districts(demo, tambons)
    return {
        "regions": _regions(),
        "provinces": [_province(demo, districts)],
        "districts": districts,
        "tambons": tambons,
        "villages": villages,
        "local_governments": _governments(demo),
    }


def _villages(demo: Demo) -> list[Row]:
    rng = demo.chance("village rows")
    names = {t.code: t for t in demo.tambons}
    rows = []
    for place in demo.settlements:
        tambon = names[place.code[:6]]
        households = int(rng.integers(140, 620))
        rows.append(
            invented(
                code=place.code,
                name_th=place.name_th,
                name_en=place.name_en,
                village_no=place.number if place.kind == "village" else None,
                kind=place.kind,
                tambon_th=tambon.name_th,
                tambon_en=tambon.name_en,
                **_above(place.code[:4]),
                population=int(households * rng.uniform(2.1, 3.0)),
                households=households,
                severity=int(rng.choice([1, 2, 3], p=[0.1, 0.35, 0.55])),
                development_level=int(rng.choice([1, 2, 3], p=[0.15, 0.5, 0.35])),
                geom_precision="site",
                geometry=lonlat(place.point),
            )
        )
    return rows


def _tambons(demo: Demo, villages: list[Row]) -> list[Row]:
    return [
        invented(
            code=t.code,
            name_th=t.name_th,
            name_en=t.name_en,
            **_above(t.code[:4]),
            area_km2=t.area_km2,
            **_sums([v for v in villages if v["code"].startswith(t.code)]),
            geometry=demo.shapes[t.code],
        )
        for t in demo.tambons
    ]


def _districts(demo: Demo, tambons: list[Row]) -> list[Row]:
    rows = []
    for code in sorted({t.code[:4] for t in demo.tambons}):
        names = _above(code)
        parts = [row for row in tambons if row["code"].startswith(code)]
        rows.append(
            invented(
                code=code,
                name_th=names["district_th"],
                name_en=names["district_en"],
                province_th=names["province_th"],
                province_en=names["province_en"],
                area_km2=round(sum(row["area_km2"] for row in parts), 1),
                n_tambons=len(parts),
                **_sums(parts),
                geometry=_union([demo.shapes[row["code"]] for row in parts]),
            )
        )
    return rows


def _province(demo: Demo, districts: list[Row]) -> Row:
    (printed,) = [row for row in register("provinces") if row["code"] == "83"]
    return invented(
        code="83",
        name_th=printed["name_th"],
        name_en=printed["name_en"],
        region_code=REGIONS[printed["region"]][0],
        lists=printed["tags"].split(),
        area_km2=PROVINCE_KM2,
        n_districts=len(districts),
        n_tambons=sum(row["n_tambons"] for row in districts),
        **_sums(districts),
        geometry=_union(list(demo.shapes.values())),
    )


def _regions() -> list[Row]:
    """Each region as discs at the inner points of its provinces: a sketch that claims no border."""
    points = province_points()
    rows = []
    for name_en, (code, name_th) in REGIONS.items():
        members = sorted(r["code"] for r in register("provinces") if r["region"] == name_en)
        discs = shapely.union_all([points[member].buffer(0.2, quad_segs=3) for member in members])
        shape = shapely.set_precision(discs, 1e-6)
        row = invented(
            code=code,
            name_th=name_th,
            name_en=name_en,
            kind="region",
            province_codes=members,
            geometry=_rounded(shape),
        )
        rows.append(row | {"data_origin": "approximate"})
    return rows


def _governments(demo: Demo) -> list[Row]:
    names = {t.code: (t.name_th, t.name_en) for t in demo.tambons}
    found = []
    for kind, th, en, codes in GOVERNMENTS:
        shape = _union([demo.shapes[code] for code in codes])
        found.append((kind, th or names[codes[0]][0], en or names[codes[0]][1], codes, shape))
    for code in SHARED:
        (tambon,) = [t for t in demo.tambons if t.code == code]
        middle = lonlat(tambon.point.buffer(MIDDLE_M, quad_segs=6))
        inside = shapely.intersection(demo.shapes[code], middle, grid_size=1e-6)
        outside = shapely.difference(demo.shapes[code], middle, grid_size=1e-6)
        found.append((SUBDISTRICT, *names[code], (code,), _rounded(inside)))
        found.append((SAO, *names[code], (code,), _rounded(outside)))
    rows = [_government(demo, k, *item) for k, item in enumerate(sorted(found, key=_order), 1)]
    rows.append(
        invented(
            lao_id="LAO-83-00",
            name_th="องค์การบริหารส่วนจังหวัดภูเก็ต",
            name_en="Phuket Provincial Administrative Organisation",
            area_code="83",
            lao_type="pao",
            tier="province",
            geometry=_union(list(demo.shapes.values())),
        )
    )
    return rows


def _order(item: tuple[str, str, str, tuple[str, ...], MultiPolygon]) -> tuple[str, str]:
    return item[3][0], item[0]


def _government(
    demo: Demo,
    number: int,
    kind: str,
    th: str,
    en: str,
    codes: tuple[str, ...],
    shape: MultiPolygon,
) -> Row:
    size = ground(shape).area
    bridge = []
    for code in codes:
        shared = ground(shape.intersection(demo.shapes[code])).area
        whole = ground(demo.shapes[code]).area
        bridge.append(
            {
                "tambon_code": code,
                "area_share_tambon": round(shared / whole, 4),
                "area_share_lao": round(shared / size, 4),
            }
        )
    held = [s.code for s in demo.settlements if shape.covers(lonlat(s.point))]
    return invented(
        lao_id=f"LAO-83-{number:02d}",
        name_th=PREFIX[kind][0] + th,
        name_en=f"{en} {PREFIX[kind][1]}",
        area_code=codes[0][:4],
        lao_type=kind,
        tier="base",
        lao_tambon=bridge,
        lao_village=[{"village_code": c, "share": 1, "share_kind": "area"} for c in held],
        area_km2=round(size / 1e6, 2),
        geometry=shape,
    )


def _above(district: str) -> dict[str, str]:
    printed = next(r for r in register("phuket_tambons") if r["district_code"] == district)
    return {
        "district_th": printed["district_th"],
        "district_en": printed["district_en"],
        "province_th": "ภูเก็ต",
        "province_en": "Phuket",
    }


def _sums(rows: list[Row]) -> dict[str, int]:
    kinds = {"village": "n_villages", "community": "n_communities"}
    if rows and "kind" in rows[0]:
        counts = {column: sum(r["kind"] == kind for r in rows) for kind, column in kinds.items()}
    else:
        counts = {column: sum(r[column] for r in rows) for column in kinds.values()}
    return {
        "population": sum(row["population"] for row in rows),
        "households": sum(row["households"] for row in rows),
        **counts,
    }


def _union(shapes: list[MultiPolygon]) -> MultiPolygon:
    return _rounded(shapely.union_all(shapes))


def _rounded(shape: BaseGeometry) -> MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    shape = MultiPolygon(parts)
    return shapely.transform(shape, lambda xy: xy.round(6))
