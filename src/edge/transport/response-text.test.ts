import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../protocol/http/fake-field-block.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { RequestHead } from '../../protocol/http1/types.ts';
import { delimiterOf, HeadRenderer, renderHead, sendsTrailers } from './response-text.ts';

const HEAD = { status: 200, reason: undefined, fields: fieldsOf('Content-Type: text/plain\r\n') };
const DATE = 'Sat, 21 Nov 2026 10:04:33 GMT';

test("renderHead() adds what is the transport's", () => {
  const dated = fieldsOf('date: now\r\n');
  equal(
    renderHead(HEAD, 5, '', DATE),
    `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: ${DATE}\r\nContent-Length: 5\r\n\r\n`,
  );
  equal(
    renderHead({ ...HEAD, reason: 'Fine', fields: dated }, 'chunked', 'Connection: close\r\n', DATE),
    'HTTP/1.1 200 Fine\r\ndate: now\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
  );
  equal(renderHead({ ...HEAD, status: 204 }, 'none', '', DATE).includes('Content-Length'), false);
});

test('HeadRenderer renders again when anything differs', () => {
  const renderer = new HeadRenderer('');
  const first = renderer.render(HEAD, 5, '', DATE);
  equal(renderer.render(HEAD, 5, '', DATE), first);
  equal(renderer.render(HEAD, 6, '', DATE) === first, false);
  equal(renderer.render(HEAD, 6, 'Connection: close\r\n', DATE), renderHead(HEAD, 6, 'Connection: close\r\n', DATE));
  equal(renderer.render(HEAD, 6, '', 'later'), renderHead(HEAD, 6, '', 'later'));
});

test('delimiterOf() follows status, length, method and version', () => {
  const get = { method: 'GET', minor: 1 } as const;
  equal(delimiterOf(200, 5, get), 5);
  equal(delimiterOf(200, undefined, get), 'chunked');
  equal(delimiterOf(200, undefined, { ...get, minor: 0 }), 'close');
  equal(delimiterOf(200, undefined, { ...get, method: 'HEAD' }), 'none');
  equal(delimiterOf(304, 5, get), 'none');
  equal(delimiterOf(205, 5, get), 0);
  equal(delimiterOf(205, undefined, get), 0);
});

test('HeadRenderer adds the fields of every response', () => {
  const renderer = new HeadRenderer('X-A: b\r\n');
  equal(renderer.render(HEAD, 5, '', DATE), renderHead({ ...HEAD, fields: HEAD.fields.with('X-A', 'b') }, 5, '', DATE));
});

test('sendsTrailers() asks the client, unless the site does not; there has to be a body in HTTP/1.1', () => {
  const head = (te: string, change: Partial<RequestHead> = {}): RequestHead =>
    // What is looked at of a head.
    ({ method: 'GET', minor: 1, block: fieldBlock([['TE', te]]), ...change }) as RequestHead;
  const [asking, unasked] = [{ sendsTrailersUnasked: false }, { sendsTrailersUnasked: true }];
  equal(sendsTrailers(head('trailers'), 200, asking), true);
  equal(sendsTrailers(head('gzip'), 200, asking), false);
  equal(sendsTrailers(head('gzip'), 200, unasked), true);
  equal(sendsTrailers(head('gzip', { minor: 0 }), 200, unasked), false);
  equal(sendsTrailers(head('gzip', { method: 'HEAD' }), 200, unasked), false);
  equal(sendsTrailers(head('gzip'), 304, unasked), false);
});
