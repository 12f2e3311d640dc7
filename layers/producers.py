"""Producers and their products (tourism.md 3.15, register IMP-OTOP).

A producer is public with its group name and tambon; the point, which may be a home, is restricted
until ``point_public`` (privacy.md 11.2). Producers of kind prison or juvenile centre carry
``publish_level`` internal: the public sees their number by province only. The working figures of
the office on a product (quadrant, other support, the six KBO criteria) are internal.
"""

from __future__ import annotations

from layers import fields as f
from layers.common_columns import common_tail, year_be
from layers.consent import consents, contact, tambon_code, village_code
from layers.model import Field, Layer, Privacy, Text, choices

__all__ = ["LAYERS", "PRODUCERS", "PRODUCTS", "PRODUCT_CATEGORIES", "WORK_LINES", "channels"]

INTERNAL, RESTRICTED = Privacy.INTERNAL, Privacy.RESTRICTED

PRODUCER_KINDS = choices(
    community_group=("กลุ่มผู้ผลิตชุมชน", "Community producer group"),
    single_owner=("เจ้าของรายเดียว", "Single owner"),
    sme=("เอสเอ็มอี", "SME"),
    school=("โรงเรียน", "School"),
    prison=("เรือนจำ/ทัณฑสถาน", "Prison"),
    juvenile_centre=("ศูนย์ฝึกและอบรมเด็กและเยาวชน", "Juvenile training centre"),
    otop_trader=("OTOP Trader", "OTOP Trader"),
    other=("อื่น ๆ", "Other"),
)
WORK_LINES = choices(
    farming=("การเกษตร", "Farming"),
    processing=("การแปรรูป", "Processing"),
    community_tourism=("ท่องเที่ยวโดยชุมชน", "Community tourism"),
)
NETWORK_STATES = choices(
    active=("มีเครือข่าย", "Active"),
    none=("ไม่มีเครือข่าย", "None"),
)


def channels() -> Field:
    """Links to sales channels, ten at most (SYS-118)."""
    return f.items(
        "channels",
        "ช่องทางขาย",
        "Sales channels",
        description=Text("ลิงก์ ไม่เกิน 10 รายการ", "Links, ten at most"),
        source="PHUKET L1559",
    )


PRODUCERS = Layer(
    id="producers",
    title=Text("ผู้ผลิต ผู้ประกอบการ OTOP", "Producers"),
    description=Text(
        "ผู้ผลิตชุมชนและ OTOP จุดที่ตั้งเปิดเผยเมื่อยินยอมเท่านั้น สาธารณะเห็นถึงตำบล",
        "Community and OTOP producers; the point only with consent, the public sees the tambon",
    ),
    group="economy",
    geometry="Point",
    geometry_privacy=RESTRICTED,
    geometry_opened_by="point_public",
    key="producer_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="tourism.md 3.15; registers.md 9.5",
    fields=(
        f.key("producer_id", "รหัสผู้ผลิต", "Producer ID", source="CDD L2709"),
        f.name_th(
            aliases=("ชื่อกลุ่ม/กิจการ", "ชื่อกลุ่ม", "group_name"),
            description=Text("ชื่อกลุ่มหรือกิจการ ไม่ใช่ชื่อบุคคล", "A group or business, not a person"),
            source="CDD L2709",
        ),
        f.name_en(),
        f.alias(),
        tambon_code(),
        village_code(),
        f.choice(
            "kind",
            "ประเภทผู้ผลิต",
            "Producer kind",
            PRODUCER_KINDS,
            required=True,
            aliases=("producer_type",),
            source="CDD L2709, L2729",
        ),
        year_be(
            "register_year",
            "ปีที่ลงทะเบียน OTOP",
            "OTOP register year",
            minimum=2557,
            maximum=2600,
            aliases=("ปีลงทะเบียน", "reg_year"),
            source="CDD L2709",
        ),
        f.choice(
            "work_line",
            "กลุ่มงาน",
            "Work line",
            WORK_LINES,
            source="CDD L3227; PHUKET L1439-1445",
        ),
        f.choice(
            "kbo_network_state", "เครือข่าย KBO", "KBO network", NETWORK_STATES, source="CDD L2683"
        ),
        f.record(
            "supply",
            "ปริมาณผลิต",
            "Supply",
            privacy=INTERNAL,
            description=Text(
                "กิโลกรัมต่อเดือนตามประเภทสินค้า และระดับความปลอดภัย",
                "kg per month by product category, and safety class",
            ),
            source="CDD L3283",
        ),
        channels(),
        *contact("ชื่อผู้ติดต่อ", "Contact person"),
        *consents("contact_public", "point_public", aliases=("ยินยอมเผยแพร่", "consent_public")),
        *common_tail(),
    ),
)

