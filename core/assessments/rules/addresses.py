"""E-mail addresses as people paste them: which are plausible, and when two are the same."""

from __future__ import annotations

import re
import unicodedata

from core.base.errors import N_

MAX_EMAIL = 254
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def normalise_address(email: str) -> str:
    """The form in which two spellings of one address are the same: NFC, without edges, lower case."""
    return unicodedata.normalize("NFC", email).strip().lower()


def address_fault(email: str) -> str:
    """What is wrong with an address, as a message id; "" when mail can be tried."""
    email = email.strip()
    if not email:
        return N_("Give an e-mail address.")
    if len(email) > MAX_EMAIL:
        return N_("This address is longer than 254 characters.")
    local, at, domain = email.rpartition("@")
    if not at or not local or not domain:
        return N_("An address looks like name@example.org.")
    if not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        return N_("The part before the @ is no valid address.")
    return "" if _domain_ok(domain) else N_("The part after the @ is no valid domain.")


def _domain_ok(domain: str) -> bool:
    try:
        plain = domain.lower().encode("idna").decode()
    except UnicodeError:
        return False
    labels = plain.split(".")
    return len(plain) <= 253 and len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
