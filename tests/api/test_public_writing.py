"""An office keeps the public data of its own area; whoever has no area there does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from layers import audit
from layers.privacy import owner_view
from layers.query import Query
from layers.store import Store
from tests.api.people import account, token


def first(demo: Store, layer: str) -> dict[str, Any]:
    page = demo.features(Query(layer=layer, limit=1), owner_view(demo.layer(layer)))
    return dict(json.loads(page.features))


def patch(
    client: FlaskClient, demo: Store, role: str, prefix: str, layer: str, **fields: Any
) -> Any:
    """The answer to a change of the layer's first feature by a new account."""
    name = account(demo, role, prefix, password=False)
    return client.patch(
        f"/collections/{layer}/items/{first(demo, layer)['id']}",
        data=json.dumps({"properties": fields}), content_type="application/merge-patch+json",
        headers={**token(demo, name, "read", "write"), "If-Match": "*"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "role", ["field_officer", "district_officer", "province_officer", "fund_secretariat",
             "university_si"]
)  # fmt: skip
@pytest.mark.parametrize("layer", ["facilities", "attractions"])
def test_who_writes_internal_data_of_an_area_writes_its_public_data(
    client: FlaskClient, demo: Store, role: str, layer: str
) -> None:
    code = first(demo, layer)["properties"]["area_code"]
    text = f"แก้โดย {role}"
    inside = patch(client, demo, role, code[:4], layer, source_ref=text)
    assert inside.status_code == 200, inside.text
    assert first(demo, layer)["properties"]["source_ref"] == text
    outside = patch(client, demo, role, "10", layer, source_ref="no")
    assert (outside.status_code, outside.get_json()["code"]) == (403, "AUTH-E-SCOPE")


def test_an_official_boundary_is_no_offices_own(client: FlaskClient, demo: Store) -> None:
    code = first(demo, "tambons")["properties"]["code"]
    for prefix in (code[:4], code[:2]):
        answer = patch(client, demo, "province_officer", prefix, "tambons", source_ref="no")
        assert (answer.status_code, answer.get_json()["code"]) == (403, "AUTH-E-SCOPE")
    assert first(demo, "tambons")["properties"]["source_ref"] != "no"


@pytest.mark.parametrize("role", ["analyst", "admin"])
def test_who_only_reads_internal_data_changes_no_public_data(
    client: FlaskClient, demo: Store, role: str
) -> None:
    answer = patch(client, demo, role, "", "facilities", source_ref="no")
    assert answer.status_code in (403, 422)
    assert first(demo, "facilities")["properties"]["source_ref"] != "no"


def test_rows_of_no_area_belong_to_the_whole_country(client: FlaskClient, demo: Store) -> None:
    """A corridor crosses provinces: no province changes it alone."""
    answer = patch(client, demo, "province_officer", "83", "corridors", source_ref="no")
    assert answer.status_code == 403
    answer = patch(client, demo, "province_officer", "", "corridors", source_ref="yes")
    assert answer.status_code == 200, answer.text


def test_a_change_is_in_the_log_as_hashes_that_follow_each_other(
    client: FlaskClient, demo: Store
) -> None:
    """AUD-CHANGE, AUD-R3: old and new hash of what changed, no value; not for public fields."""
    found = first(demo, "plots")
    code = found["properties"]["area_code"]
    texts = ("ลมตะวันตก", "ลมเหนือ")
    for text in texts:
        answer = patch(client, demo, "district_officer", code[:4], "plots", wind_note=text)
        assert answer.status_code == 200, answer.text
    later, earlier = audit.entries(demo, event="AUD-CHANGE", object="plots", limit=2)
    assert set(later.detail["values"]) == set(earlier.detail["values"]) == {"wind_note"}
    assert later.detail["values"]["wind_note"][0] == earlier.detail["values"]["wind_note"][1]
    assert len({*later.detail["values"]["wind_note"], *earlier.detail["values"]["wind_note"]}) == 3
    assert not any(text in str(dict(later.detail)) for text in texts)
    key = next(demo.raw("SELECT key FROM phumi.audit_key"))[0]
    assert key not in str([dict(one.detail) for one in audit.entries(demo, limit=None)])
    before = len(audit.entries(demo, event="AUD-CHANGE", limit=None))
    area = first(demo, "facilities")["properties"]["area_code"]
    patch(client, demo, "district_officer", area[:4], "facilities", source_ref="ป้ายใหม่")
    assert len(audit.entries(demo, event="AUD-CHANGE", limit=None)) == before
    patch(client, demo, "district_officer", "83", "producers", phone="076-000-000")
    assert len(audit.entries(demo, event="AUD-CHANGE", limit=None)) == before + 1


def test_browsers_find_an_icon_without_reading_a_page(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
