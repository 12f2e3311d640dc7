"""Thai digits, numbers, years and dates are read and written as the register rules say."""

import unicodedata
from datetime import date, datetime, time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import UnitError
from geo.periods import fiscal_quarter, fiscal_year, parse_period, parse_times
from geo.thai import (
    arabic_digits,
    format_date,
    normalise,
    parse_date,
    parse_dates,
    parse_datetime,
    parse_number,
    parse_year,
    thai_digits,
)

DAYS = {
    "DATE-T1": ("๓ ธันวาคม ๒๕๖๓", date(2020, 12, 3)),
    "DATE-T5": ("11/10/2565", date(2022, 10, 11)),
    "DATE-T6": ("29/09/2567", date(2024, 9, 29)),
    "DATE-T7": ("13 พ.ย. 63", date(2020, 11, 13)),
    "DATE-T8": ("13 ก.ค.2552", date(2009, 7, 13)),
    "DATE-T14": ("15 กันยายน 2563", date(2020, 9, 15)),
    "DATE-T15": ("29 กุมภาพันธ์ 2567", date(2024, 2, 29)),
    "era word": ("31 มีนาคม พ.ศ. 2566", date(2023, 3, 31)),
    "DATE-R4": ("30 กรกฎาคม ๒๕๖๔", date(2021, 7, 30)),
    "office form": ("20 พ.ย. 2569", date(2026, 11, 20)),
    "CE in slashes": ("20/11/2026", date(2026, 11, 20)),
    "ISO": ("2026-11-20", date(2026, 11, 20)),
    "ISO of a spreadsheet": ("2026-11-20 00:00:00", date(2026, 11, 20)),
    "ISO in UTC, next day in Thailand": ("2026-11-20T18:00:00Z", date(2026, 11, 21)),
    "ISO BE": ("2569-11-20", date(2026, 11, 20)),
    "English": ("20 November 2026", date(2026, 11, 20)),
    "weekday": ("วันศุกร์ที่ ๒๐ พฤศจิกายน พ.ศ. ๒๕๖๙", date(2026, 11, 20)),
}


@pytest.mark.parametrize(("text", "day"), DAYS.values(), ids=DAYS)
def test_a_date_is_read_in_every_accepted_form(text, day):
    assert parse_date(text) == day


def test_the_third_of_december_2563_is_a_thursday():
    assert parse_date("๓ ธันวาคม ๒๕๖๓").strftime("%A") == "Thursday"


BAD_DAYS = {
    "DATE-T16": ("29 กุมภาพันธ์ 2566", "IMP-E-DATE"),
    "DATE-R11": ("31 เมษายน 2567", "IMP-E-DATE"),
    "month 13": ("01/13/2567", "IMP-E-DATE"),
    "no month": ("20 ฟู 2567", "IMP-E-DATE"),
    "time 25": ("2026-11-20 25:00", "IMP-E-DATE"),
    "empty": ("", "IMP-E-DATE"),
    "era": ("20/11/1564", "IMP-E-ERA"),
    "era word against value": ("20 พ.ย. พ.ศ. 2021", "IMP-E-ERA"),
}


@pytest.mark.parametrize(("text", "code"), BAD_DAYS.values(), ids=BAD_DAYS)
def test_an_impossible_date_is_refused(text, code):
    with pytest.raises(UnitError) as error:
        parse_date(text)
    assert error.value.code == code


def test_a_two_digit_year_is_refused_in_columns_with_a_proposal():
    with pytest.raises(UnitError) as error:
        parse_date("01/02/64", two_digit=False)
    assert error.value.code == "IMP-E-ERA"
    assert error.value.details["proposal"] == 2564
    assert "2564" in error.value.text.th


YEARS = {
    "DATE-T17": ("2021", None, 2021),
    "DATE-T18": ("2564", None, 2021),
    "DATE-R3": ("ปี 67", None, 2024),
    "BE column": ("2563", "BE", 2020),
    "edges of BE": ("2400", None, 1857),
    "edges of CE": ("2100", None, 2100),
}


@pytest.mark.parametrize(("text", "era", "year"), YEARS.values(), ids=YEARS)
def test_the_era_follows_from_the_value(text, era, year):
    assert parse_year(text, era=era) == year


BAD_YEARS = {
    "DATE-T19": ("1564", None, 2564),
    "reg_year of IMP-OTOP": ("2019", "BE", 2562),
    "fiscal_year of IMP-BPM": ("2020", "BE", 2563),
    "BE in a CE column": ("2563", "CE", 2020),
    "between the eras": ("2399", None, None),
}


@pytest.mark.parametrize(("text", "era", "proposal"), BAD_YEARS.values(), ids=BAD_YEARS)
def test_a_year_of_no_era_is_refused_with_a_proposal_where_there_is_one(text, era, proposal):
    with pytest.raises(UnitError) as error:
        parse_year(text, era=era)
    assert error.value.code == "IMP-E-ERA"
    assert error.value.details["proposal"] == proposal


