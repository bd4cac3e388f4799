// Runs every test in tests/visible/ and tests/own/.
import fs from 'node:fs';

for (const folder of ['tests/visible', 'tests/own']) {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  for (const file of files.filter((name) => /\.test\.m?js$/.test(name))) await import(`./${folder}/${file}`);
}
