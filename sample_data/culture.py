"""Cultural assets, quarters and events: two printed quarters, the rest invented."""

from __future__ import annotations

from datetime import date

from shapely import Polygon

from sample_data.demo import Demo
from sample_data.frame import lonlat
from sample_data.registers import province_points, register
from sample_data.rows import Row, Tables, invented, weekly
from sample_data.shapes import placed, rectangle

__all__ = ["culture_tables"]

ASSETS = (
    ("architecture", "อาคารเก่า", "Old Building", "art_and_building"),
    ("temple", "อุโบสถเก่า", "Old Ordination Hall", "art_and_building"),
    ("food", "สำรับอาหารพื้นบ้าน", "Local Dishes", "local_food"),
    ("folk_literature", "เรื่องเล่า", "Folk Tale", "performance"),
    ("object", "ผ้าและเครื่องแต่งกาย", "Costume", "costume_textile"),
    ("market", "ตลาดเก่า", "Old Market", "local_food"),
)
EVENTS = (
    ("งานสดุดีท้าวเทพกระษัตรี ท้าวศรีสุนทร", "Heroines Commemoration", "festival", 3, 7),
    ("งานของดีชุมชน", "Community Goods Fair", "fair", 6, 3),
    ("เทศกาลอาหารพื้นเมือง", "Local Food Festival", "festival", 8, 4),
    ("ตลาดนัดสับปะรด", "Pineapple Market Days", "calendar", 5, 2),
    ("งานแสดงโปรแกรมชุมชน", "Programme Exhibition", "fair", 7, 2),
    ("ถนนคนเดินย่านเก่า", "Old Quarter Walking Street", "quarter_event", 1, 1),
)


def culture_tables(demo: Demo) -> Tables:
    """The rows of cultural assets, quarters and events."""
    return {
        "cultural_assets": _assets(demo),
        "quarters": _quarters(demo),
        "events": _events(demo),
    }


def _assets(demo: Demo) -> list[Row]:
    rng = demo.chance("cultural assets")
    rows = []
    for number in range(1, 19):
        kind, th, en, dimension = ASSETS[(number - 1) % len(ASSETS)]
        place = demo.settlements[int(rng.integers(len(demo.settlements)))]
        rows.append(
            invented(
                asset_id=f"CA-83-{number:03d}",
                name_th=f"{th}{place.name_th}",
                name_en=f"{en} of {place.name_en}",
                area_code=place.code,
                asset_type=kind,
                dimension=[dimension],
                register="local",
                spatial=kind != "folk_literature",
                location_sensitive=False,
                geom_precision="village" if kind == "folk_literature" else "site",
                publish_level="public",
                geometry=lonlat(place.point)
                if kind == "folk_literature"
                else demo.spot(place, rng, 30, 300),
            )
        )
    return rows


def _quarters(demo: Demo) -> list[Row]:
    """The two quarters that the sources describe, and an invented one in Phuket town."""
    points = province_points()
    rows: list[Row] = []
    for printed in register("quarters"):
        rows.append(
            {
                "quarter_id": printed["quarter_id"],
                "name_th": printed["name_th"],
                "name_en": printed["name_en"],
                "alias": [printed["alias"]] if printed["alias"] else None,
                "area_code": printed["area_code"],
                "operators": _whole(printed["operators"]),
                "local_vendor_rule_pct": _whole(printed["local_vendor_rule_pct"]),
                "stimulus_multiplier": float(printed["stimulus_multiplier"] or 0) or None,
                "as_of": printed["as_of"],
                "geom_precision": "province",  # drawn at the inner point of its province
                "publish_level": "public",
                "source_ref": printed["source_ref"],
                "data_origin": printed["data_origin"],
                "geometry": points[printed["area_code"][:2]],
            }
        )
    town = demo.near(next(s for s in demo.settlements if s.code.startswith("830101")),
                     demo.chance("quarters"), 50, 200)  # fmt: skip
    square = Polygon(lonlat(placed(rectangle(520, 380), town.x, town.y, 12)).exterior)
    rows.append(
        invented(
            quarter_id="QTR-83-01",
            name_th="ย่านวัฒนธรรมเมืองเก่าภูเก็ต (ตัวอย่าง)",
            name_en="Phuket Old Town Quarter (sample)",
            area_code="830101",
            culture_city="ภูเก็ต",
            channel="civil_society",
            operators=64,
            community_agreement=True,
            stimulus_multiplier=1.469,
            opening_windows=weekly([7], "16:00", "22:00"),
            geom_precision="site",
            publish_level="public",
            geometry=square,
        )
    )
    return rows


def _whole(printed: str) -> int | None:
    return int(float(printed)) if printed else None


def _events(demo: Demo) -> list[Row]:
    rng = demo.chance("events")
    rows: list[Row] = []
    for printed in register("quarter_events"):
        values: Row = {name: value or None for name, value in printed.items()}
        for name in ("n_events", "direct_sales_thb", "stimulus_thb"):
            values[name] = _whole(printed[name])
        rows.append({**values, "publish_level": "public", "geometry": None})
    for number, (th, en, kind, month, days) in enumerate(EVENTS, 1):
        place = demo.settlements[int(rng.integers(len(demo.settlements)))]
        quarter = kind == "quarter_event"
        rows.append(
            invented(
                event_id=f"EV-83-{number:02d}",
                name_th=th,
                name_en=en,
                area_code="830101" if quarter else place.code,
                event_kind=kind,
                start_date=date(2025, month, 10),
                end_date=date(2025, month, 9 + days),
                recurrence="weekly" if quarter else "yearly",
                is_online=False,
                quarter_id="QTR-83-01" if quarter else None,
                fair_kind="dhope_exhibition" if kind == "fair" else None,
                visitors=int(rng.integers(5, 80)) * 100,
                direct_sales_thb=int(rng.integers(30, 400)) * 1000 if quarter else None,
                shops=int(rng.integers(20, 60)) if quarter else None,
                geom_precision="tambon" if quarter else "village",
                publish_level="public",
                geometry=lonlat(place.point) if not quarter else lonlat(demo.tambons[0].point),
            )
        )
    return rows
