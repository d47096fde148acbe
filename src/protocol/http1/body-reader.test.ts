import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyReader } from './body-reader.ts';
import { Input } from './input.ts';
import { HTTP1_LIMITS } from './limits.ts';
import type { BodyFraming } from './types.ts';

function reader(framing: BodyFraming, limits = HTTP1_LIMITS): (text: string) => string[] {
  const body = new BodyReader(limits, undefined);
  const input = new Input();
  body.start(framing);
  return (text) => {
    const events: string[] = [];
    input.feed(Buffer.from(text, 'latin1'));
    for (;;) {
      const event = body.next(input);
      if (event === undefined) {
        input.keep();
        return events;
      }
      if (event.kind !== 'data') {
        const trailers = event.kind === 'end' ? event.trailers.map(({ name }) => ` ${name}`).join('') : '';
        return [...events, event.kind === 'end' ? `end${trailers} +${input.length}` : event.fault.code];
      }
      events.push(event.bytes.latin1Slice());
    }
  };
}

test('a body with a length ends after it, and leaves what follows', () => {
  const read = reader({ kind: 'length', bytes: 5 });
  assert.deepEqual(read('hel'), ['hel']);
  assert.deepEqual(read('loGET'), ['lo', 'end +3']);
});

test('a body until the end of the connection never ends by itself', () => {
  const read = reader({ kind: 'until-close' });
  assert.deepEqual(read('hel'), ['hel']);
  assert.deepEqual(read('lo'), ['lo']);
});

test('chunks are handed out as they come, and leave what follows', () => {
  const read = reader({ kind: 'chunked' });
  assert.deepEqual(read('5'), []);
  assert.deepEqual(read('\r'), []);
  assert.deepEqual(read('\nhe'), ['he']);
  assert.deepEqual(read('llo\r'), ['llo']);
  assert.deepEqual(read('\n0'), []);
  assert.deepEqual(read('\r\nX: y\r\n\r'), []);
  assert.deepEqual(read('\nGET'), ['end X +3']);
});

test('small chunks of one feeding are one piece, which large ones interrupt', () => {
  const chunk = (size: number): string => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;
  const sizes = (text: string, read = reader({ kind: 'chunked' })): string[] =>
    read(text).map((event) => (event.startsWith('x') ? `${event.length}` : event));
  assert.deepEqual(sizes(`${chunk(1).repeat(10_000)}0\r\n\r\n`), ['10000', 'end +0']);
  assert.deepEqual(sizes(`${chunk(1)}${chunk(4096)}${chunk(2)}${chunk(3)}0\r\n\r\n`), ['1', '4096', '5', 'end +0']);
  assert.deepEqual(sizes(`${chunk(4000).repeat(17)}0\r\n\r\n`), ['64000', '4000', 'end +0']);
  assert.deepEqual(sizes(`${chunk(1).repeat(3)}z`), ['3', 'http1.bad-chunk-size']);
  const read = reader({ kind: 'chunked' });
  assert.deepEqual(sizes(`${chunk(1).repeat(3)}5\r\nxx`, read), ['5']);
  assert.deepEqual(sizes(`xxx\r\n${chunk(1)}`, read), ['4']);
});

test('extensions are limited for the body as a whole', () => {
  const limits = { ...HTTP1_LIMITS, chunkExtensionBytesMax: 8 };
  assert.deepEqual(reader({ kind: 'chunked' }, limits)('1;abc\r\nx\r\n1;def\r\ny\r\n0\r\n\r\n'), ['xy', 'end +0']);
  assert.deepEqual(reader({ kind: 'chunked' }, limits)('1;abcd\r\nx\r\n1;def\r\ny\r\n'), [
    'x',
    'http1.chunk-extensions-too-large',
  ]);
  const read = reader({ kind: 'chunked' }, limits);
  assert.deepEqual(read('1;abcdefg\r'), []);
  assert.deepEqual(read('\nx'), ['x']);
  assert.deepEqual(reader({ kind: 'chunked' }, limits)('1;abcdefghi'), ['http1.chunk-extensions-too-large']);
});

