"""Border layers: what border.md 3, 7, 8, 10 print, and the registers carried over from it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from layers.border import BORDER_TOWNS, CROSS_BORDER_LINKS, FAIR_SITES
from layers.corridors import CORRIDORS
from layers.model import Layer, Privacy
from sample_data.registers import register

LAYERS = (CORRIDORS, BORDER_TOWNS, CROSS_BORDER_LINKS, FAIR_SITES)


@pytest.mark.parametrize(
    ("layer", "field", "codes"),
    [
        (CORRIDORS, "region", "north northeast central_west south cross_border"),
        (CORRIDORS, "components", "economy_cluster logistics basic_structure"),
        (CORRIDORS, "mechanisms", "G2G U2U P2P"),
        (CORRIDORS, "mechanism_dimension", "state_state area_area"),
        (
            CORRIDORS,
            "policy_parts",
            "management_system physical_link organisation_link people_link",
        ),
        (CORRIDORS, "documents", "white_paper country_paper policy_brief corridor_plan"),
        (
            CORRIDORS,
            "status",
            "data_synthesis stakeholder_analysis focus_groups mechanism papers draft_policy "
            "corridor_plan",
        ),
        (
            BORDER_TOWNS,
            "node_kind",
            "growth_pole border_town official_crossing logistics cluster market university service",
        ),
        (BORDER_TOWNS, "neighbour_country", "KH MY LA MM VN"),
        (BORDER_TOWNS, "driver_kind", "state private non_profit participatory"),
        (
            BORDER_TOWNS,
            "outcome_dimensions",
            "security quality_of_life jobs income welfare_access",
        ),
        (
            BORDER_TOWNS,
            "status",
            "data_set targets_set agreement network policy_proposed in_plan funded successful "
            "paused",
        ),
        (BORDER_TOWNS, "side", "left right on"),
        (
            CROSS_BORDER_LINKS,
            "commodity",
            "cattle beef chicken stingless_bee durian watercress vegetables other",
        ),
        (CROSS_BORDER_LINKS, "legal_type", "cross_border transit"),
        (FAIR_SITES, "venue_zone", "neighbour_country border_area elsewhere_in_province"),
        (FAIR_SITES, "status", "candidate checked chosen used rejected"),
    ],
)
def test_code_lists_are_those_of_the_chapter(layer: Layer, field: str, codes: str) -> None:
    assert list(layer.by_name[field].values or ()) == codes.split()


def test_only_the_security_remark_is_not_public() -> None:
    """privacy.md 11.2: border town, corridor, link are public as is; security remarks internal."""
    protected = {
        (layer.id, field.name): field.privacy
        for layer in LAYERS
        for field in layer.fields
        if field.privacy != Privacy.PUBLIC
    }
    assert protected == {("border_towns", "security_note"): Privacy.INTERNAL}
    assert all(layer.geometry_privacy == Privacy.PUBLIC for layer in LAYERS)


def test_a_corridor_holds_members_and_axis_apart() -> None:
    assert CORRIDORS.geometry == "MultiLineString"
    assert CORRIDORS.by_name["members"].type == CORRIDORS.by_name["axes"].type == "list"
    assert CORRIDORS.area is None  # it spans provinces
    assert re.fullmatch(CORRIDORS.by_name["code"].pattern or "", "SOUTHERN_CORRIDOR")


def test_places_that_span_provinces_need_no_area_code() -> None:
    for layer in (BORDER_TOWNS, CROSS_BORDER_LINKS, FAIR_SITES):
        assert not layer.by_name["area_code"].required
        assert layer.bounds is None  # model 1 venues and neighbours lie outside Thailand


def test_no_layer_can_hold_an_informal_crossing_or_a_movement_of_persons() -> None:
    """BORD-R15, BORD-D9."""
    for layer in LAYERS:
        for field in layer.fields:
            codes = " ".join(field.values or ())
            assert not re.search("informal|person|migrant|crossings", f"{field.name} {codes}")


# The registers of border.md 7


def province_codes() -> set[str]:
    return {row["code"] for row in register("provinces")}


def tagged(tag: str) -> set[str]:
    return {row["code"] for row in register("provinces") if tag in row["tags"].split()}


@pytest.mark.parametrize(
    ("name", "layer", "extra"),
    [
        ("corridors", CORRIDORS, {"axis"}),
        ("border_towns", BORDER_TOWNS, set()),
        ("cross_border_links", CROSS_BORDER_LINKS, set()),
        ("fair_sites", FAIR_SITES, {"province_printed"}),
    ],
)
def test_register_headings_are_fields_and_cells_are_allowed_codes(
    name: str, layer: Layer, extra: set[str]
) -> None:
    rows = register(name)
    assert set(rows[0]) - extra <= set(layer.by_name)
    assert len({row[layer.key] for row in rows}) == len(rows)
    for row in rows:
        assert row["source_ref"]
        for heading in set(row) - extra:
            field = layer.by_name[heading]
            if field.values is not None and row[heading]:
                cell = row[heading].split("|") if field.type == "list" else [row[heading]]
                assert set(cell) <= set(field.values), (heading, cell)
            if field.pattern and row[heading]:
                assert re.fullmatch(field.pattern, row[heading])
            if field.required:
                assert row[heading], heading


def test_four_corridors_have_sixteen_different_members_marked_general_knowledge() -> None:
    """border.md 7.1 and BORD-R2: the Southern Corridor is a fifth object without preset members.

    SYS-039: members come with their source; no source prints them.
    """
    rows = {row["code"]: row for row in register("corridors")}
    members = {code: row["members"].split("|") for code, row in rows.items() if row["members"]}
    assert members == {
        "NEC": ["57", "50", "51", "52"],
        "NeEC": ["30", "40", "41", "43"],
        "CWEC": ["14", "73", "72", "71"],
        "SEC": ["86", "85", "84", "80"],
    }
    assert len({code for group in members.values() for code in group}) == 16
    for code in members:
        assert rows[code]["data_origin"] == "general_knowledge" and rows[code]["member_source"]
        assert sorted(rows[code]["axis"].split("|")) == sorted(members[code])
    assert rows["SOUTHERN_CORRIDOR"]["axis"] == ""
    assert set(rows) == {"NEC", "NeEC", "CWEC", "SEC", "SOUTHERN_CORRIDOR"}


def test_border_fairs_have_26_sites_in_25_provinces_and_one_without_a_name() -> None:
    """BORD-T65, BORD-R50, GAZ-R3."""
    rows = register("fair_sites")
    assert [int(row["site_no"]) for row in rows] == list(range(1, 27))
    named = [row for row in rows if row["area_code"]]
    assert len(named) == 25
    assert {row["area_code"] for row in named} == tagged("BF25")
    assert rows[25]["area_code"] == "" and rows[25]["geom_precision"] == "none"
    assert {"65", "33", "23", "76", "86", "95"}.isdisjoint({row["area_code"] for row in named})


def test_fair_provinces_by_country_sum_to_27() -> None:
    """border.md 7.3: MM 8, LA 11, KH 5, MY 3 = 25 + two provinces with two neighbours."""
    cells = [row["neighbour_country"] for row in register("fair_sites") if row["area_code"]]
    count = Counter(country for cell in cells for country in cell.split("|"))
    assert count == {"MM": 8, "LA": 11, "KH": 5, "MY": 3}
    assert sum("|" in cell for cell in cells) == 2


def test_fair_province_names_repair_only_what_is_misprinted() -> None:
    """BORD-Q9: อานาจเจริญ is a misprint, อุตรดิตถ์ in this list is right."""
    right = {row["code"]: row["name_th"] for row in register("provinces")}
    repaired = {
        row["province_printed"]: right[row["area_code"]]
        for row in register("fair_sites")
        if row["area_code"] and row["province_printed"] != right[row["area_code"]]
    }
    assert repaired == {"อานาจเจริญ": "อำนาจเจริญ"}
    assert any(row["area_code"] == "53" for row in register("fair_sites"))


def test_the_cattle_link_makes_six_pairs_of_districts() -> None:
    """SYS-040: two Thai and three Cambodian districts, commodity and legal type on the link."""
    link = next(row for row in register("cross_border_links") if row["link_id"] == "BL1")
    assert len(link["side_a"].split("|")) * len(link["side_b"].split("|")) == 6
    assert link["legal_type"].split("|") == ["cross_border", "transit"]
    assert link["transit_to"] == "VN"  # BORD-R13
    assert link["cooperatives"] == "3"
    assert link["commodity"].split("|") == ["cattle", "beef"]


def test_border_towns_show_country_products_and_agreement() -> None:
    """SYS-038: the two cases that the source tells; no other of the 13 areas is named."""
    rows = {row["border_town_id"]: row for row in register("border_towns")}
    assert {row["neighbour_country"] for row in rows.values()} == {"KH", "MY"}
    assert rows["BT1"]["status"] == "funded" and rows["BT1"]["mou"] == "true"
    assert len(rows["BT2"]["products"].split("|")) == 5  # BORD-R32
    assert rows["BT2"]["area_code"] == ""  # two provinces


def hosts() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in register("restt_hosts"):
        found.setdefault(row["host_printed"], []).append(row)
    return found


def test_declared_counts_of_the_hosts_sum_to_77() -> None:
    """BORD-T75."""
    declared = [int(rows[0]["declared_n"]) for rows in hosts().values()]
    assert declared == [26, 8, 10, 19, 14]
    assert sum(declared) == 77
    assert all(len({row["declared_n"] for row in rows}) == 1 for rows in hosts().values())


def test_hosts_name_76_different_provinces_one_twice_and_one_not() -> None:
    """BORD-T76 to T79, GAZ-R2."""
    codes = [row["province_code"] for row in register("restt_hosts")]
    assert len(codes) == 77 and len(set(codes)) == 76
    names = Counter(row["province_printed"] for row in register("restt_hosts"))
    assert [name for name, n in names.items() if n > 1] == ["ร้อยเอ็ด"]
    missing = province_codes() - set(codes)
    assert missing == {row["code"] for row in register("provinces") if row["name_th"] == "ยโสธร"}
    unique = [len({row["province_code"] for row in rows}) for rows in hosts().values()]
    assert unique == [26, 8, 10, 18, 14]


def test_each_host_list_is_that_of_the_gazetteer() -> None:
    tags = ("RC26", "RU8", "RL10", "RN18", "RS14")
    for tag, rows in zip(tags, hosts().values(), strict=True):
        assert {row["province_code"] for row in rows} == tagged(tag)


def test_gazetteer_lists_have_their_printed_sizes() -> None:
    """GAZ-R1: the register of provinces is whole."""
    sizes = {
        "NE20": 20, "UN8": 8, "LN9": 9, "ST10": 10, "BF25": 25, "RC26": 26, "RU8": 8, "RL10": 10,
        "RN18": 18, "RS14": 14, "DR45": 45, "DH61": 9, "DH62": 5, "KBO4": 4, "SRA7": 7,
        "LC10": 10, "OV3": 3, "LNE4": 4,
    }  # fmt: skip
    count = Counter(tag for row in register("provinces") for tag in row["tags"].split())
    assert count == sizes
    assert len(register("provinces")) == 77
    assert {row["code"] for row in register("province_points")} == province_codes()
    assert (len(register("aliases")), len(register("places"))) == (206, 169)
    assert len(register("phuket_tambons")) == 17


def test_the_north_eastern_targets_sum_to_their_printed_total() -> None:
    """poverty.md 8.1: 20 rows and the totals row."""
    *rows, total = register("ne_target_provinces")
    assert len(rows) == 20 and total["seq"] == "total"
    for column, printed in (
        ("districts", 274),
        ("villages", 500),
        ("team_members", 1370),
        ("households", 10000),
    ):
        assert sum(int(row[column]) for row in rows) == int(total[column]) == printed
    for row in rows:
        assert int(row["households"]) == 20 * int(row["villages"])
        assert int(row["team_members"]) == 5 * int(row["districts"])
        share = int(row["villages"]) / int(row["districts"])
        assert float(row["villages_per_district"]) == pytest.approx(share, abs=0.005)
    assert {row["province_code"] for row in rows} == tagged("NE20")
    right = {row["code"]: (row["name_th"], row["name_en"]) for row in register("provinces")}
    assert all(right[r["province_code"]] == (r["province_th"], r["province_en"]) for r in rows)
