"""What each page loads into an empty cache: requests and bytes, by kind, as they come and as gzip would send them.

The web part sends its files as they are; compressing is the proxy's work in front of it, so both figures stand here.
"""

from __future__ import annotations

import gzip
import re
from typing import Any

from playwright.sync_api import Browser, Page, Response
from sqlalchemy import select

from bench._browser import chromium, fresh, sign_in
from bench._stack import measured_stack, wait
from bench.run_latency import begin
from core.assessments.models import Assessment, Attempt, Invitation
from core.base.ids import new_token, token_hash
from core.grading.models import Grade, GradeState
from core.wiring import Wiring
from jobs.demo.cast import LOGS, RECRUITER, SHOWS, VISITS
from jobs.demo.make import Maker
from server.identity import device_cookie

PASSWORD = "only-for-this-measurement"
PEOPLE = 3
KINDS = {"script": "script", "stylesheet": "css", "document": "html", "font": "font", "image": "image"}
AIMS = {"script without the editor": 60_000, "script with the editor": 300_000}
SETTLE_MS = 1200  # what a page asks for after it stands (its state, its socket) belongs to it


def run() -> dict[str, Any]:
    """By page: requests, bytes and gzip bytes of script, CSS, HTML and the rest."""
    with measured_stack("python") as (stack, wiring), chromium() as browser:
        seeded = seed(wiring)
        state = fresh(browser, stack.url)
        sign_in(state, RECRUITER[1], PASSWORD)
        cookies = state.cookies()
        device = {"name": device_cookie(seeded["attempt"]), "value": seeded["device"], "url": stack.url}
        found = {}
        for name, path in pages_of(seeded).items():
            as_staff, as_candidate = path.startswith("/team") or path == "/settings", path.startswith("/attempts")
            found[name] = visit(browser, stack.url, path, cookies if as_staff else [device] if as_candidate else [])
        return {"pages": found, "aims_gzip_bytes": AIMS, "over_the_aim": over(found)}


def seed(wiring: Wiring) -> dict[str, Any]:
    """The example organisation with a few graded submissions, somebody at work, and a link nobody has opened."""
    show = next(show for show in SHOWS if show.pack == LOGS)
    people = [visit for visit in VISITS if visit.pack == LOGS and visit.language == "python"][:PEOPLE]
    maker = Maker(wiring, lambda _line: None, shows=[show], visits=people)
    house = maker.found(PASSWORD)
    assessment = maker.open(house, show)
    assert assessment is not None
    maker.play(house, show, assessment)
    wait(lambda: graded(wiring) == PEOPLE, "the grades")
    started = begin(wiring, PASSWORD)
    with wiring.database.unit_of_work() as session:
        token = new_token()
        unopened = select(Invitation).where(Invitation.assessment_id == assessment.id, Invitation.opened_at.is_(None))
        session.scalars(unopened.limit(1)).one().token_hash = token_hash(token)
        done = session.scalars(select(Attempt).where(Attempt.finished_at.is_not(None)).limit(1)).one()
        code = session.get_one(Assessment, assessment.id).share_code
        return {"assessment": assessment.uuid, "submission": done.uuid, "token": token, "code": code,
                "attempt": started.attempt.uuid, "device": started.device_token}  # fmt: skip


def graded(wiring: Wiring) -> int:
    """How many grades are done."""
    with wiring.database.reading() as session:
        return len(session.scalars(select(Grade.id).where(Grade.state == GradeState.DONE)).all())


def pages_of(seeded: dict[str, Any]) -> dict[str, str]:
    """The pages people open, by name."""
    assessment = f"/team/assessments/{seeded['assessment']}"
    return {
        "sign-in": "/sign-in", "set-up": "/set-up", "join": "/join", "join with a code": f"/join/{seeded['code']}",
        "invitation": f"/i/{seeded['token']}", "workspace": f"/attempts/{seeded['attempt']}",
        "assessments": "/team/assessments", "new assessment": "/team/assessments/new", "assessment": assessment,
        "invite": f"{assessment}/invitations", "submissions": f"{assessment}/submissions",
        "submission panel": f"/team/submissions/{seeded['submission']}/peek",
        "submission": f"/team/submissions/{seeded['submission']}", "packs": "/team/packs", "people": "/team/people",
        "mail": "/team/mail", "own settings": "/settings",
    }  # fmt: skip


def visit(browser: Browser, address: str, path: str, cookies: list[Any]) -> dict[str, Any]:
    """One page in a browser that has seen nothing yet."""
    context = fresh(browser, address)
    if cookies:
        context.add_cookies(cookies)
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    first = page.goto(path, wait_until="load")
    page.wait_for_timeout(SETTLE_MS)
    assert first is not None
    assert first.status == 200, (path, first.status)
    found = {"path": re.sub(r"[0-9a-f-]{36}|/[\w-]{43}$|PR-[\w-]+", "…", path), **tally(answers), "milliseconds": timing(page)}
    context.close()
    return found


def tally(answers: list[Response]) -> dict[str, Any]:
    """Requests, bytes and gzip bytes by kind. A WebSocket's frames are not counted."""
    bytes_by: dict[str, int] = {}
    gzip_by: dict[str, int] = {}
    for answer in answers:
        if answer.status in (204, 304) or answer.request.redirected_to:
            continue
        kind = KINDS.get(answer.request.resource_type, "other")
        body = answer.body()
        bytes_by[kind] = bytes_by.get(kind, 0) + len(body)
        gzip_by[kind] = gzip_by.get(kind, 0) + len(gzip.compress(body, 6))
    return {
        "requests": len(answers), "bytes": {"total": sum(bytes_by.values()), **dict(sorted(bytes_by.items()))},
        "gzip_bytes": {"total": sum(gzip_by.values()), **dict(sorted(gzip_by.items()))},
    }  # fmt: skip


def timing(page: Page) -> dict[str, int]:
    """When the document stood and when everything was loaded, from the start of the navigation."""
    read = "(() => { const t = performance.getEntriesByType('navigation')[0]; return [t.domContentLoadedEventEnd, t.loadEventEnd]; })()"
    ready, loaded = page.evaluate(read)
    return {"content_ready": round(ready), "loaded": round(loaded)}


def over(found: dict[str, Any]) -> list[str]:
    """Pages whose script is larger than the aim says."""
    limit = {name: AIMS["script with the editor" if name == "workspace" else "script without the editor"] for name in found}
    return [name for name, page in found.items() if page["gzip_bytes"].get("script", 0) > limit[name]]
