"""Who is asking: a session or a token becomes a Person, and a Person and a layer a View."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask import current_app, g, request

from api.accounts import sessions, tokens
from api.accounts.audited import AuditedStore
from api.problems import NotLoggedIn
from api.settings import Settings
from geo.text import Text
from layers import audit
from layers.errors import AccessDenied
from layers.model import Layer
from layers.persons import person_of
from layers.privacy import OWNER, PUBLIC, PURPOSES, Door, Person, public_view
from layers.privacy import view_of as view_for
from layers.query import Query, View
from layers.store import Store

__all__ = [
    "bare_store",
    "current_person",
    "current_session",
    "current_settings",
    "current_store",
    "current_token",
    "listed",
    "looked_at",
    "require_account",
    "require_scope",
    "view_of",
]

PURPOSE_HEADER = "Phumi-Purpose"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def current_settings() -> Settings:
    """The settings of the application that serves this request."""
    settings: Settings = current_app.config["PHUMI"]
    return settings


def bare_store() -> Store:
    """The store itself, for accounts and the log; layers are read through current_store()."""
    store: Store = current_app.extensions["phumi_store"]
    return store


def current_store() -> Store:
    """The store that the caller reads layers from; reads of restricted data enter the audit log."""
    person = current_person()
    if person.account is None or person.owner:
        return bare_store()
    if "phumi_audited" not in g:
        g.phumi_audited = AuditedStore(bare_store(), person)
    return cast(Store, g.phumi_audited)


def looked_at(asked: Sequence[tuple[Query, View]]) -> None:
    """Enter a look at a map whose tiles came from the cache, where the store saw nothing of it."""
    store = current_store()
    if isinstance(store, AuditedStore):
        for query, view in asked:
            store.looked_at(query, view)


def current_session() -> sessions.Session | None:
    """The browser session of this request."""
    if "phumi_session" not in g:
        bearer = "Authorization" in request.headers
        g.phumi_session = (
            None if bearer else sessions.present(bare_store(), request, current_settings())
        )
    found: sessions.Session | None = g.phumi_session
    return found


def current_token() -> tokens.Token | None:
    """The bearer token of this request. Raises NotLoggedIn for one that does not hold."""
    if "phumi_token" not in g:
        g.phumi_token = _token()
    found: tokens.Token | None = g.phumi_token
    return found


def current_person() -> Person:
    """Who asks: the account of the token or session, else the public, or the owner at home."""
    if "phumi_person" not in g:
        g.phumi_person = _person()
    return cast(Person, g.phumi_person)


def require_account() -> Person:
    """The person, if one is logged in (or sits at the machine). Raises NotLoggedIn."""
    person = current_person()
    if person.account is None:
        raise NotLoggedIn("login_needed", Text("ต้องเข้าใช้ระบบก่อน", "Log in first"), login="/login")
    return person


def require_scope(scope: str) -> None:
    """Raise AccessDenied if the request comes by a token that was not made for this."""
    token = current_token()
    if token is not None and scope not in token.scope:
        raise AccessDenied(
            "token_scope",
            Text(
                f"โทเค็นนี้ไม่ได้ออกไว้สำหรับ {tokens.SCOPES[scope].th}",
                f"This token was not made to {tokens.SCOPES[scope].en}",
            ),
            scope=scope,
        )


def view_of(layer: Layer, door: Door = "read") -> View:
    """What the caller of this request may see of a layer."""
    person = current_person()
    if person is PUBLIC:
        return _public(layer)
    token = current_token()
    if token is not None and not token.scope & {"read", "export"}:
        return _public(layer)  # a token that only sends reads what anyone does
    known: dict[tuple[str, Door], View] = g.setdefault("phumi_views", {})
    if (layer.id, door) not in known:
        known[layer.id, door] = view_for(person, layer, door=door)
    return known[layer.id, door]


def listed(layer: Layer) -> bool:
    """Whether the caller may see single features of the layer."""
    return not view_of(layer).aggregates_only


def _public(layer: Layer) -> View:
    known: dict[str, tuple[Layer, View]] = current_app.extensions.setdefault("phumi_public", {})
    found = known.get(layer.id)
    if found is None or found[0] is not layer:
        found = known[layer.id] = (layer, public_view(layer))
    return found[1]


def _token() -> tokens.Token | None:
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, secret = header.partition(" ")
    found = tokens.find(bare_store(), secret.strip()) if scheme.lower() == "bearer" else None
    if found is None or found.kind == "invitation":
        raise NotLoggedIn(
            "token_invalid",
            Text(
                "โทเค็นไม่ถูกต้อง หมดอายุ หรือถูกยกเลิกแล้ว ขอใหม่ได้ที่หน้าบัญชี",
                "The token is unknown, over or revoked; get a new one from the account page",
            ),
        )
    return found


def _person() -> Person:
    token = current_token()
    if token is not None:
        return _account(token.account, request.headers.get(PURPOSE_HEADER)) or _closed(token)
    session = current_session()
    if session is not None:
        return _account(session.account, session.purpose) or PUBLIC
    return OWNER if current_settings().access == "owner" else PUBLIC


def _account(name: str, purpose: str | None) -> Person | None:
    return person_of(bare_store(), name, purpose=purpose if purpose in PURPOSES else None)


def _closed(token: tokens.Token) -> Any:
    audit.record(bare_store(), "AUD-DENIED", account=token.account, reason="account_disabled")
    raise NotLoggedIn("account_closed", Text("บัญชีนี้ปิดแล้ว", "This account is closed"))
