"""Border towns, cross-border links and fair sites (border.md 3.3 to 3.5, 3.7, 3.10).

What spans several provinces has no ``area_code``; its Thai areas are a list of codes. A link
between groups of districts is one row and one line (BORD-R11); the pairs of districts follow from
its two lists. Nodes of a corridor (3.3) are border towns and fair sites with their place on its
axis. Flows (3.6) and hosts (3.11) are tables of their analyses; local governments (3.8), networks
(3.9) and hazards (3.12) stand with areas, enterprises and hazards.

Informal crossings and movements of persons are never collected (BORD-R15). All is public except
security remarks, which are internal (privacy.md 11.2).
"""

from __future__ import annotations

from layers import fields as f
from layers.common_columns import common_head, common_tail
from layers.corridors import on_axis
from layers.model import Field, Layer, Privacy, Text, choices

__all__ = [
    "BORDER_TOWNS",
    "CROSS_BORDER_LINKS",
    "FAIR_SITES",
    "LAYERS",
    "VENUE_ZONES",
]

NEIGHBOURS = choices(
    KH=("กัมพูชา", "Cambodia"),
    MY=("มาเลเซีย", "Malaysia"),
    LA=("ลาว", "Laos"),
    MM=("เมียนมา", "Myanmar"),
    VN=("เวียดนาม", "Viet Nam"),
)
COMMODITIES = choices(
    cattle=("โค", "Cattle"),
    beef=("เนื้อโค", "Beef"),
    chicken=("ไก่", "Chicken"),
    stingless_bee=("ผึ้งชันโรง", "Stingless bee"),
    durian=("ทุเรียน", "Durian"),
    watercress=("ผักน้ำ", "Watercress"),
    vegetables=("ผัก", "Vegetables"),
    other=("อื่น ๆ", "Other"),
)


def _neighbour_province() -> Field:
    return f.text(
        "neighbour_province",
        "จังหวัดฝั่งเพื่อนบ้าน",
        "Neighbour province",
        source="PMUA L1770",
    )


DRIVERS = choices(
    state=("ภาครัฐ", "State"),
    private=("ภาคเอกชน", "Private"),
    non_profit=("องค์กรไม่แสวงหากำไร", "Non-profit"),
    participatory=("แบบมีส่วนร่วม", "Participatory"),
)
OUTCOMES = choices(
    security=("ความมั่นคง", "Security"),
    quality_of_life=("คุณภาพชีวิต", "Quality of life"),
    jobs=("งาน", "Jobs"),
    income=("รายได้", "Income"),
    welfare_access=("สวัสดิการพื้นฐาน", "Access to basic welfare"),
)
NODE_KINDS = choices(
    growth_pole=("ศูนย์กลางความเจริญ", "Growth pole"),
    border_town=("เมืองชายแดน", "Border town"),
    official_crossing=("จุดผ่านแดนที่ประกาศเป็นทางการ", "Official crossing"),
    logistics=("โลจิสติกส์", "Logistics"),
    cluster=("คลัสเตอร์", "Cluster"),
    market=("ตลาด", "Market"),
    university=("มหาวิทยาลัย", "University"),
    service=("บริการ", "Service"),
)
BORDER_TOWN_STATES = choices(
    data_set=("มีชุดข้อมูลเชิงลึก", "Data set made"),
    targets_set=("กำหนดเป้าหมายแล้ว", "Targets set"),
    agreement=("ลงนามบันทึกข้อตกลง", "Agreement signed"),
    network=("มีเครือข่ายผู้ประกอบการ", "Network of enterprises"),
    policy_proposed=("เสนอนโยบายแล้ว", "Policy proposed"),
    in_plan=("บรรจุในแผนจังหวัด", "In the provincial plan"),
    funded=("ได้งบประมาณ", "Funded"),
    successful=("ประสบความสำเร็จ", "Successful"),
    paused=("พักไว้", "Paused"),
)

