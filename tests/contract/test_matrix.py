"""Every role, a layer of every class and family, every door: what is seen is what the table says.

``TABLE`` is written out once more from the matrix of privacy.md 11.4, cell by cell, with the W and
V of internal data on public data too. What it means for a row and a field is said here in plain
words, apart from the program.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shapely

from layers.errors import AccessDenied, NotFound, QueryError
from layers.model import Field, Layer, Privacy, Text
from layers.privacy import (
    OWNER,
    PUBLIC,
    Agreement,
    Assignment,
    Grant,
    Person,
    view_of,
)
from layers.query import Query, SortKey, View
from layers.store import Store, TileIndex, open_store
from tests.contract.specimens import parsed, write

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
CLASSES = ("public", "internal", "restricted", "secret")
TABLE: dict[str, dict[str, dict[str, str]]] = {
    "public": {"*": {"public": "R", "internal": "-", "restricted": "A", "secret": "-"}},
    "field_officer": {
        "*": {"public": "R X W", "internal": "R W", "restricted": "R W", "secret": "-"},
        "debtor": {"public": "R X W", "internal": "R W", "restricted": "assigned", "secret": "-"},
    },
    "district_officer": {
        "*": {"public": "R X W V", "internal": "R W V X", "restricted": "R W V", "secret": "R W"}
    },
    "province_officer": {
        "*": {"public": "R X W V", "internal": "R W V X", "restricted": "R W V X", "secret": "R"}
    },
    "analyst": {"*": {"public": "R X", "internal": "R X", "restricted": "M", "secret": "-"}},
    "fund_secretariat": {
        "*": {"public": "R X W", "internal": "R W X", "restricted": "A", "secret": "-"},
        "debtor": {
            "public": "R X W", "internal": "R W X", "restricted": "R W V X", "secret": "R W",
        },
    },
    "university_si": {
        "*": {"public": "R X W", "internal": "R W X", "restricted": "A", "secret": "-"},
        "survey": {"public": "R X W", "internal": "R W X", "restricted": "R W", "secret": "-"},
    },
    "admin": {"*": {"public": "R", "internal": "R", "restricted": "-", "secret": "-"}},
}  # fmt: skip
FAMILY = {"debtors": "debtor", "households": "survey"}
ROWS = ("83010101", "83010102", "83020101")
INSIDE = ("83010101", "83010102")
ASSIGNED = "83010102"


def specimen(layer_id: str, privacy: Privacy) -> Layer:
    """A layer of one class with a field of every class."""
    fields = [Field(name=name, label=Text(name, name)) for name in ("id", "area_code")]
    for of in Privacy:
        name = f"f_{of.name.lower()}"
        fields.append(Field(name=name, label=Text(name, name), privacy=of))
    fields.append(Field(name="day", label=Text("day", "day"), type="date"))
    return Layer(
        id=layer_id, title=Text(layer_id, layer_id), description=Text("", ""), group="user",
        geometry="Point", fields=tuple(fields), key="id", area="area_code", privacy=privacy,
        datetime=("day",), user_made=True,
    )  # fmt: skip


LAYERS = {
    "public": specimen("of_public", Privacy.PUBLIC),
    "internal": specimen("of_internal", Privacy.INTERNAL),
    "restricted": specimen("of_restricted", Privacy.RESTRICTED),
    "secret": specimen("of_secret", Privacy.SECRET),
    "debtors": specimen("debtors", Privacy.RESTRICTED),
    "households": specimen("households", Privacy.RESTRICTED),
}
KEYS = [f"key-{area}" for area in ROWS]


def token(area: str, of: str) -> str:
    """What stands in a field of a class in the row of an area, and nowhere else."""
    return f"tok-{area}-{of}"


@pytest.fixture(scope="module", params=["duckdb", "postgis"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """All the layers, each row written twice."""
    if request.param == "duckdb":
        url = f"duckdb:///{tmp_path_factory.mktemp('matrix')}/work.duckdb"
    else:
        url = request.getfixturevalue("new_database")()
    store = open_store(url)
    for layer in LAYERS.values():
        store.ensure(layer)
        for day in ("2026-01-01", "2026-01-02"):
            write(store, layer, [row(area, day) for area in ROWS])
    yield store
    store.close()


def row(area: str, day: str) -> dict[str, Any]:
    told = {f"f_{of}": token(area, of) for of in CLASSES}
    place = shapely.Point(98.3 + ROWS.index(area) / 100, 8.0)
    return {"id": f"key-{area}", "area_code": area, **told, "day": day, "geometry": place}


@pytest.fixture(autouse=True)
def masking_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key that masked rows are made with."""
    monkeypatch.setenv("PHUMI_JITTER_KEY", "phumi-test-key")


