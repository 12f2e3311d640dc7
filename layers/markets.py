"""Markets (ตลาด) and other points of sale for community goods."""

from __future__ import annotations

from layers import fields as f
from layers.model import Layer, Privacy, Text, choices

__all__ = ["LAYERS", "MARKETS", "MARKET_KINDS"]

MARKET_KINDS = choices(
    yim_dai=("ตลาดประชารัฐคนไทยยิ้มได้", "Pracharat smiling-Thai market"),
    provincial_goods=("ตลาดของดีจังหวัด", "Provincial goods market"),
    modern_trade=("Modern Trade (ห้างค้าปลีก)", "Modern trade"),
    extension=("ตลาดขยายผล", "Extension market"),
    otop_mobile=("OTOP Mobile (ตลาดเคลื่อนที่)", "OTOP mobile market"),
    travelling=("ตลาดสัญจร", "Travelling market"),
    demo_centre=("ศูนย์สาธิตการตลาด", "Demonstration marketing centre"),
    pracharat_shop=("ร้านค้าประชารัฐสุขใจ", "Pracharat shop"),
)

MARKET_FEATURES = choices(
    no_foam_no_plastic=("งดโฟม งดพลาสติก", "No foam, no plastic"),
    health_inspection=("ตรวจสุขอนามัย", "Health inspection"),
    identity_dress=("แต่งกายอัตลักษณ์ท้องถิ่น", "Local dress"),
    green_packaging=("บรรจุภัณฑ์เป็นมิตรกับสิ่งแวดล้อม", "Green packaging"),
    tents=("เต็นท์", "Tents"),
)

MARKETS = Layer(
    id="markets",
    title=Text("ตลาดและช่องทางจำหน่าย", "Markets"),
    description=Text(
        "ตลาดประชารัฐ ตลาดขยายผล ศูนย์สาธิต และร้านค้าชุมชน",
        "Pracharat and extension markets, demonstration centres and community shops",
    ),
    group="places",
    geometry="Point",
    key="market_id",
    title_field="name_th",
    area="area_code",
    bounds=f.THAILAND,
    source="tourism.md 3.16",
    fields=(
        f.key("market_id", "รหัสตลาด", "Market ID"),
        f.name_th(),
        f.name_en(),
        f.alias(),
        f.area_code(),
        f.choice(
            "kind",
            "ประเภทตลาด",
            "Market kind",
            MARKET_KINDS,
            required=True,
            source="CDD L3139, L3149, L3172; L314-322",
        ),
        f.choice(
            "level",
            "ระดับ",
            "Level",
            choices(
                province=("จังหวัด", "Province"),
                district=("อำเภอ", "District"),
                tambon=("ตำบล", "Tambon"),
                village=("หมู่บ้าน", "Village"),
            ),
            source="CDD L3164-3166",
        ),
        f.choice(
            "frequency",
            "รายวัน/รายสัปดาห์/รายเดือน",
            "Frequency",
            choices(
                daily=("รายวัน", "Daily"),
                weekly=("รายสัปดาห์", "Weekly"),
                monthly=("รายเดือน", "Monthly"),
                other=("อื่น ๆ", "Other"),
            ),
            source="CDD L3164",
        ),
        f.choice(
            "host_kind",
            "พื้นที่จัด",
            "Host",
            choices(
                otop_nawatwithi=("ชุมชนท่องเที่ยว OTOP นวัตวิถี", "OTOP Nawatwithi community"),
                ovc=("หมู่บ้าน OVC", "OVC village"),
                village_with_potential=("หมู่บ้านที่มีศักยภาพ", "Village with potential"),
                other=("อื่น ๆ", "Other"),
            ),
            source="CDD L3149",
        ),
        f.integer(
            "planned_openings",
            "เป้าหมายจำนวนครั้ง",
            "Planned openings",
            "per fiscal year",
            source="CDD L3158",
        ),
        f.items("features", "คุณลักษณะ", "Features", MARKET_FEATURES, source="CDD L3176-3186"),
        f.opening_windows(),
        f.items(
            "openings",
            "ครั้งที่เปิดตลาด",
            "Openings held",
            description=Text(
                "รายการของ date, satisfaction_buyer, satisfaction_seller (1-5)",
                "Items of date, satisfaction_buyer, satisfaction_seller (1-5)",
            ),
            privacy=Privacy.INTERNAL,
            source="CDD L3182",
        ),
        f.items(
            "months",
            "รายงานรายเดือน",
            "Monthly reports",
            description=Text(
                "รายการของ period, sales_thb, vendors, note, state "
                "(not_due, due, submitted, missing, corrected)",
                "Items of period, sales_thb, vendors, note, state "
                "(not_due, due, submitted, missing, corrected)",
            ),
            privacy=Privacy.INTERNAL,
            source="CDD L3190",
        ),
        f.geom_precision(),
        f.publish_level(),
        f.tags(),
        f.as_of(),
        *f.provenance(),
    ),
)

LAYERS: tuple[Layer, ...] = (MARKETS,)
