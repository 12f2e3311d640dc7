"""Places to visit and things to do there (tourism.md 3.1 to 3.6).

One row of ``tourism_communities`` is a community with all its D-HOPE rounds (3.3) and the outlets
of its catalogue (3.11). One row of ``programmes`` is a hands-on programme with its timetable and
the operator (Champ, 3.4), since one Champ runs one programme (CDD L2841). Routes are in
:mod:`layers.routes`, culture and dated events in :mod:`layers.culture`.

Who sees what (privacy.md 11.2): names, places, prices and capacities are public. The operator's
name and contact are restricted and open to the public only with ``contact_public`` or
``photo_public``. A home is never a public point: where a programme is held in one and its owner
did not give ``point_public``, the geometry is the village centre and the true place stands in the
restricted ``exact_point``.
"""

from __future__ import annotations

from layers import fields as f
from layers.common_columns import common_head, common_tail, price_per_person, year_be
from layers.consent import consents, contact, personal
from layers.model import Field, Layer, Privacy, Text, choices

__all__ = [
    "ATTRACTIONS",
    "LAYERS",
    "PROGRAMMES",
    "TOURISM_COMMUNITIES",
]

INTERNAL, RESTRICTED = Privacy.INTERNAL, Privacy.RESTRICTED


def positioning() -> Field:
    """What an attraction or a community sells itself by."""
    values = choices(
        conservation=("เชิงอนุรักษ์", "Conservation"),
        cultural=("เชิงวัฒนธรรม", "Cultural"),
        health=("เชิงสุขภาพ", "Health"),
        other=("อื่น ๆ", "Other"),
    )
    return f.items("positioning", "จุดขายพื้นที่", "Positioning", values, source="CDD L2266")


ATTRACTION_KINDS = choices(
    natural=("ธรรมชาติ", "Natural"),
    cultural=("วัฒนธรรม", "Cultural"),
    agro=("เกษตร", "Agro-tourism"),
    learning=("แหล่งเรียนรู้", "Learning place"),
    market=("ตลาด", "Market"),
    food=("อาหาร", "Food"),
    viewpoint=("จุดชมวิว", "Viewpoint"),
    activity=("กิจกรรม", "Activity"),
    other=("อื่น ๆ", "Other"),
)
CITY_TIERS = choices(
    main=("เมืองหลัก", "Main city"),
    secondary=("เมืองรอง", "Secondary city"),
    none=("ไม่จัดกลุ่ม", "None"),
)
BASINS = choices(
    large=("แอ่งใหญ่", "Large basin"),
    small=("แอ่งเล็ก", "Small basin"),
    none=("ไม่จัดกลุ่ม", "None"),
)
LINKED_ACTIVITIES = choices(
    cycling=("ปั่นจักรยาน", "Cycling"),
    tubing=("ล่องห่วงยาง", "Tubing"),
    birdwatching=("ดูนก", "Birdwatching"),
    walking=("เดิน", "Walking"),
    boat=("เรือ", "Boat"),
    other=("อื่น ๆ", "Other"),
)
SEASONS = choices(
    high=("ฤดูท่องเที่ยว", "High season"),
    green=("กรีนซีซัน", "Green season"),
    winter=("ฤดูหนาว", "Winter"),
    all=("ตลอดปี", "All year"),
)