BORDER_TOWNS = Layer(
    id="border_towns",
    title=Text("พื้นที่และเมืองชายแดน", "Border areas and towns"),
    description=Text(
        "พื้นที่ชายแดนตามกลุ่มอำเภอ หรือจุดของเมืองและจุดสำคัญบนระเบียง",
        "Border areas as groups of districts, or points of towns and corridor nodes",
    ),
    group="border",
    geometry="Geometry",
    key="border_town_id",
    title_field="name_th",
    area="area_code",
    source="border.md 3.3, 3.4, 3.10",
    fields=(
        *common_head(
            f.key("border_town_id", "รหัสพื้นที่ชายแดน", "Border area ID"), code_required=False
        ),
        f.choice("node_kind", "ประเภทจุด", "Node kind", NODE_KINDS, source="PMUA L129; BORD-R15"),
        f.items(
            "thai_districts",
            "อำเภอฝั่งไทย",
            "Thai side",
            description=Text(
                "รหัสอำเภอ หรือรหัสจังหวัดเมื่อต้นฉบับไม่ระบุอำเภอ",
                "District codes, or province codes where no district is named",
            ),
            source="PMUA L1770, L1808-1812",
        ),
        f.choice(
            "neighbour_country",
            "ประเทศเพื่อนบ้าน",
            "Neighbour country",
            NEIGHBOURS,
            source="PMUA L1764, L1808",
        ),
        _neighbour_province(),
        f.items(
            "neighbour_districts", "อำเภอฝั่งเพื่อนบ้าน", "Neighbour districts", source="PMUA L1770"
        ),
        f.items("products", "ผลิตภัณฑ์", "Products", COMMODITIES, source="PMUA L1764, L1808"),
        f.items("driver_kind", "กลไกขับเคลื่อน", "Driving mechanism", DRIVERS, source="PMUA L1533"),
        f.flag(
            "district_committee",
            "พชอ. ร่วมขับเคลื่อน",
            "District quality-of-life committee",
            source="PMUA L1533",
        ),
        f.items(
            "outcome_dimensions", "มิติผลลัพธ์", "Outcome dimensions", OUTCOMES, source="PMUA L1533"
        ),
        f.flag("mou", "มีบันทึกข้อตกลง", "Has an MOU", source="PMUA L1770"),
        f.items(
            "instruments",
            "ความตกลง",
            "Agreements",
            description=Text(
                "รายการของ kind (mou, plan_project, policy_proposal, data_sharing), parties, "
                "budget_thb, fiscal_year (พ.ศ.), data_sharing_scope",
                "Items of kind (mou, plan_project, policy_proposal, data_sharing), parties, "
                "budget_thb, fiscal_year (BE), data_sharing_scope",
            ),
            source="PMUA L1770, L1795, L2535",
        ),
        f.text("lead_university", "มหาวิทยาลัยหลัก", "Lead university", source="PMUA L1757, L1802"),
        f.reference("project_id", "โครงการ", "Project", source="PMUA L1757, L1802"),
        f.choice("status", "สถานะ", "Status", BORDER_TOWN_STATES, source="PMUA L1764-1812"),
        *on_axis(),
        f.text(
            "security_note",
            "หมายเหตุความมั่นคง",
            "Security note",
            privacy=Privacy.INTERNAL,
            source="privacy.md 11.2",
        ),
        *common_tail(),
    ),
)

LEGAL_TYPES = choices(
    cross_border=("ข้ามแดน", "Cross-border"),
    transit=("ผ่านแดน", "In transit"),
)

