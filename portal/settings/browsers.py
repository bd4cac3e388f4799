"""Names a browser from its user agent, roughly and without a library: it only has to be recognised by its owner."""

from __future__ import annotations

from dataclasses import dataclass

from server.i18n import _

PROGRAMS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
PHONES = ("iPhone", "Android")


@dataclass(frozen=True)
class Device:
    """What is shown of a browser."""

    name: str
    is_phone: bool


def describe(user_agent: str) -> Device:
    """ "Firefox on Linux", or that it is unknown."""
    program = next((name for mark, name in PROGRAMS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if program and system:
        return Device(_("%(program)s on %(system)s", program=program, system=system), system in PHONES)
    return Device(program or system or _("An unknown browser"), system in PHONES)
