"""Attractions, tourism communities, programmes and tour routes of the demo."""

from __future__ import annotations

from shapely import LineString, Point

from sample_data.demo import Demo
from sample_data.frame import lonlat
from sample_data.routing import Ways
from sample_data.rows import Row, Tables, invented, weekly

__all__ = ["tourism_tables"]

# Named places with approximate points (general knowledge): names, point, kind, minutes, source.
NAMED = (
    ("หาดป่าตอง", "Patong Beach", 98.296, 7.896, "natural", 120, "PHUKET L1346"),
    ("หาดกะรน", "Karon Beach", 98.294, 7.846, "natural", 90, "PHUKET L1346"),
    ("หาดกะตะ", "Kata Beach", 98.298, 7.820, "natural", 90, "PHUKET L1346"),
    ("แหลมพรหมเทพ", "Promthep Cape", 98.305, 7.760, "viewpoint", 60, "PHUKET L1346"),
    ("เกาะไม้ท่อน", "Mai Thon Island", 98.478, 7.763, "natural", 180, "PHUKET L1346"),
    ("วัดฉลอง", "Wat Chalong", 98.337, 7.847, "cultural", 60, "PHUKET L1541"),
    ("สวนสะพานหิน", "Saphan Hin Park", 98.398, 7.868, "activity", 60, "PHUKET L1555"),
    ("สะพานท้าวเทพกระษัตรี", "Thao Thep Krasattri Bridge", 98.298, 8.201, "viewpoint", 30,
     "PHUKET L193"),
)  # fmt: skip
KINDS = (
    ("viewpoint", "จุดชมวิว", "Viewpoint", 40), ("agro", "สวนเกษตร", "Farm", 75),
    ("learning", "ศูนย์เรียนรู้", "Learning Centre", 60), ("market", "ตลาดชุมชน", "Community Market", 60),
    ("food", "ครัวชุมชน", "Community Kitchen", 60), ("cultural", "พิพิธภัณฑ์ท้องถิ่น", "Local Museum", 50),
    ("natural", "ป่าชายเลน", "Mangrove", 80), ("activity", "ท่าพายเรือ", "Kayak Pier", 90),
)  # fmt: skip
PROGRAMMES = (
    ("ทำผ้าบาติก", "Batik Painting", "ระบายสีทะเลด้วยมือคุณ", 120, 350),
    ("ทำขนมพื้นเมือง", "Local Sweets", "หอมหวานจากครัวคุณยาย", 90, 200),
    ("แกงพื้นบ้าน", "Southern Curry", "ตำเครื่องแกง ชิมฝีมือตัวเอง", 120, 400),
    ("เก็บสับปะรดภูเก็ต", "Phuket Pineapple Picking", "หวานกรอบจากสวน", 60, 150),
    ("พายเรือชมป่าชายเลน", "Mangrove Kayak", "เงียบ เย็น ใกล้ธรรมชาติ", 90, 300),
    ("กรีดยางยามเช้า", "Rubber Tapping", "ตื่นเช้าไปกับชาวสวน", 60, 180),
    ("จักสานเตยปาหนัน", "Pandanus Weaving", "สานเส้น สานเรื่องเล่า", 120, 250),
    ("ทำกะปิและน้ำพริก", "Shrimp Paste", "รสทะเลแท้", 90, 220),
)  # fmt: skip
ROUTES = (
    ("เส้นทางย่านเมืองเก่าและสวนริมทะเล", "Old Town and Seaside Park", "walk", "old town"),
    ("เส้นทางชุมชนถลาง", "Thalang Communities", "community", "thalang"),
    ("เส้นทางชายหาดและแหลม", "Beaches and Cape", "community", "beaches"),
)
SPEEDS = {"car": 35.0, "walk": 4.5}  # km/h
COMMUNITIES = 8
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def tourism_tables(demo: Demo) -> Tables:
    """The rows of attractions, communities, programmes, routes and their stops."""
    attractions = _attractions(demo)
    communities = _communities(demo)
    programmes = _programmes(demo, communities)
    routes, stops = _routes(demo, attractions, programmes, communities)
    return {
        "attractions": attractions,
        "tourism_communities": communities,
        "programmes": programmes,
        "tour_routes": routes,
        "route_stops": stops,
    }


