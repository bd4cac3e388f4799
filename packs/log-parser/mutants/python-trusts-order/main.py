"""Reads an access log from standard input, rejects what cannot be trusted, reports the busiest clients."""

import sys
from bisect import bisect_left
from collections import defaultdict

REASONS = ("long", "binary", "shape", "time", "address", "request", "number")
MAX_LINE = 1024
MAX_BYTES = 10**12
PROTOCOLS = {"HTTP/1.0", "HTTP/1.1", "HTTP/2"}
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DIGITS = frozenset("0123456789")
CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
PRINTABLE = bytes(range(32, 127))


class Rejected(Exception):
    """Carries the reason."""


def is_number(text):
    """Decimal digits without a leading zero."""
    return bool(text) and DIGITS.issuperset(text) and (text == "0" or text[0] != "0")


def take_word(line, at):
    end = at
    while end < len(line) and line[end] not in ' "':
        end += 1
    if end == at:
        raise Rejected("shape")
    return line[at:end], end


def take_quoted(line, at):
    if at >= len(line) or line[at] != '"':
        raise Rejected("shape")
    at += 1
    signs = []
    while at < len(line):
        sign = line[at]
        if sign == '"':
            return "".join(signs), at + 1
        if sign == "\\":
            at += 1
            if at >= len(line) or line[at] not in '"\\':
                raise Rejected("shape")
            sign = line[at]
        signs.append(sign)
        at += 1
    raise Rejected("shape")


def split_fields(line):
    fields = []
    at = 0
    for number, take in enumerate((take_word, take_word, take_quoted, take_word, take_word, take_quoted)):
        if number:
            if at >= len(line) or line[at] != " ":
                raise Rejected("shape")
            at += 1
        field, at = take(line, at)
        fields.append(field)
    if at != len(line):
        raise Rejected("shape")
    return fields


def days_before_year(year):
    year -= 1
    return year * 365 + year // 4 - year // 100 + year // 400


def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def parse_time(text):
    """Seconds on a linear scale."""
    if len(text) != 20:
        raise Rejected("time")
    for at, sign in enumerate("dddd-dd-ddTdd:dd:ddZ"):
        if (text[at] not in DIGITS) if sign == "d" else (text[at] != sign):
            raise Rejected("time")
    year, month, day = int(text[0:4]), int(text[5:7]), int(text[8:10])
    hour, minute, second = int(text[11:13]), int(text[14:16]), int(text[17:19])
    if year < 1970 or not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        raise Rejected("time")
    longest = DAYS[month - 1] + (month == 2 and is_leap(year))
    if not 1 <= day <= longest:
        raise Rejected("time")
    days = days_before_year(year) + sum(DAYS[: month - 1]) + (month > 2 and is_leap(year)) + day
    return ((days * 24 + hour) * 60 + minute) * 60 + second


def parse_address(text):
    parts = text.split(".")
    if len(parts) != 4 or not all(len(p) <= 3 and is_number(p) and int(p) <= 255 for p in parts):
        raise Rejected("address")
    return tuple(int(part) for part in parts)


def check_request(text):
    parts = text.split(" ")
    if len(parts) != 3:
        raise Rejected("request")
    method, target, protocol = parts
    if not 1 <= len(method) <= 10 or not CAPITALS.issuperset(method):
        raise Rejected("request")
    if not target.startswith("/") or protocol not in PROTOCOLS:
        raise Rejected("request")


def parse_numbers(status, size):
    if len(status) != 3 or not is_number(status) or not 100 <= int(status) <= 599:
        raise Rejected("number")
    if size == "-":
        return int(status), 0
    if len(size) > 13 or not is_number(size) or int(size) > MAX_BYTES:
        raise Rejected("number")
    return int(status), int(size)


def parse(raw):
    """(seconds, address, status, bytes) of a line given as bytes. Raises Rejected."""
    if len(raw) > MAX_LINE:
        raise Rejected("long")
    if raw.translate(None, PRINTABLE):
        raise Rejected("binary")
    time, address, request, status, size, _agent = split_fields(raw.decode("ascii"))
    seconds = parse_time(time)
    client = parse_address(address)
    check_request(request)
    return (seconds, client, *parse_numbers(status, size))


def peak_of(times):
    return max(end - bisect_left(times, time - 59) + 1 for end, time in enumerate(times))


def main():
    counts = dict.fromkeys(REASONS, 0)
    accepted = 0
    times, errors, sizes = defaultdict(list), defaultdict(int), defaultdict(int)
    for raw in sys.stdin.buffer.read().split(b"\n"):
        raw = raw.removesuffix(b"\r")
        if not raw:
            continue
        try:
            seconds, client, status, size = parse(raw)
        except Rejected as rejected:
            counts[rejected.args[0]] += 1
            continue
        accepted += 1
        times[client].append(seconds)
        errors[client] += status >= 500
        sizes[client] += size
    peaks = {client: peak_of(found) for client, found in times.items()}
    out = [f"accepted {accepted}", f"rejected {sum(counts.values())}"]
    out += [f"{reason} {counts[reason]}" for reason in REASONS]
    out.append(f"clients {len(times)}")
    for client in sorted(times, key=lambda c: (-peaks[c], -sizes[c], c))[:10]:
        name = ".".join(map(str, client))
        out.append(
            f"{name} requests {len(times[client])} errors {errors[client]}"
            f" bytes {sizes[client]} peak {peaks[client]}"
        )
    print("\n".join(out))


main()
