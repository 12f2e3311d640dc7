"""Area codes in words."""

from __future__ import annotations

import pandas as pd

from geo.text import Text
from layers.catalogue import CATALOGUE
from webmap.places import area_names, say_area

AREAS = {
    "83": Text("ภูเก็ต", "Phuket"),
    "8303": Text("ถลาง", "Thalang"),
    "830302": Text("ศรีสุนทร", "Si Sunthon"),
    "83030201": Text("บ้านลิพอน", "Ban Liphon"),
    "10": Text("กรุงเทพมหานคร", "Bangkok"),
    "1001": Text("พระนคร", "Phra Nakhon"),
}


def test_a_village_is_named_with_all_areas_above_it() -> None:
    assert say_area("83030201", AREAS) == Text(
        "บ้านลิพอน ต.ศรีสุนทร อ.ถลาง จ.ภูเก็ต (83030201)",
        "Ban Liphon, Si Sunthon, Thalang, Phuket (83030201)",
    )


def test_bangkok_has_khet_and_is_no_province_by_word() -> None:
    assert say_area("1001", AREAS).th == "เขตพระนคร กรุงเทพมหานคร (1001)"


def test_what_is_not_known_is_left_out() -> None:
    assert say_area("830399", AREAS).th == "อ.ถลาง จ.ภูเก็ต (830399)"
    assert say_area("50", AREAS) == Text("50", "50")


def test_names_come_from_layers_of_areas_only() -> None:
    districts = pd.DataFrame({"code": ["8303"], "name_th": ["ถลาง"], "name_en": ["Thalang"]})
    funds = pd.DataFrame({"fund_id": ["f1"], "name": ["กองทุน"], "area_code": ["8303"]})
    layers = [(CATALOGUE["districts"], districts), (CATALOGUE["funds"], funds)]
    assert area_names(layers) == {"8303": Text("ถลาง", "Thalang")}
    assert area_names([(CATALOGUE["districts"], districts[["code"]])]) == {}
