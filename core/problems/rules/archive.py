"""A pack's zip file as path -> bytes, refused with a reason when it is anything but plain files."""

import stat
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO

from core.problems.rules.paths import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_TOTAL_BYTES,
    is_junk,
    path_fault,
)
from core.problems.rules.problem import Problem, Problems

MAX_ARCHIVE_BYTES = 16 * 1024 * 1024
MAX_ENTRIES = MAX_FILES * 3  # Folders and junk count until they are skipped.
MAX_RATIO = 200
RATIO_FREE_BYTES = 1024 * 1024
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True, slots=True)
class ReadArchive:
    """`files` is empty when there are `problems`."""

    files: dict[str, bytes]
    problems: tuple[Problem, ...]


def read_archive(data: bytes, name: str = "archive.zip") -> ReadArchive:
    """The files of a zip. One folder around everything is taken off; junk of tools is skipped."""
    problems = Problems()
    files: dict[str, bytes] = {}
    if len(data) > MAX_ARCHIVE_BYTES:
        problems.add(name, 0, f"is larger than {MAX_ARCHIVE_BYTES // 2**20} MiB; make the test data smaller")
        return ReadArchive({}, problems.as_tuple())
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = _checked(archive.infolist(), name, problems)
            if not problems:
                files = _read_all(archive, entries, name, problems)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        ValueError,
        EOFError,
        OSError,
    ) as error:
        problems.add(name, 0, f"is no readable zip file ({str(error)[:100]}); pack the folder again")
    except (zlib.error, MemoryError, RuntimeError, IndexError, UnicodeError):
        problems.add(name, 0, "is damaged; pack the folder again")
    if problems:
        return ReadArchive({}, problems.as_tuple())
    return ReadArchive(_without_top(files), ())


def _checked(entries: list[zipfile.ZipInfo], name: str, problems: Problems) -> list[zipfile.ZipInfo]:
    """The entries to read; every fault that shows without unpacking is added to `problems`."""
    if len(entries) > MAX_ENTRIES:
        problems.add(name, 0, f"holds more than {MAX_ENTRIES} entries; a pack has at most {MAX_FILES} files")
        return []
    kept: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        fault = _entry_fault(entry)
        if fault:
            problems.add(entry.orig_filename[:200] or name, 0, fault)
        elif entry.is_dir() or is_junk(entry.filename):
            continue
        elif entry.filename in kept:
            problems.add(entry.filename, 0, "stands twice in the archive; keep one")
        else:
            kept[entry.filename] = entry
    _check_folded(kept, problems)
    if len(kept) > MAX_FILES:
        problems.add(name, 0, f"holds more than {MAX_FILES} files; put small cases into task.yaml")
    if sum(entry.file_size for entry in kept.values()) > MAX_TOTAL_BYTES:
        problems.add(name, 0, f"unpacks to more than {MAX_TOTAL_BYTES // 2**20} MiB; make it smaller")
    return list(kept.values())


def _check_folded(kept: dict[str, zipfile.ZipInfo], problems: Problems) -> None:
    """Two names that differ by case alone overwrite each other on some systems; a file is no folder."""
    folded: dict[str, str] = {}
    for path in kept:
        other = folded.setdefault(path.casefold(), path)
        if other != path:
            problems.add(path, 0, f"differs from {other} by upper and lower case alone; rename one")
        parts = path.split("/")
        for end in range(1, len(parts)):
            if "/".join(parts[:end]) in kept:
                problems.add(path, 0, f"lies below {'/'.join(parts[:end])}, which is a file; rename one")


def _entry_fault(entry: zipfile.ZipInfo) -> str:
    raw = entry.orig_filename
    if entry.flag_bits & _ENCRYPTED_FLAG:
        return "is encrypted; pack it without a password"
    if not entry.flag_bits & _UTF8_FLAG and not raw.isascii():
        return "has a name that is not UTF-8; use plain letters, digits, . _ and -"
    fault = path_fault(raw.removesuffix("/"))
    if fault:
        return f"this path {fault}"
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or device; pack plain files only"
    if entry.file_size > MAX_FILE_BYTES:
        return f"is larger than {MAX_FILE_BYTES // 2**20} MiB; make it smaller"
    if entry.file_size > RATIO_FREE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        return "is compressed beyond reason, like a zip bomb; make it smaller"
    return ""


def _read_all(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str, problems: Problems
) -> dict[str, bytes]:
    """Reads no byte more than each entry declares: declared sizes were checked, but may be lies."""
    files = {}
    total = 0
    for entry in entries:
        with archive.open(entry) as stream:
            data = stream.read(entry.file_size + 1)
        total += len(data)
        if len(data) != entry.file_size:
            problems.add(entry.filename, 0, "is not as large as the archive says; pack the folder again")
        elif total > MAX_TOTAL_BYTES:
            problems.add(name, 0, f"unpacks to more than {MAX_TOTAL_BYTES // 2**20} MiB; make it smaller")
        if problems:
            return {}
        files[entry.filename] = data
    return files


def _without_top(files: dict[str, bytes]) -> dict[str, bytes]:
    """Zipping a folder puts its name before every path; a pack lies one level down then."""
    tops = {path.split("/", 1)[0] for path in files}
    if len(tops) != 1 or not all("/" in path for path in files):
        return files
    return {path.split("/", 1)[1]: data for path, data in files.items()}
