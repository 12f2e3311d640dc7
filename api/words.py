"""The words of the pages, in one place and both languages."""

from __future__ import annotations

from collections.abc import Mapping

from geo.text import Text

__all__ = ["WORDS"]

WORDS: Mapping[str, Text] = {
    "site": Text("ภูมิ phumi", "phumi"),
    "purpose": Text(
        "แผนที่และข้อมูลเพื่อการวางแผนพัฒนาเชิงพื้นที่",
        "Maps and data for area-based development planning",
    ),
    "map": Text("แผนที่", "Map"),
    "open_map": Text("เปิดแผนที่", "Open the map"),
    "layers": Text("ชั้นข้อมูล", "Layers"),
    "see_layers": Text("ดูชั้นข้อมูล", "See the layers"),
    "layers_lead": Text(
        "ชั้นข้อมูลที่ท่านดูได้ เลือกเพื่อดูคำอธิบายฟิลด์และข้อมูล",
        "The layers that you may see; choose one for its fields and features",
    ),
    "no_layers": Text(
        "ยังไม่มีชั้นข้อมูล นำเข้าด้วย phumi import", "No layers yet; bring some in with phumi import"
    ),
    "for_programs": Text("สำหรับโปรแกรมและนักวิเคราะห์", "For programs and analysts"),
    "conformance": Text("มาตรฐานที่รองรับ", "Conformance"),
    "conformance_lead": Text(
        "ชั้นมาตรฐาน OGC ที่บริการนี้ปฏิบัติตาม", "The OGC conformance classes that this service meets"
    ),
    "see_features": Text("ดูข้อมูล", "See the features"),
    "fields": Text("ฟิลด์", "Fields"),
    "field": Text("ความหมาย", "Meaning"),
    "name": Text("ชื่อในระบบ", "Name"),
    "type": Text("ชนิด", "Type"),
    "unit": Text("หน่วย", "Unit"),
    "values": Text("ค่าที่ใช้ได้", "Allowed values"),
    "next_page": Text("หน้าถัดไป", "Next page"),
    "no_features": Text(
        "ไม่มีข้อมูลตามเงื่อนไขนี้ ลองขยายกรอบหรือลดตัวกรอง",
        "Nothing matches; try a larger box or fewer filters",
    ),
}
