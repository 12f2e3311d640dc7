"""Import profiles: how the columns of a known kind of file become fields.

A profile is a TOML file in ``profiles/``. ``collection`` is where its rows go, ``columns`` maps a
heading to a field (or to a table with ``field`` and ``strip_prefix``), ``ignored`` lists headings
that nobody misses, ``constants`` fill fields for every row. A file that has all the headings of
``recognised_by`` needs no one to name the profile. Files with one of the ``suffixes`` hold several
layers, of which ``source_layer`` is read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from geo.text import Text
from layers.intake.report import refuse

__all__ = ["ColumnRule", "Profile", "choose_profile", "profiles", "usual_layer"]


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What becomes of one column: the field it fills, and a prefix that its codes lose."""

    field: str
    strip_prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One known layout of files for one collection."""

    name: str
    collection: str
    title: Text
    recognised_by: frozenset[str]
    columns: Mapping[str, ColumnRule]
    ignored: frozenset[str] = frozenset()
    constants: Mapping[str, Any] = field(default_factory=dict)
    suffixes: tuple[str, ...] = ()
    source_layer: str | None = None

    @classmethod
    def from_toml(cls, name: str, text: str) -> Profile:
        """Read a profile file; raises ValueError, KeyError or TypeError for one that is wrong."""
        data = tomllib.loads(text)
        columns = {
            heading: ColumnRule(rule) if isinstance(rule, str) else ColumnRule(**rule)
            for heading, rule in data["columns"].items()
        }
        known = set(columns) | set(data.get("ignored", ()))
        strange = set(data["recognised_by"]) - known
        if strange:
            raise ValueError(
                f"profile {name}: recognised by {sorted(strange)}, which it never uses"
            )
        return cls(
            name=name,
            collection=data["collection"],
            title=Text(**data["title"]),
            recognised_by=frozenset(data["recognised_by"]),
            columns=columns,
            ignored=frozenset(data.get("ignored", ())),
            constants=data.get("constants", {}),
            suffixes=tuple(data.get("suffixes", ())),
            source_layer=data.get("source_layer"),
        )


@cache
def profiles() -> Mapping[str, Profile]:
    """All profiles by name.

    >>> profiles()["cod-ab-district"].columns["ADM2_PCODE"]
    ColumnRule(field='code', strip_prefix='TH')
    """
    folder = files(__package__) / "profiles"
    found = (
        Profile.from_toml(item.name.removesuffix(".toml"), item.read_text(encoding="utf-8"))
        for item in folder.iterdir()
        if item.name.endswith(".toml")
    )
    return {profile.name: profile for profile in sorted(found, key=lambda p: p.name)}


def usual_layer(collection: str, file: str) -> str | None:
    """The layer of a file that a profile of the collection reads; None where it is to be named.

    >>> usual_layer("roads", "phuket.osm.pbf")
    'roads'
    """
    for profile in profiles().values():
        if profile.collection == collection and file.lower().endswith(profile.suffixes or "/"):
            return profile.source_layer
    return None


def choose_profile(
    collection: str, headings: Iterable[str], file: str, name: str | None = None
) -> Profile | None:
    """The named profile, else the one that recognises the headings, else None.

    Of several that do, the one that knows most headings is taken. Refuses a name that the
    collection has no profile of, and a named profile whose headings the file lacks.
    """
    present = set(headings)
    own = [profile for profile in profiles().values() if profile.collection == collection]
    if name is None:
        fitting = [profile for profile in own if profile.recognised_by <= present]
        return max(fitting, key=lambda p: len(p.recognised_by), default=None)
    for profile in own:
        if profile.name == name:
            missing = sorted(profile.recognised_by - present)
            if missing:
                refuse("IMP-E-PROFILECOL", file=file, name=name, col=", ".join(missing))
            return profile
    names = ", ".join(profile.name for profile in own) or "-"
    return refuse("IMP-E-PROFILE", file=file, name=name, layer=collection, names=names)
