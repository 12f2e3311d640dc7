"""Tourism routes and their stops (tourism.md 3.7, 3.8).

A leg has no layer of its own: it stands on the stop that it leads to, so that order, time and
travel of a day read from one table. The tram service of a route (fares, costs, shares, days of
running) is part of its route.
"""

from __future__ import annotations

from layers import fields as f
from layers.common_columns import common_head, common_tail
from layers.model import Layer, Text, choices

__all__ = ["LAYERS", "ROUTE_STOPS", "TOUR_ROUTES"]

ROUTE_KINDS = choices(
    community=("ชุมชนท่องเที่ยว", "Community"),
    tram=("รถราง", "Tram"),
    walk=("เดินเมือง", "Town walk"),
    cycle=("ปั่นจักรยาน", "Cycling"),
    boat=("เรือ", "Boat"),
    learning=("เส้นทางการเรียนรู้", "Learning route"),
    nature_trail=("เส้นทางศึกษาธรรมชาติ", "Nature trail"),
)
KEY_AREAS = choices(
    andaman=("อันดามัน", "Andaman"),
    gulf=("อ่าวไทย", "Gulf"),
    other=("อื่น ๆ", "Other"),
)
ROUTE_STATES = choices(
    draft=("ร่าง", "Draft"),
    checked=("ตรวจแล้ว", "Checked"),
    published=("เผยแพร่", "Published"),
    suspended=("พัก", "Suspended"),
    archived=("เก็บถาวร", "Archived"),
)

TRAM = (
    f.reference("tram_operator_id", "ผู้ให้บริการรถราง", "Tram operator", source="PMUA L2566"),
    f.text(
        "tram_start_month",
        "เริ่มให้บริการรถราง",
        "Tram running since",
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$",
        description=Text("ปี ค.ศ.-เดือน", "Year (CE) and month"),
        source="PMUA L2568",
    ),
    f.items(
        "tram_fares",
        "ค่าโดยสารรถราง",
        "Tram fares",
        description=Text(
            "รายการของ kind (single, concession_student, concession_elderly, day_package), "
            "amount_thb (ว่าง = ประกาศแล้วแต่ไม่ทราบจำนวน), "
            "unit (per_ride_person, per_day_person, per_day_group)",
            "Items of kind (single, concession_student, concession_elderly, day_package), "
            "amount_thb (empty = announced, amount unknown), "
            "unit (per_ride_person, per_day_person, per_day_group)",
        ),
        source="PMUA L2568",
    ),
    f.items(
        "tram_costs",
        "ค่าใช้จ่ายรถราง",
        "Tram costs",
        description=Text(
            "รายการของ kind (setup, rent, staff, fuel, other), amount_thb, period (once, month)",
            "Items of kind (setup, rent, staff, fuel, other), amount_thb, period (once, month)",
        ),
        source="PMUA L2566",
    ),
    f.items(
        "tram_shares",
        "ส่วนแบ่งรายได้รถราง",
        "Shares of tram revenue",
        description=Text(
            "รายการของ party (lao_1, lao_2, community) และ pct ผลรวมเท่ากับ 100",
            "Items of party (lao_1, lao_2, community) and pct; they sum to 100 (TOUR-Q8)",
        ),
        source="PMUA L2568",
    ),
    f.items(
        "tram_days",
        "วันให้บริการรถราง",
        "Days of tram running",
        description=Text(
            "รายการของ date, rides, packages, revenue_thb",
            "Items of date, rides, packages, revenue_thb",
        ),
    ),
)
"""The tram service of a route whose kind is ``tram`` (tourism.md 3.8)."""

