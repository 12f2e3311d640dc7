"""Places: facilities and roads, and the markets, hazards and permission zones beside them.

A facility is anything that people travel to or are served from: schools, health centres, offices,
learning sites, lodgings, buyers of local produce, waterworks, rescue equipment. Fields that only
some kinds use say so in their description. Prisons and juvenile centres may be published as counts
by province only (privacy.md 11.2), so their rows carry ``publish_level`` internal; no kind has a
place for data about pupils, patients or detainees.
"""

from __future__ import annotations

from geo.network.profiles import BARRIERS
from layers import fields as f
from layers import hazards, markets
from layers.model import Layer, Privacy, Text, choices

__all__ = ["FACILITIES", "FACILITY_KINDS", "LAYERS", "ROADS", "ROAD_CLASSES", "UNPUBLISHED_KINDS"]

INTERNAL = Privacy.INTERNAL

FACILITY_KINDS = choices(
    hospital=("โรงพยาบาล", "Hospital"),
    health_promotion_hospital=("โรงพยาบาลส่งเสริมสุขภาพตำบล (รพ.สต.)", "Sub-district health hospital"),
    clinic=("คลินิก", "Clinic"),
    veterinary=("สถานบริการสัตวแพทย์", "Veterinary service"),
    school=("โรงเรียน", "School"),
    college=("วิทยาลัย", "College"),
    university=("มหาวิทยาลัย", "University"),
    prison=("เรือนจำ/ทัณฑสถาน", "Prison or correctional institution"),
    juvenile_centre=("ศูนย์ฝึกและอบรมเด็กและเยาวชน", "Juvenile training centre"),
    learning_centre=("ศูนย์เรียนรู้", "Learning centre"),
    learning_site=("จุดเรียนรู้/ศึกษาดูงาน", "Learning and study-visit site"),
    technology_centre=("ศูนย์ถ่ายทอดเทคโนโลยีสู่ชุมชน", "Technology transfer centre"),
    government_office=("สถานที่ราชการ", "Government office"),
    community_development_office=("สำนักงานพัฒนาชุมชน", "Community development office"),
    lao_office=("ที่ทำการ อปท.", "Local government office"),
    mhesi_front_office=("อว. ส่วนหน้า", "MHESI front office"),
    fund_office=("สำนักงานเลขานุการกองทุน", "Fund secretariat"),
    community_hall=("ศาลาประชาคม", "Community hall"),
    religious_place=("ศาสนสถาน", "Place of worship"),
    visitor_centre=("ศูนย์บริการข้อมูลนักท่องเที่ยว", "Visitor centre"),
    lodging=("ที่พัก", "Lodging"),
    restaurant=("ร้านอาหาร", "Restaurant"),
    shop=("ร้านค้า", "Shop"),
    department_store=("ห้างสรรพสินค้า", "Department store"),
    factory=("โรงงาน", "Factory"),
    transport=("สถานีขนส่ง ท่าเรือ จุดจอด", "Station, pier or stop"),
    waterworks=("การประปา อปท.", "Waterworks"),
    water_sample_point=("จุดเก็บตัวอย่างน้ำ", "Water sample point"),
    waste_water=("แหล่งน้ำเสีย", "Waste-water site"),
    hazardous_waste=("จุดรวมของเสียอันตราย", "Hazardous-waste collection"),
    rescue_boat_wifi=("เรือกู้ภัยติดตั้ง Wi-Fi", "Rescue boat with Wi-Fi"),
    pump=("เครื่องสูบน้ำ", "Pump"),
    shelter=("ศูนย์พักพิง", "Shelter"),
    other=("อื่น ๆ", "Other"),
)

UNPUBLISHED_KINDS = frozenset({"prison", "juvenile_centre"})
"""Kinds whose single sites are not for the public: type counts by province only (ICT L9)."""

