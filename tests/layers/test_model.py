"""Layer and Field: what a definition must be, and that JSON keeps it."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import DefinitionError
from layers.model import Field, FieldType, Layer, Privacy, Text, choices

CODE = Field(name="code", label=Text("รหัส", "Code"))


def layer(*fields: Field, **given: Any) -> Layer:
    args: dict[str, Any] = {
        "id": "things",
        "title": Text("สิ่งของ", "Things"),
        "description": Text("สิ่งของ", "Things"),
        "group": "user",
        "geometry": "Point",
        "key": "code",
        "fields": fields or (CODE,),
    }
    return Layer(**{**args, **given})


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1st",
        "two words",
        "a-b",
        "a.b",
        'a"b',
        "a;b",
        "x" * 64,
        "geom",
        "geom_3857",
        "geometry",
        "_own",
        "ก" * 22,
    ],
)
def test_a_bad_field_name_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        Field(name=name, label=Text("ก", "A"))
    assert caught.value.code == "field_name"
    assert repr(name) in caught.value.text.en


def test_column_names_of_files_may_be_thai() -> None:
    assert Field(name="ตำบล", label=Text("ตำบล", "Tambon")).name == "ตำบล"


def test_an_unknown_field_type_is_refused() -> None:
    with pytest.raises(DefinitionError) as caught:
        Field(name="a", label=Text("ก", "A"), type="float")  # type: ignore[arg-type]
    assert caught.value.code == "field_type"


def test_a_field_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(DefinitionError) as caught:
        layer(CODE, CODE)
    assert caught.value.code == "field_twice"


@pytest.mark.parametrize("id_", ["", "Things", "my layer", "ชั้น", "a-b", "1a", 'a"', "x" * 61])
def test_a_bad_layer_id_is_refused(id_: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        layer(id=id_)
    assert caught.value.code == "layer_id"


@pytest.mark.parametrize(
    "role", [{"key": "none"}, {"title_field": "none"}, {"area": "none"}, {"datetime": ("none",)}]
)
def test_a_role_needs_a_field_that_is_there(role: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError) as caught:
        layer(**role)
    assert caught.value.code == "field_missing"


def test_a_key_must_be_text() -> None:
    number = Field(name="code", label=Text("รหัส", "Code"), type="integer")
    with pytest.raises(DefinitionError) as caught:
        layer(number)
    assert caught.value.code == "key_type"


def test_a_place_is_as_protected_as_its_row_unless_said_otherwise() -> None:
    assert layer(privacy=Privacy.RESTRICTED).geometry_privacy is Privacy.RESTRICTED
    hidden = layer(geometry_privacy=Privacy.SECRET)
    assert (hidden.privacy, hidden.geometry_privacy) == (Privacy.PUBLIC, Privacy.SECRET)


def test_privacy_classes_are_ordered_and_named_in_both_languages() -> None:
    assert list(Privacy) == sorted(Privacy)
    assert [item.label.en for item in Privacy] == ["public", "internal", "restricted", "secret"]
    assert [item.label.th for item in Privacy] == ["สาธารณะ", "ภายใน", "จำกัดสิทธิ", "ลับ"]


def test_further_fields_come_last_and_are_found_by_name() -> None:
    extra = Field(name="colour", label=Text("สี", "Colour"))
    wider = layer().with_fields(extra)
    assert [item.name for item in wider.fields] == ["code", "colour"]
    assert wider.by_name["colour"] is extra
    with pytest.raises(DefinitionError):
        wider.with_fields(extra)


def test_definitions_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        layer().id = "others"  # type: ignore[misc]
    with pytest.raises(TypeError):
        layer().by_name["code"] = CODE  # type: ignore[index]
    with pytest.raises(TypeError):
        choices(a=("ก", "A"))["b"] = Text("ข", "B")  # type: ignore[index]


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
texts = st.builds(Text, words, words)
names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
code_lists = st.dictionaries(names, texts, min_size=1, max_size=4).map(MappingProxyType)
fields = st.builds(
    Field,
    name=names,
    label=texts,
    type=st.sampled_from(get_args(FieldType)),
    unit=st.none() | st.sampled_from(["m", "m2", "THB"]),
    values=st.none() | code_lists,
    privacy=st.sampled_from(Privacy),
    required=st.booleans(),
    computed=st.booleans(),
    minimum=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    maximum=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    pattern=st.none() | words,
    description=st.none() | texts,
    source=words,
    aliases=st.lists(words, max_size=3).map(tuple),
)


@given(st.lists(fields, max_size=5, unique_by=lambda item: item.name), st.sampled_from(Privacy))
def test_json_keeps_every_definition(some: list[Field], privacy: Privacy) -> None:
    before = layer(
        CODE,
        *(item for item in some if item.name != "code"),
        privacy=privacy,
        bounds=(97.2, 5.5, 105.8, 20.6),
        area="code",
        datetime=("code",),
        user_made=True,
    )
    after = Layer.from_json(json.loads(json.dumps(before.to_json())))
    assert after == before
    assert after.by_name == before.by_name


def test_json_leaves_defaults_out() -> None:
    assert CODE.to_json() == {"name": "code", "label": {"th": "รหัส", "en": "Code"}}
