// The English sentences of src/words, so that the tests name a sentence by its key and do not repeat it.
import { readFileSync } from 'node:fs';

const read = (name) => readFileSync(new URL(`../../../src/words/${name}`, import.meta.url), 'utf8');
const unquote = (text) => JSON.parse(`"${text}"`);

const words = new Map();
for (const [, key, english] of read('table.inc').matchAll(/^TACET_WORD\((\w+), "((?:[^"\\]|\\.)*)"/gm)) {
  words.set(key, unquote(english));
}
const problems = new Map();
for (const [, key, english] of read('problems.inc').matchAll(/^TACET_PROBLEM\((\w+),\s*"((?:[^"\\]|\\.)*)"/gm)) {
  problems.set(key, unquote(english));
}

const get = (map, key) => {
  if (!map.has(key)) throw new Error(`src/words has no ${key}`);
  return map.get(key);
};

// The sentence with {0}, {1}, … filled in.
export const say = (key, ...values) => get(words, key).replace(/\{(\d)\}/g, (_, n) => values[n]);
// What happened, as a person is told.
export const explain = (key) => get(problems, key);