BUYER_KINDS = choices(
    hospital=("โรงพยาบาล", "Hospital"),
    school=("โรงเรียน", "School"),
    hotel=("โรงแรม", "Hotel"),
    restaurant=("ร้านอาหาร", "Restaurant"),
    shop=("ร้านค้า", "Shop"),
    factory=("โรงงาน", "Factory"),
    department_store=("ห้างสรรพสินค้า", "Department store"),
    other=("อื่น ๆ", "Other"),
)
"""The 4ร buyers and their like (tourism.md 3.18)."""

LODGING_KINDS = choices(
    homestay=("โฮมสเตย์", "Homestay"),
    hotel=("โรงแรม", "Hotel"),
    resort=("รีสอร์ต", "Resort"),
    camp=("ลานกางเต็นท์", "Camp"),
    other=("อื่น ๆ", "Other"),
)

VISITOR_FUNCTIONS = choices(
    attraction_info=("ข้อมูลแหล่งท่องเที่ยว", "Attraction information"),
    lodging_info=("ข้อมูลที่พัก", "Lodging information"),
    otop_sale=("จำหน่ายสินค้า OTOP", "OTOP sale"),
    shuttle=("รถรับส่ง", "Shuttle"),
    route_system=("ระบบเส้นทาง", "Route system"),
    data_collection=("เก็บข้อมูล", "Data collection"),
    publicity=("ประชาสัมพันธ์", "Publicity"),
)

WATER_STAGES = choices(
    raw=("น้ำดิบ", "Raw water"),
    tower=("หอถังสูง", "Water tower"),
    treated=("น้ำผ่านการบำบัด", "Treated water"),
    house=("บ้านผู้ใช้น้ำ", "House"),
)
"""The chain of SYS-069; a house sample is placed at its waterworks, never at the house."""

ROAD_CLASSES = choices(
    motorway=("ทางหลวงพิเศษ", "Motorway"),
    highway=("ทางหลวงแผ่นดิน", "National highway"),
    rural_road=("ทางหลวงชนบท", "Rural road"),
    local_road=("ทางหลวงท้องถิ่น", "Local road"),
    street=("ถนนในเมือง/ซอย", "Street or lane"),
    service=("ทางเข้าพื้นที่", "Service road"),
    track=("ทางลำลอง", "Track"),
    path=("ทางเดินเท้า/จักรยาน", "Foot or cycle path"),
    ferry=("เส้นทางเรือ", "Ferry"),
)
"""The classes of the highway law, and below them what planning needs (general knowledge)."""


def _only(th: str, en: str) -> Text:
    return Text(f"เฉพาะ{th}", f"Only for {en}")


EDUCATION = (
    f.integer(
        "joined_year",
        "ปีที่เข้าร่วม (พ.ศ.)",
        "Year joined (BE)",
        minimum=2500,
        maximum=2700,
        description=_only("โรงเรียน เรือนจำ และศูนย์ฝึกในโครงการ", "project sites"),
        source="ICT L9",
    ),
    f.flag("pilot", "นำร่อง", "Pilot", source="ICT L9, L129"),
    f.flag(
        "sandbox",
        "อยู่ในพื้นที่นวัตกรรมการศึกษา",
        "In an education sandbox",
        description=_only("โรงเรียน", "schools"),
        source="PMUA L1570-1578",
    ),
    f.items(
        "curricula",
        "หลักสูตร",
        "Curricula",
        description=_only("สถานศึกษาและศูนย์เรียนรู้", "schools and learning places"),
        source="PMUA L1966",
    ),
    f.items(
        "topics",
        "เรื่องที่เรียนรู้ได้",
        "Topics",
        description=_only("ศูนย์เรียนรู้และศูนย์เทคโนโลยี", "learning and technology centres"),
        source="OTOU L146; PMUA L1209",
    ),
    f.reference(
        "plot_id",
        "รหัสแปลง",
        "Plot ID",
        description=_only(
            "ศูนย์เรียนรู้ โคก หนอง นา ที่เปิดและยินยอมแล้ว",
            "plot learning centres that are open with consent",
        ),
        privacy=INTERNAL,
        source="privacy.md 11.2",
    ),
)

