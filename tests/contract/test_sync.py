"""Devices that were out of reach: every change is applied once, or kept for a person."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from layers import audit, sync
from layers.errors import Conflict, Invalid
from layers.model import Layer, Privacy
from layers.privacy import OWNER, Grant, Person
from layers.store import Store
from layers.sync import Change, bring
from tests.contract.specimens import everything

MOMENT = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
FIELDS = ("name", "count", "open")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from([None, "ก", "ข", "ค"]),
    "count": st.sampled_from([None, 0, 1, 2]),
    "open": st.sampled_from([None, True, False]),
}


def change(layer: Layer, feature: str, base: int | None, **values: Any) -> Change:
    operation = values.pop("operation", "update" if base is not None else "create")
    return Change(
        id=str(uuid.uuid4()), device="tablet", layer=layer.id, feature=feature,
        operation=operation, base_version=base, values=values, made_at=MOMENT,
    )  # fmt: skip


class Field(RuleBasedStateMachine):
    """Some devices with copies of their own, and a plain account of what must come out."""

    store: Store
    new_layer: Callable[..., Layer]

    def __init__(self) -> None:
        super().__init__()
        self.layer = self.new_layer()
        self.snapshots: dict[int, dict[str, Any]] = {}  # every state there was, by row version
        self.now = 0
        self.copies: list[tuple[int, dict[str, Any]]] = []
        self.waiting: list[list[Change]] = [[], [], []]
        self.sent: dict[str, tuple[Change, sync.Outcome]] = {}

    @initialize()
    def begin(self) -> None:
        first = change(self.layer, "k", None, name="ก", count=0)
        done = bring(self.store, OWNER, first)
        assert done.state == "applied"
        self.remember(done.version, {"name": "ก", "count": 0, "open": None})
        self.copies = [(self.now, dict(self.snapshots[self.now]))] * 3
        self.sent[first.id] = (first, done)

    def remember(self, version: int | None, state: dict[str, Any]) -> None:
        assert version is not None
        self.now = version
        self.snapshots[version] = state

    @rule(device=st.integers(0, 2), data=st.data())
    def edit(self, device: int, data: st.DataObject) -> None:
        names = data.draw(st.lists(st.sampled_from(FIELDS), min_size=1, unique=True))
        values = {name: data.draw(VALUES[name]) for name in names}
        self.waiting[device].append(change(self.layer, "k", self.copies[device][0], **values))

    @rule(device=st.integers(0, 2), number=st.integers(1, 3))
    def send(self, device: int, number: int) -> None:
        """The device comes into reach and sends some of what waits, in order."""
        for one in self.waiting[device][:number]:
            base, now = self.snapshots[one.base_version or 0], self.snapshots[self.now]
            collided = {n for n, v in one.values.items() if v != now[n] and base[n] != now[n]}
            after = {**now, **{n: v for n, v in one.values.items() if n not in collided}}
            done = bring(self.store, OWNER, one)
            assert set(done.conflicts) == collided
            assert done.state == ("conflict" if collided else "applied")
            if after != now:
                assert done.version is not None
                assert done.version > self.now
                self.remember(done.version, after)
            self.sent[one.id] = (one, done)
        del self.waiting[device][:number]

    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """The answer was lost on the way: the device sends what was applied already."""
        one, done = self.sent[data.draw(st.sampled_from(sorted(self.sent)))]
        assert bring(self.store, OWNER, one) == done

    @rule(device=st.integers(0, 2))
    def fetch(self, device: int) -> None:
        self.copies[device] = (self.now, dict(self.snapshots[self.now]))

    @invariant()
    def the_row_is_what_the_account_says(self) -> None:
        if self.now:
            row = everything(self.store, self.layer)["k"]["properties"]
            assert {name: row[name] for name in FIELDS} == self.snapshots[self.now]

    @invariant()
    def every_change_is_kept_once(self) -> None:
        sql = "SELECT id, state FROM phumi.sync_changes WHERE layer = ?"
        kept = sorted(self.store.raw(sql, (self.layer.id,)))
        assert kept == sorted((key, done.state) for key, (_, done) in self.sent.items())


def test_whatever_devices_send_in_whatever_order_nothing_is_lost_or_applied_twice(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    machine = type("Machine", (Field,), {"store": shared, "new_layer": staticmethod(new_layer)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_same_change_from_many_requests_at_once_is_applied_once(
    shared: Store, layer: Layer
) -> None:
    one = change(layer, "k", None, name="ก")
    done: list[sync.Outcome] = []
    threads = [
        threading.Thread(target=lambda: done.append(bring(shared, OWNER, one))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 6
    assert {outcome.state for outcome in done} == {"applied"}
    assert len({outcome.version for outcome in done}) == 1


def test_changes_of_many_devices_at_once_to_different_fields_all_arrive(
    shared: Store, layer: Layer
) -> None:
    made = bring(shared, OWNER, change(layer, "k", None, name="ก"))
    values: list[dict[str, Any]] = [{"name": "ข"}, {"count": 7}, {"open": True}, {"size": 2.5}]
    changes = [change(layer, "k", made.version, **one) for one in values]
    threads = [threading.Thread(target=bring, args=(shared, OWNER, one)) for one in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = everything(shared, layer)["k"]["properties"]
    assert {**row, **{k: v for one in values for k, v in one.items()}} == row


def test_a_row_that_was_removed_or_made_by_another_is_a_conflict_as_a_whole(
    shared: Store, layer: Layer
) -> None:
    made = bring(shared, OWNER, change(layer, "k", None, name="ก"))
    twice = bring(shared, OWNER, change(layer, "k", None, name="ข"))
    assert (twice.state, twice.conflicts) == ("conflict", ("*",))
    moved = bring(shared, OWNER, change(layer, "k", made.version, count=1))
    late = bring(shared, OWNER, change(layer, "k", made.version, operation="delete"))
    assert late.state == "conflict"
    gone = bring(shared, OWNER, change(layer, "k", moved.version, operation="delete"))
    assert gone.state == "applied"
    after = bring(shared, OWNER, change(layer, "k", moved.version, count=2))
    assert (after.state, after.conflicts) == ("conflict", ("*",))
    assert everything(shared, layer) == {}


def test_a_conflict_waits_until_a_person_settles_it(shared: Store, layer: Layer) -> None:
    made = bring(shared, OWNER, change(layer, "k", None, name="ก", count=0))
    bring(shared, OWNER, change(layer, "k", made.version, name="ข", count=1))
    late = change(layer, "k", made.version, name="ค", count=2, open=True)
    done = bring(shared, OWNER, late)
    assert done.conflicts == ("count", "name")
    waiting = sync.conflicts(shared, layer.id)
    assert [one["id"] for one in waiting] == [late.id]
    assert waiting[0]["change"]["values"] == {"name": "ค", "count": 2, "open": True}
    sync.settle(shared, OWNER, late.id, ["name"])
    row = everything(shared, layer)["k"]["properties"]
    assert (row["name"], row["count"], row["open"]) == ("ค", 1, True)
    assert sync.conflicts(shared, layer.id) == []
    events = audit.entries(shared, event="AUD-CONFLICT", object=layer.id)
    assert [e.detail["action"] for e in events] == ["settled", "kept"]


def test_what_rules_or_rights_refuse_is_kept_with_the_reason(
    shared: Store, new_layer: Callable[..., Layer]
) -> None:
    layer = new_layer(privacy=Privacy.INTERNAL)
    officer = Person(account="thalang", grants=(Grant(role="district_officer", prefix="8303"),))
    made = bring(shared, officer, change(layer, "k", None, name="ก", area_code="83030101"))
    assert made.state == "applied"
    wrong = bring(shared, officer, change(layer, "k", made.version, count="many"))
    assert (wrong.state, wrong.violations[0]["rule"]) == ("refused", "IMP-E-TYPE")
    away = bring(shared, officer, change(layer, "k", made.version, area_code="81010101"))
    assert (away.state, away.violations[0]["rule"]) == ("refused", "AUTH-E-SCOPE")
    assert everything(shared, layer)["k"]["properties"]["area_code"] == "83030101"


def test_changes_come_in_order(shared: Store, layer: Layer) -> None:
    first = change(layer, "k", None, name="ก")
    second = Change(
        id=str(uuid.uuid4()), device="tablet", layer=layer.id, feature="k", operation="update",
        base_version=1, values={"count": 1}, made_at=MOMENT, after=first.id,
    )  # fmt: skip
    with pytest.raises(Conflict) as caught:
        bring(shared, OWNER, second)
    assert caught.value.code == "sync_gap"
    bring(shared, OWNER, first)
    assert bring(shared, OWNER, second).state == "applied"


def test_an_id_of_another_account_tells_nothing(shared: Store, layer: Layer) -> None:
    one = change(layer, "k", None, name="ก")
    bring(shared, OWNER, one)
    with pytest.raises(Conflict) as caught:
        bring(shared, Person(account="other", owner=True), one)
    assert caught.value.code == "sync_id_taken"


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "x"},
        {"operation": "merge"},
        {"made_at": "yesterday"},
        {"made_at": "2026-01-05T09:00:00"},
        {"base_version": "new"},
        {"properties": [1]},
        {"feature": "a\x00b"},
        {"after": "x"},
    ],
    ids=["id", "operation", "time", "zone", "version", "properties", "nul", "after"],
)
def test_a_change_of_another_form_is_refused(wrong: dict[str, Any]) -> None:
    good = {
        "id": str(uuid.uuid4()), "collection": "things", "feature": "k", "operation": "update",
        "base_version": 1, "properties": {"name": "ก"}, "made_at": "2026-01-05T09:00:00+07:00",
    }  # fmt: skip
    assert sync.read_change(good, "tablet").values == {"name": "ก"}
    with pytest.raises(Invalid):
        sync.read_change({**good, **wrong}, "tablet")