ATTRACTIONS = Layer(
    id="attractions",
    title=Text("แหล่งท่องเที่ยว", "Attractions"),
    description=Text(
        "แหล่งท่องเที่ยวพร้อมประเภท เวลาเยี่ยมชม ค่าเข้าชม และเวลาเปิด",
        "Places to visit with kind, visit time, entry fee and opening hours",
    ),
    group="tourism",
    geometry="Geometry",
    key="attraction_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="tourism.md 3.1",
    fields=(
        *common_head(f.key("attraction_id", "รหัสแหล่งท่องเที่ยว", "Attraction ID")),
        f.choice("kind", "ประเภท", "Kind", ATTRACTION_KINDS, source="PHUKET L1346, L938, L967"),
        positioning(),
        f.choice("city_tier", "กลุ่มเมือง", "City tier", CITY_TIERS, source="CDD L2274, L2276"),
        f.choice("basin", "กลุ่มแอ่ง", "Basin group", BASINS, source="CDD L2274, L2276"),
        f.integer("visit_min", "เวลาเยี่ยมชม", "Visit time", "min", minimum=1),
        price_per_person("price_thb", "ค่าเข้าชม", "Entry fee"),
        f.integer(
            "capacity",
            "จำนวนที่รองรับ",
            "Capacity",
            "persons",
            minimum=1,
            description=Text("คนที่รองรับพร้อมกัน ว่าง = ไม่จำกัด", "Persons at once; empty = no limit"),
        ),
        f.flag("in_trading_area", "อยู่ในพื้นที่ค้าขาย", "In a trading area", source="PMUA L2568"),
        f.items(
            "linked_activity",
            "กิจกรรมเชื่อมโยง",
            "Linked activities",
            LINKED_ACTIVITIES,
            source="PMUA L2568",
        ),
        f.items("season", "ฤดูกาล", "Season", SEASONS, source="PHUKET L2280; PMUA L2568"),
        f.opening_windows(),
        *common_tail(),
    ),
)

COMMUNITY_CLASSES = choices(
    A=("ประเภท A", "Class A"),
    B=("ประเภท B", "Class B"),
    other=("อื่น ๆ", "Other"),
    unclassified=("ยังไม่จัดประเภท", "Unclassified"),
)
COMMUNITY_PROGRAMMES = choices(
    otop_nawatwithi=("ชุมชนท่องเที่ยว OTOP นวัตวิถี", "OTOP Nawatwithi community"),
    ovc=("หมู่บ้าน OTOP เพื่อการท่องเที่ยว (OVC)", "OTOP village for tourism (OVC)"),
    dhope=("D-HOPE", "D-HOPE"),
    other=("อื่น ๆ", "Other"),
)
INSPECTION_REGIONS = choices(
    south_gulf=("ภาคใต้ฝั่งอ่าวไทย", "South, Gulf side"),
    south_andaman=("ภาคใต้ฝั่งอันดามัน", "South, Andaman side"),
    other=("อื่น ๆ", "Other"),
)

