"""Soil samples (ตัวอย่างดิน): the rod test along the planned pond (LAND-R10)."""

from __future__ import annotations

from layers import fields as f
from layers import land
from layers.model import Layer, Privacy, Text

__all__ = ["LAYERS", "SOIL_SAMPLES"]

SOIL_SAMPLES = Layer(
    id="soil_samples",
    title=Text("ตัวอย่างดิน", "Soil samples"),
    description=Text(
        "ผลปั้นแท่งดินตามแนวขุดสระ ขุดลึกประมาณ 30 ซม. ปั้นแท่งยาวประมาณ 5 ซม.",
        "The rod test along the planned pond: dig about 30 cm deep, roll a rod of about 5 cm",
    ),
    group="land",
    geometry="Point",
    key="sample_id",
    title_field="sample_id",
    area="area_code",
    privacy=Privacy.RESTRICTED,
    datetime=("sampled_at",),
    bounds=f.THAILAND,
    source="land.md 3.5; LAND-R10",
    fields=f.family(
        Privacy.RESTRICTED,
        f.key("sample_id", "รหัสตัวอย่าง", "Sample ID", source="land.md 3.5"),
        land.plot_id(),
        f.area_code(),
        f.date("sampled_at", "วันที่เก็บตัวอย่าง", "Sampled on", source="PHUKET L1071-1077"),
        f.text("officer", "เจ้าหน้าที่ผู้เก็บ", "Officer", source="PHUKET L1071-1077"),
        f.number(
            "dig_depth_cm",
            "ความลึกที่ขุด",
            "Depth dug",
            "cm",
            minimum=0,
            description=Text("ไม่ระบุใช้ 30", "30 when not given"),
            source="PHUKET L1071",
        ),
        f.number(
            "roll_length_cm",
            "ความยาวแท่งดิน",
            "Length of the rod",
            "cm",
            minimum=0,
            description=Text("ไม่ระบุใช้ 5", "5 when not given"),
            source="PHUKET L1073",
        ),
        f.flag("formed", "ปั้นขึ้นรูปได้", "Rod formed", required=True, source="LAND-R10"),
        f.flag(
            "breaks",
            "แท่งดินขาด",
            "Rod breaks",
            description=Text("เว้นว่างเมื่อปั้นไม่ได้", "Empty when no rod could be formed"),
            source="LAND-R10",
        ),
        f.choice(
            "soil_class",
            "ประเภทดิน",
            "Soil class",
            land.SOIL_CLASSES,
            computed=True,
            source="LAND-R10",
        ),
        f.reference("photo_id", "ภาพถ่าย", "Photo", source="land.md 3.5"),
        *f.provenance(),
    ),
)

LAYERS: tuple[Layer, ...] = (SOIL_SAMPLES,)
