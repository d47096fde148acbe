import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { RequestParser } from '../http1/request-parser.ts';
import type { Handshake, HandshakeRefusal } from './handshake.ts';
import { acceptKey, readHandshake } from './handshake.ts';

const GOOD: Readonly<Record<string, string | undefined>> = {
  Host: 'example.org',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

interface Change {
  readonly line?: string;
  /** Undefined takes a field away. */
  readonly fields?: Readonly<Record<string, string | undefined>>;
  readonly more?: readonly string[];
}

/** Through the real parser of heads. */
function read({
  line = 'GET /chat HTTP/1.1',
  fields = {},
  more = [],
}: Change): Handshake | HandshakeRefusal | undefined {
  const lines = Object.entries({ ...GOOD, ...fields }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const parser = new RequestParser();
  parser.feed(Buffer.from(`${[line, ...lines, ...more].join('\r\n')}\r\n\r\n`, 'latin1'));
  const head = parser.next();
  if (head?.kind !== 'head') {
    throw new Error(`the head was refused: ${JSON.stringify(head)}`);
  }
  return readHandshake(head);
}

function statusOf(change: Change): number | undefined {
  const result = read(change);
  return result?.kind === 'refused' ? result.status : undefined;
}

test('readHandshake() reads the handshake of RFC 6455 1.3', () => {
  deepEqual(read({ more: ['Origin: http://example.com', 'Sec-WebSocket-Protocol: chat, superchat'] }), {
    kind: 'handshake',
    key: 'dGhlIHNhbXBsZSBub25jZQ==',
    subprotocols: ['chat', 'superchat'],
    extensions: [],
  });
});

test('acceptKey() hashes the key and the suffix of the RFC', () => {
  const texts: string[] = [];
  const sha1 = (text: string): string => {
    texts.push(text);
    return 'hash';
  };
  equal(acceptKey('dGhlIHNhbXBsZSBub25jZQ==', sha1), 'hash');
  deepEqual(texts, ['dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11']);
});

test('readHandshake() leaves ordinary requests alone', () => {
  equal(read({ fields: { Upgrade: undefined } }), undefined);
  equal(read({ fields: { Connection: undefined } }), undefined);
  equal(read({ fields: { Connection: 'keep-alive' } }), undefined);
  equal(read({ fields: { Upgrade: 'h2c' } }), undefined);
  equal(read({ fields: { Upgrade: 'websockets' } }), undefined);
  equal(read({ line: 'POST / HTTP/1.1', fields: { Upgrade: 'h2c' } }), undefined);
});

test('readHandshake() does not care for case, nor for what else Connection and Upgrade name', () => {
  for (const fields of [
    { Upgrade: 'WebSocket', Connection: 'upgrade' },
    { Connection: 'keep-alive, UPGRADE' },
    { Upgrade: 'h2c, websocket' },
  ]) {
    equal(read({ fields })?.kind, 'handshake', JSON.stringify(fields));
  }
});

test('readHandshake() refuses other methods with 405, which names GET', () => {
  deepEqual(read({ line: 'POST / HTTP/1.1' }), {
    kind: 'refused',
    status: 405,
    detail: 'a handshake is a GET request',
    fields: [['Allow', 'GET']],
  });
  equal(statusOf({ line: 'HEAD / HTTP/1.1' }), 405);
});

test('readHandshake() refuses another version with 426, which names 13', () => {
  for (const version of ['8', '14', '013', '13x', '', '13, 8']) {
    const refused = read({ fields: { 'Sec-WebSocket-Version': version } });
    equal(refused?.kind === 'refused' && refused.status, 426, version);
    deepEqual(refused?.kind === 'refused' && refused.fields, [
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
    ]);
  }
});

test('readHandshake() refuses HTTP/1.0, a body, and what is missing or there twice, with 400', () => {
  const changes: Readonly<Record<string, Change>> = {
    'HTTP/1.0': { line: 'GET / HTTP/1.0' },
    'a length': { more: ['Content-Length: 5'] },
    chunks: { more: ['Transfer-Encoding: chunked'] },
    'no version': { fields: { 'Sec-WebSocket-Version': undefined } },
    'two versions': { more: ['Sec-WebSocket-Version: 13'] },
    'no key': { fields: { 'Sec-WebSocket-Key': undefined } },
    'two keys': { more: ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='] },
    'a short key': { fields: { 'Sec-WebSocket-Key': 'c2hvcnQ=' } },
    'a long key': { fields: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZTE=' } },
    'no base64': { fields: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j_Q==' } },
    'an empty key': { fields: { 'Sec-WebSocket-Key': '' } },
    'a subprotocol that is no token': { more: ['Sec-WebSocket-Protocol: chat, super chat'] },
    'a quoted subprotocol': { more: ['Sec-WebSocket-Protocol: "chat"'] },
    'broken extensions': { more: ['Sec-WebSocket-Extensions: permessage-deflate; a="'] },
  };
  for (const [name, change] of Object.entries(changes)) {
    equal(statusOf(change), 400, name);
  }
  equal(read({ more: ['Content-Length: 0'] })?.kind, 'handshake');
});

test('readHandshake() joins the fields of a list', () => {
  const result = read({
    more: [
      'Sec-WebSocket-Protocol: a',
      'Sec-WebSocket-Protocol: b,c, ,',
      'Sec-WebSocket-Extensions: x; y=1',
      'Sec-WebSocket-Extensions: permessage-deflate',
    ],
  });
  deepEqual(result?.kind === 'handshake' && result.subprotocols, ['a', 'b', 'c']);
  deepEqual(result?.kind === 'handshake' && result.extensions.map(({ name }) => name), ['x', 'permessage-deflate']);
});
