"""What the layout of plots can be told: the plot, the pond, the site, how long to search."""

from __future__ import annotations

from geo.layout.limits import Limits
from geo.text import Text
from layers import land
from layers.ponds import PONDS
from layers.processes.model import Input
from layers.processes.stored_plots import PLOT_CHOICE

__all__ = ["LAYOUT_INPUTS", "LIMITS"]

LIMITS = Limits()


def _geojson(name: str, th: str, en: str, about: Text | None = None) -> Input:
    return Input(name=name, label=Text(th, en), type="geojson", description=about)


def _share(name: str, group: str) -> Input:
    return Input(
        name=name, label=land.ZONE_GROUPS[group], type="number", unit="%", minimum=0, maximum=100
    )


PLOT = (
    _geojson(
        "plot",
        "รูปแปลง",
        "Plot",
        Text(
            "GeoJSON (EPSG:4326) ไม่ระบุจะใช้ชั้นข้อมูลแปลง: ตาม plot_id, filter หรือแปลงที่ยังไม่มีผังและสระ",
            "GeoJSON; without it the layer: by plot_id, filter, or plots without zones and ponds",
        ),
    ),
    *PLOT_CHOICE,
    Input(
        name="profile",
        label=Text("รูปแบบการจัดสรรพื้นที่", "Layout profile"),
        type="text",
        values=land.LAYOUT_PROFILES,
        description=Text("ไม่ระบุใช้ของแปลง หรือ 30:30:30:10", "That of the plot, or 30:30:30:10"),
    ),
    _share("water_pct", "water"),
    _share("rice_pct", "rice"),
    _share("orchard_pct", "orchard_forest"),
    _share("residence_pct", "residence"),
)

POND = (
    Input(
        name="depth_m",
        label=Text("ความลึกสระ", "Pond depth"),
        type="number",
        unit="m",
        minimum=0.1,
        maximum=LIMITS.pond.max_depth_m,
        description=Text(
            "ไม่ระบุใช้ความลึกที่เหลือก้นสระ ไม่เกิน 3 เมตร", "The deepest up to 3 m that leaves a bottom"
        ),
    ),
    Input(
        name="slope_h_per_v",
        label=PONDS.by_name["slope_h_per_v"].label,
        type="number",
        default=1.5,
        minimum=0,
        maximum=LIMITS.pond.max_slope,
    ),
    Input(
        name="bank_m",
        label=Text("ความกว้างคันสระ", "Bank"),
        type="number",
        unit="m",
        minimum=0,
        maximum=20,
        description=Text("ไม่ระบุใช้ของรูปแบบ", "That of the profile when not given"),
    ),
    Input(
        name="engineer_certified",
        label=PONDS.by_name["engineer_certified"].label,
        type="boolean",
        default=False,
    ),
)

SITE = (
    _geojson("access", "จุดทางเข้า", "Access point"),
    _geojson(
        "locked",
        "เขตที่ล็อกไว้",
        "Locked zones",
        Text(
            "เขตที่วาดไว้และต้องคงอยู่ ระบุ group หรือ zone_kind",
            "Zones drawn by hand that stay; with group or zone_kind",
        ),
    ),
    _geojson("trees", "ต้นไม้ใหญ่อนุรักษ์", "Protected trees"),
    _geojson(
        "keep",
        "สิ่งที่คงไว้",
        "Things that stay",
        Text(
            "บ้านเดิม บ่อน้ำ ระบุ group และ buffer_m ได้", "House, well; group and buffer_m may be given"
        ),
    ),
    _geojson("avoid", "ที่ลุ่ม ทางน้ำ เขตภัย", "Sinks, flow paths, hazards"),
    _geojson("same_owner", "แนวเขตติดที่ดินตนเอง", "Sides to land of the same owner"),
    _geojson(
        "elevations",
        "จุดระดับดิน",
        "Spot heights",
        Text("จุดที่มี elevation_m อย่างน้อย 3 จุด", "Points with elevation_m, at least 3"),
    ),
    Input(
        name="downhill_deg",
        label=Text("ทิศที่ดินลาดลง", "Direction of the fall"),
        type="number",
        unit="deg",
        minimum=0,
        maximum=360,
    ),
    Input(
        name="fall_pct",
        label=Text("ความลาดของดิน", "Fall of the ground"),
        type="number",
        unit="%",
        default=2.0,
        minimum=0,
        maximum=100,
    ),
    Input(
        name="wind_from_deg",
        label=Text("ทิศที่ลมพัดมา", "Wind comes from"),
        type="number",
        unit="deg",
        minimum=0,
        maximum=360,
        description=Text("ไม่ระบุใช้ของแปลง หรือ 225", "That of the plot, or 225, when not given"),
    ),
    Input(
        name="use_layers",
        label=Text("ใช้ถนนและเขตภัยจากชั้นข้อมูล", "Use the layers roads and hazards"),
        type="boolean",
        default=True,
    ),
)

EFFORT = (
    Input(
        name="alternatives",
        label=Text("จำนวนแบบ", "Alternatives"),
        type="integer",
        minimum=1,
        maximum=10,
        description=Text("ไม่ระบุใช้ 3 สำหรับแปลงเดียว 1 สำหรับหลายแปลง", "3 for one plot, else 1"),
    ),
    Input(
        name="candidates",
        label=Text("จำนวนร่างที่พัฒนาต่อ", "Drafts that go on"),
        type="integer",
        default=80,
        minimum=10,
        maximum=5000,
        description=Text("มากขึ้นได้คะแนนดีขึ้นแต่ช้าลง", "More give a better score and take longer"),
    ),
    Input(name="seed", label=Text("ค่าเริ่มสุ่ม", "Seed"), type="integer", default=0, minimum=0),
    Input(
        name="seconds",
        label=Text("เวลาต่อแปลงไม่เกิน", "Time for each plot"),
        type="number",
        unit="s",
        minimum=0.05,
        maximum=60,
    ),
)

LAYOUT_INPUTS = (*PLOT, *POND, *SITE, *EFFORT)