PERIODS = {
    "DATE-T2": ("๑๘ - ๒๒ ธันวาคม ๒๕๖๔", "2021-12-18", "2021-12-22", "day", 1),
    "DATE-T3": ("กุมภาพันธ์ ๒๕๖๔ - มกราคม ๒๕๖๕", "2021-02-01", "2022-01-31", "month", 12),
    "DATE-T4": ("มกราคม ๒๕๖๓ - กุมภาพันธ์ ๒๕๖๔", "2020-01-01", "2021-02-28", "month", 14),
    "DATE-T9": ("๒๕๖๑ - ๒๕๖๓", "2018-01-01", "2020-12-31", "year", 36),
    "DATE-T10": ("มีนาคม 2568", "2025-03-01", "2025-03-31", "month", 1),
    "DATE-T11": ("ปีงบประมาณ พ.ศ. 2563", "2019-10-01", "2020-09-30", "fiscal_year", 12),
    "DATE-R4 ม.ค.": ("ม.ค. 2564", "2021-01-01", "2021-01-31", "month", 1),
    "DATE-R4 year": ("ปี 2568", "2025-01-01", "2025-12-31", "year", 12),
    "one day": ("20/11/2569", "2026-11-20", "2026-11-20", "day", 1),
    "days across months": (
        "28 ธ.ค. 2563 ถึง 3 ม.ค. 2564", "2020-12-28", "2021-01-03", "day", 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "start", "end", "precision", "months"), PERIODS.values(), ids=PERIODS
)
def test_a_period_is_read_with_its_precision(text, start, end, precision, months):
    period = parse_period(text)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert (period.precision, period.months) == (precision, months)


@pytest.mark.parametrize("text", ["", "เร็ว ๆ นี้", "22 - 18 ธันวาคม 2564", "2565 - 2563"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(UnitError) as error:
        parse_period(text)
    assert error.value.code == "IMP-E-DATE"


def test_a_period_in_no_era_says_so():
    with pytest.raises(UnitError) as error:
        parse_period("มีนาคม 1568")
    assert error.value.code == "IMP-E-ERA"


QUARTERS = {
    "DATE-T12": ("ธันวาคม 2562", 2563, 1),
    "DATE-T13": ("ตุลาคม 2563", 2564, 1),
    "DATE-T14": ("15 กันยายน 2563", 2563, 4),
    "DATE-R6": ("มกราคม 2563", 2563, 2),
}


@pytest.mark.parametrize(("text", "year", "quarter"), QUARTERS.values(), ids=QUARTERS)
def test_a_day_lies_in_a_fiscal_year_and_quarter(text, year, quarter):
    assert fiscal_quarter(parse_period(text).start) == (year, quarter)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_lies_in_its_fiscal_year(day):
    year = fiscal_year(fiscal_quarter(day).year_be)
    assert year.start <= day <= year.end


def test_date_t20_times_take_point_and_colon():
    assert parse_times("09.00-09.30 น.") == (time(9), time(9, 30))
    assert parse_times("10:45 น.") == (time(10, 45),)
    with pytest.raises(UnitError):
        parse_times("24.30 น.")


def test_date_t21_a_day_with_its_time_is_thai_time():
    moment = parse_datetime("22 พฤษภาคม 2568 เวลา 10:45 น.")
    assert moment.isoformat() == "2025-05-22T10:45:00+07:00"


WRITING = st.fixed_dictionaries(
    {
        "language": st.sampled_from(["th", "en"]),
        "era": st.sampled_from([None, "BE", "CE"]),
        "digits": st.sampled_from(["th", "en"]),
        "long": st.booleans(),
    }
)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), WRITING)
def test_every_written_date_reads_back(day, writing):
    assert parse_date(format_date(day, **writing)) == day


def test_a_column_of_dates_keeps_what_it_can_read():
    column = [date(2026, 11, 20), datetime(2026, 11, 20, 9), pd.NaT, pd.NA, " ", "x", "1/2/2563"]
    read = parse_dates(column)
    day = date(2026, 11, 20)
    assert read.values == [day, day, None, None, None, None, date(2020, 2, 1)]
    assert {row: error.code for row, error in read.errors.items()} == {5: "IMP-E-DATE"}


@given(st.text())
def test_thai_digits_come_back_as_arabic_digits(text):
    assert arabic_digits(thai_digits(text)) == arabic_digits(text)


NUMBERS = {"NUM-T1": ("๑,๔๐๗,๕๓๔", 1407534), "NUM-T3": ("๑,๓๗๐", 1370), "NUM-T19": ("0.00", 0)}


@pytest.mark.parametrize(("text", "number"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_is_read_in_both_kinds_of_digits(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["1,23", "", "-", "5,17", "1,2345", "๑๒ ๓"])
def test_num_t21_a_broken_number_is_refused(text):
    with pytest.raises(UnitError) as error:
        parse_number(text)
    assert error.value.code == "IMP-E-TYPE"


def test_num_t23_both_kinds_of_digits_may_mix():
    assert parse_number("๑๔๔,663") == 144663


CLEANED = {
    "NUM-T22": ("สํารวจ", "สำรวจ"),
    "NUM-T25": ("<p>Day One  ก่อนดำเนินการ</p>", "Day One ก่อนดำเนินการ"),
    "TXT-R1 zero width": ("โคก\u200bหนอง\u00a0นา", "โคกหนอง นา"),
    "TXT-R1 markdown": ("**หมายเหตุ** ", "หมายเหตุ"),
    "a dash is a value": (" - ", "-"),
}


@pytest.mark.parametrize(("text", "clean"), CLEANED.values(), ids=CLEANED)
def test_txt_r1_a_text_is_normalised(text, clean):
    assert normalise(text) == clean
    assert normalise(normalise(text)) == clean


def test_invisible_characters_do_not_keep_letters_and_marks_apart() -> None:
    """TXT-R1: what comes out is NFC."""
    found = normalise("e\u200b\u0301 \u0e4d\u200b\u0e32")
    assert found == unicodedata.normalize("NFC", found) == "\u00e9 \u0e33"
