"""A person and a layer become the View that the store demands with every call.

Effective right = matrix right AND area scope AND purpose (restricted, secret) AND agreement where
the role works by one (privacy.md 11.4). What a person may see of some rows only becomes a
condition of the view, which the store puts into its SQL.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from geo.text import Text
from layers.errors import AccessDenied
from layers.model import Field, Layer, Privacy
from layers.privacy.conditions import (
    Tree,
    as_text,
    begins,
    both,
    either,
    equal,
    is_null,
    one_of,
)
from layers.privacy.matrix import Right, families_of, rights
from layers.privacy.person import PUBLIC, THAI_TIME, Assignment, BreakGlass, Grant, Person
from layers.query import Mask, View

__all__ = ["Door", "may", "owner_view", "public_view", "rows_refused", "view_of", "why_not"]

Door = Literal["read", "export"]
"""An export takes the right X besides, and never carries a secret field (PRIV-R14)."""

BY_AGREEMENT = ("analyst", "university_si")
"""Roles whose areas are those of an agreement (privacy.md 11.3), which must list the layer."""

PUBLISH_CLASS = {
    "public": Privacy.PUBLIC,
    "partner": Privacy.INTERNAL,
    "internal": Privacy.INTERNAL,
    "restricted": Privacy.RESTRICTED,
}
"""The class of a row of a public layer by its ``publish_level``; without one it is public."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """Some rows of a layer: those in an area that meet all the conditions."""

    prefix: str = ""
    when: tuple[str, ...] = ()

    def but(self, tree: Tree) -> _Reach:
        """The same rows as far as they meet one more condition."""
        return replace(self, when=(*self.when, as_text(tree)))


EVERYTHING = _Reach()


def view_of(
    person: Person, layer: Layer, *, now: dt.datetime | None = None, door: Door = "read"
) -> View:
    """What a person may see of a layer at a moment (with time zone; default: now), or take away.

    Where the person may see no row, the view is ``aggregates_only``. Masked rows (right M) come
    only to a person who reads no row of the layer as it is.
    """
    now = now or dt.datetime.now(dt.UTC)
    if person.owner:
        return owner_view(layer)
    reached = _rows(person, layer, "R", now, door)
    if not reached and (blurred := _reaches(person, layer, layer.privacy, "M", now, door)):
        prefixes, rows = _scope(blurred, layer)
        return View(
            layer=layer.id,
            fields=frozenset(item.name for item in layer.fields if _impersonal(item, layer)),
            geometry=layer.geometry == "Point" and _geometry_class(layer) < Privacy.SECRET,
            prefixes=prefixes,
            rows=rows,
            pseudonymous=True,
        )
    if not reached:
        return View(layer=layer.id, fields=frozenset(), geometry=False, aggregates_only=True)
    prefixes, rows = _scope(reached, layer)
    shown = {item.name: _shown(person, layer, item, reached, now, door) for item in layer.fields}
    place = _place(person, layer, reached, now, door)
    return View(
        layer=layer.id,
        fields=frozenset(name for name, reaches in shown.items() if reaches),
        geometry=bool(place),
        prefixes=prefixes,
        rows=rows,
        masks=tuple(
            Mask(name, _any(reaches, layer))
            for name, reaches in shown.items()
            if reaches and EVERYTHING not in reaches
        ),
        geometry_when=_any(place, layer) if place and EVERYTHING not in place else None,
    )


def public_view(layer: Layer) -> View:
    """What anyone may see: public rows and fields of public layers, and what persons opened.

    >>> from layers.catalogue import CATALOGUE
    >>> public_view(CATALOGUE["households"]).aggregates_only
    True
    """
    return view_of(PUBLIC, layer)


def owner_view(layer: Layer) -> View:
    """Everything: the person who holds the database file or its password already has it."""
    fields = frozenset(item.name for item in layer.fields)
    return View(layer=layer.id, fields=fields, geometry=layer.geometry is not None)


def may(
    person: Person,
    layer: Layer,
    right: Right,
    values: Mapping[str, Any],
    *,
    privacy: Privacy | None = None,
    now: dt.datetime | None = None,
) -> bool:
    """Whether a person has a right on one row, or on its data of a class.

    ``values`` are the row's, of which the area, the key and what tells its family count.
    ``privacy`` defaults to the class of the row. Right "V" says nothing of who wrote the row:
    verifier and author must differ besides (PRIV-R2).

    >>> from layers.catalogue import CATALOGUE
    >>> officer = Person(
    ...     account="a", grants=(Grant(role="district_officer", prefix="8301"),), purpose="planning"
    ... )
    >>> plots = CATALOGUE["plots"]
    >>> may(officer, plots, "W", {"area_code": "83010101"})
    True
    >>> may(officer, plots, "W", {"area_code": "830201"}), may(officer, plots, "X", {})
    (False, False)
    """
    if person.owner:
        return True
    now = now or dt.datetime.now(dt.UTC)
    asked = layer.privacy if privacy is None else privacy
    if right in rights("public", asked):
        return True
    # Official boundaries are no office's own: to change one takes the whole country.
    official = layer.group == "areas" and layer.geometry != "Point" and right in "WV"
    area = "" if official else str(values.get(layer.area or "") or "")
    for grant in _in_force(person, layer, asked, now):
        of_all = layer.area is None and right not in "WV"  # to change it takes the whole country
        if not of_all and not area.startswith(grant.prefix):
            continue
        for family, rows in families_of(layer.id):
            if rows is not None and not rows.holds(values):
                continue
            cell = rights(grant.role, asked, family)
            if right in cell or (
                right.lower() in cell
                and any(one.holds(layer, values) for one in _assigned(person, layer, now))
            ):
                return True
    glass = _glass_broken(person, asked, now)
    return right == "R" and glass is not None and area.startswith(glass.prefix)


def rows_refused(layer: Layer) -> AccessDenied:
    """The error of a caller who may see no single feature of the layer (PRIV-R1)."""
    return AccessDenied(
        "aggregates_only",
        Text(
            f"ชั้นข้อมูล {layer.title.th} เปิดเผยรายแถวไม่ได้ ดูได้เฉพาะผลรวมตามพื้นที่",
            f"Single features of {layer.id} are not open to you; only totals by area are",
        ),
        layer=layer.id,
        rule="AUTH-E-CLASS",
    )


def why_not(
    person: Person, layer: Layer, *, now: dt.datetime | None = None, door: Door = "read"
) -> AccessDenied | None:
    """Why a person sees no row of a layer, for the answer and the log; None when some are seen.

    The first that holds: no grant is in force, no purpose was given, no agreement lists the
    layer any more, the role has no right to the class.
    """
    now = now or dt.datetime.now(dt.UTC)
    if not view_of(person, layer, now=now, door=door).aggregates_only:
        return None
    day = now.astimezone(THAI_TIME).date()
    held = [grant for grant in person.grants if grant.holds_on(day)]
    needs = [grant for grant in held if _agreed(person, layer, grant, day)]
    if person.grants and not held:
        return _denied("grant_over", "AUTH-E-EXPIRED", _OVER, layer)
    if person.purpose is None and held and layer.privacy >= Privacy.RESTRICTED:
        return _denied("purpose_missing", "AUTH-E-PURPOSE", _NO_PURPOSE, layer)
    if held and not needs:
        return _denied("agreement_missing", "AUTH-E-AGREEMENT", _NO_AGREEMENT, layer)
    return rows_refused(layer)


_OVER = Text("สิทธิของบัญชีนี้สิ้นสุดแล้ว", "The rights of this account are over")
_NO_PURPOSE = Text(
    "ต้องระบุวัตถุประสงค์ก่อนเปิดดูชั้นข้อมูล {layer.title.th}",
    "Say for what purpose before you open {layer.id}",
)
_NO_AGREEMENT = Text(
    "ไม่มีข้อตกลงที่มีผลอยู่สำหรับชั้นข้อมูล {layer.title.th}",
    "No agreement in force opens {layer.id} to this account",
)


def _denied(code: str, rule: str, text: Text, layer: Layer) -> AccessDenied:
    return AccessDenied(code, text.format(layer=layer), layer=layer.id, rule=rule)


# Which rows


def _rows(
    person: Person, layer: Layer, right: Right, now: dt.datetime, door: Door
) -> tuple[_Reach, ...]:
    """The rows that a person has a right on, by the class of each."""
    if layer.privacy > Privacy.PUBLIC or "publish_level" not in layer.by_name:
        return _reaches(person, layer, layer.privacy, right, now, door)
    found: list[_Reach] = []
    for privacy in (Privacy.PUBLIC, Privacy.INTERNAL, Privacy.RESTRICTED):
        reaches = _reaches(person, layer, privacy, right, now, door)
        found += [reach.but(_published_as(privacy)) for reach in reaches]
    return tuple(dict.fromkeys(found))


def _published_as(privacy: Privacy) -> Tree:
    codes = [code for code, of in PUBLISH_CLASS.items() if of == privacy]
    stands = one_of("publish_level", codes)
    return either([is_null("publish_level"), stands]) if privacy == Privacy.PUBLIC else stands


def _reaches(
    person: Person, layer: Layer, privacy: Privacy, right: Right, now: dt.datetime, door: Door
) -> tuple[_Reach, ...]:
    """The rows whose data of a class the person has a right on."""
    if right in rights("public", privacy):
        return (EVERYTHING,)
    found: list[_Reach] = []
    for grant in _in_force(person, layer, privacy, now):
        found += _granted(person, layer, privacy, right, grant, now, door)
    if right == "R" and door == "read" and (glass := _glass_broken(person, privacy, now)):
        found.append(_Reach(glass.prefix))
    return (EVERYTHING,) if EVERYTHING in found else tuple(dict.fromkeys(found))


def _granted(
    person: Person,
    layer: Layer,
    privacy: Privacy,
    right: Right,
    grant: Grant,
    now: dt.datetime,
    door: Door,
) -> list[_Reach]:
    area, found, families = _Reach(grant.prefix), [], families_of(layer.id)
    for family, rows in families:
        cell = rights(grant.role, privacy, family)
        if door == "export" and ("X" not in cell or privacy == Privacy.SECRET):
            continue
        reach = area if rows is None else area.but(rows.tree())
        if right in cell:
            found.append(reach)
        elif right.lower() in cell and (assigned := _assigned(person, layer, now)):
            found.append(reach.but(either(one.tree(layer) for one in assigned)))
    whole = [rights(grant.role, privacy, family) for family, _ in families]
    if len(found) == len(families) and all(right in cell for cell in whole):
        return [area]  # of every family alike
    return found


def _in_force(person: Person, layer: Layer, privacy: Privacy, now: dt.datetime) -> list[Grant]:
    day = now.astimezone(THAI_TIME).date()
    held = [grant for grant in person.grants if grant.holds_on(day)]
    if privacy < Privacy.RESTRICTED:
        return held
    if person.purpose is None:
        return []
    return [grant for grant in held if _agreed(person, layer, grant, day)]


def _agreed(person: Person, layer: Layer, grant: Grant, day: dt.date) -> bool:
    return grant.role not in BY_AGREEMENT or any(
        layer.id in agreement.layers and day <= agreement.valid_to
        for agreement in person.agreements
    )


def _assigned(person: Person, layer: Layer, now: dt.datetime) -> list[Assignment]:
    day = now.astimezone(THAI_TIME).date()
    return [one for one in person.assignments if one.layer == layer.id and day <= one.valid_to]


def _glass_broken(person: Person, privacy: Privacy, now: dt.datetime) -> BreakGlass | None:
    glass, day = person.break_glass, now.astimezone(THAI_TIME).date()
    admin = any(grant.role == "admin" and grant.holds_on(day) for grant in person.grants)
    if glass is None or now >= glass.until or not admin or privacy < Privacy.RESTRICTED:
        return None
    return glass


# Which fields of them


def _shown(
    person: Person,
    layer: Layer,
    item: Field,
    reached: tuple[_Reach, ...],
    now: dt.datetime,
    door: Door,
) -> tuple[_Reach, ...]:
    """On which of the rows reached a field shows its value; on none: the field is hidden."""
    if item.permission is not None and item.permission not in person.permissions:
        return ()
    if item.privacy <= layer.privacy:
        return (EVERYTHING,)
    if door == "export" and item.privacy == Privacy.SECRET:
        return ()
    found = _reaches(person, layer, item.privacy, "R", now, door)
    return _within(found, item.opened_by, reached, layer)


def _place(
    person: Person, layer: Layer, reached: tuple[_Reach, ...], now: dt.datetime, door: Door
) -> tuple[_Reach, ...]:
    """On which of the rows reached the position shows."""
    if layer.geometry is None:
        return ()
    if _geometry_class(layer) <= layer.privacy:
        return (EVERYTHING,)
    found = _reaches(person, layer, _geometry_class(layer), "R", now, door)
    return _within(found, layer.geometry_opened_by, reached, layer)


def _within(
    found: tuple[_Reach, ...], opened_by: str | None, reached: tuple[_Reach, ...], layer: Layer
) -> tuple[_Reach, ...]:
    if EVERYTHING in found or set(reached) <= set(found):
        return (EVERYTHING,)
    if opened_by is None:
        return found
    return (*found, EVERYTHING.but(_opened(opened_by, layer)))


def _opened(field: str, layer: Layer) -> Tree:
    """The person said yes and did not take it back (registers.md 2.8)."""
    yes = equal(field, True)
    if "consent_state" not in layer.by_name:
        return yes
    stands = {"op": "<>", "args": [{"property": "consent_state"}, "withdrawn"]}
    return both([yes, either([is_null("consent_state"), stands])])


def _impersonal(item: Field, layer: Layer) -> bool:
    """Whether a masked row keeps a field: codes, numbers, yes or no, dates and the area.

    Names, free texts, references and lists of what was said could tell who it is.
    """
    if item.privacy > layer.privacy or item.permission is not None or item.name == layer.key:
        return False
    told = item.type in ("integer", "number", "boolean", "date") or item.values is not None
    return (told and not item.identifies) or item.name == layer.area


def _geometry_class(layer: Layer) -> Privacy:
    return Privacy(layer.geometry_privacy or 0)


def _scope(reached: Iterable[_Reach], layer: Layer) -> tuple[tuple[str, ...] | None, str | None]:
    """Area prefixes and condition of the rows; prefixes alone can be looked up by index."""
    reaches = tuple(reached)
    conditions = {reach.when for reach in reaches}
    if len(conditions) > 1:
        return None, _any(reaches, layer)
    prefixes = tuple(sorted({reach.prefix for reach in reaches}))
    same = [json.loads(one) for one in conditions.pop()]
    return (None if "" in prefixes else prefixes), as_text(both(same)) if same else None


def _any(reaches: Iterable[_Reach], layer: Layer) -> str:
    return as_text(either(_tree(reach, layer) for reach in reaches))


def _tree(reach: _Reach, layer: Layer) -> Tree:
    inside = [begins(layer.area, reach.prefix)] if reach.prefix and layer.area is not None else []
    return both([*inside, *(json.loads(one) for one in reach.when)])
