"""From members to the household: a flag holds when it holds for all who could take part.

poverty.md 3.2 (decision ``any_member_developable``): one member who can be developed is enough.
Where no members are listed, the flags of the household stand as the team recorded them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.poverty.logic import Truth, any_of, to_bool, truth
from layers.poverty.parameters import TierParameters

__all__ = ["MEMBERS", "with_members"]

MEMBERS = ("member_list", "member_conditions")

FLAGS: Mapping[str, tuple[str, str]] = {
    "deceased": ("member_list", "flag_deceased"),
    "moved_out": ("member_list", "flag_moved_out"),
    "unwilling": ("member_list", "flag_unwilling"),
    "wants_to_move_out": ("member_list", "flag_wants_to_move_out"),
    "elderly": ("member_conditions", "flag_elderly"),
    "disabled": ("member_conditions", "flag_disabled"),
    "welfare_only": ("member_conditions", "flag_welfare_only"),
    "rehab_completed": ("member_conditions", "rehab_member"),
}
"""What is known of a member, in which list, and the flag of the household."""


def with_members(table: pd.DataFrame, limits: TierParameters) -> pd.DataFrame:
    """The households with the flags that their members give, where members are listed.

    A flag is yes if it is so for all members, no if it is not so for one, else unknown; a member
    who completed treatment is enough (CDD L1607). In the reading ``any_flag`` a member is out by
    any of old age, disability or welfare need, so ``flag_welfare_only`` then says whether all are.

    >>> table = pd.DataFrame({"household_id": ["a"], "flag_deceased": [True],
    ...     "member_list": [[{"member_id": "1", "deceased": True}, {"member_id": "2",
    ...                       "deceased": False}]]})
    >>> with_members(table, TierParameters())["flag_deceased"].tolist()
    [False]
    """
    out = table.reset_index(drop=True)
    for name in MEMBERS:
        if name not in table:
            continue
        rows, members = _flat(table[name])
        if not len(rows):
            continue
        told = {
            flag: _told(members, key) for key, (source, flag) in FLAGS.items() if source == name
        }
        if name == "member_conditions" and limits.developable_reading == "any_flag":
            parts = ("flag_elderly", "flag_disabled", "flag_welfare_only")
            told["flag_welfare_only"] = any_of(*(told[part] for part in parts))
        for flag, member in told.items():
            combined = np.maximum if flag == "rehab_member" else np.minimum
            out[flag] = _replaced(table.get(flag), len(table), rows, member, combined)
    return out


def _flat(lists: pd.Series[Any]) -> tuple[NDArray[np.intp], list[Mapping[str, Any]]]:
    """The members of all households, and the row of each; rows come in order."""
    known = np.flatnonzero(lists.notna().to_numpy())
    listed = [lists.iloc[row] for row in known]
    rows = np.repeat(known, [len(one) for one in listed])
    return rows, [member for one in listed for member in one]


def _told(members: list[Mapping[str, Any]], key: str) -> Truth:
    return truth(pd.Series([member.get(key) for member in members], dtype=object), len(members))


def _replaced(
    recorded: pd.Series[Any] | None,
    n: int,
    rows: NDArray[np.intp],
    member: Truth,
    combined: np.ufunc,
) -> pd.Series[Any]:
    """The recorded flag, and where there are members what they say together."""
    values = truth(recorded, n)
    first = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    values[rows[first]] = combined.reduceat(member, first)
    return to_bool(values)
