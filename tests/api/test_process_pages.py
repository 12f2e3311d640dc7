"""Analyses as pages: list, form, answer; errors at the input; downloads. On both engines."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.process_words import PURPOSES, SUMMARY, by_purpose, words_of
from layers.privacy import owner_view
from layers.processes import PROCESSES, Reader, execute
from layers.store import Store
from tests.api.people import account, form_of, log_in
from tests.api.test_processes import square

FORM = "multipart/form-data"
POND = {"ponds": json.dumps(square()), "depth_m": "3", "slope_h_per_v": "1.5"}


def send(client: FlaskClient, process: str, query: str = "", **fields: Any) -> TestResponse:
    """Send the form of a process."""
    address = f"/processes/{process}/execution{query}"
    return client.post(address, data=fields, content_type=FORM)


def test_every_process_stands_under_one_purpose() -> None:
    """A new analysis is sorted before it is released."""
    sorted_ids = [one for _, ids in PURPOSES for one in ids]
    assert len(sorted_ids) == len(set(sorted_ids))
    assert set(PROCESSES) <= set(sorted_ids)
    assert sum(map(len, by_purpose(PROCESSES.values()).values())) == len(PROCESSES)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_list_leads_to_every_process(client: FlaskClient, language: str) -> None:
    text = client.get(f"/processes?f=html&lang={language}").text
    for item in PROCESSES.values():
        assert f"/processes/{item.id}?lang={language}&amp;f=html" in text
        assert item.title.get(language) in text


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_a_form_has_every_input_with_its_limits(client: FlaskClient, process: str) -> None:
    """Label, unit, default and allowed values of each, in both languages."""
    for language in ("th", "en"):
        text = client.get(f"/processes/{process}?f=html&lang={language}").text
        for item in PROCESSES[process].inputs:
            found = re.search(rf'<div class="field[^>]*>\s*<label for="in-{item.name}">.*?</div>',
                              text, re.DOTALL)  # fmt: skip
            assert found, item.name
            plain = html.unescape(found[0])
            assert item.label.get(language) in plain
            for code in item.values or ():
                assert f'value="{code}"' in plain
            if item.type == "number" and item.default is not None:
                assert f'value="{item.default}"' in plain


def test_programs_still_get_json(client: FlaskClient) -> None:
    for address in ("/processes", "/processes/pond-check"):
        assert client.get(address).is_json
        assert client.get(address, headers={"Accept": "text/html"}).mimetype == "text/html"


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_answer_shows_figures_verdicts_table_and_map(
    client: FlaskClient, language: str
) -> None:
    """The same figures as over the API; what decided them; no word of the other language."""
    answer = send(client, "pond-check", f"?lang={language}", **POND)
    assert answer.status_code == 200
    body = json.dumps({"inputs": {"ponds": square(), "depth_m": 3, "slope_h_per_v": 1.5}})
    told = client.post("/processes/pond-check/execution", data=body)
    (pond,) = json.loads(told.data)["features"]
    volume = f"{pond['properties']['volume_m3']:,.2f}".rstrip("0").rstrip(".")
    assert volume in answer.text
    for row in pond["properties"]["verdicts"]:
        assert row["rule"] in answer.text
        assert row["label"][language] in html.unescape(answer.text)
    drawn = re.search(r'id="drawn">(.*?)</script>', answer.text, re.DOTALL)
    if drawn:  # where the front-end packages are installed
        shape = json.loads(drawn[1])["features"][0]["geometry"]
        assert shape["type"] == "Polygon"
    if language == "en":
        seen = re.sub(
            r"<script.*?</script>|<textarea.*?</textarea>|ไทย", "", answer.text, flags=re.DOTALL
        )
        assert not re.search("[ก-๙]", seen)


@pytest.mark.parametrize(
    ("process", "fields", "at"),
    [
        ("pond-check", {"depth_m": "deep"}, "depth_m"),
        ("pond-check", {"depth_m": "99"}, "depth_m"),
        ("pond-check", {"ponds": '{"type": "Polygon"}'}, "ponds"),
        ("pond-check", {"ponds": "no json"}, "ponds"),
        ("pond-check", {"start_month": "13"}, "start_month"),
        ("plot-life", {"to": "nowhere"}, "to"),
        ("plot-life", {"today": "tomorrow"}, "today"),
        ("site-screening", {"bbox": "1,2"}, "bbox"),
    ],
)
def test_what_is_wrong_stands_at_its_input(
    client: FlaskClient, process: str, fields: dict[str, str], at: str
) -> None:
    """In the reader's language, the input marked and in view, what was typed kept."""
    for language in ("th", "en"):
        answer = send(client, process, f"?lang={language}", **fields)
        assert answer.status_code == 400
        place = re.search(rf'<small id="about-{at}"><strong class="fault"[^>]*>(.*?)</strong>',
                          answer.text)  # fmt: skip
        assert place
        assert bool(re.search("[ก-๙]", place[1])) == (language == "th")
        assert 'aria-invalid="true"' in answer.text
        field = re.search(rf'id="in-{at}".*?</div>', answer.text, re.DOTALL)
        assert field
        if at in ("depth_m", "start_month", "bbox"):
            opened = re.search(rf'<input[^>]*value="{fields[at]}"[^>]*id="in-{at}"', answer.text)
            assert opened, "what was typed is kept"


