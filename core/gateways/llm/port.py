"""What the application asks of a model endpoint that speaks OpenAI's protocol."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """Where models are asked. ``model`` may be empty until one is chosen."""

    base_url: str
    api_key: str
    model: str = ""

    def __repr__(self) -> str:
        return f"Endpoint({self.base_url!r}, model={self.model!r})"


class EndpointFailed(Exception):
    """The endpoint did not answer as it should; ``reason`` is for people and carries no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
