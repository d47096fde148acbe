import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseWorkerHead, WorkerHeadMemo, withNamingField } from './response-head.ts';

test('parseWorkerHead() renders the fields and takes the length out', () => {
  const head = parseWorkerHead('200 OK\0Content-Type\0text/plain\0Content-Length\x0011\0X-Empty\0');
  deepEqual(head && { ...head, fields: head.fields.text }, {
    status: 200,
    reason: 'OK',
    fields: 'Content-Type: text/plain\r\nX-Empty: \r\n',
    closes: false,
    length: 11,
    namedFile: undefined,
  });
});

test('parseWorkerHead() takes out what names a file, and the length, which is not that of the body', () => {
  const head = parseWorkerHead('200 OK\0X-Accel-Redirect\0/files/a\0Content-Length\x0011\0X-A\x00b');
  deepEqual([head?.namedFile?.field, head?.namedFile?.value], ['x-accel-redirect', '/files/a']);
  equal(head?.namedFile?.lines.text, 'X-Accel-Redirect: /files/a\r\n');
  deepEqual([head?.fields.text, head?.length], ['X-A: b\r\n', -1]);
  const passed = head && withNamingField(head);
  deepEqual([passed?.fields.text, passed?.namedFile], ['X-A: b\r\nX-Accel-Redirect: /files/a\r\n', undefined]);
  const twice = parseWorkerHead('200 OK\0x-sendfile\0/a\0X-Accel-Redirect\0/b');
  equal(twice?.namedFile?.value, undefined);
  equal(twice && withNamingField(twice).fields.text, 'x-sendfile: /a\r\nX-Accel-Redirect: /b\r\n');
});

test('parseWorkerHead() keeps repeated fields and custom reasons, and sees a Date', () => {
  const head = parseWorkerHead(
    '299 Custom (Reason), Phrase\0Set-Cookie\0a=1\0Set-Cookie\0b=2\0date\0Thu, 01 Jan 2015 00:00:00 GMT',
  );
  equal(head?.reason, 'Custom (Reason), Phrase');
  equal(head?.fields.text, 'Set-Cookie: a=1\r\nSet-Cookie: b=2\r\ndate: Thu, 01 Jan 2015 00:00:00 GMT\r\n');
  equal(head?.fields.hasDate, true);
  equal(head?.length, -1);
});

test('parseWorkerHead() leaves a reason that is not given to the transport, which knows the registered ones', () => {
  equal(parseWorkerHead('404')?.reason, undefined);
  equal(parseWorkerHead('404 ')?.reason, '');
});

test('parseWorkerHead() drops what belongs to the connection', () => {
  equal(
    parseWorkerHead(
      '200 OK\0Connection\0X-Hop\0keep-alive\0timeout=9\0Transfer-Encoding\0chunked\0Upgrade\0x\0TE\0x\0Trailer\0x\0X-Hop\x001',
    )?.fields.text,
    'X-Hop: 1\r\n',
  );
});

test('parseWorkerHead() refuses what could split or unbalance a response', () => {
  for (const text of [
    '',
    '200',
    '99 No',
    '1000 Four',
    '101 Switching',
    'abc',
    '200 OK\0Name',
    '200 OK\0a b\0c',
    '200 OK\0a\0b\r\nc: d',
    '200 OK\0a\0b\nc',
    '200 O\rK',
    '200 OK\0\0v',
    '200 OK\0Content-Length\0x',
    '200 OK\0Content-Length\0-1',
  ]) {
    equal(parseWorkerHead(text)?.status, text === '200' ? 200 : undefined, JSON.stringify(text));
  }
});

test('WorkerHeadMemo gives the same object for the same text, but keeps no cookies and nothing long', () => {
  const memo = new WorkerHeadMemo();
  const text = '200 OK\0Content-Type\0text/plain';
  const first = memo.parse(text);
  memo.parse('404 Not Found');
  equal(memo.parse(text), first);
  for (const once of ['200 OK\0Set-Cookie\0a=1', `200 OK\0X-Long\0${'v'.repeat(3000)}`]) {
    const parsed = memo.parse(once);
    memo.parse(text);
    equal(memo.parse(once) === parsed, false);
  }
});

test('WorkerHeadMemo forgets when it is full', () => {
  const memo = new WorkerHeadMemo();
  const first = memo.parse('200 OK\0X\x000');
  for (let n = 1; n <= WorkerHeadMemo.ENTRIES_MAX; n += 1) {
    memo.parse(`200 OK\0X\0${n}`);
  }
  equal(memo.parse('200 OK\0X\x000') === first, false);
});
