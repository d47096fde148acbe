import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Seen } from './judge.ts';
import { judge, mixedAnswers } from './judge.ts';

const PASSED = { id: 'a1', method: 'POST', target: '/x', body: 'abc' };
const SEEN: Seen = {
  by: 'app',
  method: 'POST',
  target: '/x',
  body: 'abc',
  environ: { HTTP_X_ID: 'a1', HTTP_X_LINE: 'POST /x', REMOTE_ADDR: '127.0.0.1', HTTP_TRANSFER_ENCODING: 'chunked' },
};

function changed(more: Partial<Seen>, environ: Record<string, string> = {}): string {
  return judge([PASSED], [{ ...SEEN, ...more, environ: { ...SEEN.environ, ...environ } }])
    .map((fault) => fault.split(': {')[0])
    .join('; ');
}

test('judge() is content with what is the same on both sides', () => {
  assert.deepEqual(judge([PASSED], [SEEN]), []);
  assert.equal(changed({ target: undefined, body: undefined }), '');
  assert.deepEqual(judge([{ ...PASSED, status: '400' }], [{ ...SEEN, isCut: true }]), []);
});

test('judge() finds requests that were not seen here, or not so often', () => {
  assert.equal(changed({}, { HTTP_X_ID: 'a1,forged' }), 'a request that was not seen here');
  assert.match(judge([PASSED], [SEEN, SEEN])[0] ?? '', /^seen twice/);
});

test('judge() finds what is seen differently', () => {
  assert.equal(changed({ method: 'GET' }), 'method, here POST');
  assert.equal(changed({ target: '/y' }), 'target, here /x');
  assert.equal(changed({ body: '' }), 'body, here "abc"');
  assert.equal(changed({}, { HTTP_X_LINE: 'forged' }), 'line forged');
  assert.equal(changed({}, { REMOTE_ADDR: '6.6.6.6' }), "REMOTE_ADDR of the client's choice");
  assert.equal(changed({}, { SCRIPT_NAME: '/x' }), "SCRIPT_NAME of the client's choice");
  assert.equal(changed({}, { CONTENT_LENGTH: '3' }), 'two framings');
  assert.match(judge([{ ...PASSED, status: '400' }], [SEEN])[0] ?? '', /^whole, but not here/);
});

test('mixedAnswers() finds an answer to another request', () => {
  const head = (own: string, echoed: string): string =>
    `HTTP/1.1 200 OK\r\nX-Rid: ${own}\r\nX-Echo: ${echoed}\r\n\r\nok`;
  assert.deepEqual(mixedAnswers(head('a', 'a') + head('b', 'b')), []);
  assert.deepEqual(mixedAnswers(head('a', 'a') + head('b', 'a')), ['the answer to a for b']);
  assert.deepEqual(mixedAnswers('HTTP/1.1 400 Bad Request\r\nX-Rid: a\r\n\r\n'), []);
});
