"""Teams "Move for fund" (ทีมคู่หู คู่คิด), training and money of the programme (FUND-R4, R10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from geo.text import Text
from layers.model import choices

__all__ = ["BUDGET_THB", "DISTRICTS", "SEATS", "Load", "districts_without_team", "even_load",
           "missing_seats", "people_reached"]  # fmt: skip

SEATS: Mapping[str, Text] = choices(
    cd_worker=("พัฒนากรผู้รับผิดชอบงานกองทุน", "CD worker in charge of funds"),
    savings_expert=("ผู้เชี่ยวชาญกลุ่มออมทรัพย์ฯ", "Expert on savings groups"),
    kkj_expert=("ผู้เชี่ยวชาญ กข.คจ.", "Expert on KKJ"),
    centre_member=("กรรมการศูนย์จัดการกองทุนชุมชน", "Member of the fund centre committee"),
)
"""The four seats of a team; at least one team a district (CDD L2400-2414, L2477)."""

DISTRICTS = 878

BUDGET_THB: Mapping[str, int] = MappingProxyType(
    {
        "team_meetings": 6_868_800,
        "district_training": 8_604_400,
        "debtor_survey": 7_200_000,
        "access_meetings": 43_200_000,
        "clinics_and_outstanding_funds": 7_200_000,
    }
)
"""The five activities (CDD L2473-2673)."""


def missing_seats(seats: Iterable[str]) -> list[Text]:
    """The seats of a team that nobody takes (TEAM-T1).

    >>> [seat.en for seat in missing_seats(["cd_worker", "kkj_expert", "centre_member"])]
    ['Expert on savings groups']
    """
    taken = set(seats)
    return [label for code, label in SEATS.items() if code not in taken]


def districts_without_team(districts: Iterable[str], with_team: Collection[str]) -> list[str]:
    """Districts that have no team at all (TEAM-T2)."""
    return sorted(set(districts) - set(with_team))


class Load(NamedTuple):
    """An even split: so many teams with one fund more than the others."""

    mean: float
    fewer: int
    teams_with_fewer: int
    teams_with_more: int


def even_load(funds: int, teams: int) -> Load:
    """Funds a team and round.

    >>> even_load(9_000, 878)
    Load(mean=10.25, fewer=10, teams_with_fewer=658, teams_with_more=220)
    """
    fewer, more = divmod(funds, teams)
    return Load(round(funds / teams, 2), fewer, teams - more, more)


def people_reached(quotas: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """People by kind of fund, and all (the KPI "reach a source of money", CDD L2677).

    >>> people_reached({"savings_group": (4_600, 20), "kkj": (4_400, 15)})["all"]
    158000
    """
    found = {kind: funds * people for kind, (funds, people) in quotas.items()}
    return {**found, "all": sum(found.values())}
