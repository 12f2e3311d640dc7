"""Thai text, digits and calendar: what stands in Thai office files, read and written.

Years are stored in the common era (CE) and shown in the Buddhist era (BE = CE + 543) in Thai.
Rule and case ids (TXT, NUM, DATE) are those of the register rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Literal

import pandas as pd

from geo.errors import UnitError
from geo.text import Language, Text

__all__ = [
    "BE_OFFSET",
    "DateColumn",
    "Era",
    "arabic_digits",
    "format_date",
    "normalise",
    "parse_date",
    "parse_dates",
    "parse_datetime",
    "parse_number",
    "parse_time",
    "parse_year",
    "thai_digits",
]

Era = Literal["BE", "CE"]
BE_OFFSET = 543
BE_YEARS = range(2400, 2701)  # DATE-R2
CE_YEARS = range(1900, 2101)
TWO_DIGIT_CENTURY = 2500  # DATE-R3
THAI_TIME = timezone(timedelta(hours=7), "ICT")

_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_TAG = re.compile(r"</?(?:p|ul|li|br|span)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_MARKDOWN = re.compile(r"\*\*|`|^#{1,6}\s+")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


# --- Text, digits and numbers ---------------------------------------------------------------


def arabic_digits(text: str) -> str:
    """Write every Thai digit as 0-9 (NUM-R1).

    >>> arabic_digits("๓-๒-๔๕ ไร่")
    '3-2-45 ไร่'
    """
    return text.translate(_TO_ARABIC)


def thai_digits(text: str) -> str:
    """Write every digit 0-9 as a Thai digit.

    >>> thai_digits("20 พ.ย. 2569")
    '๒๐ พ.ย. ๒๕๖๙'
    """
    return text.translate(_TO_THAI)


def normalise(text: str) -> str:
    """Clean a text as TXT-R1 wants it before anything is compared or parsed.

    Unicode NFC, sara am in one character, white space (no-break too) to single spaces,
    zero-width characters, simple HTML tags and Markdown marks removed.

    >>> normalise("<p>Day One  ก่อนดำเนินการ</p>")
    'Day One ก่อนดำเนินการ'
    >>> normalise("ส\u0e4d\u0e32รวจ") == "สำรวจ"
    True
    >>> normalise("")
    ''
    """
    # An invisible character may stand between a letter and its mark, so it goes first.
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    text = _TAG.sub(" ", text.replace("\u0e4d\u0e32", "\u0e33")).strip()
    return " ".join(_MARKDOWN.sub("", text).split())


def parse_number(text: str) -> Decimal:
    """Read one number in Thai or Arabic digits; commas only between groups of three (NUM-R2).

    >>> parse_number("๑,๔๐๗,๕๓๔")
    Decimal('1407534')

    Raises UnitError ``IMP-E-TYPE``.
    """
    plain = arabic_digits(normalise(text))
    if not _NUMBER.fullmatch(plain):
        raise UnitError(
            "IMP-E-TYPE",
            Text("อ่านตัวเลข “{value}” ไม่ได้", "“{value}” is not a number").format(value=text),
            value=text,
        )
    return Decimal(plain.replace(",", ""))


# --- Years ----------------------------------------------------------------------------------


def _era_error(year: int | str, proposal: int | None) -> UnitError:
    hint = Text("", "") if proposal is None else Text(f" (เสนอ {proposal})", f" (try {proposal})")
    return UnitError(
        "IMP-E-ERA",
        Text(
            f"ปี {year} ไม่ใช่ พ.ศ. หรือ ค.ศ. ที่ใช้ได้{hint.th} "
            f"พ.ศ. ต้องเป็น 4 หลักระหว่าง {BE_YEARS[0]}–{BE_YEARS[-1]} "
            f"ค.ศ. ระหว่าง {CE_YEARS[0]}–{CE_YEARS[-1]}",
            f"Year {year} is not a year of the expected era{hint.en}: "
            f"BE is {BE_YEARS[0]}-{BE_YEARS[-1]}, CE is {CE_YEARS[0]}-{CE_YEARS[-1]}, four digits",
        ),
        value=year,
        proposal=proposal,
    )


def _common_year(digits: str, era: Era | None, two_digit: bool) -> int:
    year = int(digits)
    if len(digits) <= 2:
        full = TWO_DIGIT_CENTURY + year
        if len(digits) == 1 or not two_digit or era == "CE":
            raise _era_error(digits, full if len(digits) == 2 and era != "CE" else None)
        return full - BE_OFFSET
    if year in BE_YEARS and era != "CE":
        return year - BE_OFFSET
    if year in CE_YEARS and era != "BE":
        return year
    raise _era_error(digits, _likely_year(year, era))


def _likely_year(year: int, era: Era | None) -> int | None:
    """The year that was probably meant, in the expected era: the other era, or one wrong digit."""
    if year in CE_YEARS:  # a CE year where BE is expected
        return year + BE_OFFSET
    if year in BE_YEARS:
        return year - BE_OFFSET
    for candidate in (2000 + year % 1000, 1000 + year % 1000):
        if candidate in (CE_YEARS if era == "CE" else BE_YEARS):
            return candidate
    return None


def parse_year(text: str | int, *, era: Era | None = None, two_digit: bool = True) -> int:
    """Read a year and return it in CE; the era follows from the value (DATE-R2).

    ``era`` is the era that the column is defined in: a year of the other one is refused with a
    proposal. ``two_digit=False`` refuses two-digit years, as import profiles must (DATE-R3).

    >>> parse_year("๒๕๖๔"), parse_year(2021), parse_year("ปี 67"), parse_year("พ.ศ. 2563")
    (2021, 2021, 2024, 2020)

    Raises UnitError ``IMP-E-ERA`` (with ``details["proposal"]``) or ``IMP-E-DATE``.
    """
    match = _YEAR.fullmatch(_prepared(str(text)))
    if not match:
        raise _date_error(str(text))
    stated = _era_word(match["era"])
    if stated and era and stated != era:
        raise _era_error(match["year"], _likely_year(int(match["year"]), era))
    return _common_year(match["year"], era or stated, two_digit)


# --- Dates ----------------------------------------------------------------------------------

_MONTHS: tuple[tuple[str, str, str, str], ...] = (
    ("มกราคม", "ม.ค.", "January", "Jan"),
    ("กุมภาพันธ์", "ก.พ.", "February", "Feb"),
    ("มีนาคม", "มี.ค.", "March", "Mar"),
    ("เมษายน", "เม.ย.", "April", "Apr"),
    ("พฤษภาคม", "พ.ค.", "May", "May"),
    ("มิถุนายน", "มิ.ย.", "June", "Jun"),
    ("กรกฎาคม", "ก.ค.", "July", "Jul"),
    ("สิงหาคม", "ส.ค.", "August", "Aug"),
    ("กันยายน", "ก.ย.", "September", "Sep"),
    ("ตุลาคม", "ต.ค.", "October", "Oct"),
    ("พฤศจิกายน", "พ.ย.", "November", "Nov"),
    ("ธันวาคม", "ธ.ค.", "December", "Dec"),
)


def _month_key(word: str) -> str:
    return word.replace(".", "").replace(" ", "").lower()


_MONTH_NUMBER = {
    _month_key(word): number for number, words in enumerate(_MONTHS, 1) for word in words
}

_ERA = r"(?P<era>พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|BE|B\.E\.|CE|AD|A\.D\.)?\s*"
_MONTH = r"(?P<month>[^\W\d][^\d\s,/]*?(?:\s?[^\W\d]\.)?)"
_CLOCK = r"\d{1,2}[:.]\d{2}(?::\d{2}(?:\.\d+)?)?"
_TIME = rf"(?:(?:[T ]|,?\s*เวลา\s*)(?P<time>{_CLOCK})\s*(?:น\.?|(?P<utc>Z)|\+07:?00)?)?"
_YEAR = re.compile(rf"(?:ปี(?:งบประมาณ|การศึกษา)?\s*)?{_ERA}(?P<year>\d{{1,5}})", re.IGNORECASE)
_DAY_FORMS = (
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_TIME}"),
    re.compile(rf"(?P<day>\d{{1,2}})([/.-])(?P<month>\d{{1,2}})\2{_ERA}(?P<year>\d{{1,5}}){_TIME}"),
    re.compile(
        rf"(?:วัน[^\d\s]*\s*(?:ที่\s*)?)?(?P<day>\d{{1,2}})\s*{_MONTH},?\s*{_ERA}"
        rf"(?P<year>\d{{1,5}}){_TIME}",
        re.IGNORECASE,
    ),
)


def _prepared(text: str) -> str:
    return arabic_digits(normalise(text))


def _date_error(value: str) -> UnitError:
    return UnitError(
        "IMP-E-DATE",
        Text("อ่านวันที่ “{value}” ไม่ได้", "Date “{value}” cannot be read").format(value=value),
        value=value,
    )


def _era_word(word: str | None) -> Era | None:
    if not word:
        return None
    return "BE" if word[0].upper() in "พB" else "CE"


def _month_number(word: str, source: str) -> int:
    month = int(word) if word.isdigit() else _MONTH_NUMBER.get(_month_key(word), 0)
    if not 1 <= month <= 12:
        raise _date_error(source)
    return month


def parse_time(text: str) -> time:
    """Read a time of a 24-hour day: ``10:45 น.``, ``09.00`` (DATE-R7).

    >>> parse_time("๑๐.๔๕ น.")
    datetime.time(10, 45)

    Raises UnitError ``IMP-E-DATE``.
    """
    match = re.fullmatch(rf"(?:เวลา\s*)?({_CLOCK})\s*(?:น\.?)?", _prepared(text))
    try:
        if match:
            hour, minute, *rest = re.split("[:.]", match[1])
            return time(int(hour), int(minute), int(rest[0]) if rest else 0)
    except ValueError:
        pass
    raise _date_error(text)


def parse_datetime(text: str, *, two_digit: bool = True) -> datetime:
    """Read a day with its time of day, midnight if none is given, in Thai time.

    >>> parse_datetime("22 พฤษภาคม 2568 เวลา 10:45 น.").isoformat()
    '2025-05-22T10:45:00+07:00'

    Raises UnitError ``IMP-E-DATE`` or ``IMP-E-ERA``.
    """
    plain = _prepared(text)
    match = next((m for form in _DAY_FORMS if (m := form.fullmatch(plain))), None)
    if match is None:
        raise _date_error(text)
    found = match.groupdict()
    year = _common_year(found["year"], _era_word(found.get("era")), two_digit)
    month = _month_number(found["month"], text)
    try:
        day = date(year, month, int(found["day"]))
    except ValueError:  # 31 April, 29 February of a common year (DATE-R11)
        raise _date_error(text) from None
    clock = parse_time(found["time"]) if found["time"] else time()
    zone = UTC if found["utc"] else THAI_TIME
    return datetime.combine(day, clock, zone).astimezone(THAI_TIME)


def parse_date(text: str, *, two_digit: bool = True) -> date:
    """Read one day: ``20 พ.ย. 2569``, ``๒๐ พฤศจิกายน ๒๕๖๙``, ``20/11/2569``, ISO (DATE-R4).

    The year may be BE or CE and follows its value; a time of day behind the date is checked and
    dropped. ``two_digit`` as in :func:`parse_year`.

    >>> parse_date("๒๐ พฤศจิกายน พ.ศ. ๒๕๖๙")
    datetime.date(2026, 11, 20)
    >>> parse_date("13 พ.ย. 63") == parse_date("13/11/2563") == parse_date("2020-11-13")
    True

    Raises UnitError ``IMP-E-DATE`` or ``IMP-E-ERA``.
    """
    return parse_datetime(text, two_digit=two_digit).date()


@dataclass(frozen=True, slots=True)
class DateColumn:
    """A column of dates that was read: ``values[i]`` is None where empty or in ``errors``."""

    values: list[date | None]
    errors: dict[int, UnitError]


def parse_dates(column: Iterable[object], *, two_digit: bool = False) -> DateColumn:
    """Read a column of texts, dates and empty cells; one bad cell never stops the others.

    Two-digit years are refused unless asked for: this is the way of import profiles (DATE-R3).

    >>> read = parse_dates(["20/11/2569", None, "01/02/64", "31 เมษายน 2567"])
    >>> read.values[:2], {row: e.code for row, e in read.errors.items()}
    ([datetime.date(2026, 11, 20), None], {2: 'IMP-E-ERA', 3: 'IMP-E-DATE'})
    """
    values: list[date | None] = []
    errors: dict[int, UnitError] = {}
    for row, cell in enumerate(column):
        value: date | None = None
        if (isinstance(cell, str) and not cell.strip()) or pd.isna(cell):  # type: ignore[call-overload]
            pass
        elif isinstance(cell, datetime):
            value = cell.date()
        elif isinstance(cell, date):
            value = cell
        else:
            try:
                value = parse_date(str(cell), two_digit=two_digit)
            except UnitError as error:
                errors[row] = error
        values.append(value)
    return DateColumn(values, errors)


def format_date(
    value: date,
    language: Language = "th",
    *,
    era: Era | None = None,
    digits: Language = "en",
    long: bool = False,
) -> str:
    """Write a date for people: BE in Thai, CE in English unless ``era`` says otherwise.

    ``digits="th"`` writes Thai digits, ``long`` the full name of the month.

    >>> format_date(date(2026, 11, 20)), format_date(date(2026, 11, 20), "en")
    ('20 พ.ย. 2569', '20 Nov 2026')
    >>> format_date(date(2026, 11, 20), digits="th", long=True)
    '๒๐ พฤศจิกายน ๒๕๖๙'
    """
    era = era or ("BE" if language == "th" else "CE")
    month = _MONTHS[value.month - 1][(0 if language == "th" else 2) + (0 if long else 1)]
    text = f"{value.day} {month} {value.year + (BE_OFFSET if era == 'BE' else 0)}"
    return thai_digits(text) if digits == "th" else text
