"""How an engine is found and made ready: the choice, images without a compiler, an ordinary user, control groups."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import binaries, provision, selftest
from sandbox.cancel import Cancel
from sandbox.client import Client
from sandbox.engines import docker, docker_images
from sandbox.engines.base import EngineError
from sandbox.engines.cgroups import Cgroups
from sandbox.engines.docker_api import DockerApi, DockerError
from sandbox.languages import LANGUAGES
from sandbox.languages.base import NoProgram, entry
from sandbox.preparer import Preparer
from sandbox.protocol import File, Job, Ready, Test
from sandbox.runner import Clock, Worker
from tests.sandbox.conftest import CACHE, ROOT, sandboxd, wait_for_socket, wait_until_ready

pytestmark = pytest.mark.engine


def test_docker_is_the_first_choice(docker_host: str, tmp_path: Path) -> None:
    with sandboxd("auto", docker_host, state=tmp_path / "s", languages="python") as client:
        assert wait_until_ready(client, ("python",)).engine == "docker"


def test_bubblewrap_is_taken_where_no_docker_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> DockerApi:
        raise EngineError("no Docker engine answers (test)", "start Docker")

    monkeypatch.setattr(docker, "find", none)
    preparer = Preparer("auto", tmp_path / "s", ("python",))
    preparer._look()
    try:
        assert preparer.state.engine == "bubblewrap"
        assert preparer.state.languages[0].state is Ready.READY, preparer.state
    finally:
        if preparer.engine:
            preparer.engine.close()


def test_with_neither_the_state_names_both_reasons_and_cures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(reason: str, cure: str) -> object:
        def attempt(*_: object) -> None:
            raise EngineError(reason, cure)
        return attempt

    monkeypatch.setattr(docker, "find", fail("no Docker", "start Docker"))
    monkeypatch.setattr(provision, "ensure_bubblewrap", fail("no bwrap", "apt-get install bubblewrap"))
    preparer = Preparer("auto", tmp_path / "s", ("python",))
    preparer._look()
    state = preparer.state
    assert (state.engine, state.reason, state.cure) == ("off", "no Docker; no bwrap", "start Docker or apt-get install bubblewrap")
    assert state.languages[0].state is Ready.MISSING


def test_a_chosen_engine_is_kept_and_what_failed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fake:
        name, counts_processes, down, failures = "docker", False, False, 1

        def version(self) -> str:
            return "1"

        def weaknesses(self) -> tuple[str, ...]:
            return ()

        def sweep(self) -> int:
            return 0

        def close(self) -> None:
            pass

        def alive(self) -> None:
            if self.down:
                raise EngineError("gone", "start Docker")

        def prepare(self, *_: object) -> None:
            self.failures -= 1
            if self.failures >= 0:
                raise EngineError("no network", "plug it in")

    fake = Fake()
    preparer = Preparer("auto", tmp_path / "s", ("python",))
    monkeypatch.setattr(preparer, "_docker", lambda: fake)
    monkeypatch.setattr(selftest, "versions", lambda *_: {"python": "3"})
    monkeypatch.setattr(selftest, "passes", lambda *_: None)
    preparer._look()
    assert (preparer.state.languages[0].state, preparer.state.languages[0].detail) == (Ready.FAILED, "no network. plug it in")
    preparer._look()
    assert preparer.state.languages[0].state is Ready.FAILED, "not at once"
    preparer._failed_at["python"] -= 1000
    preparer._look()
    assert preparer.state.languages[0].state is Ready.READY
    fake.down = True
    monkeypatch.setattr(preparer, "_docker", lambda: fake.alive())
    preparer._look()
    assert (preparer.state.engine, preparer.state.reason) == ("off", "gone"), "no silent change to bubblewrap"


def test_what_cannot_be_installed_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(EngineError, match=r"C\+\+ \(g\+\+\) is not installed") as caught:
        provision.install(("g++",), "C++ (g++)")
    assert caught.value.cure == "apt-get install g++"


def test_an_agent_compiled_inside_an_image_works(docker_host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_compiler(_: Path) -> dict[str, Path]:
        raise binaries.NoCompiler("none here")

    monkeypatch.setattr(binaries, "build", no_compiler)
    engine = docker.DockerEngine(DockerApi(docker_host), "no-compiler", tmp_path)
    cancel = Cancel()
    try:
        engine.prepare(LANGUAGES["python"], lambda *_: None)
        job = Job("no-compiler", "python", (File("main.py", b"print(int(input()) * 2)"),), (Test("t", b"21"),))
        assert Worker(engine, job, lambda _: None, cancel, Clock(), {}).work().tests[0].stdout == b"42\n"
    finally:
        engine.close()
        cancel.close()


def test_images_are_named_by_what_they_are_made_of(tmp_path: Path) -> None:
    helpers = binaries.build(CACHE / "agent-tests")
    names = {language.id: docker_images.image_of(language, helpers).tag for language in LANGUAGES.values()}
    assert len(set(names.values())) == len(LANGUAGES)
    other = tmp_path / "agent"
    other.write_bytes(b"another")
    assert docker_images.image_of(LANGUAGES["python"], helpers | {"agent": other}).tag != names["python"]


def test_no_image_file_names_a_registry() -> None:
    for path in docker_images.FOLDER.glob("*.Dockerfile"):
        text = path.read_text()
        assert text.startswith("FROM debian:bookworm-slim\n")
        assert "--mount" not in text
        assert "://" not in text


def test_a_build_that_fails_says_what_it_said(docker_host: str) -> None:
    image = docker_images._named("broken", {"Dockerfile": b"FROM debian:bookworm-slim\nRUN echo it went wrong && false\n"})
    with pytest.raises(EngineError, match="it went wrong"):
        docker_images.ensure(DockerApi(docker_host), image, lambda *_: None)


def test_docker_errors_carry_its_words(docker_host: str) -> None:
    with pytest.raises(DockerError, match="No such container") as caught:
        DockerApi(docker_host).call("GET", "/containers/none/json")
    assert caught.value.status == 404
    for address in ("unix:///nowhere/docker.sock", "ssh://x", "tcp://127.0.0.1:1"):
        with pytest.raises(DockerError, match="does not answer"):
            DockerApi(address).call("GET", "/version", timeout=2)


def test_the_engine_script_may_be_called_again(docker_host: str) -> None:
    again = subprocess.run([ROOT / "scripts" / "engine.sh"], capture_output=True, text=True, timeout=60, check=True)
    assert again.stdout.strip() == docker_host
    base = subprocess.run([ROOT / "scripts" / "base-image.sh"], env=os.environ | {"DOCKER_HOST": docker_host},
                          capture_output=True, text=True, timeout=300, check=True)
    assert base.stdout.strip() in ("present", "pulled", "debootstrapped")


def can_read(path: str, user: str) -> bool:
    done = subprocess.run(["test", "-r", path], user=user, check=False)
    return done.returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_sandboxd_works_as_an_ordinary_user(tmp_path: Path) -> None:
    """With the machine's own Python, which that user can start; sandboxd needs nothing but the standard library."""
    user = "nobody"
    python = shutil.which("python3", path="/usr/bin")
    if python is None or not can_read(str(ROOT / "sandbox" / "daemon.py"), user):
        pytest.skip("the checkout or Python is out of that user's reach")
    folder = Path("/tmp") / f"sandboxd-user-{os.getpid()}"
    folder.mkdir(mode=0o755)
    shutil.chown(folder, user)
    process = subprocess.Popen(
        [python, "-m", "sandbox", "--socket", folder / "s", "--state", folder / "state", "--engine", "bubblewrap",
         "--languages", "python"], cwd=ROOT, user=user, group=pwd.getpwnam(user).pw_gid, extra_groups=[],
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}, stderr=subprocess.DEVNULL,
    )
    client = Client(str(folder / "s"))
    client.log = Path(os.devnull)  # type: ignore[attr-defined]
    try:
        wait_for_socket(client, process)
        state = wait_until_ready(client, ("python",))
        assert any("no control groups" in weakness for weakness in state.weaknesses)
        job = Job("as-nobody", "python", (File("main.py", b"import os; print(int(input()) * 2, os.getuid())"),), (Test("t", b"21"),))
        assert client.run(job).tests[0].stdout == b"42 65534\n"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make control groups")
def test_control_groups_hold_kill_and_are_swept() -> None:
    groups = Cgroups.find("group-test")
    if groups is None:
        pytest.skip("no control groups may be made here")
    group = groups.make("box")
    group.limit(64, 4)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    for folder in group.folders.values():
        (folder / "cgroup.procs").write_text(str(process.pid))
    assert groups.sweep() == 1
    assert process.wait(10) == -9
    assert not any(folder.exists() for folder in group.folders.values())
    groups.close()


def test_the_file_to_start_is_found_or_asked_for() -> None:
    assert entry(("main.py", "b.py"), "main.py", ".py") == "main.py"
    assert entry(("solution.py", "lib/b.py"), "main.py", ".py") == "solution.py"
    with pytest.raises(NoProgram, match=r"must hold main\.py"):
        entry(("a.py", "b.py"), "main.py", ".py")
