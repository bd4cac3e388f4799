'use strict';
// Keeps a clinic's rooms free of overlaps: commands on standard input, answers on standard output.
const fs = require('fs');

const cleaning = new Map(); // room -> minutes
const bookings = new Map(); // id -> {id, room, start, end}, minutes since 1970 in UTC

function minutesOf(text) {
  const [, year, month, day, hour, minute] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(text);
  return Date.UTC(year, month - 1, day, hour, minute) / 60000;
}

function written(minutes) {
  return `${new Date(minutes * 60000).toISOString().slice(0, 16)}Z`;
}

function inTheWay(room, start, end, but) {
  const gap = cleaning.get(room);
  return [...bookings.values()]
    .filter((other) => other.room === room && other.id !== but)
    .filter((other) => start < other.end + gap && other.start < end + gap)
    .sort((a, b) => a.start - b.start);
}

function place(id, room, start, end) {
  if (end <= start) return 'empty';
  const others = inTheWay(room, start, end, id);
  if (others.length > 0) return `conflict ${others.map((other) => other.id).join(' ')}`;
  bookings.set(id, { id, room, start, end });
  return 'ok';
}

const commands = {
  ROOM(room, minutes) {
    if (cleaning.has(room)) return 'exists';
    cleaning.set(room, Number(minutes));
    return 'ok';
  },
  BOOK(id, room, start, end) {
    if (!cleaning.has(room)) return 'unknown';
    if (bookings.has(id)) return 'exists';
    return place(id, room, minutesOf(start), minutesOf(end));
  },
  MOVE(id, start, end) {
    const booking = bookings.get(id);
    if (!booking) return 'unknown';
    return place(id, booking.room, minutesOf(start), minutesOf(end));
  },
  CANCEL(id) {
    return bookings.delete(id) ? 'ok' : 'unknown';
  },
  FREE(room, from, minutes) {
    if (!cleaning.has(room)) return 'unknown';
    let start = minutesOf(from);
    for (;;) {
      const others = inTheWay(room, start, start + Number(minutes));
      if (others.length === 0) return written(start);
      start = others[others.length - 1].end + cleaning.get(room);
    }
  },
};

const answers = [];
for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
  const [command, ...args] = line.trim().split(' ');
  if (command) answers.push(commands[command](...args));
}
console.log(answers.join('\n'));
