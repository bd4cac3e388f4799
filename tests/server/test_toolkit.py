"""What every request gets: headers, ids, one unit of work, one table of errors."""

from __future__ import annotations

import pytest
from flask import Blueprint
from sqlalchemy import select, text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from core.accounts.models import Organisation, Role
from core.base.db import Database, make_engine
from core.base.errors import Conflict, FieldError, Gone, Invalid, NotAllowed, NotFound, TooMany, Unavailable
from server.access import access_of
from server.errors import local_path
from server.i18n import duration_text
from server.request import body_limit, candidate, json_body, public, staff, uow
from server.security import editor_nonce
from tests.web import make_web

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ERRORS = {
    "missing": (NotFound(), 404, "not_found"),
    "forbidden": (NotAllowed(), 403, "not_allowed"),
    "invalid": (Invalid({"name": [FieldError("Say %(what)s.", {"what": "who"})]}), 422, "invalid"),
    "conflict": (Conflict(), 409, "conflict"),
    "gone": (Gone(), 410, "gone"),
    "many": (TooMany(7), 429, "too_many"),
    "away": (Unavailable("The mail server"), 503, "unavailable"),
    "full": (PoolTimeout(), 503, "busy"),
}


@pytest.fixture
def probe(web):
    """The application with a few views of our own."""
    views = Blueprint("probe", __name__)

    @views.route("/probe/<name>", methods=["GET", "POST"])
    @public
    def fail(name):
        raise ERRORS[name][0]

    @views.post("/probe/write/<int:status>")
    @public
    def write(status):
        uow().add(Organisation(name="Written"))
        return "done", status

    @views.get("/probe/write-and-fail")
    @public
    def write_and_fail():
        uow().add(Organisation(name="Written"))
        uow().flush()
        raise Conflict

    @views.get("/probe/nonce")
    @public
    def nonce():
        return editor_nonce()

    @views.get("/probe/unmarked")
    def unmarked():
        return "never"

    @views.post("/probe/body")
    @public
    @body_limit(3 * 1024 * 1024)
    def body():
        return str(len(json_body()))

    @views.get("/probe/slow")
    @public
    def slow():
        uow().execute(text("SET LOCAL statement_timeout = 20"))
        uow().execute(text("SELECT pg_sleep(1)"))
        return "never"

    web.app.register_blueprint(views)
    return web


@pytest.mark.parametrize(
    "path", ["/livez", "/sign-in", "/nowhere", "/static/mark.svg", "/probe/missing", "/"]
)
def test_the_policy_stands_on_every_answer(probe, path):
    answer = probe.client().get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Request-ID"]
    answer.close()


def test_the_editor_gets_a_nonce_for_its_styles_and_nothing_else(probe):
    first, second = probe.client().get("/probe/nonce"), probe.client().get("/probe/nonce")
    assert f"style-src 'self' 'nonce-{first.text}';" in first.headers["Content-Security-Policy"]
    assert "script-src 'self';" in first.headers["Content-Security-Policy"]
    assert first.text != second.text


@pytest.mark.parametrize("name", ERRORS)
def test_one_table_of_errors_for_scripts_and_people(probe, name):
    error, status, code = ERRORS[name]
    asked = probe.client().get(f"/probe/{name}", headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json["code"], asked.mimetype) == (
        status,
        code,
        "application/problem+json",
    )
    assert asked.json["request_id"] == asked.headers["X-Request-ID"]
    page = probe.client().get(f"/probe/{name}")
    assert page.status_code == status
    assert "<h1" in page.text
    fragment = probe.client().get(f"/probe/{name}", headers={"HX-Request": "true"})
    assert fragment.mimetype == "application/problem+json"
    assert fragment.headers["HX-Reswap"] == "none"


def test_fields_and_waiting_times_are_in_the_problem(probe):
    asked = {"Accept": "application/json"}
    assert probe.client().get("/probe/invalid", headers=asked).json["fields"] == {"name": ["Say who."]}
    assert probe.client().get("/probe/many", headers=asked).headers["Retry-After"] == "7"


def test_what_the_database_cut_off_is_busy_not_broken(probe):
    assert probe.client().get("/probe/slow").status_code == 503


def test_the_unit_of_work_follows_the_status(probe, session):
    written = select(Organisation).where(Organisation.name == "Written")
    probe.client().post("/probe/write/422")
    probe.client().get("/probe/write-and-fail")
    assert session.scalars(written).all() == []
    probe.client().post("/probe/write/303")
    assert len(session.scalars(written).all()) == 1


def test_a_view_without_a_mark_is_never_called(probe):
    with pytest.raises(RuntimeError, match="no access decorator"):
        probe.client().get("/probe/unmarked")


