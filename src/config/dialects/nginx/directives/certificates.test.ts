import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inHttp, readText } from '../fake-files.ts';

const NONE = 'no "ssl_certificate" is defined for the "listen ... ssl" directive';
const PAIR = 'ssl_certificate a; ssl_certificate_key b;';

test('a site that speaks TLS has a certificate, its own or that of all', () => {
  assert.deepEqual(inHttp('server {\n listen 443 ssl; }'), [`1:18 ${NONE}`]);
  assert.deepEqual(inHttp(`server { listen 443 ssl; ${PAIR} }`), []);
  assert.deepEqual(inHttp(`${PAIR} server { listen 443 ssl; }`), []);
  assert.deepEqual(inHttp('server { listen 443 ssl; ssl_reject_handshake on; }'), []);
  assert.deepEqual(inHttp('server { listen 80; }'), []);
});

test('of the sites of an address the one has to have it that answers where no name is said', () => {
  assert.deepEqual(inHttp(`server { listen 443 ssl; ${PAIR} } server { listen 443 ssl; }`), []);
  assert.deepEqual(inHttp(`server { listen 443 ssl; ${PAIR} }\nserver { listen 443 ssl default_server; }`), [
    `2:1 ${NONE}`,
  ]);
});

test('each certificate has a key', () => {
  assert.deepEqual(inHttp('server { listen 443 ssl; ssl_certificate a; ssl_certificate b; ssl_certificate_key c; }'), [
    '1:78 no "ssl_certificate_key" is defined for certificate "b"',
  ]);
});

test('of a piece of a configuration the certificate may be said elsewhere', () => {
  const { diagnostics } = readText('server { listen 443 ssl; }', {}, { isFragment: true });
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
});

test('sessions are kept nowhere, by each worker, or in memory that all share', () => {
  assert.deepEqual(inHttp('server { ssl_session_cache builtin:1000 shared:SSL:10m; } ssl_session_cache off;'), []);
  assert.deepEqual(inHttp('ssl_session_cache shared:SSL; ssl_session_cache foo; ssl_session_cache shared:a:1k;'), [
    '1:36 invalid session cache "shared:SSL"',
    '1:66 invalid session cache "foo"',
    '1:89 session cache "shared:a:1k" is too small',
  ]);
});
