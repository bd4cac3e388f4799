'use strict';
// Reads an access log from standard input, rejects what cannot be trusted, reports the busiest clients.
const fs = require('fs');

const REASONS = ['long', 'binary', 'shape', 'time', 'address', 'request', 'number'];
const PROTOCOLS = new Set(['HTTP/1.0', 'HTTP/1.1', 'HTTP/2']);
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MAX_LINE = 1024;
const MAX_BYTES = 1e12;

class Rejected extends Error {}

function reject(reason) {
  throw new Rejected(reason);
}

// A cursor over one line; every take moves it on.
class Cursor {
  constructor(line) {
    this.line = line;
    this.at = 0;
  }

  space() {
    if (this.line[this.at] !== ' ') reject('shape');
    this.at += 1;
  }

  word() {
    const start = this.at;
    while (this.at < this.line.length && this.line[this.at] !== ' ' && this.line[this.at] !== '"') this.at += 1;
    if (this.at === start) reject('shape');
    return this.line.slice(start, this.at);
  }

  quoted() {
    if (this.line[this.at] !== '"') reject('shape');
    let text = '';
    for (this.at += 1; this.at < this.line.length; this.at += 1) {
      let sign = this.line[this.at];
      if (sign === '"') {
        this.at += 1;
        return text;
      }
      if (sign === '\\') {
        this.at += 1;
        sign = this.line[this.at];
        if (sign !== '"' && sign !== '\\') reject('shape');
      }
      text += sign;
    }
    return reject('shape');
  }

  end() {
    if (this.at !== this.line.length) reject('shape');
  }
}

function splitFields(line) {
  const cursor = new Cursor(line);
  const time = cursor.word();
  cursor.space();
  const address = cursor.word();
  cursor.space();
  const request = cursor.quoted();
  cursor.space();
  const status = cursor.word();
  cursor.space();
  const size = cursor.word();
  cursor.space();
  cursor.quoted();
  cursor.end();
  return { time, address, request, status, size };
}

function isLeap(year) {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function parseTime(text) {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})Z$/.exec(text);
  if (!match) reject('time');
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) reject('time');
  const longest = month === 2 && isLeap(year) ? 29 : DAYS[month - 1];
  if (day < 1 || day > longest) reject('time');
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

function parseAddress(text) {
  const parts = text.split('.');
  if (parts.length !== 4) reject('address');
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) reject('address');
    value = value * 256 + Number(part);
  }
  return value;
}

function checkRequest(text) {
  const parts = text.split(' ');
  if (parts.length !== 3) reject('request');
  const [method, target, protocol] = parts;
  if (!/^[A-Z]{1,10}$/.test(method) || !target.startsWith('/') || !PROTOCOLS.has(protocol)) reject('request');
}

function parseStatus(text) {
  if (!/^[1-5]\d\d$/.test(text)) reject('number');
  return Number(text);
}

function parseSize(text) {
  if (text === '-') return 0;
  if (!/^(0|[1-9]\d{0,12})$/.test(text) || Number(text) > MAX_BYTES) reject('number');
  return Number(text);
}

function parse(line) {
  if (line.length > MAX_LINE) reject('long');
  if (/[^\x20-\x7e]/.test(line)) reject('binary');
  const fields = splitFields(line);
  const seconds = parseTime(fields.time);
  const address = parseAddress(fields.address);
  checkRequest(fields.request);
  return { seconds, address, status: parseStatus(fields.status), size: parseSize(fields.size) };
}

function peakOf(times) {
  times.sort((a, b) => a - b);
  let peak = 0;
  let first = 0;
  for (let last = 0; last < times.length; last += 1) {
    while (times[last] - times[first] > 60) first += 1;
    peak = Math.max(peak, last - first + 1);
  }
  return peak;
}

function nameOf(address) {
  return [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(address / unit) % 256).join('.');
}

function main() {
  const counts = new Map(REASONS.map((reason) => [reason, 0]));
  const clients = new Map();
  let accepted = 0;
  // latin1 keeps one character a byte.
  for (let line of fs.readFileSync(0).toString('latin1').split('\n')) {
    if (line.endsWith('\r')) line = line.slice(0, -1);
    if (line === '') continue;
    let entry;
    try {
      entry = parse(line);
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      counts.set(error.message, counts.get(error.message) + 1);
      continue;
    }
    accepted += 1;
    let client = clients.get(entry.address);
    if (!client) clients.set(entry.address, (client = { address: entry.address, times: [], errors: 0, bytes: 0n }));
    client.times.push(entry.seconds);
    if (entry.status >= 500) client.errors += 1;
    client.bytes += BigInt(entry.size);
  }
  const rows = [...clients.values()];
  for (const row of rows) row.peak = peakOf(row.times);
  rows.sort((a, b) => b.peak - a.peak || (a.bytes < b.bytes ? 1 : a.bytes > b.bytes ? -1 : a.address - b.address));
  const rejected = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const out = [`accepted ${accepted}`, `rejected ${rejected}`];
  for (const [reason, count] of counts) out.push(`${reason} ${count}`);
  out.push(`clients ${rows.length}`);
  for (const row of rows.slice(0, 10)) {
    out.push(
      `${nameOf(row.address)} requests ${row.times.length} errors ${row.errors} bytes ${row.bytes} peak ${row.peak}`,
    );
  }
  console.log(out.join('\n'));
}

main();
