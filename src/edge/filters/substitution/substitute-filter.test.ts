import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Substitutions } from '../../../config/model/bodies.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { fakeCompilation } from '../fake-compilation.ts';
import { fakeAnswer, fakeRoute, passThrough } from '../fake-writers.ts';
import { compileSubstitutions } from './substitute-filter.ts';

const HTML = 'Content-Type: text/html\r\n';
const RULES: Substitutions = {
  pairs: [{ from: 'foo', to: 'bar' }],
  isOnce: false,
  keepsLastModified: false,
  types: ['text/html'],
};

function run(rules: Partial<Substitutions>, fields: string, values: Record<string, string> = {}) {
  const logged: string[] = [];
  const compilation = fakeCompilation();
  for (const [name, value] of Object.entries(values)) {
    compilation.values.set(name, value);
  }
  const filter = compileSubstitutions({ substitutions: { ...RULES, ...rules } } as unknown as Scope, compilation);
  const answer = fakeAnswer({ fields, length: 6 });
  const transform = filter?.(answer, fakeRoute([], { log: (_level, text) => logged.push(text) }));
  return { answer, transform, logged };
}

test('a response whose text may change has no validators of the old one', () => {
  const fields = `${HTML}ETag: "x"\r\nLast-Modified: y\r\nAccept-Ranges: bytes\r\n`;
  const { answer } = run({}, fields);
  equal(answer.fields.text, HTML);
  equal(answer.length, undefined);
  equal(run({ keepsLastModified: true }, fields).answer.fields.text, `${HTML}ETag: W/"x"\r\nLast-Modified: y\r\n`);
});

test('other types and empty bodies are left alone', () => {
  equal(run({}, 'Content-Type: image/png\r\n').transform, undefined);
  equal(run({ pairs: [{ from: '', to: 'x' }] }, HTML).transform, undefined);
});

test('both sides may have variables; a string that is empty for a request is left out', async () => {
  const pairs = [
    { from: ['X', { variable: 'a' }], to: [{ variable: 'b' }, '!'] },
    { from: [{ variable: 'none' }], to: 'never' },
  ];
  const { transform } = run({ pairs }, HTML, { a: 'foo', b: 'bee' });
  equal((await passThrough(transform!, ['Xfoo X'])).toString(), 'bee! X');
  equal(run({ pairs: [{ from: [{ variable: 'none' }], to: 'x' }] }, HTML).transform, undefined);
});

test('patterns that a request makes very long are not looked for', () => {
  const { transform, logged } = run({ pairs: [{ from: [{ variable: 'a' }], to: 'x' }] }, HTML, { a: 'y'.repeat(8193) });
  equal(transform, undefined);
  equal(logged.length, 1);
});
