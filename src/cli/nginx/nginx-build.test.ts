import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NGINX_HELP, renderBuild, renderVersion } from './nginx-build.ts';

const FACTS = { openssl: '3.5.4', node: '24.12.0' };

test('the version is read by the programs that look for it', () => {
  const text = renderVersion('0.1.0');
  // nginx's test suite, and certbot.
  assert.match(text, /nginx version: nginx\/1\.22\.1/);
  assert.match(text, /^nginx version: ([^/]+)\/([0-9.]*)/m);
});

test('a build names what works, and nothing else', () => {
  const working = new Set(['ssl_certificate', 'gzip', 'sub_filter']);
  const text = renderBuild({ ...FACTS, works: (directive) => working.has(directive) });
  assert.match(text, /^built with OpenSSL 3\.5\.4 /m);
  assert.match(text, /^TLS SNI support enabled$/m);
  assert.match(text, / --with-http_ssl_module /);
  assert.match(text, / --with-http_sub_module /);
  assert.doesNotMatch(text, /--with-http_realip_module|--without-http_gzip_module/);
  assert.match(text, / --without-http_charset_module .* --without-http_proxy_module /);
});

test('a build in which all works leaves nothing out, and the paths can be read', () => {
  const text = renderBuild({ ...FACTS, works: () => true });
  assert.doesNotMatch(text, /--without/);
  assert.equal(/--conf-path=(\S+)/.exec(text)?.[1], '/etc/nginx/nginx.conf');
  assert.equal(/--pid-path=(\S+)/.exec(text)?.[1], '/run/nginx.pid');
});

test('the help has the letters that are read', () => {
  for (const letter of '?hvVtTqspecg') {
    assert.ok(NGINX_HELP.includes(letter), letter);
  }
});
