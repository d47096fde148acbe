import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Exchange, Origin } from '../protocol/http/exchange.ts';
import { fieldBlock } from '../protocol/http/fake-field-block.ts';
import type { FrontRequest } from '../protocol/http/front-request.ts';
import type { Peer } from '../protocol/http/peer.ts';
import { TLS_FACTS } from './fake-tls-facts.ts';
import type { WsgiBody } from './wsgi-head.ts';
import { renderWsgiHead } from './wsgi-head.ts';

const ORIGIN: Origin = {
  scheme: 'http',
  name: 'localhost',
  port: '8000',
  believed: 'none',
  isContradictory: false,
  tls: undefined,
};
const PEER = { front: undefined } as Peer;
const CLIENT = { subject: 'CN=Zoë,O=€', issuer: 'CN=Root', chain: ['-----BEGIN 1\n', '-----BEGIN 2\n'] };

function environ(lines: [string, string][], more: Partial<Exchange> = {}, body?: WsgiBody): Record<string, string> {
  const head = { request: '', block: '' };
  const exchange = {
    method: 'GET',
    path: '/p',
    query: 'q',
    target: '/p?q',
    host: 'h',
    version: 11,
    client: { address: '192.0.2.1', port: '99' },
    origin: ORIGIN,
    requestId: 'id',
    scriptName: '',
    peer: PEER,
    hasTargetAuthority: false,
    block: fieldBlock(lines),
    ...more,
  } as Exchange;
  renderWsgiHead(exchange, body, head);
  const keys = [
    'REQUEST_METHOD',
    'PATH_INFO',
    'QUERY_STRING',
    'RAW_URI',
    'REMOTE_ADDR',
    'REMOTE_PORT',
    'HTTP_X_REQUEST_ID',
  ];
  const values = head.request.split('\0');
  const pairs = [
    ...head.block.split('\0'),
    ...values.slice(0, 7).flatMap((value, index) => [keys[index] ?? '', value]),
    ...values.slice(7),
  ];
  equal(pairs.length % 2, 0);
  const found: Record<string, string> = {};
  for (let at = 0; at < pairs.length; at += 2) {
    found[pairs[at] ?? ''] = pairs[at + 1] ?? '';
  }
  return found;
}

test('renderWsgiHead() names fields as PEP 3333 does', () => {
  deepEqual(
    environ([
      ['Host', 'h'],
      ['Content-Type', 'text/x'],
      ['Accept', 'a'],
      ['accept', 'b'],
      ['X-Empty', ''],
    ]),
    {
      SERVER_NAME: 'localhost',
      SERVER_PORT: '8000',
      SERVER_PROTOCOL: 'HTTP/1.1',
      'wsgi.url_scheme': 'http',
      HTTP_HOST: 'h',
      CONTENT_TYPE: 'text/x',
      HTTP_ACCEPT: 'a,b',
      HTTP_X_EMPTY: '',
      REQUEST_METHOD: 'GET',
      PATH_INFO: '/p',
      QUERY_STRING: 'q',
      RAW_URI: '/p?q',
      REMOTE_ADDR: '192.0.2.1',
      REMOTE_PORT: '99',
      HTTP_X_REQUEST_ID: 'id',
    },
  );
});

test("renderWsgiHead() drops names with underscores, Proxy, framing and a request id of the client's", () => {
  const keys = Object.keys(
    environ([
      ['X_User', 'spoof'],
      ['X-User_', 'spoof'],
      ['Proxy', 'evil'],
      ['Transfer-Encoding', 'chunked'],
      ['Content-Length', '5'],
      ['X-Request-Id', 'mine'],
    ]),
  );
  equal(keys.filter((key) => key.startsWith('HTTP_')).join(), 'HTTP_X_REQUEST_ID');
  equal(keys.includes('CONTENT_LENGTH'), false);
});

