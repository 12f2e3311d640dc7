"""Economy layers: what tourism.md 3.15, registers.md 9.5, border.md 3.9, systems.md L8 print."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from layers import enterprises, innovation, producers
from layers.enterprises import ENTERPRISES
from layers.innovation import INNOVATORS, TECHNOLOGIES
from layers.model import Layer, Privacy
from layers.producers import PRODUCERS, PRODUCTS

LAYERS = tuple(chain(enterprises.LAYERS, producers.LAYERS, innovation.LAYERS))


@pytest.mark.parametrize(
    ("layer", "field", "codes"),
    [
        (
            PRODUCERS,
            "kind",
            "community_group single_owner sme school prison juvenile_centre otop_trader other",
        ),
        (PRODUCERS, "work_line", "farming processing community_tourism"),
        (PRODUCERS, "kbo_network_state", "active none"),
        (
            PRODUCTS,
            "category",
            "food drink textile herb_nonfood ornament_handicraft vegetable_fruit fishery "
            "livestock rice other",
        ),
        (PRODUCTS, "quadrant", "A B C D"),
        (PRODUCTS, "stage", "idea sketch prototype_1 prototype_2 shooting on_sale"),
        (PRODUCTS, "programme_year_support", "KBO QD PSO D-HOPE"),
        (
            PRODUCTS,
            "kbo_state",
            "registered selected planned supported market_tested channel assessed showcase",
        ),
        (
            ENTERPRISES,
            "network_kind",
            "sie joint_border cooperative collection_hub community_enterprise industry_community",
        ),
        (ENTERPRISES, "merchant_category", "food_service e_commerce lodging"),
        (ENTERPRISES, "group_state", "not_grouped formed registered ce otop"),
        (ENTERPRISES, "group_elements", "members committee rules fund activity"),
        (
            ENTERPRISES,
            "support_processes",
            "inputs knowledge marketing communication management",
        ),
        (ENTERPRISES, "chain_stage", "input producer collector processor seller buyer"),
        (ENTERPRISES, "stream", "upstream midstream downstream"),
        (ENTERPRISES, "value_state", "actual forecast plan"),
        (INNOVATORS, "level", "learn receive adapt use"),
    ],
)
def test_code_lists_are_those_of_the_chapters(layer: Layer, field: str, codes: str) -> None:
    assert list(layer.by_name[field].values or ()) == codes.split()


def test_classes_of_the_economy_are_those_of_the_privacy_chapter() -> None:
    """privacy.md 11.2, registers.md 9.5: the whole list of fields that are not public."""
    protected = {
        f"{layer.id}.{field.name}": field.privacy.name
        for layer in LAYERS
        for field in layer.fields
        if field.privacy != Privacy.PUBLIC
    }
    assert protected == {
        "enterprises.village_code": "RESTRICTED",
        "enterprises.member_links": "RESTRICTED",
        "enterprises.raw_material_thb": "INTERNAL",
        "enterprises.wages_thb": "INTERNAL",
        "enterprises.money_circulated_thb": "INTERNAL",
        "enterprises.person_name": "RESTRICTED",
        "enterprises.phone": "RESTRICTED",
        "enterprises.line_id": "RESTRICTED",
        "enterprises.contact_public": "INTERNAL",
        "enterprises.point_public": "INTERNAL",
        "producers.village_code": "RESTRICTED",
        "producers.supply": "INTERNAL",
        "producers.person_name": "RESTRICTED",
        "producers.phone": "RESTRICTED",
        "producers.line_id": "RESTRICTED",
        "producers.contact_public": "INTERNAL",
        "producers.point_public": "INTERNAL",
        "products.quadrant": "INTERNAL",
        "products.programme_year_support": "INTERNAL",
        "products.stage_people": "INTERNAL",
        **{f"products.c{n}": "INTERNAL" for n in range(1, 7)},
        "products.kbo_passed": "INTERNAL",
        "innovators.village_code": "RESTRICTED",
        "innovators.person_name": "RESTRICTED",
        "innovators.phone": "RESTRICTED",
        "innovators.line_id": "RESTRICTED",
        "innovators.email": "RESTRICTED",
        "innovators.photo_id": "RESTRICTED",
        "innovators.contact_public": "INTERNAL",
        "innovators.photo_public": "INTERNAL",
    }
    assert all(layer.privacy == Privacy.PUBLIC for layer in LAYERS)


@pytest.mark.parametrize("layer", [ENTERPRISES, PRODUCERS, INNOVATORS], ids=lambda layer: layer.id)
def test_the_public_place_of_a_person_or_shop_ends_at_the_tambon(layer: Layer) -> None:
    """privacy.md 11.2: the point only with consent, the area to the tambon."""
    assert layer.geometry_privacy == Privacy.RESTRICTED
    pattern = layer.by_name["area_code"].pattern or ""
    assert [bool(re.search(pattern, "83010203"[:n])) for n in (2, 4, 6, 8)] == [True] * 3 + [False]
    assert re.search(layer.by_name["village_code"].pattern or "", "83010203")


def test_a_skilled_person_is_known_by_skill_and_not_by_name() -> None:
    """SYS-101, SYS-089: innovators are found by skill and tambon, only consented names are public.

    Here: the definition keeps the name out of what the public sees.
    """
    assert INNOVATORS.title_field == "main_skill"
    seen = {field.name for field in INNOVATORS.fields if field.privacy == Privacy.PUBLIC}
    assert {"main_skill", "skills", "awards", "area_code"} <= seen
    assert not {"name_th", "name_en"} & set(INNOVATORS.by_name)


def test_stars_and_register_year_are_bounded() -> None:
    """SYS-081: six stars are refused; 2019 is not a Buddhist year (IMP-E-ERA)."""
    stars, year = PRODUCTS.by_name["stars"], PRODUCERS.by_name["register_year"]
    assert (stars.minimum, stars.maximum) == (1, 5)
    assert (year.minimum, year.maximum) == (2557, 2600)


@pytest.mark.parametrize(
    ("heading", "layer", "field"),
    [
        ("producer_id", PRODUCERS, "producer_id"),
        ("รหัสผู้ผลิต", PRODUCERS, "producer_id"),
        ("group_name", PRODUCERS, "name_th"),
        ("ชื่อกลุ่ม/กิจการ", PRODUCERS, "name_th"),
        ("producer_type", PRODUCERS, "kind"),
        ("ประเภทผู้ผลิต", PRODUCERS, "kind"),
        ("reg_year", PRODUCERS, "register_year"),
        ("ปีลงทะเบียน", PRODUCERS, "register_year"),
        ("ช่องทางขาย", PRODUCERS, "channels"),
        ("channels", PRODUCERS, "channels"),
        ("ยินยอมเผยแพร่", PRODUCERS, "contact_public"),
        ("consent_public", PRODUCERS, "contact_public"),
        ("product_id", PRODUCTS, "product_id"),
        ("product_name", PRODUCTS, "name_th"),
        ("ประเภทผลิตภัณฑ์", PRODUCTS, "category"),
        ("product_category", PRODUCTS, "category"),
        ("ดาว", PRODUCTS, "stars"),
        ("stars", PRODUCTS, "stars"),
        ("กลุ่ม (Quadrant)", PRODUCTS, "quadrant"),
        ("มาตรฐาน", PRODUCTS, "certs"),
        ("certificates", PRODUCTS, "certs"),
        ("gi", PRODUCTS, "gi"),
        ("โครงการในปีนี้", PRODUCTS, "programme_year_support"),
        ("programme_this_fy", PRODUCTS, "programme_year_support"),
    ],
)
def test_headings_of_the_otop_register_mean_one_field(
    heading: str, layer: Layer, field: str
) -> None:
    """registers.md 9.5: name, alias or Thai label of exactly one field of the layer."""
    meant = [
        item.name for item in layer.fields if heading in {item.name, *item.aliases, item.label.th}
    ]
    assert meant == [field]


def test_six_criteria_decide_the_kbo_test() -> None:
    """TOUR-R60."""
    assert [PRODUCTS.by_name[f"c{n}"].type for n in range(1, 7)] == ["boolean"] * 6
    assert PRODUCTS.by_name["kbo_passed"].computed


def test_no_layer_holds_payment_or_wallet_data() -> None:
    """SYS-107, SYS-112, TOUR-R116."""
    for layer in LAYERS:
        for field in layer.fields:
            assert not re.search("wallet|payment|token|bank", field.name)


def test_demand_and_supply_of_technology_carry_the_same_topic_code() -> None:
    """SYS-104: both are rows of one layer with one topic field; people carry it too."""
    assert list(TECHNOLOGIES.by_name["record_kind"].values or ()) == [
        "supply", "demand", "innovation",
    ]  # fmt: skip
    assert "topic" in TECHNOLOGIES.by_name and "topic" in INNOVATORS.by_name
