"""The words of an answer: what its figures and codes are called, from where they are defined."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from geo.text import Text
from geo.thai import format_date
from layers.catalogue import CATALOGUE
from layers.processes import PROCESSES, Process
from layers.processes.verdict import SIGNS

__all__ = ["PURPOSES", "ProcessWords", "by_purpose", "words_of"]

PURPOSES: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (
        Text("แปลงที่ดินและสระน้ำ", "Plots and ponds"),
        ("pond-check", "plot-layout", "site-screening", "plot-life", "hazard-overlay"),
    ),
    (
        Text("ครัวเรือนยากจนและความช่วยเหลือ", "Poor households and aid"),
        ("poverty-tiers", "target-selection", "aid-gap"),
    ),
    (
        Text("ลูกหนี้และกองทุน", "Debtors and funds"),
        ("debtor-classes", "relief-calculator", "fund-check", "pin-check",
         "lm-comparison", "handover-pack"),
    ),
    (
        Text("การเดินทางและเส้นทาง", "Travel and routes"),
        ("visit-rounds", "tour-route", "nearest-facility", "service-coverage", "delivery-zone",
         "road-check"),
    ),
    (
        Text("ชายแดนและการค้า", "Border and trade"),
        ("supply-demand-match", "corridor-profile", "flow-map"),
    ),
    (
        Text("ติดตามและประเมินผล", "Monitoring and assessment"),
        ("deadline-board", "budget-progress", "area-assessment", "indicator-compare",
         "impact-calculator", "data-quality"),
    ),
)  # fmt: skip
OTHERS = Text("อื่น ๆ", "Others")

DAY = re.compile(r"\d{4}-\d\d-\d\d")
YEAR = re.compile(r"year|_be$|^(from|to)$")
NOTHING = "–"
YES_NO = {True: Text("ใช่", "Yes"), False: Text("ไม่ใช่", "No")}

SUMMARY: Mapping[str, Text] = {
    "access_until": Text("เข้าถึงได้ถึง", "Access until"),
    "all": Text("ทั้งหมด", "all"),
    "areas": Text("รายพื้นที่", "By area"),
    "as_of_unknown": Text("ไม่ทราบวันที่ของข้อมูล", "Day of the figures unknown"),
    "asked": Text("รายที่ต้องเยี่ยม", "To be visited"),
    "balance_difference_thb": Text("ผลต่างยอดคงเหลือ (บาท)", "Difference of balances (THB)"),
    "bands": Text("ช่วงวันที่เหลือ", "Bands of days left"),
    "beyond": Text("นอกระยะ", "Beyond"),
    "beyond_limit": Text("เกินระยะที่กำหนด", "Beyond the limit"),
    "blocked": Text("ติดเงื่อนไข", "Blocked"),
    "broken": Text("ข้อที่ไม่ผ่าน", "Broken"),
    "by_area": Text("รายพื้นที่", "By area"),
    "candidates": Text("ตัวเลือก", "Candidates"),
    "capital_areas": Text("ทุนรายพื้นที่", "Capitals by area"),
    "cascade": Text("ขั้นการคัดเลือก", "Stages of selection"),
    "cases": Text("เรื่องช่วยเหลือ", "Aid cases"),
    "changed": Text("เปลี่ยนสถานะ", "Changed"),
    "checklist": Text("รายการตรวจ", "Checklist"),
    "checklist_steps": Text("ขั้นตอนที่ทำแล้วรายอำเภอ", "Steps done by district"),
    "choice": Text("การคัดเลือกตามโควตา", "Choice within the quota"),
    "classes": Text("ชั้น", "Classes"),
    "closed": Text("ปิดแล้ว", "Closed"),
    "collapsed": Text("เส้นที่สั้นเกินไป", "Collapsed"),
    "complementary": Text("ความช่วยเหลือที่เสริมกัน", "Complementary aid"),
    "contracts": Text("สัญญา", "Contracts"),
    "contracts_in_lm": Text("สัญญาใน LM", "Contracts in LM"),
    "cost_group": Text("ค่าใช้จ่ายทั้งคณะ", "Cost of the group"),
    "cost_pp": Text("ค่าใช้จ่ายต่อคน", "Cost per person"),
    "counts": Text("จำนวน", "Counts"),
    "crossings_not_joined": Text("จุดตัดที่ไม่ต่อกัน", "Crossings not joined"),
    "debtors": Text("ลูกหนี้", "Debtors"),
    "differences": Text("ความแตกต่าง", "Differences"),
    "district_load": Text("ภาระรายอำเภอ", "Load of districts"),
    "districts_without_team": Text("อำเภอที่ยังไม่มีทีม", "Districts without a team"),
    "done_on": Text("ทำเมื่อ", "Done on"),
    "drive_min": Text("เวลาเดินทาง (นาที)", "Driving (min)"),
    "duties": Text("งานที่ต้องส่ง", "Duties"),
    "dynamics": Text("พลวัตความยากจน", "Dynamics of poverty"),
    "edges": Text("ช่วงถนน", "Edges"),
    "elevation": Text("ข้อมูลความสูง", "Heights"),
    "errors": Text("คำนวณไม่ได้", "Not computed"),
    "estimated": Text("ประมาณจากระยะตรง", "Estimated from the straight line"),
    "examined": Text("ร่างที่ตรวจ", "Drafts examined"),
    "facilities": Text("สถานที่บริการ", "Facilities"),
    "facilities_off_road": Text("สถานที่ที่ไกลถนน", "Facilities far from a road"),
    "factors": Text("ปัจจัย", "Factors"),
    "faults": Text("ข้อบกพร่อง", "Faults"),
    "faults_of_data": Text("ข้อมูลที่ผิด", "Data at fault"),
    "feasible": Text("ทำได้", "Feasible"),
    "find_address": Text("ต้องหาที่อยู่", "Address to be found"),
    "findings": Text("ข้อสังเกต", "Findings"),
    "finish": Text("ถึงปลายทาง", "Finish"),
    "fragments": Text("ส่วนที่แยกจากโครงข่าย", "Fragments"),
    "freshness": Text("ความเป็นปัจจุบันของข้อมูล LM", "Age of LM figures"),
    "funds": Text("กองทุน", "Funds"),
    "funds_a_team": Text("กองทุนต่อทีม", "Funds a team"),
    "gaps_by_dimension": Text("ความต้องการที่ยังไม่มีผู้ช่วย", "Needs that nobody serves"),
    "handovers": Text("ชุดส่งมอบ", "Hand-overs"),
    "households": Text("ครัวเรือน", "Households"),
    "income": Text("รายได้", "Income"),
    "indicators": Text("ตัวชี้วัด", "Indicators"),
    "kinds": Text("ประเภท", "Kinds"),
    "largest_gap_m": Text("ช่องว่างกว้างสุด (ม.)", "Largest gap (m)"),
    "late_reports": Text("รายงานล่าช้า", "Late reports"),
    "left_out": Text("ไม่ได้คำตอบ", "Left out"),
    "level_missing": Text("ยังไม่มีระดับ", "Level missing"),
    "levels": Text("ระดับ", "Levels"),
    "limit": Text("เกณฑ์", "Limit"),
    "list_states": Text("บัญชีรายชื่อ", "Lists"),
    "listed": Text("รายการ", "Listed"),
    "lm_stale": Text("ข้อมูล LM เก่า", "Old LM data"),
    "load_warnings": Text("อำเภอที่รับภาระเกิน", "Districts with too much"),
    "local_and_post": Text("ส่งในพื้นที่และไปรษณีย์", "Local and by post"),
    "loops": Text("ถนนวน", "Loops"),
    "main_m": Text("โครงข่ายหลัก (ม.)", "Main network (m)"),
    "main_share": Text("สัดส่วนโครงข่ายหลัก", "Share of the main network"),
    "matrix_version": Text("รุ่นของตารางระยะทาง", "Version of the matrix"),
    "measures_broken": Text("ผิดเงื่อนไขมาตรการ", "Measures broken"),
    "merchants": Text("ร้านค้า", "Merchants"),
    "need_missing": Text("ยังไม่มีข้อมูลความต้องการ", "Needs not known"),
    "needs": Text("ความต้องการ", "Needs"),
    "needs_by_source": Text("ความต้องการตามที่มา", "Needs by source"),
    "no_keeper": Text("สัญญาที่ไม่มีผู้ดูแล", "Contracts that nobody keeps"),
    "no_level": Text("ไม่มีระดับ", "No level"),
    "no_provider": Text("ไม่มีผู้ช่วยเหลือ", "No provider"),
    "no_round_1_yet": Text("ยังไม่สำรวจรอบที่ 1 รายอำเภอ", "No survey round 1 yet, by district"),
    "no_tier": Text("ไม่มีขั้น", "No tier"),
    "nodes": Text("จุดต่อ", "Nodes"),
    "not_used": Text("ไม่ได้ใช้", "Not used"),
    "note": Text("หมายเหตุ", "Note"),
    "notes": Text("หมายเหตุ", "Notes"),
    "offices": Text("รายหน่วยงาน", "By office"),
    "one_way_only_m": Text("ไปได้ทางเดียว (ม.)", "One way only (m)"),
    "open_items": Text("เรื่องค้าง", "Open items"),
    "options": Text("เกณฑ์ที่ใช้", "Readings used"),
    "overdue": Text("เกินกำหนด", "Overdue"),
    "overlap": Text("ความซ้ำซ้อน", "Overlap"),
    "pairs": Text("คู่ที่พบ", "Pairs"),
    "parts": Text("ส่วน", "Parts"),
    "pending": Text("รอข้อมูล", "Pending"),
    "photos_missing": Text("ขาดภาพถ่าย", "Photos missing"),
    "pins": Text("หมุด", "Pins"),
    "places": Text("จุด", "Places"),
    "plans": Text("แบบผัง", "Plans"),
    "plots": Text("แปลง", "Plots"),
    "ponds": Text("สระ", "Ponds"),
    "population": Text("ประชากร", "Population"),
    "post_only": Text("ไปรษณีย์เท่านั้น", "Post only"),
    "privacy": Text("ชั้นความลับของคอลัมน์", "Privacy of the columns"),
    "problem": Text("ปัญหา", "Problem"),
    "provinces": Text("จังหวัด", "Provinces"),
    "provisional": Text("ขั้นชั่วคราว", "Provisional"),
    "pump_reminders": Text("เตือนเรื่องเครื่องสูบน้ำ", "Reminders of pumps"),
    "reasons": Text("เหตุที่ไม่อยู่ในแผน", "Why not in the plan"),
    "roads": Text("ถนน", "Roads"),
    "rounds": Text("รอบคำนวณ", "Rounds of search"),
    "score": Text("คะแนน", "Score"),
    "served": Text("ได้รับแล้ว", "Served"),
    "setbacks": Text("ระยะร่น", "Setbacks"),
    "share_verdict": Text("สัดส่วนน้ำ", "Share of water"),
    "shortage": Text("ขาดจากโควตา", "Short of the quota"),
    "signs": Text("ผลการตรวจ", "Signs"),
    "snapped": Text("ปลายถนนที่ต่อให้", "Ends joined"),
    "sources": Text("ที่มา", "Sources"),
    "stages": Text("ปริมาตรตามระดับน้ำ", "Stages"),
    "stale": Text("ข้อมูลเก่า", "Out of date"),
    "state": Text("สถานะ", "State"),
    "states": Text("สถานะ", "States"),
    "statuses": Text("สถานะ", "Statuses"),
    "step": Text("ขั้นที่", "Step"),
    "steps": Text("ขั้นตอน", "Steps"),
    "stop": Text("หยุดเพราะ", "Stopped by"),
    "stopped_by": Text("หยุดเพราะ", "Stopped by"),
    "stops": Text("จุดแวะ", "Stops"),
    "terms": Text("คะแนนย่อย", "Terms of the score"),
    "thresholds": Text("เกณฑ์", "Thresholds"),
    "tiers": Text("ขั้น", "Tiers"),
    "touching": Text("ถนนที่แตะกัน", "Touching"),
    "transitions": Text("การเปลี่ยนระดับ", "Transitions"),
    "travel_min": Text("เวลาเดินทาง (นาที)", "Travel (min)"),
    "unknown": Text("ไม่ทราบ", "Unknown"),
    "usable_m": Text("ถนนที่ใช้ได้ (ม.)", "Usable (m)"),
    "verdicts": Text("ผลการตรวจ", "Verdicts"),
    "village_list": Text("รายหมู่บ้าน", "By village"),
    "villages": Text("หมู่บ้าน", "Villages"),
    "violations": Text("ข้อจำกัดที่ไม่เป็นไปตาม", "Limits broken"),
    "visited": Text("ได้เยี่ยม", "Visited"),
    "warnings": Text("คำเตือน", "Warnings"),
    "water": Text("น้ำพอใช้", "Water"),
    "weak_points": Text("จุดอ่อน", "Weak points"),
    "with_targets": Text("มีเป้าหมาย", "with targets"),
    "within": Text("ในระยะ", "Within"),
    "without_keeper": Text("ไม่มีผู้ดูแลรายอำเภอ", "Without a keeper, by district"),
    "years": Text("ปี", "Years"),
}
"""Figures of summaries that are no column of the answer and no field of a layer."""


@dataclass(frozen=True, slots=True)
class ProcessWords:
    """What names and codes of one process mean, in one language."""

    language: str
    labels: Mapping[str, Text]
    codes: Mapping[str, Text]

    def name(self, name: str) -> str:
        """A figure's name; as it stands where nothing defines it."""
        known = SUMMARY.get(name) or self.labels.get(name) or self.codes.get(name)
        return known.get(self.language) if known else name.replace("_", " ")

    def code(self, code: str) -> str:
        """A code's label."""
        known = self.codes.get(code) or SUMMARY.get(code) or self.labels.get(code)
        return known.get(self.language) if known else code

    def value(self, value: Any, name: str = "") -> str:
        """Any JSON value in words; ``name`` is the figure's, for years are written otherwise."""
        if value is None or value == [] or value == {}:
            return NOTHING
        if isinstance(value, bool):
            return YES_NO[value].get(self.language)
        if isinstance(value, Mapping):
            if {"th", "en"} <= set(value):
                return str(value[self.language])
            parts = (
                (self.code(str(one)), self.value(item, str(one))) for one, item in value.items()
            )
            return " · ".join(f"{label} {text}" for label, text in parts)
        if isinstance(value, (list, tuple)):
            return ", ".join(self.value(item, name) for item in value)
        if isinstance(value, int) and YEAR.search(name):
            return str(value)
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if isinstance(value, date):
            return format_date(value, self.language)
        if isinstance(value, int):
            return f"{value:,}"
        if isinstance(value, float):
            return f"{value:,.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else NOTHING
        text = str(value)
        if DAY.fullmatch(text):
            return format_date(date.fromisoformat(text), self.language)
        return text if text.isdecimal() else self.code(text)


@cache
def words_of(process_id: str, language: str) -> ProcessWords:
    """The words of a process: its columns, its inputs, the fields of the layers around it."""
    process = PROCESSES[process_id]
    layers = (CATALOGUE[name] for name in dict.fromkeys((*process.writes, *process.reads)))
    defined = [*process.outputs, *process.inputs, *(f for layer in layers for f in layer.fields)]
    labels: dict[str, Text] = {}
    codes: dict[str, Text] = dict(SIGNS)
    for item in defined:
        labels.setdefault(item.name, item.label)
        for code, label in (item.values or {}).items():
            codes.setdefault(code, label)
    return ProcessWords(language, labels, codes)


def by_purpose(processes: Iterable[Process]) -> dict[Text, list[Process]]:
    """The processes by what they are for, those that nobody has sorted yet last.

    >>> [len(found) for found in by_purpose([PROCESSES["aid-gap"]]).values()]
    [1]
    """
    known = {item.id: item for item in processes}
    groups = {title: [known.pop(one) for one in ids if one in known] for title, ids in PURPOSES}
    groups[OTHERS] = list(known.values())
    return {title: found for title, found in groups.items() if found}
