"""The web application for tests of this folder (tests/web.py)."""

from tests.web import as_candidate, as_staff, client, organisation, web

__all__ = ["as_candidate", "as_staff", "client", "organisation", "web"]
