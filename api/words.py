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
    "first_page": Text("หน้าแรก", "First page"),
    "features": Text("รายการ", "features"),
    "showing": Text("แสดง", "Showing"),
    "of": Text("จาก", "of"),
    "feature_name": Text("รายการ", "Feature"),
    "all_columns": Text("แสดงทุกคอลัมน์", "Show all columns"),
    "filtered_by": Text("กรองด้วย", "Filtered by"),
    "remove_filter": Text("เอาตัวกรองออก", "Remove this filter"),
    "clear_filters": Text("ล้างตัวกรอง", "Clear all filters"),
    "by_bbox": Text("กรอบพื้นที่", "Box"),
    "by_datetime": Text("ช่วงเวลา", "Time"),
    "by_filter": Text("เงื่อนไข", "Condition"),
    "download": Text("ดาวน์โหลด", "Download"),
    "download_all": Text("ทั้งหมดที่ตรงเงื่อนไข", "everything that matches"),
    "sort_by": Text("เรียงตาม", "Sort by"),
    "search_here": Text("ค้นในกรอบแผนที่นี้", "Search in this map view"),
    "map_of_features": Text("แผนที่ของรายการในหน้านี้", "Map of the features on this page"),
    "map_missing": Text(
        "แสดงแผนที่ไม่ได้ ยังไม่ได้ติดตั้งแพ็กเกจหน้าเว็บ (สั่ง make install เมื่อมี Node.js)",
        "The map cannot be shown: the front-end packages are not installed "
        "(run make install once Node.js is there)",
    ),
    "map_script": Text("แผนที่ต้องใช้ JavaScript", "The map needs JavaScript"),
    "zoom_in": Text("ซูมเข้า", "Zoom in"),
    "zoom_out": Text("ซูมออก", "Zoom out"),
    "coordinates": Text("พิกัด (ละติจูด, ลองจิจูด)", "Position (latitude, longitude)"),
    "open_details": Text("เปิดดูข้อมูลส่วนบุคคล", "Open personal details"),
    "open_details_lead": Text(
        "ข้อมูลจำกัดสิทธิ ใช้เท่าที่จำเป็นต่อหน้าที่ ห้ามเผยแพร่ต่อ",
        "Restricted: for your duties only, do not pass on",
    ),
    "empty_fields": Text("ฟิลด์ที่ยังไม่มีข้อมูล", "Fields without a value"),
    "queryables": Text("ฟิลด์ที่ใช้กรองได้", "Queryables"),
    "sortables": Text("ฟิลด์ที่ใช้เรียงได้", "Sortables"),
    "schema": Text("โครงสร้างข้อมูล", "Schema"),
    "queryables_lead": Text(
        "ใช้ในพารามิเตอร์ filter (CQL2) หรือเขียน ชื่อ=ค่า ในที่อยู่ของหน้าข้อมูล",
        "For use in filter (CQL2), or as name=value in the address of the features",
    ),
    "sortables_lead": Text(
        "ใช้ใน sortby ใส่ - ข้างหน้าเพื่อเรียงจากมากไปน้อย เช่น sortby=-name",
        "For use in sortby; a - before the name turns the order round, as sortby=-name",
    ),
    "schema_lead": Text(
        "ทุกฟิลด์ของรายการหนึ่ง พร้อมชนิด หน่วย และค่าที่ใช้ได้",
        "Every field of a feature with its type, unit and allowed values",
    ),
    "required": Text("ต้องมี", "Required"),
    "menu": Text("เมนู", "Menu"),
    "skip": Text("ข้ามไปยังเนื้อหา", "Skip to the content"),
    "no_features": Text(
        "ไม่มีข้อมูลตามเงื่อนไขนี้ ลองขยายกรอบหรือลดตัวกรอง",
        "Nothing matches; try a larger box or fewer filters",
    ),
}
