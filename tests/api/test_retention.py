"""Data of persons go when their time is over, with their past, and nothing else goes."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from api.cli import phumi
from layers import audit, retention
from layers.privacy import owner_view
from layers.query import Query
from layers.retention import RetentionYears
from layers.store import Store

SECRET = b"a key of this test, long enough to be one"
DAY = dt.date(2026, 6, 30)
ROWS: dict[str, list[dict[str, Any]]] = {
    "households": [
        {"household_id": "R-old", "area_code": "83010101", "data_as_of": "2021-06-29",
         "house_no": "12/3", "household_size": 4, "tier": "1"},
        {"household_id": "R-last-day", "area_code": "83010101", "data_as_of": "2021-06-30"},
        {"household_id": "R-seen", "area_code": "83010101", "data_as_of": "2015-01-01",
         "assessed_on": "2025-01-01"},
        {"household_id": "R-undated", "area_code": "83010101"},
        {"household_id": "R-tier4", "area_code": "83010101", "source_year_be": 2567,
         "tier": "3-4", "tier_exact": "4", "rehab_member": True},
        {"household_id": "R-tier4-new", "area_code": "83010101", "source_year_be": 2568,
         "tier_exact": "4"},
    ],
    "visits": [
        {"visit_id": "R-v1", "kind": "household", "area_code": "83010101",
         "household_id": "R-old", "visited_at": "2020-01-01T03:00:00Z", "progress_note": "ฝน"},
        {"visit_id": "R-v2", "kind": "debtor", "area_code": "83010101", "contract_id": "R-closed",
         "visited_at": "2020-01-01T03:00:00Z", "personal_note": "x", "promised_amount": 5},
        {"visit_id": "R-v3", "kind": "debtor", "area_code": "83010101", "contract_id": "R-open",
         "visited_at": "2010-01-01T03:00:00Z", "personal_note": "x"},
    ],
    "debtors": [
        {"contract_id": "R-closed", "area_code": "83010101", "project_status": "closed",
         "end_date": "2020-01-01"},
        {"contract_id": "R-gone", "area_code": "83010101", "project_status": "closed",
         "end_date": "2010-01-01", "last_payment_date": "2016-06-29"},
        {"contract_id": "R-open", "area_code": "83010101", "project_status": "open",
         "end_date": "2001-01-01"},
    ],
    "documents": [
        {"doc_id": "R-d1", "subject_layer": "debtors", "subject_id": "R-gone",
         "kind": "loan_contract", "area_code": "83010101"},
        {"doc_id": "R-d2", "subject_layer": "debtors", "subject_id": "R-closed",
         "kind": "loan_contract", "area_code": "83010101"},
    ],
}  # fmt: skip
WANTED = {
    "household_rows": {"R-old"},
    "tier_4": {"R-tier4"},
    "household_visits": {"R-v1"},
    "personal_notes": {"R-v2"},
    "debtor_contracts": {"R-gone"},
    "debtor_documents": {"R-d1"},
}


@pytest.fixture(scope="module")
def kept(demo: Store) -> Store:
    """Rows on both sides of each limit, each written twice."""
    for layer, rows in ROWS.items():
        for number in (1, 2):
            frame = pd.DataFrame([{**one, "source_ref": f"write {number}"} for one in rows])
            demo.write(layer, frame, author="test")
    return demo


def ours(store: Store, day: dt.date = DAY, years: RetentionYears | None = None) -> dict[str, Any]:
    """What is due of the rows of this test; the demo's own are another matter."""
    found = {one.rule.id: {k for k in one.keys if k.startswith("R-")}
             for one in retention.due(store, day, years)}  # fmt: skip
    return {name: keys for name, keys in found.items() if keys}


def row(store: Store, layer: str, key: str) -> dict[str, Any]:
    found = store.feature(key, Query(layer=layer), owner_view(store.layer(layer)))
    return dict(json.loads(found.text)["properties"])


def test_what_is_due_is_what_the_table_says_and_a_shorter_time_takes_more(kept: Store) -> None:
    """privacy.md 14.1: the last day still counts, the newest day decides, none is never over."""
    assert ours(kept) == WANTED
    assert ours(kept, DAY - dt.timedelta(days=1)).get("household_rows") is None
    sooner = ours(kept, years=RetentionYears(household_rows=1))
    assert sooner["household_rows"] == {"R-old", "R-last-day", "R-seen", "R-tier4"}


def test_nothing_is_kept_longer_than_the_table() -> None:
    from geo.errors import ParameterError

    with pytest.raises(ParameterError):
        RetentionYears(household_rows=6)


def test_what_is_over_goes_with_its_past_and_stays_as_a_number(kept: Store) -> None:
    """AUD-RETENTION; the tambon stays, key, point and history do not; a second run finds none."""
    size = kept.count(Query(layer="households"), owner_view(kept.layer("households")))
    for one in retention.due(kept, DAY):
        retention.apply(kept, one, by="console", secret=SECRET)
    assert ours(kept) == {}
    households = kept.layer("households")
    assert kept.count(Query(layer="households"), owner_view(households)) == size
    frame = kept.read(Query(layer="households", limit=None), owner_view(households))
    hidden = frame[frame["household_id"].str.startswith("P-") & (frame["household_size"] == 4)]
    one = hidden[hidden["tier"] == "1"].iloc[0]
    assert one["area_code"] == "830101"
    assert one["house_no"] is None or pd.isna(one["house_no"])
    assert frame.loc[hidden.index, "geometry"].isna().all()
    assert row(kept, "households", "R-tier4")["rehab_member"] is None
    assert row(kept, "households", "R-tier4")["tier"] == "3-4"
    assert row(kept, "visits", "R-v2")["personal_note"] is None
    assert row(kept, "visits", "R-v2")["promised_amount"] == 5
    assert row(kept, "visits", "R-v3")["personal_note"] == "x"
    for layer, keys in (("households", ["R-old", "R-tier4"]), ("visits", ["R-v1", "R-v2"]),
                        ("debtors", ["R-gone"]), ("documents", ["R-d1"])):  # fmt: skip
        for key in keys:
            assert kept.history(layer, key, owner_view(kept.layer(layer))) == []
            text = str(list(kept.raw("SELECT CAST(h AS text) FROM phumi.history h")))
            assert f'"{key}"' not in text
    told = {e.detail["family"]: e.rows for e in audit.entries(kept, event="AUD-RETENTION")}
    assert set(WANTED) <= set(told)
    assert audit.verify(kept).whole


def test_the_command_tells_first_and_does_it_when_told_so(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHUMI_SECRET", SECRET.decode())

    def run(*words: str) -> Result:
        return CliRunner().invoke(phumi, ["--database", store_url, "--lang", "en", *words])

    assert run("init").exit_code == 0
    shown = run("retention", "--today", "2026-06-30")
    assert shown.exit_code == 0, shown.output
    assert "household_rows: BMN and TPMAP household rows, 0 due: pseudonymise" in shown.output
    assert run("retention", "--apply").exit_code == 0
    assert run("retention", "--keep", "nothing=3").exit_code == 2
    assert run("retention", "--keep", "photos=9").exit_code == 2
