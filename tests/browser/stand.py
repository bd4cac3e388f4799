"""A stand for the workspace page: the other side of frontend/workspace/contract.ts, in memory, with faults on demand.

The page itself is the real template, the real build and a strict policy. The product's own server is tried against the
same page by the end-to-end tests; this stand lets single behaviours be tried in seconds.
Run as `python -m tests.browser.stand <port> <seconds of the time limit> <seconds of overtime>`.
"""

import datetime as dt
import hashlib
import secrets
import sys
import threading
import time
import uuid

import pycrdt
from flask import Flask, g, jsonify, render_template, request
from flask_socketio import SocketIO, emit, join_room
from flask_wtf import CSRFProtect
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server import ui
from server.assets import ROOT
from server.security import CONTENT_POLICY

HOSTILE = '<img src=x onerror="document.title=1">'
FILES = {
    "src/worker.py": "def send(transfer):\n    return None\n",
    "src/ledger.py": "class Ledger:\n    pass\n",
    "NOTES.md": "# Notes\n",
    "pyproject.toml": "[project]\n",
}
TESTS = (("settles once", "ok"), ("parks what stays unknown", "wrong"), ("stops after five", "time"))

app = Flask("server", root_path=str(ROOT / "server"))
app.secret_key = "only for tests"
app.jinja_loader = FileSystemLoader([ROOT / "server/templates", ROOT / "portal/templates"])
app.jinja_env.undefined = StrictUndefined
app.jinja_env.add_extension("jinja2.ext.i18n")
app.jinja_env.install_null_translations(newstyle=True)
CSRFProtect(app)
ui.install(app)
sockets = SocketIO(app, async_mode="threading", max_http_buffer_size=4_000_000)
lock = threading.RLock()
doc = pycrdt.Doc(allow_multithreading=True)
tree = doc.get("tree", type=pycrdt.Map)
started = dt.datetime.now(dt.UTC)
limit, overtime = (int(value) for value in (sys.argv[2:4] or ("3600", "3600")))
memory = {
    "version": 1,
    "runs": [],
    "answers": {},
    "reports": [],
    "refuse": None,
    "updates": 0,
    "submitted": None,
}


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


def seed():
    for path, body in FILES.items():
        file_id = str(uuid.uuid4())
        entry = {"path": path, "kind": "text", "blob": "", "size": 0, "readonly": path == "pyproject.toml"}
        tree[file_id] = pycrdt.Map(entry)
        doc.get(f"body:{file_id}", type=pycrdt.Text).insert(0, body)


def state():
    due = started + dt.timedelta(seconds=limit)
    answers = [{"question": key, **value} for key, value in memory["answers"].items()]
    return {
        "version": memory["version"],
        "now": iso(dt.datetime.now(dt.UTC)),
        "status": "working",
        "clock": {
            "started_at": iso(started),
            "limit_seconds": limit,
            "deadline_at": iso(due),
            "policy": "overtime",
            "ends_at": iso(due + dt.timedelta(seconds=overtime)),
        },
        "engine": {"state": "ready", "text": "", "percent": None},
        "runs": memory["runs"],
        "answers": answers,
    }


def hint():
    memory["version"] += 1
    sockets.emit("attempt.changed", {"version": memory["version"]})


@app.get("/")
def show():
    g.nonce = secrets.token_urlsafe(16)
    names = ("state", "run", "cancel", "upload", "blob", "answer", "language", "submit", "receipt")
    data = {
        "attempt": "a", "workspace": "w", "person": {"name": "Ingrid"}, "nonce": g.nonce,
        "urls": {name: f"/{name}" for name in names}, "namespace": "/", "state": state(),
        "languages": [{"id": "python", "name": "Python 3.11"}], "language": "python",
        "can": {"tests": True, "stdin": True}, "open": ["src/worker.py"], "capture": ["away", "pasted"],
        "limits": {"files": 40, "file_characters": 200_000, "upload_bytes": 65_536, "stdin_characters": 5000},
        "questions": ["risk"],
    }  # fmt: skip
    page = {
        "title": HOSTILE, "organisation": "Harbourline", "role": "Engineer", "statement": Markup("<p>Fix it.</p>"),
        "part": 1, "parts": 1, "part_links": [], "ai": {"mode": "permitted", "text": ""}, "judged": [("Tests", 100)],
        "recorded": [("Edits", "To see how it came about")], "kept": "180 days.",
        "contact": {"name": "Priya", "email": ""},
        "questions": [{"key": "risk", "text": "Which risk?", "required": True, "answer": ""}],
    }  # fmt: skip
    return render_template("workspace/show.html", data=data, page=page)


