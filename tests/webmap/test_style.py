"""Style documents: complete, true to their layers, readable by everybody, applied by column."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.text import Text
from layers.catalogue import CATALOGUE
from layers.model import Field, Layer, Privacy
from webmap.legend import case_labels
from webmap.style import (
    STYLES,
    Classes,
    Style,
    StyleError,
    default_style,
    leaflet_style,
    load_style,
    read_style,
)
from webmap.symbol import Symbol

LAYERS = sorted(CATALOGUE)
MINIMAL: dict[str, Any] = {
    "layer": "sites",
    "order": 1,
    "symbol": {"kind": "point", "colour": "Dark2_08/1"},
    "popup": [],
}


def classes_of(layer_id: str) -> Iterator[tuple[Field, Classes]]:
    for classes in load_style(layer_id).classes:
        yield CATALOGUE[layer_id].by_name[classes.field], classes


def test_every_layer_has_one_style_and_no_style_is_left_over() -> None:
    assert sorted(p.stem for p in STYLES.glob("*.json") if p.stem != "schema") == LAYERS


@pytest.mark.parametrize("layer_id", LAYERS)
def test_a_style_names_its_own_layer_and_only_fields_that_it_has(layer_id: str) -> None:
    style = load_style(layer_id)
    assert style.layer == layer_id
    assert style.field_names <= set(CATALOGUE[layer_id].by_name)


@pytest.mark.parametrize("layer_id", LAYERS)
def test_a_style_draws_the_kind_of_shape_that_the_layer_has(layer_id: str) -> None:
    kinds = {"Point": "point", "LineString": "line", "Polygon": "fill", None: "point"}
    shape = CATALOGUE[layer_id].geometry
    expected = kinds.get(shape.removeprefix("Multi") if shape else None, "point")
    assert load_style(layer_id).symbol.kind == expected


@pytest.mark.parametrize("layer_id", LAYERS)
def test_every_allowed_value_has_a_class_and_no_class_a_value_that_is_gone(layer_id: str) -> None:
    for field, classes in classes_of(layer_id):
        if not field.values:
            continue
        named = {code for case in classes.cases for code in case.values}
        assert named <= set(field.values), field.name
        if classes.other is None:
            assert named == set(field.values), field.name


@pytest.mark.parametrize("layer_id", LAYERS)
def test_a_class_is_worded_by_the_layer_unless_it_groups_values(layer_id: str) -> None:
    """Labels are written once: a style words only what the layer definition cannot."""
    for field, classes in classes_of(layer_id):
        for case in classes.cases:
            by_layer = len(case.values) == 1 and field.values is not None
            assert (case.label is None) == (by_layer or bool(classes.breaks))
        assert all(label.th and label.en for label in case_labels(classes, field))


@pytest.mark.parametrize("layer_id", LAYERS)
def test_names_stand_on_the_map_only_where_they_are_public(layer_id: str) -> None:
    layer, label = CATALOGUE[layer_id], load_style(layer_id).label
    if label is not None:
        assert layer.privacy <= Privacy.INTERNAL
        assert layer.by_name[label.field].privacy <= Privacy.PUBLIC


# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.072175],
        [0.0193339, 0.119192, 0.9503041],
    ]
)


def seen(colour: str, sight: str) -> np.ndarray[Any, Any]:
    """CIELAB of a colour as an eye sees it."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(SIGHT[sight] @ linear, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def form(symbol: Symbol) -> tuple[Any, ...]:
    return symbol.shape, symbol.dash, symbol.hollow, symbol.size, symbol.width


@pytest.mark.parametrize("sight", sorted(SIGHT))
@pytest.mark.parametrize("layer_id", LAYERS)
def test_classes_can_be_told_apart_by_every_eye(layer_id: str, sight: str) -> None:
    """Two classes differ in form, or by at least 10 in CIELAB as that eye sees their colours."""
    style = load_style(layer_id)
    for classes in style.classes:
        symbols = [style.symbol.override(case.change) for case in classes.all_cases]
        for a, b in combinations(symbols, 2):
            apart = max(
                float(np.linalg.norm(seen(one, sight) - seen(two, sight)))
                for one, two in ((a.fill, b.fill), (a.outline or "#ffffff", b.outline or "#ffffff"))
            )
            assert form(a) != form(b) or apart >= 10, (classes.field, a, b)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"colour": "#ff0000"}, "colour"),
        ({"colour": "red"}, "colour"),
        ({"kind": "blob"}, "kind"),
        ({"size": -1}, "size"),
        ({"colour": "Dark2_08/9"}, ""),
        ({"icon": "house"}, ""),
    ],
)
def test_a_bad_symbol_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    document = json.loads(json.dumps(MINIMAL))
    document["symbol"] |= change
    with pytest.raises(StyleError) as refused:
        read_style(document)
    assert refused.value.code == "style_invalid"
    assert place in refused.value.text.th
    assert "sites" in refused.value.text.en


@pytest.mark.parametrize(
    "classes",
    [
        {"field": "n", "breaks": [3, 1], "symbols": [{"size": 3}, {"size": 4}, {"size": 5}]},
        {"field": "n", "breaks": [1], "symbols": [{"size": 3}, {"size": 4}, {"size": 5}]},
        {"field": "n", "cases": []},
        {
            "field": "n",
            "cases": [
                {"values": ["a"], "symbol": {"size": 3}},
                {"values": ["a"], "symbol": {"size": 4}},
            ],
        },
        {"field": "n", "cases": [{"values": ["a"], "symbol": {"kind": "line"}}]},
    ],
)
def test_bad_classes_are_refused(classes: dict[str, Any]) -> None:
    with pytest.raises(StyleError):
        read_style(MINIMAL | {"classes": [classes]})


