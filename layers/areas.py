"""Areas: regions, provinces, districts, tambons, villages and local governments.

Codes are those of the Department of Provincial Administration: 2, 4, 6 and 8 digits, each
parent's code the beginning of its child's (IMP-R7). Names of the areas above stand beside the
code, so that a table reads without a join. Local governments do not nest in tambons and have
codes of their own (BORD-R40).
"""

from __future__ import annotations

from layers import fields as f
from layers.model import Field, Layer, Privacy, Text, choices

__all__ = [
    "DISTRICTS",
    "LAYERS",
    "LOCAL_GOVERNMENTS",
    "PLACE_KINDS",
    "PROVINCES",
    "REGIONS",
    "TAMBONS",
    "VILLAGES",
]

PROVINCE_LISTS = choices(
    NE20=("จังหวัดเป้าหมายภาคตะวันออกเฉียงเหนือ 20 จังหวัด", "20 north-eastern target provinces"),
    UN8=("ตลาดอินทรีย์ภาคเหนือตอนบน 8 จังหวัด", "8 upper-north provinces, organic market"),
    LN9=("อาหารปลอดภัยภาคเหนือตอนล่าง 9 จังหวัด", "9 lower-north provinces, safe food"),
    ST10=("เส้นทางท่องเที่ยวภาคใต้ 10 จังหวัด", "10 southern tourism-route provinces"),
    BF25=("งาน OTOP ชายแดน 25 จังหวัด", "25 border-fair provinces"),
    RC26=("RESTT ภาคกลาง ตะวันออก ตะวันตก 26 จังหวัด", "RESTT Central, East, West, 26"),
    RU8=("RESTT มหาวิทยาลัยเชียงใหม่ 8 จังหวัด", "RESTT host Chiang Mai University, 8"),
    RL10=("RESTT ภาคเหนือตอนล่างและเลย 10 จังหวัด", "RESTT lower North and Loei, 10"),
    RN18=("RESTT มหาวิทยาลัยมหาสารคาม 18 จังหวัด", "RESTT host Mahasarakham University, 18"),
    RS14=("RESTT ภาคใต้ 14 จังหวัด", "RESTT South, 14"),
    DR45=("งานรายได้ดิจิทัล 45 จังหวัด", "45 provinces of digital revenue work"),
    DH61=("D-HOPE นำร่องปี 2561 9 จังหวัด", "D-HOPE pilots of 2561 BE, 9"),
    DH62=("D-HOPE ปี 2562 5 จังหวัด", "D-HOPE of 2562 BE, 5"),
    KBO4=("KBO นำร่องปี 2559 4 จังหวัด", "KBO pilots of 2559 BE, 4"),
    SRA7=("วิจัยเชิงยุทธศาสตร์และกวางซี 7 จังหวัด", "7 strategic-research and Guangxi pilots"),
    LC10=("บทเรียนเมืองแห่งการเรียนรู้ 10 พื้นที่", "10 learning-city lesson areas"),
    OV3=("OVC ภาคเหนือ 3 จังหวัด ปี 2562", "3 northern OVC provinces of 2562 BE"),
    LNE4=("กลุ่มจังหวัดอีสานตอนล่าง 1", "Lower north-eastern province group 1"),
)
"""The lists of the sources that a province stands in (places.md 6.1, GAZ-R1)."""

PLACE_KINDS = choices(village=("หมู่บ้าน", "Village"), community=("ชุมชน", "Community"))
"""A lowest area is a rural village or an urban community (LOC-R14)."""

LAO_TYPES = choices(
    city_municipality=("เทศบาลนคร", "City municipality"),
    town_municipality=("เทศบาลเมือง", "Town municipality"),
    subdistrict_municipality=("เทศบาลตำบล", "Subdistrict municipality"),
    sao=("องค์การบริหารส่วนตำบล (อบต.)", "Subdistrict administrative organisation"),
    pao=("องค์การบริหารส่วนจังหวัด (อบจ.)", "Provincial administrative organisation"),
    special=("รูปแบบพิเศษ (กทม. เมืองพัทยา)", "Special (Bangkok, Pattaya)"),
)


def _code(digits: int, *aliases: str) -> Field:
    return f.key(
        "code",
        "รหัสพื้นที่",
        "Area code",
        pattern=rf"^[0-9]{{{digits}}}$",
        source="IMP-R7",
        aliases=aliases,
    )


def _names(english: str = "", thai: str = "") -> tuple[Field, Field]:
    return (
        f.name_th(aliases=(thai,) if thai else ()),
        f.name_en(aliases=(english,) if english else ()),
    )


