"""Special economic corridors (border.md 3.1, 3.2) and the place of things along them (3.3).

A corridor holds its members as a list of province codes and its axes as one MultiLineString with a
part per axis, empty where no axis is known (BORD-R4). The area of the members is that of the
provinces layer, so it is looked up by code and cannot go stale; the axis stands nowhere else.
Kilometre and offset are computed from the line, so it carries no measure. A corridor spans
provinces, so it has no area code of its own.
"""

from __future__ import annotations

from layers import fields as f
from layers.common_columns import common_tail
from layers.model import Field, Layer, Text, choices

__all__ = ["CORRIDORS", "LAYERS", "on_axis"]

REGIONS = choices(
    north=("ภาคเหนือ", "North"),
    northeast=("ภาคตะวันออกเฉียงเหนือ", "Northeast"),
    central_west=("ภาคกลาง-ตะวันตก", "Central-West"),
    south=("ภาคใต้", "South"),
    cross_border=("ข้ามแดน", "Cross-border"),
)
COMPONENTS = choices(
    economy_cluster=("คลัสเตอร์ร่วมทางเศรษฐกิจ", "Economic cluster"),
    logistics=("โลจิสติกส์", "Logistics"),
    basic_structure=("โครงสร้างพื้นฐาน", "Basic structure"),
)
MECHANISMS = choices(
    G2G=("รัฐต่อรัฐ (G2G)", "Government to government (G2G)"),
    U2U=("U2U", "U2U"),
    P2P=("ประชาชนต่อประชาชน (P2P)", "People to people (P2P)"),
)
MECHANISM_DIMENSIONS = choices(
    state_state=("มิติรัฐต่อรัฐ", "State to state"),
    area_area=("มิติพื้นที่ต่อพื้นที่", "Area to area"),
)
POLICY_PARTS = choices(
    management_system=("ระบบบริหารจัดการ", "Management system"),
    physical_link=("การเชื่อมโยงทางกายภาพ", "Physical link"),
    organisation_link=("การเชื่อมโยงองค์กร", "Link of organisations"),
    people_link=("การเชื่อมโยงประชาชน", "Link of people"),
)
CORRIDOR_DOCUMENTS = choices(
    white_paper=("สมุดปกขาว", "White paper"),
    country_paper=("รายงานระดับประเทศ", "Country paper"),
    policy_brief=("ข้อเสนอเชิงนโยบายฉบับย่อ", "Policy brief"),
    corridor_plan=("แผนระเบียงเศรษฐกิจ", "Corridor plan"),
)
CORRIDOR_STATES = choices(
    data_synthesis=("สังเคราะห์ข้อมูล", "Data synthesis"),
    stakeholder_analysis=("วิเคราะห์ผู้มีส่วนได้ส่วนเสีย", "Stakeholder analysis"),
    focus_groups=("ประชุมกลุ่มย่อย", "Focus groups"),
    mechanism=("สร้างกลไกความร่วมมือ", "Mechanism"),
    papers=("จัดทำเอกสาร", "Papers"),
    draft_policy=("ร่างนโยบาย", "Draft policy"),
    corridor_plan=("แผนระเบียงเศรษฐกิจ", "Corridor plan"),
)

