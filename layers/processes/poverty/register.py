"""The households of a run: handed over or stored, and what is wrong with their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.text import Text
from layers.errors import AccessDenied
from layers.households import HOUSEHOLDS
from layers.intake.values import convert
from layers.poverty.checks import Finding, Findings, check_households
from layers.processes.drawn import drawn_features
from layers.processes.model import Reader
from layers.processes.poverty.columns import field_of

__all__ = ["Register", "check_rights", "only_visible", "read_households"]

IDENTITY = (
    "household_id",
    "area_code",
    "household_size",
    "ext_ids",
    "person_key",
    "house_no",
    "source_year_be",
)


@dataclass(frozen=True, slots=True)
class Register:
    """n households (EPSG:4326), the findings about their rows, and whether they are stored."""

    table: gpd.GeoDataFrame
    findings: Findings
    stored: bool

    @property
    def left_out(self) -> int:
        """How many households are not judged."""
        return int((~self.findings.sound).sum())


def read_households(
    parameters: Mapping[str, Any],
    reader: Reader,
    needed: tuple[str, ...],
    data_year_be: int,
    *,
    by_village: bool = False,
) -> Register:
    """The households that were handed over, else those of the layer that match.

    Raises AccessDenied ``fields_hidden`` where the caller may not see a fact that decides: a rule
    that cannot see it would read it as unknown.
    """
    names = tuple(dict.fromkeys((*IDENTITY, *needed)))
    stored = parameters["households"] is None
    earlier: list[Finding] = []
    if stored:
        check_rights(reader, names)
        found = reader.read(
            "households", filter=parameters["filter"], bbox=parameters["bbox"], fields=names
        )
        table = gpd.GeoDataFrame(found, geometry="geometry", crs=4326)
    else:
        table, earlier = _handed_over(parameters["households"], names, reader)
    areas: Any = None
    if parameters["check_place"] and len(table):
        areas = reader.read("tambons", fields=("code",))
    findings = check_households(
        table,
        data_year_be=data_year_be,
        areas=() if areas is None else areas["geometry"].to_numpy(),
        area_codes=() if areas is None else areas["code"].tolist(),
        earlier=earlier,
        by_village=by_village,
    )
    return Register(table, findings, stored)


def only_visible(columns: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """The columns of a result that the caller may see (PRIV-R13).

    A column stands for the field of its name; words stand for the codes that they word.
    """
    seen = reader.view_of(HOUSEHOLDS).fields
    return {
        name: values
        for name, values in columns.items()
        if field_of(name) not in HOUSEHOLDS.by_name or field_of(name) in seen
    }


def check_rights(reader: Reader, names: tuple[str, ...]) -> None:
    """Refuse a run whose caller may not see what decides; AccessDenied ``fields_hidden``."""
    view = reader.view_of(HOUSEHOLDS)
    if view.aggregates_only:
        return  # the store refuses, in its own words
    hidden = [name for name in names if name not in view.fields]
    if hidden:
        labels = [HOUSEHOLDS.by_name[name].label for name in hidden]
        raise AccessDenied(
            "fields_hidden",
            Text(
                "สิทธิ์ของท่านไม่เห็นข้อมูลที่เกณฑ์ต้องใช้: " + ", ".join(label.th for label in labels),
                "You may not see facts that the rules need: "
                + ", ".join(label.en for label in labels),
            ),
            fields=hidden,
        )


def _handed_over(
    document: Mapping[str, Any], names: tuple[str, ...], reader: Reader
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Features as typed columns, read like an imported file; what cannot be read is named."""
    drawn = drawn_features(document, "households", HOUSEHOLDS.title)
    reader.refuse_more(len(drawn))
    rows = pd.RangeIndex(1, len(drawn) + 1)
    ids = [
        str(item.properties.get("household_id") or item.id or f"row-{row}")
        for row, item in zip(rows, drawn, strict=True)
    ]
    columns: dict[str, Any] = {"household_id": ids}
    found: list[Finding] = []
    for name in names:
        if name == "household_id":
            continue
        given = [item.properties.get(name) for item in drawn]
        raw = pd.Series(given, index=rows, name=name, dtype=object)
        values, told = convert(raw, HOUSEHOLDS.by_name[name])
        cells = values.astype(object)
        columns[name] = cells.where(cells.notna(), None).to_numpy(dtype=object)
        found += [
            Finding(item.code, item.row, ids[item.row - 1], name, item.value or "", _bare(item))
            for item in told
            if item.row is not None and item.rejects and not _told_again(item, name)
        ]
    shapes = np.array([item.shape for item in drawn], dtype=object)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326), found


def _told_again(item: Any, name: str) -> bool:
    """Negative amounts and years of the common era are named by the check of rows, which stored
    rows go through too.
    """
    if item.code != "IMP-E-RANGE":
        return False
    value = str(item.value or "").strip()
    return value.startswith("-") if name.startswith("income") else name == "source_year_be"


def _bare(item: Any) -> Text:
    """What an intake finding says, without the row, which is told beside it."""
    thai, english = f"แถว {item.row}: ", f"Row {item.row}: "
    return Text(item.text.th.removeprefix(thai), item.text.en.removeprefix(english))
