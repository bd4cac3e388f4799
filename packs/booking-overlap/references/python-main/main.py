"""Keeps a clinic's rooms free of overlaps: commands on standard input, answers on standard output."""

import sys
from dataclasses import dataclass
from datetime import datetime, timezone


@dataclass
class Booking:
    id: str
    room: str
    start: int
    end: int


class Calendar:
    """All times are minutes since 1970 in UTC."""

    def __init__(self):
        self.cleaning = {}
        self.bookings = {}

    def open_room(self, room, cleaning):
        if room in self.cleaning:
            return "exists"
        self.cleaning[room] = cleaning
        return "ok"

    def in_the_way(self, room, start, end, but=None):
        """Bookings of the room that are in the way of start..end, the earliest first."""
        gap = self.cleaning[room]
        found = [
            other
            for other in self.bookings.values()
            if other.room == room and other.id != but and start < other.end + gap and other.start < end + gap
        ]
        return sorted(found, key=lambda booking: booking.start)

    def place(self, id, room, start, end):
        if end <= start:
            return "empty"
        others = self.in_the_way(room, start, end, but=id)
        if others:
            return " ".join(["conflict", *(other.id for other in others)])
        self.bookings[id] = Booking(id, room, start, end)
        return "ok"

    def book(self, id, room, start, end):
        if room not in self.cleaning:
            return "unknown"
        if id in self.bookings:
            return "exists"
        return self.place(id, room, start, end)

    def move(self, id, start, end):
        if id not in self.bookings:
            return "unknown"
        return self.place(id, self.bookings[id].room, start, end)

    def cancel(self, id):
        return "ok" if self.bookings.pop(id, None) else "unknown"

    def free(self, room, start, minutes):
        if room not in self.cleaning:
            return "unknown"
        while others := self.in_the_way(room, start, start + minutes):
            start = others[-1].end + self.cleaning[room]
        return written(start)


def minutes_of(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(moment.timestamp()) // 60


def written(minutes):
    return datetime.fromtimestamp(minutes * 60, timezone.utc).strftime("%Y-%m-%dT%H:%MZ")


def answer(calendar, line):
    match line.split():
        case ["ROOM", room, cleaning]:
            return calendar.open_room(room, int(cleaning))
        case ["BOOK", id, room, start, end]:
            return calendar.book(id, room, minutes_of(start), minutes_of(end))
        case ["MOVE", id, start, end]:
            return calendar.move(id, minutes_of(start), minutes_of(end))
        case ["CANCEL", id]:
            return calendar.cancel(id)
        case ["FREE", room, start, minutes]:
            return calendar.free(room, minutes_of(start), int(minutes))
    raise ValueError(line)


def main():
    calendar = Calendar()
    for line in sys.stdin:
        if line.strip():
            print(answer(calendar, line))


main()
