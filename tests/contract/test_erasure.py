"""A person's copy and erasure: complete, also in the past, and for good."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layers import audit, erasure
from layers.erasure import Subject
from layers.errors import NotFound, QueryError
from layers.model import Layer
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store, TileIndex
from tests.contract.specimens import everything, field, write

SECRET = b"a key of this test, long enough to be one"


@pytest.fixture
def held(shared: Store, new_layer: Callable[..., Layer]) -> tuple[Layer, Layer]:
    """Two layers with rows of two households, one of them written twice."""
    from tests.contract.specimens import FIELDS

    fields = (*FIELDS, field("subject_id"))
    first, second = new_layer(fields=fields), new_layer(fields=fields, geometry=None)
    write(shared, first, [{"id": "HH-1", "subject_id": "HH-1", "name": "ก"}])
    write(shared, first, [{"id": "HH-1", "subject_id": "HH-1", "name": "ข"}])
    write(shared, first, [{"id": "HH-2", "subject_id": "HH-2", "name": "ค"}])
    rows = [{"id": f"visit-{n}", "subject_id": f"HH-{n}", "name": "เยี่ยม"} for n in (1, 2)]
    write(shared, second, rows)
    return first, second


def test_a_copy_holds_every_layer_and_who_looked(shared: Store, held: tuple[Layer, Layer]) -> None:
    """PDPA-R7, AUD-R5."""
    first, second = held
    audit.record(shared, "AUD-READ", account="office-1", object=first.id, rows=1, feature="HH-1")
    copy = erasure.export(shared, Subject("subject_id", "HH-1"), by="console")
    assert set(copy["layers"]) >= {first.id, second.id}
    assert copy["layers"][first.id][0]["properties"]["name"] == "ข"
    assert [(one["account"], one["layer"]) for one in copy["read_by"]][:1] == [
        ("office-1", first.id)
    ]


def test_erasure_leaves_nothing_of_the_person_and_all_of_the_others(
    shared: Store, held: tuple[Layer, Layer]
) -> None:
    """PDPA-R9, ERA-R3: rows, earlier states, counted cells; others and totals stay."""
    first, second = held
    done = erasure.erase(shared, Subject("subject_id", "HH-1"), by="console", secret=SECRET)
    assert {first.id: 1, second.id: 1}.items() <= dict(done.deleted).items()
    assert list(everything(shared, first)) == ["HH-2"]
    assert list(everything(shared, second)) == ["visit-2"]
    assert shared.history(first.id, "HH-1", owner_view(first)) == []
    for table in ("history", "sync_changes", "erased", "audit"):
        kept = list(shared.raw(f"SELECT CAST(t AS text) FROM phumi.{table} t"))
        rows = [text for (text,) in kept if first.id in text or second.id in text]
        assert not [text for text in rows if "HH-1" in text and "AUD-READ" not in text], table
    tile = shared.tile(TileIndex(0, 0, 0), [(Query(layer=first.id), owner_view(first))])
    assert tile is not None
    assert audit.verify(shared).whole


def test_what_must_be_kept_is_kept_and_told_with_its_ground(
    shared: Store, held: tuple[Layer, Layer]
) -> None:
    """ERA-R2, ERA-R5, ERA-R6."""
    first, second = held
    audit.record(
        shared, "AUD-EXPORT", account="office-1", object=first.id, recipient="district office"
    )
    done = erasure.erase(
        shared, Subject("subject_id", "HH-2"), by="console", secret=SECRET,
        keep={second.id: "สัญญากู้ยังไม่สิ้นสุด"},
    )  # fmt: skip
    assert second.id not in done.deleted
    assert list(everything(shared, second)) == ["visit-1", "visit-2"]
    answer = done.answer(shared).th
    assert "สัญญากู้ยังไม่สิ้นสุด" in answer
    assert "district office" in answer


def test_the_key_of_an_erased_person_is_known_by_its_keyed_hash_only(
    shared: Store, held: tuple[Layer, Layer]
) -> None:
    """ERA-R4."""
    first, _ = held
    erasure.erase(shared, Subject("subject_id", "HH-1"), by="console", secret=SECRET)
    assert erasure.erased(shared, first, ["HH-1", "HH-2"], SECRET) == {"HH-1"}
    assert erasure.erased(shared, first, ["HH-1"], b"another key") == frozenset()


def test_a_subject_that_is_not_there_is_told(shared: Store, held: tuple[Layer, Layer]) -> None:
    with pytest.raises(NotFound):
        erasure.export(shared, Subject("subject_id", "HH-9"), by="console")
    with pytest.raises(NotFound):
        erasure.erase(shared, Subject("subject_id", "HH-9"), by="console", secret=SECRET)
    with pytest.raises(QueryError):
        erasure.export(shared, Subject("no_such_field", "HH-1"), by="console")
    for text in ("HH-1", "=HH-1", "subject_id="):
        with pytest.raises(QueryError):
            erasure.read_subject(text)
