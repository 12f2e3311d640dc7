"""What analyses of travel share: the network for a way of travelling, and its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo.errors import ParameterError
from geo.network import PROFILES, Profile, RoadNetwork
from geo.network.arcs import Objective
from geo.text import Text
from layers.facilities import ROAD_CLASSES
from layers.processes.model import Input, Output, Reader
from layers.road_network import road_network
from layers.routes import LEG_SOURCES

__all__ = [
    "SOURCES",
    "TRAVEL_INPUTS",
    "TRAVEL_OUTPUTS",
    "TRAVEL_RULES",
    "network_of",
    "profile_of",
    "travel_notes",
]

TRAVEL_RULES = ("TOUR-R132", "LOC-R10")

SOURCES: Mapping[str, Text] = {
    name: LEG_SOURCES[name] for name in ("road_network", "straight_line")
}

TRAVEL_INPUTS = (
    Input(
        name="profile",
        label=Text("วิธีเดินทาง", "Way of travelling"),
        type="text",
        default="car",
        values={name: profile.label for name, profile in PROFILES.items()},
    ),
    Input(
        name="speeds",
        label=Text("ความเร็วตามประเภทถนน", "Speeds by class of road"),
        type="text",
        unit="km/h",
        description=Text(
            "เช่น rural_road=50, track=10 ใช้กับช่วงที่ไม่ได้ระบุความเร็วเอง 0 คือไม่ใช้ถนนประเภทนั้น "
            f"ประเภท: {', '.join(ROAD_CLASSES)}",
            "Such as rural_road=50, track=10; for roads that have no speed of their own, 0 closes "
            f"a class. Classes: {', '.join(ROAD_CLASSES)}",
        ),
    ),
    Input(
        name="reach_m",
        label=Text("ระยะจากถนนไกลสุด", "Farthest from a road"),
        type="number",
        unit="m",
        default=PROFILES["car"].reach_m,
        minimum=0,
        maximum=20_000,
        description=Text(
            "สถานที่ที่ไกลกว่านี้ประมาณด้วยเส้นตรง", "A place farther off is estimated by straight line"
        ),
    ),
    Input(
        name="off_road_kmh",
        label=Text("ความเร็วระหว่างสถานที่กับถนน", "Speed between place and road"),
        type="number",
        unit="km/h",
        default=PROFILES["car"].off_road_kmh,
        minimum=0.5,
        maximum=60,
    ),
)

TRAVEL_OUTPUTS = (
    Output(name="minutes", label=Text("เวลาเดินทาง", "Travel time"), type="number", unit="min"),
    Output(name="metres", label=Text("ระยะทาง", "Distance"), type="number", unit="m"),
    Output(
        name="source",
        label=Text("ที่มาของระยะทาง", "Source of the distance"),
        type="text",
        values=SOURCES,
    ),
)


def profile_of(parameters: Mapping[str, Any]) -> Profile:
    """The way of travelling that the parameters describe.

    Raises ParameterError ``speeds_invalid``, ``road_class_unknown``, ``parameter_out_of_range``.
    """
    profile = PROFILES[parameters["profile"]].with_speeds(_speeds(parameters.get("speeds")))
    return replace(profile, reach_m=parameters["reach_m"], off_road_kmh=parameters["off_road_kmh"])


def network_of(
    reader: Reader, profile: Profile | str = "car", *, objective: Objective = "time"
) -> RoadNetwork:
    """The road network of the workspace; the version of the roads is noted with the reader."""
    reader.versions["roads"] = reader.store.state("roads").version
    folder = Path(reader.road_cache) if reader.road_cache else None
    return road_network(reader.store, profile, objective=objective, cache=folder)


def travel_notes(network: RoadNetwork, estimated: int) -> list[dict[str, str]]:
    """What a reader of the result must know: estimates (TOUR-R132), a missing road layer."""
    notes = []
    if not len(network.topology.lines):
        notes.append(
            Text(
                "ไม่มีข้อมูลถนน ทุกค่าเป็นประมาณการจากเส้นตรง",
                "There are no roads; everything is estimated along straight lines",
            )
        )
    elif estimated:
        notes.append(
            Text(
                f"ประมาณการจากเส้นตรง {estimated:,} คู่ เพราะไม่มีถนนเชื่อมถึง",
                f"{estimated:,} pairs are estimates along straight lines: no road joins them",
            )
        )
    return [{"th": note.th, "en": note.en} for note in notes]


def _speeds(text: str | None) -> dict[str, float]:
    """Speeds written as ``track=10, street=20``."""
    found = {}
    for part in filter(None, (part.strip() for part in (text or "").split(","))):
        name, mark, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            mark = ""
        if not mark:
            raise ParameterError(
                "speeds_invalid",
                Text(
                    f"อ่านความเร็ว {part!r} ไม่ได้ ต้องเขียนแบบ track=10",
                    f"The speed {part!r} cannot be read; write track=10",
                ),
                parameter="speeds",
            )
    return found
