"""The ready-made reports of the log count what the entries say (AUD-R4)."""

from __future__ import annotations

import datetime as dt

from layers import audit
from layers.audit_reports import REPORTS, rows_of
from layers.store import Store


def test_each_report_counts_its_entries_and_no_others(shared: Store) -> None:
    """AUD-R4: reads, exports, denied, self-verification, break glass; on both engines alike."""
    for rows in (2, 3):
        audit.record(shared, "AUD-READ", account="a", object="debtors", area="83", rows=rows)
    audit.record(shared, "AUD-READ", account="b", object="plots", area="8301", rows=1)
    audit.record(shared, "AUD-EXPORT", account="a", object="plots", recipient="office")
    for reason in ("AUTH-E-SELFVERIFY", "AUTH-E-SCOPE"):
        audit.record(shared, "AUD-DENIED", account="b", object="debtors", reason=reason)
    audit.record(shared, "AUD-DENIED", account="b", object="/x/confirm", reason="AUTH-E-SELFVERIFY")
    audit.record(shared, "AUD-BREAK", account="c", area="83", action="asked", reason="น้ำท่วมฉับพลัน")
    audit.record(shared, "AUD-BREAK", account="c", area="83", action="approved", approver="d")
    now = dt.datetime.now(dt.UTC) + dt.timedelta(hours=7)
    found = {name: rows_of(shared, report) for name, report in REPORTS.items()}
    assert all(
        len(line) == len(REPORTS[name].columns) for name, lines in found.items() for line in lines
    )
    assert [line[:5] for line in found["reads"]] == [
        ("a", "83", "debtors", 2, 5), ("b", "8301", "plots", 1, 1),
    ]  # fmt: skip
    monday = (now - dt.timedelta(days=now.weekday())).date()
    assert found["exports"] == [(monday.isoformat(), "a", "plots", 1)]
    assert sorted(line[:4] for line in found["denied"]) == [
        ("b", "AUTH-E-SCOPE", "debtors", 1), ("b", "AUTH-E-SELFVERIFY", "/x/confirm", 1),
        ("b", "AUTH-E-SELFVERIFY", "debtors", 1),
    ]  # fmt: skip
    assert [line[:3] for line in found["self-verification"]] == [("b", "debtors", 1)]
    assert [line[1:] for line in found["break-glass"]] == [
        ("c", "83", "approved", "d", None), ("c", "83", "asked", None, "น้ำท่วมฉับพลัน"),
    ]  # fmt: skip
    assert found["break-glass"][0][0][:10] == now.date().isoformat()
