"""Land: Khok Nong Na plots (แปลง โคก หนอง นา) and their zones.

The whole family is restricted, the risk flags are secret (privacy.md 11.2, land.md 11). A learning
centre that is open to visitors, with consent, has a public point of its own among the facilities.
"""

from __future__ import annotations

from layers import areas, land, ponds, soil
from layers import fields as f
from layers.model import Field, Layer, Privacy, Text, choices
from layers.plot_procedure import CONTRACT, LIFE, PROCEDURE

__all__ = ["LAYERS", "PLOTS", "PLOT_ZONES"]

DEED_AREA = (
    f.area_m2(
        "deed_area_m2",
        "เนื้อที่ตามเอกสารสิทธิ์",
        "Deed area",
        minimum=land.ABOVE_ZERO,
        aliases=("เนื้อที่ตามโฉนด",),
        source="PHUKET L1045",
    ),
    f.area_m2("drawn_area_m2", "เนื้อที่จากแผนที่", "Drawn area", computed=True, source="LAND-R2"),
    f.choice(
        "area_check",
        "ผลเทียบเนื้อที่",
        "Deed and drawn area",
        land.AREA_CHECKS,
        computed=True,
        source="LAND-R3",
    ),
    f.choice(
        "size_class",
        "กลุ่มขนาดแปลง",
        "Size class",
        land.SIZE_CLASSES,
        computed=True,
        source="LAND-R5",
    ),
)

ELIGIBILITY = (
    f.flag("in_target_area", "อยู่ในพื้นที่เป้าหมาย", "In target area", computed=True, source="LAND-R4"),
    f.items(
        "permission_zones",
        "เขตที่ต้องขออนุญาต",
        "Permission zones",
        land.PERMISSION_ZONE_KINDS,
        aliases=("permission_zone", "เขตที่ต้องขออนุญาต"),
        source="LAND-R8",
    ),
    f.choice(
        "permission_state",
        "สถานะการขออนุญาต",
        "Permission",
        land.PERMISSION_STATES,
        source="LAND-R8",
    ),
    f.flag(
        "permission_doc",
        "มีใบอนุญาต",
        "Permission document",
        aliases=("ใบอนุญาต",),
        source="PHUKET L1045",
    ),
    f.choice(
        "soil_class", "ประเภทดิน", "Soil class", land.SOIL_CLASSES, computed=True, source="LAND-R10"
    ),
    f.choice(
        "screening_class",
        "ผลคัดกรองพื้นที่",
        "Site screening",
        land.SCREENING_CLASSES,
        computed=True,
        source="LAND-R30",
    ),
)

SITE = (
    f.number(
        "access_width_m", "ความกว้างทางเข้า", "Access width", "m", minimum=0, source="PHUKET L1090"
    ),
    f.record(
        "access_point",
        "จุดทางเข้า",
        "Access point",
        description=Text("จุดแบบ GeoJSON", "A GeoJSON point"),
        source="PHUKET L1189",
    ),
    f.items(
        "boundary_sides",
        "ผู้ถือครองที่ดินข้างเคียงแต่ละด้าน",
        "Boundary sides",
        description=Text(
            "เส้นแบบ GeoJSON กับ side: other_owner, public, same_owner ไม่ระบุถือเป็น other_owner",
            "GeoJSON lines with side: other_owner, public, same_owner; untagged is other_owner",
        ),
        source="LAND-R16",
    ),
    f.items(
        "site_marks",
        "จุดสำคัญในแปลง",
        "Marks on the site",
        description=Text(
            "รายการของ kind, lon, lat, note เช่น protected_tree (species, girth_cm) grid_peg pump",
            "Items of kind, lon, lat, note: protected_tree (species, girth_cm), grid_peg, "
            "machine_park, repair_spot, worker_rest, learning_base, pump, drain_outlet",
        ),
        source="PHUKET L1189, L1222, L1234-1235",
    ),
    f.text("sun_note", "ทิศแสงแดด", "Sun", source="PHUKET L1193-1197"),
    f.text("wind_note", "ทิศลม", "Wind", source="PHUKET L1193-1197"),
    f.text("water_flow_note", "ทิศทางน้ำ", "Water flow", source="PHUKET L1193-1197"),
    f.azimuth("sun_azimuth_deg", "มุมทิศแสงแดด", "Sun azimuth", source="PHUKET L1193-1197"),
    f.azimuth("wind_azimuth_deg", "มุมทิศลม", "Wind azimuth", source="PHUKET L1193-1197"),
    f.azimuth(
        "water_flow_azimuth_deg", "มุมทิศทางน้ำ", "Water-flow azimuth", source="PHUKET L1193-1197"
    ),
    f.number(
        "gl_datum_elev_m", "ระดับอ้างอิง GL ±0.00", "GL datum", "m", source="PHUKET L1187, L1217"
    ),
    f.record(
        "gl_datum_point",
        "จุดอ้างอิงดินเดิม",
        "Benchmark",
        description=Text("จุดแบบ GeoJSON และ photo_id", "A GeoJSON point, and photo_id"),
        source="PHUKET L1187",
    ),
)


def _personal(name: str, th: str, en: str, source: str) -> Field:
    return f.text(name, th, en, source=source)


