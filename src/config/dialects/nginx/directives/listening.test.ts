import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderBindAddress } from '../../../bind-address.ts';
import { inHttp, readText } from '../fake-files.ts';
import { LISTENS, SERVER_NAMES } from './listening.ts';

function server(text: string) {
  const { draft } = readText(`events {} http { server { ${text} } }`);
  return draft.children.find(({ kind }) => kind === 'http')?.children[0];
}

function faults(text: string): string[] {
  return inHttp(`server { ${text} }`).map((error) => error.replace(/^\d+:\d+ /, ''));
}

test('listen takes addresses in all of the ways that nginx does', () => {
  const addresses = (text: string) =>
    server(text)
      ?.own(LISTENS)
      ?.map(({ address }) => renderBindAddress(address));
  assert.deepEqual(addresses('listen 80; listen *:81; listen 127.0.0.1; listen a.example:8080;'), [
    ...['0.0.0.0:80', '0.0.0.0:81', '127.0.0.1:80', 'a.example:8080'],
  ]);
  assert.deepEqual(addresses('listen [::]:80; listen [::1]; listen unix:/run/a.sock; listen 8000-8002;'), [
    ...['[::]:80', '[::1]:80', 'unix:/run/a.sock', '0.0.0.0:8000', '0.0.0.0:8001', '0.0.0.0:8002'],
  ]);
});

test('listen reads its parameters', () => {
  const [said] =
    server('listen 443 ssl http2 default_server backlog=99 ipv6only=off proxy_protocol;')?.own(LISTENS) ?? [];
  assert.deepEqual(
    { ...said, place: undefined },
    {
      ...{ address: { kind: 'tcp', host: '0.0.0.0', port: 443 }, place: undefined, isDefault: true, hasOptions: true },
      ...{ speaksTls: true, hasProxyHeader: true, backlog: 99, isIpv6Only: false },
    },
  );
  const ways = server('listen 80; listen [::]:80; listen [::]:81 ipv6only=off; listen unix:/a;')?.own(LISTENS) ?? [];
  assert.deepEqual(
    ways.map(({ isIpv6Only }) => isIpv6Only),
    [false, true, false, false],
  );
  assert.deepEqual(faults('listen 80 reuseport deferred bind so_keepalive=on fastopen=3 rcvbuf=8k setfib=1;'), []);
  assert.deepEqual(faults('listen 80 so_keepalive=30m::10; listen 81 so_keepalive=1h;'), []);
});

test('listen tells of what is not spoken, and what that means', () => {
  const { diagnostics } = readText('events {} http { server { listen 81 http2 quic proxy_protocol; } }');
  assert.deepEqual(
    diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`),
    ['warning nginx.later "http2" has no effect yet', 'warning nginx.later "quic" has no effect yet'],
  );
  assert.match(diagnostics[1]?.hint ?? '', /HTTP\/1\.1 is spoken, on TCP/);
});

test('listen refuses what nginx refuses, in its words', () => {
  const said: Readonly<Record<string, string>> = {
    '80x': 'host not found in "80x" of the "listen" directive',
    '99999': 'invalid port in "99999" of the "listen" directive',
    '0': 'invalid port in "0" of the "listen" directive',
    'a:b': 'invalid port in "a:b" of the "listen" directive',
    ':80': 'no host in ":80" of the "listen" directive',
    '[x]:80': 'invalid IPv6 address in "[x]:80" of the "listen" directive',
    '80-70': 'invalid port in "80-70" of the "listen" directive',
    '80 foo': 'invalid parameter "foo"',
    '80 backlog=x': 'invalid backlog "backlog=x"',
    '80 rcvbuf=x': 'invalid rcvbuf "rcvbuf=x"',
    '80 so_keepalive=x': 'invalid so_keepalive value: "x"',
    '80 so_keepalive=::': 'invalid so_keepalive value: "::"',
    '80 ipv6only=maybe': 'invalid ipv6only flags "maybe"',
    '80 ssl=on': 'invalid parameter "ssl=on"',
  };
  for (const [text, fault] of Object.entries(said)) {
    assert.deepEqual(faults(`listen ${text};`), [fault]);
  }
  assert.deepEqual(faults('listen 80; listen 80;'), ['a duplicate listen 0.0.0.0:80']);
  assert.deepEqual(inHttp('server { listen 80 default_server; } server { listen 80 default; }'), [
    '1:71 a duplicate default server for 0.0.0.0:80',
  ]);
});

test('options of a socket are said once', () => {
  assert.deepEqual(
    inHttp('server { listen 80 backlog=9; server_name a; } server { listen 80 reuseport; server_name b; }'),
    ['1:81 duplicate listen options for 0.0.0.0:80'],
  );
  assert.deepEqual(
    inHttp(
      'ssl_certificate a; ssl_certificate_key b; server { listen 80 backlog=9 ssl; } server { listen 80 ssl http2; server_name b; }',
    ),
    [],
  );
});

test('server_name takes names, wildcards and regexes', () => {
  assert.deepEqual(server('server_name Example.com *.a.org www.b.* .c.net ~^(?<x>.+)$ "" _;')?.own(SERVER_NAMES), [
    { kind: 'exact', text: 'example.com' },
    { kind: 'suffix', text: '.a.org' },
    { kind: 'prefix', text: 'www.b.' },
    { kind: 'exact', text: 'c.net' },
    { kind: 'suffix', text: '.c.net' },
    { kind: 'regex', pattern: { text: '^(?<x>.+)$', isCaseless: true } },
    { kind: 'exact', text: '' },
    { kind: 'exact', text: '_' },
  ]);
  assert.deepEqual(faults('server_name *a.b a*b * . ~ ~(;'), [
    'server name "*a.b" is invalid',
    'server name "a*b" is invalid',
    'server name "*" is invalid',
    'server name "." is invalid',
    'empty regex in server name "~"',
    'pcre2_compile() failed: missing closing parenthesis in "("',
  ]);
});

test('of two servers with one name on one address the second is warned of, as by nginx', () => {
  const warnings = (text: string) =>
    readText(`events {} http { ${text} }`).diagnostics.map(
      ({ severity, place, message }) => `${severity} ${place.kind === 'file' ? place.line : 0} ${message}`,
    );
  assert.deepEqual(warnings('server { listen 80; server_name a b; }\nserver { listen 80;\nserver_name c A; }'), [
    'warning 3 conflicting server name "a" on 0.0.0.0:80, ignored',
  ]);
  assert.deepEqual(warnings('server { listen 80; }\nserver { }'), [
    'warning 2 conflicting server name "" on 0.0.0.0:80, ignored',
  ]);
  assert.deepEqual(warnings('server { listen 80; server_name a; } server { listen 81; server_name a; }'), []);
});