test('renderWsgiHead() keeps secrets out of the part that is remembered', () => {
  const head = { request: '', block: '' };
  renderWsgiHead(
    {
      method: 'GET',
      path: '/',
      query: '',
      target: '/',
      host: '',
      version: 11,
      client: { address: '', port: '' },
      origin: ORIGIN,
      requestId: 'i',
      peer: PEER,
      hasTargetAuthority: false,
      block: fieldBlock([
        ['Cookie', 'a=1'],
        ['cookie', 'b=2'],
        ['Authorization', 'Basic x'],
      ]),
    } as unknown as Exchange,
    undefined,
    head,
  );
  equal(/a=1|Basic/.test(head.block), false);
  equal(head.request.endsWith('\0HTTP_COOKIE\0a=1; b=2\0HTTP_AUTHORIZATION\0Basic x'), true);
});

test("renderWsgiHead() tells the truth when a stranger sends forwarded fields, and passes on a trusted peer's", () => {
  const lines: [string, string][] = [
    ['X-Forwarded-For', '6.6.6.6'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Ssl', 'on'],
  ];
  const stranger = environ(lines);
  equal(stranger['HTTP_X_FORWARDED_FOR'], '192.0.2.1');
  equal(stranger['HTTP_X_FORWARDED_PROTO'], 'http');
  equal('HTTP_X_FORWARDED_SSL' in stranger, false);
  const friend = environ(lines, { origin: { ...ORIGIN, believed: 'x-forwarded' } });
  equal(friend['HTTP_X_FORWARDED_FOR'], '6.6.6.6');
  equal(friend['HTTP_X_FORWARDED_SSL'], 'on');
});

test('renderWsgiHead() drops the family of forwarded fields that is not read, and says nothing in its place', () => {
  const lines: [string, string][] = [
    ['Forwarded', 'for=6.6.6.6'],
    ['X-Forwarded-For', '192.0.2.9'],
    ['X-Forwarded-Prefix', '/p'],
    ['X-Real-IP', '192.0.2.9'],
  ];
  const keysWith = (believed: Origin['believed']): string[] =>
    Object.keys(environ(lines, { origin: { ...ORIGIN, believed } })).filter((key) => /FORWARDED|REAL/.test(key));
  deepEqual(keysWith('x-forwarded'), ['HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_PREFIX', 'HTTP_X_REAL_IP']);
  deepEqual(keysWith('forwarded'), ['HTTP_FORWARDED']);
  deepEqual(keysWith('none'), ['HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_PROTO', 'HTTP_X_FORWARDED_HOST']);
});

test("renderWsgiHead() states the body and lets the target's authority rule", () => {
  const found = environ(
    [['Host', 'h']],
    { hasTargetAuthority: true, host: 'other:81' },
    { length: 12, file: { path: '/tmp/f', shareDescriptor: () => '/proc/1/fd/2' } },
  );
  equal(found['CONTENT_LENGTH'], '12');
  equal(found['portico.body_file'], '/tmp/f');
  equal(found['HTTP_HOST'], 'other:81');
});

/** What an environ says of TLS. */
function tlsKeys(found: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).filter(([key]) => key === 'HTTPS' || key.startsWith('SSL_')));
}

test("renderWsgiHead() tells of TLS in mod_ssl's words", () => {
  const told = { HTTPS: 'on', SSL_PROTOCOL: 'TLSv1.3', SSL_CIPHER: 'TLS_AES_128_GCM_SHA256' };
  const origin: Origin = { ...ORIGIN, scheme: 'https', tls: TLS_FACTS };
  deepEqual(tlsKeys(environ([])), {});
  deepEqual(tlsKeys(environ([], { origin: { ...ORIGIN, scheme: 'https' } })), {});
  deepEqual(tlsKeys(environ([], { origin })), { ...told, SSL_CLIENT_VERIFY: 'NONE' });
  const found = environ([], { origin: { ...origin, tls: { ...TLS_FACTS, client: CLIENT } } });
  deepEqual(tlsKeys(found), {
    ...told,
    SSL_CLIENT_VERIFY: 'SUCCESS',
    SSL_CLIENT_S_DN: 'CN=Zo\xc3\xab,O=\xe2\x82\xac',
    SSL_CLIENT_I_DN: 'CN=Root',
    SSL_CLIENT_CERT: '-----BEGIN 1\n',
  });
});

