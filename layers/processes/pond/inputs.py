"""The inputs of the pond check, each with its label, unit, default and bounds."""

from __future__ import annotations

from geo.climate import CLIMATES, EVAPORATION_MM_DAY
from geo.earthwork import EarthParameters
from geo.pond import PondParameters
from geo.text import Text
from geo.water_balance import BalanceParameters
from layers import land
from layers.ponds import PONDS
from layers.processes.model import Input

__all__ = ["INPUTS"]

LIMITS = PondParameters()
BALANCE = BalanceParameters()
EARTH = EarthParameters()


def _trial(name: str, minimum: float, maximum: float) -> Input:
    """A value that stands for that of every pond, labelled as the layer labels it."""
    field = PONDS.by_name[name]
    return Input(
        name=name,
        label=field.label,
        type="number",
        unit=field.unit,
        minimum=minimum,
        maximum=maximum,
        description=Text("ใช้แทนค่าของทุกสระ", "Stands for the value of every pond"),
    )


def _shapes(name: str, th: str, en: str, thai: str, english: str) -> Input:
    return Input(name=name, label=Text(th, en), type="geojson", description=Text(thai, english))


def _number(
    name: str,
    th: str,
    en: str,
    unit: str | None,
    low: float,
    high: float,
    default: float | None = None,
) -> Input:
    return Input(
        name=name,
        label=Text(th, en),
        type="number",
        unit=unit,
        minimum=low,
        maximum=high,
        default=default,
    )


PONDS_INPUTS = (
    _shapes(
        "ponds",
        "รูปสระ",
        "Ponds",
        "GeoJSON (EPSG:4326) ที่มี depth_m และ slope_h_per_v ไม่ระบุจะตรวจชั้นข้อมูลสระ",
        "GeoJSON with depth_m and slope_h_per_v; without it the layer ponds is judged",
    ),
    Input(
        name="filter",
        label=Text("ตัวกรอง", "Filter"),
        type="filter",
        description=Text("CQL2 บนชั้นข้อมูลสระ", "CQL2 over the layer ponds"),
    ),
    Input(name="bbox", label=Text("กรอบพื้นที่", "Box"), type="bbox", unit="deg"),
    _trial("depth_m", 0.01, LIMITS.max_depth_m),
    _trial("slope_h_per_v", 0, LIMITS.max_slope),
    _trial("freeboard_m", 0, 5),
    _trial("dead_depth_m", 0, 10),
    Input(name="lined", label=Text("ปูวัสดุกันซึม", "Lined"), type="boolean"),
)

SITE_INPUTS = (
    Input(
        name="plot_id",
        label=Text("รหัสแปลง", "Plot ID"),
        type="text",
        description=Text("แปลงในระบบที่สระที่วาดอยู่", "The stored plot that drawn ponds lie in"),
    ),
    _shapes("plot", "ขอบเขตแปลง", "Plot", "รูปปิดหนึ่งรูป", "One polygon"),
    _shapes(
        "sides",
        "ด้านของแปลง",
        "Sides of the plot",
        "เส้นตามแนวเขตที่มี side: other_owner, public, same_owner",
        "Lines along the boundary with side: other_owner, public, same_owner",
    ),
    _shapes("trees", "ต้นไม้ใหญ่อนุรักษ์", "Trees to keep", "จุด", "Points"),
    _shapes(
        "channels",
        "คลองไส้ไก่",
        "Feeder channels",
        "เส้นที่มี bottom_width_m หรือ top_width_m, depth_start_m, depth_end_m, slope_h_per_v",
        "Lines with bottom_width_m or top_width_m, depth_start_m, depth_end_m, slope_h_per_v",
    ),
    Input(
        name="certified", label=Text("วิศวกรโยธารับรอง", "Certified by an engineer"), type="boolean"
    ),
    _number("deed_area_m2", "เนื้อที่ตามเอกสารสิทธิ์", "Deed area", "m2", 0.01, 1e9),
    Input(
        name="layout_profile",
        label=Text("รูปแบบการจัดสรรพื้นที่", "Layout profile"),
        type="text",
        values=land.LAYOUT_PROFILES,
    ),
    Input(
        name="soil_class",
        label=Text("ประเภทดิน", "Soil class"),
        type="text",
        values=land.SOIL_CLASSES,
    ),
)

EARTH_INPUTS = (
    _shapes(
        "mounds",
        "โคก",
        "Mounds",
        "รูปฐานที่มี height_m และ slope_h_per_v",
        "Bases with height_m and slope_h_per_v",
    ),
    _number("fill_m3", "ดินถมอื่น (บดอัด)", "Other fill, compacted", "m3", 0, 1e7, 0),
    _number("spread_m2", "พื้นที่เกลี่ยดิน", "Ground to spread a surplus on", "m2", 0, 1e8),
    _number(
        "spread_max_m",
        "ความสูงเกลี่ยสูงสุด",
        "Spread height, at most",
        "m",
        0.01,
        10,
        EARTH.spread_max_m,
    ),
    _number("truck_m3", "ความจุรถบรรทุก", "Truck load", "m3", 0.5, 60, EARTH.truck_m3),
    _number("fill_height_m", "ดินถมสูงกว่าที่ข้างเคียง", "Fill above the neighbour's ground", "m", 0, 50),
    _number("fill_area_m2", "พื้นที่ถมดิน", "Area of fill", "m2", 0, 1e8),
)