def test_a_fault_of_the_whole_stands_above_the_form(client: FlaskClient) -> None:
    answer = send(client, "pond-check")
    assert answer.status_code == 403
    assert 'class="notice bad" role="alert"' in answer.text


def test_a_file_stands_for_the_text_of_its_input(client: FlaskClient) -> None:
    file = (io.BytesIO(b"\xef\xbb\xbf" + POND["ponds"].encode()), "สระ.geojson")
    answer = send(client, "pond-check", **{**POND, "ponds": "", "ponds.file": file})
    assert (answer.status_code, "741" in answer.text) == (200, True)
    broken = (io.BytesIO(b"\xff\xfe\x00"), "pond.geojson")
    refused = send(client, "pond-check", **{"ponds.file": broken})
    assert (refused.status_code, "UTF-8" in refused.text) == (400, True)


def test_the_download_is_the_whole_answer(client: FlaskClient) -> None:
    answer = send(client, "pond-check", "?f=geojson", **POND)
    assert answer.mimetype == "application/geo+json"
    assert 'filename="pond-check.geojson"' in answer.headers["Content-Disposition"]
    assert json.loads(answer.data)["features"][0]["properties"]["verdict"] == "ok"


def test_a_large_shape_goes_through_a_form(client: FlaskClient) -> None:
    """Up to the size that a body may have, as over the API."""
    many = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": square(98.3 + n / 1000)}
        for n in range(300)
    ], "about": "x" * 600_000}  # fmt: skip
    answer = send(client, "pond-check", **POND | {"ponds": json.dumps(many)})
    assert answer.status_code == 200
    assert len(re.findall("<tr data-feature", answer.text)) == 200


def test_markup_in_an_input_is_text(client: FlaskClient) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    answer = send(client, "pond-check", filter=evil, ponds=evil)
    assert answer.status_code == 400
    assert "<img" not in answer.text
    shape = {"type": "Feature", "properties": {"name": evil, "pond_id": evil}, "geometry": square()}
    answer = send(client, "pond-check", **POND | {"ponds": json.dumps(shape)})
    assert (answer.status_code, "<img" in answer.text) == (200, False)


def test_a_session_sends_the_secret_of_its_form(client: FlaskClient, demo: Store) -> None:
    assert log_in(client, account(demo, "province_officer", "83")).status_code == 303
    secret = form_of(client, "/processes/pond-check?f=html")
    assert send(client, "pond-check", csrf=secret, **POND).status_code == 200
    assert send(client, "pond-check", **POND).status_code == 403


def test_every_figure_of_a_summary_has_words_in_both_languages(demo: Store) -> None:
    """No name of the program's inside shows on a page."""
    quick = {"plot-layout": {"plot_id": "KNN-83-2564-0001"},
             "tour-route": {"time_limit_s": 1, "area": "8303"},
             "visit-rounds": {"seconds": 1}}  # fmt: skip
    silent = []
    for process in PROCESSES:
        result = execute(process, quick.get(process, {}), Reader(demo, owner_view))
        words = words_of(process, "th")
        for name in result.summary:
            bare = re.sub("_(th|en)$", "", name)
            if bare not in SUMMARY and bare not in words.labels:
                silent.append((process, name))
    assert silent == [], silent
