import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import { compileProxiedRule } from './proxied-request.ts';

const NOW = Date.UTC(2026, 0, 2);
const allows = (words: string, fields = '', hasAuthorization = false): boolean =>
  compileProxiedRule(words.split(' '))(fieldsOf(fields), hasAuthorization, NOW);

test('off and any decide alone', () => {
  equal(allows('off'), false);
  equal(compileProxiedRule([])(fieldsOf(''), false, NOW), false);
  equal(allows('any', 'ETag: "x"\r\n'), true);
});

test('what a proxy keeps may not be compressed, unless a word says of the answer that it is not kept', () => {
  equal(allows('auth', 'Cache-Control: max-age=1\r\n', true), true);
  equal(allows('auth', 'Cache-Control: max-age=1\r\n'), false);
  equal(allows('expired', 'Expires: Thu, 01 Jan 2026 00:00:00 GMT\r\n'), true);
  equal(allows('expired', 'Expires: Fri, 01 Jan 2027 00:00:00 GMT\r\n'), false);
  equal(allows('expired', 'Expires: Fri, 01 Jan 2027 00:00:00 GMT\r\nDate: Sat, 01 Jan 2028 00:00:00 GMT\r\n'), true);
  equal(allows('expired', 'Expires: 0\r\n'), false);
  equal(allows('no-cache', 'Expires: Thu, 01 Jan 2026 00:00:00 GMT\r\nCache-Control: no-cache\r\n'), false);
  equal(allows('no-cache', 'Cache-Control: max-age=0, No-Cache\r\n'), true);
  equal(allows('no-store private', 'Cache-Control: max-age=0\r\nCache-Control: private="x"\r\n'), true);
  equal(allows('no-cache no-store', 'Cache-Control: max-age=5\r\n'), false);
  equal(allows('no_last_modified', 'Last-Modified: x\r\n'), false);
  equal(allows('no_last_modified', 'ETag: "x"\r\n'), true);
  equal(allows('no_etag', 'ETag: "x"\r\n'), false);
  equal(allows('no_etag', ''), true);
});
