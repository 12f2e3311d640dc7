"""Water on the plot: ponds (หนอง/สระ) and feeder channels (คลองไส้ไก่)."""

from __future__ import annotations

from layers import fields as f
from layers import land
from layers.model import Layer, Privacy, Text, choices

__all__ = ["CHANNELS", "LAYERS", "PONDS"]

PONDS = Layer(
    id="ponds",
    title=Text("หนอง/สระ", "Ponds"),
    description=Text(
        "สระตามแบบและหลังขุดจริง รูปทรงคือแนวปากบ่อที่ระดับ GL ±0.00",
        "Ponds as designed and as built; the shape is the rim at GL +/-0.00",
    ),
    group="land",
    geometry="Polygon",
    key="pond_id",
    title_field="name",
    area="area_code",
    privacy=Privacy.RESTRICTED,
    datetime=("approved_at",),
    bounds=f.THAILAND,
    source="land.md 3.2",
    fields=f.family(
        Privacy.RESTRICTED,
        f.key("pond_id", "รหัสสระ", "Pond ID", source="land.md 3.2"),
        land.plot_id(),
        f.area_code(),
        f.name("ชื่อสระ", "Name"),
        f.choice(
            "kind",
            "แบบหรือหลังขุดจริง",
            "Design or as built",
            choices(design=("แบบ", "Design"), as_built=("หลังขุดจริง", "As built")),
            required=True,
            source="PHUKET L1187",
        ),
        f.integer("version", "ฉบับแบบ", "Drawing version", minimum=1, source="PHUKET L1218"),
        f.text("approved_by", "ผู้อนุมัติแบบ", "Approved by", source="PHUKET L1218"),
        f.date("approved_at", "วันที่อนุมัติแบบ", "Approved on", source="PHUKET L1218"),
        f.number(
            "depth_m",
            "ความลึกจาก GL ±0.00",
            "Depth",
            "m",
            minimum=land.ABOVE_ZERO,
            maximum=12,
            required=True,
            aliases=("pond_depth_m", "ความลึกหนอง"),
            source="PHUKET L1187",
        ),
        land.side_slope(),
        f.items(
            "profile",
            "ระดับ/ตะพัก",
            "Benches",
            description=Text(
                "เรียงจากบนลงล่าง: depth_to, slope, bench_at_top",
                "From the top down: depth_to, slope, bench_at_top",
            ),
            source="LAND-R13",
        ),
        f.number(
            "freeboard_m",
            "ระยะพ้นน้ำ",
            "Freeboard",
            "m",
            minimum=0,
            description=Text("ไม่ระบุใช้ 0.30 เมตร", "0.30 m when not given"),
            source="LAND-R14",
        ),
        f.number(
            "dead_depth_m",
            "ระดับน้ำก้นสระสำรอง",
            "Dead depth",
            "m",
            minimum=0,
            description=Text("ไม่ระบุใช้ 0", "0 when not given"),
            source="LAND-R14",
        ),
        f.flag("lined", "ปูวัสดุกันซึม", "Lined", source="LAND-R10"),
        f.flag(
            "engineer_certified",
            "วิศวกรโยธารับรอง",
            "Certified by an engineer",
            aliases=("engineer_cert", "รับรองโดยวิศวกร"),
            source="LAND-R16; PHUKET L1226",
        ),
        f.text(
            "engineer_certificate",
            "การรับรองของวิศวกรโยธา",
            "Engineer certificate",
            description=Text("แฟ้มเอกสารและเลขที่ใบอนุญาต", "File and licence number"),
            source="LAND-R16; PHUKET L1226",
        ),
        f.number(
            "rim_to_boundary_m",
            "ระยะขอบบ่อถึงแนวเขต",
            "Rim to boundary",
            "m",
            minimum=0,
            aliases=("ระยะขอบบ่อถึงแนวเขต",),
            source="LAND-R16",
        ),
        f.number(
            "volume_m3", "ปริมาตรดินขุด", "Volume", "m3", minimum=0, computed=True, source="LAND-R11"
        ),
        f.area_m2("bottom_area_m2", "พื้นที่ก้นสระ", "Bottom area", computed=True, source="LAND-R11"),
        f.number(
            "effective_depth_m",
            "ความลึกที่ได้จริง",
            "Effective depth",
            "m",
            minimum=0,
            computed=True,
            source="LAND-R11",
        ),
        f.number(
            "capacity_m3", "ความจุน้ำ", "Capacity", "m3", minimum=0, computed=True, source="LAND-R14"
        ),
        f.choice(
            "verdict", "ผลตรวจ", "Verdict", land.POND_VERDICTS, computed=True, source="LAND-R12"
        ),
        f.choice(
            "setback_verdict",
            "ผลตรวจระยะร่น",
            "Setback verdict",
            land.SETBACK_VERDICTS,
            computed=True,
            source="LAND-R16",
        ),
        *land.plan(),
        *f.provenance(),
    ),
)

CHANNELS = Layer(
    id="channels",
    title=Text("คลองไส้ไก่", "Feeder channels"),
    description=Text(
        "แนวกลางคลองไส้ไก่ กรอกความกว้างก้นหรือปากคลองอย่างใดอย่างหนึ่ง",
        "Centre lines; either the bottom or the top width is entered",
    ),
    group="land",
    geometry="LineString",
    key="channel_id",
    title_field="channel_id",
    area="area_code",
    privacy=Privacy.RESTRICTED,
    bounds=f.THAILAND,
    source="land.md 3.3",
    fields=f.family(
        Privacy.RESTRICTED,
        f.key("channel_id", "รหัสคลอง", "Channel ID", source="land.md 3.3"),
        land.plot_id(),
        f.area_code(),
        *(
            f.number(name, th, en, "m", minimum=land.ABOVE_ZERO, source="PHUKET L1220")
            for name, th, en in (
                ("bottom_width_m", "ความกว้างก้นคลอง", "Bottom width"),
                ("top_width_m", "ความกว้างปากคลอง", "Top width"),
                ("depth_start_m", "ความลึกต้นคลอง", "Depth at the start"),
                ("depth_end_m", "ความลึกปลายคลอง", "Depth at the end"),
            )
        ),
        land.side_slope(1.0),
        f.number("length_m", "ความยาว", "Length", "m", minimum=0, computed=True, source="LAND-R2"),
        f.number(
            "volume_m3",
            "ปริมาตรดินขุด",
            "Volume",
            "m3",
            minimum=0,
            computed=True,
            source="land.md 5.3",
        ),
        *land.plan(),
        *f.provenance(),
    ),
)

LAYERS: tuple[Layer, ...] = (PONDS, CHANNELS)
