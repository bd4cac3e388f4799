"""From the click on Run to the output on the screen: a small Python program in the real stack, and where the time goes.

Every leg is measured in the same runs. The browser, the web part, the worker and the sandbox share this machine's clock.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page
from pycrdt import Text
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench._browser import chromium, fresh
from bench._numbers import percentile, spread
from bench._stack import measured_stack
from core.assessments.actions.start import Consent, Entry, Started, start_attempt
from core.assessments.models import Assessment
from core.assessments.rules.disclosure import disclosure_in
from core.base.clock import utc_now
from core.runs.models import Run
from core.wiring import Wiring
from jobs.demo.cast import LOGS, SHOWS
from jobs.demo.edits import Edit
from jobs.demo.make import Maker
from jobs.demo.stage import current_version
from jobs.demo.typist import Typist
from server.identity import device_cookie

RUNS, WARM_UP = 40, 4
PAUSE_MS = 2200  # 30 runs a minute is what one attempt may ask for
PROGRAM = "print(int(input()) * 3 + 1)\n"
LEGS = ("http", "claim", "sandbox_queue", "sandbox_box", "sandbox_build", "sandbox_run", "worker", "socket_and_page")

CLICK = """
(number) => new Promise((resolve, reject) => {
  const expected = String(number * 3 + 1);
  const output = document.getElementById('run-output');
  const now = () => performance.timeOrigin + performance.now();
  const clicked = now();
  const watch = new MutationObserver(() => {
    if (!output.textContent.includes(expected)) return;
    watch.disconnect();
    resolve({ clicked, shown: now() });
  });
  watch.observe(output, { childList: true, subtree: true, characterData: true });
  setTimeout(() => { watch.disconnect(); reject(new Error('no output within 30 s')); }, 30000);
  document.getElementById('run-stdin').value = String(number);
  document.querySelector('[data-run=stdin]').click();
})
"""


def run() -> dict[str, Any]:
    """Milliseconds, median and spread over RUNS clicks; the legs' medians and their shares of the whole."""
    with measured_stack("python") as (stack, wiring), chromium() as browser:
        started = begin(wiring)
        context = fresh(browser, stack.url)
        context.add_cookies([
            {"name": device_cookie(started.attempt.uuid), "value": started.device_token, "url": stack.url}
        ])  # fmt: skip
        page = context.new_page()
        open_workspace(page, f"/attempts/{started.attempt.uuid}")
        clicks = [click(page, 1000 + number) for number in range(WARM_UP + RUNS)][WARM_UP:]
        with wiring.database.reading() as session:
            newest = session.scalars(select(Run).where(Run.purpose == "own").order_by(Run.id.desc()).limit(RUNS))
            legs = [legs_of(shown, row) for shown, row in zip(clicks, reversed(newest.all()), strict=True)]
            engine = str((session.scalars(select(Run.result).limit(1)).one() or {}).get("engine"))
    return figures(legs, engine)


def begin(wiring: Wiring, password: str = "a-password-nobody-needs") -> Started:
    """An attempt at the log parser in Python, its program replaced by a small one."""
    show = next(show for show in SHOWS if show.pack == LOGS)
    maker = Maker(wiring, lambda _line: None, visits=())
    house = maker.found(password)
    assessment = maker.open(house, show)
    assert assessment is not None
    with wiring.database.unit_of_work() as session:
        return _start(session, session.get_one(Assessment, assessment.id))


def _start(session: Session, assessment: Assessment) -> Started:
    version = current_version(session, assessment)
    consent = Consent(
        version.manifest_hash, "en", disclosure_in(version.body["manifest"], str).text_hash(), agreed=True
    )
    entry = Entry(assessment, version, None, "bench@candidates.example", verified=False)
    started = start_attempt(session, entry, "Somebody Quick", {0: "python"}, consent, utc_now())
    session.refresh(started.attempt, ["tasks"])
    [task] = started.attempt.tasks
    assert task.workspace_id is not None
    typist = Typist(session, task.workspace_id, 1)
    length = len(str(typist.doc.get(f"body:{typist.file_id('main.py')}", type=Text)))
    typist.edit(Edit("main.py", 0, length, PROGRAM), utc_now())
    return started




def open_workspace(page: Page, path: str) -> None:
    """The page once it is connected and everything is saved."""
    page.goto(path)
    assert urlsplit(page.url).path == path, page.url
    page.wait_for_selector('#saving[data-kind="saved"]', timeout=20_000)


def click(page: Page, number: int) -> dict[str, float]:
    """One run: when it was clicked and when its output stood on the screen, in ms of the epoch."""
    found: dict[str, float] = page.evaluate(CLICK, number)
    page.wait_for_timeout(PAUSE_MS)
    return found


def legs_of(shown: dict[str, float], run: Run) -> dict[str, float]:
    """The whole and its parts, in ms. What the worker does is what remains of its time beside the sandbox's own."""
    assert run.started_at
    assert run.finished_at
    assert run.result
    times = run.result["timings"]
    sandbox = sum(times.values())
    return {
        "total": shown["shown"] - shown["clicked"],
        "http": _ms(run.created_at) - shown["clicked"],
        "claim": _ms(run.started_at) - _ms(run.created_at),
        **{f"sandbox_{name.removesuffix('_ms')}": float(times[name]) for name in ("queue_ms", "box_ms", "build_ms", "run_ms")},
        "worker": _ms(run.finished_at) - _ms(run.started_at) - sandbox,
        "socket_and_page": shown["shown"] - _ms(run.finished_at),
    }


def _ms(moment: dt.datetime) -> float:
    return moment.timestamp() * 1000


def figures(legs: list[dict[str, float]], engine: str) -> dict[str, Any]:
    """What is written down."""
    medians = {leg: percentile([each[leg] for each in legs], 0.5) for leg in LEGS}
    whole = sum(medians.values())
    return {
        "engine": engine,
        "runs": len(legs),
        "click_to_output_ms": spread([each["total"] for each in legs]),
        "legs_ms_p50": {leg: round(value, 1) for leg, value in medians.items()},
        "legs_share_percent": {leg: round(100 * value / whole) for leg, value in medians.items()},
        "aim": "p50 under 300 ms, warm boxes not yet built",
    }
