"""Enterprises and their networks (border.md 3.9, tourism.md 3.20, systems.md L8).

One row is an enterprise, an occupational group, a shop or a network of them. A network is drawn by
its hub and, for partners, its members; the public sees the districts and the counts (BORD-R66).
Points, contacts and single members are restricted (privacy.md 11.2, border.md 10); what one
enterprise earns and pays is internal. The platform keeps no payment and no wallet data (TOUR-R116,
SYS-107).
"""

from __future__ import annotations

from layers import fields as f
from layers.common_columns import common_tail
from layers.consent import consents, contact, tambon_code, village_code
from layers.model import Layer, Privacy, Text, choices
from layers.producers import PRODUCT_CATEGORIES, WORK_LINES, channels

__all__ = ["ENTERPRISES", "LAYERS"]

INTERNAL, RESTRICTED = Privacy.INTERNAL, Privacy.RESTRICTED

ENTERPRISE_KINDS = choices(
    community_enterprise=("วิสาหกิจชุมชน", "Community enterprise"),
    local_enterprise=("ธุรกิจชุมชน", "Local enterprise"),
    occupational_group=("กลุ่มอาชีพ", "Occupational group"),
    cooperative=("สหกรณ์", "Cooperative"),
    network=("เครือข่ายวิสาหกิจ", "Enterprise network"),
    provincial_social_enterprise=(
        "บริษัท ประชารัฐรักสามัคคีจังหวัด (วิสาหกิจเพื่อสังคม) จำกัด",
        "Provincial social enterprise",
    ),
    city_development_company=("บริษัทพัฒนาเมือง", "City development company"),
    otop_trader=("OTOP Trader", "OTOP Trader"),
    merchant=("ร้านค้า", "Merchant"),
    other=("อื่น ๆ", "Other"),
)
NETWORK_KINDS = choices(
    sie=("วิสาหกิจเพื่อสังคมเชิงบูรณาการ (SIE)", "Social Integrated Enterprise (SIE)"),
    joint_border=("เครือข่ายธุรกิจร่วมชายแดน", "Joint border business network"),
    cooperative=("เครือข่ายสหกรณ์", "Cooperative network"),
    collection_hub=("ล้ง (จุดรวบรวม)", "Collection hub"),
    community_enterprise=("เครือข่ายวิสาหกิจชุมชน", "Community enterprise network"),
    industry_community=("เครือข่ายอุตสาหกรรมกับชุมชน", "Industry and community"),
)
MERCHANT_CATEGORIES = choices(
    food_service=("ร้านอาหาร", "Food service"),
    e_commerce=("ร้านค้าออนไลน์", "E-commerce"),
    lodging=("ที่พัก", "Lodging"),
)
LADDER = choices(
    not_grouped=("ยังไม่รวมกลุ่ม", "Not grouped"),
    formed=("รวมกลุ่มแล้ว", "Formed"),
    registered=("จดทะเบียนแล้ว", "Registered"),
    ce=("ผู้ประกอบการชุมชน (CE)", "Community Entrepreneur (CE)"),
    otop=("OTOP", "OTOP"),
)
GROUP_ELEMENTS = choices(
    members=("กลุ่มสมาชิก", "Members"),
    committee=("กรรมการ", "Committee"),
    rules=("กฎ กติกา", "Rules"),
    fund=("กองทุน", "Fund"),
    activity=("กิจกรรม", "Activity"),
)
SUPPORT_PROCESSES = choices(
    inputs=("การเข้าถึงปัจจัยการผลิต", "Inputs"),
    knowledge=("การสร้างองค์ความรู้", "Knowledge"),
    marketing=("การตลาด", "Marketing"),
    communication=("การสื่อสารสร้างการรับรู้", "Communication"),
    management=("การบริหารจัดการ", "Management"),
)
CHAIN_STAGES = choices(
    input=("ปัจจัยการผลิต", "Input"),
    producer=("ผลิต", "Producer"),
    collector=("รวบรวม", "Collector"),
    processor=("แปรรูป", "Processor"),
    seller=("จำหน่าย", "Seller"),
    buyer=("ผู้ซื้อ", "Buyer"),
)
STREAMS = choices(
    upstream=("ต้นน้ำ", "Upstream"),
    midstream=("กลางน้ำ", "Midstream"),
    downstream=("ปลายน้ำ", "Downstream"),
)
VALUE_STATES = choices(
    actual=("ค่าจริง", "Actual"),
    forecast=("คาดการณ์", "Forecast"),
    plan=("แผน", "Plan"),
)

GROUP = (
    f.choice("work_line", "กลุ่มงาน", "Work line", WORK_LINES, source="CDD L3227"),
    f.choice(
        "group_state",
        "ระดับการรวมกลุ่ม",
        "Step of the group",
        LADDER,
        source="CDD L1387-1403; SYS-095",
    ),
    f.items(
        "group_elements",
        "องค์ประกอบกลุ่ม (5 ก)",
        "Elements of the group (5)",
        GROUP_ELEMENTS,
        source="PHUKET L1417-1427; CDD L261; TOUR-R67",
    ),
    f.items(
        "support_processes",
        "กระบวนการที่ได้รับการสนับสนุน",
        "Processes supported",
        SUPPORT_PROCESSES,
        source="CDD L3227; TOUR-R68",
    ),
)
"""How far an occupational group has come."""

