import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderBindAddress } from '../bind-address.ts';
import { readEndpoint } from './twisted-endpoint.ts';

test('readEndpoint() reads tcp:, tcp6:, ssl: and unix:', () => {
  const cases: Record<string, string> = {
    'tcp:8000': '0.0.0.0:8000',
    'tcp:port=8000:interface=127.0.0.1': '127.0.0.1:8000',
    'tcp:8000:localhost:50': 'localhost:8000 50',
    'tcp:8000:interface=\\:\\:1': '[::1]:8000',
    'tcp:8000:interface=:backlog=9': '0.0.0.0:8000 9',
    'tcp6:8000': '[::]:8000',
    'ssl:443:privateKey=k.pem:certKey=c.pem': '0.0.0.0:443 c.pem k.pem',
    'ssl:port=443:certKey=c.pem:interface=127.0.0.1:backlog=9': '127.0.0.1:443 9 c.pem server.pem',
    'ssl:443:k.pem:certKey=/a\\:b\\=c.pem:interface=\\:\\:1': '[::1]:443 /a:b=c.pem k.pem',
    'ssl:443:k.pem': '0.0.0.0:443 k.pem k.pem',
    'unix:/run/d.sock': 'unix:/run/d.sock',
    'unix:address=/run/a\\:b\\=c.sock:backlog=5': 'unix:/run/a:b=c.sock 5',
  };
  for (const [text, expected] of Object.entries(cases)) {
    const endpoint = readEndpoint(text);
    assert.ok(endpoint.ok, text);
    const { address, backlog, certificate } = endpoint.value;
    const words = [renderBindAddress(address), backlog, certificate?.certFile, certificate?.keyFile];
    assert.equal(words.filter((word) => word !== undefined).join(' '), expected, text);
  }
});

test('readEndpoint() refuses the rest in a sentence', () => {
  const cases: Record<string, RegExp> = {
    'ssl:443:k:c:extraCertChain=chain.pem': /^"extraCertChain" is not .* into the file of certKey/,
    'ssl:443:dhParameters=dh.pem': /^"dhParameters" is not supported in ssl:/,
    'ssl:443:sslmethod=TLSv1_2_METHOD': /^"sslmethod" is not .* TLS 1.2 and 1.3/,
    'ssl:443:k:c:TLSv1_2_METHOD': /^"sslmethod" is not/,
    'ssl:443:privatekey=k': /^"privatekey" is not supported in ssl:/,
    'ssl:443:privateKey=': /needs files/,
    'ssl:https:k': /not a valid integer/,
    'ssl:443:k:backlog=0': /not between/,
    'systemd:domain=INET:index=0': /makes its sockets itself/,
    'fd:fileno=3': /makes its sockets itself/,
    'udp:1': /not an endpoint that is supported/,
    '8000': /not an endpoint that is supported/,
    '': /not an endpoint that is supported/,
    'tcp:': /not a valid integer/,
    'tcp:x': /not a valid integer/,
    'tcp:80:interface=a b': /not a host name/,
    'tcp:80:reuse=1': /^"reuse" is not supported/,
    'tcp:80:127.0.0.1:9:more': /^"more" is not supported/,
    'tcp:80:port=81': /given twice/,
    'tcp:80:backlog=0': /not between/,
    'unix:': /not the path of a socket/,
    'unix:/a:mode=660': /PORTICO_UMASK/,
    'unix:/a:660': /PORTICO_UMASK/,
    'unix:/a:lockfile=0': /^"lockfile" is not supported/,
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
