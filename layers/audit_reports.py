"""Ready-made reports over the audit log for the data-protection officer (AUD-R4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from geo.text import Text
from layers.store import Store

__all__ = ["REPORTS", "Report", "rows_of"]

LISTED = 5_000  # lines of one report

_ACCOUNT, _AREA = Text("บัญชี", "Account"), Text("พื้นที่", "Area")
_TIMES, _ROWS = Text("ครั้ง", "Times"), Text("แถว", "Rows")
_LAST, _OBJECT = Text("ครั้งล่าสุด (เวลาไทย)", "Last (Thai time)"), Text("ชั้นข้อมูล", "Layer")
_THAI = "(moment AT TIME ZONE 'UTC' + INTERVAL '7 hours')"
_LATEST = f"CAST(max(date_trunc('second', {_THAI})) AS text)"
_REASON = "(CAST(detail AS json)->>'reason')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A title, the headings of its columns, and the statement that gives its lines."""

    title: Text
    columns: tuple[Text, ...]
    sql: str


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        "reads": Report(
            title=Text("การเปิดดูรายบัญชีและพื้นที่", "Reads by account and area"),
            columns=(_ACCOUNT, _AREA, _OBJECT, _TIMES, _ROWS, _LAST),
            sql=f"SELECT account, area, object, count(*), CAST(sum(rows) AS bigint), {_LATEST} "
            "FROM phumi.audit WHERE event = 'AUD-READ' GROUP BY account, area, object "
            "ORDER BY 4 DESC, 1, 2, 3",
        ),
        "exports": Report(
            title=Text("การส่งออกรายสัปดาห์", "Exports by week"),
            columns=(Text("สัปดาห์เริ่มวันที่", "Week from"), _ACCOUNT, _OBJECT, _TIMES),
            sql=f"SELECT CAST(CAST(date_trunc('week', {_THAI}) AS date) AS text), account, object, "
            "count(*) FROM phumi.audit WHERE event = 'AUD-EXPORT' GROUP BY 1, account, object "
            "ORDER BY 1 DESC, 4 DESC, 2, 3",
        ),
        "denied": Report(
            title=Text("คำขอที่ถูกปฏิเสธ", "Denied requests"),
            columns=(_ACCOUNT, Text("เหตุผล", "Reason"), _OBJECT, _TIMES, _LAST),
            sql=f"SELECT account, {_REASON}, object, count(*), {_LATEST} FROM phumi.audit "
            "WHERE event = 'AUD-DENIED' GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
        ),
        "self-verification": Report(
            title=Text("การพยายามตรวจสอบข้อมูลของตนเอง", "Attempts to verify one's own entries"),
            columns=(_ACCOUNT, _OBJECT, _TIMES, _LAST),
            sql=f"SELECT account, object, count(*), {_LATEST} FROM phumi.audit "
            f"WHERE event = 'AUD-DENIED' AND {_REASON} = 'AUTH-E-SELFVERIFY' "
            "AND object NOT LIKE '/%' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
        ),
        "break-glass": Report(
            title=Text("การเปิดสิทธิฉุกเฉิน", "Break glass"),
            columns=(
                _LAST, _ACCOUNT, _AREA, Text("ขั้นตอน", "Step"), Text("ผู้อนุมัติ", "Approver"),
                Text("เหตุผล", "Reason"),
            ),
            sql=f"SELECT CAST(date_trunc('second', {_THAI}) AS text), account, area, "
            f"CAST(detail AS json)->>'action', CAST(detail AS json)->>'approver', {_REASON} "
            "FROM phumi.audit WHERE event = 'AUD-BREAK' ORDER BY number DESC",
        ),
    }
)  # fmt: skip
"""The reports that AUD-R4 names."""


def rows_of(store: Store, report: Report) -> list[tuple[Any, ...]]:
    """The lines of a report, as its columns say.

    >>> from layers import audit
    >>> from layers.store import open_store
    >>> store = open_store("duckdb:///:memory:")
    >>> for rows in (2, 3):
    ...     audit.record(store, "AUD-READ", account="a", object="debtors", area="83", rows=rows)
    >>> [line[:5] for line in rows_of(store, REPORTS["reads"])]
    [('a', '83', 'debtors', 2, 5)]
    >>> store.close()
    """
    return list(store.raw(f"{report.sql} LIMIT {LISTED}"))
