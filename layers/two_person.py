"""The two-person rule: what one account changed, another verifies or sends back (PRIV-R12).

A new position or tier of a household, a debtor or a plot stands at once, marked as unverified,
and what stood before is kept beside it. It is not held back until somebody looks: a pin is "saved,
unverified" (PIN-T2), the last verified pin stays the working one (DEBT-R25), and what a device
sent builds on the row versions that its own changes made. Sending it back restores the last
verified position and tier and leaves all other fields. What is written at the machine (imports,
and by that the official tiers) is not made to wait; tiers that ``phumi run`` changes are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from layers.audit import utc
from layers.model import Layer, choices
from layers.store import Store, WriteResult
from layers.store.session import Session
from layers.store.sql import Sql, quote

__all__ = ["GUARDED", "REASONS", "Waiting", "forget", "mark", "waiting"]

GUARDED = MappingProxyType(
    {
        "households": ("tier", "tier_exact"),
        "debtors": (),
        "plots": (),
    }
)
"""The layers of PRIV-R12, and the fields that tell a tier; their geometry counts always."""

REASONS = choices(geometry=("ตำแหน่งหรือขอบเขต", "Position or boundary"), tier=("ลำดับ", "Tier"))
"""What waits for a second person."""

KEYS_NAMED = 500  # rows that are looked up by key; of more the whole layer is compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A feature that waits: who changed it last and what; ``before`` None is a new feature."""

    feature: str
    author: str
    since: dt.datetime
    changed: tuple[str, ...]
    before: int | None


def mark(
    session: Session, layer: Layer, keys: Sequence[str], result: WriteResult, author: str
) -> None:
    """Mark those of the rows just written whose position or tier is another one than before.

    For the end of a write, within its transaction. A tier counts as changed once there was one.
    """
    if layer.id not in GUARDED or not (result.inserted or result.updated):
        return
    key, table = f"t.{quote(layer.key)}", f"layers.{quote(layer.id)}"
    before = {name: f"(h.properties->>'{name}')" for name in GUARDED[layer.id]}
    tiers = [
        f"({was} IS NOT NULL AND {was} IS DISTINCT FROM t.{quote(name)})"
        for name, was in before.items()
    ]
    named = len(keys) <= KEYS_NAMED
    some = f"AND {key} IN ({', '.join('?' * len(keys))}) " if named else ""
    session.run(
        Sql(
            "INSERT INTO phumi.unverified SELECT ?, feature, CAST(? AS BIGINT), ?, "
            "CAST(? AS timestamptz), moved, retiered, before FROM ("
            f"SELECT {key} AS feature, h.row_version AS before, "
            "ST_AsBinary(t.geom) IS DISTINCT FROM ST_AsBinary(h.geom) AS moved, "
            f"({' OR '.join(tiers) or 'FALSE'}) AS retiered FROM {table} AS t "
            f"LEFT JOIN phumi.history AS h ON h.layer = ? AND h.feature = {key} "
            "AND h.ended_version = CAST(? AS BIGINT) AND h.operation = 'update' "
            f"WHERE t._version = CAST(? AS BIGINT) {some}) AS c WHERE moved OR retiered",
            (
                layer.id, result.version, author, dt.datetime.now(dt.UTC), layer.id,
                result.version, result.version, *(keys if named else ()),
            ),
        )
    )  # fmt: skip


def forget(session: Session, layer: Layer, keys: Sequence[str]) -> None:
    """These features wait no longer."""
    for key in keys:
        sql = "DELETE FROM phumi.unverified WHERE layer = ? AND feature = ?"
        session.run(Sql(sql, (layer.id, key)))


def waiting(store: Store, layer: Layer, key: str | None = None) -> list[Waiting]:
    """What waits in a layer, or of one feature, the oldest first."""
    if layer.id not in GUARDED:
        return []
    one, values = ("AND u.feature = ? ", (layer.id, key)) if key is not None else ("", (layer.id,))
    sql = (
        "SELECT u.feature, u.author, u.since AT TIME ZONE 'UTC', u.moved, u.retiered, "
        f"u.before_version FROM phumi.unverified AS u WHERE u.layer = ? {one}AND EXISTS "
        f"(SELECT 1 FROM layers.{quote(layer.id)} AS t WHERE t.{quote(layer.key)} = u.feature) "
        "ORDER BY u.version"
    )
    found: dict[str, Waiting] = {}
    for feature, author, since, moved, retiered, before in store.raw(sql, values):
        first = found.get(feature)
        changed = {name for name, is_so in zip(REASONS, (moved, retiered), strict=True) if is_so}
        known = set() if first is None else {*first.changed}
        found[feature] = Waiting(
            feature=feature,
            author=author,
            since=utc(since) if first is None else first.since,
            changed=tuple(name for name in REASONS if name in changed | known),
            before=before if first is None else first.before,
        )
    return list(found.values())