def _province() -> tuple[Field, ...]:
    return (
        f.text("province_th", "จังหวัด", "Province (Thai)", aliases=("ADM1_TH", "จังหวัด")),
        f.text("province_en", "จังหวัด (อังกฤษ)", "Province", aliases=("ADM1_EN",)),
    )


def _district() -> tuple[Field, ...]:
    return (
        f.text("district_th", "อำเภอ", "District (Thai)", aliases=("ADM2_TH", "อำเภอ")),
        f.text("district_en", "อำเภอ (อังกฤษ)", "District", aliases=("ADM2_EN",)),
    )


def _tambon() -> tuple[Field, ...]:
    return (
        f.text("tambon_th", "ตำบล", "Tambon (Thai)", aliases=("ADM3_TH", "ตำบล")),
        f.text("tambon_en", "ตำบล (อังกฤษ)", "Tambon", aliases=("ADM3_EN",)),
    )


def _size() -> Field:
    return f.number("area_km2", "เนื้อที่", "Area", "km2", minimum=0, source="PHUKET L191")


def _people() -> tuple[Field, Field]:
    return (
        f.integer("population", "ประชากร", "Population", aliases=("ประชากร",), source="CDD L821"),
        f.integer("households", "ครัวเรือน", "Households", aliases=("ครัวเรือน",), source="CDD L821"),
    )


def _units(*levels: str) -> tuple[Field, ...]:
    thai = {"districts": "อำเภอ", "tambons": "ตำบล", "villages": "หมู่บ้าน", "communities": "ชุมชน"}
    return tuple(
        f.integer(
            f"n_{level}", f"จำนวน{thai[level]}", f"Number of {level}", source="PHUKET L191-205"
        )
        for level in levels
    )


REGIONS = Layer(
    id="regions",
    title=Text("ภาคและกลุ่มจังหวัด", "Regions"),
    description=Text(
        "ภาคและกลุ่มจังหวัดที่แผนงานใช้ จังหวัดหนึ่งอยู่ได้หลายกลุ่ม",
        "Regions and province groups that programmes use; a province may be in several",
    ),
    group="areas",
    geometry="MultiPolygon",
    key="code",
    title_field="name_th",
    bounds=f.THAILAND,
    source="places.md 6.1",
    fields=(
        f.key("code", "รหัสภาค", "Region code"),
        *_names(),
        f.choice(
            "kind",
            "ประเภท",
            "Kind",
            choices(region=("ภาค", "Region"), province_group=("กลุ่มจังหวัด", "Province group")),
            source="PMUA L551-602",
        ),
        f.items("province_codes", "รหัสจังหวัดในภาค", "Codes of its provinces"),
        _size(),
        *_people(),
        *f.provenance(),
    ),
)

PROVINCES = Layer(
    id="provinces",
    title=Text("จังหวัด", "Provinces"),
    description=Text("77 จังหวัด รวมกรุงเทพมหานคร", "The 77 provinces, Bangkok among them"),
    group="areas",
    geometry="MultiPolygon",
    key="code",
    title_field="name_th",
    area="code",
    bounds=f.THAILAND,
    source="places.md 6.1",
    fields=(
        _code(2, "ADM1_PCODE"),
        *_names("ADM1_EN", "ADM1_TH"),
        f.alias(),
        f.reference("region_code", "รหัสภาค", "Region code"),
        f.items("lists", "บัญชีรายชื่อที่จังหวัดอยู่", "Lists it stands in", PROVINCE_LISTS, source="GAZ-R1"),
        _size(),
        *_people(),
        *_units("districts", "tambons", "villages", "communities"),
        *f.provenance(),
    ),
)

DISTRICTS = Layer(
    id="districts",
    title=Text("อำเภอ", "Districts"),
    description=Text("อำเภอ และเขตของกรุงเทพมหานคร", "Districts, and those of Bangkok"),
    group="areas",
    geometry="MultiPolygon",
    key="code",
    title_field="name_th",
    area="code",
    bounds=f.THAILAND,
    source="PHUKET L191-205",
    fields=(
        _code(4, "ADM2_PCODE"),
        *_names("ADM2_EN", "ADM2_TH"),
        f.alias(),
        *_province(),
        _size(),
        *_people(),
        *_units("tambons", "villages", "communities"),
        *f.provenance(),
    ),
)

TAMBONS = Layer(
    id="tambons",
    title=Text("ตำบล", "Tambons"),
    description=Text("ตำบล และแขวงของกรุงเทพมหานคร", "Tambons, and the khwaeng of Bangkok"),
    group="areas",
    geometry="MultiPolygon",
    key="code",
    title_field="name_th",
    area="code",
    bounds=f.THAILAND,
    source="PHUKET L191-205",
    fields=(
        _code(6, "ADM3_PCODE"),
        *_names("ADM3_EN", "ADM3_TH"),
        f.alias(),
        *_district(),
        *_province(),
        _size(),
        *_people(),
        *_units("villages", "communities"),
        *f.provenance(),
    ),
)