HEALTH_AND_WATER = (
    f.flag(
        "telemedicine",
        "มีโทรเวชกรรม",
        "Telemedicine",
        description=_only("สถานพยาบาล", "health facilities"),
        source="PMUA L2074-2092",
    ),
    f.flag(
        "his_pilot",
        "นำร่องระบบ HIS",
        "HIS pilot",
        description=_only("สถานพยาบาล", "health facilities"),
        source="PMUA L2322-2331",
    ),
    f.reference(
        "waterworks_id",
        "การประปาต้นทาง",
        "Waterworks",
        description=_only("จุดเก็บตัวอย่างน้ำ", "water sample points"),
        source="PMUA L2094-2158",
    ),
    f.choice(
        "water_stage",
        "ขั้นของน้ำ",
        "Stage of the water",
        WATER_STAGES,
        description=_only("จุดเก็บตัวอย่างน้ำ", "water sample points"),
        source="PMUA L2094-2158",
    ),
)

VISITORS = (
    f.items("lao_ids", "อปท. ที่ร่วมดำเนินการ", "Partner LAOs", source="PMUA L2566"),
    f.items(
        "functions",
        "หน้าที่",
        "Functions",
        VISITOR_FUNCTIONS,
        description=_only("ศูนย์บริการข้อมูลนักท่องเที่ยว", "visitor centres"),
        source="PMUA L2566",
    ),
    f.integer("buildings", "จำนวนอาคาร", "Buildings", source="PMUA L2570"),
    f.text(
        "enterprise_registered",
        "จดทะเบียนวิสาหกิจชุมชน",
        "Registered as community enterprise",
        pattern=r"^[0-9]{4}-[0-9]{2}$",
        description=Text("ปี พ.ศ.-เดือน", "Year BE-month"),
        source="PMUA L2570",
    ),
    f.choice(
        "lodging_kind",
        "ประเภทที่พัก",
        "Lodging kind",
        LODGING_KINDS,
        description=_only("ที่พัก", "lodgings"),
        source="tourism.md 3.10",
    ),
    f.integer("beds", "จำนวนที่รับได้", "Beds", "persons/night", minimum=1, source="tourism.md 3.10"),
    f.number(
        "price_thb",
        "ราคาต่อคนต่อคืน",
        "Price per person and night",
        "THB/person/night",
        minimum=0,
        source="tourism.md 3.10",
    ),
    f.time("checkin_from", "เช็กอินตั้งแต่", "Check-in from", source="tourism.md 3.10"),
    f.time("checkout_until", "เช็กเอาต์ภายใน", "Check-out until", source="tourism.md 3.10"),
    f.flag("catalogue_outlet", "วางแคตตาล็อก", "Carries catalogue", source="CDD L2863"),
)

BUYING = (
    f.choice(
        "buyer_kind",
        "ประเภทผู้ซื้อ",
        "Buyer kind",
        BUYER_KINDS,
        description=_only("ผู้ซื้อผลผลิต (4ร)", "buyers of local produce"),
        source="tourism.md 3.18",
    ),
    f.record(
        "demand",
        "ความต้องการ",
        "Demand",
        description=Text("กิโลกรัมต่อเดือนตามหมวดสินค้า", "kg a month by category"),
        source="CDD L3283",
    ),
)

