import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { readRequest } from './case.ts';
import { renderLines, smallerLines } from './line.ts';
import { Chooser } from './random/chooser.ts';
import { caseOf, randomCase } from './random-case.ts';
import { readResponse } from './response-reader.ts';

test('a request in one line has its version, its host and the length of its body', () => {
  const { bytes, methods, portIndex } = readRequest('@2 POST /x | X-A: b || a\\r\\x00');
  equal(bytes.toString('latin1'), 'POST /x HTTP/1.1\r\nHost: a.test\r\nX-A: b\r\nContent-Length: 3\r\n\r\na\r\0');
  deepEqual([methods, portIndex], [['POST'], 1]);
});

test('a raw request is sent as it is, and says how many answers it has', () => {
  const { bytes, methods } = readRequest('RAW2 GET / HTTP/1.1\\r\\n\\r\\nHEAD /\\(ab*2) HTTP/1.1\\n');
  equal(bytes.toString('latin1'), 'GET / HTTP/1.1\r\n\r\nHEAD /abab HTTP/1.1\n');
  deepEqual(methods, ['GET', 'HEAD']);
});

test('a response is read as its framing says, and the bytes behind it are left', () => {
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: t\r\n\r\nHTTP';
  const { response, rest } = readResponse(Buffer.from(chunked), 'GET', false) ?? {};
  deepEqual(
    [response?.body.toString(), response?.trailers, response?.framing, rest?.toString()],
    ['abc', ['X-T: t'], 'chunked', 'HTTP'],
  );
  const short = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc');
  equal(readResponse(short, 'GET', false), undefined);
  equal(readResponse(short, 'GET', true)?.response.framing, 'broken');
  equal(readResponse(short, 'HEAD', false)?.response.framing, 'none');
});

test('a configuration gets smaller by a line, or by the braces of a block', () => {
  const lines = [{ text: 'a' }, { text: 'if (b)', inside: [{ text: 'c' }] }];
  deepEqual(
    smallerLines(lines).map((less) => renderLines(less).replace(/\s+/g, ' ')),
    ['if (b) { c; }', 'a;', 'a; if (b) { }', 'a; c;'],
  );
});

test('a seed gives the same configuration again', () => {
  deepEqual(caseOf(randomCase(7)), caseOf(randomCase(7)));
  equal(caseOf(randomCase(7)).configuration === caseOf(randomCase(8)).configuration, false);
  equal(/^(a|b)c$/.test(new Chooser(1).phrase(['«a¦b»c'])), true);
});