TOURISM_COMMUNITIES = Layer(
    id="tourism_communities",
    title=Text("ชุมชนท่องเที่ยว", "Tourism communities"),
    description=Text(
        "ชุมชนท่องเที่ยว OTOP นวัตวิถีและหมู่บ้าน OVC พร้อมประเภทและรอบ D-HOPE",
        "OTOP Nawatwithi communities and OVC villages with class and D-HOPE rounds",
    ),
    group="tourism",
    geometry="Geometry",
    key="community_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="tourism.md 3.2, 3.3, 3.11",
    fields=(
        *common_head(f.key("community_id", "รหัสชุมชน", "Community ID")),
        f.choice(
            "class_code",
            "ประเภทชุมชน",
            "Class",
            COMMUNITY_CLASSES,
            source="CDD L2256, L2768, L2802; TOUR-R1",
        ),
        year_be("class_year", "ปีที่จัดประเภท", "Class year", minimum=2562, source="CDD L2802"),
        f.items(
            "programme",
            "โครงการ",
            "Programme",
            COMMUNITY_PROGRAMMES,
            source="CDD L2768-2776; PHUKET L1605",
        ),
        f.flag("ovc_2562", "เป็น OVC ปี 2562", "OVC FY2562", source="CDD L2770-2776; TOUR-R4"),
        f.choice(
            "inspection_region",
            "เขตตรวจราชการ",
            "Inspection region",
            INSPECTION_REGIONS,
            source="CDD L2247",
        ),
        f.flag("dhope_ready", "พร้อมเข้าร่วม D-HOPE", "Ready for D-HOPE", source="CDD L2778"),
        f.integer(
            "visitors_per_year", "จำนวนนักท่องเที่ยว", "Visitors", "persons/year", source="CDD L2780"
        ),
        f.integer(
            "products_developed",
            "ผลิตภัณฑ์ที่พัฒนาแล้ว",
            "Products developed",
            "products",
            source="CDD L2780",
        ),
        positioning(),
        f.text(
            "justification_text",
            "เหตุผลที่เลือกประเภท A",
            "Reason for class A",
            source="CDD L2804; TOUR-R3",
        ),
        f.flag("has_standard_food", "มาตรฐานอาหาร", "Standard: food", source="CDD L2272"),
        f.flag("has_standard_toilet", "มาตรฐานห้องน้ำ", "Standard: toilets", source="CDD L2272"),
        f.flag("has_standard_boat", "มาตรฐานเรือรับจ้าง", "Standard: hired boats", source="CDD L2272"),
        f.items(
            "dhope_cycles",
            "รอบ D-HOPE",
            "D-HOPE rounds",
            description=Text(
                "ปีละหนึ่งรายการ: fiscal_year, workshop1_start, workshop1_end, workshop2_start, "
                "workshop2_end, catalogue_done, catalogue_copies, catalogue_url, "
                "exhibition_start, exhibition_end, plan_activity, budget_act1, budget_act2, "
                "budget_act3 (บาท)",
                "One item a year: fiscal_year, workshop1_start, workshop1_end, workshop2_start, "
                "workshop2_end, catalogue_done, catalogue_copies, catalogue_url, "
                "exhibition_start, exhibition_end, plan_activity, budget_act1, budget_act2, "
                "budget_act3 (THB)",
            ),
            source="tourism.md 3.3; CDD L2810-2922",
        ),
        f.items(
            "catalogue_outlets",
            "จุดแจกแคตตาล็อก",
            "Catalogue outlets",
            description=Text(
                "รายการของ kind (partner_agency, operator, shop, attraction, hotel_room, "
                "exhibition) และ copies_given",
                "Items of kind (partner_agency, operator, shop, attraction, hotel_room, "
                "exhibition) and copies_given",
            ),
            source="CDD L2863",
        ),
        *common_tail(),
    ),
)

PROGRAMME_STATES = choices(
    nominated=("เสนอชื่อ", "Nominated"),
    drafted=("ร่างโปรแกรม", "Drafted"),
    tested=("ทดสอบแล้ว", "Tested"),
    improved=("ปรับปรุงแล้ว", "Improved"),
    in_catalogue=("อยู่ในแคตตาล็อก", "In the catalogue"),
    exhibited=("จัดนิทรรศการแล้ว", "Exhibited"),
    withdrawn=("ถอนตัว", "Withdrawn"),
    suspended=("พักชั่วคราว", "Suspended"),
)
SLOT_MODES = choices(
    fixed=("ตามตารางเวลา", "Fixed timetable"),
    flexible=("เวลาใดก็ได้ในช่วงเปิด", "Any time while open"),
)
LANGUAGES = choices(
    th=("ไทย", "Thai"),
    en=("อังกฤษ", "English"),
    other=("อื่น ๆ", "Other"),
)

CARD = (
    f.name_th(source="CDD L2994"),
    f.text("slogan", "คำขวัญ", "Slogan", source="CDD L2995"),
    f.integer("duration_min", "ระยะเวลา", "Duration", "min", minimum=1, source="CDD L2996"),
    f.text(
        "place_text",
        "สถานที่",
        "Place",
        description=Text(
            "ชื่อสถานที่ ไม่ระบุบ้านเลขที่เมื่อเป็นบ้านพักอาศัย",
            "Name of the place; without a house number where it is a home",
        ),
        source="CDD L2997",
    ),
    price_per_person("price_thb", "ราคาต่อคน", "Price per person", source="CDD L2998"),
    f.integer(
        "capacity",
        "จำนวนผู้เข้าร่วมที่รับได้",
        "Capacity per round",
        "persons/round",
        minimum=1,
        source="CDD L2999, L3014",
    ),
    f.text("preparation", "การเตรียมตัว", "Preparation", source="CDD L3000"),
)
"""The seven fields of a complete programme card (TOUR-R7)."""

