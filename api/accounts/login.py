"""Logging in and out, the first password, and the page of one's own account."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache

from flask import Blueprint, Response, redirect, request, url_for

from api.access import (
    bare_store,
    current_person,
    current_session,
    current_settings,
    require_account,
)
from api.accounts import oidc, passwords, sessions, throttle, tokens
from api.accounts.arrival import logged_in
from api.language import asked_language
from api.problems import NotLoggedIn, TooMany, status_of
from api.secret import workspace_secret
from api.templating import page
from geo.errors import ParameterError, PhumiError
from geo.text import Text
from layers import audit
from layers.accounts import CONFIRMERS, grants, today
from layers.errors import NotFound
from layers.privacy import PURPOSES

__all__ = ["address_digest", "blueprint"]

blueprint = Blueprint("accounts", __name__)

WRONG = Text(
    "ชื่อบัญชีหรือรหัสผ่านไม่ถูกต้อง ตรวจแล้วลองอีกครั้ง", "The name or the password is wrong; try again"
)
LINK_OVER = Text(
    "ลิงก์นี้หมดอายุหรือใช้ไปแล้ว ขอลิงก์ใหม่จากผู้ดูแลระบบ",
    "This link is over or was used; ask an administrator for a new one",
)


@blueprint.get("/login")
def login_page() -> Response:
    """The form."""
    return _login_form()


@blueprint.post("/login")
def login() -> Response:
    """Check name and password; the answer and the work are the same for a name not known."""
    store = bare_store()
    name = request.form.get("account", "").strip().casefold()[:80]
    name = name if name.isprintable() else ""
    try:
        _prove(name)
    except (NotLoggedIn, TooMany) as error:
        audit.record(
            store, "AUD-LOGIN", account=name, action="login", result=error.code,
            address=address_digest(),
        )  # fmt: skip
        return _login_form(error, name)
    return logged_in(name, request.form.get("next", ""), request.form.get("purpose"))


def _prove(name: str) -> None:
    """Raise NotLoggedIn, or TooMany, unless the form holds the account's password."""
    store, address = bare_store(), request.remote_addr or ""
    throttle.require_calm(store, name, address)
    if not passwords.check_password(store, name, request.form.get("password", "")):
        throttle.failed(store, name, address)
        raise NotLoggedIn("login_wrong", WRONG)
    throttle.succeeded(store, name, address)


@blueprint.post("/logout")
def logout() -> Response:
    """End this browser's session."""
    session = current_session()
    response = redirect(_here("accounts.login_page"), 303)
    if session is not None:
        sessions.end(bare_store(), session)
        sessions.forget(response)  # type: ignore[arg-type]
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response  # type: ignore[return-value]


@blueprint.route("/welcome/<secret>", methods=["GET", "POST"])
def welcome(secret: str) -> Response:
    """A one-time link: the first password of an account, or a new one."""
    store = bare_store()
    invitation = tokens.find(store, secret)
    if invitation is None or invitation.kind != "invitation":
        return _answer(NotFound("link_over", LINK_OVER), "message.html", text=LINK_OVER)
    if request.method == "GET":
        return _never_kept(page("welcome.html", account=invitation.account, error=None))
    password = request.form.get("password", "")
    try:
        passwords.require_strong(password, invitation.account)
    except PhumiError as error:
        return _answer(error, "welcome.html", account=invitation.account)
    if tokens.redeem(store, secret) is None:
        return _answer(NotFound("link_over", LINK_OVER), "message.html", text=LINK_OVER)
    passwords.set_password(store, invitation.account, password, by=invitation.account)
    return logged_in(invitation.account, "/account")


@blueprint.get("/account")
def account_page() -> Response:
    """What this account may do, its tokens, its password."""
    if current_session() is None:
        return redirect(_here("accounts.login_page", next="/account"), 303)  # type: ignore[return-value]
    return _account()


