"""Tourism layers: what tourism.md 3, 7, 8, 10 print, and the registers carried over from it."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain

import pytest

from layers import culture, routes, tourism
from layers.culture import CULTURAL_ASSETS, EVENTS, QUARTERS
from layers.fields import THAILAND
from layers.model import Layer, Privacy
from layers.routes import ROUTE_STOPS, TOUR_ROUTES
from layers.tourism import ATTRACTIONS, CARD, PROGRAMMES, TOURISM_COMMUNITIES
from sample_data.registers import register

LAYERS = tuple(chain(tourism.LAYERS, routes.LAYERS, culture.LAYERS))


@pytest.mark.parametrize(
    ("layer", "field", "codes"),
    [
        (
            ATTRACTIONS,
            "kind",
            "natural cultural agro learning market food viewpoint activity other",
        ),
        (ATTRACTIONS, "positioning", "conservation cultural health other"),
        (ATTRACTIONS, "city_tier", "main secondary none"),
        (ATTRACTIONS, "basin", "large small none"),
        (ATTRACTIONS, "linked_activity", "cycling tubing birdwatching walking boat other"),
        (ATTRACTIONS, "season", "high green winter all"),
        (TOURISM_COMMUNITIES, "class_code", "A B other unclassified"),
        (TOURISM_COMMUNITIES, "programme", "otop_nawatwithi ovc dhope other"),
        (TOURISM_COMMUNITIES, "inspection_region", "south_gulf south_andaman other"),
        (
            PROGRAMMES,
            "state",
            "nominated drafted tested improved in_catalogue exhibited withdrawn suspended",
        ),
        (PROGRAMMES, "slot_mode", "fixed flexible"),
        (PROGRAMMES, "language", "th en other"),
        (TOUR_ROUTES, "kind", "community tram walk cycle boat learning nature_trail"),
        (TOUR_ROUTES, "regional_key_area", "andaman gulf other"),
        (TOUR_ROUTES, "state", "draft checked published suspended archived"),
        (
            ROUTE_STOPS,
            "ref_type",
            "attraction programme market quarter festival lodging centre fair community",
        ),
        (ROUTE_STOPS, "role", "activity trade meal lodging transfer"),
        (ROUTE_STOPS, "leg_mode", "car van tram bike walk boat train"),
        (ROUTE_STOPS, "leg_source", "road_network straight_line manual"),
        (
            CULTURAL_ASSETS,
            "asset_type",
            "artefact ancient_site cultural_area folk_literature architecture old_town market "
            "temple food object other",
        ),
        (
            CULTURAL_ASSETS,
            "dimension",
            "local_food art_and_building performance costume_textile",
        ),
        (QUARTERS, "channel", "civil_society university"),
        (EVENTS, "origin", "revived continuing new"),
        (EVENTS, "recurrence", "once weekly yearly yearly_fixed yearly_lunar other"),
        (
            EVENTS,
            "fair_kind",
            "border_otop safe_food dhope_exhibition otop_national craft seasonal other",
        ),
        (EVENTS, "model", "1 2"),
        (EVENTS, "venue_zone", "neighbour_country border_area elsewhere_in_province"),
        (
            EVENTS,
            "activities",
            "otop_sale business_talk friendship exhibition safe_food_declaration other",
        ),
        (
            EVENTS,
            "fair_state",
            "planned approved exhibitors_selected held reported closed",
        ),
        (
            EVENTS,
            "income_state",
            "reported reported_none no_response not_due not_applicable",
        ),
    ],
)
def test_code_lists_are_those_of_the_chapter(layer: Layer, field: str, codes: str) -> None:
    assert list(layer.by_name[field].values or ()) == codes.split()


def test_states_of_a_programme_have_the_printed_thai_labels() -> None:
    """tourism.md 8.1."""
    values = PROGRAMMES.by_name["state"].values or {}
    assert [label.th for label in values.values()] == [
        "เสนอชื่อ", "ร่างโปรแกรม", "ทดสอบแล้ว", "ปรับปรุงแล้ว", "อยู่ในแคตตาล็อก", "จัดนิทรรศการแล้ว",
        "ถอนตัว", "พักชั่วคราว",
    ]  # fmt: skip


def test_everything_is_public_but_persons_homes_hidden_places_and_exhibitors() -> None:
    """privacy.md 11.2 and tourism.md 10: the whole list of fields that are not public."""
    protected = {
        f"{layer.id}.{field.name}": field.privacy.name
        for layer in LAYERS
        for field in layer.fields
        if field.privacy != Privacy.PUBLIC
    }
    assert protected == {
        "programmes.champ_id": "INTERNAL",
        "programmes.person_name": "RESTRICTED",
        "programmes.phone": "RESTRICTED",
        "programmes.line_id": "RESTRICTED",
        "programmes.photo_id": "RESTRICTED",
        "programmes.contact_public": "INTERNAL",
        "programmes.photo_public": "INTERNAL",
        "programmes.point_public": "INTERNAL",
        "programmes.income_before_thb": "RESTRICTED",
        "programmes.income_after_thb": "RESTRICTED",
        "programmes.at_home": "INTERNAL",
        "programmes.exact_point": "RESTRICTED",
        "cultural_assets.location_sensitive": "RESTRICTED",
        "cultural_assets.exact_point": "RESTRICTED",
        "events.exhibitors": "INTERNAL",
        "events.exhibitor_incomes": "RESTRICTED",
    }
    assert all(layer.privacy == Privacy.PUBLIC for layer in LAYERS)


def test_a_programme_card_has_the_seven_required_fields() -> None:
    """TOUR-R7: name, slogan, duration, place, price per person, participants, preparation."""
    assert [field.name for field in CARD] == [
        "name_th", "slogan", "duration_min", "place_text", "price_thb", "capacity", "preparation",
    ]  # fmt: skip
    assert all(field in PROGRAMMES.fields for field in CARD)


def test_opening_windows_belong_to_what_opens() -> None:
    """tourism.md 3.6: child of attraction, programme, quarter (market and lodging elsewhere)."""
    having = {layer.id for layer in LAYERS if "opening_windows" in layer.by_name}
    assert having == {"attractions", "programmes", "quarters"}


def test_times_of_a_stop_are_times_of_day() -> None:
    for name in ("arrive", "start", "leave"):
        pattern = ROUTE_STOPS.by_name[name].pattern or ""
        assert re.fullmatch(pattern, "09:30") and re.fullmatch(pattern, "23:59")
        assert not re.fullmatch(pattern, "24:00") and not re.fullmatch(pattern, "9:30")


def test_counts_that_must_be_above_zero_are_bounded_so() -> None:
    for layer, name in (
        (ATTRACTIONS, "visit_min"),
        (ATTRACTIONS, "capacity"),
        (PROGRAMMES, "duration_min"),
        (PROGRAMMES, "capacity"),
        (TOUR_ROUTES, "days"),
        (ROUTE_STOPS, "seq"),
        (ROUTE_STOPS, "day_no"),
    ):
        assert layer.by_name[name].minimum == 1, (layer.id, name)
    for layer in (ATTRACTIONS, PROGRAMMES):
        assert layer.by_name["price_thb"].minimum == 0


def test_a_common_era_year_is_no_buddhist_year() -> None:
    """TOUR-Q7; the register of classes begins in 2562 (CDD L2802)."""
    year = TOURISM_COMMUNITIES.by_name["class_year"]
    assert (year.minimum, year.maximum, year.unit) == (2562, 2650, "BE")


def test_events_may_be_online_and_everything_else_lies_in_thailand() -> None:
    assert EVENTS.datetime == ("start_date", "end_date")
    assert EVENTS.bounds is None and not EVENTS.by_name["area_code"].required
    assert all(layer.bounds == THAILAND for layer in LAYERS if layer is not EVENTS)


# The registers of tourism.md 7


def tagged(tag: str) -> set[str]:
    return {row["code"] for row in register("provinces") if tag in row["tags"].split()}


def test_southern_routes_name_18_of_20_communities_in_10_of_11_provinces() -> None:
    """TOUR 7.1, SYS-053: the province of the missing two is not named and stays unknown."""
    rows = register("southern_route_provinces")
    named = [row for row in rows if row["province_code"]]
    assert (len(named), sum(int(row["communities"]) for row in named)) == (10, 18)
    assert (len(rows), sum(int(row["communities"]) for row in rows)) == (11, 20)
    assert {row["province_code"] for row in named} == tagged("ST10")
    gulf = [row for row in named if row["inspection_region"] == "south_gulf"]
    assert (len(gulf), sum(int(row["communities"]) for row in gulf)) == (5, 9)
    regions = TOURISM_COMMUNITIES.by_name["inspection_region"].values or {}
    assert {row["inspection_region"] for row in named} <= set(regions)


def test_dhope_provinces_are_nine_and_five() -> None:
    """tourism.md 7.2."""
    rows = register("dhope_provinces")
    for year, tag, n in (("2561", "DH61", 9), ("2562", "DH62", 5)):
        codes = {row["province_code"] for row in rows if row["fiscal_year"] == year}
        assert codes == tagged(tag) and len(codes) == n
    assert len(rows) == 14
    right = {row["code"]: row["name_th"] for row in register("provinces")}
    assert all(right[row["province_code"]] == row["name_th"] for row in rows)


def test_the_five_counted_kinds_of_cultural_records_sum_to_1930() -> None:
    """TOUR-T46: 204 + 328 + 367 + 106 + 925; the rest of the total is not itemised."""
    rows = register("cultural_map_counts")
    assert [int(row["count"]) for row in rows] == [204, 328, 367, 106, 925]
    assert sum(int(row["count"]) for row in rows) == 1930
    labels = CULTURAL_ASSETS.by_name["asset_type"].values or {}
    assert all(labels[row["asset_type"]].th == row["name_th"] for row in rows)


def test_the_two_named_quarters_carry_their_printed_figures() -> None:
    """tourism.md 7.3, SYS-048: only Lampang has a multiplier, only Thung Song the rule of 100."""
    thung_song, lampang = register("quarters")
    assert (thung_song["local_vendor_rule_pct"], thung_song["operators"]) == ("100", "231")
    assert (lampang["stimulus_multiplier"], thung_song["stimulus_multiplier"]) == ("1.469", "")
    assert thung_song["as_of"] == "2024-09-15"  # 15 September 2567 BE
    sums = {row["quarter_id"]: row for row in register("quarter_events") if row["n_events"] != "1"}
    assert (sums["QTR1"]["n_events"], sums["QTR1"]["direct_sales_thb"]) == ("311", "164138385")
    assert (sums["QTR2"]["n_events"], sums["QTR2"]["direct_sales_thb"]) == ("288", "118738556")
    stimulus = int(sums["QTR2"]["direct_sales_thb"]) * float(lampang["stimulus_multiplier"])
    assert round(stimulus) == int(sums["QTR2"]["stimulus_thb"]) == 174_426_939


def test_first_and_last_event_of_lampang_give_the_printed_growth() -> None:
    """TOUR-T41, TOUR-T43."""
    first, last = (row for row in register("quarter_events") if row["n_events"] == "1")
    growth = (int(last["direct_sales_thb"]) / int(first["direct_sales_thb"]) - 1) * 100
    assert growth == pytest.approx(231.28, abs=0.005)
    days = date.fromisoformat(last["start_date"]) - date.fromisoformat(first["start_date"])
    assert days.days == 719


@pytest.mark.parametrize(("name", "layer"), [("quarters", QUARTERS), ("quarter_events", EVENTS)])
def test_register_headings_are_fields(name: str, layer: Layer) -> None:
    rows = register(name)
    assert set(rows[0]) <= set(layer.by_name)
    assert all(row[layer.key] and row["name_th"] and row["source_ref"] for row in rows)
