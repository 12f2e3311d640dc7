"""The last step of every login: a session begins, and the caller is led on to a page of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, redirect

from api.access import bare_store
from api.accounts import sessions
from layers.privacy import PURPOSES

__all__ = ["logged_in", "safe_target"]


def logged_in(account: str, target: str, purpose: str | None = None) -> Response:
    """Begin a session and lead on."""
    response = redirect(safe_target(target), 303)
    chosen = purpose if purpose in PURPOSES else None
    sessions.begin(bare_store(), account, response, purpose=chosen)  # type: ignore[arg-type]
    return response  # type: ignore[return-value]


def safe_target(target: str) -> str:
    r"""A page of ours to lead on to, and the account page instead of anything else.

    >>> safe_target("/map?lang=en")
    '/map?lang=en'
    >>> [safe_target(text) for text in ("//evil.example", "https://evil.example", "/\\\\evil", "")]
    ['/account', '/account', '/account', '/account']
    """
    parts = urlsplit(target)
    local = target.startswith("/") and not parts.scheme and not parts.netloc
    plain = target.isprintable() and "\\" not in target and not target.startswith("//")
    return target if local and plain else "/account"