def person(role: str) -> Person:
    """Somebody of the role in district 8301 who lacks nothing else."""
    if role == "public":
        return PUBLIC
    if role == "owner":
        return OWNER
    return Person(
        account=role,
        grants=(Grant(role=role, prefix="8301"),),  # type: ignore[arg-type]
        purpose="planning",
        agreements=(
            Agreement(layers=frozenset(one.id for one in LAYERS.values()), valid_to=NOW.date()),
        ),
        assignments=(Assignment(layer="debtors", keys=(f"key-{ASSIGNED}",), valid_to=NOW.date()),),
    )


def cell(role: str, layer: Layer, of: str) -> str:
    """The cell of the table that speaks of data of a class in a layer."""
    families = TABLE[role]
    return families.get(FAMILY.get(layer.id, "*"), families["*"])[of]


def reads(role: str, layer: Layer, of: str, area: str) -> bool:
    """Whether the table lets the role read data of a class in the row of an area."""
    if role == "owner" or of == "public":
        return True
    told = cell(role, layer, of)
    if told == "assigned":
        return area == ASSIGNED
    return "R" in told.split() and area in INSIDE


def masked(role: str, layer: Layer) -> bool:
    """Whether the role gets masked rows."""
    return role != "owner" and cell(role, layer, layer.privacy.name.lower()) == "M"


def seen(role: str, layer: Layer) -> set[str]:
    """The areas whose rows come out."""
    if masked(role, layer):
        return set(INSIDE)
    return {area for area in ROWS if reads(role, layer, layer.privacy.name.lower(), area)}


def tokens(role: str, layer: Layer) -> set[str]:
    """All that comes out of the fields with a class."""
    if masked(role, layer):
        return set()  # free texts do not come with masked rows
    least = CLASSES.index(layer.privacy.name.lower())
    return {
        token(area, of)
        for area in seen(role, layer)
        for number, of in enumerate(CLASSES)
        if number <= least or reads(role, layer, of, area)
    }


Door = Callable[[Store, Query, View], Any]


def _single(store: Store, query: Query, view: View) -> str:
    found = []
    for key in KEYS:
        try:
            found.append(store.feature(key, query, view).text)
        except NotFound:
            continue
    return "".join(found)


TEXT_DOORS: dict[str, Door] = {
    "features": lambda store, query, view: store.features(query, view).features,
    "feature": _single,
    "read": lambda store, query, view: store.read(query, view).to_csv(),
    "stream": lambda store, query, view: str(list(store.stream(query, view))),
    "batches": lambda store, query, view: str([b.to_pylist() for b in store.batches(query, view)]),
    "tile": lambda store, query, view: str(store.tile(TileIndex(0, 0, 0), [(query, view)]).data),
    "history": lambda store, query, view: str(
        [store.history(query.layer, key, view) for key in KEYS]
    ),
}
MANY = pytest.mark.parametrize(
    ("role", "layer_id"), [(role, name) for role in (*TABLE, "owner") for name in LAYERS]
)


def asked(role: str, layer: Layer) -> tuple[Query, View]:
    """Everything that the role may see of the layer."""
    return Query(layer=layer.id, limit=None), view_of(person(role), layer, now=NOW)


@MANY
@pytest.mark.parametrize("door", TEXT_DOORS)
def test_what_comes_out_is_exactly_what_the_table_allows(
    filled: Store, role: str, layer_id: str, door: str
) -> None:
    """PRIV-R1: rows and values, of every role, layer and door."""
    layer = LAYERS[layer_id]
    query, view = asked(role, layer)
    if not seen(role, layer):
        with pytest.raises(AccessDenied):  # a whole layer without rights
            TEXT_DOORS[door](filled, query, view)
        return
    text = TEXT_DOORS[door](filled, query, view)
    found = {token(area, of) for area in ROWS for of in CLASSES if token(area, of) in text}
    assert found == tokens(role, layer)
    if door != "history":
        hidden = {of for of in CLASSES if not any(of in one for one in found)}
        named = {of for of in CLASSES if f"f_{of}" in text}
        assert not named & hidden, "a hidden field is left out, not returned empty"
    keys = {area for area in ROWS if f"key-{area}" in text}
    assert keys == (set() if masked(role, layer) else seen(role, layer))


