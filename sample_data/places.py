"""Facilities, markets, roads, hazards and permission zones of the demo: invented."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon

from sample_data.demo import Demo
from sample_data.frame import ground, lonlat
from sample_data.outline import roughen
from sample_data.rows import Row, Tables, invented, weekly

__all__ = ["place_tables"]

# Kind, how many, Thai and English name; {b} is the village name, {t} the tambon name.
FACILITIES = (
    ("school", 38, "โรงเรียน{b}", "{b} School"),
    ("religious_place", 22, "วัด{w}", "Wat {w}"),
    ("religious_place", 12, "มัสยิด{b}", "{b} Mosque"),
    ("community_hall", 14, "ศาลาประชาคม{b}", "{b} Community Hall"),
    ("learning_centre", 8, "ศูนย์เรียนรู้เศรษฐกิจพอเพียง{b}", "{b} Sufficiency Economy Centre"),
    ("lodging", 12, "โฮมสเตย์{b}", "{b} Homestay"),
    ("restaurant", 10, "ร้านอาหารพื้นเมือง{b}", "{b} Local Kitchen"),
    ("shop", 6, "ร้านค้าชุมชน{b}", "{b} Community Shop"),
    ("waterworks", 5, "ประปาหมู่บ้าน{b}", "{b} Waterworks"),
    ("clinic", 4, "คลินิก{w}", "{w} Clinic"),
    ("pump", 3, "เครื่องสูบน้ำ{b}", "{b} Pump"),
    ("shelter", 4, "ศูนย์พักพิง{b}", "{b} Shelter"),
)
WASTE = (
    ("waste_water", "บ่อบำบัดน้ำเสีย{b}", "{b} Waste-Water Pond"),
    ("waste_water", "โรงบำบัดน้ำเสีย{b}", "{b} Waste-Water Works"),
    ("hazardous_waste", "จุดรวมของเสียอันตราย{b}", "{b} Hazardous-Waste Point"),
)
PER_TAMBON = (
    ("health_promotion_hospital", "โรงพยาบาลส่งเสริมสุขภาพตำบล{t}", "{t} Health Promoting Hospital"),
    ("lao_office", "ที่ทำการ อปท. {t}", "{t} Local Government Office"),
)
PER_DISTRICT = (
    ("government_office", "ที่ว่าการอำเภอ{d}", "{d} District Office"),
    ("community_development_office", "สำนักงานพัฒนาชุมชนอำเภอ{d}", "{d} Community Development Office"),
    ("hospital", "โรงพยาบาลชุมชนตัวอย่าง{d}", "{d} Sample Hospital"),
)
BUYERS = {"school": "school", "lodging": "hotel", "restaurant": "restaurant", "shop": "shop"}
MARKETS = (
    ("pracharat_shop", "ร้านค้าประชารัฐสุขใจ{b}", "village", "daily"),
    ("yim_dai", "ตลาดประชารัฐคนไทยยิ้มได้{b}", "tambon", "weekly"),
    ("otop_mobile", "ตลาด OTOP เคลื่อนที่{b}", "district", "monthly"),
    ("travelling", "ตลาดสัญจร{b}", "tambon", "weekly"),
    ("provincial_goods", "ตลาดของดีจังหวัด{b}", "province", "monthly"),
)
ROADS = {  # class of the layer, speed in km/h, lanes; all paved
    "trunk": ("highway", 80, 4),
    "primary": ("highway", 70, 2),
    "secondary": ("highway", 60, 2),
    "tertiary": ("rural_road", 50, 2),
    "unclassified": ("local_road", 40, 2),
    "residential": ("street", 30, 1),
}
# Hazard, severity, method, longitude, latitude, radius east and north in m.
HAZARDS = (
    ("flood", 3, "modelled", 98.335, 8.020, 1500, 900),
    ("flood", 2, "reported", 98.372, 7.868, 1100, 800),
    ("flood", 4, "observed", 98.390, 7.885, 700, 600),
    ("flood", 2, "modelled", 98.299, 7.893, 600, 900),
    ("landslide", 4, "modelled", 98.309, 7.924, 1000, 1500),
    ("landslide", 3, "modelled", 98.309, 7.836, 800, 1200),
    ("landslide", 3, "modelled", 98.304, 7.966, 900, 1000),
    ("monsoon", 2, "forecast", 98.286, 7.870, 900, 9000),
)
HAZARD_NAMES = {
    "flood": ("พื้นที่เสี่ยงน้ำท่วม", "Flood-prone area"),
    "landslide": ("พื้นที่เสี่ยงดินถล่ม", "Landslide-prone area"),
    "monsoon": ("แนวชายฝั่งรับลมมรสุม", "Coast exposed to the monsoon"),
}
ZONES = (
    ("reserved_forest", "ป่าสงวนตัวอย่าง เขาตอนกลาง", "Sample Reserved Forest, Central Hills",
     "กรมป่าไม้", 98.386, 8.050, 2300, 2600),
    ("reserved_forest", "ป่าสงวนตัวอย่าง เขาตะวันตก", "Sample Reserved Forest, Western Hills",
     "กรมป่าไม้", 98.311, 7.834, 1100, 1900),
    ("national_park", "อุทยานแห่งชาติตัวอย่าง ชายฝั่งเหนือ", "Sample National Park, Northern Coast",
     "กรมอุทยานแห่งชาติ สัตว์ป่า และพันธุ์พืช", 98.293, 8.132, 1300, 4300),
    ("alro", "เขตปฏิรูปที่ดินตัวอย่าง ถลาง", "Sample Land-Reform Area, Thalang",
     "สำนักงานการปฏิรูปที่ดินเพื่อเกษตรกรรม", 98.352, 8.050, 2600, 2400),
)  # fmt: skip


def place_tables(demo: Demo) -> Tables:
    """The rows of the family "places"."""
    return {
        "facilities": _facilities(demo),
        "markets": _markets(demo),
        "roads": _roads(demo),
        "hazards": _hazards(demo),
        "permission_zones": _zones(demo),
    }


def _facilities(demo: Demo) -> list[Row]:
    rng = demo.chance("facilities")
    rows: list[Row] = []

    def add(kind: str, th: str, en: str, area: str, point: Point, precision: str = "site") -> None:
        rows.append(
            invented(
                facility_id=f"FAC-83-{len(rows) + 1:04d}",
                name_th=th,
                name_en=en,
                area_code=area,
                kind=kind,
                capacity=_capacity(kind, rng),
                beds=int(rng.integers(4, 24)) if kind == "lodging" else None,
                lodging_kind="homestay" if kind == "lodging" else None,
                price_thb=int(rng.integers(4, 16)) * 50 if kind == "lodging" else None,
                buyer_kind=BUYERS.get(kind) or ("hospital" if "hospital" in kind else None),
                demand=_demand(kind, rng),
                geom_precision=precision,
                publish_level="public",
                geometry=point,
            )
        )

    for kind, count, th, en in FACILITIES:
        places = [demo.settlements[k] for k in rng.choice(len(demo.settlements), count, False)]
        for place in places:
            words_th = {"b": place.name_th, "w": place.word_th}
            words_en = {"b": place.name_en, "w": place.word_en}
            point = demo.spot(place, rng, 40, 350)
            add(kind, th.format(**words_th), en.format(**words_en), place.code, point)
    for tambon in demo.tambons:
        for kind, th, en in PER_TAMBON:
            point = demo.spot(tambon, rng, 40, 300)
            add(kind, th.format(t=tambon.name_th), en.format(t=tambon.name_en), tambon.code, point)
    for code, th_name, en_name, seat in DISTRICT_SEATS:
        (home,) = [t for t in demo.tambons if t.code == seat]
        for kind, th, en in PER_DISTRICT:
            point = demo.spot(home, rng, 60, 500)
            add(kind, th.format(d=th_name), en.format(d=en_name), code, point)
    return rows + _waste(demo, len(rows) + 1)


def _waste(demo: Demo, first: int) -> list[Row]:
    """Sites that plots keep away from (LAND-R30 F4)."""
    rng = demo.chance("waste")
    places = [demo.settlements[k] for k in rng.choice(len(demo.settlements), len(WASTE), False)]
    return [
        invented(
            facility_id=f"FAC-83-{number:04d}",
            name_th=th.format(b=place.name_th),
            name_en=en.format(b=place.name_en),
            area_code=place.code,
            kind=kind,
            geom_precision="site",
            publish_level="public",
            geometry=demo.spot(place, rng, 300, 900),
        )
        for number, (place, (kind, th, en)) in enumerate(zip(places, WASTE, strict=True), first)
    ]


# Code, names, tambon of the district office: general knowledge.
DISTRICT_SEATS = (
    ("8301", "เมืองภูเก็ต", "Mueang Phuket", "830101"),
    ("8302", "กะทู้", "Kathu", "830201"),
    ("8303", "ถลาง", "Thalang", "830301"),
)


def _capacity(kind: str, rng: np.random.Generator) -> int | None:
    sizes = {"school": (60, 900), "community_hall": (80, 300), "shelter": (100, 600)}
    return int(rng.integers(*sizes[kind])) if kind in sizes else None


def _demand(kind: str, rng: np.random.Generator) -> dict[str, int] | None:
    if kind not in ("school", "hospital", "lodging", "restaurant"):
        return None
    factor = {"hospital": 8, "school": 3}.get(kind, 1)
    return {
        "vegetable_fruit": int(rng.integers(4, 30)) * 10 * factor,
        "rice": int(rng.integers(4, 20)) * 10 * factor,
        "fishery": int(rng.integers(1, 12)) * 10 * factor,
    }


def _markets(demo: Demo) -> list[Row]:
    rng = demo.chance("markets")
    rows = []
    for number in range(1, 16):
        kind, th, level, frequency = MARKETS[(number - 1) % len(MARKETS)]
        place = demo.settlements[int(rng.integers(len(demo.settlements)))]
        days = [1, 2, 3, 4, 5, 6, 7] if frequency == "daily" else [int(rng.integers(5, 8))]
        months = [
            {"period": f"2025-{m:02d}", "sales_thb": int(rng.integers(20, 260)) * 1000,
             "vendors": int(rng.integers(8, 60)), "state": "submitted"}
            for m in range(1, 7)
        ]  # fmt: skip
        rows.append(
            invented(
                market_id=f"MKT-83-{number:02d}",
                name_th=th.format(b=place.name_th),
                area_code=place.code,
                kind=kind,
                level=level,
                frequency=frequency,
                host_kind=str(rng.choice(["otop_nawatwithi", "village_with_potential", "other"])),
                planned_openings={"daily": 300, "weekly": 48, "monthly": 12}[frequency],
                features=["no_foam_no_plastic", "health_inspection"][: int(rng.integers(1, 3))],
                opening_windows=weekly(days, "07:00", "18:00"),
                months=months,
                geom_precision="site",
                publish_level="public",
                geometry=demo.spot(place, rng, 30, 250),
            )
        )
    return rows


def _roads(demo: Demo) -> list[Row]:
    rows = []
    for number, road in enumerate(demo.roads, 1):
        kind, speed, lanes = ROADS[road.kind]
        metres = ground(road.line)
        middle = lonlat(metres.interpolate(0.5, normalized=True))
        rows.append(
            invented(
                road_id=f"RD-{number:04d}",
                name_th=road.name_th or None,
                name_en=road.name_en or None,
                ref=road.ref or None,
                area_code=demo.area_code(middle),
                road_class=kind,
                oneway="forward" if road.oneway else "both",
                speed_kmh=speed,
                lanes=lanes,
                length_m=round(metres.length, 1),
                geometry=road.line,
            )
        )
    return rows


def _hazards(demo: Demo) -> list[Row]:
    rng = demo.chance("hazards")
    rows = []
    for number, (hazard, severity, method, *where) in enumerate(HAZARDS, 1):
        th, en = HAZARD_NAMES[hazard]
        shape = _blob(demo, where, rng)
        rows.append(
            invented(
                hazard_id=f"HAZ-83-{number:02d}",
                name_th=f"{th} {number}",
                name_en=f"{en} {number}",
                area_code=_holding(demo, shape),
                hazard=hazard,
                severity=severity,
                valid_from=datetime(2025, 5, 1, tzinfo=UTC),
                valid_to=datetime(2025, 10, 31, tzinfo=UTC),
                method=method,
                version="1",
                state="active",
                geometry=shape,
            )
        )
    return rows


def _zones(demo: Demo) -> list[Row]:
    rng = demo.chance("permission zones")
    rows = []
    for number, (kind, th, en, agency, *where) in enumerate(ZONES, 1):
        shape = _blob(demo, where, rng)
        rows.append(
            invented(
                zone_id=f"PZ-83-{number:02d}",
                name_th=th,
                name_en=en,
                area_code=_holding(demo, shape),
                zone_kind=kind,
                agency=agency,
                as_of=date(2025, 1, 1),
                geometry=shape,
            )
        )
    return rows


def _blob(demo: Demo, where: list[float], rng: np.random.Generator) -> MultiPolygon:
    """An uneven oval on land: longitude, latitude, half-widths in metres."""
    lon, lat, wide, tall = where
    middle = ground(Point(lon, lat))
    turns = np.linspace(0, 2 * np.pi, 13)
    reach = rng.uniform(0.8, 1.15, 13)
    reach[-1] = reach[0]
    rim = np.column_stack([np.cos(turns) * wide * reach, np.sin(turns) * tall * reach])
    rim = roughen(rim + np.array(middle.coords[0]), 0.06, 180, rng)
    oval = lonlat(shapely.make_valid(Polygon(rim)))
    on_land = shapely.intersection(oval, demo.province, grid_size=1e-6)
    parts = [p for p in shapely.get_parts(on_land) if p.geom_type == "Polygon"]
    return shapely.transform(MultiPolygon(parts), lambda xy: xy.round(6))


def _holding(demo: Demo, shape: MultiPolygon) -> str:
    """The code of the finest area that holds the shape: tambon, district or province."""
    codes = [code for code, area in demo.shapes.items() if area.intersects(shape)]
    if len(codes) == 1:
        return codes[0]
    districts = {code[:4] for code in codes}
    return districts.pop() if len(districts) == 1 else "83"
