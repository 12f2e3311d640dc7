"""Why a site is or is not suitable: one verdict row a factor, in both languages (LAND-R30)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from geo.screening import FACTORS, ScreeningParameters
from geo.text import Text
from layers import land
from layers.processes.verdict import Sign, Verdict

__all__ = ["rule_of", "site_verdicts"]

BOULDERS = MappingProxyType({"some": Text("บางส่วน", "some"), "many": Text("จำนวนมาก", "many")})

UNKNOWN: Mapping[str, Text] = MappingProxyType(
    {
        "F1": Text("ไม่มีข้อมูลความสูงในแปลง", "No elevation data within the plot"),
        "F2": Text(
            "ไม่มีข้อมูลความสูง หรือช่องตารางหยาบกว่าเกณฑ์พื้นที่รับน้ำ",
            "No elevation data, or its cells are larger than the limit of upstream area",
        ),
        "F3": Text("ยังไม่ได้ตรวจโขดหินในพื้นที่", "Boulders were not yet checked in the field"),
        "F4": Text(
            "ไม่มีชั้นข้อมูลแหล่งน้ำเสียหรือของเสียอันตรายในบริเวณนี้",
            "No data on waste-water or hazardous-waste sites around here",
        ),
        "F5": Text(
            "ไม่มีข้อมูลความสูงรอบแปลง และยังไม่ได้ตรวจในพื้นที่",
            "No elevation around the plot, and not checked in the field",
        ),
        "F6": Text("ยังไม่ได้นับต้นไม้ใหญ่", "Big trees were not yet counted"),
        "F7": Text(
            "ไม่ทราบระยะถึงถนนรถยนต์หรือความกว้างทางเข้า",
            "The distance to a motor road or the width of the access is not known",
        ),
        "F8": Text("ไม่มีชั้นข้อมูลเขตที่ต้องขออนุญาตในบริเวณนี้", "No data on permission zones around here"),
        "F9": Text("ยังไม่ได้ทดสอบดิน", "The soil was not yet tested"),
        "F10": Text("ไม่มีข้อมูลพื้นที่น้ำท่วมหรือดินถล่มในบริเวณนี้", "No data on flood or landslide zones"),
    }
)

FOUND: Mapping[str, Text] = MappingProxyType(
    {
        "F1": Text("ลาดชันเฉลี่ย {slope_pct:.1f}% เกิน {limit:g}%",
                   "Mean slope {slope_pct:.1f} %, over {limit:g} %"),
        "F2": Text("รับน้ำจากพื้นที่ {upstream_m2:,.0f} ตร.ม. ไหลผ่านแปลง (เกณฑ์ {limit:,.0f} ตร.ม.)",
                   "A flow path of {upstream_m2:,.0f} m2 upstream crosses the plot "
                   "(limit {limit:,.0f} m2)"),
        "sink": Text("แปลงอยู่ในแอ่งกระทะ {sink_m2:,.0f} ตร.ม.",
                     "The plot lies in a basin of {sink_m2:,.0f} m2"),
        "low_ground": Text("ไม่เหมาะวางบ้านและทางเข้า แต่เป็นที่ตามธรรมชาติของสระ",
                           "Not for the house and the access, but the natural place of the pond"),
        "F3": Text("มีโขดหิน{boulders.th}", "Boulders: {boulders.en}"),
        "F4": Text("ห่างแหล่งน้ำเสียหรือของเสียอันตราย {waste_m:.0f} ม. น้อยกว่า {limit:g} ม.",
                   "Waste site {waste_m:.0f} m away, less than {limit:g} m"),
        "F5": Text("ต่ำกว่าพื้นที่รอบแปลง {below_m:.1f} ม. เกิน {limit:g} ม.",
                   "{below_m:.1f} m below its surroundings, over {limit:g} m"),
        "valley": Text("ผู้ตรวจพื้นที่ระบุว่าอยู่ในหุบเขา", "The field check found a valley"),
        "F6": Text("ต้นไม้ใหญ่ {trees_per_rai:.1f} ต้นต่อไร่ เกิน {limit:g}",
                   "{trees_per_rai:.1f} big trees per rai, over {limit:g}"),
        "F7": Text("ห่างถนนรถยนต์ {road_m:,.0f} ม. เกิน {limit:,.0f} ม.",
                   "{road_m:,.0f} m from a motor road, over {limit:,.0f} m"),
        "width": Text("ทางเข้ากว้าง {access_width_m:.1f} ม. แคบกว่า {limit:g} ม.",
                      "Access {access_width_m:.1f} m wide, under {limit:g} m"),
        "F8": Text("ต้องได้รับอนุญาตหรือความตกลงก่อนรับแปลง: {zones.th} ({state.th})",
                   "Needs permission or agreement before acceptance: {zones.en} ({state.en})"),
        "F9": Text("{soil.th} ต้องปูวัสดุกันซึมหรือบดอัดดินเหนียว", "{soil.en}: lining or a clay blanket"),
        "F10": Text("อยู่ในเขตน้ำท่วมหรือดินถล่ม ระดับ {hazard_severity:.0f} จาก 5",
                    "In a flood or landslide zone of severity {hazard_severity:.0f} of 5"),
        "override": Text("ผู้ตรวจพื้นที่แก้ไขค่าที่คำนวณได้ {computed} เป็น {value}: {reason}",
                         "The field check set {value} for the computed {computed}: {reason}"),
    }
)  # fmt: skip

# The limits of a factor, for caution and exclude; the sign is that of the figure shown.
LIMITS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "F1": ("slope_caution_pct", "slope_exclude_pct"),
        "F2": ("flow_caution_m2", "flow_exclude_m2"),
        "F4": ("waste_caution_m", "waste_exclude_m"),
        "F5": ("valley_caution_m", "valley_exclude_m"),
        "F6": ("trees_caution", "trees_exclude"),
        "F7": ("road_caution_m", "road_exclude_m"),
        "F10": ("hazard_caution", "hazard_exclude"),
    }
)
_FAR_IS_GOOD = frozenset({"F4"})


def rule_of(factor: str) -> str:
    """The rule id of a factor.

    >>> rule_of("F1")
    'LAND-R30 F1'
    """
    return f"LAND-R30 {factor}"


def site_verdicts(
    site: Mapping[str, Any], signs: Mapping[str, Sign], parameters: ScreeningParameters
) -> list[Verdict]:
    """One row for each factor of one site.

    ``site``: its measures (MEASURES), ``zones`` (LAND-R8) and ``override`` with the computed
    value; ``signs``: from factor_signs.
    """
    return [_verdict(code, site, signs[code], parameters) for code in FACTORS]


def _verdict(
    code: str, site: Mapping[str, Any], sign: Sign, parameters: ScreeningParameters
) -> Verdict:
    figure, limit, unit = _figures(code, site, sign, parameters)
    margin = None
    if figure is not None and limit is not None:
        margin = figure - limit if code in _FAR_IS_GOOD or unit == "access" else limit - figure
    texts = _reasons(code, site, sign, parameters, limit)
    return Verdict(
        rule=rule_of(code),
        label=FACTORS[code].label,
        sign=sign,
        figure=figure,
        limit=limit,
        margin=margin,
        unit="m" if unit == "access" else unit,
        hint=_joined(texts),
    )


def _figures(
    code: str, site: Mapping[str, Any], sign: Sign, parameters: ScreeningParameters
) -> tuple[float | None, float | None, str | None]:
    """Figure, limit and unit of a row."""
    if code == "F8":
        shared = sum(zone["overlap_m2"] or 0 for zone in site["zones"])
        return (None if sign == "unknown" else shared), None, "m2"
    if code not in LIMITS:
        return None, None, None
    caution, exclude = (float(getattr(parameters, name)) for name in LIMITS[code])
    limit = exclude if sign == "fail" else caution
    if code == "F7" and sign == "fix" and not _number(site, "road_m", 0) > caution:
        return _number(site, "access_width_m"), parameters.access_width_m, "access"
    figure = _number(site, FACTORS[code].measure)
    if code == "F5" and figure is not None:
        figure = -figure  # how far below its surroundings
    return figure, limit, FACTORS[code].unit


def _reasons(
    code: str,
    site: Mapping[str, Any],
    sign: Sign,
    parameters: ScreeningParameters,
    limit: float | None,
) -> list[Text]:
    texts = []
    if sign == "unknown":
        texts.append(UNKNOWN[code])
    elif sign != "pass":
        values = _values(site, limit)
        texts += [FOUND[name].format(**values) for name in _names(code, site, parameters)]
    override = site.get("override")
    if override and override["factor"] == code:
        shown = {name: _shown(override[name]) for name in ("computed", "value", "reason")}
        texts.append(FOUND["override"].format(**shown))
    return texts


def _names(code: str, site: Mapping[str, Any], parameters: ScreeningParameters) -> list[str]:
    """The sentences that fit a caution or exclusion."""
    if code == "F2":
        crossing = _number(site, "upstream_m2", 0) >= parameters.flow_caution_m2 - 1e-9
        basin = _number(site, "sink_m2", 0) >= parameters.sink_area_m2 - 1e-9
        return ["F2"] * crossing + ["sink"] * basin + ["low_ground"]
    if code == "F5":
        deep = -_number(site, "above_m", 0) > parameters.valley_caution_m + 1e-9
        return ["F5"] * deep + ["valley"] * (site.get("valley") is True)
    if code == "F7":
        far = _number(site, "road_m", 0) > parameters.road_caution_m + 1e-9
        width = _number(site, "access_width_m", math.inf)
        return ["F7"] * far + ["width"] * (width < parameters.access_width_m - 1e-9 and not far)
    return [code]


def _values(site: Mapping[str, Any], limit: float | None) -> dict[str, Any]:
    zones = [land.PERMISSION_ZONE_KINDS[zone["zone_kind"]] for zone in site["zones"]]
    above = _number(site, "above_m")
    nothing = Text("-", "-")
    return {
        **site,
        "limit": limit,
        "below_m": None if above is None else -above,
        "boulders": BOULDERS.get(site.get("boulders") or "", nothing),
        "soil": land.SOIL_CLASSES.get(site.get("soil_class") or "", nothing),
        "state": land.PERMISSION_STATES.get(site.get("permission") or "", nothing),
        "zones": Text(
            ", ".join(text.th for text in zones) or "-", ", ".join(text.en for text in zones) or "-"
        ),
    }


def _number(site: Mapping[str, Any], name: str, missing: float | None = None) -> Any:
    value = site.get(name)
    return missing if value is None or not math.isfinite(value) else float(value)


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _joined(texts: list[Text]) -> Text | None:
    if not texts:
        return None
    return Text(" · ".join(text.th for text in texts), "; ".join(text.en for text in texts))
