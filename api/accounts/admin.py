"""The administrators' pages: accounts, grants and their confirmation, break glass."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, redirect, request, url_for

from api.access import bare_store, require_account
from api.accounts import tokens
from api.language import asked_language
from api.templating import page
from geo.text import Text
from layers import accounts, break_glass
from layers.errors import AccessDenied, QueryError
from layers.privacy import PERMISSIONS, ROLES, Person

__all__ = ["blueprint"]

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


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


def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _back() -> Response:
    chosen = {"lang": asked_language()} if "lang" in request.args else {}
    return redirect(url_for("admin.overview", **chosen), 303)  # type: ignore[return-value]
