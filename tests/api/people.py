"""Accounts for the tests of the doors: made at the machine, logged in over HTTP."""

from __future__ import annotations

import datetime as dt
import itertools
import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.accounts import passwords, tokens
from layers import accounts
from layers.accounts import CONSOLE, today
from layers.store import Store

__all__ = ["PASSWORD", "account", "form_of", "log_in", "post", "token"]

PASSWORD = "ฝนตกที่เขาพันธุรัตน์ทุกเช้า"
_numbers = itertools.count()


def account(
    store: Store, role: str | None = None, prefix: str = "", *more: str, password: bool = True
) -> str:
    """A new account with a role and permissions, which can log in; its name."""
    name = f"office-{next(_numbers)}"
    accounts.add_account(store, name, by=CONSOLE)
    until = today() + dt.timedelta(days=30)
    for right in filter(None, (role, *more)):
        accounts.grant(store, name, right, prefix=prefix, valid_to=until, by=CONSOLE)
    if password:
        passwords.set_password(store, name, PASSWORD, by=CONSOLE)
    return name


def token(store: Store, name: str, *scope: str) -> dict[str, str]:
    """Headers of a program that holds a token of the account, for planning."""
    secret = tokens.issue(
        store, name, kind="program", name="test", scope=scope or ("read",), by=CONSOLE
    )
    return {"Authorization": f"Bearer {secret}", "Phumi-Purpose": "planning"}


def form_of(client: FlaskClient, path: str = "/login") -> str:
    """The secret of the first form of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def log_in(
    client: FlaskClient, name: str, password: str = PASSWORD, *, purpose: str = "planning"
) -> TestResponse:
    """Send the login form."""
    return post(
        client, "/login", "/login", account=name, password=password, purpose=purpose, next="/"
    )


def post(client: FlaskClient, path: str, page: str = "/account", **fields: str) -> TestResponse:
    """Send a form with the secret that a page of ours holds."""
    return client.post(path, data={"csrf": form_of(client, page), **fields})
