"""The five livelihood capitals and the poverty level (POV-R30, R31; PMUA L693).

The sources name the capitals and the level but publish no items, weights or cut-offs. So the
classifier is a configuration with a version and an author, both shown with every result. The one
that is shipped is sample data and says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import Floats
from geo.errors import ParameterError
from geo.text import Text
from layers import people
from layers.model import choices

__all__ = [
    "ILLUSTRATIVE",
    "CapitalConfig",
    "Item",
    "Levels",
    "area_profile",
    "levels",
    "read_config",
    "score",
]

CAPITALS = tuple(people.CAPITALS)
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Item:
    """One question: answers run from 0 to 100; ``higher_is_better`` false turns them round."""

    code: str
    capital: str
    weight: float = 1.0
    higher_is_better: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalConfig:
    """How capitals are scored and levels cut; ``author`` answers for it.

    ``min_item_share`` is the least share of a capital's item weight that must be answered,
    ``min_capitals`` the least number of capitals for a level; ``cuts`` are the lower ends of
    levels 2, 3, ... (level 1 is worst). Raises ParameterError ``capital_config_invalid``.
    """

    version: str
    author: str
    items: tuple[Item, ...]
    cuts: tuple[float, ...] = (25, 50, 75)
    min_item_share: float = 0.6
    min_capitals: int = 4
    illustrative: bool = False

    def __post_init__(self) -> None:
        wrong = [
            (not self.version.strip(), "version"),
            (not self.author.strip(), "author"),
            (any(item.capital not in people.CAPITALS for item in self.items), "items.capital"),
            (any(not item.weight > 0 for item in self.items), "items.weight"),
            (len({item.code for item in self.items}) < len(self.items), "items.code"),
            (list(self.cuts) != sorted(set(self.cuts)) or not self.cuts, "cuts"),
            (not 0 < self.min_item_share <= 1, "min_item_share"),
            (not 1 <= self.min_capitals <= len(CAPITALS), "min_capitals"),
        ]
        faults = [name for broken, name in wrong if broken]
        if faults:
            raise config_error(", ".join(faults))


ILLUSTRATIVE = CapitalConfig(
    version="illustrative-1",
    author="phumi (ค่าตัวอย่าง / illustrative)",
    illustrative=True,
    items=(
        Item("schooling", "human", 2),
        Item("skills", "human"),
        Item("dependants", "human", higher_is_better=False),
        Item("house", "physical", 2),
        Item("water_power", "physical"),
        Item("income", "economic", 2),
        Item("savings", "economic"),
        Item("debt", "economic", higher_is_better=False),
        Item("land", "natural"),
        Item("water_source", "natural"),
        Item("groups", "social"),
        Item("neighbours", "social"),
    ),
)
ILLUSTRATIVE_NOTE = Text(
    "ค่าตัวอย่าง ห้ามใช้ตัดสินใจจริง (แหล่งข้อมูลไม่ได้กำหนดเกณฑ์)",
    "Illustrative values, not for real decisions (the sources publish no cut-off)",
)
LEVEL_LABELS: Mapping[str, Text] = choices(
    **{
        "1": ("ระดับ 1 ยากลำบากที่สุด", "Level 1, worst off"),
        "2": ("ระดับ 2", "Level 2"),
        "3": ("ระดับ 3", "Level 3"),
        "4": ("ระดับ 4 ดีที่สุด", "Level 4, best off"),
    }
)


def config_error(fault: str) -> ParameterError:
    """The error of a configuration that cannot be used."""
    return ParameterError(
        "capital_config_invalid",
        Text(
            f"ชุดเกณฑ์ทุนการดำรงชีพไม่ถูกต้อง: {fault}",
            f"The capital configuration is wrong: {fault}",
        ),
        fault=fault,
    )


def read_config(text: str) -> CapitalConfig:
    """A configuration from JSON with the fields of :class:`CapitalConfig`.

    >>> read_config('{"version": "a", "author": "b", "items": []}').cuts
    (25, 50, 75)
    >>> read_config('{"version": "a", "items": []}')
    Traceback (most recent call last):
    geo.errors.ParameterError: The capital configuration is wrong: author
    """
    try:
        given = json.loads(text)
        items = tuple(Item(**item) for item in given.pop("items"))
        given.setdefault("author", "")
        if "cuts" in given:
            given["cuts"] = tuple(float(cut) for cut in given["cuts"])
        return CapitalConfig(items=items, **given)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise config_error(str(error)) from error


def score(answers: pd.DataFrame, config: CapitalConfig) -> pd.DataFrame:
    """One column per capital, 0 to 100 (100 best): the weighted mean of the answered items.

    ``answers`` has a column per item code, 0 to 100, nan unanswered; outside 0 to 100 is no
    answer. A capital with too little answered is nan. ``answered_<capital>`` counts items.
    """
    out: dict[str, Any] = {}
    for capital in CAPITALS:
        items = [item for item in config.items if item.capital == capital]
        total = np.zeros(len(answers))
        weight = np.zeros(len(answers))
        count = np.zeros(len(answers), dtype=int)
        for item in items:
            given = answers.get(item.code, pd.Series(np.nan, index=answers.index))
            value = pd.to_numeric(given, errors="coerce").to_numpy(dtype=float)
            told = (value >= 0) & (value <= 100)
            better = value if item.higher_is_better else 100 - value
            total += np.where(told, better * item.weight, 0)
            weight += np.where(told, item.weight, 0)
            count += told
        needed = config.min_item_share * sum(item.weight for item in items)
        enough = (weight > 0) & (weight >= needed - TOLERANCE)
        out[capital] = np.divide(total, weight, out=np.full(len(answers), np.nan), where=enough)
        out[f"answered_{capital}"] = count
    return pd.DataFrame(out, index=answers.index)


@dataclass(frozen=True, slots=True)
class Levels:
    """For n households: ``composite`` 0 to 100 (nan none), ``level`` 1 worst (0 none).

    ``weakest`` names the lowest capital ("" none), ``known`` counts capitals with a score.
    """

    composite: Floats
    level: NDArray[np.int8]
    weakest: NDArray[np.object_]
    known: NDArray[np.int64]


def levels(scores: pd.DataFrame, config: CapitalConfig) -> Levels:
    """Composite and level from one column per capital.

    >>> five = pd.DataFrame([[40, 60, 20, 50, 80]], columns=list(people.CAPITALS))
    >>> found = levels(five, ILLUSTRATIVE)
    >>> found.composite.tolist(), found.level.tolist(), found.weakest.tolist()
    ([50.0], [3], ['economic'])
    """
    table = scores[list(CAPITALS)].to_numpy(dtype=float)
    known = (~np.isnan(table)).sum(axis=1)
    sums = np.nansum(table, axis=1)
    enough = known >= config.min_capitals
    composite = np.divide(sums, known, out=np.full(len(table), np.nan), where=enough)
    # A thousandth of a thousandth of a point is the noise of the mean, never a level.
    level = np.digitize(np.round(composite, 9), config.cuts) + 1
    lowest = np.argmin(np.where(np.isnan(table), np.inf, table), axis=1) if len(table) else []
    weakest = np.array([*CAPITALS], dtype=object)[np.asarray(lowest, dtype=int)]
    weakest[known == 0] = ""
    return Levels(composite, np.where(enough, level, 0).astype(np.int8), weakest, known)


def area_profile(area: pd.Series[Any], scores: pd.DataFrame, found: Levels) -> pd.DataFrame:
    """Per area: households, mean of every capital, and the share of each level (POV-R31)."""
    table = scores[list(CAPITALS)].assign(area=area.to_numpy(), n=1)
    out = table.groupby("area").agg({**dict.fromkeys(CAPITALS, "mean"), "n": "sum"})
    judged = pd.DataFrame({"area": area.to_numpy(), "level": found.level})
    shares = pd.crosstab(judged["area"], judged["level"], normalize="index")
    return out.join(
        shares.add_prefix("share_level_").drop(columns="share_level_0", errors="ignore")
    )