def _attractions(demo: Demo) -> list[Row]:
    rng = demo.chance("attractions")
    rows: list[Row] = []
    for th, en, lon, lat, kind, minutes, source in NAMED:
        point = Point(lon, lat)
        row = invented(
            attraction_id=f"ATT-83-{len(rows) + 1:03d}",
            name_th=th,
            name_en=en,
            area_code=demo.area_code(point),
            kind=kind,
            city_tier="main",
            visit_min=minutes,
            price_thb=0,
            season=["all"],
            opening_windows=weekly(EVERY_DAY, "06:00", "18:30"),
            geom_precision="site",
            publish_level="public",
            geometry=point,
        )
        rows.append(row | {"data_origin": "approximate", "source_ref": source})
    places = [demo.villages[k] for k in rng.permutation(len(demo.villages))[:32]]
    for place in places:
        kind, th, en, minutes = KINDS[len(rows) % len(KINDS)]
        closed = int(rng.integers(1, 8))
        days = EVERY_DAY if rng.random() < 0.5 else [d for d in EVERY_DAY if d != closed]
        rows.append(
            invented(
                attraction_id=f"ATT-83-{len(rows) + 1:03d}",
                name_th=th + place.name_th,
                name_en=f"{place.name_en} {en}",
                area_code=place.code,
                kind=kind,
                positioning=[str(rng.choice(["conservation", "cultural", "health"]))],
                city_tier="main",
                visit_min=minutes,
                price_thb=int(rng.choice([0, 0, 20, 50, 100])),
                capacity=int(rng.integers(2, 12)) * 10,
                season=["all"],
                opening_windows=weekly(days, "08:30", str(rng.choice(["16:30", "17:00", "20:00"]))),
                geom_precision="site",
                publish_level="public",
                geometry=demo.spot(place, rng, 80, 700),
            )
        )
    return rows


def _communities(demo: Demo) -> list[Row]:
    rng = demo.chance("communities")
    picks = [demo.villages[k] for k in rng.permutation(len(demo.villages))[:COMMUNITIES]]
    rows = []
    for number, place in enumerate(sorted(picks, key=lambda s: s.code), 1):
        class_code = "A" if number % 3 == 1 else "B"
        rows.append(
            invented(
                community_id=f"TC-83-{number:02d}",
                name_th=f"ชุมชนท่องเที่ยว{place.name_th}",
                name_en=f"{place.name_en} Tourism Community",
                area_code=place.code,
                class_code=class_code,
                class_year=2562,
                programme=["otop_nawatwithi"] + (["dhope"] if class_code == "A" else []),
                ovc_2562=False,
                inspection_region="south_andaman",
                dhope_ready=class_code == "A",
                visitors_per_year=int(rng.integers(4, 60)) * 100,
                products_developed=int(rng.integers(1, 12)),
                positioning=["cultural"],
                has_standard_food=bool(rng.random() < 0.8),
                has_standard_toilet=bool(rng.random() < 0.7),
                has_standard_boat=bool(rng.random() < 0.4),
                geom_precision="village",
                publish_level="public",
                geometry=lonlat(place.point),
            )
        )
    return rows


def _programmes(demo: Demo, communities: list[Row]) -> list[Row]:
    rng = demo.chance("programmes")
    places = {s.code: s for s in demo.settlements}
    rows = []
    for number in range(1, 31):
        th, en, slogan, minutes, price = PROGRAMMES[(number - 1) % len(PROGRAMMES)]
        community = communities[(number - 1) % len(communities)]
        place = places[community["area_code"]]
        starts = [9, 13] if number % 3 == 0 else [9 + number % 3]
        days = EVERY_DAY if number % 4 else [5, 6, 7]
        rows.append(
            invented(
                programme_id=f"PRG-83-{number:03d}",
                name_th=f"{th} {place.name_th}",
                slogan=slogan,
                duration_min=minutes,
                place_text=f"ลานกิจกรรม{place.name_th}",
                price_thb=price + int(rng.integers(-2, 5)) * 20,
                capacity=int(rng.integers(2, 9)) * 5,
                preparation="สวมเสื้อผ้าที่เปื้อนได้ และรองเท้าที่เดินสะดวก",
                name_en=f"{en}, {place.name_en}",
                area_code=community["area_code"],
                community_id=community["community_id"],
                rounds_per_day=len(starts),
                slot_mode="fixed" if number % 3 == 0 else "flexible",
                slots=_slots(starts[0], minutes) if number % 3 == 0 else None,
                by_appointment=bool(rng.random() < 0.4),
                notice_days=int(rng.integers(0, 4)),
                language=["th", "en"] if rng.random() < 0.5 else ["th"],
                state="in_catalogue" if rng.random() < 0.8 else "tested",
                opening_windows=_rounds(days, starts, minutes, fixed=number % 3 == 0),
                geom_precision="village",
                publish_level="public",
                geometry=demo.spot(place, rng, 30, 200),
            )
        )
    return rows