QUADRANTS = choices(
    A=("กลุ่ม A", "Group A"),
    B=("กลุ่ม B", "Group B"),
    C=("กลุ่ม C", "Group C"),
    D=("กลุ่ม D ปรับตัวสู่การพัฒนา", "Group D, adapting to development"),
)
PRODUCT_CATEGORIES = choices(
    food=("อาหาร", "Food"),
    drink=("เครื่องดื่ม", "Drink"),
    textile=("ผ้าและเครื่องแต่งกาย", "Textile"),
    herb_nonfood=("สมุนไพรที่ไม่ใช่อาหาร", "Herbs other than food"),
    ornament_handicraft=("ของใช้ ของตกแต่ง และหัตถกรรม", "Ornament and handicraft"),
    vegetable_fruit=("ผักและผลไม้", "Vegetables and fruit"),
    fishery=("ประมง", "Fishery"),
    livestock=("ปศุสัตว์", "Livestock"),
    rice=("ข้าว", "Rice"),
    other=("อื่น ๆ", "Other"),
)
PRODUCT_STAGES = choices(
    idea=("แนวคิด", "Idea"),
    sketch=("ภาพร่าง", "Sketch"),
    prototype_1=("ต้นแบบที่ 1", "Prototype 1"),
    prototype_2=("ต้นแบบที่ 2", "Prototype 2"),
    shooting=("ถ่ายภาพผลงาน", "Shooting"),
    on_sale=("วางจำหน่าย", "On sale"),
)
SUPPORT = choices(
    **{
        "KBO": ("เครือข่ายองค์ความรู้ KBO", "KBO"),
        "QD": ("กลุ่มปรับตัวสู่การพัฒนา QD", "QD"),
        "PSO": ("PSO", "PSO"),
        "D-HOPE": ("D-HOPE", "D-HOPE"),
    }
)
KBO_STATES = choices(
    registered=("ลงทะเบียน", "Registered"),
    selected=("คัดเลือกแล้ว", "Selected"),
    planned=("จัดทำแผนแล้ว", "Planned"),
    supported=("ได้รับการสนับสนุน", "Supported"),
    market_tested=("ทดสอบตลาดแล้ว", "Market tested"),
    channel=("มีช่องทางตลาด", "Has a channel"),
    assessed=("ประเมินแล้ว", "Assessed"),
    showcase=("ผลิตภัณฑ์เด่นจังหวัด", "Showcase of the province"),
)
CRITERIA = (
    ("เข้าสู่กระบวนการขอรับรองมาตรฐาน", "In a basic certification process"),
    ("รูปแบบ/บรรจุภัณฑ์มีคุณภาพ", "Form, design or package of quality"),
    ("ผลิตซ้ำได้ในปริมาณและคุณภาพเดิม", "Repeatable in similar quantity and quality"),
    ("เอกลักษณ์และเรื่องราว", "Distinct identity with a story"),
    ("มาตรฐานและตลาดถาวร", "Standard and a permanent market in one channel"),
    ("มีแบรนด์ใช้ทำตลาดได้", "Brand usable in marketing"),
)
"""The six KBO criteria c1 to c6 (TOUR-R60)."""

