"""All layers that phumi knows by itself, by id, and the families that they stand under in menus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from geo.text import Text
from layers import (
    aid,
    areas,
    border,
    corridors,
    culture,
    debtors,
    enterprises,
    facilities,
    households,
    indicators,
    innovation,
    plots,
    producers,
    projects,
    routes,
    tourism,
    village_targets,
)
from layers.errors import DefinitionError
from layers.model import Layer

__all__ = ["CATALOGUE", "FAMILIES", "collect", "layers_of"]

FAMILIES: Mapping[str, Text] = MappingProxyType(
    {
        "areas": Text("เขตปกครอง", "Areas"),
        "land": Text("ที่ดินและแปลง", "Land"),
        "people": Text("ครัวเรือนและลูกหนี้", "Households and debtors"),
        "border": Text("เศรษฐกิจชายแดน", "Border economy"),
        "tourism": Text("ท่องเที่ยวและวัฒนธรรม", "Tourism and culture"),
        "places": Text("สถานที่และโครงสร้างพื้นฐาน", "Places and infrastructure"),
        "economy": Text("ผู้ประกอบการและเทคโนโลยี", "Enterprises and technology"),
        "work": Text("โครงการและตัวชี้วัด", "Projects and indicators"),
        "user": Text("ชั้นข้อมูลของผู้ใช้", "User layers"),
    }
)
"""Title of each family, in the order of menus; ``user`` is for layers made from files."""


_NO_FAMILY = Text("ชั้นข้อมูล {id}: ไม่มีกลุ่ม {group}", "Layer {id}: there is no family {group}")
_TWICE = Text("มีชั้นข้อมูล {id} ซ้ำกัน", "Layer {id} stands there twice")


def collect(layers: Iterable[Layer]) -> Mapping[str, Layer]:
    """Put layers in the order of their families, by id.

    Within a family they keep the order in which they came.

    Raises:
        DefinitionError: an id stands there twice, or a layer is in no family.

    Examples:
        >>> list(collect(areas.LAYERS[:2]))
        ['regions', 'provinces']
        >>> dict(collect([]))
        {}

    """
    by_family: dict[str, dict[str, Layer]] = {group: {} for group in FAMILIES}
    seen: set[str] = set()
    for layer in layers:
        if layer.group not in by_family:
            raise DefinitionError("layer_family", _NO_FAMILY.format(id=layer.id, group=layer.group))
        if layer.id in seen:
            raise DefinitionError("layer_twice", _TWICE.format(id=layer.id))
        seen.add(layer.id)
        by_family[layer.group][layer.id] = layer
    ordered = {id_: layer for members in by_family.values() for id_, layer in members.items()}
    return MappingProxyType(ordered)


CATALOGUE: Mapping[str, Layer] = collect(
    (
        *areas.LAYERS,
        *plots.LAYERS,
        *households.LAYERS,
        *aid.LAYERS,
        *village_targets.LAYERS,
        *debtors.LAYERS,
        *corridors.LAYERS,
        *border.LAYERS,
        *tourism.LAYERS,
        *routes.LAYERS,
        *culture.LAYERS,
        *facilities.LAYERS,
        *enterprises.LAYERS,
        *producers.LAYERS,
        *innovation.LAYERS,
        *projects.LAYERS,
        *indicators.LAYERS,
    )
)
"""The layers that every workspace has, id to definition, families in the order of FAMILIES."""


def layers_of(group: str) -> tuple[Layer, ...]:
    """Return the layers of one family; empty for a family without any.

    >>> [layer.id for layer in layers_of("areas")][:3]
    ['regions', 'provinces', 'districts']
    >>> layers_of("user")
    ()
    """
    return tuple(layer for layer in CATALOGUE.values() if layer.group == group)
