"""The administrators' pages: accounts, grants and their confirmation, break glass, the log."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator

from flask import Blueprint, Response, redirect, request, url_for

from api.access import bare_store, require_account
from api.accounts import tokens
from api.language import asked_language
from api.templating import page
from geo.text import Text
from geo.thai import THAI_TIME
from layers import accounts, audit, break_glass
from layers.errors import AccessDenied, QueryError
from layers.intake.text import escape_formula
from layers.privacy import PERMISSIONS, ROLES, Person

__all__ = ["blueprint"]

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

LOG_COLUMNS = ("number", "moment", "event", "account", "object", "area", "rows", "detail", "hash")
LOG_PAGE = 200


@blueprint.get("")
def overview() -> Response:
    """All accounts with their grants, and what waits for confirmation."""
    return _overview(_administrator())


@blueprint.post("/accounts")
def add() -> Response:
    """A new account with its first grant, which somebody above must confirm (PRIV-R5)."""
    person, store, form = _administrator(), bare_store(), request.form
    by, name = str(person.account), form.get("account", "").strip()
    _require_right(person, form.get("prefix", ""))
    accounts.add_account(store, name, by=by)
    _propose(name, by)
    secret = tokens.issue(store, name, kind="invitation", name="first password", by=by)
    address = url_for("accounts.welcome", secret=secret, _external=True)
    return _overview(person, invitation=(name, address))


@blueprint.post("/grants")
def propose() -> Response:
    """A further role or permission of an account."""
    person = _administrator()
    _propose(request.form.get("account", ""), str(person.account))
    return _back()


@blueprint.post("/grants/<grant_id>/confirm")
def confirm(grant_id: str) -> Response:
    """Let a proposed grant count."""
    accounts.confirm(bare_store(), grant_id, by=str(_administrator().account))
    return _back()


@blueprint.post("/grants/<grant_id>/end")
def end(grant_id: str) -> Response:
    """Take a grant away."""
    accounts.end_grant(bare_store(), grant_id, by=str(_administrator().account))
    return _back()


@blueprint.post("/accounts/<name>/disable")
def disable(name: str) -> Response:
    """Close an account, sessions and tokens with it."""
    person = _administrator()
    _require_over(person, name)
    accounts.disable(bare_store(), name, by=str(person.account))
    return _back()


@blueprint.post("/accounts/<name>/invite")
def invite(name: str) -> Response:
    """A new one-time link, for a forgotten password."""
    person = _administrator()
    _require_over(person, name)
    accounts.find_account(bare_store(), name)
    by = str(person.account)
    secret = tokens.issue(bare_store(), name, kind="invitation", name="new password", by=by)
    address = url_for("accounts.welcome", secret=secret, _external=True)
    return _overview(person, invitation=(name, address))


@blueprint.post("/handover")
def hand_over() -> Response:
    """Give a successor the units of a former keeper (PRIV-R4)."""
    form, by = request.form, str(_administrator().account)
    accounts.hand_over(
        bare_store(), form.get("former", ""), form.get("successor", ""), by=by,
        prefix=form.get("prefix", ""),
    )  # fmt: skip
    return _back()


@blueprint.post("/break-glass")
def ask() -> Response:
    """Ask to see restricted rows in an emergency."""
    person, form = _administrator(), request.form
    reason, prefix = form.get("reason", ""), form.get("prefix", "")
    break_glass.ask(bare_store(), str(person.account), reason=reason, prefix=prefix)
    return _back()


@blueprint.post("/break-glass/<request_id>/approve")
def approve(request_id: str) -> Response:
    """A province officer opens it for an hour."""
    break_glass.approve(bare_store(), request_id, by=str(_administrator().account))
    return _back()


@blueprint.get("/audit")
def log() -> Response:
    """The audit log for the data-protection officer, as a page or CSV."""
    person = require_account()
    if not person.owner and "audit_read" not in person.permissions:
        raise _denied()
    asked = {name: request.args.get(name) or None for name in ("event", "account", "object")}
    span = {"since": _day("since"), "until": _day("until", after=True)}
    if request.args.get("f") == "csv":
        found = audit.entries(bare_store(), **asked, **span, limit=None)
        audit.record(
            bare_store(), "AUD-EXPORT", account=str(person.account), object="audit",
            rows=len(found), recipient=str(person.account),
        )  # fmt: skip
        answer = Response(_csv(found), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = "attachment; filename=audit.csv"
        return _never_kept(answer)
    before = request.args.get("before", type=int)
    found = audit.entries(bare_store(), **asked, **span, before=before, limit=LOG_PAGE)
    return _never_kept(
        page(
            "audit.html",
            entries=found,
            events=audit.EVENTS,
            chain=audit.verify(bare_store()),
            asked=request.args,
            more=found[-1].number if len(found) == LOG_PAGE else None,
        )
    )


def _administrator() -> Person:
    """The person, if any of its grants lets it manage others."""
    person = require_account()
    held = accounts.grants(bare_store(), person.account)
    day = accounts.today()
    if not any(one.name in accounts.CONFIRMERS and one.holds_on(day) for one in held):
        raise _denied()
    return person


def _require_right(person: Person, prefix: str) -> None:
    held = accounts.grants(bare_store(), person.account)
    if not accounts.may_grant(held, prefix, accounts.today()):
        raise _denied()


def _require_over(person: Person, name: str) -> None:
    """The person stands over every area of the other account."""
    theirs = [one for one in accounts.grants(bare_store(), name) if one.ended_by is None]
    for one in theirs:
        _require_right(person, one.prefix)
    if not theirs or name == person.account:
        raise _denied()


def _denied() -> AccessDenied:
    return AccessDenied(
        "AUTH-E-SCOPE",
        Text("บัญชีนี้ไม่มีสิทธิ์ทำรายการนี้", "This account may not do that"),
        rule="AUTH-E-SCOPE",
    )


def _propose(account: str, by: str) -> None:
    """Only what stands here is taken from the form, whatever else it holds."""
    form = request.form
    try:
        valid_to = dt.date.fromisoformat(form.get("valid_to", ""))
    except ValueError:
        raise QueryError(
            "grant_time", Text("ระบุวันสิ้นสุดสิทธิ (ปปปป-ดด-วว)", "Give the last day (YYYY-MM-DD)")
        ) from None
    accounts.grant(
        bare_store(), account, form.get("name", ""), prefix=form.get("prefix", "").strip(),
        valid_to=valid_to, by=by,
    )  # fmt: skip


def _overview(person: Person, invitation: tuple[str, str] | None = None) -> Response:
    store, day = bare_store(), accounts.today()
    held = accounts.grants(store, person.account)
    known = accounts.grants(store)
    return _never_kept(
        page(
            "admin.html",
            account=person.account,
            accounts=accounts.accounts(store),
            grants={
                one.name: [g for g in known if g.account == one.name and g.ended_by is None]
                for one in accounts.accounts(store)
            },
            waiting=[g for g in known if g.confirmed_by is None and g.ended_by is None],
            confirmable={
                g.id
                for g in known
                if accounts.may_confirm(held, g.prefix, day)
                and person.account not in (g.granted_by, g.account)
            },
            glass=break_glass.requests(store),
            names={**{r: t for r, t in ROLES.items() if r != "public"}, **PERMISSIONS},
            invitation=invitation,
            day=day,
        )
    )


def _day(name: str, *, after: bool = False) -> dt.datetime | None:
    text = request.args.get(name)
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text) + dt.timedelta(days=after)
    except ValueError:
        raise QueryError("day", Text(f"วันที่ {text} ไม่ถูกต้อง", f"{text} is no date")) from None
    return dt.datetime.combine(day, dt.time(), THAI_TIME)


def _csv(found: list[audit.Entry]) -> Iterator[str]:
    out = io.StringIO()
    table = csv.writer(out)
    yield "\ufeff"
    table.writerow(LOG_COLUMNS)
    for entry in found:
        cells = (getattr(entry, name) for name in LOG_COLUMNS)
        table.writerow([escape_formula(str(cell)) for cell in cells])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _back() -> Response:
    chosen = {"lang": asked_language()} if "lang" in request.args else {}
    return redirect(url_for("admin.overview", **chosen), 303)  # type: ignore[return-value]
