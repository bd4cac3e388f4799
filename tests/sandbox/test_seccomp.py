"""The system call policy, run as the kernel would run it."""

import errno
import platform
import re
import struct
from pathlib import Path

import pytest

from sandbox.seccomp import policy

ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
x86_only = pytest.mark.skipif(platform.machine() != "x86_64", reason="names numbers of x86-64")


def answer(number: int, arg0: int = 0, arch: int | None = None) -> int:
    """What the program returns for one call: a small interpreter of classic BPF."""
    data = struct.pack("=iIQ6Q", number, ARCH[platform.machine()] if arch is None else arch, 0, arg0, 0, 0, 0, 0, 0)
    program = list(struct.iter_unpack("=HBBI", policy.bpf_program()))
    register, at = 0, 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        if code == 0x20:
            (register,) = struct.unpack_from("=I", data, value)
        elif code == 0x06:
            return int(value)
        else:
            true = {0x15: register == value, 0x35: register >= value, 0x25: register > value, 0x45: bool(register & value)}[code]
            at += yes if true else no


def test_every_named_call_is_allowed_and_every_other_refused() -> None:
    column = 0 if platform.machine() == "x86_64" else 1
    named = set(policy.allowed(column).values())
    special = {numbers[column] for numbers in policy._SPECIAL.values()}
    for number in range(600):
        if number not in special:
            assert answer(number) == (ALLOW if number in named else ERRNO | errno.EPERM), number


@x86_only
def test_sockets_are_of_four_families() -> None:
    allowed = {family for family in range(60) if answer(41, family) == ALLOW}
    assert allowed == {1, 2, 10, 16}
    assert answer(41, 40) == ERRNO | errno.EAFNOSUPPORT


@x86_only
def test_no_namespace_comes_out_of_clone() -> None:
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer(56, flag | 17) == ERRNO | errno.EPERM
    assert answer(56, 0x3D0F00) == ALLOW, "threads"
    assert answer(435) == ERRNO | errno.ENOSYS, "clone3: glibc falls back to clone"


@x86_only
def test_other_doors_of_the_kernel_are_shut() -> None:
    assert answer(1, arch=0x40000003) == KILL
    assert answer(0x40000000 + 1) == ERRNO | errno.ENOSYS


@x86_only
def test_personalities() -> None:
    assert answer(135, 0xFFFFFFFF) == ALLOW
    assert answer(135, 0x0040000) == ERRNO | errno.EPERM


def test_dangerous_calls_are_not_in_the_list() -> None:
    names = set(policy.allowed(0)) | set(policy.allowed(1))
    assert not names & {
        "ptrace", "mount", "unshare", "setns", "bpf", "perf_event_open", "keyctl", "add_key", "request_key", "io_uring_setup",
        "userfaultfd", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp", "init_module", "kexec_load", "reboot",
        "open_by_handle_at", "name_to_handle_at", "pivot_root", "chroot", "swapon", "clock_settime", "shmget", "msgget",
        "semget", "mq_open", "move_mount", "open_tree", "fsopen", "personality", "socket", "clone", "clone3",
    }


@pytest.mark.skipif(not HEADER.exists(), reason="no kernel headers here")
def test_the_numbers_are_the_kernels() -> None:
    real = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+) (\d+)", HEADER.read_text())}
    wrong = {name: number for name, number in policy.allowed(0).items() if real.get(name, number) != number}
    assert not wrong
    assert {name: numbers[0] for name, numbers in policy._SPECIAL.items()} == {name: real[name] for name in policy._SPECIAL}


def test_docker_is_told_the_same() -> None:
    profile = policy.docker_profile()
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    plain = {name for rule in profile["syscalls"] if not rule["args"] and rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    assert plain == set(policy.allowed(0)) | set(policy.allowed(1))
    families = {rule["args"][0]["value"] for rule in profile["syscalls"] if rule["names"] == ["socket"]}
    assert families == {1, 2, 10, 16}


def test_an_unknown_processor_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(policy.UnknownMachine, match="riscv64"):
        policy.bpf_program()
