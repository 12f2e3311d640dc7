"""Culture and dated events (tourism.md 3.12 to 3.14, 3.17, 3.11).

``events`` holds all that happens on days: the selling days of a quarter (3.13), festivals (3.14),
fairs (3.17) and entries of a community's tourism calendar (3.11). The quarter is the place.

The place of an asset with ``location_sensitive`` is not public: its geometry is the tambon point
and the true place stands in the restricted ``exact_point``. Exhibitors of a fair are internal,
what they earn is restricted (privacy.md 11.2).
"""

from __future__ import annotations

from layers import fields as f
from layers.border import VENUE_ZONES
from layers.common_columns import common_head, common_tail
from layers.indicators import RESPONSE_STATES
from layers.model import Layer, Privacy, Text, choices

__all__ = ["CULTURAL_ASSETS", "EVENTS", "LAYERS", "QUARTERS"]

INTERNAL, RESTRICTED = Privacy.INTERNAL, Privacy.RESTRICTED

ASSET_TYPES = choices(
    artefact=("โบราณวัตถุ", "Artefact"),
    ancient_site=("โบราณสถาน", "Ancient site"),
    cultural_area=("พื้นที่วัฒนธรรม", "Cultural area"),
    folk_literature=("วรรณกรรมพื้นบ้าน", "Folk literature"),
    architecture=("สถาปัตยกรรม", "Architecture"),
    old_town=("ย่านเมืองเก่า", "Old-town quarter"),
    market=("ตลาด", "Market"),
    temple=("วัด", "Temple"),
    food=("อาหาร", "Food"),
    object=("สิ่งของ", "Object"),
    other=("อื่น ๆ", "Other"),
)
DIMENSIONS = choices(
    local_food=("อาหารพื้นถิ่น", "Local food"),
    art_and_building=("ศิลปะและสถาปัตยกรรม", "Art and building"),
    performance=("การแสดง", "Performance"),
    costume_textile=("การแต่งกายและผ้า", "Costume and textile"),
)

CULTURAL_ASSETS = Layer(
    id="cultural_assets",
    title=Text("ทุนวัฒนธรรม", "Cultural assets"),
    description=Text(
        "ทุนวัฒนธรรมตามประเภทและทะเบียน ตำแหน่งที่ต้องปกปิดแสดงเป็นจุดของตำบล",
        "Cultural assets by type and register; hidden places stand at the tambon point",
    ),
    group="tourism",
    geometry="Geometry",
    key="asset_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="tourism.md 3.12",
    fields=(
        *common_head(f.key("asset_id", "รหัสทุนวัฒนธรรม", "Asset ID")),
        f.choice(
            "asset_type", "ประเภททุนวัฒนธรรม", "Asset type", ASSET_TYPES, source="PMUA L1398, L2194"
        ),
        f.items("dimension", "มิติอัตลักษณ์", "Identity dimension", DIMENSIONS, source="PMUA L1380"),
        f.text("register", "ทะเบียน", "Register", source="PMUA L1402, L2194"),
        f.text("external_id", "รหัสภายนอก", "External ID"),
        f.text("external_url", "ลิงก์ภายนอก", "External link", pattern=r"^https://\S+$"),
        f.flag(
            "spatial",
            "มีตำแหน่ง",
            "Has a place",
            description=Text(
                "ไม่มีสำหรับวรรณกรรมพื้นบ้านและโบราณวัตถุที่ย้ายได้",
                "False for folk literature and moved artefacts: their place is the community",
            ),
        ),
        f.flag("location_sensitive", "ปกปิดตำแหน่ง", "Hide exact place", privacy=RESTRICTED),
        f.items(
            "exact_point",
            "ตำแหน่งจริง",
            "Exact place",
            privacy=RESTRICTED,
            description=Text("[ลองจิจูด, ละติจูด]", "[longitude, latitude]"),
        ),
        *common_tail(),
    ),
)

CHANNELS = choices(
    civil_society=("ภาคประชาสังคม", "Civil society"),
    university=("มหาวิทยาลัย", "University"),
)

