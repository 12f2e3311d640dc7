"""Technologies and skilled people (systems.md SYS-089, SYS-093, SYS-101 to SYS-104, SYS-111).

Skill, tambon and award of a person are public; name and contact only with consent, the point and
the village never (privacy.md 11.2). An innovator has therefore no name field that is public: the
row is known by its main skill.
"""

from __future__ import annotations

from layers import fields as f
from layers.common_columns import common_head, common_tail, year_be
from layers.consent import consents, contact, personal, tambon_code, village_code
from layers.model import Layer, Privacy, Text, choices

__all__ = ["INNOVATORS", "LAYERS", "TECHNOLOGIES"]

RECORD_KINDS = choices(
    supply=("เทคโนโลยีพร้อมใช้", "Technology ready for use"),
    demand=("ความต้องการของชุมชน", "Need of a community"),
    innovation=("นวัตกรรมชุมชน", "Community innovation"),
)

TECHNOLOGIES = Layer(
    id="technologies",
    title=Text("เทคโนโลยีและนวัตกรรม", "Technologies and innovations"),
    description=Text(
        "เทคโนโลยีพร้อมใช้ ความต้องการ และนวัตกรรมชุมชน จับคู่กันด้วยรหัสหัวข้อ",
        "Technologies, needs and community innovations, matched by topic code",
    ),
    group="economy",
    geometry="Point",
    key="technology_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="systems.md SYS-102 to SYS-104, SYS-200",
    fields=(
        *common_head(f.key("technology_id", "รหัสเทคโนโลยี", "Technology ID")),
        f.choice("record_kind", "ชนิดรายการ", "Record kind", RECORD_KINDS, required=True),
        f.text("topic", "รหัสหัวข้อ", "Topic code", source="PMUA L1001, L1204"),
        f.text("problem", "ปัญหาที่แก้ได้", "Problem it solves", source="PMUA L934"),
        f.text("owner", "หน่วยงานเจ้าของ", "Owner", source="PMUA L934"),
        f.text("readiness", "ระดับความพร้อม", "Readiness", source="PMUA L934"),
        f.items(
            "provinces_of_use",
            "จังหวัดที่ใช้",
            "Provinces of use",
            description=Text("รหัสจังหวัด 2 หลัก", "Two-digit province codes"),
            source="PMUA L934",
        ),
        year_be("year", "ปี", "Year", source="PMUA L1110-1132"),
        f.items(
            "matched_ids",
            "รายการที่จับคู่แล้ว",
            "Matched with",
            description=Text("รหัสเทคโนโลยีหรือความต้องการ", "Keys of technologies or needs"),
            source="PMUA L1201-1217",
        ),
        f.integer("groups", "กลุ่มที่ใช้", "Groups", "groups", source="PMUA L2462"),
        f.integer("beneficiaries", "ผู้ได้รับประโยชน์", "Beneficiaries", "persons", source="PMUA L2462"),
        f.text("external_url", "ลิงก์ภายนอก", "External link", pattern=r"^https://\S+$"),
        *common_tail(),
    ),
)

PERSON_KINDS = choices(
    sage=("ปราชญ์ชุมชน", "Local sage"),
    innovator=("นวัตกรชุมชน", "Community innovator"),
    trainer=("วิทยากรสัมมาชีพชุมชน", "Sammachip trainer"),
    expert=("ผู้เชี่ยวชาญ", "Expert"),
)
INNOVATION_LEVELS = choices(
    learn=("เรียนรู้", "Learn"),
    receive=("รับ", "Receive"),
    adapt=("ปรับ", "Adapt"),
    use=("ใช้", "Use"),
)

INNOVATORS = Layer(
    id="innovators",
    title=Text("ปราชญ์ นวัตกร และผู้เชี่ยวชาญ", "Skilled people"),
    description=Text(
        "ทักษะ ตำบล และรางวัลของผู้มีทักษะ ชื่อและช่องทางติดต่อเปิดเผยเมื่อยินยอมเท่านั้น",
        "Skill, tambon and award of skilled people; name and contact only with consent",
    ),
    group="economy",
    geometry="Point",
    geometry_privacy=Privacy.RESTRICTED,
    key="innovator_id",
    title_field="main_skill",
    area="area_code",
    bounds=f.THAILAND,
    source="systems.md SYS-089, SYS-093, SYS-101, SYS-111",
    fields=(
        f.key("innovator_id", "รหัสผู้มีทักษะ", "Person ID"),
        f.choice(
            "kind",
            "ประเภทผู้มีทักษะ",
            "Kind",
            PERSON_KINDS,
            required=True,
            source="PHUKET L676; PMUA L1119; CDD L162; OTOU L163",
        ),
        f.text("main_skill", "ทักษะหลัก", "Main skill", required=True, source="PMUA L1119"),
        f.items("skills", "ทักษะ", "Skills", source="PMUA L1119"),
        f.text("topic", "รหัสหัวข้อ", "Topic code", source="PMUA L1204"),
        f.choice(
            "level",
            "ระดับการเรียนรู้และใช้นวัตกรรม",
            "Level of innovation",
            INNOVATION_LEVELS,
            source="PMUA L1110-1132",
        ),
        f.items("awards", "รางวัล", "Awards", source="privacy.md 11.2"),
        f.text("institution", "หน่วยงาน", "Institution", source="OTOU L163"),
        tambon_code(),
        village_code(),
        *contact("ชื่อ", "Name", source="CDD L156; PMUA L1119"),
        personal("email", "อีเมล", "E-mail", "contact_public"),
        personal("photo_id", "ภาพถ่าย", "Photo", "photo_public"),
        *consents("contact_public", "photo_public"),
        *common_tail(),
    ),
)

LAYERS: tuple[Layer, ...] = (TECHNOLOGIES, INNOVATORS)
