"""Login through an OpenID Connect provider, when the settings name one.

An account is known by the provider's subject; nobody gets an account by logging in (PRIV-R5).
"""

from __future__ import annotations

from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, Response, current_app, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException

from api.access import bare_store, current_settings
from api.accounts.arrival import logged_in
from api.secret import workspace_secret
from geo.text import Text
from layers import audit
from layers.errors import AccessDenied, NotFound

__all__ = ["blueprint", "enabled", "register"]

blueprint = Blueprint("oidc", __name__)

REFUSED = Text(
    "ผู้ให้บริการยืนยันตัวตนปฏิเสธ หรือยังไม่มีบัญชีที่ผูกไว้ ติดต่อผู้ดูแลระบบ",
    "The provider refused, or no account is bound to you here; ask an administrator",
)


def enabled() -> bool:
    """Whether the settings name a provider."""
    return bool(current_settings().oidc_issuer)


def register(app: Flask) -> None:
    """Make the client of the provider that the settings name; nothing without one."""
    settings = app.config["PHUMI"]
    if not settings.oidc_issuer:
        return
    # Flask's own cookie holds state and nonce between the two visits, signed.
    app.secret_key = workspace_secret(settings)
    app.config |= {"SESSION_COOKIE_NAME": "phumi_oidc", "SESSION_COOKIE_SAMESITE": "Lax"}
    oauth = OAuth(app)
    oauth.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
    )
    app.extensions["phumi_oidc"] = oauth


@blueprint.get("/login/oidc")
def start() -> Response:
    """Lead to the provider."""
    client = _client()
    session["next"] = request.args.get("next", "")
    answer: Response = client.authorize_redirect(url_for("oidc.arrive", _external=True))
    return answer


@blueprint.get("/login/oidc/callback")
def arrive() -> Response:
    """Back from the provider: check what it says, find the account, begin a session."""
    client = _client()
    try:
        token = client.authorize_access_token()
    except (AuthlibBaseError, JoseError, RequestException) as error:
        raise _refused(type(error).__name__) from error
    claims = token.get("userinfo") or {}
    subject = f"{claims.get('iss')}|{claims.get('sub')}"
    sql = "SELECT name FROM phumi.accounts WHERE subject = ? AND disabled_at IS NULL"
    found = list(bare_store().raw(sql, (subject,)))
    if len(found) != 1:
        raise _refused("unknown_subject")
    target = session.pop("next", "")
    return logged_in(found[0][0], target)


def _client() -> Any:
    if not enabled():
        raise NotFound("oidc_off", Text("ไม่ได้เปิดใช้การเข้าระบบแบบนี้", "This login is not set up"))
    return current_app.extensions["phumi_oidc"].provider


def _refused(reason: str) -> AccessDenied:
    audit.record(bare_store(), "AUD-LOGIN", account="", action="oidc", result=reason[:60])
    return AccessDenied("oidc_refused", REFUSED)
