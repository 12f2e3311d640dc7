"""``phumi user`` and ``phumi person``: what whoever sits at the machine does for others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.accounts import tokens
from api.app import create_app
from api.cli import phumi
from api.settings import Settings
from layers import accounts
from layers.persons import person_of
from layers.store import open_store
from layers.store.sql import Sql

Run = Callable[..., Result]


@pytest.fixture
def run(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PHUMI_SECRET", "a key of this test, long enough to be one")

    def call(*words: str) -> Result:
        return CliRunner().invoke(phumi, ["--database", store_url, "--lang", "en", *words])

    return call


def test_the_first_start_makes_no_password_but_a_link_that_works_once(
    run: Run, store_url: str
) -> None:
    first = run("init")
    assert first.exit_code == 0, first.output
    link = re.search(r"http://\S+(/welcome/phumi_\S+)", first.output)
    assert link is not None
    assert "welcome" not in run("init").output
    store = open_store(store_url)
    assert [one.has_password for one in accounts.accounts(store)] == [False]
    client = create_app(Settings(database_url=store_url), store).test_client()
    assert client.get(link[1]).status_code == 200
    store.close()


def test_accounts_roles_and_tokens_from_the_machine(
    run: Run, store_url: str, tmp_path: Path
) -> None:
    run("init")
    made = run("user", "add", "thalang", "--role", "district_officer", "--area", "8303")
    assert "/welcome/phumi_" in made.output
    assert run("user", "role", "thalang", "tier4_view", "--area", "8303").exit_code == 0
    shown = run("user", "token", "thalang", "--scope", "read", "--for", "QGIS").output
    secret = re.search(r"phumi_\S+", shown)
    assert secret is not None
    picture = tmp_path / "tablet.svg"
    run("user", "token", "thalang", "--scope", "sync", "--qr", str(picture))
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    assert "district officer" in run("user", "list").output
    store = open_store(store_url)
    found = tokens.find(store, secret[0])
    assert found is not None
    assert (found.account, found.scope) == ("thalang", frozenset({"read"}))
    store.close()
    assert run("user", "token", "thalang", "--revoke", found.id).exit_code == 0
    assert run("user", "disable", "thalang").exit_code == 0
    store = open_store(store_url)
    assert tokens.find(store, secret[0]) is None
    assert person_of(store, "thalang") is None
    store.close()


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "A B"),
        ("user", "role", "nobody", "analyst", "--area", "83"),
        ("user", "add", "thalang", "--role", "analyst", "--area", "8"),
        ("user", "token", "nobody"),
        ("user", "disable", "nobody"),
        ("person", "export", "HH-1", "x.json"),
        ("person", "erase", "household_id=HH-1", "--yes"),
    ],
    ids=["name", "unknown", "area", "token", "disable", "subject", "nothing held"],
)
def test_a_wrong_request_ends_with_2(run: Run, words: tuple[str, ...]) -> None:
    run("init")
    assert run(*words).exit_code == 2


def test_a_person_gets_a_copy_is_erased_and_does_not_come_back(
    run: Run, store_url: str, tmp_path: Path
) -> None:
    """ERA-R4, IMP-I-ERASED."""
    rows = tmp_path / "households.csv"
    rows.write_text(
        "household_id,area_code\nHH-0001,83010101\nHH-0002,83010101\n", encoding="utf-8"
    )
    assert run("import", "households", str(rows)).exit_code == 0
    copy = tmp_path / "copy.json"
    assert run("person", "export", "household_id=HH-0001", str(copy)).exit_code == 0
    held = json.loads(copy.read_text(encoding="utf-8"))
    assert held["layers"]["households"][0]["id"] == "HH-0001"
    erased = run("person", "erase", "household_id=HH-0001", "--yes")
    assert erased.exit_code == 0, erased.output
    again = run("import", "households", str(rows))
    assert "erased" in again.output
    store = open_store(store_url)
    assert list(store.raw("SELECT household_id FROM layers.households")) == [("HH-0002",)]
    store.close()


def test_the_doctor_tells_a_log_that_was_changed(run: Run, store_url: str) -> None:
    """AUD-R2."""
    run("init")
    assert "The audit log is whole" in run("doctor").output
    store = open_store(store_url)
    with store.transaction() as session:
        if store_url.startswith("postgresql"):
            session.run(Sql("ALTER TABLE phumi.audit DISABLE TRIGGER append_only"))
        session.run(Sql("UPDATE phumi.audit SET account = 'somebody' WHERE number = 2"))
    store.close()
    told = run("doctor")
    assert told.exit_code == 2
    assert "Entry 2 was changed" in told.output
