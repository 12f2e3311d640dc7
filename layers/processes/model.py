"""What a process is: typed inputs, a function, and a result that explains itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from geo.errors import ParameterError
from geo.text import Text
from layers.errors import AccessDenied
from layers.model import Layer
from layers.processes.json_text import dumped, feature_texts
from layers.query import Query, View, parse_filter
from layers.store import Store

__all__ = ["Input", "InputType", "Output", "Process", "Reader", "Result"]

FEATURES_A_CHUNK = 4096

InputType = Literal["number", "integer", "text", "boolean", "date", "geojson", "filter", "bbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One parameter of a process; ``minimum`` and ``maximum`` are inclusive."""

    name: str
    label: Text
    type: InputType
    description: Text | None = None
    unit: str | None = None
    default: Any = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    values: Mapping[str, Text] | None = None

    def parse(self, value: Any) -> Any:
        """The value in its type; texts (from a command line) are read; ParameterError if wrong."""
        try:
            parsed = _READERS[self.type](value)
        except (ValueError, TypeError, KeyError) as error:
            kind = _KINDS[self.type]
            raise self._wrong(value, kind.th, kind.en) from error
        if self.minimum is not None and parsed < self.minimum:
            raise self._wrong(value, f"ไม่น้อยกว่า {self.minimum:g}", f"at least {self.minimum:g}")
        if self.maximum is not None and parsed > self.maximum:
            raise self._wrong(value, f"ไม่เกิน {self.maximum:g}", f"at most {self.maximum:g}")
        if self.values is not None and parsed not in self.values:
            listed = ", ".join(self.values)
            raise self._wrong(value, f"ค่าใดค่าหนึ่งใน {listed}", f"one of {listed}")
        return parsed

    def _wrong(self, value: Any, thai: str, english: str) -> ParameterError:
        shown = repr(value)[:60]
        return ParameterError(
            "parameter_invalid",
            Text(
                f"{self.label.th} ({self.name}) ต้องเป็น{thai} แต่ได้ {shown}",
                f"{self.name} must be {english}, not {shown}",
            ),
            parameter=self.name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One column or figure that a process returns."""

    name: str
    label: Text
    type: str
    unit: str | None = None
    values: Mapping[str, Text] | None = None


class Reader:
    """A process's only way to data: reads layers as one caller may see them."""

    def __init__(
        self,
        store: Store,
        view_of: Callable[[Layer], View],
        *,
        max_features: int | None = None,
        elevation: str = "",
        local_files: bool = False,
        road_cache: str = "",
    ) -> None:
        """``elevation`` names the raster to use; ``local_files``: may the caller name files?

        ``road_cache`` is the folder for prepared road networks (see ``layers.road_network``).
        """
        self.store = store
        self.view_of = view_of
        self.max_features = max_features
        self.elevation = elevation
        self.local_files = local_files
        self.road_cache = road_cache
        self.versions: dict[str, int] = {}

    def read(
        self,
        layer_id: str,
        *,
        filter: Mapping[str, Any] | None = None,  # noqa: A002 - the standard's name
        bbox: tuple[float, float, float, float] | None = None,
        fields: tuple[str, ...] | None = None,
    ) -> pd.DataFrame:
        """The matching features that the caller may see; remembers the layer's version."""
        layer = self.store.layer(layer_id)
        view = self.view_of(layer)
        if view.pseudonymous:
            raise _masked(layer)
        self.versions[layer_id] = self.store.state(layer_id).version
        query = Query(layer=layer_id, filter=filter, bbox=bbox, fields=fields, limit=None)
        if self.max_features is not None:
            self.refuse_more(self.store.count(query, view))
        return self.store.read(query, view)

    def refuse_more(self, number: int) -> None:
        """Raise ParameterError when a caller hands over more features than is agreed."""
        if self.max_features is not None and number > self.max_features:
            raise ParameterError(
                "too_many_features",
                Text(
                    f"ข้อมูล {number:,} รายการ เกิน {self.max_features:,} ให้กรองให้แคบลง",
                    f"{number:,} features are more than {self.max_features:,}; narrow the filter",
                ),
            )


def _masked(layer: Layer) -> AccessDenied:
    """An approximate position takes part in no distance, route or count (JIT-R7)."""
    return AccessDenied(
        "masked_rows",
        Text(
            f"ท่านเห็น {layer.title.th} แบบปกปิดตัวตนเท่านั้น จึงใช้วิเคราะห์ไม่ได้",
            f"You see masked rows of {layer.id} only; an analysis needs them as they are",
        ),
        layer=layer.id,
        rule="JIT-R7",
    )


@dataclass(slots=True, kw_only=True)
class Result:
    """What a process found, and everything that decided it.

    ``features`` is a GeoDataFrame in EPSG:4326 or None; ``summary`` holds counts and totals;
    ``rules`` are the ids of the rules applied; ``left_out`` says for how many features no answer
    could be given, so that a caller knows the work was done in part.
    ``updates`` holds, by layer id, rows or computed columns that a caller with the right to write
    may store (mode upsert) in the layers that the process names in ``writes``.
    """

    features: gpd.GeoDataFrame | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    left_out: int = 0
    updates: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    process: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    layer_versions: dict[str, int] = field(default_factory=dict)

    def to_geojson(self) -> dict[str, Any]:
        """A GeoJSON FeatureCollection with the explanation beside the features."""
        found: dict[str, Any] = json.loads("".join(self.chunks()))
        return found

    def chunks(self) -> Iterator[str]:
        """The GeoJSON text in pieces of some thousand features, so that none is held whole."""
        head = {
            "type": "FeatureCollection",
            "process": self.process,
            "parameters": self.parameters,
            "rules": list(self.rules),
            "layerVersions": self.layer_versions,
            "summary": self.summary,
        }
        yield f'{dumped(head)[:-1]},"features":['
        if self.features is not None:
            for start in range(0, len(self.features), FEATURES_A_CHUNK):
                part = self.features.iloc[start : start + FEATURES_A_CHUNK]
                yield ("," if start else "") + feature_texts(part)
        yield "]}"

    def write(self, path: Path) -> None:
        """Write the GeoJSON to a file, whole or not at all."""
        partial = path.with_name(path.name + ".part")
        with partial.open("w", encoding="utf-8") as out:
            out.writelines(self.chunks())
        partial.replace(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One analysis. ``run`` takes checked parameters (every input, None where not given)."""

    id: str
    version: str
    title: Text
    description: Text
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    reads: tuple[str, ...]
    run: Callable[[Mapping[str, Any], Reader], Result]
    writes: tuple[str, ...] = ()

    def check(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, parsed and completed with defaults; ParameterError names the fault."""
        known = {item.name: item for item in self.inputs}
        for name in inputs:
            if name not in known:
                raise ParameterError(
                    "parameter_unknown",
                    Text(
                        f"{self.title.th} ไม่มีพารามิเตอร์ {name} (มี {', '.join(known)})",
                        f"{self.id} has no input {name} (it has {', '.join(known)})",
                    ),
                    parameter=name,
                )
        parameters = {}
        for name, item in known.items():
            value = inputs.get(name)
            if value is None and item.required:
                raise ParameterError(
                    "parameter_missing",
                    Text(f"ต้องระบุ {item.label.th} ({name})", f"{name} is required"),
                    parameter=name,
                )
            parameters[name] = item.default if value is None else item.parse(value)
        return parameters


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError
    return number


def _integer(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError
    return int(number)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[
        str(value).lower()
    ]


def _geojson(value: Any) -> dict[str, Any]:
    found = json.loads(value) if isinstance(value, str) else value
    if isinstance(found, dict) and isinstance(found.get("type"), str):
        return found
    raise ValueError


def _bbox(value: Any) -> tuple[float, float, float, float]:
    sides = value.split(",") if isinstance(value, str) else value
    west, south, east, north = (_number(side) for side in sides)
    return west, south, east, north


_KINDS: Mapping[str, Text] = {
    "number": Text("ตัวเลข", "a number"),
    "integer": Text("จำนวนเต็ม", "a whole number"),
    "text": Text("ข้อความ", "a text"),
    "boolean": Text(" true หรือ false", "true or false"),
    "date": Text("วันที่แบบ ปปปป-ดด-วว (ค.ศ.)", "a date as YYYY-MM-DD"),
    "geojson": Text(" GeoJSON", "GeoJSON"),
    "filter": Text("เงื่อนไข CQL2", "CQL2"),
    "bbox": Text("ตัวเลข 4 จำนวน: ตะวันตก,ใต้,ตะวันออก,เหนือ", "four numbers: west,south,east,north"),
}

_READERS: Mapping[str, Callable[[Any], Any]] = {
    "number": _number,
    "integer": _integer,
    "text": _text,
    "boolean": _boolean,
    "date": lambda value: pd.Timestamp(_text(value)).date(),
    "geojson": _geojson,
    "filter": parse_filter,
    "bbox": _bbox,
}
