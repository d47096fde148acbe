import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GET, readResponse } from './fake-sink.ts';
import { ScgiWire } from './scgi-wire.ts';

const WIRE = new ScgiWire(4096);

test('a request has the length of its body first', () => {
  const head = WIRE.renderHead({ ...GET, fields: [{ name: 'SCGI', value: '1' }], bodyLength: 3 });
  assert.equal(Buffer.isBuffer(head) && head.latin1Slice(), '24:CONTENT_LENGTH\x003\0SCGI\x001\0,');
});

test('what the protocol cannot say is told', () => {
  assert.equal(WIRE.renderHead({ ...GET, bodyLength: undefined }), 'scgi request needs the length of its body');
  assert.equal(
    WIRE.renderHead({ ...GET, fields: [{ name: 'A"', value: '\0' }] }),
    String.raw`scgi request has a zero byte in "A\x22"`,
  );
});

test('a response has the form of CGI', () => {
  const { lines, isReusable } = readResponse(WIRE, Buffer.from('Status: 201 Made\r\n\r\nhello'), () => 3);
  assert.deepEqual(lines, ['201 Made [Status: 201 Made] open', 'body hello', 'end']);
  assert.equal(isReusable, false);
});
