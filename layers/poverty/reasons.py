"""Why a household stands where it stands (POV-R9): codes as bits, texts from the values.

What tells tier 4 from tier 3, or welfare need, is secret (PRIV-R13); :func:`disclosed` drops it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.text import Text
from layers import people
from layers.poverty.parameters import TierParameters

__all__ = ["BIT", "Mask", "codes", "disclosed", "mask_of", "wording"]

Mask = NDArray[np.int64]
_PLAIN: Mapping[str, Text] = {**people.REASONS, **people.REASONS_EXACT}
_EVERY = dict.fromkeys((*people.REASONS_EXACT, *people.REASONS))
BIT: Mapping[str, int] = {code: 1 << n for n, code in enumerate(_EVERY)}


def mask_of(codes_: Iterable[str]) -> int:
    """The bits of some codes together.

    >>> mask_of([])
    0
    """
    return sum(BIT[code] for code in set(codes_))


_OPEN = mask_of(people.REASONS)
_WITH_TIER_4 = mask_of(code for code in people.REASONS if code.startswith("O_"))


def codes(masks: Mask) -> NDArray[np.object_]:
    """N masks as n lists of codes, in the order of the code list.

    >>> codes(np.array([mask_of(["U_CARD", "T2_BMN"]), 0])).tolist()
    [['T2_BMN', 'U_CARD'], []]
    """
    found, place = np.unique(masks, return_inverse=True)
    lists = np.empty(len(found), dtype=object)
    for n, mask in enumerate(found.tolist()):
        lists[n] = [code for code, bit in BIT.items() if mask & bit]
    return lists[place]


def disclosed(masks: Mask, tier: NDArray[np.int8]) -> Mask:
    """The reasons that may stand beside the merged tier "3-4" (PRIV-R13).

    A household of tier 4 keeps only what one of tier 3 could have too: an unknown income, say,
    would tell that it is not of tier 3.
    """
    shown = np.where(tier == 4, masks & _WITH_TIER_4, masks & _OPEN)
    return np.where(tier >= 3, shown | BIT["T34_MERGED"], shown)


def wording(code: str, limits: TierParameters, **values: Any) -> Text:
    """The sentence of a reason with its values: ``income``, ``programme``, ``year`` where known.

    >>> print(wording("T2_BMN", TierParameters(), income=30000))
    รายได้ 30,000 < 38,000 บาท พัฒนาได้ (จปฐ. 2562)
    >>> wording("O_PARTICIPANT", TierParameters(), programme="SAMMA", year=2563).en
    'already in SAMMA 2563'
    """
    said = _SENTENCES.get(code)
    if said is None or values.get("income", 0) is None:
        return _PLAIN[code]
    if code == "T1_TPMAP_CARD" and limits.tier1_card_join == "or":
        said = _TIER_1_OR
    known = {
        "programme": "",
        "year": limits.data_year_be,
        "line": f"{limits.poverty_line_thb:,.0f}",
        "below": "<" if limits.poverty_line_op == "lt" else "<=",
        "ceiling": f"{limits.low_income_ceiling_thb:,.0f}",
        "up_th": "ไม่เกิน" if limits.low_income_op == "le" else "ต่ำกว่า",
        "up_en": "up to" if limits.low_income_op == "le" else "below",
    }
    return said.format(**(known | {**values, "x": f"{values.get('income', 0):,.0f}"}))


_TIER_1_OR = Text(
    "รายได้ {x} บาท (เส้น {line} บาท) หรือมีบัตรสวัสดิการ พัฒนาได้ (TPMAP {year})",
    "income {x} (line {line}) or welfare card, can be developed (TPMAP {year})",
)
_SENTENCES: Mapping[str, Text] = {
    "T1_TPMAP_CARD": Text(
        "รายได้ {x} {below} {line} บาท มีบัตรสวัสดิการ พัฒนาได้ (TPMAP {year})",
        "income {x} {below} {line}, welfare card, can be developed (TPMAP {year})",
    ),
    "T2_BMN": Text(
        "รายได้ {x} {below} {line} บาท พัฒนาได้ (จปฐ. {year})",
        "income {x} {below} {line}, can be developed (BMN {year})",
    ),
    "T3_LOW_INCOME": Text(
        "รายได้ {x} {up_th} {ceiling} บาท (จปฐ. {year})",
        "income {x} {up_en} {ceiling} (BMN {year})",
    ),
    "N_ABOVE_CEILING": Text("รายได้ {x} เกิน {ceiling} บาท", "income {x} above {ceiling}"),
    "O_PARTICIPANT": Text("ซ้ำกลุ่มเป้าหมาย {programme} ปี {year}", "already in {programme} {year}"),
}
