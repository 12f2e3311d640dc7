"""Aid to households, and the agencies that give it (poverty.md 3.9, 7.3).

An ``aid_cases`` row is aid to one household in one dimension; which step may follow which stands in
:mod:`layers.poverty.workflow`. An ``aid_providers`` row is an agency at its office: what it can
give, where, and how much is left; cases name it by ``provider_id``.
"""

from __future__ import annotations

from layers import fields as f
from layers import people
from layers.fields import family
from layers.model import Layer, Privacy, Text

__all__ = ["AID_CASES", "AID_PROVIDERS", "LAYERS"]

INTERNAL, RESTRICTED, SECRET = Privacy.INTERNAL, Privacy.RESTRICTED, Privacy.SECRET

AID_CASES = Layer(
    id="aid_cases",
    title=Text("การส่งต่อความช่วยเหลือ", "Aid cases"),
    description=Text(
        "ความช่วยเหลือรายครัวเรือนและมิติ ตั้งแต่เสนอจนครัวเรือนยืนยัน",
        "Aid to a household in one dimension, from proposal to the household's confirmation",
    ),
    group="people",
    geometry=None,
    fields=(
        *family(
            RESTRICTED,
            f.key("case_id", "รหัสการส่งต่อ", "Case"),
            f.reference(
                "household_id",
                "รหัสครัวเรือน",
                "Household id",
                required=True,
                pattern=people.PSEUDONYM,
            ),
            f.choice(
                "dimension", "มิติความช่วยเหลือ", "Aid dimension", people.AID_DIMENSIONS, required=True
            ),
            f.text("kind", "ประเภทความช่วยเหลือ", "Kind of aid"),
            f.integer("severity", "ความเร่งด่วน", "Urgency", minimum=1, maximum=3),
            f.date("start_on", "เริ่ม", "Start"),
            f.date("end_on", "สิ้นสุด", "End"),
            f.money("amount_thb", "มูลค่า", "Value"),
            f.choice("state", "สถานะ", "State", people.AID_STATES, required=True),
            f.note(),
            source="PMUA L697; poverty.md 3.9",
        ),
        *family(
            SECRET,
            f.text("health_detail", "รายละเอียดด้านสุขภาพ", "Health detail"),
            source="PMUA L693, L2326",
        ),
        *family(
            INTERNAL,
            f.area_code(),
            f.reference("provider_id", "รหัสหน่วยงานผู้ให้", "Provider id"),
            f.text("provider", "หน่วยงานผู้ให้", "Provider", source="PMUA L689, L754"),
            f.choice(
                "provider_level", "ระดับของผู้ให้", "Level of the provider", people.PROVIDER_LEVELS
            ),
            f.text("agreement_ref", "บันทึกข้อตกลง", "Memorandum (MOU)", source="PMUA L689"),
            f.choice("route", "ช่องทาง", "Route", people.PROVIDER_LEVELS),
            source="PMUA L582, L697",
        ),
        *f.provenance(),
    ),
    key="case_id",
    title_field="case_id",
    area="area_code",
    privacy=RESTRICTED,
    datetime=("start_on", "end_on"),
    source="poverty.md 3.9, 7.3",
)

AID_PROVIDERS = Layer(
    id="aid_providers",
    title=Text("หน่วยงานผู้ให้ความช่วยเหลือ", "Aid providers"),
    description=Text(
        "หน่วยงานที่รับส่งต่อ มิติที่ให้ได้ พื้นที่บริการ และโควตาคงเหลือ",
        "Agencies that take referrals: what they give, where, and how much is left",
    ),
    group="people",
    geometry="Point",
    fields=(
        *family(
            INTERNAL,
            f.key("provider_id", "รหัสหน่วยงาน", "Provider id"),
            f.name(required=True, source="PMUA L689"),
            f.choice(
                "level", "ระดับ", "Level", people.PROVIDER_LEVELS, required=True, source="PMUA L582"
            ),
            f.items(
                "dimensions", "มิติที่ให้ได้", "Dimensions", people.AID_DIMENSIONS, source="PMUA L697"
            ),
            f.items(
                "service_area",
                "พื้นที่บริการ",
                "Service area",
                description=Text(
                    "รหัสพื้นที่ ครอบคลุมทุกพื้นที่ที่ขึ้นต้นด้วยรหัสนั้น",
                    "Area codes; each serves every area that it begins",
                ),
            ),
            f.integer("capacity_left", "โควตาคงเหลือ", "Capacity left", "household"),
            f.text("agreement_ref", "บันทึกข้อตกลง", "Memorandum (MOU)", source="PMUA L689"),
            f.area_code(),
            f.geom_precision(),
            f.as_of(),
            source="poverty.md 3.9",
        ),
        *f.provenance(),
    ),
    key="provider_id",
    title_field="name",
    area="area_code",
    privacy=INTERNAL,
    bounds=f.THAILAND,
    source="poverty.md 3.9; PMUA L582, L689, L754",
)

LAYERS: tuple[Layer, ...] = (AID_CASES, AID_PROVIDERS)