OPERATOR = (
    f.text("champ_id", "รหัส Champ", "Champ ID", privacy=INTERNAL),
    *contact("ชื่อผู้ประกอบการ", "Operator name", source="CDD L3009-3041"),
    personal("photo_id", "ภาพถ่าย", "Photo", "photo_public", source="CDD L2857, L2990"),
    *consents("contact_public", "photo_public", "point_public"),
    f.money(
        "income_before_thb", "รายได้ก่อน", "Income before", privacy=RESTRICTED, source="CDD L2949"
    ),
    f.money("income_after_thb", "รายได้หลัง", "Income after", privacy=RESTRICTED, source="CDD L2949"),
)
"""The community entrepreneur who runs the programme (tourism.md 3.4)."""

PROGRAMMES = Layer(
    id="programmes",
    title=Text("โปรแกรมท่องเที่ยวโดยชุมชน", "Hands-on programmes"),
    description=Text(
        "โปรแกรมที่ผู้เข้าชมลงมือปฏิบัติ หากจัดที่บ้านและยังไม่ยินยอม ตำแหน่งคือศูนย์กลางหมู่บ้าน",
        "Programmes in which visitors take part; where one is held in a home without consent, "
        "its position is the village centre",
    ),
    group="tourism",
    geometry="Point",
    key="programme_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="tourism.md 3.4, 3.5",
    fields=(
        f.key("programme_id", "รหัสโปรแกรม", "Programme ID"),
        *CARD,
        f.name_en(),
        f.alias(),
        f.area_code(),
        f.reference("community_id", "ชุมชน", "Community", source="CDD L2841, L2927"),
        f.integer("rounds_per_day", "จำนวนรอบต่อวัน", "Rounds per day", "rounds", minimum=1),
        f.choice("slot_mode", "รูปแบบเวลา", "Time slot mode", SLOT_MODES),
        f.items(
            "slots",
            "ตารางกิจกรรม",
            "Timetable",
            description=Text(
                "รายการของ seq, start_time, end_time, activity_th, activity_en "
                "ผลรวมเวลาเท่ากับระยะเวลาของโปรแกรม",
                "Items of seq, start_time, end_time, activity_th, activity_en; "
                "their lengths sum to the duration (TOUR-Q6)",
            ),
            source="CDD L3022-3045",
        ),
        f.flag("by_appointment", "ต้องแจ้งล่วงหน้า", "Advance notice", source="CDD L3010, L3031"),
        f.integer("notice_days", "แจ้งล่วงหน้ากี่วัน", "Days of notice", "days"),
        f.text("story", "เรื่องราว", "Story", source="CDD L2821, L2990"),
        f.items("language", "ภาษา", "Language", LANGUAGES),
        f.choice("state", "สถานะ", "State", PROGRAMME_STATES, source="CDD L2819-2867"),
        f.text("card_completeness", "ความครบถ้วนของบัตร", "Card completeness", computed=True),
        f.flag("at_home", "จัดที่บ้านพักอาศัย", "Held in a home", privacy=INTERNAL),
        f.items(
            "exact_point",
            "ตำแหน่งจริง",
            "Exact place",
            privacy=RESTRICTED,
            description=Text("[ลองจิจูด, ละติจูด]", "[longitude, latitude]"),
        ),
        *OPERATOR,
        f.opening_windows(),
        *common_tail(),
    ),
)

LAYERS: tuple[Layer, ...] = (
    ATTRACTIONS,
    TOURISM_COMMUNITIES,
    PROGRAMMES,
)
