"""How long data of persons stay, and what becomes of them then: the table of privacy.md 14.1.

A day that is over takes the earlier states of a row with it: the history would keep what the
present lost. Totals are counted, not kept, so they stay as far as rows stay. Export files,
refused rows of imports and backups are not kept by the platform; the log is archived by hand
(a CSV of it), since nobody can take entries out of its chain.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from geo.parameters import Parameters, between
from geo.text import Text
from layers import audit
from layers.erasure import purge
from layers.model import Layer, Privacy
from layers.privacy import owner_view
from layers.privacy.conditions import Tree, both, either, equal, is_null, one_of
from layers.query import Query
from layers.store import Store, WriteResult
from layers.store.session import Session

__all__ = ["ACTIONS", "RULES", "Due", "RetentionYears", "Rule", "apply", "due"]

Action = Literal["delete", "empty", "pseudonymise"]
ACTIONS: Mapping[Action, Text] = {
    "delete": Text("ลบ", "delete"),
    "empty": Text("ลบข้อมูลที่ระบุตัวบุคคล", "empty the fields that tell who"),
    "pseudonymise": Text("แปลงเป็นนามแฝง", "pseudonymise"),
}
PSEUDONYM = "P-"  # how keys of rows begin that nobody can be told from any more
TAMBON = 6  # digits
AT_ONCE = 1_000  # rows of one transaction
BUDDHIST_ERA = 543


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionYears(Parameters):
    """Years that each family stays; an owner may shorten them (privacy.md 14.1, decision)."""

    household_rows: float = between(5, 0, 5)
    tier_4: float = between(1, 0, 1)
    household_visits: float = between(5, 0, 5)
    debtor_documents: float = between(10, 0, 10)
    personal_notes: float = between(0, 0, 0)
    debtor_contracts: float = between(10, 0, 10)
    plot_owners: float = between(5, 0, 5)
    producer_contacts: float = between(2, 0, 2)
    skilled_contacts: float = between(2, 0, 2)
    photos: float = between(2, 0, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Rows of a layer, the fields whose newest day counts, and what becomes of them.

    With ``of`` the day is that of the row of another rule that the field ``by`` names; ``fields``
    are those that are emptied.
    """

    id: str
    title: Text
    layer: str
    action: Action
    since: tuple[str, ...] = ()
    when: Tree | None = None
    fields: tuple[str, ...] = ()
    of: str | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The rows of a rule whose time is over on a day."""

    rule: Rule
    keys: tuple[str, ...]


CONTACT = ("person_name", "phone", "line_id")
RULES: tuple[Rule, ...] = (
    Rule(
        id="household_rows",
        title=Text("แถวครัวเรือน จปฐ. และ TPMAP", "BMN and TPMAP household rows"),
        layer="households", action="pseudonymise",
        since=("data_as_of", "assessed_on", "source_year_be"),
    ),
    Rule(
        id="tier_4", title=Text("ลำดับ 4 ของ TPMAP", "TPMAP tier 4"), layer="households",
        action="empty", since=("source_year_be",),
        when=either([equal("tier_exact", "4"), equal("rehab_member", True)]),
        fields=("tier_exact", "reason_codes_exact", "rehab_member"),
    ),
    Rule(
        id="household_visits", title=Text("บันทึกเยี่ยมครัวเรือน", "Household visit log"),
        layer="visits", action="pseudonymise", since=("visited_at", "planned_on"),
        when=equal("kind", "household"),
    ),
    Rule(
        id="debtor_documents", title=Text("เอกสารลูกหนี้", "Debtor documents"), layer="documents",
        action="delete", when=equal("subject_layer", "debtors"), of="debtor_contracts",
        by="subject_id",
    ),
    Rule(
        id="personal_notes", title=Text("บันทึกเฉพาะบุคคลของลูกหนี้", "Personal notes of debtors"),
        layer="visits", action="empty", when=equal("kind", "debtor"), of="debtor_contracts",
        by="contract_id", fields=("personal_note", "hardship"),
    ),
    Rule(
        id="debtor_contracts", title=Text("สัญญาและพิกัดลูกหนี้", "Debtor contracts and pins"),
        layer="debtors", action="delete", since=("end_date", "last_payment_date"),
        when=equal("project_status", "closed"),
    ),
    Rule(
        id="plot_owners", title=Text("เจ้าของแปลง", "Owners of plots"), layer="plots",
        action="empty", since=("status_date",),
        fields=(
            "owner_key", "participant_key", "owner_name", "participant_name", "phone",
            "deed_holder_name",
        ),
    ),
    Rule(
        id="producer_contacts", title=Text("ผู้ติดต่อของผู้ผลิต", "Contacts of producers"),
        layer="producers", action="empty", since=("as_of",), fields=CONTACT,
    ),
    Rule(
        id="skilled_contacts",
        title=Text("ผู้ติดต่อของปราชญ์และผู้เชี่ยวชาญ", "Contacts of skilled persons"),
        layer="innovators", action="empty", since=("as_of",), fields=(*CONTACT, "email"),
    ),
    Rule(
        id="photos", title=Text("ภาพถ่าย", "Photos"), layer="documents", action="delete",
        since=("taken_at", "doc_date"), when=equal("kind", "photo"),
    ),
)  # fmt: skip
"""The families that the platform keeps; what hangs on a contract goes before the contract."""


def due(store: Store, day: dt.date, years: RetentionYears | None = None) -> Iterator[Due]:
    """What is over on a day, rule by rule. A row without any of its days is never over."""
    kept = years or RetentionYears()
    for rule in RULES:
        base = rule if rule.of is None else next(one for one in RULES if one.id == rule.of)
        keys = _over(store, base, _back(day, int(getattr(kept, rule.id))), own=base is rule)
        if base is not rule:
            keys = _hanging(store, rule, keys)
        yield Due(rule=rule, keys=tuple(keys))


def apply(store: Store, one: Due, *, by: str, secret: bytes) -> int:
    """Do what a rule says with its rows and their past; the number of rows (AUD-RETENTION).

    ``secret`` keys the pseudonyms, so that a row that was left half done gets the same again.
    """
    layer = store.layer(one.rule.layer)
    for start in range(0, len(one.keys), AT_ONCE):
        _end(store, layer, one.rule, list(one.keys[start : start + AT_ONCE]), by, secret)
    return len(one.keys)


def _end(store: Store, layer: Layer, rule: Rule, keys: list[str], by: str, secret: bytes) -> None:
    def enter(session: Session, _: WriteResult) -> None:
        purge(session, layer, keys)
        audit.append(
            session, "AUD-RETENTION", account=by, object=layer.id, rows=len(keys),
            family=rule.id, action=rule.action,
        )  # fmt: skip

    if rule.action == "empty":
        rows = pd.DataFrame({layer.key: keys, **dict.fromkeys(rule.fields)})
        store.write(layer.id, rows, mode="upsert", author=by, source="retention", after=enter)
        return
    if rule.action == "pseudonymise":
        rows = _pseudonymous(_read(store, layer, one_of(layer.key, keys)), layer, secret)
        store.write(layer.id, rows, mode="upsert", author=by, source="retention")
    gone = pd.DataFrame({layer.key: keys})
    store.write(layer.id, gone, mode="delete", author=by, source="retention", after=enter)


def _back(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _over(store: Store, rule: Rule, limit: dt.date, *, own: bool) -> list[str]:
    """Keys of rows all of whose known days lie before a day, and that still hold something."""
    layer = store.layer(rule.layer)
    known = [{"op": "not", "args": [is_null(name)]} for name in rule.since]
    before = [either([is_null(name), _before(layer, name, limit)]) for name in rule.since]
    left = [_left(rule, layer)] if own else []
    tree = both([either(known), *before, *left, *([rule.when] if rule.when else [])])
    return _keys(store, layer, tree)


def _hanging(store: Store, rule: Rule, of: list[str]) -> list[str]:
    layer = store.layer(rule.layer)
    tree = both([one_of(rule.by, of), _left(rule, layer), *([rule.when] if rule.when else [])])
    return _keys(store, layer, tree) if of else []


def _before(layer: Layer, name: str, limit: dt.date) -> Tree:
    kind = layer.by_name[name].type
    value: Any = {"date": limit.isoformat()}
    if kind == "datetime":
        value = {"timestamp": f"{limit.isoformat()}T00:00:00Z"}
    elif kind == "integer":  # a year of the Buddhist era is over with its last day
        value = limit.year + BUDDHIST_ERA
    return {"op": "<", "args": [{"property": name}, value]}


def _left(rule: Rule, layer: Layer) -> Tree:
    if rule.action == "empty":
        return either({"op": "not", "args": [is_null(name)]} for name in rule.fields)
    if rule.action == "delete":
        return both([])
    named = {"op": "like", "args": [{"property": layer.key}, f"{PSEUDONYM}%"]}
    return {"op": "not", "args": [named]}


def _keys(store: Store, layer: Layer, tree: Tree) -> list[str]:
    query = Query(layer=layer.id, filter=tree, fields=(layer.key,), geometry=False, limit=None)
    return [str(key) for key in store.read(query, owner_view(layer))[layer.key]]


def _read(store: Store, layer: Layer, tree: Tree) -> pd.DataFrame:
    return store.read(Query(layer=layer.id, filter=tree, limit=None), owner_view(layer))


def _pseudonymous(rows: pd.DataFrame, layer: Layer, secret: bytes) -> gpd.GeoDataFrame:
    """The same rows under other keys, with the tambon and without whatever tells who it is."""
    rows = rows.copy()
    for item in layer.fields:
        told = item.type not in ("text", "list", "object") or item.values is not None
        tells_who = item.identifies or item.privacy >= Privacy.SECRET or not told
        if tells_who and item.name not in (layer.key, layer.area, "data_origin"):
            rows[item.name] = None
    rows[layer.key] = [
        PSEUDONYM + hmac.new(secret, f"{layer.id}\n{key}".encode(), hashlib.sha256).hexdigest()[:24]
        for key in rows[layer.key]
    ]
    if layer.area is not None:
        rows[layer.area] = rows[layer.area].str[:TAMBON]
    return gpd.GeoDataFrame(rows.drop(columns="geometry"), geometry=[None] * len(rows), crs=4326)
