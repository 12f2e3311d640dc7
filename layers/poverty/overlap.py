"""The overlap guard (POV-R10 to R13): did this household take part in such a programme before?

The register is the layer ``village_targets``: one row per village, programme and fiscal year with
the list of its participants. A programme is named "SAMMA:2563", the family of its code and the
Buddhist-era fiscal year, so that any programme can be guarded against any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from layers import people

__all__ = ["STATES", "Guard", "guard", "programmes_of"]

STATES = tuple(people.OVERLAP_STATES)
CLEAR, VILLAGE_ONLY, BLOCKED, HOLD = range(len(STATES))
_GRAVITY = np.array([0, 1, 3, 2], dtype=np.int8)  # of STATES: blocked > hold > village_only > clear
_STATE = np.argsort(_GRAVITY).astype(np.int8)


@dataclass(frozen=True, slots=True)
class Guard:
    """For n households: ``state`` indexes STATES, ``programme`` names what blocked ("" none).

    ``elsewhere`` is true for a person on a list of another village (POV-R12: flagged, allowed).
    """

    state: NDArray[np.int8]
    programme: NDArray[np.object_]
    elsewhere: NDArray[np.bool_]


def programmes_of(register: pd.DataFrame) -> pd.Series[Any]:
    """The programme and year of register rows: "SAMMA63" of 2563 is "SAMMA:2563".

    >>> programmes_of(pd.DataFrame({"programme_code": ["SEP62"], "fiscal_year_be": [2562]}))[0]
    'SEP:2562'
    """
    family = register["programme_code"].astype(str).str.replace(r"\d+$", "", regex=True)
    return family + ":" + register["fiscal_year_be"].astype("Int64").astype(str)


def guard(households: pd.DataFrame, register: pd.DataFrame, programmes: Sequence[str]) -> Guard:
    """Hold every household against the registers of ``programmes``.

    ``households`` has ``area_code`` (village), ``household_id`` and, if known, ``person_key``;
    ``register`` has ``programme_code``, ``fiscal_year_be``, ``area_code``, ``participants`` (list
    of household ids or person keys) and ``participants_loaded``. A list that is not known to be
    complete holds the household (an unknown is not a no), unless it stands there already.
    """
    n = len(households)
    worst, blocker = np.zeros(n, dtype=np.int8), np.full(n, "", dtype=object)
    elsewhere = np.zeros(n, dtype=bool)
    named = programmes_of(register) if len(register) else pd.Series(dtype=object)
    villages = pa.array(households["area_code"], pa.string())
    own = [
        pa.array(households[name], pa.string())
        for name in ("household_id", "person_key")
        if name in households
    ]
    for programme in programmes:
        rows = register[(named == programme).to_numpy()]
        if rows.empty:
            continue
        there = _is_in(villages, rows["area_code"])
        loaded = rows["participants_loaded"].fillna(False).astype(bool)
        complete = _is_in(villages, rows.loc[loaded, "area_code"])
        listed, other = _listed(villages, own, rows)
        gravity = np.select([listed, there & ~complete, there], [3, 2, 1], 0).astype(np.int8)
        blocker[listed & (worst < _GRAVITY[BLOCKED])] = programme
        worst = np.maximum(worst, gravity)
        elsewhere |= other & ~listed
    return Guard(_STATE[worst], blocker, elsewhere)


def _listed(
    villages: pa.Array, own: Sequence[pa.Array], rows: pd.DataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """On the list of the own village; on a list of any other one."""
    lists = rows[["area_code", "participants"]].explode("participants").dropna()
    here = np.zeros(len(villages), dtype=bool)
    anywhere = np.zeros(len(villages), dtype=bool)
    pairs = lists["area_code"].astype(str) + "\x1f" + lists["participants"].astype(str)
    for names in own:
        anywhere |= _is_in(names, lists["participants"])
        here |= _is_in(pc.binary_join_element_wise(villages, names, "\x1f"), pairs)
    return here, anywhere & ~here


def _is_in(values: pa.Array, known: pd.Series[Any]) -> NDArray[np.bool_]:
    found = pc.is_in(values, value_set=pa.array(known.dropna().astype(str), pa.string()))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)