test('renderWsgiHead() does not say HTTPS where a trusted proxy says http', () => {
  const found = tlsKeys(environ([], { origin: { ...ORIGIN, believed: 'x-forwarded', tls: TLS_FACTS } }));
  deepEqual(Object.keys(found), ['SSL_PROTOCOL', 'SSL_CIPHER', 'SSL_CLIENT_VERIFY']);
});

test('renderWsgiHead() lets no client speak of TLS, neither by its fields nor by its certificate', () => {
  const lines: [string, string][] = [
    ['HTTPS', 'on'],
    ['SSL-Client-Verify', 'SUCCESS'],
    ['SSL_CLIENT_S_DN', 'CN=admin'],
  ];
  const plain = environ(lines);
  deepEqual(tlsKeys(plain), {});
  equal(plain['HTTP_HTTPS'], 'on');
  equal(plain['HTTP_SSL_CLIENT_VERIFY'], 'SUCCESS');
  equal('HTTP_SSL_CLIENT_S_DN' in plain, false);
  const client = { ...CLIENT, subject: 'CN=a\0REMOTE_USER\0admin\0', issuer: 'CN=b\0REMOTE_USER\0admin\0' };
  const found = environ([], { origin: { ...ORIGIN, tls: { ...TLS_FACTS, client } } });
  equal('REMOTE_USER' in found, false);
  equal(found['SSL_CLIENT_S_DN'], String.raw`CN=a\00REMOTE_USER\00admin\00`);
});

test('renderWsgiHead does not remember long names that clients make up', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const ask = (count: number) => environ([[`${'n'.repeat(30_000)}${count}`, 'v']]);
  ask(0);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let count = 1; count < 200; count += 1) ask(count);
  collect();
  ok(process.memoryUsage().heapUsed - before < 2_000_000);
});

test('renderWsgiHead() names the version that the request came in', () => {
  const named = ([10, 11, 20] as const).map((version) => environ([], { version })['SERVER_PROTOCOL']);
  deepEqual(named, ['HTTP/1.0', 'HTTP/1.1', 'HTTP/2.0']);
});

test('renderWsgiHead() cuts the mount off the path, where a segment ends', () => {
  const split = (path: string, scriptName: string) => {
    const { SCRIPT_NAME, PATH_INFO } = environ([], { path, scriptName });
    return [SCRIPT_NAME, PATH_INFO];
  };
  deepEqual(split('/shop/a', '/shop'), ['/shop', '/a']);
  deepEqual(split('/shop', '/shop'), ['/shop', '']);
  deepEqual(split('/other', '/shop'), ['/shop', '/other'], 'a rewrite has led out of the mount');
  deepEqual(split('/shop/a', ''), [undefined, '/shop/a']);
  const block = fieldBlock([]);
  deepEqual(
    ['/a', '/b', ''].map((scriptName) => environ([], { block, scriptName })['SCRIPT_NAME']),
    ['/a', '/b', undefined],
  );
});

const FRONT = { scriptName: '/shop', takenAway: '/shop', isPathEmpty: false, target: '/shop/p?q', variables: '' };

function below(front: Partial<FrontRequest>): Partial<Exchange> {
  return { peer: { front: { ...FRONT, ...front } } as Peer };
}

test('renderWsgiHead() has what a server in front says beside the head, in front of what a location mounts', () => {
  const found = environ([], below({ variables: '\0REMOTE_USER\0kim\0X-Y\0' }));
  deepEqual(
    ['SCRIPT_NAME', 'PATH_INFO', 'RAW_URI', 'REMOTE_USER', 'X-Y'].map((key) => found[key]),
    ['/shop', '/p', '/shop/p?q', 'kim', ''],
  );
  const mounted = environ([], { ...below({ target: '' }), scriptName: '/p' });
  deepEqual([mounted['SCRIPT_NAME'], mounted['PATH_INFO'], mounted['RAW_URI']], ['/shop/p', '', '/p?q']);
  equal(environ([], { ...below({ isPathEmpty: true }), path: '/' })['PATH_INFO'], '');
});
