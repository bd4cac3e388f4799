'use strict';
// Keeps a clinic's rooms free of overlaps: commands on standard input, answers on standard output.
const fs = require('fs');

// The answer to one command, for example ['BOOK', 'a', 'north', '2026-03-30T09:00+02:00', …].
function answer(fields) {
  throw new Error('not written yet');
}

const answers = [];
for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
  if (line.trim() !== '') answers.push(answer(line.trim().split(' ')));
}
console.log(answers.join('\n'));
