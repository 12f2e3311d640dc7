"""Persons and their views: the rules and cases of privacy.md 11."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from layers.catalogue import CATALOGUE
from layers.errors import DefinitionError
from layers.model import Privacy
from layers.privacy import (
    OWNER,
    PUBLIC,
    Agreement,
    Assignment,
    BreakGlass,
    Grant,
    Person,
    may,
    owner_view,
    public_view,
    view_of,
    why_not,
)
from layers.privacy.conditions import meets

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
HOUSEHOLDS, DEBTORS, VISITS = (CATALOGUE[name] for name in ("households", "debtors", "visits"))


def one(role: str, prefix: str = "83", **more: Any) -> Person:
    """Somebody with one role, a purpose, and an agreement on everything."""
    agreement = Agreement(layers=frozenset(CATALOGUE), valid_to=TODAY)
    given = {
        "account": role,
        "grants": (Grant(role=role, prefix=prefix),),  # type: ignore[arg-type]
        "purpose": "planning",
        "agreements": (agreement,),
    }
    return Person(**{**given, **more})


def test_the_public_gets_counts_of_households_and_no_rows() -> None:
    """PRIV-T1."""
    view = view_of(PUBLIC, HOUSEHOLDS, now=NOW)
    assert view.aggregates_only
    denied = why_not(PUBLIC, HOUSEHOLDS, now=NOW)
    assert denied is not None
    assert denied.details["rule"] == "AUTH-E-CLASS"


def test_a_field_officer_sees_the_own_tambon_only() -> None:
    """PRIV-T2."""
    view = view_of(one("field_officer", "830101"), HOUSEHOLDS, now=NOW)
    assert view.prefixes == ("830101",)
    assert not view.aggregates_only


def test_an_analyst_gets_masked_rows_without_id_and_home() -> None:
    """PRIV-T3."""
    view = view_of(one("analyst"), HOUSEHOLDS, now=NOW)
    assert view.pseudonymous
    assert view.prefixes == ("83",)
    told = {
        "household_id",
        "person_key",
        "ext_ids",
        "house_no",
        "household_no",
        "member_list",
        "aid_needs",
        "trainer_id",
        "occupation_wanted",
    }
    assert not view.fields & told
    assert {"tier", "income_pcpy_bmn", "welfare_card", "area_code"} <= view.fields
    assert all(HOUSEHOLDS.by_name[name].privacy < Privacy.SECRET for name in view.fields)


def test_masked_rows_never_carry_free_text_or_references() -> None:
    """Right M, privacy.md 11.4: no name, in every restricted layer."""
    for layer in CATALOGUE.values():
        view = view_of(one("analyst"), layer, now=NOW)
        if layer.privacy != Privacy.RESTRICTED:
            continue
        assert view.pseudonymous
        for name in view.fields - {layer.area}:
            field = layer.by_name[name]
            assert field.type != "object"
            assert field.values is not None or field.type not in ("text", "list")
        assert view.geometry == (layer.geometry == "Point")


def test_a_university_gets_counts_of_debtors() -> None:
    """PRIV-T5."""
    person = one("university_si", "830101")
    assert view_of(person, DEBTORS, now=NOW).aggregates_only
    assert not view_of(person, HOUSEHOLDS, now=NOW).aggregates_only


def test_the_tier_stays_merged_without_the_permission() -> None:
    """PRIV-T6, PRIV-T6c, PRIV-R13."""
    officer = one("province_officer")
    hidden = {"tier_exact", "reason_codes_exact", "rehab_member", "member_conditions"}
    without = view_of(officer, HOUSEHOLDS, now=NOW)
    assert "tier" in without.fields
    assert not without.fields & hidden
    permitted = replace(officer, permissions=frozenset({"tier4_view"}))
    assert view_of(permitted, HOUSEHOLDS, now=NOW).fields >= hidden
    assert not view_of(replace(permitted, purpose=None), HOUSEHOLDS, now=NOW).fields


def test_the_permission_alone_opens_nothing() -> None:
    person = one("analyst", permissions=frozenset({"tier4_view", "personal_note_view"}))
    assert "tier_exact" not in view_of(person, HOUSEHOLDS, now=NOW).fields
    assert "personal_note" not in view_of(person, VISITS, now=NOW).fields


@pytest.mark.parametrize("role", ["district_officer", "fund_secretariat"])
def test_personal_notes_need_their_own_permission(role: str) -> None:
    """privacy.md 11.4, secret."""
    person = one(role)
    assert "personal_note" not in view_of(person, VISITS, now=NOW).fields
    permitted = replace(person, permissions=frozenset({"personal_note_view"}))
    assert "personal_note" in view_of(permitted, VISITS, now=NOW).fields


def test_an_administrator_breaks_the_glass_for_an_hour() -> None:
    """PRIV-T7."""
    admin = one("admin", "")
    assert view_of(admin, HOUSEHOLDS, now=NOW).aggregates_only
    until = NOW + dt.timedelta(minutes=60)
    glass = BreakGlass(reason="flood", approved_by="province", until=until, prefix="8301")
    broken = replace(admin, break_glass=glass)
    view = view_of(broken, HOUSEHOLDS, now=NOW)
    assert view.prefixes == ("8301",)
    assert {"household_id", "flag_disabled"} <= view.fields
    assert view_of(broken, HOUSEHOLDS, now=until).aggregates_only
    assert view_of(broken, HOUSEHOLDS, now=NOW, door="export").aggregates_only
    assert not may(broken, HOUSEHOLDS, "W", {"area_code": "830101"}, now=NOW)
    # The glass is an administrator's: nobody else has one to break.
    assert view_of(replace(PUBLIC, break_glass=glass), HOUSEHOLDS, now=NOW).aggregates_only


def test_a_secretariat_has_the_debtors_of_its_province() -> None:
    """PRIV-T8."""
    person = one("fund_secretariat", "83")
    assert view_of(person, DEBTORS, now=NOW).prefixes == ("83",)
    assert view_of(person, HOUSEHOLDS, now=NOW).aggregates_only
    visits = view_of(person, VISITS, now=NOW)
    assert meets({"kind": "debtor"}, visits.rows)
    assert not meets({"kind": "household"}, visits.rows)


def test_an_account_sees_nothing_before_and_after_its_time() -> None:
    """PRIV-T9, PRIV-R3: both days are included, as days of Thailand."""
    day = dt.timedelta(days=1)
    for first, last, sees in (
        (TODAY, TODAY, True), (TODAY + day, None, False), (None, TODAY - day, False),
    ):  # fmt: skip
        grant = Grant(role="province_officer", prefix="83", valid_from=first, valid_to=last)
        person = one("province_officer", grants=(grant,))
        assert view_of(person, HOUSEHOLDS, now=NOW).aggregates_only != sees
        assert may(person, HOUSEHOLDS, "R", {"area_code": "830101"}, now=NOW) == sees
        denied = why_not(person, HOUSEHOLDS, now=NOW)
        assert (denied is None) == sees
        if denied is not None:
            assert denied.details["rule"] == "AUTH-E-EXPIRED"
    ends = Grant(role="province_officer", prefix="83", valid_to=dt.date(2026, 11, 20))
    person = one("province_officer", grants=(ends,))
    midnight = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)  # 00:00 of the 21st in Thailand
    assert not view_of(person, HOUSEHOLDS, now=midnight - dt.timedelta(seconds=1)).aggregates_only
    assert view_of(person, HOUSEHOLDS, now=midnight).aggregates_only


@pytest.mark.parametrize("role", ["analyst", "university_si"])
def test_an_agreement_opens_a_dataset_until_its_end(role: str) -> None:
    """PRIV-T10, PRIV-R6."""
    ended = Agreement(layers=frozenset({"households"}), valid_to=TODAY - dt.timedelta(days=1))
    other = Agreement(layers=frozenset({"plots"}), valid_to=TODAY)
    for agreements in ((), (ended,), (other,)):
        person = one(role, agreements=agreements)
        for door in ("read", "export"):
            assert view_of(person, HOUSEHOLDS, now=NOW, door=door).aggregates_only  # type: ignore[arg-type]
        denied = why_not(person, HOUSEHOLDS, now=NOW, door="export")
        assert denied is not None
        assert denied.details["rule"] == "AUTH-E-AGREEMENT"
    listed = Agreement(layers=frozenset({"households"}), valid_to=TODAY)
    assert not view_of(one(role, agreements=(listed,)), HOUSEHOLDS, now=NOW).aggregates_only


def test_restricted_data_need_a_purpose() -> None:
    """privacy.md 11.4: effective right = matrix AND area AND purpose."""
    person = one("district_officer", purpose=None)
    assert view_of(person, HOUSEHOLDS, now=NOW).aggregates_only
    denied = why_not(person, HOUSEHOLDS, now=NOW)
    assert denied is not None
    assert denied.details["rule"] == "AUTH-E-PURPOSE"
    assert "severity" in view_of(person, CATALOGUE["villages"], now=NOW).fields  # internal


def test_internal_fields_show_in_the_own_area_only() -> None:
    view = view_of(one("district_officer", "8301"), CATALOGUE["villages"], now=NOW)
    assert (view.prefixes, view.rows) == (None, None)
    masks = {mask.field: mask.when for mask in view.masks}
    assert set(masks) == {"survey_year", "severity", "development_level"}
    for when in masks.values():
        assert [meets({"code": code}, when) for code in ("83010101", "83020101")] == [True, False]


def test_a_field_officer_sees_the_debtors_of_the_round_until_it_is_purged() -> None:
    """privacy.md 11.4, restricted: only the debtors of the assigned round."""
    round_ = Assignment(layer="debtors", keys=("C-1", "C-2"), valid_to=TODAY)
    person = one("field_officer", "830101", assignments=(round_,))
    view = view_of(person, DEBTORS, now=NOW)
    assert view.prefixes == ("830101",)
    assert [meets({"contract_id": key}, view.rows) for key in ("C-1", "C-3")] == [True, False]
    assert "personal_note" not in view_of(person, VISITS, now=NOW).fields
    inside = {"area_code": "83010101", "contract_id": "C-1"}
    assert may(person, DEBTORS, "W", inside, now=NOW)
    assert not may(person, DEBTORS, "W", {**inside, "contract_id": "C-3"}, now=NOW)
    assert not may(person, DEBTORS, "W", {**inside, "area_code": "840101"}, now=NOW)
    later = NOW + dt.timedelta(days=1)
    assert view_of(person, DEBTORS, now=later).aggregates_only
    assert not may(person, DEBTORS, "W", inside, now=later)


def test_several_grants_add_up() -> None:
    grants = (
        Grant(role="district_officer", prefix="8301"),
        Grant(role="field_officer", prefix="8302"),
    )
    view = view_of(one("field_officer", grants=grants), HOUSEHOLDS, now=NOW)
    assert view.prefixes == ("8301", "8302")
    masks = {mask.field: mask.when for mask in view.masks}
    assert "flag_disabled" in masks, "secret for the district officer only"
    assert meets({"area_code": "830101"}, masks["flag_disabled"])
    assert not meets({"area_code": "830201"}, masks["flag_disabled"])
    assert "income_pcpy_bmn" in view.fields - set(masks)


@pytest.mark.parametrize(
    ("layer", "field", "consent"),
    [
        ("producers", "phone", "contact_public"),
        ("enterprises", "person_name", "contact_public"),
        ("programmes", "photo_id", "photo_public"),
        ("innovators", "email", "contact_public"),
    ],
)
def test_a_person_opens_the_own_contact_and_can_close_it(
    layer: str, field: str, consent: str
) -> None:
    """privacy.md 11.2: name and contact only with consent; unknown is no consent."""
    view = public_view(CATALOGUE[layer])
    when = {mask.field: mask.when for mask in view.masks}[field]
    for given, state, open_ in (
        (True, None, True), (True, "given", True), (True, "withdrawn", False),
        (False, "given", False), (None, "given", False), (None, None, False),
    ):  # fmt: skip
        assert meets({consent: given, "consent_state": state}, when) == open_


@pytest.mark.parametrize("layer", ["producers", "enterprises"])
def test_a_shop_has_a_public_point_with_consent_only(layer: str) -> None:
    """privacy.md 11.2: point only with point_public."""
    view = public_view(CATALOGUE[layer])
    assert view.geometry
    assert meets({"point_public": True}, view.geometry_when)
    assert not meets({"point_public": None}, view.geometry_when)


def test_rows_are_published_by_their_own_level() -> None:
    facilities = CATALOGUE["facilities"]
    everyone = public_view(facilities)
    inside = view_of(one("district_officer", "8301", purpose=None), facilities, now=NOW)
    closest = view_of(one("district_officer", "8301"), facilities, now=NOW)
    expected = {
        (None, "830101"): (True, True, True), ("public", "830201"): (True, True, True),
        ("internal", "830101"): (False, True, True), ("partner", "830201"): (False, False, False),
        ("restricted", "830101"): (False, False, True),
        ("restricted", "830201"): (False, False, False),
    }  # fmt: skip
    for (level, area), sees in expected.items():
        values = {"publish_level": level, "area_code": area}
        found = tuple(meets(values, view.rows) for view in (everyone, inside, closest))
        assert found == sees, values


def test_the_owner_sees_everything_and_may_everything() -> None:
    for layer in CATALOGUE.values():
        view = view_of(OWNER, layer)
        assert view == owner_view(layer)
        assert view.fields == set(layer.by_name)
        assert may(OWNER, layer, "W", {})


def test_nobody_writes_without_a_grant() -> None:
    for layer in CATALOGUE.values():
        for right in ("W", "V", "X"):
            assert not may(PUBLIC, layer, right, {"area_code": "830101"}, now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("prefix", ["8", "83%", "83'", "๘๓", "8301010101", "_1"])
def test_a_grant_names_an_area(prefix: str) -> None:
    with pytest.raises(DefinitionError):
        Grant(role="district_officer", prefix=prefix)
