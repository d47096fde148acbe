import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { askFake } from './fake-proxied.ts';
import { compileDomainReplacement, compileNameMatch, compilePrefixReplacement, replaceFirst } from './replacement.ts';

test('a prefix, a domain, and the first that fits of several', () => {
  const { made } = askFake({}, '/', (compilation) => {
    const prefix = compilePrefixReplacement(
      { from: { text: [{ variable: 'scheme' }, ':'] }, to: 'https:' },
      compilation,
    );
    const domain = compileDomainReplacement({ from: { text: 'a.b' }, to: 'c.d' }, compilation);
    const all = [prefix, domain];
    return (route) => ['http://x', 'A.B', '.a.b', 'x'].map((value) => replaceFirst(all, value, route));
  });
  deepEqual(made, ['https://x', 'c.d', '.c.d', undefined]);
});

test('a name is meant by a text in any case, or by a regex', () => {
  const { made } = askFake({}, '/', (compilation) => {
    const text = compileNameMatch({ text: 'Session' }, compilation);
    const regex = compileNameMatch({ pattern: { text: '^s', isCaseless: false } }, compilation);
    return (route) => ['session', 'sess', 'S'].map((name) => [text(name, route), regex(name, route)]);
  });
  deepEqual(made, [
    [true, true],
    [false, true],
    [false, false],
  ]);
  equal(made?.length, 3);
});
