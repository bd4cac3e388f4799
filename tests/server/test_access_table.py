"""Who may call what: every URL of the application stands in one table, and every role tries every URL.

A row is method, URL and who gets past the gate. ``…`` in a URL is filled from the world that the test builds. Add your
URLs below, in the block of their part. The test asks only whether the gate lets a visitor in: what a view answers to
somebody who may call it (200, 302, 404, 422) is its own tests' business.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.accounts.models import Role
from server.access import access_of
from tests.factories import make_organisation

ANYBODY = "anonymous admin recruiter interviewer elsewhere candidate stranger"
MEMBERS = "admin recruiter interviewer elsewhere"  # elsewhere = an admin of another organisation
RECRUITERS = "admin recruiter elsewhere"
ADMINS = "admin elsewhere"
CANDIDATE = "candidate"  # stranger = the candidate of another attempt

TABLE = f"""
GET  /livez                                 {ANYBODY}
GET  /healthz                               {ANYBODY}
GET  /static/<name>                         {ANYBODY}
GET  /kit                                   {ANYBODY}

GET  /                                      {ANYBODY}
GET  /sign-in                               {ANYBODY}
POST /sign-in                               {ANYBODY}
POST /sign-in/again                         {ANYBODY}
POST /sign-out                              {ANYBODY}

GET  /settings                              {MEMBERS}
POST /settings                              {MEMBERS}
POST /settings/password                     {MEMBERS}
POST /settings/organisation                 {MEMBERS}
POST /settings/browsers/<session_id>/end    {MEMBERS}
POST /settings/browsers/end-all             {MEMBERS}
GET  /invited/<token>                       {ANYBODY}
POST /invited/<token>                       {ANYBODY}
POST /invited/<token>/account               {ANYBODY}

GET  /set-up                                {ANYBODY}
POST /set-up                                {ANYBODY}
GET  /set-up/mail                           {ADMINS}
POST /set-up/mail                           {ADMINS}
GET  /set-up/model                          {ADMINS}
POST /set-up/model                          {ADMINS}
GET  /set-up/assessment                     {ADMINS}
POST /set-up/assessment                     {ADMINS}
GET  /set-up/done                           {ADMINS}

GET  /team/people                           {MEMBERS}
POST /team/people/invite                    {ADMINS}
POST /team/people/<person_uuid>/roles       {ADMINS}
POST /team/people/<person_uuid>/remove      {ADMINS}
POST /team/people/invitations/<invitation_uuid>/revoke {ADMINS}
GET  /team/mail                             {RECRUITERS}
GET  /team/mail/<mail_uuid>                 {RECRUITERS}
POST /team/mail/<mail_uuid>/send            {RECRUITERS}
GET  /team/audit                            {ADMINS}
GET  /team/settings                         {ADMINS}
POST /team/settings/organisation            {ADMINS}
POST /team/settings/mail                    {ADMINS}
POST /team/settings/model                   {ADMINS}

GET  /team/packs                            {MEMBERS}
POST /team/packs                            {RECRUITERS}
GET  /team/packs/<pack_uuid>                {MEMBERS}
GET  /team/packs/imports/<import_uuid>      {RECRUITERS}
GET  /team/assessments                      {MEMBERS}
GET  /team/assessments/new                  {RECRUITERS}
POST /team/assessments/new                  {RECRUITERS}
POST /team/assessments/preview              {RECRUITERS}
GET  /team/assessments/<assessment_uuid>    {MEMBERS}
GET  /team/assessments/<assessment_uuid>/edit {RECRUITERS}
POST /team/assessments/<assessment_uuid>/edit {RECRUITERS}
POST /team/assessments/<assessment_uuid>/archive {RECRUITERS}
POST /team/assessments/<assessment_uuid>/restore {RECRUITERS}
POST /team/assessments/<assessment_uuid>/code {RECRUITERS}
GET  /team/assessments/<assessment_uuid>/invitations {RECRUITERS}
POST /team/assessments/<assessment_uuid>/invitations {RECRUITERS}
POST /team/assessments/<assessment_uuid>/invitations/<invitation_uuid> {RECRUITERS}
POST /team/assessments/<assessment_uuid>/people/<attempt_uuid>/time {RECRUITERS}