@app.after_request
def policy(response):
    nonce = getattr(g, "nonce", "")
    response.headers["Content-Security-Policy"] = CONTENT_POLICY.format(
        nonce=f" 'nonce-{nonce}'" if nonce else ""
    )
    return response


@app.get("/state")
def get_state():
    return jsonify(state())


@app.get("/stand")
def look():
    with lock:
        files = {tree[key]["path"]: str(doc.get(f"body:{key}", type=pycrdt.Text)) for key in tree}
    return jsonify(
        files=files, **{key: memory[key] for key in ("reports", "updates", "answers", "submitted")}
    )


@app.get("/stand/refuse/<status>")
def refuse(status):
    memory["refuse"] = int(status) or None
    return ""


def work(run):
    steps = ({"state": "starting", "position": None}, {"state": "running", "total": len(TESTS)})
    for step in steps:
        time.sleep(0.15)
        run.update(step)
        hint()
    for name, status in TESTS:
        run["results"].append(
            {
                "name": name,
                "status": status,
                "wall_ms": 12,
                "cpu_ms": 9,
                "memory_kb": 9000,
                "exit_code": 0,
                "signal": None,
                "message": "",
                "stdin": None,
                "stderr": None,
                "expected": None if status == "ok" else {"text": "parked", "truncated": False},
                "received": {"text": HOSTILE, "truncated": status == "time"},
            }  # fmt: skip
        )
        hint()
    run.update(state="finished", wall_ms=180, finished_at=iso(dt.datetime.now(dt.UTC)))
    hint()


@app.post("/run")
def start_run():
    asked = request.get_json()
    run = {
        "id": asked["request"], "kind": asked["kind"], "language": asked["language"], "state": "queued", "position": 2,
        "queued_at": iso(dt.datetime.now(dt.UTC)), "finished_at": None, "wall_ms": None, "build": None, "results": [],
        "total": None, "notice": "",
    }  # fmt: skip
    memory["runs"].insert(0, run)
    threading.Thread(target=work, args=(run,), daemon=True).start()
    return {"run": run}


@app.put("/answer")
def answer():
    asked = request.get_json()
    now = memory["answers"].get(asked["question"], {"version": 0})
    if now["version"] != asked["version"]:
        return {"code": "conflict", "status": 409, "detail": "Newer."}, 409
    saved = {"text": asked["text"], "version": now["version"] + 1, "saved_at": iso(dt.datetime.now(dt.UTC))}
    memory["answers"][asked["question"]] = saved
    return saved


@app.post("/upload")
def upload():
    content = request.files["file"].read()
    try:
        return {"kind": "text", "text": content.decode(), "blob": None, "size": len(content)}
    except UnicodeDecodeError:
        return {
            "kind": "binary",
            "text": None,
            "blob": hashlib.sha256(content).hexdigest(),
            "size": len(content),
        }


@app.post("/submit")
def submit():
    memory["submitted"] = request.get_json()
    return {"url": "/receipt"}


@app.get("/receipt")
def receipt():
    return "Receipt"


@sockets.on("room.watch")
def watch(_room):
    return {}


@sockets.on("doc.join")
def doc_join(workspace, vector):
    join_room(workspace)
    with lock:
        joined = {"update": doc.get_update(bytes(vector)), "stateVector": doc.get_state(), "version": 1}
    emit("doc.awareness_asked", workspace, to=workspace, include_self=False)
    return joined


@sockets.on("doc.update")
def doc_update(workspace, update, _batch):
    if memory["refuse"]:
        return {
            "problem": {"code": "refused", "status": memory["refuse"], "detail": "It would grow too large."}
        }
    with lock:
        doc.apply_update(bytes(update))
        memory["updates"] += 1
    emit("doc.updated", (workspace, update), to=workspace, include_self=False)
    return {"at": iso(dt.datetime.now(dt.UTC))}


@sockets.on("doc.awareness")
def doc_awareness(workspace, update):
    emit("doc.awareness_changed", (workspace, update), to=workspace, include_self=False)


@sockets.on("evidence.reported")
def report(batch):
    memory["reports"].append(batch)
    return {"accepted": len(batch["events"]), "refused": 0}


if __name__ == "__main__":
    seed()
    sockets.run(app, "127.0.0.1", int(sys.argv[1]), allow_unsafe_werkzeug=True)
