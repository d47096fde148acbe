import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEAD_BYTES_MAX, readHandshakeAnswer, renderHandshake } from './websocket-handshake.ts';

/** Key and answer of the example in RFC 6455 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ANSWER =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

test('renderHandshake() asks for a WebSocket and offers no extension', () => {
  assert.equal(
    renderHandshake({ port: 8000, path: '/echo', key: KEY }),
    `GET /echo HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
});

test('readHandshakeAnswer() takes 101 with the right hash, and keeps what follows', () => {
  assert.deepEqual(readHandshakeAnswer(Buffer.from(`${ANSWER}\u0001`), KEY), {
    kind: 'accepted',
    rest: Buffer.from([1]),
  });
});

test('readHandshakeAnswer() waits for the whole head, which has a limit', () => {
  assert.equal(readHandshakeAnswer(Buffer.from(ANSWER.slice(0, -1)), KEY), undefined);
  assert.equal(readHandshakeAnswer(Buffer.alloc(HEAD_BYTES_MAX, 'x'), KEY), undefined);
  assert.equal(readHandshakeAnswer(Buffer.alloc(HEAD_BYTES_MAX + 1, 'x'), KEY)?.kind, 'refused');
});

test('readHandshakeAnswer() tells a refusal', () => {
  const refusal = readHandshakeAnswer(Buffer.from('HTTP/1.1 403 Forbidden\r\n\r\n'), KEY);
  assert.deepEqual(refusal, { kind: 'refused', fault: 'answered with HTTP/1.1 403 Forbidden' });
  const other = readHandshakeAnswer(Buffer.from(ANSWER), 'AAAAAAAAAAAAAAAAAAAAAA==');
  assert.deepEqual(other, { kind: 'refused', fault: 'another Sec-WebSocket-Accept' });
});
