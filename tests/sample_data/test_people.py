"""Households and debtors: enough of every case that the rules tell apart."""

from collections import Counter
from datetime import date

from sample_data import REFERENCE


def day(text):
    return date.fromisoformat(text)


def years_later(start, years):
    try:
        return start.replace(year=start.year + years)
    except ValueError:  # 29 February
        return start.replace(year=start.year + years, day=28)


def debt_class(row):
    """DEBT-R3; a restructuring that runs holds while nothing of it is overdue."""
    if row["outstanding_thb"] == 0:
        return "closed"
    if row.get("measure_state") == "active":
        return "in_default" if row["measure_overdue"] else "normal"
    if day(row["end_date"]) >= REFERENCE:
        return "in_default" if row["overdue_instalments"] else "normal"
    anchor = day(row.get("last_payment_date") or row["first_due_date"])
    return "time_barred" if years_later(anchor, 5) < REFERENCE else "matured"


def test_debtors_are_of_every_class_at_the_reference_day(layers):
    rows = layers["debtors"]
    assert len(rows) == 400
    found = Counter(debt_class(row) for row in rows)
    assert set(found) == {"time_barred", "matured", "in_default", "normal", "closed"}
    assert min(found.values()) >= 10
    assert [r["contract_id"] for r in rows if debt_class(r) != r["debtor_class"]] == []


def test_contract_dates_and_sums_are_possible(layers):
    """Two years of term (PHUKET L2373), new fund since 2560 (PHUKET L2420), no debt over loan."""
    for row in layers["debtors"]:
        start, end = day(row["start_date"]), day(row["end_date"])
        assert years_later(start, 2) == end
        assert row["outstanding_thb"] <= row["principal_thb"]
        assert row["generation"] == ("new" if start.year >= 2017 else "old")
        if "last_payment_date" in row:
            assert start < day(row["last_payment_date"]) < REFERENCE


def test_households_lie_on_both_sides_of_the_poverty_lines(layers):
    """Below 38,000, to 100,000, above (CDD L1604-1606); every flag is also unknown somewhere."""
    rows = layers["households"]
    assert len(rows) == 1400
    incomes = [row["income_pcpy_bmn"] for row in rows if "income_pcpy_bmn" in row]
    below = sum(income < 38_000 for income in incomes)
    above = sum(income > 100_000 for income in incomes)
    assert 300 < below < 900 and 40 < above < 300
    for flag in ("welfare_card", "flag_elderly", "flag_welfare_only", "rehab_member"):
        assert Counter(row.get(flag) for row in rows).keys() == {True, False, None}, flag
    assert all(row.get("income_pcpy_tpmap") is None for row in rows if not row.get("in_tpmap"))


def test_counts_of_funds_visits_and_cases(layers):
    assert len(layers["funds"]) == 40
    assert Counter(row["kind"] for row in layers["visits"]) == {"household": 160, "debtor": 140}
    assert len(layers["aid_cases"]) == 150