FACILITIES = Layer(
    id="facilities",
    title=Text("สถาบันและสถานบริการ", "Institutions and facilities"),
    description=Text(
        "โรงเรียน สถานพยาบาล สำนักงาน ศูนย์เรียนรู้ ที่พัก ผู้ซื้อ การประปา และจุดบริการอื่น",
        "Schools, health centres, offices, learning sites, lodgings, buyers, waterworks and more",
    ),
    group="places",
    geometry="Point",
    key="facility_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="systems.md L7; tourism.md 3.9, 3.10, 3.18",
    fields=(
        f.key("facility_id", "รหัสสถานที่", "Facility ID"),
        f.name_th(),
        f.name_en(),
        f.alias(),
        f.area_code(),
        f.choice("kind", "ประเภท", "Kind", FACILITY_KINDS, required=True, source="systems.md L7"),
        f.text("affiliation", "สังกัด", "Affiliation", source="PMUA L2074-2092"),
        f.items("services", "บริการ", "Services"),
        f.integer("capacity", "จำนวนที่รองรับได้", "Capacity", "persons"),
        f.text("address", "ที่อยู่", "Address"),
        f.text("phone", "โทรศัพท์หน่วยงาน", "Office phone"),
        f.text("website", "เว็บไซต์", "Website", pattern=r"^https?://\S+$"),
        f.opening_windows(),
        *EDUCATION,
        *HEALTH_AND_WATER,
        *VISITORS,
        *BUYING,
        f.geom_precision(),
        f.publish_level(),
        f.consent_state(),
        f.tags(),
        f.as_of(),
        *f.provenance(),
    ),
)

ROADS = Layer(
    id="roads",
    title=Text("ถนน", "Roads"),
    description=Text(
        "โครงข่ายถนนสำหรับวัดระยะและจัดเส้นทาง แบ่งช่วงที่ทางแยก",
        "The road network for distances and routes, split at junctions",
    ),
    group="places",
    geometry="LineString",
    key="road_id",
    title_field="name_th",
    area="area_code",
    source="TOUR-R132; LAND-R30 F7",
    fields=(
        f.key("road_id", "รหัสช่วงถนน", "Road segment ID"),
        f.name_th(required=False),
        f.name_en(),
        f.text("ref", "หมายเลขทางหลวง", "Road number"),
        f.area_code(required=False),
        f.choice("road_class", "ประเภทถนน", "Road class", ROAD_CLASSES, required=True),
        f.choice(
            "surface",
            "ผิวทาง",
            "Surface",
            choices(
                paved=("ลาดยางหรือคอนกรีต", "Paved"),
                gravel=("ลูกรัง", "Gravel"),
                earth=("ดิน", "Earth"),
                water=("ทางน้ำ", "Water"),
            ),
        ),
        f.flag("motor", "รถยนต์ผ่านได้", "Open to motor vehicles", source="LAND-R30 F7"),
        f.flag(
            "motorcycle",
            "รถจักรยานยนต์ผ่านได้",
            "Open to motorcycles",
            description=Text("ว่าง = ตามรถยนต์", "Empty: as for motor vehicles"),
        ),
        f.flag("bicycle", "จักรยานผ่านได้", "Open to bicycles"),
        f.flag("foot", "คนเดินผ่านได้", "Open to walkers"),
        f.choice("barrier_start", "สิ่งกีดขวางต้นเส้น", "Barrier where the line begins", BARRIERS),
        f.choice("barrier_end", "สิ่งกีดขวางปลายเส้น", "Barrier where the line ends", BARRIERS),
        f.choice(
            "oneway",
            "ทิศทางเดินรถ",
            "Direction",
            choices(
                both=("สองทาง", "Both ways"),
                forward=("ทางเดียวตามแนวเส้น", "One way along the line"),
                backward=("ทางเดียวสวนแนวเส้น", "One way against the line"),
            ),
        ),
        f.number(
            "speed_kmh",
            "ความเร็วเดินทาง",
            "Travel speed",
            "km/h",
            minimum=1,
            maximum=120,
            source="TOUR-R132",
        ),
        f.integer("lanes", "จำนวนช่องจราจร", "Lanes", minimum=1),
        f.number("width_m", "ความกว้างผิวทาง", "Width", "m", minimum=0),
        f.flag("bridge", "สะพาน", "Bridge"),
        f.number("length_m", "ความยาว", "Length", "m", minimum=0, computed=True, source="LAND-R2"),
        f.as_of(),
        *f.provenance(),
    ),
)

LAYERS: tuple[Layer, ...] = (FACILITIES, *markets.LAYERS, ROADS, *hazards.LAYERS)
