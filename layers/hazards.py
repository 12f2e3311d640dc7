"""Where ground is not free to use: hazard zones (พื้นที่ภัย) and permission zones (เขตขออนุญาต)."""

from __future__ import annotations

from layers import fields as f
from layers import land
from layers.model import Layer, Text, choices

__all__ = ["HAZARDS", "HAZARD_KINDS", "LAYERS", "PERMISSION_ZONES"]

HAZARD_KINDS = choices(
    flood=("น้ำท่วม", "Flood"),
    drought=("ภัยแล้ง", "Drought"),
    monsoon=("ลมมรสุม", "Monsoon"),
    storm=("พายุ", "Storm"),
    landslide=("ดินถล่ม", "Landslide"),
    fire=("ไฟ", "Fire"),
    other=("อื่น ๆ", "Other"),
)

HAZARDS = Layer(
    id="hazards",
    title=Text("พื้นที่ภัยพิบัติ", "Hazard zones"),
    description=Text(
        "ขอบเขตภัยหนึ่งชนิด หนึ่งฉบับ หนึ่งช่วงเวลา ภัยคาดการณ์ไม่รวมกับภัยที่เกิดจริง",
        "One hazard, one version, one time each; forecast and observed are never summed",
    ),
    group="places",
    geometry="MultiPolygon",
    key="hazard_id",
    title_field="name_th",
    area="area_code",
    datetime=("valid_from", "valid_to"),
    source="border.md 3.12; BORD-R72, R77",
    fields=(
        f.key("hazard_id", "รหัสพื้นที่ภัย", "Hazard ID"),
        f.name_th(required=False),
        f.name_en(),
        f.area_code(required=False),
        f.choice("hazard", "ประเภทภัย", "Hazard", HAZARD_KINDS, required=True, source="PMUA L908"),
        f.integer(
            "severity",
            "ความรุนแรง",
            "Severity",
            minimum=1,
            maximum=5,
            description=Text("เว้นว่างเมื่อผู้ให้ข้อมูลไม่ระบุ", "Empty when the provider gives none"),
            source="border.md 3.12",
        ),
        f.datetime("valid_from", "มีผลตั้งแต่", "Valid from", source="BORD-R72"),
        f.datetime("valid_to", "มีผลถึง", "Valid to", source="BORD-R72"),
        f.datetime("observed_at", "เวลาที่ตรวจพบ", "Observed at", source="border.md 3.12"),
        f.text("provider", "ผู้ให้ข้อมูล", "Provider", source="border.md 3.12"),
        f.text("version", "ฉบับข้อมูล", "Version", source="border.md 3.12"),
        f.choice(
            "method",
            "วิธี",
            "Method",
            choices(
                observed=("ตรวจพบจริง", "Observed"),
                modelled=("แบบจำลอง", "Modelled"),
                forecast=("คาดการณ์", "Forecast"),
                reported=("ได้รับแจ้ง", "Reported"),
            ),
            source="border.md 3.12",
        ),
        f.choice(
            "state",
            "สถานะข้อมูล",
            "State",
            choices(
                received=("รับแล้ว", "Received"),
                validated=("ตรวจแล้ว", "Validated"),
                active=("มีผล", "Active"),
                expired=("พ้นเวลา", "Expired"),
                withdrawn=("ยกเลิก", "Withdrawn"),
            ),
            source="border.md 8.4",
        ),
        *f.provenance(),
    ),
)

PERMISSION_ZONES = Layer(
    id="permission_zones",
    title=Text("เขตที่ต้องขออนุญาต", "Permission zones"),
    description=Text(
        "เขตที่แปลงต้องได้รับอนุญาตหรือความตกลงจากหน่วยงานก่อนรับเข้าโครงการ",
        "Where a plot needs the agency's permission or agreement before it is accepted",
    ),
    group="places",
    geometry="MultiPolygon",
    key="zone_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="LAND-R8; PHUKET L1045",
    fields=(
        f.key("zone_id", "รหัสเขต", "Zone ID"),
        f.name_th(required=False),
        f.name_en(),
        f.area_code(required=False),
        f.choice(
            "zone_kind",
            "ประเภทเขต",
            "Zone kind",
            land.PERMISSION_ZONE_KINDS,
            required=True,
            source="LAND-R8",
        ),
        f.text("agency", "หน่วยงานรับผิดชอบ", "Responsible agency", source="PHUKET L1045"),
        f.text("legal_basis", "กฎหมายหรือประกาศ", "Legal basis"),
        f.as_of(),
        *f.provenance(),
    ),
)

LAYERS: tuple[Layer, ...] = (HAZARDS, PERMISSION_ZONES)