VILLAGES = Layer(
    id="villages",
    title=Text("หมู่บ้านและชุมชน", "Villages and communities"),
    description=Text(
        "หมู่บ้านและชุมชนเมือง ณ จุดศูนย์กลาง พร้อมข้อมูลพื้นฐานระดับหมู่บ้าน (กชช.2ค)",
        "Rural villages and urban communities at their centres, with village basic data (NRD-2C)",
    ),
    group="areas",
    geometry="Point",
    key="code",
    title_field="name_th",
    area="code",
    bounds=f.THAILAND,
    source="LOC-R14; registers.md 9.3",
    fields=(
        _code(8, "village_code", "รหัสหมู่บ้าน"),
        *_names(),
        f.alias(),
        f.integer("village_no", "หมู่ที่", "Village number (moo)", aliases=("moo", "หมู่ที่")),
        f.choice(
            "kind",
            "ประเภทพื้นที่",
            "Place kind",
            PLACE_KINDS,
            required=True,
            source="PHUKET L199-205",
        ),
        *_tambon(),
        *_district(),
        *_province(),
        *_people(),
        f.integer(
            "survey_year",
            "ปีจัดเก็บ (พ.ศ.)",
            "Survey year (BE)",
            minimum=2500,
            maximum=2700,
            privacy=Privacy.INTERNAL,
            aliases=("ปีจัดเก็บ",),
            source="PHUKET L655",
        ),
        f.integer(
            "severity",
            "ระดับความรุนแรงของปัญหา",
            "Severity of problems",
            minimum=1,
            maximum=3,
            privacy=Privacy.INTERNAL,
            aliases=("ระดับความรุนแรงของปัญหา",),
            source="PHUKET L655",
        ),
        f.integer(
            "development_level",
            "ระดับการพัฒนาหมู่บ้าน",
            "Development level",
            minimum=1,
            maximum=3,
            privacy=Privacy.INTERNAL,
            aliases=("ระดับการพัฒนาหมู่บ้าน",),
            source="PHUKET L655",
        ),
        f.geom_precision(),
        f.as_of(),
        *f.provenance(),
    ),
)

LOCAL_GOVERNMENTS = Layer(
    id="local_governments",
    title=Text("องค์กรปกครองส่วนท้องถิ่น (อปท.)", "Local governments"),
    description=Text(
        "อปท. ทุกรูปแบบ ขอบเขตไม่จำเป็นต้องตรงกับตำบลหรือหมู่บ้าน",
        "Local governments of every kind; they need not match tambons or villages",
    ),
    group="areas",
    geometry="MultiPolygon",
    key="lao_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="border.md 3.8; BORD-R40",
    fields=(
        f.key("lao_id", "รหัส อปท.", "LAO ID"),
        *_names(),
        f.alias(),
        f.area_code(
            description=Text(
                "รหัสจังหวัดหรืออำเภอที่ครอบคลุม อปท. ทั้งหมด ห้ามอนุมาน อปท. จากรหัสตำบล",
                "The province or district that holds it whole; no tambon code tells the LAO",
            )
        ),
        f.choice(
            "lao_type",
            "ประเภท อปท.",
            "LAO type",
            LAO_TYPES,
            required=True,
            source="PMUA L1995, L2566",
        ),
        f.choice(
            "tier",
            "ระดับชั้น",
            "Tier",
            choices(
                base=("ระดับพื้นฐาน", "Base (all but the provincial organisation)"),
                province=("ระดับจังหวัด", "Province"),
            ),
            computed=True,
            source="BORD-R44",
        ),
        f.items(
            "lao_tambon",
            "สัดส่วน อปท. กับตำบล",
            "LAO-tambon bridge",
            description=Text(
                "รายการของ tambon_code, area_share_tambon, area_share_lao (0 ถึง 1)",
                "Items of tambon_code, area_share_tambon, area_share_lao (0 to 1)",
            ),
            source="PMUA L2564",
        ),
        f.items(
            "lao_village",
            "สัดส่วน อปท. กับหมู่บ้าน",
            "LAO-village bridge",
            description=Text(
                "รายการของ village_code, share (0 ถึง 1), share_kind (register, households, area)",
                "Items of village_code, share (0 to 1), share_kind (register, households, area)",
            ),
            source="PMUA L2566; BORD-R41, R42",
        ),
        _size(),
        *_people(),
        f.as_of(),
        *f.provenance(),
    ),
)

LAYERS: tuple[Layer, ...] = (REGIONS, PROVINCES, DISTRICTS, TAMBONS, VILLAGES, LOCAL_GOVERNMENTS)
