"""The columns that all tables of tourism.md, border.md and systems.md L8 have (tourism.md 3.0)."""

from __future__ import annotations

from typing import Unpack

from layers import fields as f
from layers.model import Field

__all__ = ["common_head", "common_tail", "price_per_person", "year_be"]


def common_head(key: Field, *, code_required: bool = True) -> tuple[Field, ...]:
    """The columns of tourism.md 3.0 that name a thing and its area, after its ``key``."""
    return key, f.name_th(), f.name_en(), f.alias(), f.area_code(required=code_required)


def common_tail() -> tuple[Field, ...]:
    """The columns of tourism.md 3.0 that say how exact, how public and how recent a row is."""
    standing = (f.geom_precision(), f.publish_level(), f.consent_state(), f.as_of(), f.tags())
    return *standing, *f.provenance()


def year_be(name: str, th: str, en: str, **options: Unpack[f.Options]) -> Field:
    """A Buddhist-era year; a common-era year is out of bounds (TOUR-Q7)."""
    options.setdefault("minimum", 2400)
    options.setdefault("maximum", 2650)
    return f.integer(name, th, en, "BE", **options)


def price_per_person(name: str, th: str, en: str, *, source: str = "", per: str = "") -> Field:
    """A price in baht for one person; empty is unknown, zero is free of charge."""
    return f.number(name, th, en, f"THB/person{per}", minimum=0, source=source)
