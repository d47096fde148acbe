import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FASTCGI, recordHeader } from '../../protocol/fastcgi/records.ts';
import { fastcgiPadding } from '../../protocol/fastcgi/render-request.ts';
import type { UpstreamRequest } from '../wire.ts';
import { FakeSink, GET, readResponse } from './fake-sink.ts';
import { FastcgiWire } from './fastcgi-wire.ts';

const CLOSES = new FastcgiWire({ keepsConnection: false, faults: [], headBytesMax: 4096 });
const KEEPS = new FastcgiWire({ keepsConnection: true, faults: [], headBytesMax: 4096 });

function record(type: number, content: string): string {
  return recordHeader(type, content.length) + content + fastcgiPadding(content.length);
}

const out = (content: string): string => record(FASTCGI.stdout, content);
const error = (content: string): string => record(FASTCGI.stderr, content);
const end = (protocolStatus = 0): string =>
  record(FASTCGI.endRequest, `\0\0\0\0${String.fromCharCode(protocolStatus)}\0\0\0`);

function reads(
  wire: FastcgiWire,
  text: string,
  lines: readonly string[],
  { isReusable = false, request = GET }: { readonly isReusable?: boolean; readonly request?: UpstreamRequest } = {},
): void {
  const bytes = Buffer.from(text, 'latin1');
  for (const size of [bytes.length, 17, 7, 1]) {
    const read = readResponse(wire, bytes, () => size, request);
    assert.deepEqual(read.lines, lines, `${JSON.stringify(text)} fed ${size} bytes at a time`);
    assert.equal(read.isReusable, isReusable);
  }
}

test('a response is what STDOUT carries, however it is cut into records', () => {
  const text = 'Content-Type: text/plain\r\n\r\nhello';
  for (const size of [1, 2, 7, text.length]) {
    let records = '';
    for (let at = 0; at < text.length; at += size) {
      records += out(text.slice(at, at + size));
    }
    for (const wire of [CLOSES, KEEPS]) {
      reads(wire, records + out('') + end(), ['200 OK [Content-Type: text/plain] open', 'body hello', 'end'], {
        isReusable: wire === KEEPS,
      });
      reads(wire, records + end(), ['200 OK [Content-Type: text/plain] open', 'body hello', 'end'], {
        isReusable: wire === KEEPS,
      });
    }
  }
});

test('the error output goes to the log, and ends no line of it', () => {
  reads(CLOSES, out('A: b\n\nx') + end(), ['200 OK [A: b] open', 'body x', 'end']);
  const { lines } = readResponse(
    CLOSES,
    Buffer.from(error('PHP Warning: "x"\n  in a.php. \r\n') + out('A: b\n\nx') + error('more') + end(), 'latin1'),
    () => 500,
  );
  assert.deepEqual(lines, [
    String.raw`error: FastCGI sent in stderr: "PHP Warning: \x22x\x22\x0A  in a.php"`,
    '200 OK [A: b] open',
    'body x',
    'error: FastCGI sent in stderr: "more"',
    'end',
  ]);
});

test('an application that writes errors without end does not fill the log', () => {
  const piece = error('x'.repeat(60_000));
  const { lines } = readResponse(CLOSES, Buffer.from(piece.repeat(20) + out('A: b\n\n') + end(), 'latin1'), () => 1e6);
  assert.equal(lines.length, 5 + 3);
  assert.equal(lines[5], 'error: FastCGI sent 262144 bytes in stderr for one response: what follows is not told');
});

test('a text on the error output makes the response a fault, across records too, and before its head only', () => {
  const wire = new FastcgiWire({ keepsConnection: false, faults: ['PHP Fatal', 'x'], headBytesMax: 4096 });
  const { lines } = readResponse(wire, Buffer.from(error('oh PHP F') + error('atal error'), 'latin1'), () => 100);
  assert.deepEqual(lines.at(-1), 'header: upstream sent in stderr what "fastcgi_catch_stderr" names');
  assert.equal(lines.length, 3);
  const after = readResponse(wire, Buffer.from(out('A: b\n\n') + error('PHP Fatal') + end(), 'latin1'), () => 100);
  assert.equal(after.lines.at(-1), 'end');
});

test('the end of the request is waited for, and a connection that closes before it has ended a body that is whole', () => {
  const response = out('Content-Length: 5\n\nhello');
  for (const wire of [CLOSES, KEEPS]) {
    const bytes = Buffer.from(response + out(''), 'latin1');
    const sink = new FakeSink();
    const reader = wire.newReader(GET, sink);
    reader.feed(bytes);
    assert.equal(sink.isOver, false);
    reader.feed(Buffer.from(end(), 'latin1'));
    assert.equal(sink.isOver, true);
    reads(wire, response, ['200 OK [] 5', 'body hello', 'end']);
    reads(wire, out('A: b\n\nhello') + out(''), ['200 OK [A: b] open', 'body hello', 'end']);
  }
});

test('what ends too early is a fault', () => {
  const cases: readonly (readonly [string, ...string[]])[] = [
    ['', 'closed: upstream prematurely closed connection'],
    [out('A: b\n'), 'closed: upstream prematurely closed connection'],
    [out('A: b\n') + out(''), 'header: upstream prematurely closed FastCGI stdout'],
    [end(), 'header: upstream sent unexpected FastCGI record: 3'],
    [end(2), 'header: upstream sent unexpected FastCGI record: 3 (overloaded)'],
    [out('A: b\n\nx'), '200 OK [A: b] open', 'body x', 'closed: upstream prematurely closed connection'],
    [
      out('Content-Length: 9\n\nx') + out(''),
      '200 OK [] 9',
      'body x',
      'closed: upstream prematurely closed FastCGI stdout',
    ],
    [
      out('Content-Length: 9\n\nx') + end(),
      '200 OK [] 9',
      'body x',
      'closed: upstream prematurely closed FastCGI request',
    ],
    [
      `${out('A: b\n\nx')}\0`,
      '200 OK [A: b] open',
      'body x',
      'body: upstream sent unsupported FastCGI protocol version: 0',
    ],
    ['HTTP/1.1 400', 'header: upstream sent unsupported FastCGI protocol version: 72'],
    [out('x'.repeat(5000)), 'header: upstream sent too big header'],
    [out('Status: 101\nUpgrade: x\n\n'), 'header: upstream sent invalid status "101"'],
  ];
  for (const wire of [CLOSES, KEEPS]) {
    for (const [text, ...lines] of cases) {
      reads(wire, text, lines, { request: { ...GET, upgrade: 'x' } });
    }
  }
});

test('a connection is not used again where more came, or where a body was not read', () => {
  const { isReusable } = readResponse(KEEPS, Buffer.from(`${out('A: b\n\n')}${end()}x`, 'latin1'), () => 500);
  assert.equal(isReusable, false);
  reads(KEEPS, out('A: b\n\nhello') + end(), ['200 OK [A: b] open', 'end'], { request: { ...GET, method: 'HEAD' } });
});

test('a request with a body leaves STDIN open', () => {
  assert.equal(CLOSES.renderHead(GET).length, 16 + 8 + 8);
  assert.equal(CLOSES.renderHead({ ...GET, bodyLength: undefined }).length, 16 + 8);
  const framing = CLOSES.framingOf();
  assert.equal(framing.before(3) + framing.behind(3), '\x01\x05\0\x01\0\x03\x05\0\0\0\0\0\0');
  assert.equal(framing.end, '\x01\x05\0\x01\0\0\0\0');
  assert.equal(framing.pieceBytesMax, 32_768);
});
