"""The drawings of a plot sheet: true to scale, in the colours of the styles, safe."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest

from webmap.plot_drawing import MARGIN, plan_svg, section_svg, stage_svg
from webmap.style import load_style

SVG = "{http://www.w3.org/2000/svg}"


def ring(*corners: tuple[float, float]) -> list[list[float]]:
    return [list(corner) for corner in (*corners, corners[0])]


SQUARE = ring((0, 0), (40, 0), (40, 40), (0, 40))


def plan(**changes: Any) -> dict[str, Any]:
    zone = {"zone_kind": "pond", "group": "water",
            "rings": [ring((0, 0), (40, 0), (40, 12), (0, 12))],
            "label": {"th": "หนอง", "en": "Pond"}, "name_at": [20, 6]}  # fmt: skip
    pond = {"pond_id": "P1", "name": None, "kind": "design", "verdict": "ok",
            "rings": [ring((1, 1), (39, 1), (39, 11), (1, 11))]}  # fmt: skip
    return {"boundary": [SQUARE], "zones": [zone], "ponds": [pond], "channels": [],
            "marks": [{"kind": "pump", "x": 5, "y": 20}], "bounds": [0, 0, 40, 40],
            "scale": 500} | changes  # fmt: skip


def pond(**changes: Any) -> dict[str, Any]:
    bed = [(0, 0), (4.5, 3), (15.5, 3), (20, 0)]
    return {"section": [{"chainage_m": x, "design_depth_m": y} for x, y in bed],
            "water_level_m": 0.3,
            "stages": [{"depth_m": d, "area_m2": a, "volume_below_m3": v}
                       for d, a, v in ((0, 400, 741), (1.5, 240, 250), (3, 121, 0))],
            } | changes  # fmt: skip


def points(path: str) -> np.ndarray:
    return np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", path), dtype=float)


def test_the_plan_is_true_to_its_scale() -> None:
    """40 m at 1:500 are 80 mm, north up; the drawing is as large as it says."""
    svg = ET.fromstring(plan_svg(plan()))
    width, height = (float(svg.get(name, "").removesuffix("mm")) for name in ("width", "height"))
    assert svg.get("viewBox") == f"0 0 {width:.1f} {height:.1f}"
    outlines = [p for p in svg.iter(f"{SVG}path") if p.get("stroke-width") == "0.7"]
    (outline,) = outlines
    drawn = points(outline.get("d", ""))
    assert np.ptp(drawn, axis=0) == pytest.approx([80, 80])
    assert drawn.min() >= MARGIN - 1e-9
    south_west = drawn[0]
    assert south_west[1] == drawn[:, 1].max()


def test_zones_have_the_colours_of_their_style_and_designs_are_dashed() -> None:
    svg = ET.fromstring(plan_svg(plan()))
    drawing = load_style("plot_zones")
    water = next(case for case in drawing.classes[0].cases if case.values == ("water",))
    fills = {path.get("fill"): path for path in svg.iter(f"{SVG}path")}
    assert drawing.symbol.override(water.change).fill in fills
    dashed = [path for path in svg.iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(dashed) == 1
    built = plan()
    built["ponds"][0]["kind"] = "as_built"
    assert "stroke-dasharray" not in plan_svg(built)


def test_holes_stay_open() -> None:
    islands = plan(boundary=[SQUARE, ring((10, 20), (12, 20), (12, 22), (10, 22))])
    outline = next(p for p in ET.fromstring(plan_svg(islands)).iter(f"{SVG}path")
                   if p.get("stroke-width") == "0.7")  # fmt: skip
    assert outline.get("d", "").count("M") == 2
    assert outline.get("fill-rule") == "evenodd"


def test_the_section_goes_down_to_the_bottom_and_says_how_far_it_is_stretched() -> None:
    """POND-T3: 20 m across, 3 m deep."""
    text = section_svg(pond())
    svg = ET.fromstring(text)
    bed = next(line for line in svg.iter(f"{SVG}polyline"))
    drawn = points(bed.get("points", ""))
    across, down = np.ptp(drawn, axis=0)
    stretched = float(re.search(r"แนวราบ ([\d.]+) : 1", text)[1])  # type: ignore[index]
    assert down / across == pytest.approx(3 / 20 * stretched, rel=0.02)
    assert "20.00 ม." in text
    assert "-3.00 m" in section_svg(pond(), "en")


def test_the_design_stands_dashed_beside_what_was_dug() -> None:
    built = pond(design_section=pond()["section"])
    assert len(list(ET.fromstring(section_svg(built)).iter(f"{SVG}polyline"))) == 2
    assert len(list(ET.fromstring(section_svg(pond())).iter(f"{SVG}polyline"))) == 1


def test_the_stage_curve_falls_to_nothing_at_the_bottom() -> None:
    line = next(ET.fromstring(stage_svg(pond())).iter(f"{SVG}polyline"))
    drawn = points(line.get("points", ""))
    assert (np.diff(drawn[:, 1]) > 0).all()
    assert (np.diff(drawn[:, 0]) < 0).all()


def test_names_cannot_break_out_of_a_drawing() -> None:
    evil = "</svg><script>alert(1)</script>"
    zone = plan()["zones"][0] | {"label": {"th": evil, "en": evil}}
    text = plan_svg(plan(zones=[zone], marks=[{"kind": evil, "x": 1, "y": 1}]))
    assert "<script>" not in text
    assert ET.fromstring(text).tag == f"{SVG}svg"
