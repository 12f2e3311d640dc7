"""Enterprises, producers, products, technologies and skilled people of the demo: invented."""

from __future__ import annotations

from datetime import date

import numpy as np

from sample_data.demo import Demo
from sample_data.frame import lonlat
from sample_data.rows import Row, Tables, invented, synthetic
from sample_data.settlements import Settlement

__all__ = ["economy_tables"]

# Group word, product, category, work line, names in English.
LINES = (
    ("กลุ่มแม่บ้าน", "น้ำพริกกุ้งเสียบ", "food", "processing",
     "Housewives' Group", "Dried-Shrimp Chilli Paste"),
    ("กลุ่มผ้าบาติก", "ผ้าบาติก", "textile", "processing", "Batik Group", "Batik Cloth"),
    ("กลุ่มเกษตรกร", "สับปะรดภูเก็ต", "vegetable_fruit", "farming",
     "Farmers' Group", "Phuket Pineapple"),
    ("กลุ่มจักสาน", "กระเป๋าเตยปาหนัน", "ornament_handicraft", "processing",
     "Weavers' Group", "Pandanus Bag"),
    ("กลุ่มประมงพื้นบ้าน", "ปลาเค็มฝังทราย", "fishery", "processing",
     "Small-Boat Fishers", "Sand-Cured Fish"),
    ("กลุ่มสมุนไพร", "สบู่ส้มควาย", "herb_nonfood", "processing", "Herb Group", "Som Khwai Soap"),
    ("กลุ่มท่องเที่ยวชุมชน", "น้ำส้มควาย", "drink", "community_tourism",
     "Community Tourism Group", "Som Khwai Drink"),
    ("กลุ่มเลี้ยงแพะ", "นมแพะ", "livestock", "farming", "Goat Keepers", "Goat Milk"),
)  # fmt: skip
KINDS = ("community_enterprise", "occupational_group", "local_enterprise", "cooperative")
TECHNOLOGIES = (
    ("เครื่องอบพลังงานแสงอาทิตย์", "Solar Dryer", "supply", "แปรรูปอาหาร"),
    ("เครื่องวัดความเค็มน้ำ", "Salinity Meter", "supply", "น้ำ"),
    ("ระบบรดน้ำตั้งเวลา", "Timed Irrigation", "innovation", "เกษตร"),
    ("ต้องการยืดอายุสับปะรดตัดแต่ง", "Longer Shelf Life for Cut Pineapple", "demand", "แปรรูปอาหาร"),
    ("ต้องการสีธรรมชาติสำหรับบาติก", "Natural Dyes for Batik", "demand", "ผ้า"),
    ("แอปบันทึกบัญชีกลุ่ม", "Group Bookkeeping App", "supply", "บัญชี"),
)
SKILLS = ("ทำบาติก", "จักสาน", "แพทย์แผนไทย", "เกษตรผสมผสาน", "แปรรูปอาหาร", "ประมงพื้นบ้าน")


def economy_tables(demo: Demo) -> Tables:
    """The rows of the family "economy"."""
    producers, products = _producers(demo)
    return {
        "enterprises": _enterprises(demo),
        "producers": producers,
        "products": products,
        "technologies": _technologies(demo),
        "innovators": _innovators(demo),
    }


def _place(demo: Demo, place: Settlement, rng: np.random.Generator) -> Row:
    """Where a group stands: its own point by consent, else the tambon's (privacy.md 11.2)."""
    agreed = bool(rng.random() < 0.55)
    (tambon,) = [t for t in demo.tambons if t.code == place.code[:6]]
    return {
        "area_code": place.code[:6],
        "village_code": place.code,
        "point_public": agreed,
        "consent_state": "given" if agreed else "none",
        "geom_precision": "site" if agreed else "tambon",
        "publish_level": "public",
        "geometry": demo.spot(place, rng, 30, 300) if agreed else lonlat(tambon.point),
    }


