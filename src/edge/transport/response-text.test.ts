import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { forbidsBody, HeadRenderer, renderChunk, renderHead } from './response-text.ts';

const HEAD = { status: 200, reason: undefined, fields: 'Content-Type: text/plain\r\n', hasDate: false };
const DATE = 'Sat, 21 Nov 2026 10:04:33 GMT';

test("renderHead() adds what is the transport's", () => {
  equal(
    renderHead(HEAD, 5, '', DATE),
    `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: ${DATE}\r\nContent-Length: 5\r\n\r\n`,
  );
  equal(
    renderHead({ ...HEAD, reason: 'Fine', hasDate: true }, 'chunked', 'Connection: close\r\n', DATE),
    'HTTP/1.1 200 Fine\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
  );
  equal(renderHead({ ...HEAD, status: 204 }, 'none', '', DATE).includes('Content-Length'), false);
});

test('HeadRenderer renders again when anything differs', () => {
  const renderer = new HeadRenderer();
  const first = renderer.render(HEAD, 5, '', DATE);
  equal(renderer.render(HEAD, 5, '', DATE), first);
  equal(renderer.render(HEAD, 6, '', DATE) === first, false);
  equal(renderer.render(HEAD, 6, 'Connection: close\r\n', DATE), renderHead(HEAD, 6, 'Connection: close\r\n', DATE));
  equal(renderer.render(HEAD, 6, '', 'later'), renderHead(HEAD, 6, '', 'later'));
});

test('renderChunk() frames the bytes, forbidsBody() knows who has none', () => {
  equal(renderChunk(Buffer.from('hello world, again')).toString(), '12\r\nhello world, again\r\n');
  equal([101, 204, 304, 200, 404].map(forbidsBody).join(), 'true,true,true,false,false');
});