OWNER = (
    f.choice(
        "deed_type",
        "ประเภทเอกสารสิทธิ์",
        "Title-deed type",
        land.DEED_TYPES,
        aliases=("ประเภทเอกสารสิทธิ์",),
        source="PHUKET L1045",
    ),
    _personal("deed_no", "เลขที่เอกสารสิทธิ์", "Deed number", "land.md 3.1"),
    _personal("deed_holder_name", "ผู้ถือครอง", "Holder", "PHUKET L1045"),
    _personal("owner_key", "รหัสเจ้าของ", "Owner key", "registers.md 9.6"),
    _personal("participant_key", "รหัสผู้เข้าร่วม", "Participant key", "registers.md 9.6"),
    _personal("owner_name", "เจ้าของแปลง", "Owner", "PHUKET L1060"),
    _personal("participant_name", "ผู้เข้าร่วมโครงการ", "Participant", "PHUKET L1060"),
    _personal("phone", "โทรศัพท์", "Phone", "PHUKET L1060"),
    f.flag(
        "owner_consent",
        "เจ้าของแปลงยินยอม",
        "Owner consents",
        aliases=("เจ้าของยินยอม",),
        source="PHUKET L1060",
    ),
    f.date("owner_consent_date", "วันที่ยินยอม", "Date of consent", source="PHUKET L1060"),
    _personal("owner_consent_file", "หนังสือยินยอม", "Consent document", "PHUKET L1060"),
    f.flag(
        "conditions_received", "หลักฐานรับทราบเงื่อนไข", "Conditions receipt", source="PHUKET L1049"
    ),
    _personal("conditions_file", "เอกสารรับทราบเงื่อนไข", "Signed conditions sheet", "PHUKET L1049"),
)

RISKS = tuple(
    f.flag(name, th, en, privacy=Privacy.SECRET, source="PHUKET L979-980")
    for name, th, en in (
        ("risk_may_sell", "เสี่ยงขายที่ดิน", "May sell the land"),
        ("risk_owner_elderly", "เจ้าของสูงอายุ", "Owner is elderly"),
        ("risk_owner_ill", "เจ้าของมีปัญหาสุขภาพ", "Owner is ill"),
    )
)

PLOTS = Layer(
    id="plots",
    title=Text("แปลง โคก หนอง นา", "Khok Nong Na plots"),
    description=Text(
        "แปลงพัฒนา โคก หนอง นา ตั้งแต่สอบถามจนเป็นศูนย์เรียนรู้ พื้นที่ยึดตามที่ตั้งแปลง",
        "Plots from the first enquiry to the learning centre; the place of the plot decides",
    ),
    group="land",
    geometry="MultiPolygon",
    key="plot_id",
    title_field="plot_id",
    area="area_code",
    privacy=Privacy.RESTRICTED,
    datetime=("status_date",),
    bounds=f.THAILAND,
    source="land.md 3.1; registers.md 9.6",
    fields=f.family(
        Privacy.RESTRICTED,
        f.key(
            "plot_id",
            "รหัสแปลง",
            "Plot ID",
            pattern=r"^KNN-[0-9]{2}-[0-9]{4}-[0-9]{4}$",
            description=Text(
                "KNN-รหัสจังหวัด-ปี พ.ศ.-ลำดับ 4 หลัก", "KNN-province code-year BE-4-digit serial"
            ),
            aliases=("รหัสแปลง",),
            source="land.md 3.1",
        ),
        f.area_code(aliases=("village_code", "หมู่บ้านของแปลง"), source="LAND-R4; PHUKET L1045"),
        f.choice(
            "place_kind", "ประเภทพื้นที่", "Place kind", areas.PLACE_KINDS, source="PHUKET L199-205"
        ),
        *DEED_AREA,
        *ELIGIBILITY,
        *SITE,
        *PROCEDURE,
        *LIFE,
        *CONTRACT,
        *OWNER,
        *RISKS,
        *f.provenance(),
    ),
)

PLOT_ZONES = Layer(
    id="plot_zones",
    title=Text("การใช้พื้นที่ในแปลง", "Plot zones"),
    description=Text(
        "การจัดสรรพื้นที่ 30:30:30:10 หรือรูปแบบอื่น ที่วาด สร้าง หรือสำรวจ",
        "Land use within a plot, 30:30:30:10 or another profile: drawn, generated or surveyed",
    ),
    group="land",
    geometry="MultiPolygon",
    key="zone_id",
    title_field="zone_kind",
    area="area_code",
    privacy=Privacy.RESTRICTED,
    bounds=f.THAILAND,
    source="land.md 3.4",
    fields=f.family(
        Privacy.RESTRICTED,
        f.key("zone_id", "รหัสเขต", "Zone ID", source="land.md 3.4"),
        land.plot_id(),
        f.area_code(),
        f.choice(
            "zone_kind",
            "การใช้พื้นที่",
            "Land use",
            land.ZONE_KINDS,
            required=True,
            source="land.md 3.4",
        ),
        f.choice(
            "group",
            "กลุ่ม",
            "Group",
            land.ZONE_GROUPS,
            description=Text(
                "ผักและสมุนไพรนับเป็นกลุ่มนาข้าวเมื่อรูปแบบไม่มีนา",
                "Vegetables and herbs count as rice in profiles without rice",
            ),
            source="land.md 3.4",
        ),
        f.area_m2("area_m2", "เนื้อที่", "Area", computed=True, source="LAND-R2"),
        f.percent("share_pct", "สัดส่วน", "Share", computed=True, source="LAND-R24"),
        f.choice(
            "source",
            "ที่มาของแนวเขต",
            "Origin of the shape",
            choices(
                drawn=("วาด", "Drawn"),
                generated=("ระบบสร้าง", "Generated"),
                surveyed=("สำรวจ", "Surveyed"),
            ),
            source="land.md 3.4",
        ),
        *land.plan(),
        *f.provenance(),
    ),
)

LAYERS: tuple[Layer, ...] = (PLOTS, *ponds.LAYERS, PLOT_ZONES, *soil.LAYERS)
