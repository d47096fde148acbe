import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsOf, inHttp } from '../fake-files.ts';

function faults(text: string): string[] {
  return inHttp(text).map((error) => error.replace(/^\d+:\d+ /, ''));
}

function ofServer(text: string): string[] {
  return faults(`upstream u { server ${text}; }`);
}

test('servers of an upstream are hosts with parameters', () => {
  const servers = [
    ...['127.0.0.1', '127.0.0.1:8000', '[::1]:8000', 'unix:/run/a.sock', 'web:80 weight=5 max_fails=0 fail_timeout=1m'],
    ...['a max_conns=10 down', 'a backup', 'a resolve service=http', 'a slow_start=30s route=x drain'],
  ];
  assert.deepEqual(faults(`upstream u { least_conn; ${servers.map((one) => `server ${one};`).join('')} }`), []);
});

test('what nginx refuses in a server of an upstream is refused in its words', () => {
  assert.deepEqual(ofServer('http://a'), ['invalid host in upstream "http://a"']);
  assert.deepEqual(ofServer('a:99999'), ['invalid port in upstream "a:99999"']);
  for (const parameter of [
    'weight=0',
    'weight=x',
    'max_fails=-1',
    'fail_timeout=1q',
    'down1',
    'down=1',
    'weight',
    'x=1',
  ]) {
    assert.deepEqual(ofServer(`a ${parameter}`), [`invalid parameter "${parameter}"`]);
  }
  assert.deepEqual(faults('upstream u { ip_hash; server a backup; }'), [
    'balancing method does not support parameter "backup"',
  ]);
});

test('an upstream is said once, and has servers', () => {
  assert.deepEqual(inHttp('upstream u { server a; }\nupstream U { server b; }\nupstream v { keepalive 2; }'), [
    '2:10 duplicate upstream "U"',
    '3:1 no servers are inside upstream',
  ]);
});

test('the ways of choosing a server have their words', () => {
  assert.deepEqual(
    faults('upstream u { hash $uri consistent; server a; } upstream v { random two least_conn; server a; }'),
    [],
  );
  assert.deepEqual(faults('upstream u { hash $uri x; server a; } upstream v { random three; server a; }'), [
    'invalid parameter "x"',
    'invalid parameter "three"',
  ]);
  assert.deepEqual(faults('upstream u { zone u 1; keepalive 0; server a; }'), [
    'zone "u" is too small',
    'invalid value "0" in "keepalive" directive',
  ]);
});

test('an upstream of stream is one of its own, and its servers have ports', () => {
  const text = 'events {} http { upstream u { server a; } } stream { upstream u { server a:1; server b; } }';
  assert.deepEqual(errorsOf(text), ['1:86 no port in upstream "b"']);
  const resolver = 'resolver 192.0.2.53;';
  assert.deepEqual(
    errorsOf(`events {} stream { upstream u { zone u 64k; ${resolver} server a service=http resolve; } }`),
    [],
    'a service has its ports with its name servers',
  );
});

test('what asks servers whether they are well is looked at', () => {
  const said: Readonly<Record<string, string>> = {
    'location / { health_check fails=0; }': 'invalid parameter "fails=0"',
    'location / { health_check match=a; }': 'match "a" is not found',
  };
  for (const [text, fault] of Object.entries(said)) {
    assert.deepEqual(
      inHttp(`server { ${text} }`).map((each) => each.replace(/^\d+:\d+ /, '')),
      [fault],
    );
  }
  assert.match(inHttp('match a { status; }')[0] ?? '', /invalid condition "status"/);
  assert.match(inHttp('match a { header A; header = b; }')[0] ?? '', /invalid condition "header = b"/);
});

test('how clients find their server again, and how long requests wait, is looked at', () => {
  const ofUpstream = (text: string): string[] => faults(`upstream u { server a; ${text} }`);
  for (const text of [
    ...[
      'sticky cookie a expires=max domain=.a path=/ httponly secure samesite=Lax;',
      'sticky cookie a samesite=$arg_a;',
    ],
    ...[
      'sticky route $cookie_a $arg_b;',
      'sticky learn create=$upstream_cookie_a lookup=$cookie_a zone=z:1m sync header;',
    ],
    ...['queue 10;', 'queue 10 timeout=5s;'],
  ]) {
    assert.deepEqual(ofUpstream(text), [], text);
  }
  const said: Readonly<Record<string, string>> = {
    'sticky other a;': 'unknown parameter "other"',
    'sticky cookie a expires=x;': '"sticky" directive invalid "expires" parameter value',
    'sticky cookie a samesite=x;': '"sticky" directive invalid "samesite" parameter value',
    'sticky cookie a path=;': '"sticky" directive no value for "path"',
    'sticky route a;': 'invalid variable name "a"',
    'sticky learn create=$a lookup=$b;': '"sticky" directive "zone" parameter is not specified',
    'sticky learn create=$a lookup=$b zone=z:1k;': '"sticky" directive zone is too small',
    'queue 10 5s;': 'invalid parameter "5s"',
  };
  for (const [text, fault] of Object.entries(said)) {
    assert.deepEqual(ofUpstream(text), [fault], text);
  }
});

test('an upstream has a server that is no spare one', () => {
  assert.deepEqual(faults('upstream u { server a backup; }'), ['no servers in upstream "u"']);
  assert.deepEqual(faults('upstream u { server a backup; server b down; }'), []);
});
