import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTransport, NOBODY, passThrough, slices } from '../fake-writers.ts';
import { PatternAutomaton } from './pattern-automaton.ts';
import type { Replacements } from './substitute-writer.ts';
import { SubstituteWriter } from './substitute-writer.ts';

type Pairs = readonly (readonly [string, string])[];

function replacementsOf(pairs: Pairs, isOnce: boolean): Replacements {
  return {
    automaton: new PatternAutomaton(pairs.map(([from]) => Buffer.from(from, 'latin1'))),
    count: pairs.length,
    replacement: (pattern) => Buffer.from(pairs[pattern]?.[1] ?? '', 'latin1'),
    isOnce,
  };
}

/** The same for every way to cut the body. */
async function replaced(body: string, pairs: Pairs, isOnce = false): Promise<string> {
  const results: string[] = [];
  for (const size of [Math.max(1, body.length), 7, 3, 2, 1]) {
    const output = await passThrough(
      (next, before) => new SubstituteWriter(replacementsOf(pairs, isOnce), next, before),
      slices(body, size),
    );
    results.push(output.toString('latin1'));
  }
  const [first = ''] = results;
  for (const result of results) {
    equal(result, first, `${body} with ${JSON.stringify(pairs)}`);
  }
  return first;
}

/** What is to be expected, in the plainest way. */
function expected(body: string, pairs: Pairs, isOnce: boolean): string {
  const used = new Set<number>();
  let output = '';
  for (let at = 0; at < body.length; ) {
    const index = pairs.findIndex(
      ([from], pattern) =>
        !(isOnce && used.has(pattern)) && body.slice(at, at + from.length).toLowerCase() === from.toLowerCase(),
    );
    if (index === -1) {
      output += body[at] ?? '';
      at += 1;
    } else {
      used.add(index);
      output += pairs[index]?.[1] ?? '';
      at += pairs[index]?.[0].length ?? 1;
    }
  }
  return output;
}

test('strings are replaced wherever the body is cut, without regard to case', async () => {
  equal(await replaced('a foo, a FOO, fo', [['Foo', 'bar']]), 'a bar, a bar, fo');
  equal(await replaced('aaaab', [['aab', '+']]), 'aa+');
  equal(await replaced('abababX', [['ababX', '+']]), 'ab+');
  equal(await replaced('', [['x', 'y']]), '');
  equal(await replaced('xx', [['x', '']]), '');
});

test('of several the first to begin is replaced, and then the first in the configuration', async () => {
  equal(
    await replaced('aaabb aabb', [
      ['aabb', '+'],
      ['aaabb', '-'],
    ]),
    '- +',
  );
  equal(
    await replaced('abcd', [
      ['abcd', '1'],
      ['abc', '2'],
      ['b', '3'],
    ]),
    '1',
  );
  equal(
    await replaced('abcx', [
      ['abcd', '1'],
      ['abc', '2'],
      ['b', '3'],
    ]),
    '2x',
  );
  equal(
    await replaced('abc', [
      ['abcd', '1'],
      ['bc', '2'],
    ]),
    'a2',
  );
  equal(
    await replaced('ab', [
      ['abyz', '1'],
      ['ab', '2'],
    ]),
    '2',
  );
});

test('once is once for each string', async () => {
  equal(
    await replaced(
      'aabyyzaab',
      [
        ['aab', '+'],
        ['yyz', '-'],
      ],
      true,
    ),
    '+-aab',
  );
  equal(
    await replaced(
      'yyzyyzaabaabyyz',
      [
        ['aab', '+'],
        ['yyz', '-'],
      ],
      true,
    ),
    '-yyz+aabyyz',
  );
});

test('whatever the body and the strings are, all ways to cut it give what the plainest way gives', async () => {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
  const word = (length: number): string => Array.from({ length }, () => 'abcA'[random(4)] ?? 'a').join('');
  for (let count = 0; count < 300; count += 1) {
    const pairs: Pairs = Array.from(
      { length: 1 + random(4) },
      (_, index) => [word(1 + random(5)), `<${index}>`] as const,
    );
    const body = word(random(40));
    const isOnce = random(2) === 0;
    equal(await replaced(body, pairs, isOnce), expected(body, pairs, isOnce));
  }
});

test('a match is not held back when it is decided, and a beginning no longer than it may be one', () => {
  const transport = new FakeTransport();
  const writer = new SubstituteWriter(
    replacementsOf(
      [
        ['xyz', '1'],
        ['foo', '2'],
      ],
      false,
    ),
    transport,
    NOBODY,
  );
  writer.write(Buffer.from('a foo'));
  equal(transport.text, 'a 2');
  writer.write(Buffer.from(' xy'));
  writer.flush();
  equal(transport.text, 'a 2 ');
  writer.write(Buffer.from('?'));
  equal(transport.text, 'a 2 xy?');
  equal(transport.flushes, 1);
});

test('long replacements wait for a client that is behind, and no body makes gigabytes at once', () => {
  const transport = new FakeTransport();
  transport.takes = false;
  const long = 'x'.repeat(10_000);
  let drains = 0;
  const writer = new SubstituteWriter(replacementsOf([['a', long]], false), transport, {
    drained: () => (drains += 1),
  });
  equal(writer.write(Buffer.from('a'.repeat(1000))), false);
  ok(transport.body.length <= 50_000);
  writer.end();
  transport.takes = true;
  writer.drained();
  equal(drains, 1);
  equal(transport.body.length, 10_000_000);
  equal(transport.ended, 'end');
});