test('a reader starts anew for the next body', () => {
  const body = new BodyReader({ ...HTTP1_LIMITS, chunkExtensionBytesMax: 4 }, undefined);
  for (let round = 0; round < 3; round += 1) {
    const input = new Input();
    input.feed(Buffer.from('0;abc\r\n\r\n'));
    body.start({ kind: 'chunked' });
    assert.equal(body.isUntilClose, false);
    assert.equal(body.next(input)?.kind, 'end');
  }
});

test('a quoted extension may hold what would end it, escaped', () => {
  assert.deepEqual(reader({ kind: 'chunked' })('1;a="\\"; b" ; c\r\nx\r\n0\r\n\r\n'), ['x', 'end +0']);
});

test('an extension that is all spaces is refused in time that grows with its length only', () => {
  const text = `1;a${' '.repeat(16_000)}\x01\r\n`;
  assert.deepEqual(reader({ kind: 'chunked' })(text), ['http1.bad-chunk-extension']);
});

test('a lone CR or LF anywhere in the framing is refused', () => {
  for (const text of ['1\n', '1\rx', '1;a\n', '1;a\rb\r\n', '1;\n', '0\r\n\n', '0\r\nX: y\n']) {
    assert.deepEqual(reader({ kind: 'chunked' })(text), ['http1.bare-line-break'], JSON.stringify(text));
  }
});

test('what is not a size, not the end of a chunk, or not a trailer is refused', () => {
  for (const text of ['', '+1', '0x1', '1_0', ' 1', '1g', '20000000000000', '0'.repeat(17)]) {
    assert.deepEqual(reader({ kind: 'chunked' })(`${text}\r\n`), ['http1.bad-chunk-size'], JSON.stringify(text));
  }
  assert.deepEqual(reader({ kind: 'chunked' })('1\r\nxy'), ['x', 'http1.bad-chunk-end']);
  assert.deepEqual(reader({ kind: 'chunked' })('1\r\nx\ry'), ['x', 'http1.bad-chunk-end']);
  assert.deepEqual(reader({ kind: 'chunked' })('0\r\nHost: x\r\n\r\n'), ['http1.forbidden-trailer']);
  assert.deepEqual(reader({ kind: 'chunked' })(`0\r\nX: ${'x'.repeat(9000)}`), ['http1.trailers-too-large']);
});

test('holdsEnd() looks for the end of the body in what is unread, and takes nothing', () => {
  for (const [framing, text, isHeld] of [
    [{ kind: 'length', bytes: 5 }, 'hell', false],
    [{ kind: 'length', bytes: 5 }, 'hello', true],
    [{ kind: 'chunked' }, '5\r\nhello\r\n0\r\n\r', false],
    [{ kind: 'chunked' }, '5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\nGET', true],
    [{ kind: 'chunked' }, '5\r\nhello world', true], // A fault ends a body as well.
    [{ kind: 'until-close' }, 'hello', false],
  ] as const) {
    const body = new BodyReader(HTTP1_LIMITS, undefined);
    const input = new Input();
    body.start(framing);
    input.feed(Buffer.from(text.slice(0, 2)));
    const first = body.next(input)?.kind === 'data' ? 2 : 0;
    input.keep();
    input.feed(Buffer.from(text.slice(2)));
    const { length } = input;
    assert.equal(body.holdsEnd(input), isHeld, text);
    assert.equal(body.holdsEnd(input), isHeld, text);
    assert.equal(input.length, length);
    const rest: string[] = [];
    for (let event = body.next(input); event?.kind === 'data'; event = body.next(input)) rest.push(String(event.bytes));
    assert.equal(text.slice(0, first) + rest.join(''), framing.kind === 'chunked' ? 'hello' : text, text);
  }
});
