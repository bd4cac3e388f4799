"""Asks an endpoint for its models: the cheapest question that shows whether address and key are right."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import IO, Any

from core.gateways.llm.port import Endpoint, EndpointFailed

TIMEOUT_SECONDS = 8
MAX_ANSWER = 2_000_000
MAX_MODELS = 500


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key is meant for the address that was entered, not for wherever that sends us."""

    def redirect_request(self, *_arguments: Any, **_names: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def list_models(endpoint: Endpoint, timeout_seconds: float = TIMEOUT_SECONDS) -> list[str]:
    """Names of the models that the endpoint offers, sorted. Raises EndpointFailed."""
    url = endpoint.base_url.rstrip("/") + "/models"
    headers = {"Accept": "application/json", "User-Agent": "Proofroom"}
    if endpoint.api_key:
        headers["Authorization"] = f"Bearer {endpoint.api_key}"
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the form takes http and https only
        with _OPENER.open(request, timeout=timeout_seconds) as answer:
            return _names(answer)
    except urllib.error.HTTPError as error:
        error.close()
        raise EndpointFailed(_status(error.code)) from None
    except TimeoutError:
        raise EndpointFailed(f"No answer within {timeout_seconds:g} seconds.") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise EndpointFailed(f"The endpoint could not be reached: {reason}"[:300]) from None


def _names(answer: IO[bytes]) -> list[str]:
    raw = answer.read(MAX_ANSWER + 1)
    try:
        rows = json.loads(raw)["data"]
        return sorted(str(row["id"])[:120] for row in rows)[:MAX_MODELS]
    except (ValueError, KeyError, TypeError):
        raise EndpointFailed(
            "The endpoint answered, but not with a list of models. Is the address complete (…/v1)?"
        ) from None


def _status(code: int) -> str:
    if code in (401, 403):
        return f"The endpoint refused the key ({code})."
    if code == 404:
        return "The endpoint has no list of models at this address (404). Is the address complete (…/v1)?"
    return f"The endpoint answered {code}."
