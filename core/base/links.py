"""Absolute links for mails and documents, which are written outside any request.

One function a destination; a test checks each against the web's map of URLs, so the two cannot drift apart.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Links:
    """Builds links under ``public_url`` (PROOFROOM_PUBLIC_URL, without a trailing slash)."""

    public_url: str

    def invitation(self, token: str) -> str:
        """A candidate's personal link."""
        return f"{self.public_url}/i/{token}"

    def share_code(self, code: str) -> str:
        """Where a shared code is entered, filled in."""
        return f"{self.public_url}/join/{code}"

    def colleague(self, token: str) -> str:
        """Where an invited colleague joins an organisation."""
        return f"{self.public_url}/invited/{token}"

    def attempt(self, attempt_uuid: uuid.UUID) -> str:
        """A candidate's own attempt."""
        return f"{self.public_url}/attempts/{attempt_uuid}"

    def submission(self, attempt_uuid: uuid.UUID) -> str:
        """A recruiter's page of one submission."""
        return f"{self.public_url}/team/submissions/{attempt_uuid}"

    def sign_in(self) -> str:
        """The staff sign-in page."""
        return f"{self.public_url}/sign-in"
