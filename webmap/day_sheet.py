"""The day sheet of a planned route: one A4 page a day, with QR codes that open navigation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
import segno
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from geo.text import Text
from geo.thai import format_date

__all__ = ["LABELS", "day_sheet"]

LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "day": Text("วันที่", "Day"),
        "team": Text("ทีม", "Team"),
        "depart": Text("ออกเดินทาง", "Departs"),
        "finish": Text("ถึงปลายทาง", "Arrives at the end"),
        "seq": Text("ลำดับ", "No."),
        "stop": Text("จุดแวะ", "Stop"),
        "arrive": Text("ถึง", "Arrive"),
        "start": Text("เริ่ม", "Start"),
        "leave": Text("ออก", "Leave"),
        "drive": Text("เดินทางมาถึง", "Way there"),
        "price": Text("บาท/คน", "THB/person"),
        "records": Text("จำนวนราย", "Records"),
        "done": Text("เสร็จ", "Done"),
        "minutes": Text("นาที", "min"),
        "navigate": Text("สแกนเพื่อนำทาง", "Scan to navigate"),
        "estimate": Text("ประมาณการจากเส้นตรง", "estimate, straight line"),
        "left_out": Text("ไม่อยู่ในแผน", "Left out"),
        "reason": Text("เหตุผล", "Reason"),
        "warnings": Text("ข้อควรระวัง", "Warnings"),
        "broken": Text("ขัดกฎ", "Rules broken"),
        "nothing": Text("ไม่มีจุดแวะในแผน", "The plan has no stops"),
        "end": Text("ปลายทาง", "End"),
        "totals": Text("รวม", "Totals"),
    }
)
LEFT_OUT_MAX = 60  # lines; a sheet is no register


def day_sheet(
    plan: gpd.GeoDataFrame, summary: Mapping[str, Any], title: Text, language: str = "th"
) -> str:
    """A stand-alone HTML document, a page for each team and day, to be printed on A4.

    ``plan`` and ``summary`` are those of the processes tour-route and visit-rounds. Links and QR
    codes hold coordinates only.
    """
    stops = plan[plan["part"] != "left_out"]
    pages = [_page(stops, day, language) for day in summary.get("days", [])]
    left = plan[plan["part"] == "left_out"]
    template = _TEMPLATES.get_template("day_sheet.html")
    return template.render(
        title=title.get(language),
        language=language,
        words={name: text.get(language) for name, text in LABELS.items()},
        pages=[page for page in pages if page["rows"]],
        left=[_lost(row, language) for row in left.head(LEFT_OUT_MAX).to_dict("records")],
        more=max(len(left) - LEFT_OUT_MAX, 0),
        notes=_told(summary.get("warnings"), language),
        broken=_told(summary.get("violations"), language),
        problem=(summary.get("problem") or {}).get(language),
    )


def _page(plan: gpd.GeoDataFrame, day: Mapping[str, Any], language: str) -> dict[str, Any]:
    mine = plan[plan["day"] == day["day"]]
    if "team" in day:
        mine = mine[mine["team"] == day["team"]]
    legs = {row["seq"]: row for row in mine[mine["part"] == "leg"].to_dict("records")}
    stops = mine[mine["part"] == "stop"].to_dict("records")
    rows = [_row(stop, legs.get(stop["seq"], {}), language) for stop in stops]
    last = legs.get(max(legs, default=0), {})
    return {
        "team": day.get("team"),
        "number": day["day"],
        "date": format_date(day["date"], "en" if language == "en" else "th"),
        "depart": day["depart"],
        "finish": day["finish"],
        "rows": rows,
        "back": _way(last, language),
        "km": round(sum(leg["km"] for leg in legs.values()), 1),
        "codes": [(link, _qr(link)) for link in day["navigation"]],
        "priced": any(row["price"] is not None for row in rows),
    }


def _row(stop: Mapping[str, Any], leg: Mapping[str, Any], language: str) -> dict[str, Any]:
    other = "th" if language == "en" else "en"
    names = [stop[f"name_{language}"], stop[f"name_{other}"]]
    name = next((item for item in names if isinstance(item, str) and item), None)
    records = stop["records"] if isinstance(stop["records"], list) else []
    return {
        "seq": _known(stop["seq"]),
        "name": name or ", ".join(records) or stop["id"],
        "arrive": stop["arrive"],
        "start": _known(stop["start"]),
        "leave": _known(stop["leave"]),
        "way": _way(leg, language) if _known(stop["seq"]) is not None else None,
        "price": _known(stop["price_thb"]),
        "records": len(records),
        "geo": stop["geo"],
    }


def _way(leg: Mapping[str, Any], language: str) -> str:
    if not leg:
        return ""
    told = f"{leg['km']:.1f} km · {leg['minutes']:.0f} min"
    if language == "th":
        told = f"{leg['km']:.1f} กม. · {leg['minutes']:.0f} นาที"
    guess = leg["source"] == "straight_line"
    return f"{told} ({LABELS['estimate'].get(language)})" if guess else told


def _lost(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    name = row[f"name_{language}"]
    shown = name if isinstance(name, str) and name else row["id"]
    return {"name": shown, "reason": row[f"reason_{language}"]}


def _told(notes: Any, language: str) -> list[str]:
    return [note[language] for note in notes or []]


def _known(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value


def _qr(link: str) -> Markup:
    drawn = segno.make(link, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=2, border=2, omitsize=False))  # noqa: S704 - its own SVG


_TEMPLATES = Environment(loader=PackageLoader("webmap"), autoescape=True)
