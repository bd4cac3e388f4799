"""The system call policy of every box, as data, in two forms: Docker's JSON profile and a BPF program for bubblewrap.

One list serves both engines, so a program meets the same walls on each. The agent lays a second, narrower filter over
every program it starts (agent/filter.c); this one holds for the agent as well.
"""

import errno
import platform
import struct
from functools import cache
from pathlib import Path
from typing import Any

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
SOCKET_FAMILIES = (AF_UNIX, AF_INET, AF_INET6, AF_NETLINK)
# New mount, cgroup, UTS, IPC, user, process and network namespaces.
NAMESPACE_FLAGS = 0x7E020000
# Linux, Linux with a short uname, 32-bit addresses off: what glibc, Java and Node ask for. The last one only asks.
PERSONALITIES = (0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF)

_SPECIAL = {  # name: (x86-64, aarch64)
    "socket": (41, 198), "clone": (56, 220), "clone3": (435, 435), "personality": (135, 92),
}
_ARCHITECTURES = {"x86_64": (0, 0xC000003E, "SCMP_ARCH_X86_64"), "aarch64": (1, 0xC00000B7, "SCMP_ARCH_AARCH64")}


class UnknownMachine(Exception):
    """The policy has no numbers for this processor."""


@cache
def allowed(column: int) -> dict[str, int]:
    """Name to number of every call allowed without a condition, for x86-64 (0) or aarch64 (1)."""
    table: dict[str, int] = {}
    for line in (Path(__file__).parent / "allowed.txt").read_text().splitlines():
        name, *numbers = line.split()
        if not name.startswith("#") and numbers[column] != "-":
            table[name] = int(numbers[column])
    return table


def docker_profile() -> dict[str, Any]:
    """The profile for `SecurityOpt: ["seccomp=<json>"]`."""
    names = sorted(set(allowed(0)) | set(allowed(1)))
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "architectures": [_machine()[2]],
        "syscalls": [
            _rule(names),
            *(_rule(["socket"], index=0, value=family, op="SCMP_CMP_EQ") for family in SOCKET_FAMILIES),
            *(_rule(["personality"], index=0, value=value, op="SCMP_CMP_EQ") for value in PERSONALITIES),
            _rule(["clone"], index=0, value=NAMESPACE_FLAGS, valueTwo=0, op="SCMP_CMP_MASKED_EQ"),
            # "Not implemented" makes glibc fall back to clone, whose flags a filter can see.
            {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": errno.ENOSYS, "args": []},
        ],
    }


def _rule(names: list[str], **condition: Any) -> dict[str, Any]:
    return {"names": names, "action": "SCMP_ACT_ALLOW", "args": [condition] if condition else []}


def _machine() -> tuple[int, int, str]:
    try:
        return _ARCHITECTURES[platform.machine()]
    except KeyError:
        raise UnknownMachine(f"no system call policy for {platform.machine()}; known: x86_64, aarch64") from None


# The BPF program: (code, jump if true, jump if false, value) each.
_LOAD, _JUMP, _EQUAL, _AT_LEAST, _ABOVE, _ANY_BIT, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x25, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _ARG0 = 0, 4, 16
Instruction = tuple[int, int, int, int]


def bpf_program() -> bytes:
    """The same policy for `bwrap --seccomp`: an array of struct sock_filter."""
    column, arch, _ = _machine()
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH), (_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER),
    ]
    if column == 0:  # the x32 calls of x86-64 have the numbers of others
        program += [(_AT_LEAST, 0, 1, 0x40000000), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    program += _when(_SPECIAL["clone3"][column], [(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)])
    program += _when(_SPECIAL["socket"][column], _one_of(SOCKET_FAMILIES, errno.EAFNOSUPPORT))
    program += _when(_SPECIAL["personality"][column], _one_of(PERSONALITIES, errno.EPERM))
    program += _when(_SPECIAL["clone"][column], [
        (_LOAD, 0, 0, _ARG0), (_ANY_BIT, 1, 0, NAMESPACE_FLAGS), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ])
    for low, high in _ranges(sorted(allowed(column).values())):
        program += [(_AT_LEAST, 0, 2, low), (_ABOVE, 1, 0, high), (_RETURN, 0, 0, _ALLOW)]
    program.append((_RETURN, 0, 0, _ERRNO | errno.EPERM))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _when(number: int, body: list[Instruction]) -> list[Instruction]:
    return [(_EQUAL, 0, len(body), number), *body]


def _one_of(values: tuple[int, ...], otherwise: int) -> list[Instruction]:
    checks = [(_EQUAL, len(values) - 1 - i, 1 if i == len(values) - 1 else 0, value) for i, value in enumerate(values)]
    return [(_LOAD, 0, 0, _ARG0), *checks, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | otherwise)]


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans
