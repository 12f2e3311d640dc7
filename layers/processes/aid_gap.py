"""Aid gap: needs against aid, duplicates, referral, poverty level, cascade, dynamics (POV-R30)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.text import Text
from layers import people
from layers.poverty import aid, capitals, cascade, dynamics, referral
from layers.poverty.capitals import ILLUSTRATIVE, CapitalConfig, Levels, read_config
from layers.poverty.parameters import AidParameters, params_version, thresholds
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.processes.poverty.aid_register import AidRegister, read_aid
from layers.processes.poverty.columns import classes_of, outputs_of
from layers.processes.poverty.inputs import inputs_of, parameters_of
from layers.processes.poverty.register import only_visible

__all__ = ["AID_GAP"]

RULES = (*(f"POV-R{number}" for number in range(30, 39)), "POV-R40")
LEVEL_DIGITS = {"province": 2, "district": 4, "tambon": 6, "village": 8}
SECRET_DIMENSION = "health"  # noqa: S105 - the dimension whose need is a secret field
LISTED = 200
CAPITALS = tuple(people.CAPITALS)


@dataclass(frozen=True, slots=True)
class Found:
    """What the aid rules found: needs with ``served`` and ``provider``, pairs, unneeded cases."""

    needs: pd.DataFrame
    pairs: pd.DataFrame
    unneeded: pd.DataFrame


def run(parameters: Mapping[str, Any], reader: Reader) -> Result:
    """Look at the households of the layer that match, their cases and the providers."""
    limits = parameters_of(AidParameters, parameters)
    config = ILLUSTRATIVE
    if parameters["capital_config"] is not None:
        config = read_config(parameters["capital_config"])
    as_of = parameters["as_of"] or dt.date.today()
    data = read_aid(parameters, reader)
    found = _aid(data, as_of, limits)
    scores = capitals.score(data.answers(), config)
    levels = capitals.levels(scores, config)
    columns = only_visible(_columns(data, found, scores, levels), reader)
    table = gpd.GeoDataFrame(columns, geometry=data.households.geometry.array, crs=4326)
    summary = {
        "as_of": as_of.isoformat(),
        **_aid_summary(data, found, parameters),
        **_level_summary(data, scores, levels, config),
        "cascade": cascade.cascade(data.households),
        **_dynamics(data, parameters),
        "left_out": data.left_out,
        "findings": data.findings,
        "params_version": params_version("aid", limits),
        "thresholds": thresholds(limits),
        "privacy": classes_of(table) | {"health_gap": "secret", "health_provider": "secret"},
    }
    return Result(
        features=table,
        summary=summary,
        rules=RULES,
        left_out=data.left_out,
        updates={"households": _updates(data, scores, levels, config)},
    )


def _aid(data: AidRegister, as_of: dt.date, limits: AidParameters) -> Found:
    needs = aid.needs_state(data.needs, data.cases, as_of, limits)
    area = data.households.set_index("household_id")["area_code"]
    gaps = np.flatnonzero(~needs["served"].to_numpy(dtype=bool))
    asked = needs.iloc[gaps].assign(area_code=lambda rows: rows["household_id"].map(area))
    chosen = np.full(len(needs), None, dtype=object)
    chosen[gaps] = referral.best(asked, data.providers, data.distances(asked["household_id"]))
    return Found(
        needs.assign(provider=chosen),
        aid.pairs(data.cases, as_of),
        aid.unneeded(data.needs, data.cases),
    )


def _columns(
    data: AidRegister, found: Found, scores: pd.DataFrame, levels: Levels
) -> dict[str, Any]:
    """One row per household; health stands apart, for its need is secret."""
    ids = data.households["household_id"]
    needs = found.needs
    open_ = needs[needs["dimension"] != SECRET_DIMENSION]
    health = needs[needs["dimension"] == SECRET_DIMENSION].set_index("household_id")
    gaps = open_[~open_["served"]]
    referred = gaps[gaps["provider"].notna()]
    pairs = found.pairs[found.pairs["relation"] == "duplicate"]
    weakest = levels.weakest.copy()
    weakest[weakest == ""] = None
    return {
        "household_id": ids,
        "area_code": data.households["area_code"],
        "needs": _lists(ids, open_, "dimension"),
        "gaps": _lists(ids, gaps, "dimension"),
        "providers": _lists(ids, referred, "provider"),
        "duplicates": ids.map(pairs.groupby("household_id").size()).fillna(0).astype(int),
        "aid_without_need": _lists(ids, found.unneeded, "dimension"),
        "health_gap": ids.map(~health["served"].astype(bool)).astype(object),
        "health_provider": ids.map(health["provider"]).astype(object),
        **{f"capital_{name}": scores[name].to_numpy() for name in CAPITALS},
        "composite": levels.composite,
        "weakest": weakest,
        "capitals_known": levels.known,
        "poverty_level": _level_codes(levels.level),
    }


def _level_codes(level: NDArray[np.int8]) -> NDArray[np.object_]:
    """Levels as texts, None where there is none."""
    names = np.array([None, *(str(number) for number in range(1, 128))], dtype=object)
    found: NDArray[np.object_] = names[level]
    return found


def _lists(ids: pd.Series[Any], rows: pd.DataFrame, name: str) -> NDArray[np.object_]:
    grouped = rows.groupby("household_id")[name].agg(list).to_dict()
    out = np.empty(len(ids), dtype=object)
    out[:] = [grouped.get(one, []) for one in ids]
    return out


def _aid_summary(data: AidRegister, found: Found, parameters: Mapping[str, Any]) -> dict[str, Any]:
    digits = LEVEL_DIGITS[parameters["by"]]
    area = data.households.set_index("household_id")["area_code"]
    areas = aid.area_table(found.needs, found.pairs, area, digits)
    rates = areas["gap_rate"].round(4).astype(object)
    gaps = found.needs[~found.needs["served"]]
    asked = gaps["provider"].value_counts()
    providers = data.providers.assign(
        asked=data.providers["provider_id"].map(asked).fillna(0).astype(int)
    )
    return {
        "households": len(data.households),
        "cases": len(data.cases),
        "needs": len(found.needs),
        "needs_by_source": {
            str(name): int(n) for name, n in found.needs["origin"].value_counts().items()
        },
        "served": int(found.needs["served"].sum()),
        "gaps": len(gaps),
        "gaps_by_dimension": {
            code: int((gaps["dimension"] == code).sum()) for code in people.AID_DIMENSIONS
        },
        "no_provider": int(gaps["provider"].isna().sum()),
        "duplicates": int((found.pairs["relation"] == "duplicate").sum()),
        "complementary": int((found.pairs["relation"] == "complementary").sum()),
        "need_missing": len(found.unneeded),
        "areas": areas.assign(gap_rate=rates.where(rates.notna(), None)).to_dict("records"),
        "pairs": found.pairs.head(LISTED).astype(object).to_dict("records"),
        "providers": [
            {
                "provider_id": row["provider_id"],
                "name": row["name"],
                "asked": row["asked"],
                "capacity_left": None if pd.isna(row["capacity_left"]) else row["capacity_left"],
                "over": bool(row["asked"] > row["capacity_left"])
                if pd.notna(row["capacity_left"])
                else None,
            }
            for row in providers.to_dict("records")
        ],
    }


def _level_summary(
    data: AidRegister, scores: pd.DataFrame, levels: Levels, config: CapitalConfig
) -> dict[str, Any]:
    judged = levels.known > 0
    profile = capitals.area_profile(
        data.households["area_code"].str[:6][judged],
        scores[judged],
        Levels(
            levels.composite[judged],
            levels.level[judged],
            levels.weakest[judged],
            levels.known[judged],
        ),
    )
    profile = profile.round(2).astype(object)
    note = capitals.ILLUSTRATIVE_NOTE if config.illustrative else Text("", "")
    return {
        "capital_config": {
            "version": config.version,
            "author": config.author,
            "illustrative": config.illustrative,
            "th": note.th,
            "en": note.en,
        },
        "levels": {
            str(number): int((levels.level == number).sum())
            for number in range(1, len(config.cuts) + 2)
        },
        "no_level": int((levels.level == 0).sum()),
        "capital_areas": profile.where(profile.notna(), None)
        .reset_index(names="area_code")
        .to_dict("records"),
    }


def _dynamics(data: AidRegister, parameters: Mapping[str, Any]) -> dict[str, Any]:
    years, poor = data.snapshots()
    if len(years) < 2:
        return {"dynamics": None, "transitions": None}
    named, gap = dynamics.classes(poor)
    start = parameters["year_from"] or years[-2]
    end = parameters["year_to"] or years[-1]
    column = {year: poor[:, n] for n, year in enumerate(years)}
    nobody = np.ones(len(poor), dtype=np.int8)
    told = dynamics.transitions(column.get(start, nobody), column.get(end, nobody))
    return {
        "dynamics": {
            "years": years,
            "classes": {code: int((named == code).sum()) for code in dynamics.CLASSES},
            "with_gap": int(gap.sum()),
        },
        "transitions": {"from": start, "to": end} | told,
    }


def _updates(
    data: AidRegister, scores: pd.DataFrame, levels: Levels, config: CapitalConfig
) -> pd.DataFrame:
    """The computed fields; only households whose capitals were assessed."""
    rows = np.flatnonzero(levels.known > 0)
    answered = scores[[f"answered_{name}" for name in CAPITALS]].iloc[rows]
    return pd.DataFrame(
        {
            "household_id": data.households["household_id"].to_numpy(dtype=object)[rows],
            **{f"capital_{name}": scores[name].to_numpy()[rows].round(2) for name in CAPITALS},
            "capital_items_answered": [
                dict(zip(CAPITALS, row, strict=True)) for row in answered.to_numpy().tolist()
            ],
            "poverty_level": _level_codes(levels.level[rows]),
            "level_config_version": config.version,
        }
    )


def _output(name: str, th: str, en: str, type_: str, values: Any = None) -> Output:
    return Output(name=name, label=Text(th, en), type=type_, values=values)


AID_GAP = Process(
    id="aid-gap",
    version="1.0.0",
    title=Text("ช่องว่างความช่วยเหลือ", "Aid gap"),
    description=Text(
        "เทียบความต้องการกับความช่วยเหลือรายมิติ หาช่องว่างและความซ้ำซ้อน เสนอหน่วยงานที่ส่งต่อได้ "
        "วิเคราะห์ทุนการดำรงชีพ 5 มิติ ลำดับขั้นการช่วยเหลือ และพลวัตความยากจน",
        "Needs against aid by dimension: gaps, duplicates, agencies to refer to; the five "
        "livelihood capitals, the cascade of aid and the dynamics of poverty",
    ),
    inputs=(
        Input(
            name="filter",
            label=Text("ตัวกรอง", "Filter"),
            type="filter",
            description=Text("CQL2 บนชั้นข้อมูลครัวเรือน", "CQL2 over the layer households"),
        ),
        Input(name="bbox", label=Text("กรอบพื้นที่", "Box"), type="bbox", unit="deg"),
        Input(
            name="as_of",
            label=Text("วันที่วิเคราะห์", "Date of analysis"),
            type="date",
            description=Text("ไม่ระบุใช้วันนี้", "Today when not given"),
        ),
        Input(
            name="by",
            label=Text("ระดับตารางพื้นที่", "Level of the area table"),
            type="text",
            default="tambon",
            values={
                "province": Text("จังหวัด", "Province"),
                "district": Text("อำเภอ", "District"),
                "tambon": Text("ตำบล", "Tambon"),
                "village": Text("หมู่บ้าน", "Village"),
            },
        ),
        Input(
            name="capital_config",
            label=Text("ชุดเกณฑ์ทุนการดำรงชีพ", "Capital configuration"),
            type="text",
            description=Text(
                "JSON: version, author (ผู้กำหนดเกณฑ์), items, cuts ไม่ระบุใช้ค่าตัวอย่าง",
                "JSON: version, author (who answers for it), items, cuts; illustrative without",
            ),
        ),
        Input(name="year_from", label=Text("ปีเริ่ม (พ.ศ.)", "From year (BE)"), type="integer"),
        Input(name="year_to", label=Text("ปีสิ้นสุด (พ.ศ.)", "To year (BE)"), type="integer"),
        *inputs_of(AidParameters),
    ),
    outputs=(
        *outputs_of("household_id", "area_code"),
        _output("needs", "มิติที่ต้องการ", "Needs", "list", people.AID_DIMENSIONS),
        _output("gaps", "มิติที่ยังไม่ได้รับ", "Gaps", "list", people.AID_DIMENSIONS),
        _output("providers", "หน่วยงานที่เสนอ", "Proposed providers", "list"),
        _output("duplicates", "คู่ที่ซ้ำซ้อน", "Duplicate pairs", "integer"),
        _output("aid_without_need", "ช่วยโดยไม่มีความต้องการ", "Aid without a need", "list",
                people.AID_DIMENSIONS),
        _output("health_gap", "ช่องว่างด้านสุขภาพ (ลับ)", "Health gap (secret)", "boolean"),
        _output("health_provider", "หน่วยงานด้านสุขภาพ (ลับ)", "Health provider (secret)", "text"),
        *outputs_of(*(f"capital_{name}" for name in CAPITALS)),
        _output("composite", "คะแนนรวม 5 ทุน", "Composite", "number"),
        _output("weakest", "ทุนที่อ่อนที่สุด", "Weakest capital", "text", people.CAPITALS),
        _output("capitals_known", "จำนวนทุนที่มีคะแนน", "Capitals scored", "integer"),
        *outputs_of("poverty_level"),
    ),
    reads=("households", "aid_cases", "aid_providers"),
    writes=("households",),
    run=run,
)  # fmt: skip
