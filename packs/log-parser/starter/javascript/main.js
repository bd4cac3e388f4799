'use strict';
// Reads an access log from standard input and writes the report of the statement.
const fs = require('fs');

const REASONS = ['long', 'binary', 'shape', 'time', 'address', 'request', 'number'];

// Take one line without its line end: accept it, or reject it for the first reason that holds.
function parse(line) {
  throw new Error('not written yet');
}

function main() {
  const log = fs.readFileSync(0); // A Buffer: the log may hold anything.
  const counts = new Map(REASONS.map((reason) => [reason, 0]));
  let accepted = 0;

  // TODO: go through the lines of the log.

  console.log('accepted', accepted);
  console.log('rejected', [...counts.values()].reduce((sum, count) => sum + count, 0));
  for (const [reason, count] of counts) console.log(reason, count);
  console.log('clients', 0);
}

main();
