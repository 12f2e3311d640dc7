"""The life of a plot: statuses, who may move it on, the gates before digging, the ladder.

Assembled from the procedure PHUKET L986-1257 (land.md 7.1, 7.2, 9); labels of statuses and steps
stand in :mod:`layers.land`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from geo.text import Text
from layers.errors import QueryError
from layers.land import DEVELOPMENT_STEPS, PLOT_STATUSES
from layers.model import choices

__all__ = [
    "DIG_GATES",
    "MOVERS",
    "NEXT",
    "RECORDERS",
    "ROLES",
    "STEP_FILES",
    "Ladder",
    "Move",
    "allowed_moves",
    "ladder",
    "move",
    "moved",
    "open_gates",
    "opens_to_tourism",
]

NEXT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "inquiry": ("applied", "withdrawn"),
        "applied": ("documents_checked", "rejected", "withdrawn"),
        "documents_checked": ("field_checked", "rejected", "withdrawn"),
        "field_checked": ("reported", "rejected", "withdrawn"),
        "reported": ("accepted", "reserve", "rejected"),
        "reserve": ("accepted", "withdrawn", "closed"),
        "accepted": ("preparing", "withdrawn"),
        "preparing": ("ready_to_dig", "withdrawn", "closed"),
        "ready_to_dig": ("digging", "preparing"),
        "digging": ("suspended", "dug"),
        "suspended": ("digging", "closed"),
        "dug": ("inspected", "rework"),
        "rework": ("dug",),
        "inspected": ("developing",),
        "developing": ("learning_centre", "closed"),
        "learning_centre": ("developing", "closed"),
        "rejected": (),
        "withdrawn": (),
        "closed": (),
    }
)
"""Where a plot may go from each status; no status is skipped (land.md 7.1)."""

ENDED = frozenset(status for status, following in NEXT.items() if not following)
REOPENED_AS = "inquiry"
"""An ended plot that the province takes up again starts anew (decision)."""

ROLES = choices(
    province=("พัฒนาการจังหวัด", "Provincial CD head"),
    district=("พัฒนาการอำเภอ/เจ้าหน้าที่พัฒนาชุมชน", "District CD head or officer"),
    district_chief=("นายอำเภอ", "District chief"),
    local_government=("อปท.", "Local government"),
    supervisor=("ผู้ควบคุมงาน", "Supervisor"),
    inspection_committee=("คณะกรรมการตรวจรับพัสดุ", "Inspection committee"),
    contractor=("ผู้รับจ้าง", "Contractor"),
    owner=("เจ้าของแปลง/ผู้เข้าร่วม", "Owner or participant"),
)
"""land.md 9."""

MOVERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "inquiry": frozenset({"province"}),
        "applied": frozenset({"district", "owner"}),
        "documents_checked": frozenset({"district"}),
        "field_checked": frozenset({"district"}),
        "reported": frozenset({"district"}),
        "reserve": frozenset({"district_chief", "province"}),
        "accepted": frozenset({"district_chief", "province"}),
        "rejected": frozenset({"district", "district_chief", "province"}),
        "withdrawn": frozenset({"district", "owner"}),
        "preparing": frozenset({"district"}),
        "ready_to_dig": frozenset({"district"}),
        "digging": frozenset({"supervisor", "district"}),
        "suspended": frozenset({"supervisor", "district"}),
        "dug": frozenset({"supervisor"}),
        "inspected": frozenset({"inspection_committee"}),
        "rework": frozenset({"inspection_committee"}),
        "developing": frozenset({"district"}),
        "learning_centre": frozenset({"district", "province"}),
        "closed": frozenset({"province"}),
    }
)
"""Who may move a plot into each status (land.md 9; single moves are decisions)."""

RECORDERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "field_officer": frozenset({"district", "owner", "contractor", "supervisor"}),
        "district_officer": frozenset(ROLES) - {"province"},
        "province_officer": frozenset(ROLES),
    }
)
"""For which roles of the procedure an account may record, by the account's role (decision).

