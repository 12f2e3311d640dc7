"""Login through an OpenID provider that runs here: a real one over HTTP, with its own keys."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask, jsonify, redirect, request
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from api.app import create_app
from api.settings import Settings
from layers import accounts, audit
from layers.accounts import CONSOLE
from layers.store import Store
from layers.workspace import open_workspace

CLIENT = "phumi-test"


class Provider:
    """Authorization code flow with PKCE, as small as it can be."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.forger = RSAKey.generate_key(2048, {"kid": "one"})
        self.codes: dict[str, dict[str, str]] = {}
        self.subject = "officer-7"
        self.claims: dict[str, Any] = {}
        self.signs = self.key
        self.issuer = ""

    def app(self) -> Flask:
        app = Flask("provider")

        @app.get("/.well-known/openid-configuration")
        def metadata() -> Any:
            return jsonify(
                issuer=self.issuer,
                authorization_endpoint=f"{self.issuer}/authorize",
                token_endpoint=f"{self.issuer}/token",
                jwks_uri=f"{self.issuer}/jwks",
                id_token_signing_alg_values_supported=["RS256"],
            )

        @app.get("/jwks")
        def jwks() -> Any:
            return jsonify(keys=[self.key.as_dict(private=False)])

        @app.get("/authorize")
        def authorize() -> Any:
            code = secrets.token_urlsafe(8)
            self.codes[code] = dict(request.args)
            target = request.args["redirect_uri"]
            return redirect(f"{target}?code={code}&state={request.args['state']}")

        @app.post("/token")
        def token() -> Any:
            asked = self.codes.pop(request.form["code"])
            digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            assert challenge == asked["code_challenge"]
            now = int(time.time())
            claims = {
                "iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now,
                "exp": now + 60, "nonce": asked["nonce"], **self.claims,
            }  # fmt: skip
            signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs)
            return jsonify(access_token="x", token_type="Bearer", id_token=signed)

        return app


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.subject, running.claims, running.signs = "officer-7", {}, running.key
    return running


@pytest.fixture
def work(store_url: str) -> Iterator[Store]:
    store = open_workspace(store_url)
    yield store
    store.close()


@pytest.fixture
def client(work: Store, provider: Provider) -> FlaskClient:
    settings = Settings(
        database_url=work.url, secret="s" * 40, oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT, oidc_client_secret="a secret of the test",
    )  # fmt: skip
    accounts.add_account(work, "thalang", by=CONSOLE, subject=f"{provider.issuer}|officer-7")
    return create_app(settings, work).test_client()


def arrive(client: FlaskClient, **changes: str) -> Any:
    """Follow the way to the provider and back."""
    start = client.get("/login/oidc?next=/map")
    assert start.status_code == 302
    back = requests.get(start.location, allow_redirects=False, timeout=10).headers["Location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    return client.get("/login/oidc/callback", query_string={**query, **changes})


def test_an_account_logs_in_by_its_provider(client: FlaskClient) -> None:
    assert "/login/oidc" in client.get("/login").text
    answer = arrive(client)
    assert (answer.status_code, answer.location) == (303, "/map")
    assert "thalang" in client.get("/account").text


def test_nobody_gets_an_account_by_logging_in(
    client: FlaskClient, provider: Provider, work: Store
) -> None:
    """PRIV-R5."""
    provider.subject = "stranger"
    assert arrive(client).status_code == 403
    assert [one.name for one in accounts.accounts(work)] == ["thalang"]
    assert audit.entries(work, event="AUD-LOGIN", limit=1)[0].detail["result"] == "unknown_subject"


def test_a_closed_account_stays_closed(client: FlaskClient, work: Store) -> None:
    accounts.disable(work, "thalang", by=CONSOLE)
    assert arrive(client).status_code == 403


@pytest.mark.parametrize(
    "wrong", ["state", "code", "nonce", "audience", "issuer", "old", "signature"]
)
def test_an_answer_that_is_not_the_providers_to_us_is_refused(
    client: FlaskClient, provider: Provider, wrong: str
) -> None:
    claims: dict[str, dict[str, Any]] = {
        "nonce": {"nonce": "other"},
        "audience": {"aud": "another client"},
        "issuer": {"iss": "https://evil.example"},
        "old": {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
    }
    provider.claims = claims.get(wrong, {})
    provider.signs = provider.forger if wrong == "signature" else provider.key
    if wrong == "code":
        answer = client.get("/login/oidc/callback?error=access_denied&state=x")
    else:
        answer = arrive(client, **({"state": "forged"} if wrong == "state" else {}))
    assert answer.status_code == 403
    assert client.get("/account").status_code == 303


def test_without_a_provider_there_is_no_such_door(work: Store) -> None:
    client = create_app(Settings(database_url=work.url), work).test_client()
    assert client.get("/login/oidc").status_code == 404
    assert "/login/oidc" not in client.get("/login").text
