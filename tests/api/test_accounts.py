"""Logging in, sessions, tokens and administration, and attacks on each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.accounts import passwords, throttle, tokens
from api.app import create_app
from api.settings import Settings
from layers import accounts, audit
from layers.accounts import CONSOLE
from layers.errors import QueryError
from layers.persons import person_of
from layers.store import Store
from layers.store.sql import Sql
from layers.workspace import open_workspace
from tests.api.people import PASSWORD, account, form_of, log_in, post, token


@pytest.fixture(scope="module", params=["duckdb", "postgis"])
def work(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A workspace without rows, once for each engine."""
    if request.param == "duckdb":
        url = f"duckdb:///{tmp_path_factory.mktemp('people')}/work.duckdb"
    else:
        url = request.getfixturevalue("new_database")()
    store = open_workspace(url)
    yield store
    store.close()


@pytest.fixture
def browser(work: Store) -> Callable[..., FlaskClient]:
    """Makes browsers, each with cookies of its own."""

    def make(**settings: object) -> FlaskClient:
        app = create_app(Settings(database_url=work.url, **settings), work)  # type: ignore[arg-type]
        return app.test_client()

    with work.transaction() as session:
        session.run(Sql("DELETE FROM phumi.attempts"))
    return make


def cookie(response: TestResponse, name: str = "phumi") -> str | None:
    for header in response.headers.getlist("Set-Cookie"):
        if header.startswith(f"{name}="):
            return header
    return None


def who(client: FlaskClient) -> int:
    """200 on the account page for somebody who is logged in, else 303."""
    return client.get("/account").status_code


# Login


