"""Personal data that no file may bring in unasked: ID-card numbers, stray telephone numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from layers.intake.columns import heading_key
from layers.intake.values import as_text

__all__ = ["ID_SHARE", "id_card_column", "valid_id_numbers"]

ID_SHARE = 0.30
"""Share of 13-digit numbers with a right check digit that makes a column one of ID cards."""

_ID_HEADINGS = re.compile(
    r"เลข(ประจำตัว|ที่|ที่บัตร|บัตร)?(ประจำตัว)?ประชาชน|เลข13หลัก|หมายเลขบัตรประ|"
    r"^(cid|thaiid|idcard|idcardno|idcardnumber|citizenid|nationalid|identitycard|nationalidno)$"
)
_SEPARATORS = r"[\s\-]"
_THIRTEEN = r"^[0-9]{13}$"
_WEIGHTS = np.arange(13, 1, -1)


def id_card_column(columns: pd.DataFrame) -> str | None:
    """The first column whose heading or content is ID-card numbers (IMP-R5), None without one.

    Content: at least 30 % of the cells that are not empty are 13 digits whose check digit is
    right, Thai digits and hyphens allowed.

    >>> id_card_column(pd.DataFrame({"a": ["x", "y"], "b": ["0-0000-00000-00-1", None]}))
    'b'
    >>> id_card_column(pd.DataFrame({"b": ["0000000000000", "1"]})) is None
    True
    """
    for heading in map(str, columns.columns):
        if _ID_HEADINGS.search(heading_key(heading)):
            return heading
        column = columns[heading]
        if _cannot_be_ids(column):
            continue
        texts = as_text(column)
        known = len(texts) - texts.null_count
        if known and valid_id_numbers(texts).sum() >= ID_SHARE * known:
            return heading
    return None


def _cannot_be_ids(column: pd.Series[Any]) -> bool:
    """Dates and numbers of other lengths, which need not be spelled out to be told apart."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return True
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return False
    return not bool(((column >= 10**12) & (column < 10**13)).any())


def valid_id_numbers(texts: pa.Array) -> Any:
    """Which texts are 13 digits with the check digit of ID cards, as a mask.

    The check digit is (11 - sum(d_i x (14 - i), i = 1..12) mod 11) mod 10 (IMP-R5).
    """
    texts = _arabic(pc.replace_substring_regex(texts, _SEPARATORS, ""))
    found = pc.fill_null(pc.match_substring_regex(texts, _THIRTEEN), False)
    mask = np.array(found.to_numpy(zero_copy_only=False), dtype=bool)
    numbers = texts.filter(found).to_pylist()
    if numbers:
        digits = np.array([list(number) for number in numbers], dtype=int)
        check = (11 - (digits[:, :12] @ _WEIGHTS) % 11) % 10
        mask[mask] = check == digits[:, 12]
    return mask


def _arabic(texts: pa.Array) -> pa.Array:
    if not pc.any(pc.match_substring_regex(texts, "[๐-๙]")).as_py():
        return texts
    for thai, arabic in zip("๐๑๒๓๔๕๖๗๘๙", "0123456789", strict=True):
        texts = pc.replace_substring(texts, thai, arabic)
    return texts
