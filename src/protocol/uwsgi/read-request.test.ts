import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUwsgiRequest } from './read-request.ts';

type Said = Readonly<Record<string, string>>;

const CLIENT = { REMOTE_ADDR: '192.0.2.1', REMOTE_PORT: '5' };
const ASKED = { REQUEST_METHOD: 'GET', REQUEST_URI: '/x?q', PATH_INFO: '/x', QUERY_STRING: 'q' };

function read(...said: readonly Said[]): ReturnType<typeof readUwsgiRequest> {
  const variables = said.flatMap((each) => Object.entries(each).map(([name, value]) => ({ name, value })));
  return readUwsgiRequest(variables, false);
}

function headOf(said: Said): string {
  const request = read(said);
  assert.ok(request.kind === 'request', JSON.stringify(request));
  return request.head;
}

function refusal(...said: readonly Said[]): string {
  const { kind, ...rest } = read(...said) as { kind: string; fault?: { code: string; status: number } };
  return kind === 'invalid' ? `${rest.fault?.status} ${rest.fault?.code}` : kind;
}

test('a request becomes the head of one of HTTP/1.0, without what is about the connection to whoever is in front', () => {
  const head = headOf({
    ...ASKED,
    ...{ REQUEST_METHOD: 'POST', CONTENT_TYPE: 'text/plain', CONTENT_LENGTH: '3', SERVER_PROTOCOL: 'HTTP/1.1' },
    ...{
      HTTP_HOST: 'a.test',
      HTTP_X_Y: '1\t2',
      HTTP_CONNECTION: 'keep-alive',
      HTTP_UPGRADE: 'websocket',
      HTTP_EXPECT: 'x',
    },
    ...{ HTTP_CONTENT_LENGTH: '3', HTTP_CONTENT_TYPE: 'text/html', SERVER_SIGNATURE: '<address>\n' },
  });
  assert.equal(
    head,
    'POST /x?q HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nHOST: a.test\r\nX-Y: 1\t2\r\n\r\n',
  );
  assert.equal(headOf({ ...ASKED, CONTENT_TYPE: '', CONTENT_LENGTH: '' }), 'GET /x?q HTTP/1.0\r\n\r\n');
});

test('who asks, for which server and how is told as it was said', () => {
  assert.deepEqual(read({ ...ASKED, ...CLIENT, SERVER_NAME: 'a.test', SERVER_PORT: '443', HTTPS: 'on' }), {
    kind: 'request',
    head: 'GET /x?q HTTP/1.0\r\n\r\n',
    front: { scriptName: '', takenAway: '', isPathEmpty: false, target: '/x?q', variables: '\0HTTPS\0on' },
    ...{ remoteAddress: '192.0.2.1', remotePort: '5', serverName: 'a.test', serverPort: '443', scheme: 'https' },
  });
});

test('the scheme is what UWSGI_SCHEME says, else HTTPS, else REQUEST_SCHEME', () => {
  for (const [said, scheme] of [
    [{}, 'http'],
    [{ HTTPS: '1' }, 'https'],
    [{ HTTPS: 'off' }, 'http'],
    [{ REQUEST_SCHEME: 'https' }, 'https'],
    [{ REQUEST_SCHEME: 'http', HTTPS: 'on' }, 'https'],
    [{ UWSGI_SCHEME: 'HTTPS', REQUEST_SCHEME: 'http' }, 'https'],
    [{ UWSGI_SCHEME: 'http', HTTPS: 'on' }, 'http'],
  ] as const) {
    const request = read({ ...ASKED, ...said });
    assert.equal(request.kind === 'request' && request.scheme, scheme, JSON.stringify(said));
  }
  assert.equal(refusal({ ...ASKED, UWSGI_SCHEME: 'https, http' }), '400 uwsgi.bad-scheme');
});

