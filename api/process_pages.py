"""Analyses as pages for people: the list by purpose, and of each a form with its answer below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request

from api.problems import status_of
from api.process_answers import Answer
from api.process_words import by_purpose
from api.route_documents import ROUTE_FORMS, ROUTE_PROCESSES
from api.templating import page
from geo.errors import ParameterError, PhumiError
from geo.text import Text
from layers.catalogue import CATALOGUE
from layers.processes import PROCESSES, Input, Process
from layers.processes.verdict import SIGNS

__all__ = ["FORM", "Filled", "form_page", "listing_page", "sent_form"]

FORM = "multipart/form-data"
"""How a page sends its form; programs send JSON, under whatever name."""

FILE = ".file"  # after the name of an input: the file in its place
ASKED_FIRST = 8  # inputs that stand open; the others are a click away
LIMITED = ("number", "integer")


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a form: the texts that were given, and what was wrong with them."""

    given: Mapping[str, str] = field(default_factory=dict)
    fault: PhumiError | None = None

    @property
    def at(self) -> str:
        """The input that the fault speaks of; empty where it speaks of the whole."""
        return "" if self.fault is None else str(self.fault.details.get("parameter", ""))


def listing_page(document: Mapping[str, Any]) -> Response:
    """The page of all analyses."""
    return page("processes.html", document=document, groups=by_purpose(PROCESSES.values()))


def sent_form(chosen: Process) -> dict[str, str]:
    """The texts of a form that was sent; a file stands for the text of its input.

    Raises ParameterError for a file that is no text.
    """
    given = {name: text.strip() for name, text in request.form.items() if text.strip()}
    for name, file in request.files.items():
        if content := file.read():
            given[name.removesuffix(FILE)] = _text(content, name.removesuffix(FILE))
    return {item.name: given[item.name] for item in chosen.inputs if item.name in given}


def form_page(
    chosen: Process, filled: Filled | None = None, answer: Answer | None = None
) -> Response:
    """The page of one analysis, with what was wrong or what was found."""
    filled = filled or Filled()
    first, later = _arranged(chosen, filled)
    response = page(
        "process.html",
        document=None,
        process=chosen,
        first=first,
        later=later,
        filled=filled,
        answer=answer,
        signs=SIGNS,
        reads=[CATALOGUE[name] for name in chosen.reads if name in CATALOGUE],
        forms=ROUTE_FORMS if chosen.id in ROUTE_PROCESSES else (),
        limits=limits,
        form_kind=FORM,
        file_mark=FILE,
    )
    if filled.fault is not None:
        response.status_code = status_of(filled.fault)
    return response


def limits(item: Input) -> Text | None:
    """What an input may be, in words; None where anything goes.

    >>> limits(Input(name="n", label=Text("ก", "a"), type="number", minimum=0, maximum=5)).en
    '0–5'
    """
    low, high = item.minimum, item.maximum
    if item.type not in LIMITED or (low is None and high is None):
        return None
    if high is None:
        return Text(f"ไม่น้อยกว่า {low:,g}", f"at least {low:,g}")
    if low is None:
        return Text(f"ไม่เกิน {high:,g}", f"at most {high:,g}")
    return Text(f"{low:,g}–{high:,g}", f"{low:,g}–{high:,g}")


def _arranged(chosen: Process, filled: Filled) -> tuple[list[Input], list[Input]]:
    """The inputs that stand open, and those that wait: set already, or rarely asked for."""
    open_ = [item for item in chosen.inputs if item.required or item.default is None]
    first = {item.name for item in open_[:ASKED_FIRST]} | {filled.at}
    return (
        [item for item in chosen.inputs if item.name in first],
        [item for item in chosen.inputs if item.name not in first],
    )


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ParameterError(
            "file_unreadable",
            Text("ไฟล์ต้องเป็น GeoJSON (ข้อความ UTF-8)", "The file must be GeoJSON (UTF-8 text)"),
            parameter=name,
        ) from None