@MANY
def test_numbers_and_boxes_tell_of_visible_rows_only(
    filled: Store, role: str, layer_id: str
) -> None:
    layer = LAYERS[layer_id]
    query, view = asked(role, layer)
    areas = seen(role, layer)
    if not areas:
        assert view.aggregates_only
        for call in (
            lambda: filled.count(query, view),
            lambda: filled.tally(layer.id, view, 8),
        ):
            with pytest.raises(AccessDenied):
                call()
        assert filled.extent(layer.id, view) is None
        assert filled.times(layer.id, view) is None
        return
    assert filled.count(query, view) == len(areas)
    assert {(one.area, one.rows) for one in filled.tally(layer.id, view, 8)} == {
        (area, 1) for area in areas
    }
    times = filled.times(layer.id, view)
    assert times is not None and times.end == "2026-01-02"
    box = filled.extent(layer.id, view)
    if masked(role, layer):
        assert box is None  # these villages have no centre, so nobody has an approximate place
    else:
        places = [98.3 + ROWS.index(area) / 100 for area in areas]
        assert box is not None
        assert (box[0], box[2]) == pytest.approx((min(places), max(places)))


@MANY
@pytest.mark.parametrize("of", CLASSES)
def test_filter_order_and_groups_know_visible_values_only(
    filled: Store, role: str, layer_id: str, of: str
) -> None:
    """PRIV-R1: nothing of a hidden value shows in which rows match, nor in their order."""
    layer, name = LAYERS[layer_id], f"f_{of}"
    _, view = asked(role, layer)
    if not seen(role, layer):
        return  # no row comes out at all: see above
    shown = {area for area in ROWS if token(area, of) in tokens(role, layer)}
    for area in ROWS:
        tree = {"op": "=", "args": [{"property": name}, token(area, of)]}
        query = Query(layer=layer.id, limit=None, filter=tree)
        if not shown:
            with pytest.raises(QueryError) as refused:
                filled.count(query, view)
            assert refused.value.code == "field_unknown"
        else:
            assert filled.count(query, view) == int(area in shown)
    query = Query(layer=layer.id, limit=None, sort=(SortKey(name, True),))
    if not shown:
        with pytest.raises(QueryError):
            filled.features(query, view)
        with pytest.raises(QueryError):
            filled.tally(layer.id, view, 2, group=name)
        return
    order = [one["properties"].get(name) for one in parsed(filled.features(query, view))]
    told = [value for value in order if value is not None]
    assert told == sorted((token(area, of) for area in shown), reverse=True)
    assert order == told + [None] * (len(seen(role, layer)) - len(told))
    groups = {one.group for one in filled.tally(layer.id, view, 2, group=name)}
    assert groups - {None} == {token(area, of) for area in shown}


def test_the_table_here_is_that_of_the_program() -> None:
    from layers.privacy import MATRIX, ROLES, rights

    letters = {"-": "", "assigned": "rw"}
    assert set(TABLE) == set(MATRIX) == set(ROLES)
    for role, families in TABLE.items():
        for family in ("other", "debtor", "survey"):
            told = families.get(family, families["*"])
            for of, cell_ in told.items():
                plain = letters.get(cell_, cell_.replace(" ", ""))
                found = rights(role, Privacy[of.upper()], family)  # type: ignore[arg-type]
                wanted = "MX" if plain == "M" else plain  # X of masked rows on approval
                assert set(found) == set(wanted)


@MANY
def test_an_export_takes_the_right_to_it_and_carries_no_secret(
    filled: Store, role: str, layer_id: str
) -> None:
    """PRIV-R14: what is taken away is no more than what may be read, and less without X."""
    layer = LAYERS[layer_id]
    if role == "owner":
        return
    read = view_of(person(role), layer, now=NOW)
    view = view_of(person(role), layer, now=NOW, door="export")
    assert view.fields <= read.fields
    of = layer.privacy.name.lower()
    told = "X" if of == "public" or masked(role, layer) else cell(role, layer, of)
    if "X" not in told.split() or of == "secret":
        assert view.aggregates_only
        return
    assert "f_secret" not in view.fields
    query = Query(layer=layer.id, limit=None)
    assert filled.count(query, view) == filled.count(query, read)
    if of == "public":
        exported = {n for n in ("internal", "restricted") if f"f_{n}" in view.fields}
        assert exported == {
            n for n in ("internal", "restricted") if "X" in cell(role, layer, n).split()
        } - ({"restricted"} if role == "analyst" else set())


def test_the_store_of_this_test_is_not_empty(filled: Store) -> None:
    for layer in LAYERS.values():
        page = filled.features(Query(layer=layer.id), view_of(OWNER, layer))
        assert json.loads(f"[{page.features}]")
