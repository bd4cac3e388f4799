"""Which model endpoint is in use: what the environment says, else what was entered on a screen, else none."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.base.seal import unseal
from core.base.stored_settings import StoredSetting
from core.gateways.llm.port import Endpoint
from core.settings import Settings

NAME = "model"
OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True)
class ChosenModel:
    """The endpoint in use, if any. ``fixed`` means that the environment decides and screens cannot change it."""

    endpoint: Endpoint | None
    fixed: bool


def chosen_model(session: Session, settings: Settings) -> ChosenModel:
    """The endpoint in use. Raises Unavailable when the stored key was sealed with another secret key."""
    if settings.openai_api_key or settings.openai_base_url:
        return ChosenModel(Endpoint(settings.openai_base_url or OPENAI, settings.openai_api_key), fixed=True)
    row = session.get(StoredSetting, NAME)
    if row is None or not row.value.get("base_url"):
        return ChosenModel(None, fixed=False)
    key = unseal(settings.secret_key, row.value["key_sealed"]) if row.value["key_sealed"] else ""
    return ChosenModel(Endpoint(row.value["base_url"], key, row.value.get("model", "")), fixed=False)