def test_an_unknown_layer_has_no_style_and_says_so() -> None:
    for name in ("nowhere", "schema", "../styles/plots"):
        with pytest.raises(StyleError) as refused:
            load_style(name)
        assert refused.value.code == "style_unknown"


def breaks(limits: list[float]) -> Classes:
    document = {
        "field": "n",
        "breaks": limits,
        "symbols": [{"size": 3 + i} for i in range(len(limits) + 1)],
        "other": {"symbol": {"hollow": True}},
    }
    return read_style(MINIMAL | {"classes": [document]}).classes[0]


@given(
    st.lists(st.integers(-50, 50), min_size=1, max_size=5, unique=True).map(sorted),
    st.lists(st.none() | st.integers(-60, 60) | st.floats(-60, 60), max_size=30),
)
def test_a_break_belongs_to_the_class_above_it(limits: list[float], values: list[float]) -> None:
    expected = [
        len(limits) + 1 if value is None else sum(limit <= value for limit in limits)
        for value in values
    ]
    assert breaks(limits).classify(pd.Series(values, dtype=object)).tolist() == expected


CODES = ["a", "b", "c", "unknown code", "1", "2", "true"]


@given(st.lists(st.none() | st.sampled_from(CODES), max_size=40))
def test_categories_by_column_equal_categories_one_by_one(values: list[str | None]) -> None:
    cases = [{"values": ["b", "a"], "label": {"th": "ก", "en": "x"}, "symbol": {"size": 3}}]
    cases += [{"values": [code], "symbol": {"size": 4 + i}} for i, code in enumerate("c12")]
    with_other = {"field": "n", "cases": cases, "other": {"symbol": {"size": 20}}}
    classes = read_style(MINIMAL | {"classes": [with_other]}).classes[0]
    place = {"a": 0, "b": 0, "c": 1, "1": 2, "2": 3}
    column = pd.Series(values, dtype=object)
    assert classes.classify(column).tolist() == [place.get(value or "", 4) for value in values]


def test_numbers_and_truth_values_meet_their_codes() -> None:
    """A column of whole numbers with gaps comes as floats; true is a code too."""
    cases = [{"values": [code], "symbol": {"size": 5}} for code in (1, 2)]
    numbers = read_style(MINIMAL | {"classes": [{"field": "n", "cases": cases}]}).classes[0]
    assert numbers.classify(pd.Series([1.0, None, 2.0])).tolist() == [0, -1, 1]
    assert numbers.classify(pd.Series([1, 2, 3], dtype="Int64")).tolist() == [0, 1, -1]
    truth = [{"values": [value], "symbol": {"size": 5}} for value in (True, False)]
    flags = read_style(MINIMAL | {"classes": [{"field": "n", "cases": truth}]}).classes[0]
    assert flags.classify(pd.Series([True, False, None])).tolist() == [0, 1, -1]
    assert flags.classify(pd.Series([True, False])).tolist() == [0, 1]


@pytest.mark.parametrize("layer_id", [i for i in LAYERS if load_style(i).classes])
def test_a_whole_layer_gets_the_colours_of_its_document(layer_id: str) -> None:
    """Feature by feature, read straight from the JSON, gives the same symbols."""
    style, layer = load_style(layer_id), CATALOGUE[layer_id]
    rng = np.random.default_rng(7)
    rows = pd.DataFrame(
        {
            classes.field: rng.choice(
                np.array([*(field.values or ()), *range(-5, 400, 40), None], dtype=object)
                if classes.breaks
                else np.array([*(field.values or ()), None], dtype=object),
                50,
            )
            for field, classes in classes_of(layer_id)
        }
    )
    drawing = style.draw(rows)
    assert [drawing.symbols[i].leaflet() for i in drawing.index] == [
        literally(style.document, row).leaflet() for row in rows.to_dict("records")
    ]
    assert layer.id == style.layer


def literally(document: Any, row: dict[str, Any]) -> Symbol:
    symbol = dict(document["symbol"])
    for classes in document["classes"]:
        value = row[classes["field"]]
        change = classes.get("other", {}).get("symbol", {})
        for case in classes.get("cases", ()):
            if value in case["values"]:
                change = case["symbol"]
        if "breaks" in classes and value is not None:
            change = classes["symbols"][sum(limit <= value for limit in classes["breaks"])]
        symbol |= change
    return Symbol.from_json(symbol)


def test_the_compiled_leaflet_function_gives_the_colour_of_the_class() -> None:
    style_function = leaflet_style(load_style("plots"))
    options = style_function({"properties": {"status": "learning_centre"}})
    assert options["fillColor"] == "#01665e"
    assert style_function({"properties": None})["fillColor"] == "#f6e8c3"


def test_a_hidden_field_divides_nothing_and_an_empty_layer_draws_nothing() -> None:
    style = load_style("plots")
    hidden = style.draw(pd.DataFrame({"plot_id": ["a", "b"]}))
    assert list(hidden.symbols) == [style.symbol]
    assert hidden.index.tolist() == [0, 0]
    assert style.draw(pd.DataFrame({"status": []})).symbols == ()


@pytest.mark.parametrize(
    ("geometry", "kind"),
    [("Point", "point"), ("MultiLineString", "line"), ("Polygon", "fill"), ("Geometry", "point")],
)
def test_a_layer_of_users_gets_a_plain_style_that_stays(geometry: Any, kind: str) -> None:
    layer = Layer(
        id="my_layer",
        title=Text("ของฉัน", "Mine"),
        description=Text("-", "-"),
        group="user",
        geometry=geometry,
        key="id",
        fields=(Field(name="id", label=Text("รหัส", "Id")),),
        user_made=True,
    )
    style: Style = default_style(layer)
    assert style.symbol.kind == kind
    assert style == default_style(layer)
    assert style.popup == ("id",)