def test_two_marks_on_one_view_are_refused():
    with pytest.raises(TypeError, match="two access decorators"):
        public(staff(Role.ADMIN)(lambda: None))
    with pytest.raises(TypeError, match="parentheses"):
        staff(lambda: None)
    assert access_of(candidate(lambda: None)).who == "candidate"


@pytest.mark.parametrize(
    "body", ['{"a": "\\u0000"}', '{"a": ["\\ud800"]}', "[]", "no json", '{"a":' * 30 + "1" + "}" * 30]
)
def test_json_that_cannot_be_stored_is_refused(probe, body):
    answer = probe.client().post("/probe/body", data=body, content_type="application/json")
    assert answer.status_code == 422


def test_bodies_are_bounded_and_a_view_may_take_more(probe):
    large = '{"a": "' + "x" * 2_500_000 + '"}'
    assert probe.client().post("/probe/body", data=large, content_type="application/json").text == "1"
    form = {"email": "x" * 2_500_000, "password": "y"}
    assert probe.client().post("/sign-in", data=form).status_code == 413


def test_nul_in_an_address_or_a_form_is_refused(probe):
    assert probe.client().get("/sign-in?next=%00").status_code == 422
    assert probe.client().post("/sign-in", data={"email": "a\x00b"}).status_code == 422


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/team/people?x=1", "/team/people?x=1"),
        ("https://elsewhere.example/steal", "/steal"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("//[", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
    ],
)
def test_only_paths_of_ours_are_followed(address, path):
    assert local_path(address) == path


def test_healthz_says_what_answers(web, client, organisation):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "ok", "redis": "ok", "setup_needed": False}


def test_healthz_without_an_organisation_asks_for_the_set_up(client):
    assert client.get("/healthz").json["setup_needed"] is True
    assert client.get("/").headers["Location"] == "/set-up"


def test_without_a_database_pages_say_so_and_probes_see_it(services, database, redis, as_staff):
    browser = as_staff(Role.ADMIN)
    away = Database(make_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing", 1))
    web = make_web(services, away, redis)
    client = web.client()
    for name in ("access", "refresh"):
        client.set_cookie(name, browser.get_cookie(name).value)
    page = client.get("/settings")
    assert page.status_code == 503
    assert "PostgreSQL does not answer" in page.text
    assert page.headers["Retry-After"]
    assert client.get("/team/people", headers={"Accept": "application/json"}).json["code"] == "unavailable"
    health = client.get("/healthz")
    assert (health.status_code, health.json["database"], health.json["redis"]) == (503, "unreachable", "ok")
    assert client.get("/livez").status_code == 200
    assert client.get("/nowhere").status_code == 404


def test_the_access_log_has_ids_and_no_secrets(client, as_staff):
    with capture_logs() as lines:
        client.get("/invited/a-bearer-secret-in-a-path?token=another-one", headers={"User-Agent": "x"})
        as_staff(Role.ADMIN).get("/team/people")
    written = [line for line in lines if line["event"] == "request.finished"]
    assert [line["route"] for line in written] == ["/invited/<token>", "/team/people"]
    assert "bearer-secret" not in str(lines)
    assert "another-one" not in str(lines)
    assert written[1]["person"]
    assert written[0]["status_code"] == 404
    assert written[0]["duration_ms"] >= 0


def test_times_are_shown_in_the_readers_zone(client):
    client.set_cookie("time_zone", "Europe/Oslo")
    assert 'data-time-zone="Europe/Oslo"' in client.get("/sign-in").text
    client.set_cookie("time_zone", "Moon/Sea\"><script>")
    assert 'data-time-zone="UTC"' in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0 s"), (74, "74 s"), (420, "7 min"), (4800, "1 h 20 min"), (7200, "2 h"), (194_400, "2 d 6 h")]
)
def test_durations_read_as_people_say_them(web, seconds, shown):
    with web.app.test_request_context():
        assert duration_text(seconds) == shown


def test_the_kit_is_for_developers(services, database, redis, client):
    assert client.get("/kit").status_code == 404
    assert make_web(services, database, redis, development=True).client().get("/kit").status_code == 200


def test_https_makes_cookies_secure_and_is_remembered(services, database, redis):
    web = make_web(services, database, redis, public_url="https://proof.example.org")
    answer = web.client().get("/sign-in")
    assert answer.headers["Strict-Transport-Security"]
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]


def test_only_trusted_proxies_name_the_visitor(services, database, redis):
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Request-ID": "given-by-proxy"}
    for trusted, given in ((0, False), (1, True)):
        web = make_web(services, database, redis, trusted_proxies=trusted)
        answer = web.client().get("/livez", headers=headers)
        assert (answer.headers["X-Request-ID"] == "given-by-proxy") is given