def _enterprises(demo: Demo) -> list[Row]:
    rng = demo.chance("enterprises")
    rows = []
    for number in range(1, 25):
        group, _, category, line, english, _ = LINES[number % len(LINES)]
        place = demo.settlements[int(rng.integers(len(demo.settlements)))]
        kind = KINDS[number % len(KINDS)]
        rows.append(
            invented(
                enterprise_id=f"ENT-83-{number:03d}",
                name_th=f"วิสาหกิจชุมชน{group}{place.name_th}"
                if kind == "community_enterprise"
                else group + place.name_th,
                name_en=f"{place.name_en} {english}",
                kind=kind,
                product=[category],
                work_line=line,
                group_state="ce" if kind == "community_enterprise" else "formed",
                members=int(rng.integers(7, 45)),
                value_thb=int(rng.integers(8, 160)) * 10_000,
                period="2567",
                value_state="actual",
                employees=int(rng.integers(0, 12)),
                raw_material_thb=int(rng.integers(2, 40)) * 10_000,
                wages_thb=int(rng.integers(1, 30)) * 10_000,
                as_of=date(2024, 12, 31),
                **_place(demo, place, rng),
            )
        )
    return rows


def _producers(demo: Demo) -> tuple[list[Row], list[Row]]:
    rng = demo.chance("producers")
    producers: list[Row] = []
    products: list[Row] = []
    for number in range(1, 25):
        group, goods, category, line, english, goods_en = LINES[number % len(LINES)]
        place = demo.settlements[int(rng.integers(len(demo.settlements)))]
        producer = invented(
            producer_id=f"PRD-83-{number:03d}",
            name_th=group + place.name_th,
            name_en=f"{place.name_en} {english}",
            kind="community_group" if number % 4 else "sme",
            register_year=int(rng.integers(2557, 2563)),
            work_line=line,
            kbo_network_state="active" if number % 6 == 0 else "none",
            supply={category: int(rng.integers(5, 80)) * 10},
            **_place(demo, place, rng),
        )
        producers.append(producer)
        for extra in range(1 + number % 2):
            stars = int(rng.integers(1, 6))
            products.append(
                invented(
                    product_id=f"PDT-83-{len(products) + 1:03d}",
                    name_th=f"{goods}{place.name_th}" + (" สูตรพิเศษ" if extra else ""),
                    name_en=f"{goods_en}, {place.name_en}" + (", special" if extra else ""),
                    producer_id=producer["producer_id"],
                    area_code=producer["area_code"],
                    category=category,
                    stars=stars,
                    quadrant="D" if stars <= 3 else str(rng.choice(["A", "B", "C"])),
                    gi=category == "vegetable_fruit",
                    stage="on_sale",
                    price_thb=int(rng.integers(4, 80)) * 10,
                    publish_level="public",
                )
            )
    return producers, products


def _technologies(demo: Demo) -> list[Row]:
    rng = demo.chance("technologies")
    rows = []
    for number, (th, en, kind, topic) in enumerate(TECHNOLOGIES, 1):
        place = demo.settlements[int(rng.integers(len(demo.settlements)))]
        rows.append(
            invented(
                technology_id=f"TEC-83-{number:02d}",
                name_th=th,
                name_en=en,
                area_code=place.code,
                record_kind=kind,
                topic=topic,
                year=2567,
                groups=int(rng.integers(1, 6)),
                geom_precision="village",
                publish_level="public",
                geometry=lonlat(place.point),
            )
        )
    return rows


def _innovators(demo: Demo) -> list[Row]:
    """Skilled people by skill and tambon only: no name is made up."""
    rng = demo.chance("innovators")
    rows = []
    for number in range(1, 19):
        tambon = demo.tambons[int(rng.integers(len(demo.tambons)))]
        rows.append(
            synthetic(
                innovator_id=f"INN-83-{number:03d}",
                kind=str(rng.choice(["sage", "innovator", "trainer"])),
                main_skill=SKILLS[number % len(SKILLS)],
                level=str(rng.choice(["learn", "receive", "adapt", "use"])),
                area_code=tambon.code,
                consent_state="none",
                geom_precision="tambon",
                publish_level="public",
                geometry=lonlat(tambon.point),
            )
        )
    return rows
