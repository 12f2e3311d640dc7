"""The audit log for the data-protection officer: entries and reports, as pages and CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, request

from api.access import bare_store, require_account
from api.language import asked_language
from api.templating import page
from geo.text import Text
from geo.thai import THAI_TIME
from layers import audit
from layers.audit_reports import REPORTS, rows_of
from layers.errors import AccessDenied, NotFound, QueryError
from layers.intake.text import escape_formula
from layers.privacy import Person

__all__ = ["blueprint"]

blueprint = Blueprint("log", __name__, url_prefix="/admin/audit")

LOG_COLUMNS = ("number", "moment", "event", "account", "object", "area", "rows", "detail", "hash")
LOG_PAGE = 200


@blueprint.get("")
def entries() -> Response:
    """The entries, newest first."""
    person = _reader()
    asked = {name: request.args.get(name) or None for name in ("event", "account", "object")}
    span = {"since": _day("since"), "until": _day("until", after=True)}
    if request.args.get("f") == "csv":
        found = audit.entries(bare_store(), **asked, **span, limit=None)
        lines = ([getattr(entry, name) for name in LOG_COLUMNS] for entry in found)
        return _file("audit", person, LOG_COLUMNS, lines, len(found))
    before = request.args.get("before", type=int)
    found = audit.entries(bare_store(), **asked, **span, before=before, limit=LOG_PAGE)
    return _never_kept(
        page(
            "audit.html",
            entries=found,
            events=audit.EVENTS,
            reports=REPORTS,
            chain=audit.verify(bare_store()),
            asked=request.args,
            more=found[-1].number if len(found) == LOG_PAGE else None,
        )
    )


@blueprint.get("/reports/<name>")
def report(name: str) -> Response:
    """One of the ready-made reports (AUD-R4)."""
    person = _reader()
    if name not in REPORTS:
        raise NotFound("report_unknown", Text(f"ไม่มีรายงาน {name}", f"There is no report {name}"))
    chosen = REPORTS[name]
    lines = rows_of(bare_store(), chosen)
    if request.args.get("f") == "csv":
        headings = [column.get(asked_language()) for column in chosen.columns]
        return _file(f"audit-{name}", person, headings, lines, len(lines))
    return _never_kept(
        page("audit_report.html", report=chosen, lines=lines, reports=REPORTS, name=name)
    )


def _reader() -> Person:
    person = require_account()
    if not person.owner and "audit_read" not in person.permissions:
        raise AccessDenied(
            "AUTH-E-SCOPE",
            Text("บัญชีนี้ไม่มีสิทธิ์อ่านบันทึกการใช้งาน", "This account may not read the log"),
            rule="AUTH-E-SCOPE",
        )
    return person


def _file(
    name: str, person: Person, headings: Iterable[str], lines: Iterable[Iterable[object]], rows: int
) -> Response:
    account = str(person.account)
    audit.record(
        bare_store(), "AUD-EXPORT", account=account, object=name, rows=rows, recipient=account
    )
    answer = Response(_csv(headings, lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return _never_kept(answer)


def _csv(headings: Iterable[str], lines: Iterable[Iterable[object]]) -> Iterator[str]:
    out = io.StringIO()
    table = csv.writer(out)
    yield "\ufeff"
    table.writerow(headings)
    for line in lines:
        table.writerow([escape_formula("" if cell is None else str(cell)) for cell in line])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _day(name: str, *, after: bool = False) -> dt.datetime | None:
    text = request.args.get(name)
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text) + dt.timedelta(days=after)
    except ValueError:
        raise QueryError("day", Text(f"วันที่ {text} ไม่ถูกต้อง", f"{text} is no date")) from None
    return dt.datetime.combine(day, dt.time(), THAI_TIME)


def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