Owners, contractors and committees sign on paper; an officer enters what they decided.
"""

REASON_NEEDED = frozenset(
    {"rejected", "withdrawn", "closed", "reserve", "suspended", "rework", REOPENED_AS}
)

STEP_FILES: Mapping[str, Text] = MappingProxyType(
    {
        "applied": Text("หลักฐานรับทราบเงื่อนไขที่ลงนามแล้ว", "Signed receipt of the conditions sheet"),
        "reported": Text("รายงานผลการตรวจพื้นที่พร้อมภาพถ่าย", "Field-check report with photos"),
        "inspected": Text("เอกสารตรวจรับพร้อมรูปตัดความลึก", "Hand-over sheet with depth profile"),
    }
)
"""The file that a move into a status produces (PHUKET L1049, L1081-1083, L1187)."""

DIG_GATES = choices(
    permissions_granted=("ได้รับอนุญาตจากหน่วยงานครบ", "Permissions granted"),
    digging_notice=("แจ้งการขุดดินและชำระหรือยกเว้นค่าธรรมเนียม", "Digging notice, fee paid or waived"),
    drawings_certified=(
        "แบบและ ปร.4/ปร.5 รับรองโดยสถาปนิกหรือวิศวกร",
        "Drawings and price forms certified by an architect or engineer",
    ),
    committees_appointed=(
        "แต่งตั้งคณะกรรมการราคากลาง ตรวจรับ จัดซื้อจัดจ้าง และผู้ควบคุมงาน 2 ฝ่าย",
        "Committees for price, inspection and procurement, and two supervisors appointed",
    ),
    contract_signed=("ลงนามสัญญาจ้างแล้ว", "Contract signed"),
    owner_trained=(
        "เจ้าของหรือสมาชิกครัวเรือนผ่านอบรม 5 วัน 4 คืน มีแบบแปลงและรายการพืช",
        "Owner or a household member trained for 5 days, with plan drawing and plant list",
    ),
    neighbours_informed=("แจ้งแปลงข้างเคียงแล้ว", "Neighbours informed"),
    joint_survey=(
        "สำรวจร่วมกันและมีรายงานผู้ควบคุมงาน",
        "Joint survey by contractor, supervisor, leader and owner, with the supervisor's report",
    ),
    benchmark_fixed=("กำหนดระดับ GL ±0.00 พร้อมภาพถ่าย", "Benchmark GL ±0.00 fixed with photo"),
    grid_pegs_set=("วางหมุดแนวกริดแล้ว", "Grid pegs set"),
    setback_trees_passed=("ระยะร่นและต้นไม้ใหญ่ผ่าน", "Setback and trees passed"),
)
"""What must be true, or waived with a reason, before a plot is ready to dig (LAND-R28)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One change of status, as it is kept: who, when, why, and the file that it produced."""

    plot_id: str
    old: str
    new: str
    who: str
    role: str
    when: dt.date
    reason: str = ""
    file: str = ""


def allowed_moves(status: str, role: str) -> tuple[str, ...]:
    """Where someone of a role may move a plot to.

    >>> allowed_moves("reported", "district_chief")
    ('accepted', 'reserve', 'rejected')
    >>> allowed_moves("reported", "contractor"), allowed_moves("closed", "province")
    ((), ('inquiry',))
    """
    following = (REOPENED_AS,) if status in ENDED else NEXT.get(status, ())
    return tuple(new for new in following if role in MOVERS[new])


def move(plot: Mapping[str, Any], change: Move) -> Move:
    """Check a change of status against the rules and return it.

    ``plot`` holds the status and dig_gates of the record. Raises QueryError
    ``transition_not_allowed``, ``role_not_allowed``, ``reason_missing``, ``file_missing`` or
    ``gates_open`` (LAND-R28), each naming what is missing.
    """
    following = (REOPENED_AS,) if change.old in ENDED else NEXT.get(change.old, ())
    if plot.get("status") != change.old or change.new not in following:
        raise _refused(
            "transition_not_allowed",
            change,
            Text("ไปได้เฉพาะ {next.th}", "it may only go to {next.en}").format(
                next=_listed(PLOT_STATUSES, following)
            ),
        )
    if change.role not in MOVERS[change.new]:
        movers = _listed(ROLES, (role for role in ROLES if role in MOVERS[change.new]))
        raise _refused(
            "role_not_allowed",
            change,
            Text("ผู้มีอำนาจคือ {movers.th}", "only {movers.en} may do so").format(movers=movers),
        )
    if change.new in REASON_NEEDED and not change.reason.strip():
        raise _refused("reason_missing", change, Text("ต้องระบุเหตุผล", "a reason is needed"))
    if change.new in STEP_FILES and not change.file.strip():
        raise _refused("file_missing", change, Text(
            "ต้องแนบ {file.th}", "the file is missing: {file.en}"
        ).format(file=STEP_FILES[change.new]))  # fmt: skip
    gates = open_gates(plot.get("dig_gates")) if change.new == "ready_to_dig" else ()
    if gates:
        raise _refused("gates_open", change, Text(
            "ยังไม่ครบ: {gates.th}", "still open: {gates.en}"
        ).format(gates=_listed(DIG_GATES, gates)))  # fmt: skip
    return change


def moved(plot: Mapping[str, Any], change: Move) -> dict[str, Any]:
    """What a move makes of a plot's record: status, since when, and the change kept with it.

    >>> change = Move(plot_id="X", old="inquiry", new="applied", who="u1", role="district",
    ...               when=dt.date(2025, 3, 3), file="receipt.pdf")
    >>> record = moved({"status": "inquiry"}, change)
    >>> record["status"], record["moves"][0]["when"]
    ('applied', '2025-03-03')

    Raises what :func:`move` raises, and QueryError ``drawing_not_approved`` where digging would
    go on after a drawing that waits for approval (``plot["drawing_waits"]``, LAND-R20b).
    """
    move(plot, change)
    if change.new == "digging" and plot.get("drawing_waits"):
        raise _refused("drawing_not_approved", change, Text(
            "แบบสระที่แก้ไขยังไม่ได้รับอนุมัติ", "a changed drawing of the pond waits for approval"
        ))  # fmt: skip
    kept = {"old": change.old, "new": change.new, "who": change.who, "role": change.role}
    kept |= {"when": change.when.isoformat(), "reason": change.reason, "file": change.file}
    earlier = plot.get("moves")
    log = [*(earlier if isinstance(earlier, list) else []), kept]
    return {"status": change.new, "status_date": change.when, "moves": log}


def _refused(code: str, change: Move, why: Text) -> QueryError:
    unknown = Text("?", "?")
    old, new = (PLOT_STATUSES.get(status, unknown) for status in (change.old, change.new))
    return QueryError(
        code,
        Text(
            f"แปลง {change.plot_id}: เปลี่ยนสถานะจาก “{old.th}” เป็น “{new.th}” ไม่ได้ {why.th}",
            f"Plot {change.plot_id} cannot go from “{old.en}” to “{new.en}”: {why.en}",
        ),
        plot_id=change.plot_id,
        old=change.old,
        new=change.new,
    )


def _listed(labels: Mapping[str, Text], codes: Iterable[str]) -> Text:
    texts = [labels[code] for code in codes]
    return Text(
        ", ".join(text.th for text in texts) or "-", ", ".join(text.en for text in texts) or "-"
    )


def open_gates(gates: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The gates that are neither passed (True) nor waived (the reason as a text) (LAND-R28).

    >>> done = dict.fromkeys(DIG_GATES, True) | {"grid_pegs_set": "plot of half a rai"}
    >>> open_gates(done), open_gates({**done, "contract_signed": ""})
    ((), ('contract_signed',))
    """
    found = gates if isinstance(gates, Mapping) else {}
    return tuple(
        gate
        for gate in DIG_GATES
        if not (
            found.get(gate) is True or (isinstance(found.get(gate), str) and found[gate].strip())
        )
    )