ASSESSMENT = (
    f.choice("kbo_state", "สถานะ KBO", "KBO state", KBO_STATES, source="CDD L2705-2731"),
    year_be("kbo_year", "ปีที่ประเมิน KBO", "KBO year"),
    *(
        f.flag(
            f"c{n}", f"เกณฑ์ข้อ {n} {th}", f"Criterion {n}: {en}", privacy=INTERNAL, source="TOUR-R60"
        )
        for n, (th, en) in enumerate(CRITERIA, start=1)
    ),
    f.flag(
        "kbo_passed",
        "ผ่านเกณฑ์ KBO",
        "KBO passed",
        privacy=INTERNAL,
        computed=True,
        source="TOUR-R60",
    ),
    f.flag("showcase", "ผลิตภัณฑ์เด่นจังหวัด", "Showcase product", source="CDD L2729; TOUR-R64"),
)
"""The product test of the knowledge-based OTOP networks (tourism.md 3.15)."""

PRODUCTS = Layer(
    id="products",
    title=Text("ผลิตภัณฑ์", "Products"),
    description=Text(
        "ผลิตภัณฑ์ของผู้ผลิต พร้อมระดับดาว กลุ่ม มาตรฐาน และผลทดสอบ KBO",
        "Products of producers with stars, group, certificates and KBO test",
    ),
    group="economy",
    geometry=None,
    key="product_id",
    title_field="name_th",
    area="area_code",
    source="tourism.md 3.15; registers.md 9.5",
    fields=(
        f.key("product_id", "รหัสผลิตภัณฑ์", "Product ID", source="CDD L2709"),
        f.name_th(aliases=("ชื่อผลิตภัณฑ์", "product_name"), source="CDD L2709"),
        f.name_en(),
        f.alias(),
        f.reference("producer_id", "รหัสผู้ผลิต", "Producer ID", required=True, source="CDD L2709"),
        tambon_code(),
        f.choice(
            "category",
            "ประเภทสินค้า",
            "Category",
            PRODUCT_CATEGORIES,
            aliases=("ประเภทผลิตภัณฑ์", "product_category"),
            source="CDD L2709, L3281; ICT L158",
        ),
        f.integer(
            "stars",
            "ระดับดาว",
            "Stars",
            "stars",
            minimum=1,
            maximum=5,
            aliases=("ดาว",),
            source="CDD L2709, L2889; OTP-C1",
        ),
        f.choice(
            "quadrant",
            "กลุ่ม (Quadrant)",
            "Quadrant",
            QUADRANTS,
            privacy=INTERNAL,
            source="CDD L2709; PHUKET L1435; OTP-C2",
        ),
        f.flag("gi", "สิ่งบ่งชี้ทางภูมิศาสตร์", "GI", aliases=("GI",), source="PHUKET L1381, L1506"),
        f.text(
            "certs",
            "มาตรฐาน",
            "Certificates",
            aliases=("certificates",),
            source="PHUKET L1381, L1506",
        ),
        f.text("otop_number", "เลขทะเบียน OTOP", "OTOP number", source="PHUKET L673"),
        f.items(
            "programme_year_support",
            "โครงการที่ได้รับในปีนี้",
            "Support received this year",
            SUPPORT,
            privacy=INTERNAL,
            aliases=("โครงการในปีนี้", "programme_this_fy"),
            source="CDD L2711; TOUR-R63",
        ),
        f.choice("stage", "ขั้นพัฒนา", "Stage", PRODUCT_STAGES, source="ICT L61-64"),
        f.record(
            "stage_people",
            "จำนวนคนในแต่ละขั้น",
            "People per stage",
            privacy=INTERNAL,
            source="ICT L57-66",
        ),
        f.money("price_thb", "ราคา", "Price", source="CDD L2017-2187"),
        f.text("place", "สถานที่จำหน่าย", "Place of sale", source="CDD L2017-2187"),
        f.text("promotion", "การส่งเสริมการขาย", "Promotion", source="CDD L2017-2187"),
        f.text("before_text", "ก่อนพัฒนา", "Before improvement", source="PHUKET L1466-1500"),
        f.text("after_text", "หลังพัฒนา", "After improvement", source="PHUKET L1466-1500"),
        f.text(
            "shop_url",
            "ร้านออนไลน์",
            "Online shop",
            pattern=r"^https://\S+$",
            source="ICT L86",
        ),
        *ASSESSMENT,
        *common_tail(),
    ),
)

LAYERS: tuple[Layer, ...] = (PRODUCERS, PRODUCTS)
