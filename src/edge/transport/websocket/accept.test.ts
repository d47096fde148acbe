import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf, NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { Handshake } from '../../../protocol/websocket/handshake.ts';
import { renderAccept } from './accept.ts';

/** The key of RFC 6455 1.3. */
const HANDSHAKE: Handshake = {
  kind: 'handshake',
  key: 'dGhlIHNhbXBsZSBub25jZQ==',
  subprotocols: ['chat'],
  extensions: [],
};
const HEAD =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';

test('renderAccept() answers the example of RFC 6455 1.3', () => {
  equal(renderAccept(HANDSHAKE, { subprotocol: '', fields: NO_FIELDS }, undefined), `${HEAD}\r\n`);
});

test('renderAccept() says the subprotocol, the extensions and the fields of the application', () => {
  equal(
    renderAccept(
      HANDSHAKE,
      { subprotocol: 'chat', fields: fieldsOf('x-a: 1\r\n') },
      'permessage-deflate',
      'x-b: 2\r\n',
    ),
    `${HEAD}Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate\r\nx-a: 1\r\nx-b: 2\r\n\r\n`,
  );
});