TOUR_ROUTES = Layer(
    id="tour_routes",
    title=Text("เส้นทางท่องเที่ยว", "Tourism routes"),
    description=Text(
        "เส้นทางท่องเที่ยวชุมชน รถราง เดิน จักรยาน เรือ และเส้นทางการเรียนรู้",
        "Community, tram, walking, cycling, boat and learning routes",
    ),
    group="tourism",
    geometry="LineString",
    key="route_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="tourism.md 3.7, 3.8, 9.1",
    fields=(
        *common_head(f.key("route_id", "รหัสเส้นทาง", "Route ID")),
        f.choice(
            "kind",
            "ประเภทเส้นทาง",
            "Route kind",
            ROUTE_KINDS,
            source="CDD L2276; PMUA L2568, L1879, L1895; PHUKET L1159",
        ),
        f.reference(
            "anchor_community_id",
            "ชุมชนหลัก",
            "Anchor community",
            source="CDD L2276; TOUR-R21",
        ),
        f.items("linked_community_ids", "ชุมชนเชื่อมโยง", "Linked communities", source="TOUR-R21"),
        f.text("theme", "แนวเรื่อง", "Theme", source="CDD L2274"),
        f.choice(
            "regional_key_area",
            "ประเด็นพื้นที่ภาค",
            "Regional key area",
            KEY_AREAS,
            source="CDD L2268",
        ),
        f.text("narration_th", "คำบรรยาย", "Narration (Thai)", source="CDD L2274"),
        f.text("narration_en", "คำบรรยายภาษาอังกฤษ", "Narration (English)", source="CDD L2274"),
        f.text("menu", "เมนูอาหารพื้นถิ่น", "Local menu", source="CDD L2328-2330"),
        f.text("show", "การแสดง", "Show", source="CDD L2328-2330"),
        f.text(
            "storyteller",
            "นักเล่าเรื่อง",
            "Storyteller",
            description=Text("บทบาท ไม่ใช่ชื่อบุคคล", "A role, never a person's name"),
            source="CDD L2328-2330",
        ),
        f.items("media_channels", "ช่องทางสื่อ", "Media channels", source="CDD L2343; TOUR-R24"),
        f.integer("days", "จำนวนวัน", "Days", "days", minimum=1),
        f.choice("state", "สถานะ", "State", ROUTE_STATES, source="tourism.md 8.2"),
        f.number("score", "คะแนนเส้นทาง", "Score", minimum=0, computed=True),
        f.integer("travel_min", "เวลาเดินทาง", "Travel time", "min", computed=True),
        f.number("cost_pp", "ค่าใช้จ่ายต่อคน", "Cost per person", "THB/person", computed=True),
        f.text("solver_state", "สถานะการคำนวณ", "Solver state", computed=True),
        f.text("matrix_version", "รุ่นตารางเวลาเดินทาง", "Travel matrix version", computed=True),
        *TRAM,
        *common_tail(),
    ),
)

STOP_OBJECTS = choices(
    attraction=("แหล่งท่องเที่ยว", "Attraction"),
    programme=("โปรแกรม", "Programme"),
    market=("ตลาด", "Market"),
    quarter=("ย่านวัฒนธรรม", "Cultural quarter"),
    festival=("เทศกาล", "Festival"),
    lodging=("ที่พัก", "Lodging"),
    centre=("ศูนย์บริการข้อมูลนักท่องเที่ยว", "Visitor centre"),
    fair=("งานแสดงสินค้า", "Fair"),
    community=("ชุมชนท่องเที่ยว", "Tourism community"),
)
STOP_ROLES = choices(
    activity=("กิจกรรม", "Activity"),
    trade=("ค้าขาย", "Trade"),
    meal=("มื้ออาหาร", "Meal"),
    lodging=("พักค้างคืน", "Overnight stay"),
    transfer=("เปลี่ยนพาหนะ", "Transfer"),
)
LEG_MODES = choices(
    car=("รถยนต์", "Car"),
    van=("รถตู้", "Van"),
    tram=("รถราง", "Tram"),
    bike=("จักรยาน", "Bicycle"),
    walk=("เดิน", "Walk"),
    boat=("เรือ", "Boat"),
    train=("รถไฟ", "Train"),
)
LEG_SOURCES = choices(
    road_network=("โครงข่ายถนน", "Road network"),
    straight_line=("เส้นตรง (ประมาณการ)", "Straight line (estimate)"),
    manual=("กรอกเอง", "Entered by hand"),
)

ROUTE_STOPS = Layer(
    id="route_stops",
    title=Text("จุดแวะ", "Route stops"),
    description=Text(
        "จุดแวะของเส้นทางตามลำดับในแต่ละวัน พร้อมช่วงเดินทางที่มาถึงจุดนั้น",
        "Stops of a route in their order of the day, each with the leg that leads to it",
    ),
    group="tourism",
    geometry="Point",
    key="stop_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="tourism.md 3.7",
    fields=(
        *common_head(f.key("stop_id", "รหัสจุดแวะ", "Stop ID")),
        f.reference("route_id", "เส้นทาง", "Route", required=True),
        f.integer("day_no", "วันที่", "Day", minimum=1, required=True),
        f.integer("seq", "ลำดับ", "Order", minimum=1, required=True, source="TOUR-R27"),
        f.choice("ref_type", "ประเภทจุดแวะ", "Stop object", STOP_OBJECTS),
        f.reference("ref_id", "จุดแวะ", "Stop object ID"),
        f.time("arrive", "ถึง", "Arrive"),
        f.time("start", "เริ่ม", "Start"),
        f.time("leave", "ออก", "Leave"),
        f.integer("wait_min", "เวลารอ", "Wait", "min", computed=True),
        f.choice("role", "บทบาท", "Role", STOP_ROLES, source="PMUA L2568"),
        f.choice("leg_mode", "วิธีเดินทางมาถึง", "Mode of the leg", LEG_MODES),
        f.integer("leg_distance_m", "ระยะทางมาถึง", "Distance of the leg", "m"),
        f.integer("leg_minutes", "เวลาเดินทางมาถึง", "Time of the leg", "min"),
        f.choice("leg_source", "ที่มาของระยะทาง", "Source of the leg", LEG_SOURCES),
        *common_tail(),
    ),
)

LAYERS: tuple[Layer, ...] = (TOUR_ROUTES, ROUTE_STOPS)
