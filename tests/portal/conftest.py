"""The web application's fixtures, and an assessment with a real pack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.assessments.models import Assessment, AssessmentVersion
from core.assessments.rules.manifests import make_manifest
from core.problems.actions.shipped import load_shipped_packs
from core.problems.models import PackVersion
from tests.factories import NOW, make_assessment
from tests.web import as_candidate, as_staff, client, organisation, web

__all__ = ["as_candidate", "as_staff", "client", "organisation", "web"]


@pytest.fixture
def real_assessment(session: Any, organisation: Any) -> Callable[..., Assessment]:
    """``real_assessment("log-parser", time={…})``: an open assessment on a shipped pack; more changes go to its body."""

    def make(
        slug: str = "log-parser", languages: tuple[str, ...] = ("python", "java"), **changes: Any
    ) -> Assessment:
        load_shipped_packs(session, NOW)
        version = session.scalars(
            select(PackVersion).where(PackVersion.manifest["slug"].astext == slug)
        ).one()
        tasks = [{"pack_version": str(version.uuid), "languages": list(languages)}]
        manifest = make_manifest()
        made = make_assessment(session, organisation, tasks=tasks, manifest=manifest.value(), **changes)
        session.get_one(AssessmentVersion, made.current_version_id).manifest_hash = manifest.hash()
        session.commit()
        return made

    return make