NETWORK = (
    f.choice(
        "network_kind",
        "ประเภทเครือข่าย",
        "Network kind",
        NETWORK_KINDS,
        source="PMUA L1294, L1804, L1770, L1316, L1611",
    ),
    f.items(
        "areas",
        "พื้นที่เครือข่าย",
        "Areas",
        description=Text("รหัสอำเภอ", "District codes"),
        source="PMUA L1316",
    ),
    f.integer("members", "สมาชิก", "Members", "persons", source="PMUA L1316"),
    f.integer("communities", "ชุมชน", "Communities", "communities", source="PMUA L1316"),
    f.area_m2("area_m2", "พื้นที่ผลิต", "Production area", source="PMUA L1316"),
    f.number("output_t", "ผลผลิต", "Output", "t", minimum=0, source="PMUA L1316"),
    f.money("value_thb", "มูลค่า", "Value", source="PMUA L1316"),
    f.text("period", "ช่วงเวลาของตัวเลข", "Period of the figures", source="BORD-R65"),
    f.choice(
        "value_state",
        "สถานะของตัวเลข",
        "State of the figures",
        VALUE_STATES,
        source="PMUA L1316, L1809",
    ),
    f.reference("hub_id", "ศูนย์กลาง", "Hub", source="PMUA L2586"),
    f.items(
        "member_links",
        "วิสาหกิจสมาชิก",
        "Members of the network",
        privacy=RESTRICTED,
        description=Text(
            "รายการของ enterprise_id และ stage", "Items of enterprise_id and stage of the chain"
        ),
        source="PMUA L2586; BORD-R66",
    ),
    f.choice("chain_stage", "ขั้นในห่วงโซ่", "Stage", CHAIN_STAGES, source="PMUA L1238, L1260"),
    f.choice("stream", "ต้นน้ำ/กลางน้ำ/ปลายน้ำ", "Stream", STREAMS, source="PMUA L1256-1260"),
    f.flag("learning_centre", "ศูนย์เรียนรู้", "Learning centre", source="PMUA L1810"),
    f.integer("languages", "จำนวนภาษา", "Languages", "languages", source="PMUA L1810"),
    f.text("lead_university", "มหาวิทยาลัยหลัก", "Lead university", source="PMUA L1757, L1802"),
)
"""A network and the place of an enterprise in it (border.md 3.9, 3.6)."""

MONEY = (
    f.integer("employees", "จำนวนผู้มีงานทำ", "People in work", "persons", source="PMUA L997, L1276"),
    f.money(
        "raw_material_thb",
        "ค่าวัตถุดิบในพื้นที่ต่อเดือน",
        "Local raw material per month",
        privacy=INTERNAL,
        source="PMUA L997, L1276",
    ),
    f.money(
        "wages_thb", "ค่าจ้างต่อเดือน", "Wages per month", privacy=INTERNAL, source="PMUA L997, L1276"
    ),
    f.money(
        "money_circulated_thb",
        "เงินหมุนเวียนในพื้นที่ต่อเดือน",
        "Money circulated locally per month",
        privacy=INTERNAL,
        computed=True,
        source="BORD-R37",
    ),
    f.flag(
        "production_notebook", "มีสมุดบันทึกการผลิต", "Keeps a production notebook", source="SYS-107"
    ),
)
"""Money that an enterprise moves in its area (BORD-R37)."""

ENTERPRISES = Layer(
    id="enterprises",
    title=Text("วิสาหกิจและเครือข่าย", "Enterprises and networks"),
    description=Text(
        "วิสาหกิจชุมชน กลุ่มอาชีพ ร้านค้า และเครือข่าย จุดที่ตั้งเปิดเผยเมื่อยินยอมเท่านั้น",
        "Community enterprises, occupational groups, shops and networks; points only with consent",
    ),
    group="economy",
    geometry="Point",
    geometry_privacy=RESTRICTED,
    geometry_opened_by="point_public",
    key="enterprise_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="border.md 3.9; tourism.md 3.20; systems.md L8",
    fields=(
        f.key("enterprise_id", "รหัสวิสาหกิจ", "Enterprise ID"),
        f.name_th(),
        f.name_en(),
        f.alias(),
        tambon_code(),
        village_code(),
        f.choice("kind", "ประเภทวิสาหกิจ", "Enterprise kind", ENTERPRISE_KINDS, required=True),
        f.choice(
            "merchant_category",
            "ประเภทร้าน",
            "Merchant category",
            MERCHANT_CATEGORIES,
            source="ICT L160",
        ),
        f.items("product", "ผลิตภัณฑ์", "Products", PRODUCT_CATEGORIES, source="PMUA L1316"),
        *GROUP,
        *NETWORK,
        *MONEY,
        channels(),
        *contact("ชื่อผู้ติดต่อ", "Contact person"),
        *consents("contact_public", "point_public"),
        *common_tail(),
    ),
)

LAYERS: tuple[Layer, ...] = (ENTERPRISES,)