CROSS_BORDER_LINKS = Layer(
    id="cross_border_links",
    title=Text("ความเชื่อมโยงข้ามแดน", "Cross-border links"),
    description=Text(
        "ความเชื่อมโยงระหว่างกลุ่มอำเภอสองฝั่งแดน หนึ่งเส้นต่อหนึ่งความเชื่อมโยง",
        "Links between groups of districts on both sides of the border, one line each",
    ),
    group="border",
    geometry="LineString",
    key="link_id",
    title_field="name_th",
    area="area_code",
    source="border.md 3.5",
    fields=(
        *common_head(f.key("link_id", "รหัสความเชื่อมโยง", "Link ID"), code_required=False),
        f.items(
            "side_a",
            "กลุ่มอำเภอ ก (ไทย)",
            "District group A (Thai)",
            description=Text(
                "รหัสอำเภอ หรือรหัสจังหวัดเมื่อต้นฉบับไม่ระบุอำเภอ",
                "District codes, or province codes where no district is named",
            ),
            source="PMUA L1770; BORD-R11",
        ),
        f.items(
            "side_b",
            "กลุ่มอำเภอ ข (เพื่อนบ้าน)",
            "District group B (neighbour)",
            description=Text("ชื่ออำเภอตามต้นฉบับ", "District names as printed"),
            source="PMUA L1770; BORD-R12",
        ),
        f.choice(
            "neighbour_country",
            "ประเทศเพื่อนบ้าน",
            "Neighbour country",
            NEIGHBOURS,
            source="PMUA L1764, L1808",
        ),
        _neighbour_province(),
        f.items("commodity", "สินค้า", "Commodity", COMMODITIES, source="PMUA L1764, L1808"),
        f.items("legal_type", "ลักษณะการค้า", "Legal type", LEGAL_TYPES, source="PMUA L1764, L1770"),
        f.items(
            "transit_to",
            "ประเทศปลายทาง",
            "Transit to",
            NEIGHBOURS,
            source="PMUA L1764; BORD-R13",
        ),
        f.text("instrument", "ความตกลง", "Agreement", source="PMUA L1770"),
        f.integer("cooperatives", "สหกรณ์", "Cooperatives", "cooperatives", source="PMUA L1770"),
        *common_tail(),
    ),
)

VENUE_ZONES = choices(
    neighbour_country=("ประเทศเพื่อนบ้าน", "Neighbour country"),
    border_area=("พื้นที่ชายแดน", "Border area"),
    elsewhere_in_province=("พื้นที่อื่นในจังหวัด", "Elsewhere in the province"),
)
FAIR_SITE_STATES = choices(
    candidate=("ตัวเลือก", "Candidate"),
    checked=("ตรวจแล้ว", "Checked"),
    chosen=("เลือกแล้ว", "Chosen"),
    used=("ใช้จัดงานแล้ว", "Used"),
    rejected=("ไม่เลือก", "Rejected"),
)

FAIR_SITES = Layer(
    id="fair_sites",
    title=Text("พื้นที่จัดงาน OTOP ชายแดน", "Border fair sites"),
    description=Text(
        "26 แห่งใน 25 จังหวัด แห่งที่ 26 ต้นฉบับไม่ระบุจังหวัด",
        "26 sites in 25 provinces; the source does not name the province of the 26th",
    ),
    group="border",
    geometry="Point",
    key="fair_site_id",
    title_field="name_th",
    area="area_code",
    source="border.md 3.7, 7.3",
    fields=(
        *common_head(f.key("fair_site_id", "รหัสพื้นที่จัดงาน", "Fair site ID"), code_required=False),
        f.integer(
            "site_no", "ลำดับ", "Site number", minimum=1, maximum=26, source="CDD L3105, L3129"
        ),
        f.items("neighbour_country", "ประเทศเพื่อนบ้าน", "Neighbour countries", NEIGHBOURS),
        f.choice("venue_zone", "พื้นที่", "Zone", VENUE_ZONES, source="CDD L3105"),
        f.number(
            "border_distance_m",
            "ระยะถึงเส้นเขตแดน",
            "Distance to border",
            "m",
            minimum=0,
            computed=True,
        ),
        f.flag("candidate", "ตัวเลือก", "Candidate"),
        f.text(
            "elsewhere_reason",
            "เหตุผลที่ไม่ใช้พื้นที่ชายแดน",
            "Why no border venue is used",
            source="BORD-R51",
        ),
        f.choice("status", "สถานะ", "Status", FAIR_SITE_STATES, source="border.md 8.3"),
        *on_axis(),
        *common_tail(),
    ),
)

LAYERS: tuple[Layer, ...] = (
    BORDER_TOWNS,
    CROSS_BORDER_LINKS,
    FAIR_SITES,
)
