import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogRing } from './log-ring.ts';

test('LogRing keeps whole lines, the last ones', () => {
  for (const size of [10, 17, 64, 100]) {
    const ring = new LogRing(size);
    const all: string[] = [];
    for (let index = 0; index < 200; index += 1) {
      const lines = Array.from({ length: index % 3 }, (_, line) => `${index}.${line}`);
      all.push(...lines);
      ring.write(lines.map((line) => `${line}\n`).join(''));
      const kept = ring.lines();
      assert.deepEqual(kept, kept.length === 0 ? [] : all.slice(-kept.length), `${size} bytes, ${index}`);
    }
    const bytes = ring.lines().join('\n').length;
    assert.ok(bytes > size - 10 && bytes <= size, `${bytes} of ${size}`);
  }
});

test('LogRing keeps the end of what is longer than itself', () => {
  const ring = new LogRing(16);
  ring.write(`${'x'.repeat(100)}\nlast\n`);
  assert.deepEqual(ring.lines(), ['last']);
  ring.write('a\n');
  assert.deepEqual(ring.lines(), ['last', 'a']);
  assert.deepEqual(new LogRing(16).lines(), []);
});

test('LogRing stands beside an outlet, and remembers what has failed', () => {
  const ring = new LogRing();
  const written: string[] = [];
  const outlet = ring.beside({
    sink: { write: (text) => written.push(text) },
    render: (atMs, { name }, { message }) => `${atMs} ${name} ${message}\n`,
  });
  const origin = { pid: 1, name: 'w1' };
  for (let index = 0; index < 8; index += 1) {
    outlet.sink.write(outlet.render(index, origin, { level: 'error', message: `no ${index}`, traceback: '' }));
  }
  outlet.sink.write(outlet.render(9, origin, { level: 'output', message: 'printed', traceback: '' }));
  assert.equal(written.length, 9);
  assert.equal(ring.lines().at(-1), '9 w1 printed');
  assert.deepEqual(
    ring.failures.map(({ atMs, text }) => `${atMs} ${text}`),
    ['3 no 3', '4 no 4', '5 no 5', '6 no 6', '7 no 7'],
  );
});

test('LogRing tells listeners until they leave', () => {
  const ring = new LogRing();
  const heard: string[] = [];
  const leave = ring.listen((text) => heard.push(text));
  ring.write('one\n');
  leave();
  ring.write('two\n');
  assert.deepEqual(heard, ['one\n']);
});
