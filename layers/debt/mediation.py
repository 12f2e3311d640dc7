"""The two-day mediation before suit, s. 20 ter (DEBT-R18, R26; PHUKET L2505-2524)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal, NamedTuple

from geo.text import Text
from layers.debt.documents import MEDIATION_PAPERS
from layers.projects import DOCUMENT_SUBKINDS

__all__ = [
    "COURT",
    "POST_DAYS",
    "SECRETARIAT",
    "Channel",
    "Task",
    "day_two_blockers",
    "earliest_hearing",
    "task_lists",
]

POST_DAYS = 45  # not earlier after an invitation by post is received, PHUKET L2512
Channel = Literal["post", "field"]

COURT = Text("ศาลแขวง", "Kwaeng court")
SECRETARIAT = Text("สำนักงานเลขานุการกองทุนฯ", "Fund secretariat")


class Task(NamedTuple):
    """One thing to do on a day, and whose it is."""

    on: date
    actor: Text
    text: Text


_DAY_ONE = (
    (COURT, Text("กำหนดวันและสถานที่ไกล่เกลี่ย", "Set the day and place of mediation")),
    (
        SECRETARIAT,
        Text("ลงพื้นที่เชิญและนัดวันเวลาตามที่ศาลกำหนด", "Invite in the field for the court's day"),
    ),
    (SECRETARIAT, Text("คัดทะเบียนราษฎร", "Get the civil-registry extract")),
    (SECRETARIAT, Text("พิมพ์คำร้องขอไกล่เกลี่ย", "Print the petition")),
    (SECRETARIAT, Text("เตรียมเอกสารหลักฐาน", "Prepare the evidence")),
)
_DAY_TWO = (
    (COURT, Text("ไกล่เกลี่ย ตรวจเอกสารและข้อมูล", "Mediate, check documents and data")),
    (
        COURT,
        Text(
            "จัดทำบันทึก รายงานกระบวนพิจารณา ผล สัญญาประนีประนอม และคำขอให้พิพากษาตาม ม. 20 ตรี",
            "Minutes, report, result, compromise contract, request for judgment (s. 20 ter)",
        ),
    ),
    (SECRETARIAT, Text("นำเอกสารหลักฐานมาแสดง", "Bring the evidence")),
    (SECRETARIAT, Text("รับสัญญาประนีประนอมยอมความ", "Receive the compromise contract")),
)


def earliest_hearing(channel: Channel, invited_on: date) -> date:
    """The first day that a hearing may be on: 45 days by post, the next day in the field.

    >>> earliest_hearing("post", date(2025, 6, 1)), earliest_hearing("field", date(2025, 6, 1))
    (datetime.date(2025, 7, 16), datetime.date(2025, 6, 2))
    """
    return invited_on + timedelta(days=POST_DAYS if channel == "post" else 1)


def task_lists(hearing_on: date) -> tuple[tuple[Task, ...], tuple[Task, ...]]:
    """The dated tasks of Day One, the day before at the latest, and of Day Two."""
    before = hearing_on - timedelta(days=1)
    return (
        tuple(Task(before, actor, text) for actor, text in _DAY_ONE),
        tuple(Task(hearing_on, actor, text) for actor, text in _DAY_TWO),
    )


def day_two_blockers(papers: Collection[str]) -> tuple[Text, ...]:
    """The papers without which Day Two cannot begin (MED-T3).

    >>> [item.en for item in day_two_blockers({"mediation_petition", "notice_letter"})]
    ['Civil-registry extract']
    """
    return tuple(DOCUMENT_SUBKINDS[code] for code in MEDIATION_PAPERS if code not in papers)
