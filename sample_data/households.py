"""Poor households of the demo, their aid cases and visits: synthetic, no real person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np

from sample_data.demo import Demo
from sample_data.frame import lonlat
from sample_data.registers import province_points
from sample_data.rows import Row, Tables, invented, synthetic
from sample_data.settlements import Settlement

__all__ = ["household_tables", "moment", "uuid4"]

COUNT, VISITS, CASES = 1400, 160, 150
DIMENSIONS = ("health", "living", "education", "income", "public_services")
OCCUPATIONS = (
    "เลี้ยงไก่ไข่", "ปลูกผัก", "เลี้ยงปลา", "ทำขนมพื้นบ้าน", "ผ้าบาติก", "จักสาน", "ค้าขาย",
    "บริการท่องเที่ยว",
)  # fmt: skip
CAUSES = ("รายได้ไม่แน่นอน", "ไม่มีที่ดินทำกิน", "หนี้สิน", "สมาชิกวัยพึ่งพิงมาก", "ขาดทักษะอาชีพ")
STAGES = (
    "candidate", "found_new", "verified", "assessed", "selected", "waiting", "referred", "aided",
    "monitored", "exited",
)  # fmt: skip
STAGE_SHARES = (0.38, 0.05, 0.18, 0.14, 0.07, 0.05, 0.03, 0.05, 0.03, 0.02)
PROVIDERS = (
    (
        "AP-83-01",
        "province",
        "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด",
        ("housing", "state_welfare"),
        ("83",),
        120,
    ),
    ("AP-83-02", "province", "สำนักงานพัฒนาชุมชนจังหวัด", ("occupation",), ("83",), 200),
    (
        "AP-83-03",
        "local",
        "องค์กรปกครองส่วนท้องถิ่นในพื้นที่ อ.เมืองภูเก็ต",
        ("housing", "state_welfare", "education"),
        ("8301",),
        40,
    ),
    (
        "AP-83-04",
        "local",
        "องค์กรปกครองส่วนท้องถิ่นในพื้นที่ อ.ถลาง",
        ("housing", "state_welfare"),
        ("8303",),
        0,
    ),
    ("AP-83-05", "local", "ภาคประชาสังคม", ("education", "occupation"), ("83",), 25),
    ("AP-83-06", "local", "โรงพยาบาลส่งเสริมสุขภาพในพื้นที่", ("health",), ("8301", "8302"), 30),
    (
        "AP-10-01",
        "central",
        "หน่วยงานส่วนกลาง",
        ("housing", "health", "state_welfare", "education", "occupation"),
        ("83",),
        1000,
    ),
)
REGISTERS = (("SAMMA62", 2562), ("SAMMA63", 2563), ("SEP62", 2562), ("SEP63", 2563),
             ("LOWINC62", 2562), ("NEPOOR62", 2562))  # fmt: skip
CAPITAL_ITEMS = (
    "schooling",
    "skills",
    "dependants",
    "house",
    "water_power",
    "income",
    "savings",
    "debt",
    "land",
    "water_source",
    "groups",
    "neighbours",
)
SNAPSHOT_YEARS = (2560, 2561, 2562)
LINE = 38_000
AID_KINDS = {
    "housing": "ซ่อมแซมบ้าน",
    "health": "อุปกรณ์ดูแลผู้ป่วย",
    "state_welfare": "ขึ้นทะเบียนสวัสดิการ",
    "education": "ทุนการศึกษา",
    "occupation": "วัสดุประกอบอาชีพ",
}
AID_STATES = (
    "proposed", "matched", "sent", "accepted", "in_progress", "delivered", "confirmed", "closed",
    "rejected", "cancelled", "duplicate",
)  # fmt: skip
AID_SHARES = (0.12, 0.1, 0.1, 0.1, 0.16, 0.14, 0.12, 0.08, 0.03, 0.03, 0.02)
OUTCOMES = ("met", "no_respondent", "refused", "not_found", "moved_out")


def household_tables(demo: Demo) -> Tables:
    """The rows of households and aid cases, and the visits to households."""
    households = _households(demo)
    return {
        "households": households,
        "aid_cases": _aid_cases(demo, households),
        "visits": _visits(demo, households),
        "aid_providers": _providers(demo),
        "village_targets": _programme_villages(demo, households),
    }


def uuid4(rng: np.random.Generator) -> str:
    """A random UUID that the seed decides."""
    return str(UUID(bytes=rng.bytes(16), version=4))


def moment(day: date, rng: np.random.Generator) -> datetime:
    """A moment in office hours of the day, Thai time, in UTC."""
    minutes = int(rng.integers(0, 7 * 60))
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC) + timedelta(minutes=minutes)


def _households(demo: Demo) -> list[Row]:
    rng = demo.chance("households")
    weights = rng.gamma(2.0, 1.0, len(demo.settlements))
    homes = np.sort(rng.choice(len(demo.settlements), COUNT, p=weights / weights.sum()))
    rows = [
        _household(demo, number, demo.settlements[int(home)], rng)
        for number, home in enumerate(homes, 1)
    ]
    return [row | _situation(row, demo.chance(f"situation {row['household_id']}")) for row in rows]


def _situation(row: Row, rng: np.random.Generator) -> Row:
    """Needs, capitals and earlier years of some of the households."""
    known: Row = {}
    if row["volunteer"] and row["flag_unwilling"]:
        known["volunteer"] = None  # nobody volunteers and is unwilling
    dimensions = [name for name in AID_KINDS if name != "health" and rng.random() < 0.04]
    if dimensions:
        known["aid_needs"] = [
            {"dimension": name, "severity": int(rng.integers(1, 4))} for name in dimensions
        ]
    if rng.random() < 0.05:
        known["health_need"] = True
    if rng.random() < 0.05:
        known["capital_items"] = {
            name: int(rng.integers(0, 21)) * 5 for name in CAPITAL_ITEMS if rng.random() < 0.9
        }
        known["assessed_on"] = date(2020, 3, 1)
    income = row["income_pcpy_bmn"]
    if income is not None and rng.random() < 0.05:
        known["yearly_snapshots"] = [
            {"year_be": year, "poor": bool(income * rng.uniform(0.75, 1.25) < LINE),
             "rule": f"BMN<{LINE}"}
            for year in SNAPSHOT_YEARS if rng.random() < 0.9
        ]  # fmt: skip
    return known


def _providers(demo: Demo) -> list[Row]:
    """Agencies at the middle of what they serve."""
    points = {place.code[:4]: demo.settlements[n] for n, place in enumerate(demo.settlements)}
    rows = []
    for key, level, name, dimensions, area, capacity in PROVIDERS:
        seat = points[area[0] if len(area[0]) == 4 else "8301"]
        rng = demo.chance(f"provider {key}")
        rows.append(
            invented(
                provider_id=key,
                name=name,
                level=level,
                dimensions=list(dimensions),
                service_area=list(area),
                capacity_left=capacity,
                area_code=area[0] if level != "central" else "10",
                as_of=date(2020, 2, 1),
                geometry=province_points()["10"]
                if level == "central"
                else demo.spot(seat, rng, 100, 900),
            )
        )
    return rows


def _programme_villages(demo: Demo, households: list[Row]) -> list[Row]:
    """Villages of earlier programmes with who took part; a few lists are not complete."""
    rng = demo.chance("programme villages")
    members: dict[str, list[str]] = {}
    for row in households:
        members.setdefault(str(row["area_code"]), []).append(str(row["household_id"]))
    places = {place.code: place for place in demo.settlements}
    rows = []
    for programme, year in REGISTERS:
        for code in sorted(members):
            if rng.random() < 0.08:
                loaded = bool(rng.random() < 0.85)
                listed = [one for one in members[code] if rng.random() < 0.3]
                rows.append(
                    synthetic(
                        target_id=f"{programme}-{year}-{code}",
                        area_code=code,
                        programme_code=programme,
                        fiscal_year_be=year,
                        participants=listed if loaded else None,
                        participants_loaded=loaded or None,
                        state="closed",
                        geometry=lonlat(places[code].point),
                    )
                )
    return rows


def _household(demo: Demo, number: int, place: Settlement, rng: np.random.Generator) -> Row:
    income = round(float(np.clip(rng.lognormal(10.75, 0.45), 9000, 180_000)), -2)
    in_tpmap = _told(income < 38_000 or rng.random() < 0.15, 0.04, rng)
    failed = [d for d in DIMENSIONS if rng.random() < (0.35 if d == "income" else 0.15)]
    wanted = rng.random() < 0.4
    return synthetic(
        household_id=f"HH-83-{number:04d}",
        area_code=place.code,
        source_list=["tpmap"] if in_tpmap else [str(rng.choice(["bmn", "bmn", "found_new"]))],
        data_as_of=date(2019, 12, 31),
        household_size=int(np.clip(rng.poisson(3.2), 1, 11)),
        in_tpmap=in_tpmap,
        income_pcpy_tpmap=income if in_tpmap else None,
        income_pcpy_bmn=None if rng.random() < 0.03 else round(income * rng.uniform(0.9, 1.15), -2),
        welfare_card=_told(rng.random() < 0.55, 0.06, rng),
        flag_unwilling=_told(rng.random() < 0.04, 0.03, rng),
        flag_wants_to_move_out=_told(rng.random() < 0.01, 0.03, rng),
        flag_moved_out=bool(rng.random() < 0.012),
        flag_deceased=bool(rng.random() < 0.008),
        flag_elderly=_told(rng.random() < 0.22, 0.03, rng),
        flag_disabled=_told(rng.random() < 0.06, 0.03, rng),
        flag_welfare_only=_told(rng.random() < 0.07, 0.04, rng),
        rehab_member=_told(rng.random() < 0.012, 0.1, rng),
        volunteer=True if rng.random() < 0.3 else None,
        tpmap_dims_failed=failed or None,
        poverty_causes=[str(rng.choice(CAUSES))] if rng.random() < 0.3 else None,
        occupation_wanted=str(rng.choice(OCCUPATIONS)) if wanted else None,
        owns_farmland=_told(rng.random() < 0.28, 0.3, rng),
        stage="not_poor" if income > 100_000 else str(rng.choice(STAGES, p=STAGE_SHARES)),
        consent_state=str(rng.choice(["given", "none", "withdrawn"], p=[0.62, 0.36, 0.02])),
        geometry=demo.spot(place, rng, 40, 420),
    )


def _told(answer: bool, unknown: float, rng: np.random.Generator) -> bool | None:
    """A yes or no that is unknown with this chance; unknown is never read as no."""
    return None if rng.random() < unknown else bool(answer)


def _aid_cases(demo: Demo, households: list[Row]) -> list[Row]:
    rng = demo.chance("aid cases")
    needy = [row for row in households if "aid_needs" in row]
    rows: list[Row] = []
    for number in range(1, CASES + 1):
        if rng.random() < 0.7:
            household = needy[int(rng.integers(len(needy)))]
            dimension = str(household["aid_needs"][0]["dimension"])
        else:
            household = households[int(rng.integers(len(households)))]
            dimension = str(rng.choice(list(AID_KINDS)))
        key, level, provider, *_ = PROVIDERS[int(rng.integers(len(PROVIDERS)))]
        begun = date(2020, 2, 1) + timedelta(days=int(rng.integers(0, 1400)))
        state = str(rng.choice(AID_STATES, p=AID_SHARES))
        over = state in ("delivered", "confirmed", "closed")
        rows.append(
            synthetic(
                case_id=f"AID-83-{number:04d}",
                household_id=household["household_id"],
                area_code=household["area_code"],
                dimension=dimension,
                kind=AID_KINDS[dimension],
                severity=int(rng.integers(1, 4)),
                start_on=begun,
                end_on=begun + timedelta(days=int(rng.integers(20, 200))) if over else None,
                amount_thb=int(rng.integers(2, 60)) * 500,
                state=state,
                provider_id=key,
                provider=provider,
                provider_level=level,
                route=level,
            )
        )
    return rows


def _visits(demo: Demo, households: list[Row]) -> list[Row]:
    rng = demo.chance("household visits")
    rows = []
    for _ in range(VISITS):
        household = households[int(rng.integers(len(households)))]
        day = date(2020, 2, 1) + timedelta(days=int(rng.integers(0, 120)))
        outcome = str(rng.choice(OUTCOMES, p=[0.72, 0.14, 0.04, 0.06, 0.04]))
        met = outcome == "met"
        state = str(rng.choice(["submitted", "verified", "returned"], p=[0.35, 0.6, 0.05]))
        rows.append(
            synthetic(
                visit_id=uuid4(rng),
                kind="household",
                household_id=household["household_id"],
                area_code=household["area_code"],
                planned_on=day - timedelta(days=int(rng.integers(0, 10))),
                visited_at=moment(day, rng),
                gps_accuracy_m=round(float(rng.uniform(3, 25)), 1),
                method="home_visit",
                outcome=[outcome],
                respondent_role=str(rng.choice(["head", "adult_member"])) if met else None,
                causes=[str(rng.choice(CAUSES))] if met else None,
                occupation_suitable=[str(rng.choice(OCCUPATIONS))] if met else None,
                leader_present=bool(rng.random() < 0.5),
                sync_state="stored",
                record_state=state,
                geometry=household["geometry"],
            )
        )
    return rows
