"""Whole selections as files: who may take them, and what is noted of each (PRIV-R14)."""

from __future__ import annotations

import datetime as dt

from flask import g, request

from api.access import bare_store, current_person, require_scope, view_of
from geo.text import Text
from layers import audit
from layers.errors import AccessDenied
from layers.model import Layer, Privacy
from layers.privacy import why_not
from layers.query import View

__all__ = ["RECIPIENT_HEADER", "UNTIL_HEADER", "export_view"]

RECIPIENT_HEADER = "Phumi-Recipient"
UNTIL_HEADER = "Phumi-Until"


def export_view(layer: Layer) -> View:
    """What the caller may take away of a layer; a restricted export names recipient and end.

    Raises AccessDenied without the right X, or without both headers. Noted once for a request.
    """
    person = current_person()
    if person.owner or person.account is None:
        return view_of(layer)
    require_scope("export")
    view = view_of(layer, "export")
    if view.aggregates_only:
        raise why_not(person, layer, door="export") or AccessDenied("export", _NO_RIGHT)
    if layer.privacy >= Privacy.RESTRICTED and not g.get("phumi_exported"):
        recipient, until = _terms()
        g.phumi_exported = True
        audit.record(
            bare_store(), "AUD-EXPORT", account=person.account, object=layer.id,
            area=" ".join(view.prefixes or ()), recipient=recipient, expiry=until,
            fields=sorted(view.fields), purpose=person.purpose, query=request.query_string.decode(),
        )  # fmt: skip
    return view


_NO_RIGHT = Text("ท่านไม่มีสิทธิ์ส่งออกข้อมูลนี้", "You may not export this")


def _terms() -> tuple[str, dt.date]:
    recipient = request.headers.get(RECIPIENT_HEADER, "").strip()[:200]
    try:
        until = dt.date.fromisoformat(request.headers.get(UNTIL_HEADER, ""))
    except ValueError:
        until = None
    if not recipient or until is None or until < dt.datetime.now(dt.UTC).date():
        raise AccessDenied(
            "export_terms",
            Text(
                f"การส่งออกข้อมูลจำกัดสิทธิต้องระบุผู้รับ ({RECIPIENT_HEADER}) "
                f"และวันที่ต้องลบ ({UNTIL_HEADER} ปปปป-ดด-วว)",
                f"An export of restricted data names its recipient ({RECIPIENT_HEADER}) "
                f"and the day to delete it ({UNTIL_HEADER}, YYYY-MM-DD)",
            ),
            rule="PRIV-R14",
        )
    return recipient, until