def test_a_login_leads_on_and_the_session_is_known_until_the_logout(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    client, name = browser(), account(work)
    assert who(client) == 303
    answer = log_in(client, name)
    assert (answer.status_code, answer.location) == (303, "/")
    assert who(client) == 200
    assert post(client, "/logout").status_code == 303
    assert who(client) == 303
    actions = [e.detail["action"] for e in audit.entries(work, event="AUD-LOGIN", account=name)]
    assert actions == ["logout", "login"]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """ASVS 3.3.1, 3.3.2, 3.3.4; behind TLS it is Secure and bound to the host."""
    name = account(work)
    plain = cookie(log_in(browser(), name))
    assert plain is not None
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    client = browser()
    page = client.get("/login", base_url="https://phumi.example")
    secret = page.text.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post(
        "/login",
        base_url="https://phumi.example",
        data={"csrf": secret, "account": name, "password": PASSWORD},
    )
    hidden = cookie(answer, "__Host-phumi")
    assert hidden is not None
    assert "Secure" in hidden
    assert "Path=/" in hidden
    assert "Strict-Transport-Security" in answer.headers


def test_the_session_has_a_new_name_at_every_login_and_the_old_one_ends(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """Session fixation (ASVS 7.2.4): a name that an attacker planted or saw is worth nothing."""
    client, name = browser(), account(work)
    client.set_cookie("phumi", "planted-by-an-attacker")
    log_in(client, name)
    first = client.get_cookie("phumi")
    assert first is not None
    assert first.value != "planted-by-an-attacker"
    log_in(client, name)
    second = client.get_cookie("phumi")
    assert second is not None
    assert second.value != first.value
    thief = browser()
    for planted in ("planted-by-an-attacker", first.value):
        thief.set_cookie("phumi", planted)
        assert who(thief) == 303


def test_the_database_holds_no_secret_that_logs_in(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """Sessions, tokens and passwords are hashes at rest (ASVS 11.4.2)."""
    client, name = browser(), account(work)
    log_in(client, name)
    session = client.get_cookie("phumi")
    assert session is not None
    secret = tokens.issue(work, name, kind="program", name="x", by=CONSOLE)
    for table in ("sessions", "tokens", "accounts", "audit"):
        text = str(list(work.raw(f"SELECT CAST(t AS text) FROM phumi.{table} t")))
        assert session.value not in text
        assert secret not in text
        assert PASSWORD not in text
    kept = next(work.raw("SELECT password FROM phumi.accounts WHERE name = ?", (name,)))[0]
    assert kept.startswith("$argon2id$")


def test_a_name_not_known_costs_the_same_work_and_gets_the_same_answer(
    browser: Callable[..., FlaskClient], work: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Timing of login (ASVS 6.3.8): one argon2 verification each, and one text."""
    name, closed = account(work), account(work)
    unset = account(work, password=False)
    accounts.disable(work, closed, by=CONSOLE)
    verified: list[str] = []

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            verified.append(kept.split("$")[3])
            return passwords.PasswordHasher().verify(kept, password)

        def hash(self, password: str) -> str:
            return passwords.PasswordHasher().hash(password)

    passwords._nobodys()  # made once for a process, not for a login
    monkeypatch.setattr(passwords, "HASHER", Counting())
    answers = []
    for tried in (name, "nobody-here", closed, unset):
        answer = log_in(browser(), tried, "wrong password")
        answers.append((answer.status_code, answer.text.replace(tried, "NAME")))
    assert len(verified) == 4
    assert len(set(verified)) == 1  # the same cost parameters
    assert {status for status, _ in answers} == {401}
    pages = {text.split('name="csrf"')[0] for _, text in answers}
    assert len(pages) == 1


def test_guessing_is_slowed_down_also_for_the_right_password_and_for_names_not_known(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """ASVS 6.3.1; five failures close a name for a quarter of an hour."""
    for name in (account(work), "nobody-at-all"):
        client = browser()
        for _ in range(throttle.FAILURES_PER_NAME):
            assert log_in(client, name, "wrong password").status_code == 401
        answer = log_in(client, name, PASSWORD)
        assert answer.status_code == 429
        assert "15" in answer.text
    with work.transaction() as session:
        session.run(Sql("UPDATE phumi.attempts SET moment = moment - INTERVAL '16 minutes'"))
    assert log_in(browser(), name, PASSWORD).status_code == 401
    assert audit.entries(work, account=name, limit=1)[0].detail["result"] == "login_wrong"


def test_one_address_cannot_try_one_password_on_every_name(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    for n in range(throttle.FAILURES_PER_ADDRESS):
        throttle.failed(work, f"guess-{n}", "127.0.0.1")
    assert log_in(browser(), account(work)).status_code == 429


@pytest.mark.parametrize(
    "evil",
    ["' OR '1'='1", "admin'--", "'; DROP TABLE phumi.accounts; --", "\x00", "%", "a" * 10_000],
    ids=["or", "comment", "drop", "nul", "percent", "long"],
)
def test_sql_in_a_login_is_a_wrong_name(
    browser: Callable[..., FlaskClient], work: Store, evil: str
) -> None:
    client = browser()
    assert log_in(client, evil, evil).status_code == 401
    assert who(client) == 303
    assert accounts.accounts(work)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"],
)
def test_a_login_never_leads_to_another_site(
    browser: Callable[..., FlaskClient], work: Store, target: str
) -> None:
    name = account(work)
    answer = post(browser(), "/login", "/login", account=name, password=PASSWORD, next=target)
    assert answer.location == "/account"


def test_a_session_ends_unused_and_at_the_latest(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """ASVS 7.3.1, 7.3.2."""
    client, name = browser(session_idle_minutes=30, session_hours=2), account(work)
    for column, minutes in (("seen_at", 31), ("created_at", 121)):
        log_in(client, name)
        assert who(client) == 200
        earlier = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
        with work.transaction() as session:
            sql = f"UPDATE phumi.sessions SET {column} = ? WHERE account = ?"
            session.run(Sql(sql, (earlier, name)))
        assert who(client) == 303


# Passwords


@pytest.mark.parametrize(
    "weak",
    ["short", "password1234", "qwertyuiop123", "x" * 129, "office-name-2569"],
    ids=["short", "common", "common row", "too long", "own name"],
)
def test_a_weak_password_is_refused(weak: str) -> None:
    """ASVS 6.2.1, 6.2.4, 6.2.11."""
    with pytest.raises(QueryError):
        passwords.require_strong(weak, "office-name")


@pytest.mark.parametrize(
    "good", ["ม้าถูกแบตเตอรี่ลวดเย็บ", "correct horse battery", "123 456 789 twelve  "]
)
def test_any_letters_make_a_password(good: str) -> None:
    """ASVS 6.2.5, 6.2.7: no rule of composition, nothing cut."""
    passwords.require_strong(good, "office-name")


def test_changing_the_password_needs_the_old_one_and_ends_other_browsers(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """ASVS 6.2.2, 6.2.3, 7.4.3."""
    name = account(work)
    here, elsewhere = browser(), browser()
    log_in(here, name)
    log_in(elsewhere, name)
    new = "ทะเลอันดามันสีเขียวมรกต"
    wrong = post(here, "/account/password", password="not the old one", new_password=new)
    assert wrong.status_code == 401
    assert who(elsewhere) == 200
    done = post(here, "/account/password", password=PASSWORD, new_password=new)
    assert done.status_code == 303
    assert (who(here), who(elsewhere)) == (200, 303)
    assert log_in(browser(), name, PASSWORD).status_code == 401
    assert log_in(browser(), name, new).status_code == 303


def test_a_one_time_link_sets_the_password_once(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    name = account(work, password=False)
    secret = tokens.issue(work, name, kind="invitation", name="password", by=CONSOLE)
    path = f"/welcome/{secret}"
    client = browser()
    assert post(client, path, path, password="short").status_code == 400
    assert post(client, path, path, password=PASSWORD).status_code == 303
    assert who(client) == 200
    assert browser().get(path).status_code == 404
    assert browser().get("/welcome/phumi_guess").status_code == 404


def test_a_one_time_link_is_no_token(browser: Callable[..., FlaskClient], work: Store) -> None:
    secret = tokens.issue(work, account(work), kind="invitation", name="password", by=CONSOLE)
    headers = {"Authorization": f"Bearer {secret}"}
    assert browser().get("/collections", headers=headers).status_code == 401


# Forged requests


def test_a_form_without_its_secret_or_from_another_site_is_refused(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """CSRF (ASVS 3.5.1), also of the login form itself."""
    client, name = browser(), account(work)
    login = {"account": name, "password": PASSWORD}
    assert client.post("/login", data=login).status_code == 403
    assert client.post("/login", data=login | {"csrf": "0" * 64}).status_code == 403
    log_in(client, name)
    secret = form_of(client, "/account")
    paths = ["/account/purpose", "/account/tokens", "/account/password", "/logout"]
    for path in paths:
        assert client.post(path).status_code == 403
        assert client.post(path, data={"csrf": form_of(browser())}).status_code == 403
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            forged = client.post(path, data={"csrf": secret}, headers=headers)
            assert forged.status_code == 403, (path, headers)
    assert who(client) == 200


def test_the_owner_at_the_machine_is_not_ridden_by_another_site(work: Store) -> None:
    client = create_app(Settings(database_url=work.url, access="owner"), work).test_client()
    path = "/processes/pond-check/execution"
    forged = client.post(path, json={}, headers={"Origin": "https://evil.example"})
    assert forged.status_code == 403
    assert forged.get_json()["code"] == "csrf"
    own = client.post(path, json={}, headers={"Origin": "http://localhost"})
    assert own.get_json().get("code") != "csrf"


# Tokens


def test_a_token_opens_what_its_account_may_and_nothing_once_it_is_revoked(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """Token reuse after revocation (ASVS 9.2.1, 10.4.8 in spirit)."""
    name = account(work, "district_officer", "8303")
    headers, client = token(work, name), browser()
    assert client.get("/collections/households/items").status_code == 403
    assert client.get("/collections/households/items", headers=headers).status_code == 200
    tokens.revoke(work, tokens.tokens(work, name)[0].id, by=CONSOLE)
    for _ in range(2):
        again = client.get("/collections/households/items", headers=headers)
        assert again.status_code == 401
        assert again.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("state", ["expired", "disabled", "unknown", "basic", "empty"])
def test_a_token_that_does_not_hold_is_no_public_caller_either(
    browser: Callable[..., FlaskClient], work: Store, state: str
) -> None:
    name = account(work, "district_officer", "8303")
    headers = token(work, name)
    if state == "expired":
        with work.transaction() as session:
            past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
            sql = "UPDATE phumi.tokens SET expires_at = ? WHERE account = ?"
            session.run(Sql(sql, (past, name)))
    elif state == "disabled":
        accounts.disable(work, name, by=CONSOLE)
    else:
        words = {"unknown": "Bearer phumi_guess", "basic": "Basic YTpi", "empty": ""}
        headers = {"Authorization": words[state]}
    assert browser().get("/collections/households/items", headers=headers).status_code == 401


def test_a_token_does_only_what_it_was_made_for(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    name = account(work, "district_officer", "8303")
    client = browser()
    path = "/collections/households/items"
    sends = token(work, name, "sync")
    assert client.get(path, headers=sends).status_code == 403
    reads = token(work, name, "read")
    assert client.post(path, headers=reads, json={}).status_code == 403
    assert client.post("/account/tokens", headers=reads).status_code == 403


def test_a_device_token_comes_as_a_qr_code_and_in_no_address_that_a_server_logs(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    client, name = browser(), account(work, "field_officer", "830302")
    log_in(client, name)
    page = post(client, "/account/tokens", kind="device", name="tablet", scope="sync", days="7")
    assert "<svg" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    issued = tokens.tokens(work, name)[0]
    assert (issued.kind, issued.scope) == ("device", frozenset({"sync"}))
    assert "phumi_" not in client.get("/account").text
    assert post(client, f"/account/tokens/{issued.id}/revoke").status_code == 303
    assert not tokens.tokens(work, name)[0].good


def test_nobody_closes_the_token_of_another(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    victim, attacker = account(work), account(work)
    token(work, victim)
    client = browser()
    log_in(client, attacker)
    post(client, f"/account/tokens/{tokens.tokens(work, victim)[0].id}/revoke")
    assert tokens.tokens(work, victim)[0].good


# Administration


def test_an_administrator_adds_an_account_that_the_province_confirms(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """PRIV-R5 over the pages."""
    district, province = browser(), browser()
    log_in(district, account(work, "district_officer", "8303"))
    log_in(province, account(work, "province_officer", "83"))
    until = (accounts.today() + dt.timedelta(days=90)).isoformat()
    fields = {"name": "field_officer", "prefix": "830302", "valid_to": until}
    page = post(district, "/admin/accounts", "/admin", account="srisunthon-9", **fields)
    assert page.status_code == 200
    assert "/welcome/phumi_" in page.text
    grant = accounts.grants(work, "srisunthon-9")[0]
    assert post(district, f"/admin/grants/{grant.id}/confirm", "/admin").status_code == 403
    assert post(province, f"/admin/grants/{grant.id}/confirm", "/admin").status_code == 303
    assert accounts.grants(work, "srisunthon-9")[0].confirmed_by is not None


def test_mass_assignment_gives_no_right(browser: Callable[..., FlaskClient], work: Store) -> None:
    """Whatever else a form holds is not read; who confirmed is not the form's to say."""
    client, name = browser(), account(work, "district_officer", "8303")
    log_in(client, name)
    smuggled = {"role": "admin", "kind": "permission", "confirmed_by": "console", "is_admin": "1"}
    until = (accounts.today() + dt.timedelta(days=9)).isoformat()
    fields = {"account": name, "name": "district_officer", "prefix": "8303", "valid_to": until}
    post(client, "/admin/grants", "/admin", **fields, **smuggled)
    new = accounts.grants(work, name)[0]
    assert (new.kind, new.name, new.confirmed_by) == ("role", "district_officer", None)
    post(client, "/account/purpose", **smuggled, purpose="planning")
    person = person_of(work, name)
    assert person is not None
    assert {(g.role, g.prefix) for g in person.grants} == {("district_officer", "8303")}
    assert not person.permissions


@pytest.mark.parametrize("role", [None, "field_officer", "analyst", "university_si"])
def test_administration_is_closed_to_others(
    browser: Callable[..., FlaskClient], work: Store, role: str | None
) -> None:
    client, name = browser(), account(work, role, "83" if role else "")
    assert browser().get("/admin").status_code == 401
    log_in(client, name)
    assert client.get("/admin").status_code == 403
    assert client.get("/admin/audit").status_code == 403
    assert audit.entries(work, event="AUD-DENIED", account=name)


def test_an_administrator_does_not_close_accounts_of_other_areas(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    other = account(work, "district_officer", "8102")
    client = browser()
    log_in(client, account(work, "province_officer", "83"))
    for action in ("disable", "invite"):
        answer = post(client, f"/admin/accounts/{other}/{action}", "/admin")
        assert answer.status_code == 403
    assert accounts.find_account(work, other).disabled_at is None


def test_the_log_is_a_page_and_a_csv_that_spreadsheets_cannot_run(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    """AUD-R4; CSV injection."""
    name = account(work, "admin", "", "audit_read")
    client = browser()
    log_in(client, "=cmd|calc", "x")
    log_in(client, name)
    page = client.get("/admin/audit?lang=en")
    assert "no entry was changed" in page.text
    table = client.get("/admin/audit?f=csv")
    assert table.mimetype == "text/csv"
    assert ",'=cmd" in table.text
    assert ",=cmd" not in table.text
    assert client.get("/admin/audit?since=yesterday").status_code == 400
    assert audit.entries(work, event="AUD-EXPORT", account=name)[0].object == "audit"
    for report, heading in (("reads", "Reads by account"), ("exports", "Exports by week")):
        assert heading in client.get(f"/admin/audit/reports/{report}?lang=en").text
        lines = client.get(f"/admin/audit/reports/{report}?f=csv&lang=en")
        assert lines.mimetype == "text/csv"
        assert "Times" in lines.text
    assert client.get("/admin/audit/reports/none").status_code == 404
    assert browser().get("/admin/audit/reports/reads").status_code == 401


# Headers


@pytest.mark.parametrize(
    "path",
    ["/", "/?f=html", "/map", "/api.html", "/login", "/collections?f=html", "/nowhere", "/healthz"],
)
def test_every_answer_carries_the_headers_that_browsers_heed(
    browser: Callable[..., FlaskClient], path: str
) -> None:
    """ASVS 3.4.3 to 3.4.6: a policy that runs no script but our own."""
    headers = browser().get(path).headers
    policy = headers["Content-Security-Policy"]
    scripts = next((p for p in policy.split(";") if "script-src" in p), policy.split(";")[0])
    assert "unsafe-inline" not in scripts
    assert "unsafe-eval" not in policy
    assert "frame-ancestors" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_answers_for_somebody_are_not_shared(
    browser: Callable[..., FlaskClient], work: Store
) -> None:
    client = browser()
    assert client.get("/collections").headers["Access-Control-Allow-Origin"] == "*"
    log_in(client, account(work, "district_officer", "8303"))
    answer = client.get("/collections/households/items")
    assert answer.headers["Cache-Control"].startswith("private")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert {"cookie", "authorization"} <= {part.lower() for part in answer.vary}


def test_one_address_cannot_ask_without_end(browser: Callable[..., FlaskClient]) -> None:
    client = browser(requests_per_minute=5)
    far = {"REMOTE_ADDR": "203.0.113.9"}
    codes = [client.get("/healthz", environ_base=far).status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2
    assert client.get("/healthz").status_code == 200  # this machine itself
    other = {"REMOTE_ADDR": "203.0.113.10"}
    assert client.get("/healthz", environ_base=other).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../pyproject.toml",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2fsettings.py",
        "/welcome/..%2f..%2fadmin",
    ],
)
def test_no_path_leads_out_of_its_folder(browser: Callable[..., FlaskClient], path: str) -> None:
    assert browser().get(path).status_code == 404
