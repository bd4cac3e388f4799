"""The law of accounts, by examples and by properties."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.rules import (
    GRACE_SECONDS,
    MAX_PASSWORD,
    MIN_PASSWORD,
    Refresh,
    SessionFacts,
    judge_refresh,
    leaves_no_admin,
    normalise_email,
    password_problem,
)
from core.accounts.tokens import next_refresh_token

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
hashes = st.sampled_from(["current", "previous", "older", ""])


def facts(**changes):
    values = {
        "refresh_hash": "current",
        "previous_refresh_hash": "previous",
        "rotated_at": NOW - dt.timedelta(seconds=10),
        "expires_at": NOW + dt.timedelta(days=1),
        "revoked_at": None,
    }
    return SessionFacts(**{**values, **changes})


@pytest.mark.parametrize(
    ("presented", "changes", "verdict"),
    [
        ("current", {}, Refresh.CURRENT),
        ("previous", {}, Refresh.GRACE),
        ("previous", {"rotated_at": NOW - dt.timedelta(seconds=GRACE_SECONDS)}, Refresh.GRACE),
        ("previous", {"rotated_at": NOW - dt.timedelta(seconds=GRACE_SECONDS, microseconds=1)}, Refresh.REUSED),
        ("older", {}, Refresh.REUSED),
        ("current", {"revoked_at": NOW - dt.timedelta(days=3)}, Refresh.ENDED),
        ("current", {"expires_at": NOW}, Refresh.ENDED),
        ("older", {"revoked_at": NOW}, Refresh.ENDED),
    ],
)
def test_refresh(presented, changes, verdict):
    assert judge_refresh(facts(**changes), presented, NOW) is verdict


@given(hashes, st.integers(-100, 200), st.booleans(), st.booleans())
def test_an_ended_session_never_goes_on_and_only_two_tokens_ever_do(presented, age, revoked, expired):
    verdict = judge_refresh(
        facts(
            rotated_at=NOW - dt.timedelta(seconds=age),
            revoked_at=NOW if revoked else None,
            expires_at=NOW - dt.timedelta(seconds=1) if expired else NOW + dt.timedelta(days=1),
        ),
        presented,
        NOW,
    )
    goes_on = verdict in (Refresh.CURRENT, Refresh.GRACE)
    assert (verdict is Refresh.ENDED) == (revoked or expired)
    assert not (goes_on and presented not in ("current", "previous"))
    if presented == "current" and not (revoked or expired):
        assert verdict is Refresh.CURRENT


@given(st.text(min_size=1, max_size=60))
def test_successors_are_one_per_token_and_never_the_token(token):
    assert next_refresh_token("key", token) == next_refresh_token("key", token)
    assert next_refresh_token("key", token) != token
    assert next_refresh_token("key", token) != next_refresh_token("other key", token)


@given(st.text(max_size=MAX_PASSWORD + 20))
def test_accepted_passwords_have_a_length_that_fits_and_some_variety(password):
    if password_problem(password, "ada@example.org", "Ada Lovelace") is None:
        assert MIN_PASSWORD <= len(password) <= MAX_PASSWORD
        assert len(set(password)) >= 4


@pytest.mark.parametrize("password", ["correct horse battery", "ひらがなの合言葉です。よい", "pass word 9!"])
def test_any_script_and_spaces_will_do(password):
    assert password_problem(password, "ada@example.org", "Ada") is None


@pytest.mark.parametrize(
    "password", ["", "short", "1234567890", "PASSWORD123", "aaaaaaaaaaaaaaa", "ada@example.org", "ADA LOVELACE"]
)
def test_passwords_that_anybody_would_guess(password):
    assert password_problem(password, "ada@example.org", "Ada Lovelace") is not None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada@Example.ORG ", "ada@example.org"),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
        ("no at sign", "@no at sign"),
        ("a@b@c", "a@b@c"),
    ],
)
def test_addresses_are_compared_without_case_and_by_their_wire_form(typed, stored):
    assert normalise_email(typed) == stored


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing_and_never_fails(typed):
    assert normalise_email(normalise_email(typed)) == normalise_email(typed)


@given(st.lists(st.integers(1, 4), max_size=5), st.integers(1, 4), st.booleans())
def test_an_admin_always_stays(admins, person, keeps):
    roles = ["admin"] if keeps else ["recruiter"]
    after = set(admins) - (set() if keeps else {person})
    assert leaves_no_admin(admins, person, roles) == (person in admins and not after)
