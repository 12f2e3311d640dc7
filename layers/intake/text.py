"""Text as it comes out of files: cleaned, watched for damage, guarded against formulas.

Everything works on whole columns as Arrow arrays, so 300,000 cells take a fraction of a second.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "contacts_removed",
    "digits_in_links",
    "escape_formula",
    "foreign_script",
    "mixed_digits",
    "mixed_scripts",
    "normalise",
    "to_arrow",
    "to_series",
    "unescape_formula",
]

_MARK = r"[\x{0E48}-\x{0E4B}]?"
_REPLACE = (  # TXT-R1, in this order; RE2 syntax
    (r"\r\n?|[\x{0085}\x{2028}\x{2029}]", "\n"),
    (r"[\x{0000}-\x{0008}\x{000B}\x{000C}\x{000E}-\x{001F}\x{007F}]", ""),
    (r"[\x{200B}-\x{200F}\x{2060}\x{FEFF}\x{00AD}]", ""),
    (r"[\x{00A0}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}\t]", " "),
    (r"(?i)</?(?:p|ul|ol|li|br|span)(?:\s[^<>]*)?/?>", " "),
    (r"\*\*|`", ""),
    (r"(?m)^#{1,6} ", ""),
    (rf"\x{{0E4D}}({_MARK})\x{{0E32}}", "\\1\u0e33"),
)
_SPACES = ((r" {2,}", " "), (r" ?\n ?", "\n"))
_DIRTY = "|".join(f"(?:{pattern})" for pattern, _ in (*_REPLACE[1:6], _REPLACE[7], _SPACES[0]))
_DIRTY += r"|[\r\n\x{0085}\x{2028}\x{2029}]|#|^ | $|^$"

_FORMULA = re.compile(r"'*[=+\-@\t\r]")

_FOREIGN = (
    r"[\p{Cyrillic}\p{Greek}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Lao}\p{Khmer}"
    r"\p{Myanmar}\p{Arabic}\p{Hebrew}\p{Devanagari}\p{Bengali}\p{Tamil}]"
)
_SCRIPTS = rf"\p{{Thai}}{_FOREIGN}|{_FOREIGN}\p{{Thai}}|[ก-ฮ]\p{{Thai}}*[a-z]{{1,4}}[ก-ฮ]"
_LINK = r"(?i)@|https?:|www\."
_EMAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
_PHONE = (
    r"(?:โทร\.?|โทรศัพท์|(?i:tel\.?|phone)) ?:? ?[0-9][0-9 \-]{7,11}[0-9]"
    r"|\b0[689][0-9]-?[0-9]{3}-?[0-9]{4}\b|\b0[2-7][0-9]?-[0-9]{3}-?[0-9]{3,4}\b"
)


def to_arrow(texts: Any) -> pa.Array:
    """A column of texts as one Arrow array; missing values are null."""
    array = pa.array(texts, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if pa.types.is_large_string(array.type) else array.cast(pa.large_string())


def to_series(texts: pa.Array, like: pd.Series[Any]) -> pd.Series[Any]:
    """The texts as a str column with the rows and the name of another."""
    return pd.Series(texts.to_pandas().array, index=like.index, name=like.name, dtype="str")


def normalise(texts: pa.Array) -> pa.Array:
    r"""Clean a column of texts as TXT-R1 says; a text with nothing left is null.

    The column's twin of :func:`geo.thai.normalise`, except that lines within a text stay.

    Unicode NFC; nikhahit and aa become sara am; spaces of any kind become one; zero-width and
    control characters, a few HTML tags and Markdown marks go.

    >>> normalise(to_arrow(["สํารวจ", "<p>Day One  ก่อน</p>", " \u200b", None])).to_pylist()
    ['สำรวจ', 'Day One ก่อน', None, None]
    """
    # Most columns are clean, and composed text is: look once before rewriting eight times.
    dirty = pc.any(pc.match_substring_regex(texts, _DIRTY)).as_py()
    if dirty:
        for pattern, replacement in _REPLACE:
            texts = pc.replace_substring_regex(texts, pattern, replacement)
    texts = pc.utf8_normalize(texts, "NFC")
    if dirty:
        for pattern, replacement in _SPACES:
            texts = pc.replace_substring_regex(texts, pattern, replacement)
        texts = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(texts, ""), None, texts)


def mixed_scripts(texts: pa.Array) -> Any:
    """Which texts have letters of another script inside a Thai word (TXT-R2), as a mask.

    Latin names beside Thai words are usual; a few small letters in the middle of a word are not.

    >>> mixed_scripts(to_arrow(["อำเภотreียม", "ระบบ GPS", "ข้อมูลGPSของตำบล"])).tolist()
    [True, False, False]
    """
    return _mask(pc.match_substring_regex(texts, _SCRIPTS))


def foreign_script(text: str) -> str:
    """The script of the first letter of a text that is not Thai.

    >>> foreign_script("อำเภотreียม")
    'Cyrillic'
    """
    names = (unicodedata.name(char, "").split(" ")[0] for char in text if char.isalpha())
    return next((name.capitalize() for name in names if name != "THAI"), "-")


def mixed_digits(texts: pa.Array) -> Any:
    """Which texts have Thai and Arabic digits beside each other (NUM-R1), as a mask.

    >>> mixed_digits(to_arrow(["๑๔๔,663", "๑๔๔", "663"])).tolist()
    [True, False, False]
    """
    thai = pc.match_substring_regex(texts, "[๐-๙]")
    return _mask(pc.and_(thai, pc.match_substring_regex(texts, "[0-9]")))


def digits_in_links(texts: pa.Array) -> Any:
    """Which texts are an e-mail or web address with a Thai digit in it (NUM-R1), as a mask.

    >>> digits_in_links(to_arrow(["office๑@example.org", "office1@example.org"])).tolist()
    [True, False]
    """
    thai = pc.match_substring_regex(texts, "[๐-๙]")
    return _mask(pc.and_(thai, pc.match_substring_regex(texts, _LINK)))


def contacts_removed(texts: pa.Array) -> tuple[pa.Array, int]:
    """The texts without phone numbers and e-mail addresses, and how many went (IMP-R6).

    >>> texts, n = contacts_removed(to_arrow(["ติดต่อ 081-234-5678 หรือ a@b.example"]))
    >>> texts.to_pylist(), n
    (['ติดต่อ หรือ'], 2)
    """
    pattern = f"{_EMAIL}|{_PHONE}"
    n = pc.sum(pc.count_substring_regex(texts, pattern)).as_py() or 0
    return (normalise(pc.replace_substring_regex(texts, pattern, " ")), n) if n else (texts, 0)


def escape_formula(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula: a leading apostrophe.

    >>> escape_formula("=1+1"), escape_formula("บ้าน"), escape_formula("'-x")
    ("'=1+1", 'บ้าน', "''-x")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unescape_formula(texts: pa.Array) -> pa.Array:
    """Undo :func:`escape_formula` in a column.

    >>> unescape_formula(to_arrow(["'=1+1", "''-x", "'x", "=1"])).to_pylist()
    ['=1+1', "'-x", "'x", '=1']
    """
    if not pc.any(pc.starts_with(texts, "'")).as_py():
        return texts
    return pc.replace_substring_regex(texts, r"^'('*[=+\-@\t\r])", r"\1")


def _mask(found: pa.Array) -> Any:
    return pd.Series(pc.fill_null(found, False).to_pandas()).to_numpy(dtype=bool)
