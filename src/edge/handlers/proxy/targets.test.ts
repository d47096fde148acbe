import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyContent } from '../../../config/model/proxying.ts';
import type { Route } from '../../pipeline/route.ts';
import type { TargetUpstreams } from './targets.ts';
import { compileTarget } from './targets.ts';

const NAMED: string[] = [];
const UPSTREAMS = {
  plan: {
    of: () => ({}),
    named: (authority: string, port: number | undefined) => {
      NAMED.push(`${authority} ${port ?? '-'}`);
      return {};
    },
  },
  resolver: undefined,
} as unknown as TargetUpstreams;

function targetOf(content: Pick<ProxyContent, 'protocol' | 'tls' | 'to'>): string {
  const target = compileTarget({ kind: 'proxy', policy: 0, ...content }, UPSTREAMS, (text) =>
    typeof text === 'string' ? text : '',
  )({} as Route);
  return typeof target === 'string'
    ? target
    : `${target.scheme} ${target.isTls} ${target.place.host} ${target.place.port}`;
}

test('TLS has the scheme of its protocol, whether the server is known or a text of the request', () => {
  const to = { kind: 'upstream', upstream: 0, url: 'app', host: 'app', uri: undefined } as const;
  assert.equal(targetOf({ protocol: 'http', tls: true, to }), 'https:// true app 443');
  assert.equal(targetOf({ protocol: 'uwsgi', tls: true, to }), 'suwsgi:// true app 443');
  assert.equal(targetOf({ protocol: 'uwsgi', tls: false, to }), 'uwsgi:// false app 80');
  const text = (protocol: ProxyContent['protocol'], tls: boolean, written: string): string =>
    targetOf({ protocol, tls, to: { kind: 'text', text: written } });
  assert.equal(text('uwsgi', true, '127.0.0.1:8081'), 'suwsgi:// true 127.0.0.1:8081 8081');
  assert.equal(text('uwsgi', false, 'suwsgi://127.0.0.1:8081'), 'suwsgi:// true 127.0.0.1:8081 8081');
  assert.equal(text('uwsgi', false, '127.0.0.1:8081'), 'uwsgi:// false 127.0.0.1:8081 8081');
  assert.equal(text('http', false, 'https://a'), 'https:// true a 443');
  assert.equal(text('http', false, 'http://a'), 'http:// false a 80');
  assert.deepEqual(NAMED.slice(-2), ['a 443', 'a 80']);
});

test('a text that names nobody says so', () => {
  const text = (written: string): string =>
    targetOf({ protocol: 'http', tls: false, to: { kind: 'text', text: written } });
  assert.equal(text('a'), 'invalid URL prefix in "a"');
  assert.equal(text('ftp://a'), 'invalid URL prefix in "ftp://a"');
  assert.equal(text('http://'), 'invalid URL prefix in "http://"');
  assert.equal(text('http:///x'), 'no host in upstream "/x"');
  assert.equal(text('http://:80'), 'no host in upstream ":80"');
  assert.equal(text('http://[::1'), 'invalid host in upstream "[::1"');
  for (const port of ['', '0', '65536', '99999', 'x', '80@b']) {
    assert.equal(text(`http://a:${port}`), `invalid port in upstream "a:${port}"`);
  }
  const long = `unix:/${'a'.repeat(200)}`;
  assert.equal(text(`http://${long}`), `too long path in the unix domain socket in upstream "${long}"`);
});

test('a line break in a path is no reason to take the host for none: the target refuses it, as the fault of the client', () => {
  const to = { kind: 'text', text: 'http://a/b\r\nX: y' } as const;
  assert.equal(targetOf({ protocol: 'http', tls: false, to }), 'http:// false a 80');
});
