"""Filters as text: what is read, what is refused, and that no text ends the process."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any

import pytest

from layers.errors import QueryError
from layers.filter_text import MAX_NESTING, MAX_OPERATORS, MAX_TEXT, parse_filter

N = MAX_OPERATORS
# The most that the limits let through, each of a kind that the parser descends into.
DEEP = {
    "comparisons": "a" + "<a" * (N - 1),
    "equalities": "a" + " = a" * (N - 1),
    "likes": "a" + " like a" * (N - 1),
    "not likes": "a" + " not like a" * (N // 2 - 1),
    "sums": "a" + "+a" * (N - 2) + "=1",
    "powers": "a" + "^a" * (N - 2) + "=1",
    "nots": "not " * (N - 1) + "a=1",
    "signs": "a = " + "- " * (N - 2) + "1",
    "brackets": "(" * MAX_NESTING + "a=1" + ")" * MAX_NESTING,
    "brackets and nots": ("not " * 19 + "(") * 49 + "a=1" + ")" * 49,
    "brackets and signs": "a=" + ("- " * 19 + "(") * 49 + "1" + ")" * 49,
    "functions": "f(" * MAX_NESTING + "a" + ")" * MAX_NESTING + " = 1",
    "logic": " and ".join(["a=1"] * (N // 2)),
    "brackets and comparisons": ("(" + "a<" * 19) * MAX_NESTING + "a" + ")" * MAX_NESTING,
}
# What ended the process before there were limits.
REFUSED = {
    "comparisons": "a" + "<a" * 30_000,
    "likes": "a" + " like a" * 9_000,
    "not in": "a" + " not in (1)" * 8_000,
    "brackets": "(" * 3_000 + "a=1" + ")" * 3_000,
    "nots": "not " * 20_000 + "a=1",
    "signs": "a = " + "-" * 50_000 + "1",
    "brackets in JSON": '{"op":"not","args":[' * 5_000 + "true" + "]}" * 5_000,
    "long": "a = '" + "x" * MAX_TEXT + "'",
}


@pytest.mark.parametrize("name", DEEP)
def test_what_the_limits_let_through_is_read_in_a_thread_with_a_small_stack(name: str) -> None:
    """In a process of its own, which a fault would end."""
    program = f"""
        import threading
        from layers.filter_text import parse_filter

        threading.stack_size(256 * 1024)
        done = []

        def work():
            parse_filter({DEEP[name]!r})
            done.append(True)

        threads = [threading.Thread(target=work) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert len(done) == 4
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr[-2000:]


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_end_the_process_is_refused(name: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_filter(REFUSED[name])
    assert refused.value.code == "filter_large"


def test_ten_megabytes_are_refused_at_once() -> None:
    for text in ("(" * 10_000_000, "[" * 10_000_000, "a" * 10_000_000, '"' * 10_000_001):
        with pytest.raises(QueryError):
            parse_filter(text)


def test_brackets_and_operators_inside_quotes_are_not_counted() -> None:
    text = "a = '" + "(not - " * 2_000 + "'"
    assert parse_filter(text) == {"op": "=", "args": [{"property": "a"}, text[5:-1]]}
    tree = parse_filter('{"op": "=", "args": [{"property": "a"}, "' + "[{" * 2_000 + '\\""]}')
    assert tree["args"][1] == "[{" * 2_000 + '"'


@pytest.mark.parametrize(
    "text", ["", " ", "1", "'a'", "null", "[]", "{", "{}x", "a =", "= 1", "\x00"]
)
def test_what_is_no_condition_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_filter(text)
    assert refused.value.code == "filter_syntax"
    assert refused.value.text.th != refused.value.text.en


@pytest.mark.parametrize("given", [None, 1, [], ["a"], True, b"a = 1"])
def test_what_is_no_text_and_no_tree_is_refused(given: Any) -> None:
    with pytest.raises(QueryError) as refused:
        parse_filter(given)
    assert refused.value.code == "filter_syntax"


def test_a_truth_value_is_a_condition() -> None:
    assert parse_filter("TRUE") == {"op": "and", "args": [True]}
