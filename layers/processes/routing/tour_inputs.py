"""What a planner enters for a tour (tourism.md 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from geo.errors import ParameterError
from geo.routing.tour import Meal, TourRules
from geo.text import Text
from layers.processes.model import Input
from layers.processes.routing.ways import mode_input
from layers.touring import ScoreWeights, minutes_of

__all__ = ["INPUTS", "day_minutes", "listed", "rules_of", "weights_of"]

LONGEST_S = 30.0  # that a caller may let the search of a tour run
WINDOW_MODES = {
    "finish_within": Text("จบภายในเวลาเปิด", "Ends within the opening hours"),
    "start_within": Text("เริ่มก่อนเวลาเข้าสุดท้าย", "Starts by the last entry"),
}
WEIGHTS = {
    "score_w_base": Text("คะแนนพื้นฐาน", "Points of any stop"),
    "score_w_class_b": Text("คะแนนชุมชนประเภท B", "Points of a class B community"),
    "score_w_programme": Text("คะแนนโปรแกรมลงมือปฏิบัติ", "Points of a hands-on programme"),
    "score_w_trading": Text("คะแนนพื้นที่ค้าขาย", "Points of a trading area"),
    "score_w_theme": Text("คะแนนตรงแนวเรื่อง", "Points of the theme"),
}
LIMITS = {
    "group_size": (Text("ขนาดกลุ่ม", "Group size"), "persons", "integer"),
    "max_wait_min": (Text("รอได้ไม่เกิน", "Max wait per stop"), "min", "integer"),
    "stop_buffer_min": (Text("เวลาเผื่อต่อจุด", "Buffer per stop"), "min", "integer"),
    "fares_pp": (Text("ค่าเดินทางต่อคน", "Fares per person"), "THB/person", "number"),
    "exact_max_candidates": (Text("จำนวนจุดที่ค้นครบทุกแบบ", "Stops up to which all is tried"), None,
                             "integer"),
    "time_limit_s": (Text("เวลาคำนวณ", "Time limit"), "s", "number"),
    "seed": (Text("ค่าเริ่มสุ่ม", "Seed"), None, "integer"),
}  # fmt: skip
FLAGS = {
    "meal_break": Text("พักอาหารกลางวัน", "Meal break"),
    "allow_unknown_hours": Text("รวมจุดที่ไม่ทราบเวลาเปิด", "Include unknown hours"),
    "allow_group_split": Text("แบ่งกลุ่มเป็นรอบ", "Split group into rounds"),
    "lodging_change": Text("เปลี่ยนที่พักได้", "Lodging may change"),
    "flexible_departure": Text("ออกช้ากว่าเวลาเริ่มได้", "Departure may be later"),
}


def _text(
    name: str, th: str, en: str, default: str | None = None, more: Text | None = None
) -> Input:
    return Input(name=name, label=Text(th, en), type="text", default=default, description=more)


IDS = Text("รหัสคั่นด้วยจุลภาค", "IDs separated by commas")
PLACE = Text("ลองจิจูด,ละติจูด", "Longitude,latitude")

INPUTS = (
    _text("area", "พื้นที่", "Area", more=Text("รหัสพื้นที่ 2-8 หลัก", "Area code of 2 to 8 digits")),
    Input(
        name="candidates",
        label=Text("จุดที่เลือกได้", "Candidates"),
        type="geojson",
        description=Text(
            "จุดของท่านเองแทนชั้นข้อมูล: id, name_th, minutes, score, price_thb, capacity, "
            "opening_windows ที่พักใส่ kind=lodging, beds",
            "Your own instead of the layers: id, name_th, minutes, score, price_thb, capacity, "
            "opening_windows; lodgings with kind=lodging, beds",
        ),
    ),
    Input(name="date_from", label=Text("วันเริ่ม", "Start date"), type="date"),
    Input(
        name="days",
        label=Text("จำนวนวัน", "Days"),
        type="integer",
        unit="days",
        default=1,
        minimum=1,
        maximum=7,
    ),
    _text("start", "จุดเริ่มต้น", "Start", more=PLACE),
    _text("end", "จุดสิ้นสุด", "End", more=PLACE),
    _text("day_start", "เวลาเริ่ม", "Day start", "09:00"),
    _text("day_end", "เวลาเลิก", "Day end", "17:00"),
    Input(
        name="budget_pp",
        label=Text("งบต่อคน", "Budget per person"),
        type="number",
        unit="THB/person",
        minimum=0,
    ),
    mode_input("van"),
    _text("theme", "แนวท่องเที่ยว", "Theme"),
    _text("must_visit", "ต้องแวะ", "Must visit", more=IDS),
    _text("avoid", "ไม่แวะ", "Avoid", more=IDS),
    _text("scores", "คะแนนของผู้วางแผน", "Planner's scores", more=Text("รหัส=คะแนน", "ID=score, ...")),
    _text("lodgings", "ที่พักที่เลือกได้", "Lodgings to choose from", more=IDS),
    *(
        Input(name=name, label=label, type="boolean", default=False)
        for name, label in FLAGS.items()
    ),
    _text("meal_from", "พักอาหารตั้งแต่", "Meal from", "11:00"),
    _text("meal_to", "พักอาหารถึง", "Meal until", "13:30"),
    Input(
        name="meal_min",
        label=Text("เวลาพักอาหาร", "Meal time"),
        type="integer",
        unit="min",
        default=60,
        minimum=5,
        maximum=240,
    ),
    Input(
        name="window_mode",
        label=Text("การนับเวลาเปิด", "Opening hours bind"),
        type="text",
        default="finish_within",
        values=WINDOW_MODES,
    ),
    *(
        Input(
            name=item.name,
            label=LIMITS[item.name][0],
            type=LIMITS[item.name][2],  # type: ignore[arg-type]
            unit=LIMITS[item.name][1],
            default=item.default,
            minimum=item.metadata["low"],
            maximum=LONGEST_S if item.name == "time_limit_s" else item.metadata["high"],
        )
        for item in fields(TourRules)
        if item.name in LIMITS
    ),
    *(
        Input(
            name=item.name,
            label=WEIGHTS[item.name],
            type="number",
            default=item.default,
            minimum=0,
            maximum=100,
        )
        for item in fields(ScoreWeights)
    ),
    _text(
        "order",
        "ลำดับที่จัดเอง",
        "Order by hand",
        more=Text(
            "รหัสคั่นด้วยจุลภาค คั่นวันด้วย ; พักอาหารเขียน meal",
            "IDs by commas, days by semicolons; meal for the break",
        ),
    ),
    Input(
        name="alternatives",
        label=Text("แสดงทางเลือก", "Show alternatives"),
        type="boolean",
        default=True,
    ),
    _text(
        "route_id",
        "รหัสเส้นทางที่จะบันทึก",
        "Route ID to save as",
        more=Text("เก็บผลเป็นร่างเส้นทาง", "Keeps the plan as a draft route"),
    ),
    _text("route_name", "ชื่อเส้นทาง", "Name of the route"),
)


def listed(text: str | None) -> list[str]:
    """IDs written with commas.

    >>> listed("a, b,,c"), listed(None)
    (['a', 'b', 'c'], [])
    """
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def day_minutes(parameters: Mapping[str, Any], name: str) -> int:
    """A time of day among the inputs; ParameterError names it."""
    try:
        return minutes_of(parameters[name])
    except ValueError:
        raise ParameterError(
            "parameter_invalid",
            Text(
                f"{name} ต้องเป็นเวลาแบบ 09:00 แต่ได้ {parameters[name]}",
                f"{name} must be a time such as 09:00, not {parameters[name]}",
            ),
            parameter=name,
        ) from None


def rules_of(parameters: Mapping[str, Any]) -> TourRules:
    """The rules of the tour that was asked for."""
    meal = None
    if parameters["meal_break"]:
        opens, closes = (day_minutes(parameters, name) for name in ("meal_from", "meal_to"))
        meal = Meal(opens, closes, parameters["meal_min"])
    return TourRules(
        budget_pp=parameters["budget_pp"],
        meal=meal,
        window_mode=parameters["window_mode"],
        **{name: parameters[name] for name in LIMITS},
        **{
            name: parameters[name]
            for name in ("allow_group_split", "lodging_change", "flexible_departure")
        },
    )


def weights_of(parameters: Mapping[str, Any]) -> ScoreWeights:
    """The weights of the score."""
    return ScoreWeights(**{name: parameters[name] for name in WEIGHTS})
