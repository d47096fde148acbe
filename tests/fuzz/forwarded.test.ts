/** What was written as a Forwarded field is read as what it was, however it is quoted and cut into fields; and nothing that is sent makes the parser fail. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseForwarded } from '../../src/protocol/http/forwarded-elements.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const ROUNDS = 5_000;
const TOKEN = "aZ09.-_!#$%&'*+^`|~";
const QUOTED = `${TOKEN},;:="\\ \t()[]/\xff`;
const ANYTHING = 'for=,;"\\ \t:[]1.a';

type Random = () => number;

function words(alphabet: string, random: Random, min: number, max: number): string {
  const length = min + Math.floor(random() * (max - min));
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
}

function spaces(random: Random): string {
  return words(' \t', random, 0, 3);
}

function writeValue(value: string, random: Random): string {
  const isToken = value !== '' && value.split('').every((character) => TOKEN.includes(character));
  if (isToken && random() < 0.5) return value;
  const escaped = value
    .split('')
    .map((character) => ('"\\'.includes(character) || random() < 0.1 ? `\\${character}` : character));
  return `"${escaped.join('')}"`;
}

test('what is written is read', () => {
  const random = seededRandom(7239);
  for (let round = 0; round < ROUNDS; round += 1) {
    const elements = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      Object.fromEntries(
        Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) => [
          `${words('abc', random, 1, 3)}${index}`,
          words(QUOTED, random, 0, 12),
        ]),
      ),
    );
    const written = elements.map((element) =>
      Object.entries(element)
        .map(([name, value]) => `${name}=${writeValue(value, random)}`)
        .join(`${spaces(random)};${spaces(random)}`),
    );
    const cut = Math.floor(random() * (written.length + 1));
    const values = [written.slice(0, cut), written.slice(cut)].map((part) =>
      part.join(`${spaces(random)},${spaces(random)}`),
    );
    const read = parseForwarded(values)?.map((element) => Object.fromEntries(element));
    assert.deepEqual(read, elements, JSON.stringify(values));
  }
});

test('nothing that is sent makes it fail, and what is read was there', () => {
  const random = seededRandom(6);
  for (let round = 0; round < 4 * ROUNDS; round += 1) {
    const text = words(ANYTHING, random, 0, 24);
    for (const element of parseForwarded([text]) ?? []) {
      for (const [name, value] of element) {
        assert.ok(name.length > 0 && text.includes(name), text);
        assert.ok(value.length <= text.length, text);
      }
    }
  }
});
