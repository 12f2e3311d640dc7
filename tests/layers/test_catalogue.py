"""The catalogue: what every definition must keep, whichever family it belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest

from geo.text import Text
from layers import areas, facilities, land
from layers.catalogue import CATALOGUE, FAMILIES, collect, layers_of
from layers.errors import DefinitionError
from layers.fields import AREA_CODE, DATA_ORIGINS, THAILAND
from layers.model import Layer, Privacy

PUBLIC, INTERNAL, RESTRICTED, SECRET = Privacy

CONTRACT = {
    "areas": "regions provinces districts tambons villages local_governments",
    "land": "plots ponds channels plot_zones soil_samples",
    "people": "households debtors funds visits aid_cases aid_providers village_targets "
    "field_rounds handovers",
    "border": "corridors border_towns cross_border_links fair_sites",
    "tourism": "attractions tourism_communities programmes tour_routes route_stops "
    "cultural_assets quarters events",
    "places": "facilities markets roads hazards permission_zones",
    "economy": "enterprises producers products technologies innovators",
    "work": "projects indicators observations documents deadlines",
}
LAYERS = [pytest.param(layer, id=layer.id) for layer in CATALOGUE.values()]

THAI = re.compile("[ก-๛]")
NO_LANGUAGE = re.compile(r"[A-Z0-9]+|[a-z0-9_]+(, [a-z0-9_]+)+")
"""A proper name such as LINE, or a list of the names of parts."""


def wordings(layer: Layer) -> Iterator[tuple[str, Text]]:
    """Every text of a definition except the labels of code lists, with the place it stands at."""
    yield f"{layer.id} title", layer.title
    yield f"{layer.id} description", layer.description
    for item in layer.fields:
        yield f"{layer.id}.{item.name} label", item.label
        if item.description is not None:
            yield f"{layer.id}.{item.name} description", item.description


@pytest.mark.parametrize("group", CONTRACT)
def test_each_family_holds_exactly_the_collections_of_the_contract(group: str) -> None:
    assert {layer.id for layer in layers_of(group)} == set(CONTRACT[group].split())


def test_the_catalogue_follows_the_order_of_the_families() -> None:
    groups = [layer.group for layer in CATALOGUE.values()]
    assert groups == sorted(groups, key=list(FAMILIES).index)
    assert list(FAMILIES) == [*CONTRACT, "user"]
    assert all(id_ == layer.id for id_, layer in CATALOGUE.items())


@pytest.mark.parametrize("layer", LAYERS)
def test_every_wording_stands_in_both_languages(layer: Layer) -> None:
    for place, text in wordings(layer):
        untranslatable = text.th == text.en and NO_LANGUAGE.fullmatch(text.th)
        assert THAI.search(text.th) or untranslatable, f"{place}: no Thai in {text.th!r}"
        assert text.en.strip(), f"{place}: no English"
        assert not THAI.search(text.en), f"{place}: Thai in {text.en!r}"


@pytest.mark.parametrize("group", FAMILIES)
def test_families_are_titled_in_both_languages(group: str) -> None:
    assert THAI.search(FAMILIES[group].th)
    assert FAMILIES[group].en and not THAI.search(FAMILIES[group].en)


@pytest.mark.parametrize("layer", LAYERS)
def test_code_lists_are_not_empty_and_labelled_in_both_languages(layer: Layer) -> None:
    for item in layer.fields:
        if item.values is None:
            continue
        assert item.type in {"text", "list"}, item.name
        assert item.values, item.name
        for code, label in item.values.items():
            name_in_both = label.th == label.en  # proper names such as TPMAP
            assert THAI.search(label.th) or name_in_both, f"{item.name}: no Thai in {label.th!r}"
            assert label.en.strip() and not THAI.search(label.en), f"{item.name}: {code}"
            assert re.fullmatch(r"[A-Za-z0-9][\w.+-]*", code, re.ASCII), f"{item.name}: {code}"
        labels = {label.th for label in item.values.values()}
        assert len(labels) == len(item.values), f"{item.name}: a label twice"


@pytest.mark.parametrize("layer", LAYERS)
def test_definitions_survive_json(layer: Layer) -> None:
    again = Layer.from_json(json.loads(json.dumps(layer.to_json())))
    assert again == layer
    for before, after in zip(layer.fields, again.fields, strict=True):
        assert list(before.values or ()) == list(after.values or ()), "the order of codes"


CODES = ["83", "8301", "830102", "83010203", "", "8", "830", "8301021", "8301020304", "TH83"]


@pytest.mark.parametrize("layer", LAYERS)
def test_keys_areas_and_titles_fit_their_roles(layer: Layer) -> None:
    key = layer.by_name[layer.key]
    assert key.type == "text" and key.required
    assert layer.title_field is not None
    assert not layer.user_made
    if layer.area is not None:
        own_code = layer.id in {"provinces", "districts", "tambons", "villages"}
        assert layer.area == ("code" if own_code else "area_code")
        area = layer.by_name[layer.area]
        assert area.type == "text" and area.pattern is not None
        legal = [code for code in CODES if re.search(area.pattern, code)]
        assert legal and all(re.fullmatch(AREA_CODE, code) for code in legal)
    for role in layer.datetime:
        assert layer.by_name[role].type in {"date", "datetime"}
    assert len(layer.datetime) <= 2


@pytest.mark.parametrize("layer", LAYERS)
def test_every_feature_can_say_how_true_it_is(layer: Layer) -> None:
    assert layer.by_name["data_origin"].values == DATA_ORIGINS


UNITS = {
    "_m2": "m2",
    "_m3": "m3",
    "_km2": "km2",
    "_m": "m",
    "_km": "km",
    "_cm": "cm",
    "_kmh": "km/h",
    "_deg": "deg",
    "_thb": "THB",
    "_pct": "%",
}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_field_name_that_ends_in_a_unit_has_that_unit(layer: Layer) -> None:
    for item in layer.fields:
        suffix = "_" + item.name.rsplit("_", 1)[-1]
        unit = (item.unit or "").split("/person")[0]  # a price may be one per person
        if suffix in UNITS:
            assert unit == UNITS[suffix], item.name
        if item.unit is not None:
            assert item.type in {"number", "integer"}, item.name
        if unit in {"THB", "m2", "m3", "km2"} and not item.computed:
            assert item.minimum is not None, f"{item.name}: no lower bound"


@pytest.mark.parametrize("layer", LAYERS)
def test_bounds_and_patterns_belong_to_their_types(layer: Layer) -> None:
    for item in layer.fields:
        if item.minimum is not None or item.maximum is not None:
            assert item.type in {"number", "integer"}, item.name
        if item.minimum is not None and item.maximum is not None:
            assert item.minimum < item.maximum, item.name
        if item.pattern is not None:
            assert item.type == "text", item.name
            re.compile(item.pattern)


@pytest.mark.parametrize("layer", LAYERS)
def test_no_column_heading_means_two_fields_of_one_layer(layer: Layer) -> None:
    seen: dict[str, str] = {}
    for item in layer.fields:
        for heading in {item.name, *item.aliases}:
            assert heading not in seen, f"{heading}: {seen.get(heading)} and {item.name}"
            seen[heading] = item.name


@pytest.mark.parametrize("layer", LAYERS)
def test_no_field_can_hold_an_id_card_number(layer: Layer) -> None:
    for item in layer.fields:
        assert not re.search(r"id_?card|citizen|national_id|pid", item.name), item.name
        assert "บัตรประชาชน" not in item.label.th


# privacy.md 11.2, family by family; a dash is the row itself and what has no class of its own.
PRIVACY_TABLE: list[tuple[str, str, Privacy, str]] = [
    ("regions provinces districts tambons villages local_governments", "-", PUBLIC, "area names"),
    ("tambons", "code name_th name_en", PUBLIC, "area names"),
    ("roads hazards permission_zones markets facilities", "-", PUBLIC, "sites"),
    ("attractions tourism_communities programmes tour_routes", "-", PUBLIC, "tourism"),
    ("route_stops cultural_assets quarters events", "-", PUBLIC, "tourism, culture, festivals"),
    ("corridors border_towns cross_border_links fair_sites", "-", PUBLIC, "border"),
    ("projects", "-", PUBLIC, "project, plan, budget"),
    ("producers innovators", "-", PUBLIC, "producers, skilled persons"),
    ("plots", "-", RESTRICTED, "plots"),
    ("plots", "deed_type deed_no deed_holder_name status development_step", RESTRICTED, "plots"),
    ("plots", "owner_key owner_name participant_name phone owner_consent", RESTRICTED, "plots"),
    ("plots", "risk_may_sell risk_owner_elderly risk_owner_ill", SECRET, "plot risk flags"),
    ("ponds channels plot_zones soil_samples", "-", RESTRICTED, "soil sample, pond, zones"),
    ("soil_samples", "soil_class formed breaks officer", RESTRICTED, "soil sample"),
    ("ponds", "depth_m volume_m3 verdict", RESTRICTED, "pond"),
    ("markets", "openings months", INTERNAL, "fair and market: vendor rows"),
    ("villages", "severity development_level", INTERNAL, "registers.md 9.3"),
    ("households", "-", RESTRICTED, "household survey row"),
    ("households", "household_id tier reason_codes income_pcpy_bmn", RESTRICTED, "household row"),
    ("households", "welfare_card flag_deceased flag_moved_out", RESTRICTED, "welfare card"),
    ("households", "flag_elderly flag_disabled flag_welfare_only", SECRET, "elderly, disabled"),
    ("households", "health_need", SECRET, "health detail"),
    ("households", "rehab_member tier_exact reason_codes_exact", SECRET, "drug treatment"),
    ("aid_cases", "-", RESTRICTED, "aid given"),
    ("visits", "-", RESTRICTED, "visit log"),
    ("field_rounds handovers", "-", RESTRICTED, "visit log: date, team"),
    ("visits", "personal_note hardship", SECRET, "debtor personal note, hardship"),
    ("debtors", "-", RESTRICTED, "debtor contract and money"),
    ("debtors", "outstanding_thb arrears_thb debtor_class legal_status", RESTRICTED, "debtor"),
    ("debtors", "payment_disputed", SECRET, "disputed payment"),
    ("debtors", "legal_case mediation_cases", SECRET, "court and mediation"),
    ("funds", "level indicators_passed faults", INTERNAL, "fund governance"),
    ("funds", "members savings_thb", INTERNAL, "fund members and savings"),
    ("programmes", "person_name phone line_id photo_id", RESTRICTED, "tourism.md 3.4"),
    ("programmes", "income_before_thb income_after_thb", RESTRICTED, "income change"),
]


@pytest.mark.parametrize(
    ("layer", "name", "least"),
    [
        pytest.param(layer, name, least, id=f"{layer}.{name} {why}")
        for layers, names, least, why in PRIVACY_TABLE
        for layer in layers.split()
        for name in names.split()
    ],
)
def test_classes_are_those_of_the_privacy_chapter(layer: str, name: str, least: Privacy) -> None:
    """PRIV 11.2: a row, its place and its sensitive fields are never less protected than this."""
    definition = CATALOGUE[layer]
    if name == "-":
        assert definition.privacy == least
        if definition.geometry is not None:
            assert Privacy(definition.geometry_privacy or 0) >= least
    elif least is PUBLIC:
        assert definition.by_name[name].privacy == PUBLIC
    else:
        assert definition.by_name[name].privacy >= least


def test_homes_and_plots_have_no_public_place() -> None:
    for id_ in ("households", "debtors", "visits", "plots", "ponds", "soil_samples"):
        assert Privacy(CATALOGUE[id_].geometry_privacy or 0) >= RESTRICTED


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_that_lies_in_thailand_is_bounded_by_it(layer: Layer) -> None:
    if layer.bounds is not None:
        west, south, east, north = layer.bounds
        assert west < east and south < north
        assert west <= THAILAND[0] and south <= THAILAND[1]
        assert east >= THAILAND[2] and north >= THAILAND[3]
    if layer.group in {"areas", "land"}:
        assert layer.bounds == THAILAND


def test_bounds_are_the_country_box_of_the_location_rules() -> None:
    """LOC-R7: 5.5-20.6 N, 97.2-105.8 E."""
    west, south, east, north = THAILAND
    assert (south, north, west, east) == (5.5, 20.6, 97.2, 105.8)


def test_land_code_lists_are_those_of_the_chapter() -> None:
    for codes, printed in (
        (
            land.PLOT_STATUSES,
            "inquiry applied documents_checked field_checked reported reserve accepted preparing "
            "ready_to_dig digging suspended dug rework inspected developing learning_centre "
            "rejected withdrawn closed",
        ),
        (
            land.PERMISSION_ZONE_KINDS,
            "reserved_forest national_park royal_project_forest state_land self_help_settlement "
            "coop_settlement alro other",
        ),
        (land.DEED_TYPES, "chanote ns3k ns3 sk1 spk401 nk3 ksn5 ratchaphatsadu other"),
        (land.SIZE_CLASSES, "micro small_between standard over_standard"),
        (land.ZONE_GROUPS, "water rice orchard_forest residence"),
        (land.POND_VERDICTS, "ok split_bottom line_bottom collapsed"),
    ):
        assert " ".join(codes) == printed
    assert set(land.SOIL_CLASSES) == {"clay", "sandy_loam", "sand", "unknown"}
    assert list(land.DEVELOPMENT_STEPS) == list(range(1, 11))


def test_province_lists_are_the_eighteen_of_the_gazetteer() -> None:
    """GAZ-R1."""
    assert " ".join(areas.PROVINCE_LISTS) == (
        "NE20 UN8 LN9 ST10 BF25 RC26 RU8 RL10 RN18 RS14 DR45 DH61 DH62 KBO4 SRA7 LC10 OV3 LNE4"
    )


def test_single_prisons_and_juvenile_centres_are_marked_unpublished() -> None:
    assert set(facilities.FACILITY_KINDS) >= facilities.UNPUBLISHED_KINDS


def test_an_id_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(DefinitionError) as caught:
        collect([areas.TAMBONS, areas.DISTRICTS, areas.TAMBONS])
    assert caught.value.code == "layer_twice"
    assert "tambons" in caught.value.text.th


def test_a_layer_of_no_family_is_refused() -> None:
    with pytest.raises(DefinitionError) as caught:
        collect([replace(areas.TAMBONS, group="elsewhere")])
    assert caught.value.code == "layer_family"


def test_the_national_tambon_file_fits_its_layer(reference: Path) -> None:
    """7,425 tambons: every column that the layer keeps is a field, every code and name passes."""
    path = reference / "boundaries" / "tambon.fgb"
    layer = CATALOGUE["tambons"]
    rows = pyogrio.read_dataframe(path, read_geometry=False)
    headings = {heading for f in layer.fields for heading in (f.name, *f.aliases)}
    assert set(rows.columns) - headings == {"district_code", "province_code"}  # prefixes of code
    pattern = layer.by_name["code"].pattern
    assert pattern is not None
    assert rows["code"].str.fullmatch(pattern).all() and rows["code"].is_unique
    assert rows["name_th"].str.contains(THAI.pattern).all()
    west, south, east, north = pyogrio.read_info(path)["total_bounds"]
    assert THAILAND[0] < west and THAILAND[1] < south
    assert THAILAND[2] > east and THAILAND[3] > north
