"""What every request and answer goes through: limits, forged requests, headers for browsers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import secrets
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from api.access import (
    SAFE,
    bare_store,
    current_person,
    current_session,
    current_settings,
    require_scope,
)
from api.accounts import sessions
from api.problems import TooMany
from geo.text import Text
from layers import audit
from layers.errors import AccessDenied
from layers.privacy import PUBLIC

__all__ = ["FORM_COOKIE", "form_token", "register"]

FORM_COOKIE = "phumi_form"
FORM_FIELD = "csrf"
FORM_HEADER = "X-CSRF-Token"

# Nothing runs but our own files; styles may stand on elements, which is how maps move.
_POLICY = (
    "default-src 'self'; img-src 'self' data: {hosts}; style-src 'self' 'unsafe-inline' {hosts}; "
    "script-src 'self' {hashes} {hosts}; font-src 'self' data: {hosts}; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_INLINE = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
_HOSTS = re.compile(r"""<(?:script|link)[^>]+(?:src|href)=["'](https://[^/"']+)/""")

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}


def register(app: Flask) -> None:
    """Guard every request of the application and dress every answer."""
    app.context_processor(lambda: {"form_token": form_token, "person": current_person})
    app.extensions["phumi_rates"] = FixedWindowRateLimiter(MemoryStorage())
    app.before_request(_limit_rate)
    app.before_request(_refuse_forged)
    app.after_request(_dress)
    app.after_request(_tell_denied)


def form_token() -> str:
    """What a form of ours carries; bound to the session, or before a login to a cookie."""
    secret = request.cookies.get(sessions.cookie_name()) if current_session() else None
    if secret is None:
        secret = request.cookies.get(FORM_COOKIE)
    if secret is None:
        secret = g.setdefault("phumi_form_cookie", secrets.token_urlsafe(32))
    return sessions.csrf_token(secret)


def _limit_rate() -> None:
    most = current_settings().requests_per_minute
    address = request.remote_addr or ""
    if not most or _is_here(address):
        return
    rates: FixedWindowRateLimiter = current_app.extensions["phumi_rates"]
    if not rates.hit(RateLimitItemPerMinute(most), address):
        raise TooMany(
            "rate_limit",
            Text(
                f"ขอข้อมูลเกิน {most:,} ครั้งต่อนาที รอสักครู่แล้วลองใหม่",
                f"More than {most:,} requests a minute; wait a moment",
            ),
            retry_after=60,
        )


def _refuse_forged() -> None:
    """A change that rides on a cookie, or on sitting at this machine, must come from our page."""
    if request.method in SAFE:
        return
    if request.path not in OWN_SCOPE:
        require_scope("write")
    forms = request.path == "/login" or request.path.startswith("/welcome/")
    by_cookie = current_session() is not None or forms
    if "Authorization" in request.headers or (current_person() is PUBLIC and not by_cookie):
        return
    if not _same_origin():
        raise _forged()
    if by_cookie:
        sent = request.headers.get(FORM_HEADER) or request.form.get(FORM_FIELD, "")
        if not hmac.compare_digest(sent.encode(), form_token().encode()):
            raise _forged()


OWN_SCOPE = frozenset({"/sync"})  # decides itself what a token must be made for


def _same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _forged() -> AccessDenied:
    return AccessDenied(
        "csrf",
        Text(
            "แบบฟอร์มหมดอายุหรือไม่ได้ส่งจากหน้าของระบบ เปิดหน้าใหม่แล้วลองอีกครั้ง",
            "The form is out of date or did not come from a page of ours; reload and try again",
        ),
    )


def _dress(response: Response) -> Response:
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Content-Security-Policy" not in response.headers:
        response.headers["Content-Security-Policy"] = _policy(response)
    if fresh := g.get("phumi_form_cookie"):
        response.set_cookie(
            FORM_COOKIE, fresh, httponly=True, samesite="Strict", secure=request.is_secure
        )
    if _personal():
        if not {"private", "no-store"} & set(response.cache_control):
            response.headers["Cache-Control"] = "private, no-cache"
        response.headers.pop("Access-Control-Allow-Origin", None)
        response.vary.update(("Authorization", "Cookie"))
    return response


def _tell_denied(response: Response) -> Response:
    """What an account was refused enters the log (AUD-DENIED); strangers could fill it."""
    person = g.get("phumi_person")
    if response.status_code == 403 and person is not None and person.account and not person.owner:
        code = (response.get_json(silent=True) or {}).get("code", "")
        audit.record(
            bare_store(), "AUD-DENIED", account=person.account, object=request.path[:200],
            reason=code, method=request.method,
        )  # fmt: skip
    return response


def _personal() -> bool:
    person = g.get("phumi_person")
    return person is not None and person.account is not None


def _policy(response: Response) -> str:
    if response.mimetype != "text/html" or response.is_streamed:
        return _DATA_POLICY
    return policy_of(response.get_data(as_text=True))


def policy_of(html: str) -> str:
    """The policy of a page made elsewhere: just the scripts that stand in it may run.

    >>> "'sha256-" in policy_of("<script>let a = 1</script>")
    True
    """
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(found['body'].encode()).digest()).decode()}'"
        for found in _INLINE.finditer(html)
        if "src=" not in found["attributes"] and "json" not in found["attributes"]
    }
    hosts = sorted(set(_HOSTS.findall(html)))
    text = _POLICY.format(hashes=" ".join(sorted(hashes)), hosts=" ".join(hosts))
    return re.sub(r" +(?=[;])|(?<= ) +", "", text)


@lru_cache(maxsize=1024)
def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
