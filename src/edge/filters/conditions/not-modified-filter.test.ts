import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Files } from '../../../config/model/files.ts';
import type { Answer } from '../../pipeline/filters/answer.ts';
import { FAKE_SCOPE } from '../../plan/fake-site.ts';
import { fakeCompilation } from '../fake-compilation.ts';
import { fakeAnswer, fakeRoute } from '../fake-writers.ts';
import { compileNotModified } from './not-modified-filter.ts';

const MODIFIED = 'Sat, 01 Jun 2024 00:00:00 GMT';
const FIELDS = `Content-Type: text/html\r\nLast-Modified: ${MODIFIED}\r\nETag: W/"a"\r\nContent-Encoding: gzip\r\nAccept-Ranges: bytes\r\nX-Own: 1\r\n`;

function ask(
  conditions: Readonly<Record<string, string>>,
  { files, answer = fakeAnswer({ fields: FIELDS, length: 5 }) }: { files?: Partial<Files>; answer?: Answer } = {},
): Answer {
  const scope = { ...FAKE_SCOPE, files: { ...FAKE_SCOPE.files, ...files } };
  const transform = compileNotModified(scope, fakeCompilation())(answer, fakeRoute(Object.entries(conditions)));
  assert.equal(transform, undefined);
  return answer;
}

test('what the client has already is not sent again, whoever answers', () => {
  for (const conditions of [{ 'If-None-Match': '"a"' }, { 'If-None-Match': '*' }, { 'If-Modified-Since': MODIFIED }]) {
    const { status, fields } = ask(conditions);
    assert.deepEqual([status, fields.text], [304, `Last-Modified: ${MODIFIED}\r\nETag: W/"a"\r\nX-Own: 1\r\n`]);
  }
});

test('all other responses are left alone', () => {
  for (const conditions of [{}, { 'If-None-Match': '"b"' }, { 'If-Modified-Since': 'Sat, 01 Jun 2030 00:00:00 GMT' }]) {
    const { status, fields, refusal } = ask(conditions);
    assert.deepEqual([status, fields.text, refusal], [200, FIELDS, undefined]);
  }
  const other = ask({ 'If-None-Match': '"a"' }, { answer: fakeAnswer({ status: 201, fields: FIELDS }) });
  assert.equal(other.status, 201);
  assert.equal(ask({ 'If-Modified-Since': MODIFIED }, { answer: fakeAnswer() }).status, 200);
  assert.equal(ask({ 'If-Modified-Since': MODIFIED }, { files: { ifModifiedSince: 'off' } }).status, 200);
});

test('a condition that fails is a refusal', () => {
  assert.equal(ask({ 'If-Match': '"b"' }).refusal?.status, 412);
  // RFC 9110 8.8.3.2: a weak tag is never strongly the same.
  assert.equal(ask({ 'If-Match': '"a"' }).refusal?.status, 412);
  assert.equal(ask({ 'If-Unmodified-Since': 'Sat, 01 Jun 2020 00:00:00 GMT' }).refusal?.status, 412);
  assert.equal(ask({ 'If-Unmodified-Since': MODIFIED }).refusal, undefined);
});