QUARTERS = Layer(
    id="quarters",
    title=Text("ย่านวัฒนธรรม", "Cultural quarters"),
    description=Text(
        "ย่านเศรษฐกิจบนฐานทุนทางวัฒนธรรม รายได้รายครั้งอยู่ในชั้นข้อมูลกิจกรรม",
        "Quarters that trade on their culture; sales by day are in the layer of events",
    ),
    group="tourism",
    geometry="Geometry",
    key="quarter_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="tourism.md 3.13",
    fields=(
        *common_head(f.key("quarter_id", "รหัสย่าน", "Quarter ID")),
        f.text("culture_city", "เมืองวัฒนธรรม", "Culture city", source="PMUA L1337"),
        f.choice("channel", "ช่องทางดำเนินงาน", "Channel", CHANNELS, source="PMUA L1336-1337"),
        f.integer(
            "operators", "ผู้ประกอบการเชิงวัฒนธรรม", "Operators", "operators", source="PMUA L1368"
        ),
        f.percent(
            "local_vendor_rule_pct",
            "ผู้ค้าท้องถิ่น",
            "Local-vendor rule",
            source="PMUA L1368; TOUR-R45",
        ),
        f.flag("community_agreement", "กติกาประชาคม", "Community agreement", source="PMUA L1368"),
        f.number(
            "stimulus_multiplier",
            "ตัวคูณเม็ดเงินกระตุ้นเศรษฐกิจ",
            "Stimulus multiplier",
            minimum=0,
            description=Text(
                "ว่าง = ไม่มีตัวคูณ จึงไม่คำนวณเม็ดเงินกระตุ้น",
                "Empty = none, so that no stimulus is computed",
            ),
            source="PMUA L1380; TOUR-R40",
        ),
        f.opening_windows(),
        *common_tail(),
    ),
)

EVENT_KINDS = choices(
    quarter_event=("วันขายของย่านวัฒนธรรม", "Selling day of a quarter"),
    festival=("เทศกาลวัฒนธรรม", "Festival"),
    fair=("งานแสดงและจำหน่ายสินค้า", "Fair"),
    calendar=("ปฏิทินท่องเที่ยวชุมชน", "Community tourism calendar"),
)
RECURRENCES = choices(
    once=("ครั้งเดียว", "Once"),
    weekly=("ทุกสัปดาห์", "Weekly"),
    yearly=("งานประจำปี", "Yearly"),
    yearly_fixed=("ทุกปีวันเดิม", "Yearly on a fixed date"),
    yearly_lunar=("ทุกปีตามจันทรคติ", "Yearly by the lunar calendar"),
    other=("อื่น ๆ", "Other"),
)
ORIGINS = choices(
    revived=("รื้อฟื้น", "Revived"),
    continuing=("สืบทอดต่อเนื่อง", "Continuing"),
    new=("จัดขึ้นใหม่", "New"),
)
FAIR_KINDS = choices(
    border_otop=("OTOP สานสัมพันธ์สองแผ่นดิน", "OTOP two-lands border fair"),
    safe_food=("อาหารปลอดภัย", "Safe food"),
    dhope_exhibition=("นิทรรศการ D-HOPE", "D-HOPE exhibition"),
    otop_national=("งาน OTOP ระดับประเทศ", "National OTOP fair"),
    craft=("หัตถกรรม", "Craft"),
    seasonal=("งานตามฤดูกาล", "Seasonal"),
    other=("อื่น ๆ", "Other"),
)
FAIR_MODELS = choices(
    **{
        "1": ("รูปแบบที่ 1 จัดในประเทศเพื่อนบ้าน", "Model 1: in the neighbour country"),
        "2": ("รูปแบบที่ 2 จัดในจังหวัด", "Model 2: in the province"),
    }
)
FAIR_ACTIVITIES = choices(
    otop_sale=("จำหน่ายสินค้า OTOP", "OTOP sale"),
    business_talk=("เจรจาธุรกิจ", "Business talks"),
    friendship=("กระชับสัมพันธ์กับประเทศเพื่อนบ้าน", "Friendship with the neighbour country"),
    exhibition=("นิทรรศการ", "Exhibition"),
    safe_food_declaration=("ประกาศเจตนารมณ์อาหารปลอดภัย", "Safe-food declaration"),
    other=("อื่น ๆ", "Other"),
)
FAIR_STATES = choices(
    planned=("วางแผน", "Planned"),
    approved=("อนุมัติแล้ว", "Approved"),
    exhibitors_selected=("คัดเลือกผู้แสดงสินค้าแล้ว", "Exhibitors selected"),
    held=("จัดงานแล้ว", "Held"),
    reported=("รายงานแล้ว", "Reported"),
    closed=("ปิดงาน", "Closed"),
)

QUARTER_EVENT = (
    f.reference("quarter_id", "ย่านวัฒนธรรม", "Quarter"),
    f.integer(
        "n_events",
        "จำนวนครั้ง",
        "Number of events",
        "events",
        minimum=1,
        description=Text(
            "มากกว่า 1 = แถวรวมของหลายครั้ง", "More than 1 = one row sums several events"
        ),
        source="TOUR-R43",
    ),
    f.text("scope", "ขอบเขตของตัวเลข", "Scope of the figures", source="TOUR-R44"),
    f.money("direct_sales_thb", "รายได้จากยอดขาย", "Direct sales", source="PMUA L1380, L1386"),
    f.money(
        "stimulus_thb",
        "เม็ดเงินกระตุ้นเศรษฐกิจ",
        "Stimulus",
        computed=True,
        source="PMUA L1380, L1386; TOUR-R40",
    ),
    f.integer("shops", "จำนวนร้านค้า", "Shops", "shops", source="PMUA L1386"),
    f.number(
        "public_roi_cum",
        "ผลตอบแทนทุนภาครัฐสะสม",
        "Public ROI, cumulative",
        source="PMUA L1386; TOUR-R46",
    ),
)
"""What a selling day of a quarter reports (tourism.md 3.13)."""