CORRIDORS = Layer(
    id="corridors",
    title=Text("ระเบียงเศรษฐกิจพิเศษ", "Special economic corridors"),
    description=Text(
        "ระเบียงเศรษฐกิจพร้อมจังหวัดสมาชิกและเส้นแกน สมาชิกเป็นความรู้ทั่วไป ปรับได้",
        "Corridors with member provinces and axes; members are general knowledge, configurable",
    ),
    group="border",
    geometry="MultiLineString",
    key="code",
    title_field="name_th",
    source="border.md 3.1, 3.2",
    fields=(
        f.key(
            "code",
            "รหัสระเบียง",
            "Corridor code",
            pattern=r"^[A-Za-z][A-Za-z0-9_]*$",
            description=Text(
                "NEC, NeEC, CWEC, SEC เป็นระเบียงรายภาค SOUTHERN_CORRIDOR เป็นคนละแห่งกับ SEC",
                "NEC, NeEC, CWEC, SEC are regional; SOUTHERN_CORRIDOR is not the same as SEC",
            ),
            source="PMUA L1837, L1768; BORD-R1, BORD-R2",
        ),
        f.name_th(),
        f.name_en(),
        f.alias(),
        f.choice("region", "ภาค", "Region", REGIONS, source="PMUA L1837"),
        f.items(
            "members",
            "จังหวัดสมาชิกหลัก",
            "Member provinces",
            description=Text("รหัสจังหวัด 2 หลัก", "Two-digit province codes"),
            source="BORD-R3",
        ),
        f.items(
            "linked_members",
            "จังหวัดเชื่อมโยง",
            "Linked provinces",
            description=Text("รหัสจังหวัด 2 หลัก", "Two-digit province codes"),
            source="BORD-R3",
        ),
        f.text("member_source", "ที่มาของรายชื่อสมาชิก", "Source of the members", source="BORD-R3"),
        f.date("members_valid_from", "สมาชิกใช้ตั้งแต่", "Members valid from", source="BORD-R3"),
        f.date("members_valid_to", "สมาชิกใช้ถึง", "Members valid to", source="BORD-R3"),
        f.items("components", "องค์ประกอบ", "Components", COMPONENTS, source="PMUA L1547"),
        f.items("mechanisms", "กลไกความร่วมมือ", "Mechanisms", MECHANISMS, source="PMUA L1843"),
        f.items(
            "mechanism_dimension",
            "มิติ",
            "Dimension",
            MECHANISM_DIMENSIONS,
            computed=True,
            description=Text(
                "G2G อยู่ในมิติรัฐต่อรัฐ U2U และ P2P อยู่ในมิติพื้นที่ต่อพื้นที่",
                "G2G belongs to state to state, U2U and P2P to area to area",
            ),
            source="PMUA L1843; BORD-R6",
        ),
        f.items(
            "policy_parts",
            "องค์ประกอบร่างนโยบาย 4 ด้าน",
            "Draft policy parts",
            POLICY_PARTS,
            source="PMUA L1845; BORD-R5",
        ),
        f.items("documents", "เอกสาร", "Documents", CORRIDOR_DOCUMENTS, source="PMUA L1841-1845"),
        f.choice("status", "สถานะ", "Status", CORRIDOR_STATES, source="PMUA L1837-1849"),
        f.money("investment_value_thb", "มูลค่าการลงทุน", "Investment value", source="PMUA L1432"),
        f.text("investment_period", "ช่วงเวลาของมูลค่าการลงทุน", "Period of the investment value"),
        f.items(
            "axes",
            "แนวแกน",
            "Axes",
            description=Text(
                "รายการตามลำดับส่วนของเส้น: axis_no, mode (road, rail, river, mixed), "
                "direction (จุดเริ่ม กม. 0 และปลายทาง), crs_calc, "
                "calibration (คู่ [เมตร, กม. ทางการ]), geometry_source, geometry_version",
                "Items in the order of the parts of the line: axis_no, "
                "mode (road, rail, river, mixed), direction (km 0 and end), crs_calc, "
                "calibration (pairs [metre, official km]), geometry_source, geometry_version",
            ),
            source="border.md 3.2",
        ),
        *common_tail(),
    ),
)


def on_axis() -> tuple[Field, ...]:
    """Where a node stands on an axis, filled in by the corridor analysis (border.md 3.3)."""
    sides = choices(left=("ซ้าย", "Left"), right=("ขวา", "Right"), on=("บนแกน", "On the axis"))
    return (
        f.reference("corridor_code", "ระเบียง", "Corridor"),
        f.integer("axis_no", "แกนที่", "Axis", minimum=1, computed=True),
        f.number("measure_km", "กม.", "Km", "km", minimum=0, computed=True),
        f.number("offset_m", "ระยะห่าง", "Offset", "m", minimum=0, computed=True),
        f.choice("side", "ฝั่ง", "Side", sides, computed=True),
    )


LAYERS: tuple[Layer, ...] = (CORRIDORS,)