class Ladder(NamedTuple):
    """The step reached without a gap, and steps that were done ahead of it."""

    step: int
    early: tuple[int, ...]


def ladder(steps_done: Mapping[Any, Any] | None) -> Ladder:
    """Where a plot stands on the ten steps (LAND-R40); ``steps_done`` gives each step its date.

    Steps without a date were not done; keys may be texts, as in JSON.

    >>> ladder({"1": "2024-01-05", "2": "2024-03-01", "3": "2024-06-01", "6": "2024-07-01"})
    Ladder(step=3, early=(6,))
    """
    done = _steps(steps_done)
    step = 0
    while step + 1 in done and step + 1 in DEVELOPMENT_STEPS:
        step += 1
    return Ladder(step, tuple(sorted(n for n in done if n > step and n in DEVELOPMENT_STEPS)))


def opens_to_tourism(steps_done: Mapping[Any, Any] | None, opened_to_public: bool | None) -> bool:
    """Whether a plot may stand on a tour route: step 10 is done and it is open (LAND-R40)."""
    return 10 in _steps(steps_done) and opened_to_public is True


def _steps(steps_done: Mapping[Any, Any] | None) -> set[int]:
    """The steps that have a date; keys that are no numbers count for nothing."""
    return {
        int(step) for step, date in (steps_done or {}).items() if date and str(step).isdecimal()
    }
