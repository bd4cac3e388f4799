"""What pages show of the runner: ready, building n %, or off with reason and cure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from core.base.errors import N_
from core.gateways.runner.port import LanguageReadiness, RunnerState

FRESH_SECONDS = 15
READY, BUILDING, OFF = "ready", "building", "off"
SILENT = N_("The background workers have not reported a sandbox.")
SILENT_CURE = N_("They start with `make run`; `proofroom doctor` names the part that is down.")
UNKNOWN_LANGUAGE = N_("This sandbox does not know the language.")


@dataclass(frozen=True, slots=True)
class RunningState:
    """``state`` is ready, building (``progress`` 0-100) or off (``reason`` and ``cure``: message ids)."""

    state: str
    engine: str = ""
    engine_version: str = ""
    progress: int = 0
    reason: str = ""
    cure: str = ""
    slots: int = 0
    busy: int = 0
    weaknesses: tuple[str, ...] = ()
    languages: Mapping[str, LanguageReadiness] = field(default_factory=dict)

    def language(self, language: str) -> LanguageReadiness:
        """The state of one language; one that nobody reported is "missing"."""
        known = self.languages.get(language)
        return known or LanguageReadiness(language, language, "missing", UNKNOWN_LANGUAGE)

    def can_run(self, language: str) -> bool:
        """Whether a run in this language would start now."""
        return self.state != OFF and self.language(language).state == "ready"


def state_json(state: RunnerState) -> dict[str, Any]:
    """What a worker stores of a runner: JSON values only, so that stored and new states compare equal."""
    return {**asdict(state), "weaknesses": list(state.weaknesses), "languages": [asdict(x) for x in state.languages]}


def state_from_json(raw: Mapping[str, Any]) -> RunnerState:
    """The value of ``state_json`` again."""
    languages = tuple(LanguageReadiness(**language) for language in raw["languages"])
    return RunnerState(**{**raw, "languages": languages, "weaknesses": tuple(raw["weaknesses"])})


def running_state(stored: Mapping[str, Any] | None, seen_at: dt.datetime | None, now: dt.datetime) -> RunningState:
    """The state to show. A report older than 15 s counts as silence, whatever it said."""
    if stored is None or seen_at is None or (now - seen_at).total_seconds() > FRESH_SECONDS:
        return RunningState(OFF, reason=SILENT, cure=SILENT_CURE)
    state = state_from_json(stored)
    if state.engine == OFF:
        return RunningState(OFF, engine=OFF, reason=state.reason, cure=state.cure)
    preparing = [language.progress for language in state.languages if language.state == "preparing"]
    return RunningState(
        READY if state.ready_languages or not preparing else BUILDING,
        engine=state.engine,
        engine_version=state.engine_version,
        progress=sum(preparing) // len(preparing) if preparing else 100,
        reason=state.reason,
        cure=state.cure,
        slots=state.slots,
        busy=state.busy,
        weaknesses=state.weaknesses,
        languages={language.id: language for language in state.languages},
    )


def toolchain_of(state: RunnerState, language: str) -> str | None:
    """A text that changes whenever engine or versions of a ready language do; None while it is not ready."""
    for known in state.languages:
        if known.id == language and language in state.ready_languages:
            versions = ", ".join(f"{name} {version}" for name, version in sorted(known.versions.items()))
            return f"{state.engine}: {versions or language}"[:120]
    return None
