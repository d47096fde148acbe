import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import type { UpstreamRequest } from '../wire.ts';
import { FakeSink } from './fake-sink.ts';
import { Http1Wire } from './http1-wire.ts';

const REQUEST: UpstreamRequest = {
  method: 'GET',
  target: '/a?b',
  fields: [{ name: 'Host', value: 'app' }],
  bodyLength: 0,
  keepsConnection: false,
  upgrade: undefined,
};
const WIRE = new Http1Wire({ version: '1.1', headBytesMax: 4096 });
const OLD_WIRE = new Http1Wire({ version: '1.0', headBytesMax: 4096 });

const headOf = (wire: Http1Wire, more: Partial<UpstreamRequest>): string =>
  String(wire.renderHead({ ...REQUEST, ...more }));

test('a head is written from its parts, with what the connection and the body need', () => {
  equal(headOf(WIRE, {}), 'GET /a?b HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n');
  equal(headOf(WIRE, { keepsConnection: true }), 'GET /a?b HTTP/1.1\r\nHost: app\r\n\r\n');
  equal(
    headOf(OLD_WIRE, { keepsConnection: true }),
    'GET /a?b HTTP/1.0\r\nHost: app\r\nConnection: keep-alive\r\n\r\n',
  );
  equal(
    headOf(WIRE, { keepsConnection: true, bodyLength: undefined, method: 'PUT' }),
    'PUT /a?b HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  equal(
    headOf(WIRE, { method: 'POST' }),
    'POST /a?b HTTP/1.1\r\nHost: app\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  );
  equal(
    headOf(WIRE, { upgrade: 'websocket', keepsConnection: true }),
    'GET /a?b HTTP/1.1\r\nHost: app\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
});

test('a head in which somebody has hidden a line is never written', () => {
  throws(() => WIRE.renderHead({ ...REQUEST, target: '/a b' }), TypeError);
  throws(() => WIRE.renderHead({ ...REQUEST, fields: [{ name: 'X', value: 'a\r\nY: b' }] }), TypeError);
});

function read(text: string, { size = text.length, isEnd = false, request = {} } = {}) {
  const sink = new FakeSink();
  const reader = WIRE.newReader({ ...REQUEST, ...request }, sink);
  for (let at = 0; at < text.length; at += size) reader.feed(Buffer.from(text.slice(at, at + size), 'latin1'));
  if (isEnd) reader.end();
  return { told: sink.lines, reader, sink };
}

test('a response is read the same, however its bytes are cut', () => {
  const text =
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Mine: 1\r\nConnection: X-Mine\r\nX: y\r\n\r\n2\r\nhi\r\n0\r\nT: 1\r\n\r\n';
  const whole = read(text)
    .told.join('|')
    .replaceAll(/(?<=data \w+)\|data /g, '');
  for (const size of [1, 2, 7, 50]) {
    equal(
      read(text, { size })
        .told.join('|')
        .replaceAll(/(?<=data \w+)\|data /g, ''),
      whole,
      `by ${size}`,
    );
  }
  equal(/x-mine/i.test(whole), false, 'a field that Connection names ends here');
});

test('a connection is used again only behind a whole response that says so, with nothing behind it', () => {
  const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
  equal(read(ok).reader.isReusable, true);
  equal(read(`${ok}more`).reader.isReusable, false);
  equal(read(ok.replace('1.1', '1.0')).reader.isReusable, false);
  equal(read(ok.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')).reader.isReusable, false);
  equal(read('HTTP/1.1 200 OK\r\n\r\nhi', { isEnd: true }).reader.isReusable, false);
  // The body may be on its way, and would answer the next request.
  equal(read('HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n').reader.isReusable, false);
  equal(read('HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n').reader.isReusable, false);
  equal(read('HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n').reader.isReusable, true);
  equal(read('HTTP/1.1 304 No\r\nContent-Length: 2\r\n\r\n').reader.isReusable, true);
  const late = read(ok).reader;
  late.feed(Buffer.from('x'));
  equal(late.isReusable, false);
});

test('of bytes behind a response that come with it the log is told, in the words of nginx', () => {
  const told = (text: string): readonly string[] => read(text).told.filter((line) => line.startsWith('warn'));
  deepEqual(told('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'), []);
  deepEqual(told('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhim'), [
    'warn: upstream sent more data than specified in "Content-Length" header',
  ]);
  deepEqual(told('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx'), [
    'warn: upstream sent data after final chunk',
  ]);
});

test('a parser that has heard of the end of its connection is not used for the next one', () => {
  read('HTTP/1.1 200 OK\r\n\r\nhi', { isEnd: true });
  equal(read('HTTP/1.1 200 OK\r\n\r\nhi').sink.isOver, false);
});

test('heads that repeat are one object, whichever connection they come on', () => {
  const sinks = [new FakeSink(), new FakeSink()];
  const heads: object[] = [];
  for (const sink of sinks) {
    const onHead = sink.onHead.bind(sink);
    sink.onHead = (head) => {
      heads.push(head);
      onHead(head);
    };
  }
  const readers = sinks.map((sink) => WIRE.newReader(REQUEST, sink));
  for (const reader of readers) reader.feed(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\nhi'));
  equal(heads[0], heads[1]);
});

test('a tunnel, and a refusal of it, say what protocol they are about', () => {
  const upgrade = 'Connection: Upgrade, X-Mine\r\nX-Mine: 1\r\nUpgrade: websocket\r\n\r\n';
  const told = (status: string): string | undefined =>
    read(`HTTP/1.1 ${status}\r\n${upgrade}`, { request: { upgrade: 'websocket' } }).told[0];
  equal(told('101 Now')?.trimEnd(), 'tunnel 101 [Upgrade: websocket]');
  equal(told('426 No'), '426 No [Upgrade: websocket] open');
  equal(told('200 OK'), '200 OK [] open');
});

test('what is no response is a fault in the words of nginx', () => {
  const faults: readonly (readonly [string, boolean, string])[] = [
    ['SSH-2.0\r\n', false, 'upstream sent no valid HTTP/1.0 header'],
    [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(5000)}\r\n\r\n`, false, 'upstream sent too big header'],
    ['HTTP/1.1 200 OK\r\nX : y\r\n\r\n', false, 'upstream sent invalid header'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', false, 'upstream sent invalid header'],
    ['HTTP/1.1 101 Now\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', false, 'upstream sent a change of the protocol'],
    ['HTTP/1.1 100 Go\r\nContent-Length: 2\r\n\r\nhi', false, 'upstream sent invalid header: an interim response with'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', false, 'upstream sent invalid chunked response'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi', true, 'upstream prematurely closed connection'],
    ['HTTP/1.1 2', true, 'upstream prematurely closed connection'],
  ];
  deepEqual(
    faults.map(([text, isEnd, words]) => read(text, { isEnd }).told.at(-1)?.includes(words)),
    faults.map(() => true),
  );
});