test('variables that are no fields reach the application as they came, but for those that the server says itself', () => {
  const passed = (said: Said): string => {
    const request = read({ ...ASKED, ...said });
    assert.ok(request.kind === 'request');
    return request.front.variables;
  };
  assert.equal(passed({ ...CLIENT, SERVER_NAME: 'a.test', SERVER_PORT: '80', RAW_URI: '/y', HTTP_HOST: 'a.test' }), '');
  assert.equal(
    passed({ REMOTE_USER: 'kim', SERVER_PROTOCOL: 'HTTP/2.0', 'X-Real-IP': '', UWSGI_FILE: '/x.py', HTTPS: 'on' }),
    '\0REMOTE_USER\0kim\0SERVER_PROTOCOL\0HTTP/2.0\0X-Real-IP\0\0UWSGI_FILE\0/x.py\0HTTPS\0on',
  );
  assert.equal(passed({ CONTENT_TYPE: '', CONTENT_LENGTH: '' }), '\0CONTENT_TYPE\0\0CONTENT_LENGTH\0');
  assert.equal(passed({ CONTENT_TYPE: 'text/plain', CONTENT_LENGTH: '0' }), '');
  assert.equal(passed({ 'wsgi.input': '', 'portico.body_file': '/etc/passwd', 'uwsgi.version': '', 'WSGI.x': '' }), '');
  assert.equal(
    passed({ HTTP_CONNECTION: 'close', HTTP_TE: 'trailers', HTTP_CONTENT_TYPE: 'a/b', A: '\r\n' }),
    '\0HTTP_CONNECTION\0close\0A\0\r\n',
  );
});

test('what could be read in two ways, or breaks out of its line, is refused', () => {
  for (const [said, expected] of [
    [{ REQUEST_METHOD: '' }, '400 uwsgi.bad-method'],
    [{ REQUEST_METHOD: 'GET /y' }, '400 uwsgi.bad-method'],
    [{ REQUEST_URI: '/x HTTP/1.1\r\nA: b' }, '400 uwsgi.bad-target'],
    [{ REQUEST_URI: 'x', PATH_INFO: '' }, '400 uwsgi.bad-target'],
    [{ REQUEST_URI: '', PATH_INFO: '' }, '400 uwsgi.bad-target'],
    [{ PATH_INFO: 'x' }, '400 uwsgi.bad-target'],
    [{ PATH_INFO: '/a/./b' }, '400 uwsgi.bad-target'],
    [{ PATH_INFO: '/a/..' }, '400 uwsgi.bad-target'],
    [{ PATH_INFO: '/../b' }, '400 uwsgi.bad-target'],
    [{ QUERY_STRING: 'a b' }, '400 uwsgi.bad-target'],
    [{ CONTENT_LENGTH: '+1' }, '400 uwsgi.bad-length'],
    [{ CONTENT_LENGTH: '1', HTTP_CONTENT_LENGTH: '2' }, '400 uwsgi.bad-length'],
    [{ HTTP_CONTENT_LENGTH: '2' }, '411 uwsgi.no-length'],
    [{ HTTP_TRANSFER_ENCODING: 'chunked' }, '411 uwsgi.no-length'],
    [{ CONTENT_TYPE: 'a\nb' }, '400 uwsgi.bad-field'],
    [{ HTTP_A: 'b\rc' }, '400 uwsgi.bad-field'],
    [{ HTTP_A: 'b\0' }, '400 uwsgi.bad-field'],
    [{ 'HTTP_A: b\r\nC': 'd' }, '400 uwsgi.bad-field'],
    [{ HTTP_: 'd' }, '400 uwsgi.bad-field'],
    [{ A: 'b\0wsgi.input\0' }, '400 uwsgi.bad-variable'],
    [{ 'A\0wsgi.input': 'b' }, '400 uwsgi.bad-variable'],
    [{ SCRIPT_NAME: 'x' }, '400 uwsgi.bad-target'],
    [{ SCRIPT_NAME: '/a/../b' }, '400 uwsgi.bad-target'],
    [{ SCRIPT_NAME: '/a\0PATH_INFO\0' }, '400 uwsgi.bad-target'],
  ] as const) {
    assert.equal(refusal({ ...ASKED, ...said }), expected, JSON.stringify(said));
  }
});

test('a variable may be said twice if it says the same, and fields are told as often as they came', () => {
  assert.equal(refusal(ASKED, { PATH_INFO: '/x' }), 'request');
  assert.equal(refusal(ASKED, { PATH_INFO: '/y' }), '400 uwsgi.repeated-variable');
  const twice = read(ASKED, { HTTP_A: '1' }, { HTTP_A: '2' });
  assert.ok(twice.kind === 'request');
  assert.match(twice.head, /\r\nA: 1\r\nA: 2\r\n\r\n$/);
});

test('there are only so many variables', () => {
  const many = Array.from({ length: 401 }, (_, index) => ({ name: `A${index}`, value: '' }));
  assert.equal((readUwsgiRequest(many, false) as { fault: { status: number } }).fault.status, 431);
});
