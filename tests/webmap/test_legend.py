"""Legends: what is on the map, no more, in the words of the layer."""

from __future__ import annotations

import pandas as pd

from layers.catalogue import CATALOGUE
from webmap.legend import build_legend
from webmap.style import load_style, read_style


def entries(layer_id: str, **columns: list[object]) -> list[list[tuple[str, str, int]]]:
    legend = build_legend(CATALOGUE[layer_id], load_style(layer_id), pd.DataFrame(columns))
    return [[(e.label.th, e.label.en, e.count) for e in group.entries] for group in legend.groups]


def test_only_classes_that_are_on_the_map_stand_in_the_legend() -> None:
    assert entries("plots", status=["digging", "dug", "learning_centre"]) == [
        [
            ("กำลังขุดถึงขุดแล้วเสร็จ", "Digging to dug", 2),
            ("ศูนย์เรียนรู้ชุมชนต้นแบบ", "Model learning centre", 1),
        ]
    ]


def test_counts_of_a_legend_add_up_to_the_features() -> None:
    column = [*CATALOGUE["facilities"].by_name["kind"].values, "hospital"]
    (group,) = entries("facilities", kind=column)
    assert sum(count for _, _, count in group) == len(column)


def test_features_without_a_value_have_a_line_of_their_own() -> None:
    (verdicts,) = entries("ponds", verdict=["ok", None, None])
    assert verdicts[-1] == ("ยังไม่ตรวจ", "Not checked", 2)


def test_numeric_classes_are_worded_with_their_unit() -> None:
    style = read_style(
        {
            "layer": "debtors",
            "order": 1,
            "symbol": {"kind": "point", "colour": "Greys_09/4"},
            "classes": [
                {"field": "days_left", "breaks": [91], "symbols": [{"size": 12}, {"size": 9}]}
            ],
            "popup": ["days_left"],
        }
    )
    rows = pd.DataFrame({"days_left": [5, 400]})
    [group] = build_legend(CATALOGUE["debtors"], style, rows).groups
    assert [(entry.label.th, entry.label.en, entry.count) for entry in group.entries] == [
        ("น้อยกว่า 91 วัน", "Below 91 days", 1),
        ("ตั้งแต่ 91 วัน", "91 days and more", 1),
    ]


def test_each_field_that_divides_a_layer_has_its_heading() -> None:
    columns = {"debtor_class": ["time_barred"], "pin_status": ["moved"]}
    legend = build_legend(CATALOGUE["debtors"], load_style("debtors"), pd.DataFrame(columns))
    assert [group.heading.th for group in legend.groups] == ["ประเภทลูกหนี้", "สถานะพิกัด"]
    assert legend.symbol is None


def test_an_undivided_layer_shows_its_own_symbol() -> None:
    style = load_style("channels")
    legend = build_legend(CATALOGUE["channels"], style, pd.DataFrame({"plot_id": ["a"]}))
    assert (legend.symbol, legend.groups) == (style.symbol, ())


def test_the_income_line_is_named_where_tiers_are_shown() -> None:
    """Three income lines stand in one source: a legend names the line, its year, its source."""
    legend = build_legend(
        CATALOGUE["households"], load_style("households"), pd.DataFrame({"tier": ["1"]})
    )
    assert legend.note is not None
    assert all(word in legend.note.th for word in ("38,000", "2562", "TPMAP"))
