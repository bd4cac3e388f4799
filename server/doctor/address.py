"""The public address: does it parse, does it answer as Proofroom, and is what people type there encrypted."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from server.doctor.deployment import Deployment
from server.doctor.finding import Finding, fail, ok, one_line, warn

TIMEOUT_SECONDS = 5.0
LONGEST = 65_536
# A proxy of this shell is none of the browsers': the address itself is asked.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
CURE = "Start the web part (`make run`), or correct PROOFROOM_PUBLIC_URL or the proxy in front of it."


class NotProofroom(Exception):
    """What answers there is no healthy Proofroom; the text says what it is."""


def public_url(deployment: Deployment) -> Sequence[Finding]:
    """Parses, answers, and advice about https."""
    url = deployment.settings.public_url
    parts = urlsplit(url)
    if not parts.hostname or parts.query or parts.fragment:
        cure = "Set PROOFROOM_PUBLIC_URL to scheme and host as people type them, such as https://interviews.example.org."
        return [fail("public url", f"{url} is no address that links can begin with", cure)]
    try:
        ask(url)
    except NotProofroom as error:
        return [_unreached(deployment, url, str(error))]
    if parts.scheme == "http" and not is_local(parts.hostname):
        cure = (
            "Put a TLS proxy in front and set PROOFROOM_PUBLIC_URL to its https address (docs/operations.md)."
        )
        return [warn("public url", f"{url} answers, but everything people type travels in the clear", cure)]
    return [ok("public url", f"{url} answers")]


def _unreached(deployment: Deployment, url: str, reason: str) -> Finding:
    """A public address need not be reachable from inside: then the web part itself decides."""
    bind, port = deployment.settings.bind, deployment.settings.port
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, f"[{bind}]" if ":" in bind else bind)  # noqa: S104
    near = f"http://{host}:{port}"
    if near == url or is_local(urlsplit(url).hostname or ""):
        return fail("public url", f"{url}: {reason}", CURE)
    try:
        ask(near)
    except NotProofroom:
        return fail("public url", f"{url}: {reason}", CURE)
    cure = "Open the address in a browser outside this network; if that fails too, correct the proxy or the name's record."
    return warn("public url", f"{near} answers, {url} does not from this machine: {reason}", cure)


def ask(url: str) -> None:
    """Return when a healthy Proofroom answers. Raises NotProofroom."""
    try:
        with _OPENER.open(f"{url}/healthz", timeout=TIMEOUT_SECONDS) as answer:
            said = _json(answer.read(LONGEST))
    except urllib.error.HTTPError as error:
        with error:
            said = _json(error.read(LONGEST))
        down = [name for name in ("database", "redis") if said.get(name) == "unreachable"]
        if down:
            raise NotProofroom(f"it answers, but does not reach {' and '.join(down)}") from None
        raise NotProofroom(f"it answers {error.code}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotProofroom(f"no answer: {one_line(getattr(error, 'reason', error))}") from None
    if said.get("status") != "ok":
        raise NotProofroom("something else than Proofroom answers there")


def _json(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def is_local(host: str) -> bool:
    """Whether a name means this machine, where nothing travels."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
