import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderScgiRequest } from './render-request.ts';

test('a request is a netstring whose first name is CONTENT_LENGTH', () => {
  const request = renderScgiRequest(
    [
      { name: 'SCGI', value: '1' },
      { name: 'CONTENT_LENGTH', value: '99' },
      { name: 'HTTP_X', value: '\xe9' },
    ],
    27,
  );
  assert.equal(
    Buffer.isBuffer(request) && request.latin1Slice(),
    '34:CONTENT_LENGTH\x0027\0SCGI\x001\0HTTP_X\0\xe9\0,',
  );
});

test('a zero byte in a name or value is told: it would begin another parameter', () => {
  assert.equal(renderScgiRequest([{ name: 'A', value: 'x\0REMOTE_USER\0root' }], 0), 'A');
  assert.equal(renderScgiRequest([{ name: 'A\0', value: '' }], 0), 'A\0');
});
