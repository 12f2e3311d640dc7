"""Values as people read them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.text import Text
from layers.catalogue import CATALOGUE
from layers.model import Field
from webmap.values import UNITS, display, names, say


def field(**options: Any) -> Field:
    return Field(name=options.pop("name", "x"), label=Text("ก", "x"), **options)


@pytest.mark.parametrize(
    ("kind", "value", "thai", "english"),
    [
        (field(type="number", unit="THB"), 1234.0, "1,234 บาท", "1,234 baht"),
        (field(type="number", unit="THB"), 28786.8, "28,786.80 บาท", "28,786.80 baht"),
        (field(type="number", unit="m"), 3.50, "3.5 ม.", "3.5 m"),
        (field(type="integer", unit="BE"), 2569, "2569", "2569 BE"),
        (field(type="integer", name="source_year_be"), 2562, "2562", "2562"),
        (field(type="integer"), 13_000_000, "13,000,000", "13,000,000"),
        (field(type="date"), date(2026, 11, 20), "20 พ.ย. 2569", "20 Nov 2026"),
        (field(type="date"), "2026-11-20", "20 พ.ย. 2569", "20 Nov 2026"),
        (field(type="date"), pd.Timestamp("2026-11-20"), "20 พ.ย. 2569", "20 Nov 2026"),
        (
            field(type="datetime"),
            datetime(2026, 11, 20, 18, 30, tzinfo=UTC),
            "21 พ.ย. 2569 01:30 น.",
            "21 Nov 2026 01:30",
        ),
        (field(type="date"), "soon", "soon", "soon"),
        (field(type="boolean"), True, "ใช่", "Yes"),
        (field(type="text"), "<b>", "<b>", "<b>"),
        (field(type="list"), ["a", 2], "a, 2", "a, 2"),
        (field(type="list"), '["a"]', "a", "a"),
        (field(type="list"), "no list", "no list", "no list"),
        (field(type="object"), {"a": 1}, '{"a": 1}', '{"a": 1}'),
    ],
)
def test_a_value_is_written_as_people_read_it(
    kind: Field, value: object, thai: str, english: str
) -> None:
    assert say(kind, value) == Text(thai, english)


def test_an_area_is_written_in_rai_ngan_and_square_wah_with_m2_in_brackets() -> None:
    text = say(field(type="number", unit="m2"), 5780.0)
    assert text.th == "3 ไร่ 2 งาน 45 ตร.ว. (5,780 ตร.ม.)"


def test_codes_read_as_their_labels_alone_and_in_lists() -> None:
    labels = {"clay": Text("ดินเหนียว", "Clay"), "1": Text("หนึ่ง", "One")}
    assert say(field(values=labels), "clay").th == "ดินเหนียว"
    assert say(field(values=labels, type="integer"), 1.0).en == "One"
    assert say(field(values=labels, type="list"), ["clay", "other"]).en == "Clay, other"


def test_missing_values_stay_missing_in_a_column() -> None:
    column = pd.Series([1.5, None, float("nan")])
    assert display(field(type="number", unit="m"), column) == [Text("1.5 ม.", "1.5 m"), None, None]
    lists = pd.Series([["a"], None, np.array(["a", "b"])], dtype=object)
    assert display(field(type="list"), lists) == [Text("a", "a"), None, Text("a, b", "a, b")]


def test_names_of_both_languages_go_together_and_one_stands_in_for_the_other() -> None:
    rows = pd.DataFrame({"name_th": ["ถลาง", "กะทู้", None], "name_en": ["Thalang", None, "Mueang"]})
    assert names(CATALOGUE["districts"], rows, "name_th") == [
        Text("ถลาง", "Thalang"),
        Text("กะทู้", "กะทู้"),
        Text("Mueang", "Mueang"),
    ]


def test_every_unit_of_every_layer_has_its_words() -> None:
    units = {item.unit for layer in CATALOGUE.values() for item in layer.fields}
    assert units - set(UNITS) <= {None, "m2", "BE"}
