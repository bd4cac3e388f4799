"""Chooses the engine and makes the languages ready, in the background; looks again when no engine answers.

An engine once chosen is kept until sandboxd ends: when Docker goes away, runs are off until it is back, as results of one
deployment should not come now from one toolchain and now from another.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sandbox import binaries, provision, selftest
from sandbox.agentlink import AgentLost
from sandbox.cancel import Cancel, Cancelled
from sandbox.engines import bubblewrap, docker
from sandbox.engines.base import Engine, EngineError
from sandbox.languages import LANGUAGES
from sandbox.languages.base import Language
from sandbox.protocol import LanguageState, Ready, State

log = logging.getLogger("sandboxd")
LOOK_AGAIN_SECONDS = 10.0
# A language that could not be made ready (no network, say) is tried again after this time.
RETRY_SECONDS = 120.0
# What goes wrong while a language is made ready, and becomes its state's detail.
FAILURES = (EngineError, AgentLost, OSError)


class Preparer:
    """Owns the engine and the state of every language. Reading `state` and `engine` needs no lock: both are replaced whole."""

    def __init__(self, choice: str, folder: Path, languages: tuple[str, ...] = tuple(LANGUAGES)) -> None:
        self.choice = choice
        self.folder = folder
        self.languages = tuple(LANGUAGES[name] for name in languages)
        self.instance = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
        self.engine: Engine | None = None
        self.state = State("off", reason="starting", languages=tuple(
            LanguageState(language.id, language.name, Ready.PREPARING, "waiting for the engine")
            for language in self.languages
        ))
        self._cancel = Cancel()
        self._failed_at: dict[str, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="preparer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._cancel.set("sandboxd is stopping")
        self._thread.join(timeout=10)
        if self.engine is not None:
            self.engine.close()

    def language(self, name: str) -> LanguageState | None:
        return next((state for state in self.state.languages if state.id == name), None)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except Exception:  # the thread must live on: the next look may find what this one missed
                log.exception("preparing failed")
            self._stop.wait(LOOK_AGAIN_SECONDS)

    def _look(self) -> None:
        if self.engine is not None and self._answers(self.engine):
            self._retry(self.engine)
            return
        try:
            engine = self._choose()
        except EngineError as error:
            self._off(error)
            return
        self._begin(engine)
        for language in self.languages:
            if self._stop.is_set() or self.engine is not engine:
                return
            self._prepare(engine, language)

    def _retry(self, engine: Engine) -> None:
        for language in self.languages:
            failed_at = self._failed_at.get(language.id)
            if failed_at is not None and time.monotonic() - failed_at > RETRY_SECONDS and not self._stop.is_set():
                self._prepare(engine, language)

    def _answers(self, engine: Engine) -> bool:
        try:
            engine.alive()
        except EngineError as error:
            log.warning("the engine is gone: %s", error.reason)
            return False
        return True

    def _choose(self) -> Engine:
        """Docker if it answers, else bubblewrap; what was asked for alone otherwise. Raises EngineError."""
        tries: list[Callable[[], Engine]] = []
        if self.choice in ("auto", "docker"):
            tries.append(self._docker)
        if self.choice in ("auto", "bubblewrap"):
            tries.append(self._bubblewrap)
        errors = []
        for attempt in tries:
            try:
                return attempt()
            except EngineError as error:
                errors.append(error)
        raise EngineError("; ".join(e.reason for e in errors), " or ".join(e.cure for e in errors if e.cure))

    def _docker(self) -> Engine:
        api = docker.find()
        return docker.DockerEngine(api, self.instance, self.folder)

    def _bubblewrap(self) -> Engine:
        self.state = replace(self.state, reason="installing bubblewrap")
        provision.ensure_bubblewrap()
        try:
            programs = binaries.build(self.folder)
        except binaries.NoCompiler as error:
            raise EngineError(str(error), "apt-get install gcc libc6-dev") from error
        return bubblewrap.BubblewrapEngine(self.instance, programs)

    def _begin(self, engine: Engine) -> None:
        left = engine.sweep()
        if left:
            log.info("ended %d boxes left over by an earlier sandboxd", left)
        self.choice = engine.name
        old, self.engine = self.engine, engine
        if old is not None:
            old.close()
        self.state = replace(self.state, engine=engine.name, engine_version=engine.version(), reason="", cure="",
                             weaknesses=engine.weaknesses())
        for language in self.languages:
            self._set(language, Ready.PREPARING, "waiting")

    def _off(self, error: EngineError) -> None:
        if self.engine is not None:
            self.engine.close()
        self.engine = None
        if self.state.reason != error.reason:
            log.warning("code runs are off: %s", error.reason)
        self.state = replace(self.state, engine="off", engine_version="", reason=error.reason, cure=error.cure, weaknesses=())
        for language in self.languages:
            self._set(language, Ready.MISSING, "no engine")

    def _prepare(self, engine: Engine, language: Language) -> None:
        started = time.monotonic()
        try:
            engine.prepare(language, lambda percent, step: self._set(language, Ready.PREPARING, step, percent))
            self._set(language, Ready.PREPARING, "self-test", 95)
            found = selftest.versions(engine, language, self._cancel)
            selftest.passes(engine, language, self._cancel)
        except Cancelled:
            return
        except FAILURES as error:
            cure = error.cure if isinstance(error, EngineError) else ""
            log.warning("%s is not ready: %s", language.name, error)
            self._failed_at[language.id] = time.monotonic()
            self._set(language, Ready.FAILED, f"{error}. {cure}" if cure else str(error))
            return
        self._failed_at.pop(language.id, None)
        self._set(language, Ready.READY, "", 100, versions=dict(found), self_test="passed")
        log.info("%s is ready on %s after %.1f s: %s", language.name, engine.name, time.monotonic() - started, dict(found))

    def _set(self, language: Language, state: Ready, detail: str, progress: int = 0, **more: object) -> None:
        new = LanguageState(language.id, language.name, state, detail, progress, **more)  # type: ignore[arg-type]
        self.state = replace(self.state, languages=tuple(new if old.id == new.id else old for old in self.state.languages))
