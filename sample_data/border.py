"""The national registers of the border economy as layers: corridors, towns, links, fair sites."""

from __future__ import annotations

from shapely import LineString, MultiLineString, MultiPoint, Point

from sample_data.registers import province_points, register
from sample_data.rows import Row, Tables

__all__ = ["border_tables"]

# Where the lines of cross-border links end, since no district of the neighbour has a shape
# (BORD-R12): rough inner point of Banteay Meanchey, and the border south of Betong.
FAR_ENDS = {"BL1": (102.97, 13.6), "BL2": (101.07, 5.72)}


def border_tables() -> Tables:
    """The rows of the family "border"; they come from the registers, no chance is used."""
    points = province_points()
    return {
        "corridors": [_corridor(row, points) for row in register("corridors")],
        "border_towns": [_town(row, points) for row in register("border_towns")],
        "cross_border_links": [_link(row, points) for row in register("cross_border_links")],
        "fair_sites": [_site(row, points) for row in register("fair_sites")],
    }


def _corridor(printed: dict[str, str], points: dict[str, Point]) -> Row:
    """Members and axis are general knowledge (BORD-R3); the axis joins the provinces' points."""
    axis = _items(printed["axis"])
    return {
        "code": printed["code"],
        "name_th": printed["name_th"],
        "name_en": printed["name_en"],
        "region": printed["region"],
        "members": _items(printed["members"]),
        "member_source": printed["member_source"] or None,
        "axes": [
            {
                "axis_no": 1,
                "mode": "mixed",
                "direction": f"{axis[0]} - {axis[-1]}",
                "geometry_source": "province points",
                "geometry_version": 1,
            }
        ]
        if axis
        else None,
        "geom_precision": "province" if axis else "none",
        **_tail(printed),
        "geometry": MultiLineString([[points[code].coords[0] for code in axis]]) if axis else None,
    }


def _town(printed: dict[str, str], points: dict[str, Point]) -> Row:
    provinces = dict.fromkeys(code[:2] for code in _items(printed["thai_districts"]))
    places = [points[code] for code in provinces]
    return {
        "border_town_id": printed["border_town_id"],
        "name_th": printed["name_th"],
        "name_en": printed["name_en"],
        "area_code": printed["area_code"] or None,
        "node_kind": "border_town",
        "thai_districts": _items(printed["thai_districts"]),
        "neighbour_country": printed["neighbour_country"],
        "neighbour_province": printed["neighbour_province"] or None,
        "neighbour_districts": _items(printed["neighbour_districts"]) or None,
        "products": _items(printed["products"]),
        "mou": True if printed["mou"] == "true" else None,
        "lead_university": printed["lead_university"] or None,
        "status": printed["status"] or None,
        "geom_precision": "province",
        **_tail(printed),
        "geometry": places[0] if len(places) == 1 else MultiPoint(places),
    }


def _link(printed: dict[str, str], points: dict[str, Point]) -> Row:
    start = points[_items(printed["side_a"])[0][:2]]
    return {
        "link_id": printed["link_id"],
        "name_th": printed["name_th"],
        "name_en": printed["name_en"],
        "area_code": printed["area_code"] or None,
        "side_a": _items(printed["side_a"]),
        "side_b": _items(printed["side_b"]) or None,
        "neighbour_country": printed["neighbour_country"],
        "neighbour_province": printed["neighbour_province"] or None,
        "commodity": _items(printed["commodity"]),
        "legal_type": _items(printed["legal_type"]) or None,
        "transit_to": _items(printed["transit_to"]) or None,
        "instrument": printed["instrument"] or None,
        "cooperatives": int(printed["cooperatives"]) if printed["cooperatives"] else None,
        "geom_precision": "province",
        **_tail(printed),
        "source_ref": f"{printed['source_ref']}; line: general knowledge",
        "geometry": LineString([start, Point(FAR_ENDS[printed["link_id"]])]),
    }


def _site(printed: dict[str, str], points: dict[str, Point]) -> Row:
    return {
        "fair_site_id": printed["fair_site_id"],
        "name_th": printed["name_th"],
        "name_en": printed["name_en"],
        "area_code": printed["area_code"] or None,
        "site_no": int(printed["site_no"]),
        "neighbour_country": [c.strip() for c in _items(printed["neighbour_country"])] or None,
        "geom_precision": printed["geom_precision"],
        **_tail(printed),
        "geometry": points.get(printed["area_code"]),
    }


def _tail(printed: dict[str, str]) -> Row:
    return {
        "publish_level": "public",
        "source_ref": printed["source_ref"],
        "data_origin": printed["data_origin"],
    }


def _items(printed: str) -> list[str]:
    return [item for item in printed.split("|") if item]
