import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { REQUEST, RESPONSE } from './fake-answer.ts';
import { DIGESTS, renderOcspRequest, renderRequestPath, SHA1 } from './ocsp-request.ts';
import { readOcspResponse } from './ocsp-response.ts';

test('renderOcspRequest() asks as OpenSSL does', () => {
  const answer = readOcspResponse(RESPONSE);
  const [id] = answer.ok ? answer.value.responses : [];
  equal(id?.digest, SHA1);
  equal(DIGESTS.get(SHA1), 'sha1');
  deepEqual(id && renderOcspRequest(id), REQUEST);
});

test('renderRequestPath() puts the question behind the path, so that no character of it means something', () => {
  equal(renderRequestPath('/', Buffer.from([0xfb, 0xff, 0xfe])), '/%2B%2F%2F%2B');
  equal(renderRequestPath('/ocsp', Buffer.from('a')), '/ocsp/YQ%3D%3D');
});