@blueprint.post("/account/password")
def change_password() -> Response:
    """A new password, if the old one is known."""
    person, store = require_account(), bare_store()
    name = str(person.account)
    try:
        _prove(name)
        passwords.set_password(store, name, request.form.get("new_password", ""), by=name)
    except PhumiError as error:
        return _account(error)
    return logged_in(name, "/account")


@blueprint.post("/account/purpose")
def choose_purpose() -> Response:
    """For what the person looks at personal data from now on."""
    session, chosen = current_session(), request.form.get("purpose")
    if session is not None:
        sessions.set_purpose(bare_store(), session, chosen if chosen in PURPOSES else None)
    return redirect(_here("accounts.account_page"), 303)  # type: ignore[return-value]


@blueprint.post("/account/sessions/end")
def end_sessions() -> Response:
    """Log out everywhere."""
    sessions.end_all(bare_store(), str(require_account().account))
    return redirect(_here("accounts.login_page"), 303)  # type: ignore[return-value]


@blueprint.post("/account/tokens")
def make_token() -> Response:
    """A token for a program or a device; shown this once."""
    account, form = str(require_account().account), request.form
    kind = "device" if form.get("kind") == "device" else "program"
    try:
        secret = tokens.issue(
            bare_store(), account, kind=kind, name=form.get("name", "")[:80],  # type: ignore[arg-type]
            scope=form.getlist("scope") or ["read"], days=int(form.get("days") or 30), by=account,
        )  # fmt: skip
    except (PhumiError, ValueError) as error:
        return _account(error if isinstance(error, PhumiError) else None)
    return _account(secret=secret, device=kind == "device")


@blueprint.post("/account/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> Response:
    """Close one of one's own tokens."""
    account = str(require_account().account)
    if token_id in {one.id for one in tokens.tokens(bare_store(), account)}:
        tokens.revoke(bare_store(), token_id, by=account)
    return redirect(_here("accounts.account_page"), 303)  # type: ignore[return-value]


def address_digest() -> str:
    """A keyed hash of the caller's address, for the log."""
    try:
        key = workspace_secret(current_settings())
    except ParameterError:
        key = _of_this_process()
    return hmac.new(key, (request.remote_addr or "").encode(), hashlib.sha256).hexdigest()[:16]


@cache
def _of_this_process() -> bytes:
    return secrets.token_bytes(32)


def _login_form(error: PhumiError | None = None, name: str = "") -> Response:
    target = request.values.get("next", "")
    parts = {"name": name, "next": target, "purposes": PURPOSES, "oidc": oidc.enabled()}
    return _answer(error, "login.html", **parts)


def _account(
    error: PhumiError | None = None, *, secret: str | None = None, device: bool = False
) -> Response:
    person, store = current_person(), bare_store()
    if person.account is None:
        raise NotLoggedIn("login_needed", Text("ต้องเข้าใช้ระบบก่อน", "Log in first"))
    session, held = current_session(), grants(store, person.account)
    address = f"{request.url_root}field#token={secret}"
    return _answer(
        error,
        "account.html",
        account=person.account,
        grants=held,
        manages=any(one.name in CONFIRMERS and one.holds_on(today()) for one in held),
        reads_log="audit_read" in person.permissions,
        day=today(),
        tokens=[one for one in tokens.tokens(store, person.account) if one.kind != "invitation"],
        scopes=tokens.SCOPES,
        purposes=PURPOSES,
        purpose=session.purpose if session else None,
        secret=secret,
        qr=tokens.qr_svg(address) if device and secret else None,
    )


def _answer(error: PhumiError | None, template: str, **parts: object) -> Response:
    response = page(template, error=error.text if error else None, **parts)
    if error is not None:
        response.status_code = status_of(error)
    return _never_kept(response)


def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _here(endpoint: str, **values: str) -> str:
    chosen = {"lang": asked_language()} if "lang" in request.args else {}
    return url_for(endpoint, **chosen | values)
