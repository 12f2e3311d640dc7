"""Settings: bounded, from the environment, documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from api.app import create_app
from api.settings import Settings
from geo.errors import ParameterError
from layers.workspace import open_workspace


def test_every_setting_stands_in_the_readme(project: Path) -> None:
    text = (project / "README.md").read_text(encoding="utf-8")
    missing = [f.name for f in fields(Settings) if f"PHUMI_{f.name.upper()}" not in text]
    assert not missing


def test_the_environment_decides_and_the_command_line_goes_before_it() -> None:
    settings = Settings.from_environment({"PHUMI_PORT": "9000", "PHUMI_HOST": "::1"}, port=9001)
    assert (settings.port, settings.host) == (9001, "::1")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "0"), ("PORT", "x"), ("WORKERS", "1000"), ("LANGUAGE", "fr"), ("ACCESS", "all")],
)
def test_a_setting_out_of_bounds_is_named(name: str, value: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Settings.from_environment({f"PHUMI_{name}": value})
    assert f"PHUMI_{name}" in caught.value.text.th
    assert value in caught.value.text.en


@pytest.mark.parametrize(
    ("proxies", "address"),
    [
        (0, "http://localhost/collections"),
        (1, "https://maps.example/gis/collections"),
        (2, "http://localhost/collections"),  # one of the two said nothing
    ],
)
def test_what_a_proxy_says_is_believed_of_as_many_as_there_are(proxies: int, address: str) -> None:
    """With none in front, these headers are a stranger's."""
    store = open_workspace("duckdb:///:memory:")
    client = create_app(Settings(proxies=proxies), store).test_client()
    told = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "maps.example",
        "X-Forwarded-Prefix": "/gis",
    }
    page = client.get("/collections", headers=told | {"Accept": "application/json"}).json
    store.close()
    assert next(link["href"] for link in page["links"]).startswith(address)


def test_owner_access_is_refused_where_others_can_reach_the_address() -> None:
    with pytest.raises(ParameterError):
        Settings(access="owner", host="0.0.0.0")
