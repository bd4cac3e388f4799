"""Zip files: honest ones are read, every known trick is refused with a reason."""

import io
import random
import stat
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problems.rules.archive import MAX_ARCHIVE_BYTES, read_archive
from core.problems.rules.paths import path_fault
from core.problems.rules.validate import digest_of, read_pack
from tests.core.problems.sample import IO_FILES


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return out.getvalue()


def faults(data: bytes) -> list[str]:
    read = read_archive(data)
    assert not read.files
    assert read.problems
    return [str(problem) for problem in read.problems]


def test_a_packed_pack_reads_like_its_folder() -> None:
    plain = read_archive(zipped(IO_FILES))
    assert plain.problems == ()
    assert plain.files == IO_FILES
    inside = read_archive(zipped({f"add-two/{path}": data for path, data in IO_FILES.items()}))
    assert inside.files == IO_FILES
    assert digest_of(inside.files) == digest_of(IO_FILES)
    assert read_pack(inside.files).problems == ()


def test_junk_of_tools_is_skipped() -> None:
    junk = {"__MACOSX/._task.yaml": b"x", ".DS_Store": b"x", "starter/python/__pycache__/main.pyc": b"x"}
    assert read_archive(zipped(IO_FILES | junk)).files == IO_FILES


paths = st.from_regex(r"[a-z]{1,6}(/[a-z0-9]{1,6}){0,3}\.[a-z]{1,3}", fullmatch=True)


@given(files=st.dictionaries(paths, st.binary(max_size=200), min_size=2, max_size=8))
def test_round_trip(files: dict[str, bytes]) -> None:
    files = files | {"task.yaml": b"top"}
    assert read_archive(zipped(files)).files == files
    assert read_archive(zipped(files, zipfile.ZIP_STORED)).files == files


@given(data=st.binary(max_size=500))
def test_rubbish_never_raises(data: bytes) -> None:
    faults(data)
    faults(b"PK\x03\x04" + data)


@settings(max_examples=300)
@given(at=st.integers(0, 10**6), value=st.integers(0, 255), cut=st.integers(0, 60))
def test_a_damaged_archive_never_raises_nor_escapes(at: int, value: int, cut: int) -> None:
    data = bytearray(zipped({"task.yaml": b"x" * 300, "a/b.txt": b"hello"}))
    data[at % len(data)] = value
    read = read_archive(bytes(data[: len(data) - cut]))
    assert not (read.files and read.problems)
    assert all(not path_fault(path) for path in read.files)


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/passwd", "C:/x", "a\\b", "a//b", "./a", "a\nb", "x" * 250]
)
def test_zip_slip(name: str) -> None:
    assert any("this path" in fault for fault in faults(zipped({name: b"x", "task.yaml": b""})))


def test_a_name_cut_by_nul_is_refused() -> None:
    data = zipped({"task.yamlXXX": b"x"}).replace(b"task.yamlXXX", b"task.yaml\0XX")
    assert any("this path" in fault for fault in faults(data))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices(kind: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.create_system = 3
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert any("is a link or device" in fault for fault in faults(out.getvalue()))


def test_doubled_names() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("task.yaml", "a")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("task.yaml", "b")
    assert any("stands twice" in fault for fault in faults(out.getvalue()))
    assert any("upper and lower case" in fault for fault in faults(zipped({"a.txt": b"", "A.txt": b""})))
    assert any("which is a file" in fault for fault in faults(zipped({"a": b"", "a/b": b""})))


def test_encrypted() -> None:
    data = bytearray(zipped({"task.yaml": b"secret"}))
    central = data.index(b"PK\x01\x02")
    flags = struct.unpack_from("<H", data, central + 8)[0]
    struct.pack_into("<H", data, central + 8, flags | 1)
    assert any("is encrypted" in fault for fault in faults(bytes(data)))


def test_names_must_be_utf8() -> None:
    data = zipped({"taskXX.yaml": b"x"}).replace(b"taskXX.yaml", b"task\xe9\xff.yaml")
    assert any("not UTF-8" in fault for fault in faults(data))


def test_bombs() -> None:
    assert any("zip bomb" in fault for fault in faults(zipped({"zeros": b"\0" * (3 * 2**20)})))
    assert any("larger than 4 MiB" in fault for fault in faults(zipped({"big": b"\0" * (5 * 2**20)})))
    many = {f"f{n}": b"" for n in range(2001)}
    assert any("more than 2000 files" in fault for fault in faults(zipped(many)))
    entries = {f"d{n}/": b"" for n in range(6001)}
    assert any("more than 6000 entries" in fault for fault in faults(zipped(entries)))
    assert any("larger than 16 MiB" in fault for fault in faults(b"\0" * (MAX_ARCHIVE_BYTES + 1)))


def test_a_lying_size_is_found_while_unpacking() -> None:
    data = bytearray(zipped({"zeros": b"\0" * (3 * 2**20)}))
    central = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, central + 24, 10)
    faults(bytes(data))


def test_the_total_is_bounded() -> None:
    body = random.Random(1).randbytes(4 * 2**20)
    pair = {f"f{n}": body[n:] for n in range(2)}
    assert read_archive(zipped(pair)).files == pair
    # Zeros enough to pack well, noise enough to pass the ratio: only the total gives it away.
    mixed = {f"f{n}": bytes(4 * 2**20 - 40_000) + body[:40_000] for n in range(9)}
    assert any("unpacks to more than 32 MiB" in fault for fault in faults(zipped(mixed)))