WATER_INPUTS = (
    Input(
        name="climate",
        label=Text("ภูมิอากาศ", "Climate"),
        type="text",
        values={name: item.label for name, item in CLIMATES.items()},
        description=Text("ไม่ระบุใช้ตามจังหวัดของสระ", "By the province of the pond when not given"),
    ),
    Input(
        name="rain_mm",
        label=Text("ฝนรายเดือน", "Rain by month"),
        type="text",
        unit="mm",
        description=Text(
            "12 ค่า ม.ค. ถึง ธ.ค. ต่อปี คั่นด้วยจุลภาค หลายปีคั่นด้วย ; ใช้แทนค่าของภูมิอากาศ",
            "12 values a year from January with commas, years with ; in place of the climate's",
        ),
    ),
    _number("evaporation_mm_day", "การระเหย", "Evaporation", "mm/day", 0, 30, EVAPORATION_MM_DAY),
    _number("seepage_mm_day", "การซึม", "Seepage", "mm/day", 0, 1000),
    _number("rice_m2", "พื้นที่นา", "Rice", "m2", 0, 1e8),
    _number("orchard_m2", "พื้นที่สวน/ป่า", "Orchard and forest", "m2", 0, 1e8),
    _number("vegetables_m2", "พื้นที่ผัก/พืชเศรษฐกิจ", "Vegetables and cash crops", "m2", 0, 1e8),
    _number("residence_m2", "พื้นที่อยู่อาศัย", "Residence", "m2", 0, 1e8),
    _number("outside_m2", "พื้นที่รับน้ำนอกแปลง", "Catchment outside the plot", "m2", 0, 1e9, 0),
    _number(
        "outside_runoff", "สัมประสิทธิ์น้ำท่านอกแปลง", "Run-off coefficient outside", None, 0, 1, 0.20
    ),
    Input(
        name="household_from_pond",
        label=Text("ครัวเรือนใช้น้ำจากสระ", "Household draws from the pond"),
        type="boolean",
        default=True,
    ),
    _number("persons", "จำนวนคน", "Persons", None, 0, 10_000, 4),
    _number(
        "litres_per_person_day",
        "น้ำใช้ต่อคนต่อวัน",
        "Litres a person a day",
        "l",
        0,
        1000,
        BALANCE.litres_per_person_day,
    ),
    _number(
        "rain_effect",
        "ส่วนของฝนที่พืชใช้ได้",
        "Share of rain that crops use",
        None,
        0,
        1,
        BALANCE.rain_effect,
    ),
    _number(
        "efficiency", "ประสิทธิภาพการให้น้ำ", "Irrigation efficiency", None, 0.05, 1, BALANCE.efficiency
    ),
    _number("silt_pct", "เผื่อตะกอน", "Allowance for silt", "%", 0, 50, BALANCE.silt_pct),
    Input(
        name="start_month",
        label=Text("เดือนเริ่มต้น", "First month"),
        type="integer",
        minimum=1,
        maximum=12,
        description=Text("ไม่ระบุใช้เดือนแล้งแรก", "The first dry month when not given"),
    ),
    _number("start_pct", "น้ำในสระเมื่อเริ่ม", "Water at the start", "%", 0, 100, 100),
    Input(
        name="years",
        label=Text("จำนวนปีที่จำลอง", "Years to simulate"),
        type="integer",
        minimum=1,
        maximum=100,
        default=BALANCE.years,
    ),
    Input(
        name="dry_months",
        label=Text("เดือนแล้ง", "Dry months"),
        type="text",
        description=Text("เช่น 11,12,1,2,3,4", "As 11,12,1,2,3,4"),
    ),
)

SEASON_INPUTS = (
    Input(
        name="dig_from",
        label=Text("เริ่มขุด", "Digging begins"),
        type="date",
        description=Text("วันเริ่มสัญญาขุด", "First day of the contract"),
    ),
    Input(
        name="dig_to",
        label=Text("ขุดเสร็จ", "Digging ends"),
        type="date",
        description=Text("วันสิ้นสุดสัญญาขุด", "Last day of the contract"),
    ),
)

AS_BUILT_INPUTS = (
    _shapes("built_rim", "แนวปากบ่อหลังขุดจริง", "As-built rim", "รูปปิดหนึ่งรูป", "One polygon"),
    _shapes(
        "survey",
        "จุดวัดความลึก",
        "Depth survey",
        "จุดที่มี depth_m หรือ elevation_m หรือเส้นรูปตัดที่มี chainages_m กับ depths_m หรือ elevations_m",
        "Points with depth_m or elevation_m, or a section line with chainages_m and depths_m or "
        "elevations_m",
    ),
    _number("built_slope", "ความลาดตลิ่งที่วัดได้", "Side slope as built", None, 0, 20),
    _number("gl_elevation_m", "ระดับ GL ±0.00", "Elevation of GL ±0.00", "m", -500, 9000),
    Input(
        name="benchmark",
        label=Text("มีหลักฐานระดับอ้างอิงก่อนขุด", "Benchmark recorded before work"),
        type="boolean",
        default=False,
    ),
)

INPUTS = (
    *PONDS_INPUTS,
    *SITE_INPUTS,
    *EARTH_INPUTS,
    *WATER_INPUTS,
    *SEASON_INPUTS,
    *AS_BUILT_INPUTS,
)
