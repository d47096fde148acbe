import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readAddedField,
  readAddress,
  readExpires,
  readHttpsAddress,
  readHttpsKeys,
  readLogger,
  readLogPath,
  readMasterHook,
  readMount,
  readSocketMode,
  readStaticMap2,
} from './uwsgi-values.ts';

function shown<T>(outcome: { readonly ok: true; readonly value: T } | { readonly ok: false }): T | 'fault' {
  return outcome.ok ? outcome.value : 'fault';
}

test('an address has a colon, a path has none, and what has no path is refused', () => {
  assert.deepEqual(shown(readAddress(':80')), { kind: 'tcp', host: '0.0.0.0', port: 80 });
  assert.deepEqual(shown(readAddress('a.sock')), { kind: 'unix', path: 'a.sock' });
  for (const text of ['@name', 'fd://3', '']) {
    assert.equal(shown(readAddress(text)), 'fault', text);
  }
});

test('an address of TLS has its files, in an order or by keys', () => {
  const expected = {
    ...{ address: { kind: 'tcp', host: '0.0.0.0', port: 443 }, certFile: 'c', keyFile: 'k', ciphers: '', caCerts: '' },
  };
  assert.deepEqual(shown(readHttpsAddress(':443,c,k')), expected);
  assert.deepEqual(shown(readHttpsKeys('key=k,addr=:443,cert=c')), expected);
  assert.equal(shown(readHttpsAddress(':443')), 'fault');
  assert.equal(shown(readHttpsAddress('@x,c,k')), 'fault');
});

test('mounts and maps have a path and what is there', () => {
  assert.deepEqual(shown(readMount('/a/=b.py')), { url: '/a', app: 'b.py' });
  assert.deepEqual(shown(readMount('/=b')), { url: '', app: 'b' });
  for (const text of ['example.org=b', '/a', '/a=']) {
    assert.equal(shown(readMount(text)), 'fault', text);
  }
  assert.deepEqual(shown(readStaticMap2('/a=/srv/')), { url: '/a', root: '/srv/a' });
  assert.equal(shown(readStaticMap2('a=/srv')), 'fault');
});

test('how long files are kept is said for all, below a URL, or for names with a hash', () => {
  assert.deepEqual(shown(readExpires('/* 60')), { url: '/', seconds: 60 });
  assert.deepEqual(shown(readExpires('.*=60')), { url: '', seconds: 60 });
  assert.deepEqual(shown(readExpires('^/static/.* 99999999')), { url: '/static/', seconds: 31_536_000 });
  assert.equal(shown(readExpires('/static/.*\\.[a-f0-9]{12,}\\.css 60')), 'hashed');
  assert.equal(shown(readExpires('.*\\.css 60')), undefined);
  assert.equal(shown(readExpires('.*')), 'fault');
});

test('a field is added, and Connection is the own field of the server', () => {
  assert.deepEqual(shown(readAddedField('X-A: b')), ['X-A', 'b']);
  assert.equal(shown(readAddedField('Connection: Close')), 'closes');
  assert.equal(shown(readAddedField('connection: Keep-Alive')), undefined);
  assert.equal(shown(readAddedField('nothing')), 'fault');
});

test('a logger is a file, syslog by the network, or what takes the output', () => {
  assert.deepEqual(shown(readLogger('file:/x')), { kind: 'file', path: '/x' });
  assert.deepEqual(shown(readLogger('req file:logfile=/x,maxsize=3')), { kind: 'file', path: '/x' });
  assert.deepEqual(shown(readLogger('stdio')), { kind: 'file', path: '-' });
  assert.deepEqual(shown(readLogger('syslog:a,local6')), { kind: 'journal' });
  assert.deepEqual(shown(readLogger('rsyslog:10.0.0.1:5,my-app')), {
    ...{ kind: 'syslog', server: '10.0.0.1:5', facility: 'local0', tag: 'my_app' },
  });
  for (const text of ['file:', 'redis:x', '']) {
    assert.equal(shown(readLogger(text)), 'fault', text);
  }
});

test('a mode is octal, and 666 where none is said', () => {
  assert.deepEqual(
    ['660', '0660', '', 'true', '8', '99'].map((text) => shown(readSocketMode(text))),
    [...[0o660, 0o660, 0o666, 0o666, 'fault', 'fault']],
  );
});

test('the recipe for a gentle SIGTERM needs nothing to be done, and another command is refused', () => {
  assert.equal(readMasterHook('unix_signal:15 gracefully_kill_them_all').ok, true);
  assert.equal(readMasterHook('unix_signal:15').ok, true);
  assert.equal(readMasterHook('exec:rm').ok, false);
});

test('a log is a file, our own output, or nothing that is sent', () => {
  assert.deepEqual(
    ['/x.log', '/dev/stdout', '127.0.0.1:5', 'udp:x', ''].map((text) => shown(readLogPath(text))),
    [...['/x.log', '', 'fault', 'fault', 'fault']],
  );
});