FESTIVAL = (
    f.choice("origin", "ที่มาของเทศกาล", "Origin", ORIGINS, source="PMUA L2194"),
    f.text("host_university", "มหาวิทยาลัยเจ้าภาพ", "Host university", source="PMUA L2194"),
    f.integer("visitors", "ผู้เข้าชม", "Visitors", "persons", source="PMUA L2194"),
    f.money("income_thb", "รายได้", "Income", source="PMUA L2194"),
    f.choice(
        "income_state",
        "สถานะการรายงานรายได้",
        "Response state of the income",
        RESPONSE_STATES,
        source="registers.md 2.3",
    ),
    f.integer("products_new", "ผลิตภัณฑ์ใหม่", "New products", "products", source="PMUA L2194"),
)
"""What a festival reports (tourism.md 3.14)."""

FAIR = (
    f.choice(
        "fair_kind",
        "ประเภทงาน",
        "Fair kind",
        FAIR_KINDS,
        source="CDD L3085, L1439, L2865; PHUKET L1603; ICT L48",
    ),
    f.choice("model", "รูปแบบ", "Model", FAIR_MODELS, source="CDD L3096-3098"),
    f.choice("venue_zone", "พื้นที่จัด", "Venue zone", VENUE_ZONES, source="CDD L3105"),
    f.reference("fair_site_id", "พื้นที่จัดงานชายแดน", "Border fair site"),
    f.items("activities", "กิจกรรม", "Activities", FAIR_ACTIVITIES, source="CDD L3123, L1439-1449"),
    f.choice("fair_state", "สถานะงาน", "Fair state", FAIR_STATES, source="tourism.md 8.5"),
    f.date("report_submitted", "วันที่ส่งรายงาน", "Report date", source="CDD L3125; TOUR-R83"),
    f.money("sales_total_thb", "ยอดจำหน่ายรวม", "Sales total"),
    f.items(
        "exhibitors",
        "ผู้แสดงสินค้า",
        "Exhibitors",
        privacy=INTERNAL,
        description=Text(
            "รายการของ producer_id, province_code, "
            "kind (border_province, neighbouring_province, otop_trader)",
            "Items of producer_id, province_code, "
            "kind (border_province, neighbouring_province, otop_trader)",
        ),
        source="CDD L3100-3101, L3115",
    ),
    f.items(
        "exhibitor_incomes",
        "รายได้ของผู้แสดงสินค้า",
        "Incomes of exhibitors",
        privacy=RESTRICTED,
        description=Text(
            "รายการของ producer_id, income_before, income_after (บาท)",
            "Items of producer_id, income_before, income_after (THB)",
        ),
        source="CDD L3131",
    ),
)
"""What a fair is and who exhibits (tourism.md 3.17)."""

EVENTS = Layer(
    id="events",
    title=Text("กิจกรรมและเทศกาล", "Events and festivals"),
    description=Text(
        "วันขายของย่านวัฒนธรรม เทศกาล งานแสดงสินค้า และปฏิทินท่องเที่ยวชุมชน งานออนไลน์ไม่มีตำแหน่ง",
        "Selling days of quarters, festivals, fairs and community calendars; "
        "online events have no place",
    ),
    group="tourism",
    geometry="Geometry",
    key="event_id",
    title_field="name_th",
    area="area_code",
    datetime=("start_date", "end_date"),
    source="tourism.md 3.11, 3.13, 3.14, 3.17",
    fields=(
        *common_head(f.key("event_id", "รหัสกิจกรรม", "Event ID"), code_required=False),
        f.choice("event_kind", "ชนิดกิจกรรม", "Event kind", EVENT_KINDS, required=True),
        f.date("start_date", "วันเริ่ม", "Start", aliases=("event_date", "date_from")),
        f.date("end_date", "วันสิ้นสุด", "End", aliases=("date_to",)),
        f.choice(
            "recurrence",
            "รอบการจัด",
            "Recurrence",
            RECURRENCES,
            source="CDD L846; PMUA L2194, L2481",
        ),
        f.flag("is_online", "ออนไลน์", "Online", source="ICT L35-79; LOC-R8"),
        f.reference("community_id", "ชุมชน", "Community", source="CDD L846"),
        *QUARTER_EVENT,
        *FESTIVAL,
        *FAIR,
        *common_tail(),
    ),
)

LAYERS: tuple[Layer, ...] = (CULTURAL_ASSETS, QUARTERS, EVENTS)
