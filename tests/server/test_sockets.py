"""Sockets: who may open one, what a handler gets, problems as answers, limits, and being cut off."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from core.accounts.actions.sessions import end_all_sessions
from core.accounts.actor import Origin
from core.accounts.models import Organisation, Role
from core.base.clock import utc_now
from core.base.db import after_commit
from core.base.errors import Conflict, FieldError, Invalid
from core.base.limits import SOCKET_EVENTS_PER_CLIENT
from core.base.realtime import set_closer
from core.wiring import sockets_key
from server.identity import ACCESS_COOKIE
from server.sockets import Call, allow_room, door_of, on, on_leave, size_of
from tests.factories import make_assessment, make_organisation


@pytest.fixture
def probe(web):
    """The application with a few events of our own; ``seen`` collects what handlers noticed."""
    seen = []

    @on(web.sockets, "probe.write")
    def write(call: Call, name: str = ""):
        call.session.add(Organisation(name=name))
        after_commit(call.session, lambda: seen.append("committed"))
        if name == "fails":
            raise Conflict
        return {"saved": name}

    @on(web.sockets, "probe.refuse")
    def refuse(call: Call):
        raise Invalid({"text": [FieldError("Shorten this.")]})

    @on(web.sockets, "probe.who")
    def who(call: Call, attempt: str = ""):
        if attempt:
            return {"candidate": call.candidate(uuid.UUID(attempt)).attempt_id}
        return {"actor": call.actor().name, "address": call.origin.address}

    @on(web.sockets, "probe.tell")
    def tell(call: Call, room: str, text: str):
        call.enter(room)
        call.tell(room, "probe.told", text)
        return {}

    @on(web.sockets, "probe.small", max_bytes=100)
    def small(call: Call, content: bytes):
        return {"length": len(content)}

    on_leave(web.sockets, lambda client: seen.append(("left", client.sid)))
    web.seen = seen
    return web


def connect(web, client):
    return web.sockets.test_client(web.app, flask_test_client=client)


def ask(socket, event, *data):
    return socket.emit(event, *data, callback=True)


def test_nobody_without_a_session_or_an_attempt(probe, client):
    assert not connect(probe, client).is_connected()
    client.set_cookie(ACCESS_COOKIE, "rubbish")
    assert not connect(probe, client).is_connected()


def test_an_attempt_cookie_that_opens_nothing_gets_no_further(probe, client):
    client.set_cookie(f"attempt_{uuid.uuid4().hex}", "guess")
    socket = connect(probe, client)
    assert socket.is_connected(), "whether it opens anything is asked with the first event"
    answer = ask(socket, "probe.who", str(uuid.uuid4()))
    assert answer["problem"]["code"] == "device_needed"
    assert ask(socket, "probe.who")["problem"]["code"] == "sign_in_needed"


def test_staff_and_candidates_are_who_their_cookies_say(probe, as_staff, as_candidate):
    staff = connect(probe, as_staff(Role.RECRUITER, name="Daniel"))
    assert ask(staff, "probe.who")["actor"] == "Daniel"
    mine, theirs = as_candidate(), as_candidate()
    socket = connect(probe, mine)
    assert ask(socket, "probe.who", str(mine.attempt.uuid)) == {"candidate": mine.attempt.id}
    assert ask(socket, "probe.who", str(theirs.attempt.uuid))["problem"]["code"] == "device_needed"
    assert ask(socket, "probe.who")["problem"]["code"] == "sign_in_needed"


def test_a_page_whose_access_token_is_over_still_connects_without_rotating(probe, as_staff):
    client = as_staff(Role.RECRUITER)
    before = client.get_cookie("refresh").value
    client.delete_cookie(ACCESS_COOKIE)
    assert connect(probe, client).is_connected()
    assert client.get_cookie("refresh").value == before


def test_what_is_acknowledged_is_committed(probe, as_staff, session):
    socket = connect(probe, as_staff(Role.RECRUITER))
    assert ask(socket, "probe.write", "works") == {"saved": "works"}
    assert ask(socket, "probe.write", "fails")["problem"]["status"] == 409
    names = list(session.scalars(select(Organisation.name)))
    assert "works" in names
    assert "fails" not in names
    assert probe.seen == ["committed"]


def test_refusals_are_problems_with_fields(probe, as_staff):
    problem = ask(connect(probe, as_staff()), "probe.refuse")["problem"]
    assert (problem["code"], problem["fields"]) == ("invalid", {"text": ["Shorten this."]})


def test_others_in_the_room_are_told_after_the_commit_and_oneself_not(probe, as_staff):
    first, second = connect(probe, as_staff()), connect(probe, as_staff())
    ask(first, "probe.tell", "workspace:1", "one")
    ask(second, "probe.tell", "workspace:1", "two")
    told = [(e["name"], e["args"]) for e in first.get_received()]
    assert told == [("probe.told", ["two"])]
    assert second.get_received() == []


def test_sizes_and_characters_are_checked_before_the_handler(probe, as_staff):
    socket = connect(probe, as_staff())
    assert ask(socket, "probe.small", b"x" * 90) == {"length": 90}
    assert ask(socket, "probe.small", b"x" * 101)["problem"]["status"] == 422
    assert ask(socket, "probe.write", "a\x00b")["problem"]["status"] == 422
    assert size_of({"a": [b"12", "34", 5]}) == 8 + 1 + 8 + 2 + 2 + 8


def test_a_flood_is_slowed_down(probe, as_staff):
    socket = connect(probe, as_staff())
    answers = [ask(socket, "probe.small", b"") for _ in range(SOCKET_EVENTS_PER_CLIENT.count + 1)]
    assert answers[-2] == {"length": 0}
    assert answers[-1]["problem"]["code"] == "too_many"
    assert answers[-1]["problem"]["retry_after_seconds"] >= 1
    assert ask(connect(probe, as_staff()), "probe.small", b"") == {"length": 0}, "others are not slowed"


def test_rooms_are_watched_only_where_one_may_look(probe, as_staff, session, organisation):
    assessment = make_assessment(session, organisation)
    stranger = make_organisation(session, "Elsewhere")
    foreign = make_assessment(session, stranger)
    session.commit()
    socket = connect(probe, as_staff(Role.RECRUITER))
    assert ask(socket, "room.watch", f"assessment:{assessment.uuid}") == {}
    for room in (f"assessment:{foreign.uuid}", f"org:{stranger.uuid}", "assessment:x", "", "workspace:1", None, {"a": 1}):
        assert ask(socket, "room.watch", room)["problem"]["status"] == 404, room
    probe.sockets.server.emit("assessment.changed", {}, room=f"assessment:{assessment.uuid}")
    assert [event["name"] for event in socket.get_received()] == ["assessment.changed"]
    ask(socket, "room.leave", f"assessment:{assessment.uuid}")
    probe.sockets.server.emit("assessment.changed", {}, room=f"assessment:{assessment.uuid}")
    assert socket.get_received() == []


def test_members_hear_their_own_organisation(probe, as_staff, session, organisation):
    socket = connect(probe, as_staff())
    stranger = connect(probe, as_staff(of=make_organisation(session, "Elsewhere")))
    probe.sockets.server.emit("mail.changed", {}, room=f"org:{organisation.uuid}")
    assert [event["name"] for event in socket.get_received()] == ["mail.changed"]
    assert stranger.get_received() == []


def test_a_revoked_session_finds_its_sockets(probe, as_staff, session, redis):
    client = as_staff(Role.RECRUITER)
    socket = connect(probe, client)
    (sid,) = door_of(probe.sockets).clients
    session_id = client.get_cookie("refresh").value.partition(".")[0]
    key = f"session:{session_id}"
    assert redis.smembers(sockets_key(key)) == {sid.encode()}
    closed = []
    set_closer(closed.append)
    with probe.wiring.database.unit_of_work() as own:
        end_all_sessions(own, client.actor.person_id, utc_now(), Origin())
    assert closed == [key]
    socket.disconnect()
    assert redis.smembers(sockets_key(key)) == set()
    assert probe.seen == [("left", sid)]


def test_a_candidates_device_is_revocable_too(probe, as_candidate, redis):
    client = as_candidate()
    ask(connect(probe, client), "probe.who", str(client.attempt.uuid))
    assert len(redis.keys("sockets:device:*")) == 1


def test_a_room_check_of_ones_own(probe, as_staff):
    asked = []
    allow_room(probe.sockets, "thing", lambda call, address: asked.append((call.actor().name, address)))
    address = uuid.uuid4()
    assert ask(connect(probe, as_staff(name="Daniel")), "room.watch", f"thing:{address}") == {}
    assert asked == [("Daniel", address)]


def test_events_of_one_page_stay_in_order(probe, as_staff):
    socket = connect(probe, as_staff())
    assert [ask(socket, "probe.write", f"name {n}")["saved"] for n in range(20)] == [f"name {n}" for n in range(20)]
