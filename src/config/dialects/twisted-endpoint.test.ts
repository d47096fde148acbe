import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderBindAddress } from '../bind-address.ts';
import { readEndpoint } from './twisted-endpoint.ts';

test('readEndpoint() reads tcp:, tcp6: and unix:', () => {
  const cases: Record<string, string> = {
    'tcp:8000': '0.0.0.0:8000',
    'tcp:port=8000:interface=127.0.0.1': '127.0.0.1:8000',
    'tcp:8000:localhost:50': 'localhost:8000 50',
    'tcp:8000:interface=\\:\\:1': '[::1]:8000',
    'tcp:8000:interface=:backlog=9': '0.0.0.0:8000 9',
    'tcp6:8000': '[::]:8000',
    'unix:/run/d.sock': 'unix:/run/d.sock',
    'unix:address=/run/a\\:b\\=c.sock:backlog=5': 'unix:/run/a:b=c.sock 5',
  };
  for (const [text, expected] of Object.entries(cases)) {
    const endpoint = readEndpoint(text);
    assert.ok(endpoint.ok, text);
    const { address, backlog } = endpoint.value;
    assert.equal(`${renderBindAddress(address)} ${backlog ?? ''}`.trimEnd(), expected, text);
  }
});

test('readEndpoint() refuses the rest in a sentence', () => {
  const cases: Record<string, RegExp> = {
    'ssl:443:privateKey=k:certKey=c': /TLS is to come/,
    'systemd:domain=INET:index=0': /makes its sockets itself/,
    'fd:fileno=3': /makes its sockets itself/,
    'udp:1': /not an endpoint that is supported/,
    '8000': /not an endpoint that is supported/,
    '': /not an endpoint that is supported/,
    'tcp:': /not a valid integer/,
    'tcp:x': /not a valid integer/,
    'tcp:80:interface=a b': /not a host name/,
    'tcp:80:reuse=1': /"reuse" is not supported/,
    'tcp:80:backlog=0': /not between/,
    'unix:': /not the path of a socket/,
    'unix:/a:mode=660': /PORTICO_UMASK/,
    'unix:/a:660': /PORTICO_UMASK/,
    'unix:/a\\': /./,
  };
  for (const [text, expected] of Object.entries(cases)) {
    const endpoint = readEndpoint(text);
    if (text === 'unix:/a\\') {
      assert.ok(endpoint.ok, 'a backslash at the end stands for itself');
    } else {
      assert.match(endpoint.ok ? 'read' : endpoint.fault, expected, text);
    }
  }
});