GET  /i/<token>                             {ANYBODY}
POST /i/<token>                             {ANYBODY}
GET  /join                                  {ANYBODY}
POST /join                                  {ANYBODY}
GET  /join/<code>                           {ANYBODY}
POST /join/<code>                           {ANYBODY}
POST /join/<code>/again                     {ANYBODY}
GET  /attempts/<attempt_uuid>               {CANDIDATE}
POST /attempts/<attempt_uuid>/noted         {CANDIDATE}
GET  /attempts/<attempt_uuid>/state         {CANDIDATE}
POST /attempts/<attempt_uuid>/runs          {CANDIDATE}
POST /attempts/<attempt_uuid>/runs/<run_uuid>/cancel {CANDIDATE}
POST /attempts/<attempt_uuid>/files         {CANDIDATE}
GET  /attempts/<attempt_uuid>/files/<blob>  {CANDIDATE}
PUT  /attempts/<attempt_uuid>/answers       {CANDIDATE}
POST /attempts/<attempt_uuid>/language      {CANDIDATE}
POST /attempts/<attempt_uuid>/submit        {CANDIDATE}
GET  /attempts/<attempt_uuid>/receipt       {CANDIDATE}
GET  /attempts/<attempt_uuid>/resume        {ANYBODY}
POST /attempts/<attempt_uuid>/resume        {ANYBODY}
POST /attempts/<attempt_uuid>/resume/mail   {ANYBODY}

GET  /team/assessments/<assessment_uuid>/submissions {MEMBERS}
GET  /team/assessments/<assessment_uuid>/submissions.csv {RECRUITERS}
POST /team/assessments/<assessment_uuid>/decide {RECRUITERS}
POST /team/assessments/<assessment_uuid>/undo {RECRUITERS}
GET  /team/submissions/<attempt_uuid>       {MEMBERS}
GET  /team/submissions/<attempt_uuid>/peek  {MEMBERS}
POST /team/submissions/<attempt_uuid>/decide {RECRUITERS}
POST /team/submissions/<attempt_uuid>/notes {MEMBERS}
POST /team/submissions/<attempt_uuid>/regrade {RECRUITERS}
"""
# These would end the visitor's own session; tests/portal/test_sign_in.py and test_settings.py have them.
ENDS_THE_VISIT = ("/sign-out", "/settings/browsers/end-all")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    url: str
    allowed: frozenset[str]


ROWS = [
    Row(line.split()[0], line.split()[1], frozenset(line.split()[2:])) for line in TABLE.splitlines() if line
]
VISITORS = ANYBODY.split()


@pytest.fixture
def visitors(client: FlaskClient, as_staff: Any, as_candidate: Any, session: Any) -> dict[str, FlaskClient]:
    """A browser for each kind of visitor."""
    elsewhere = make_organisation(session, "Elsewhere")
    return {
        "anonymous": client,
        "admin": as_staff(Role.ADMIN),
        "recruiter": as_staff(Role.RECRUITER),
        "interviewer": as_staff(Role.INTERVIEWER),
        "elsewhere": as_staff(Role.ADMIN, of=elsewhere),
        "candidate": as_candidate(),
        "stranger": as_candidate(),
    }


def address(url: str, attempt_uuid: uuid.UUID) -> str:
    """The URL with its places filled: the candidate's attempt, and things that exist nowhere."""
    filled = url.replace("<attempt_uuid>", str(attempt_uuid))
    filled = filled.replace("<session_id>", str(uuid.uuid4()))
    while "<" in filled:
        name = filled[filled.index("<") : filled.index(">") + 1]
        filled = filled.replace(name, str(uuid.uuid4()) if "uuid" in name else "nothing-here")
    return filled


def was_let_in(status: int, location: str, code: str) -> bool:
    """Whether the gate let the visitor pass, as far as the answer tells."""
    if code in ("sign_in_needed", "device_needed"):
        return False
    return not (status == 403 and code in ("not_allowed", "no_membership"))


def test_every_url_stands_in_the_table(web):
    places = [
        (method, _without_kinds(rule.rule))
        for rule in web.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    assert sorted(places) == sorted((row.method, row.url) for row in ROWS)


def _without_kinds(rule: str) -> str:
    """``/i/<string:token>`` as ``/i/<token>``."""
    parts = rule.split("<")
    return parts[0] + "".join(
        "<" + part.rpartition(":")[2] if ":" in part.split(">")[0] else "<" + part for part in parts[1:]
    )


def test_every_view_carries_one_access_mark(web):
    assert [name for name, view in web.app.view_functions.items() if access_of(view) is None] == []


@pytest.mark.parametrize("visitor", VISITORS)
def test_the_gate_lets_in_exactly_whom_the_table_names(visitor, visitors):
    browser, attempt = visitors[visitor], visitors["candidate"].attempt
    found = {}
    for row in ROWS:
        if row.url in ENDS_THE_VISIT:
            continue
        answer = browser.open(
            address(row.url, attempt.uuid), method=row.method, headers={"Accept": "application/json"}
        )
        code = (answer.get_json(silent=True) or {}).get("code", "") if answer.status_code >= 400 else ""
        found[row.method, row.url] = was_let_in(answer.status_code, answer.headers.get("Location", ""), code)
        answer.close()
    expected = {
        (row.method, row.url): visitor in row.allowed for row in ROWS if row.url not in ENDS_THE_VISIT
    }
    assert found == expected
