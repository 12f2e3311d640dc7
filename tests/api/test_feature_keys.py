"""Which addresses are features, and which speak about one."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

AT = "/collections/villages/items"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/0/versions"),
        ("PUT", "/a/versions/1"),
        ("DELETE", "/0/confirm"),
        ("PATCH", "/a/b/versions"),
        ("GET", "/0/versions/1/restore"),
    ],
)
def test_an_address_about_a_feature_is_no_feature(
    client: FlaskClient, method: str, path: str
) -> None:
    """405, not a look for a feature with such a key."""
    assert client.open(AT + path, method=method).status_code == 405


@pytest.mark.parametrize("key", ["a/b", "versions", "0", "a.b/c d"])
def test_a_key_may_hold_a_slash(client: FlaskClient, key: str) -> None:
    assert client.get(f"{AT}/{key}").status_code == 404
    assert client.delete(f"{AT}/{key}").status_code == 401
