"""Projects, deadlines, documents, and the printed counts of Phuket as indicators."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from layers.deadline_rules import due_days
from sample_data.demo import Demo
from sample_data.frame import lonlat
from sample_data.rows import Row, Tables, invented

__all__ = ["SUMMARY", "work_tables"]

FRAMEWORK = "PHUKET_SUMMARY"
INDICATORS = (
    ("tambons", "จำนวนตำบล", "Tambons"),
    ("villages", "จำนวนหมู่บ้าน", "Villages"),
    ("communities", "จำนวนชุมชน", "Communities"),
    ("abt", "จำนวน อบต.", "Subdistrict administrative organisations"),
    ("tambon_municipality", "จำนวนเทศบาลตำบล", "Subdistrict municipalities"),
    ("town_municipality", "จำนวนเทศบาลเมือง", "Town municipalities"),
    ("city_municipality", "จำนวนเทศบาลนคร", "City municipalities"),
)
# Counts in the order of INDICATORS (PHUKET L191-205; assessment.md 16.3); None: not printed.
SUMMARY = {
    "8301": (8, 44, 32, 1, 5, None, 1),
    "8302": (3, 6, 26, 1, None, 2, None),
    "8303": (6, 46, 0, 4, 4, None, None),
    "83": (17, 96, 58, 6, 9, 2, 1),
}
DERIVED = {("8303", "villages"), ("8303", "communities")} | {
    ("83", code) for code, _, _ in INDICATORS[3:]
}

PROJECTS = (
    ("ขุดสระโคก หนอง นา ระยะที่ 1", "Khok Nong Na Ponds, Phase 1", "supported", 2567),
    ("ตลาดประชารัฐระดับตำบล", "Tambon Pracharat Markets", "joint", 2567),
    ("พัฒนาโปรแกรมท่องเที่ยวชุมชน", "Community Tourism Programmes", "joint", 2568),
    ("ฝึกอาชีพครัวเรือนยากจน", "Occupational Training for Poor Households", "supported", 2568),
    ("ติดตามลูกหนี้กองทุนพัฒนาบทบาทสตรี", "Women's Fund Debt Follow-Up", "self", 2568),
    ("ปรับปรุงแผนที่เสี่ยงภัยตำบล", "Tambon Hazard Maps", "joint", 2568),
)
STATUSES = ("closed", "reported", "running", "running", "contracted", "in_plan")

# Rule of assessment.md 15.2, programme, deliverable, level, rule, days to do it. The field reports
# of weeks 1 and 3 follow from the layer field_rounds.
DEADLINES = (
    ("DL60", "Click", "รายงานประจำเดือน", "Monthly report", "district", "day_of_month", 20),
    ("DL34", "กองทุนชุมชน", "รายงานหลังกิจกรรม", "Report after an activity", "district",
     "after_completion", 7),
    ("DL43", "งานแสดงสินค้าชายแดน", "รายงานผล", "Result report", "province", "after_completion", 15),
    ("DL63", "โคก หนอง นา", "รายงานผลประจำเดือน", "Result report", "district", "monthly", 30),
    ("DL44", "ตลาดประชารัฐ", "ยอดจำหน่ายและข้อมูลตลาด", "Sales and market data", "province",
     "monthly", 30),
    ("DL66", "งานข้อมูล", "ติดตามประเมินผล", "Monitoring", "province", "quarterly", 30),
)  # fmt: skip
DOCUMENTS = (
    ("report", "รายงานผลการขุดสระ (ตัวอย่าง)", "projects"),
    ("agreement", "บันทึกข้อตกลงความร่วมมือ (ตัวอย่าง)", "projects"),
    ("plan_book", "แผนพัฒนาตำบล (ตัวอย่าง)", "projects"),
    ("minutes", "รายงานการประชุม (ตัวอย่าง)", "projects"),
    ("photo", "ภาพก่อนดำเนินการ (ตัวอย่าง)", "projects"),
    ("knowledge", "คู่มือบันทึกพิกัดแปลง (ตัวอย่าง)", "projects"),
)


def work_tables(demo: Demo) -> Tables:
    """The rows of the family "work"."""
    projects = _projects(demo)
    return {
        "projects": projects,
        "documents": _documents(demo, projects),
        "deadlines": _deadlines(demo),
        "indicators": _indicators(),
        "observations": _observations(),
    }


def _projects(demo: Demo) -> list[Row]:
    rng = demo.chance("projects")
    rows = []
    for number in range(1, 19):
        th, en, method, year = PROJECTS[(number - 1) % len(PROJECTS)]
        place = demo.settlements[int(rng.integers(len(demo.settlements)))]
        status = STATUSES[int(rng.integers(len(STATUSES)))]
        allocated = int(rng.integers(4, 60)) * 10_000
        contracted = round(allocated * rng.uniform(0.85, 1.0), -2)
        running = status in ("running", "reported", "closed")
        begun = date(year - 544, 10, 1) + timedelta(days=int(rng.integers(30, 150)))
        rows.append(
            invented(
                project_id=f"PJ-83-{number:03d}",
                kind="project",
                name_th=f"{th} {place.name_th}",
                name_en=f"{en}, {place.name_en}",
                fiscal_year_be=year,
                start_date=begun,
                end_date=begun + timedelta(days=int(rng.integers(60, 210))),
                owner_org="สำนักงานพัฒนาชุมชนจังหวัด (ตัวอย่าง)",
                area_code=place.code,
                areas=[place.code],
                geom_precision="village",
                level="village",
                priority=number,
                method_class=method,
                status=status,
                allocated_thb=allocated,
                contracted_thb=contracted if status != "in_plan" else None,
                spent_thb=_spent(contracted, status, rng) if running else None,
                geometry=lonlat(place.point),
            )
        )
    return rows


def _spent(contracted: float, status: str, rng: np.random.Generator) -> float:
    return contracted if status == "closed" else round(contracted * rng.uniform(0.2, 0.9), 2)


def _documents(demo: Demo, projects: list[Row]) -> list[Row]:
    rng = demo.chance("documents")
    rows = []
    for number, (kind, title, layer) in enumerate(DOCUMENTS, 1):
        project = projects[int(rng.integers(len(projects)))]
        rows.append(
            invented(
                doc_id=f"DOC-83-{number:03d}",
                title=title,
                kind=kind,
                subject_layer=layer,
                subject_id=project["project_id"],
                doc_date=project["start_date"],
                file_state="missing",  # the demo has no files
                phase="before" if kind == "photo" else None,
                area_code=project["area_code"],
                publish_level="internal",
                geometry=project["geometry"],
            )
        )
    return rows


def _deadlines(demo: Demo) -> list[Row]:
    rng = demo.chance("deadlines")
    rows = []
    for rule_id, programme, th, en, level, rule, days in DEADLINES:
        areas = ["83"] if level == "province" else sorted({t.code[:4] for t in demo.tambons})
        for month in (5, 6, 7):
            for area in areas:
                counted = date(2025, month, 3) if rule == "after_completion" else None
                due = due_days(
                    rule,
                    counted or date(2025, month, 1),
                    offset_days=days,
                    day_of_month=days,
                )[0]
                done = due - timedelta(days=int(rng.integers(-4, 6)))
                rows.append(
                    invented(
                        deadline_id=f"{rule_id}-{area}-2025{month:02d}",
                        rule_id=rule_id,
                        programme=programme,
                        deliverable_th=th,
                        deliverable_en=en,
                        actor=level,
                        area_level=level,
                        area_code=area,
                        rule=rule,
                        offset_days=days if counted else None,
                        anchor_on=counted,
                        due_on=due,
                        done_on=done if month < 7 or rng.random() < 0.4 else None,
                    )
                )
    return rows


def _indicators() -> list[Row]:
    head = {
        "indicator_code": FRAMEWORK,
        "kind": "framework",
        "framework_code": FRAMEWORK,
        "name_th": "ข้อมูลสรุปจังหวัดภูเก็ต",
        "name_en": "Phuket summary",
        "unit_of_analysis": "district",
        "n_indicators": len(INDICATORS),
        "list_known": True,
        "status": "stated",
        **_printed(),
    }
    return [
        head,
        *(
            {
                "indicator_code": f"{FRAMEWORK}.{code}",
                "kind": "indicator",
                "framework_code": FRAMEWORK,
                "name_th": th,
                "name_en": en,
                "unit_of_analysis": "district",
                "unit": "count",
                "value_type": "count",
                "direction": "none",
                "aggregation": "sum",
                "period_type": "calendar_year",
                "sensitive": False,
                "status": "stated",
                **_printed(),
            }
            for code, th, en in INDICATORS
        ),
    ]


def _observations() -> list[Row]:
    return [
        {
            "observation_id": f"OBS-{area}-{code}",
            "indicator_code": f"{FRAMEWORK}.{code}",
            "subject_type": "area",
            "subject_id": area,
            "area_code": area,
            "period_start": date(2025, 1, 1),
            "period_end": date(2025, 12, 31),
            "period_label": "2568",
            "phase": "none",
            "response_state": "reported",
            "value_num": value,
            "unit": "count",
            "quality_flags": ["derived"] if (area, code) in DERIVED else None,
            "record_state": "verified",
            **_printed(),
        }
        for area, values in SUMMARY.items()
        for (code, _, _), value in zip(INDICATORS, values, strict=True)
        if value is not None
    ]


def _printed() -> dict[str, str]:
    return {"source_ref": "PHUKET L191-205", "data_origin": "official"}
