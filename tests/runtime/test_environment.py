"""What the parts are told, and what the sandbox must not be told; the state folder and its secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime.environment import application_environment, instance_environment, sandbox_environment
from runtime.errors import CannotStart
from runtime.parts import Plan, stages
from runtime.state import secret_key, state_folder

OUTSIDE = {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://r/0"}
SECRETS = {
    "DATABASE_URL": "postgresql://u:pw@db/x",
    "REDIS_URL": "redis://:pw@r/0",
    "PROOFROOM_SECRET_KEY": "s" * 40,
    "PROOFROOM_SETUP_TOKEN": "t",
    "PROOFROOM_SMTP_URL": "smtp://u:pw@mail",
    "OPENAI_API_KEY": "k",
    "AWS_SECRET_ACCESS_KEY": "a",
    "GITHUB_TOKEN": "g",
    "PGPASSWORD": "p",
}


def instance(state: Path, **more: str) -> dict[str, str]:
    return instance_environment(Path("/nowhere"), {"PROOFROOM_STATE_DIR": str(state), **OUTSIDE, **more})


def test_the_same_instance_is_found_by_every_command(state: Path) -> None:
    given = {"PROOFROOM_STATE_DIR": str(state)}
    first = instance_environment(Path("/nowhere"), given)
    assert first == instance_environment(Path("/nowhere"), given)
    assert first["DATABASE_URL"].startswith("postgresql+psycopg://proofroom@/postgres?host=/")
    assert first["REDIS_URL"].startswith("unix:///")
    assert first["PROOFROOM_PUBLIC_URL"] == "http://localhost:8000"
    assert first["PROOFROOM_BIND"] == "127.0.0.1"


def test_what_is_set_already_is_kept(state: Path) -> None:
    found = instance(state, PROOFROOM_PORT="9000", PROOFROOM_SECRET_KEY="x" * 32)
    assert found["DATABASE_URL"] == OUTSIDE["DATABASE_URL"]
    assert found["PROOFROOM_PUBLIC_URL"] == "http://localhost:9000"
    assert found["PROOFROOM_SECRET_KEY"] == "x" * 32
    assert not (state / "secret-key").exists()


def test_a_variable_set_to_nothing_counts_as_not_set(state: Path) -> None:
    assert instance(state, PROOFROOM_PUBLIC_URL="")["PROOFROOM_PUBLIC_URL"] == "http://localhost:8000"


def test_the_sandbox_gets_no_secret(state: Path) -> None:
    found = sandbox_environment({**instance(state), **SECRETS}, {"PATH": "/bin", "DOCKER_HOST": "unix:///d", **SECRETS})
    assert not SECRETS.keys() & found.keys()
    assert not set(SECRETS.values()) & set(found.values())
    assert found["PATH"] == "/bin"
    assert found["DOCKER_HOST"] == "unix:///d"
    assert found["PROOFROOM_STATE_DIR"] == str(state)


def test_the_set_up_token_is_told_to_the_web_part_alone(state: Path) -> None:
    plan = Plan(Path("/nowhere"), instance(state), "the-token", embedded_database=True, embedded_redis=True)
    told = {s.name for stage in stages(plan) for s in stage if "the-token" in s.environment.values()}
    assert told == {"web"}
    assert not [s.name for stage in stages(plan) for s in stage if "the-token" in " ".join(s.argv)]


def test_the_data_services_get_no_secret(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    plan = Plan(Path("/nowhere"), instance(state), "the-token", embedded_database=True, embedded_redis=True)
    services = {s.name: s for stage in stages(plan) for s in stage}
    for name in ("postgres", "redis", "sandboxd"):
        assert not set(SECRETS.values()) & set(services[name].environment.values()), name


def test_services_of_our_own_are_left_out_when_others_are_given(state: Path) -> None:
    plan = Plan(Path("/nowhere"), instance(state), "t", embedded_database=False, embedded_redis=False)
    assert not {"postgres", "redis"} & {s.name for stage in stages(plan) for s in stage}


def test_the_order_of_the_start(state: Path) -> None:
    plan = Plan(Path("/nowhere"), instance(state), "t", embedded_database=True, embedded_redis=True)
    order = [[s.name for s in stage] for stage in stages(plan)]
    assert order[:3] == [["postgres", "redis"], ["migrate"], ["web"]]
    assert {s.name: s.waited for s in stages(plan)[3]} == {"sandboxd": False, "workers": False}


def test_parts_started_alone_leave_the_timetable_to_one_of_them(state: Path) -> None:
    for only, expected in (({"workers"}, ["-m", "jobs.worker"]), ({"timetable"}, ["-m", "jobs.timetable"])):
        plan = Plan(Path("/nowhere"), instance(state), "t", False, False, only=frozenset(only))
        assert [[s.argv[1:] for s in stage] for stage in stages(plan)] == [[expected]]


def test_an_unknown_part_is_named(state: Path) -> None:
    plan = Plan(Path("/nowhere"), instance(state), "t", False, False, only=frozenset({"wep"}))
    with pytest.raises(CannotStart, match="no such part: wep. There are .*web"):
        stages(plan)


def test_applications_see_the_instance_before_their_own_environment(state: Path) -> None:
    found = application_environment(instance(state), {"PROOFROOM_PORT": "1", "OTHER": "kept"})
    assert found["PROOFROOM_PORT"] == "8000"
    assert found["OTHER"] == "kept"


def test_the_secret_key_is_made_once_and_closed_to_others(state: Path) -> None:
    key = secret_key(state)
    assert len(key) >= 48
    assert secret_key(state) == key
    assert (state / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_state_lies_in_var_of_the_checkout(state: Path) -> None:
    assert state_folder(state, {}) == state / "var"
    assert state_folder(state, {"PROOFROOM_STATE_DIR": "/srv/data"}) == Path("/srv/data")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as another user")
def test_root_below_a_closed_folder_keeps_the_state_elsewhere(state: Path) -> None:
    checkout = state / "closed" / "checkout"
    checkout.mkdir(parents=True)
    (state / "closed").chmod(0o700)
    state.chmod(0o711)
    found = state_folder(checkout, {})
    assert found.parent == Path("/var/lib")
    assert found.name.startswith("proofroom-")
    assert (state / "closed").stat().st_mode & 0o777 == 0o700
