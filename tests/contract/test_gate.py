"""The gate between readers and the one commit that nobody may read beside."""

from __future__ import annotations

import threading
import time

from layers.store.gate import Gate


def test_a_commit_waits_for_readers_and_readers_for_the_commit() -> None:
    gate, order = Gate(), []
    inside, asked = threading.Event(), threading.Event()

    def reader() -> None:
        with gate.reading():
            inside.set()
            asked.wait(5)
            time.sleep(0.05)
            order.append("reader")

    def later() -> None:
        with gate.reading():
            order.append("later")

    first = threading.Thread(target=reader)
    first.start()
    inside.wait(5)
    second = threading.Thread(target=later)

    def committer() -> None:
        with gate.quiet(5):
            second.start()
            time.sleep(0.05)
            order.append("commit")

    writer = threading.Thread(target=committer)
    writer.start()
    asked.set()
    for thread in (first, writer):
        thread.join(5)
    second.join(5)
    assert order == ["reader", "commit", "later"]


def test_a_commit_does_not_wait_for_ever() -> None:
    gate = Gate()
    done = threading.Event()

    def committer() -> None:
        with gate.quiet(0.05):
            done.set()

    with gate.reading():
        writer = threading.Thread(target=committer)
        writer.start()
        assert done.wait(5)
    writer.join(5)


def test_a_reader_that_reads_again_and_writes_does_not_wait_for_itself() -> None:
    gate = Gate()
    with gate.reading(), gate.reading(), gate.quiet(60):
        pass
    with gate.quiet(60):
        pass
