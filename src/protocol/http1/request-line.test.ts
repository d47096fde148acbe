import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from './faults.ts';
import { parseRequestLine } from './request-line.ts';

const METHOD_MAX = 8;

function parse(line: string): unknown {
  const parsed = parseRequestLine(line, METHOD_MAX);
  return isFault(parsed) ? parsed.code : parsed;
}

function code(line: string): string | undefined {
  const parsed = parseRequestLine(line, METHOD_MAX);
  return isFault(parsed) ? parsed.code : undefined;
}

const PLAIN = { authority: '', scheme: undefined } as const;

test('parseRequestLine() splits an origin-form target at the first question mark', () => {
  assert.deepEqual(parse('GET /a/b?c?d=/e HTTP/1.1'), {
    ...{ method: 'GET', target: '/a/b?c?d=/e', form: 'origin', path: '/a/b', query: 'c?d=/e', minor: 1 },
    ...PLAIN,
  });
  assert.deepEqual(parse('POST / HTTP/1.0'), {
    ...{ method: 'POST', target: '/', form: 'origin', path: '/', query: '', minor: 0 },
    ...PLAIN,
  });
});

test('parseRequestLine() reads an absolute target', () => {
  assert.deepEqual(parse('PUT Https://[::1]:8443/a?b HTTP/1.1'), {
    ...{ method: 'PUT', target: 'Https://[::1]:8443/a?b', form: 'absolute', path: '/a', query: 'b', minor: 1 },
    ...{ authority: '[::1]:8443', scheme: 'https' },
  });
  assert.deepEqual(parse('OPTIONS http://a HTTP/1.1'), {
    ...{ method: 'OPTIONS', target: 'http://a', form: 'absolute', path: '*', query: '', minor: 1 },
    ...{ authority: 'a', scheme: 'http' },
  });
});

test('parseRequestLine() reads the asterisk and the authority form', () => {
  assert.deepEqual(parse('OPTIONS * HTTP/1.1'), {
    ...{ method: 'OPTIONS', target: '*', form: 'asterisk', path: '*', query: '', minor: 1 },
    ...PLAIN,
  });
  assert.deepEqual(parse('CONNECT a:1 HTTP/1.1'), {
    ...{ method: 'CONNECT', target: 'a:1', form: 'authority', path: '', query: '', minor: 1 },
    ...{ authority: 'a:1', scheme: undefined },
  });
});

test('parseRequestLine() reads a later minor version as 1.1', () => {
  const parsed = parseRequestLine('GET / HTTP/1.9', METHOD_MAX);
  assert.equal(isFault(parsed) ? undefined : parsed.minor, 1);
});

test('parseRequestLine() refuses a line that is not three parts', () => {
  for (const line of ['GET', 'GET /', 'GET  / HTTP/1.1', 'GET /  HTTP/1.1', 'GET / HTTP/1.1 ', 'GET  HTTP/1.1']) {
    assert.equal(code(line), 'http1.bad-request-line', JSON.stringify(line));
  }
  assert.equal(code('GET / HTTP/1.1\r'), 'http1.bare-line-break');
});

test('parseRequestLine() refuses methods', () => {
  for (const line of ['', ' / HTTP/1.1', 'G(T / HTTP/1.1', 'GET\t/ HTTP/1.1']) {
    assert.equal(code(line), 'http1.bad-method', JSON.stringify(line));
  }
  assert.equal(code('METHOD-LONG / HTTP/1.1'), 'http1.method-too-long');
});

test('parseRequestLine() refuses versions', () => {
  for (const version of ['http/1.1', 'HTTP/1', 'HTTP/1.1x', 'HTTP/11.1', 'HTTP/1.12', 'XHTTP/1.1', 'HTTP/1,1']) {
    assert.equal(code(`GET / ${version}`), 'http1.bad-version', version);
  }
  for (const version of ['HTTP/0.9', 'HTTP/2.0', 'HTTP/3.1']) {
    assert.equal(code(`GET / ${version}`), 'http1.unsupported-version', version);
  }
});

test('parseRequestLine() refuses targets', () => {
  for (const target of [
    'a',
    '/a#',
    '/\0',
    '/\x7f',
    '/\x80',
    'ftp://a/',
    'http://',
    'http://u@a/',
    '*',
    'a:1',
    'http:/a',
  ]) {
    assert.equal(code(`GET ${target} HTTP/1.1`), 'http1.bad-target', JSON.stringify(target));
  }
  for (const target of ['/', '*', 'a', 'http://a:1/']) {
    assert.equal(code(`CONNECT ${target} HTTP/1.1`), 'http1.bad-target', target);
  }
});

test('parseRequestLine() cuts a fragment off where the configuration is one of nginx, and refuses it elsewhere', () => {
  const lenient = (line: string): unknown => {
    const parsed = parseRequestLine(line, METHOD_MAX, true);
    return isFault(parsed) ? parsed.code : [parsed.target, parsed.path, parsed.query];
  };
  assert.deepEqual(lenient('GET /a/..#b HTTP/1.1'), ['/a/..#b', '/a/..', '']);
  assert.deepEqual(lenient('GET /a?b#c?d HTTP/1.1'), ['/a?b#c?d', '/a', 'b']);
  assert.deepEqual(lenient('GET http://a?b#c HTTP/1.1'), ['http://a?b#c', '/', 'b']);
  assert.equal(lenient('GET #a HTTP/1.1'), 'http1.bad-target');
  assert.equal(lenient('GET /a#\x01 HTTP/1.1'), 'http1.bad-target');
  assert.equal(code('GET /a#b HTTP/1.1'), 'http1.bad-target');
});

test('parseRequestLine() takes bytes above ASCII where the configuration is one of nginx, and refuses them elsewhere', () => {
  const line = 'GET /t\xc3\xa9?a=\xff HTTP/1.1';
  const parsed = parseRequestLine(line, METHOD_MAX, true);
  assert.deepEqual(isFault(parsed) ? parsed : [parsed.path, parsed.query], ['/t\xc3\xa9', 'a=\xff']);
  assert.equal(code(line), 'http1.bad-target');
  for (const character of [' ', '\x00', '\x1f', '\x7f']) {
    const refused = parseRequestLine(`GET /${character} HTTP/1.1`, METHOD_MAX, true);
    assert.ok(isFault(refused), JSON.stringify(character));
  }
});