def _slots(hour: int, minutes: int) -> list[dict[str, object]]:
    """A timetable of three rows that fills the duration (TOUR-Q6)."""
    cuts = [_clock(hour * 60 + minute) for minute in (0, 15, minutes - 20, minutes)]
    rows = (
        ("ต้อนรับและอธิบาย", "Welcome"),
        ("ลงมือทำ", "Hands-on"),
        ("ชิมและสรุป", "Taste and close"),
    )
    return [
        {"seq": k + 1, "start_time": cuts[k], "end_time": cuts[k + 1],
         "activity_th": th, "activity_en": en}
        for k, (th, en) in enumerate(rows)
    ]  # fmt: skip


def _rounds(
    days: list[int], starts: list[int], minutes: int, fixed: bool
) -> list[dict[str, object]]:
    if not fixed:
        return weekly(days, _clock(starts[0] * 60), "16:00")
    return [
        {"weekday": days, "open_time": _clock(hour * 60),
         "close_time": _clock(hour * 60 + minutes), "kind": "slot"}
        for hour in starts
    ]  # fmt: skip


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _routes(
    demo: Demo, attractions: list[Row], programmes: list[Row], communities: list[Row]
) -> tuple[list[Row], list[Row]]:
    """Three routes along the roads, with their stops in order."""
    ways = Ways(demo.roads)
    by_name = {row["name_en"]: row for row in attractions}
    near_thalang = [row for row in programmes if row["area_code"].startswith("8303")][:2]
    thalang = [row for row in attractions if row["area_code"].startswith("8303")]
    old_town = _nearest(attractions + programmes, Point(98.388, 7.884), 3)
    stops_of = {
        "old town": [*old_town, by_name["Saphan Hin Park"]],
        "thalang": [thalang[0], *near_thalang, thalang[-1]],
        "beaches": [by_name[f"{name} Beach"] for name in ("Patong", "Karon", "Kata")]
        + [by_name["Promthep Cape"]],
    }
    routes, stops = [], []
    for number, (th, en, kind, plan) in enumerate(ROUTES, 1):
        route_id = f"TR-83-{number:02d}"
        legs = stops_of[plan]
        line, rows = _stops(route_id, legs, "walk" if kind == "walk" else "car", ways)
        stops += rows
        anchor = _nearest(communities, legs[0]["geometry"], 1)[0]
        routes.append(
            invented(
                route_id=route_id,
                name_th=th,
                name_en=en,
                area_code="83",
                kind=kind,
                anchor_community_id=anchor["community_id"],
                theme=th,
                regional_key_area="andaman",
                narration_th=f"{th} แวะ {len(legs)} จุดในหนึ่งวัน",
                narration_en=f"{en}: {len(legs)} stops in one day",
                days=1,
                state="published",
                geom_precision="site",
                publish_level="public",
                geometry=line,
            )
        )
    return routes, stops


def _nearest(rows: list[Row], point: Point, count: int) -> list[Row]:
    return sorted(rows, key=lambda row: row["geometry"].distance(point))[:count]


def _stops(route_id: str, legs: list[Row], mode: str, ways: Ways) -> tuple[LineString, list[Row]]:
    clock = 8.5 * 60
    xy: list[tuple[float, ...]] = []
    rows: list[Row] = []
    for seq, stop in enumerate(legs, 1):
        metres = minutes = 0
        if rows:
            line, length = ways.way(legs[seq - 2]["geometry"], stop["geometry"])
            xy += list(line.coords)[1 if xy else 0 :]
            metres, minutes = round(length), round(length / 1000 / SPEEDS[mode] * 60)
        clock += minutes
        stay = stop.get("visit_min") or stop["duration_min"]
        programme = "programme_id" in stop
        rows.append(
            invented(
                stop_id=f"{route_id}-{seq:02d}",
                name_th=stop["name_th"],
                name_en=stop["name_en"],
                area_code=stop["area_code"],
                route_id=route_id,
                day_no=1,
                seq=seq,
                ref_type="programme" if programme else "attraction",
                ref_id=stop["programme_id" if programme else "attraction_id"],
                arrive=_clock(clock),
                start=_clock(clock),
                leave=_clock(clock + stay),
                role="activity",
                leg_mode=mode if seq > 1 else None,
                leg_distance_m=metres if seq > 1 else None,
                leg_minutes=minutes if seq > 1 else None,
                leg_source="road_network" if seq > 1 else None,
                geom_precision="site",
                publish_level="public",
                geometry=stop["geometry"],
            )
        )
        clock += stay
    return LineString(xy), rows
