import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFromZygote } from './zygote.ts';

const FACTS = {
  app: 'site:app',
  interface: 'wsgi',
  framework: 'django',
  frameworkVersion: '5.2',
  settings: 'mysite.settings',
  static: [{ url: '/static/', root: '/srv/static', links: true, asked: [], hashed: true, cacheControl: 'max-age=9' }],
  media: [
    {
      url: '/media/',
      root: '/srv/media',
      links: false,
      asked: [{ prefix: '/media/private/', suffix: '', spans: 'path' }],
    },
  ],
  withheld: [{ url: '/files/', reason: 'it has routes below it' }],
  named: [{ url: '/protected/', root: '/srv/private' }],
  debug: false,
  allowedHosts: ['example.org'],
  found: 'found in main.py',
  notes: ['there is a .env here'],
  warnings: ['one'],
};

const KNOWN = [
  { kind: 'loaded', preloaded: true, python: '3.11.2', app: FACTS },
  { kind: 'load-failed', error: 'E', traceback: 'T' },
  { kind: 'unsafe-preload', reasons: ['a thread'], holdsLock: true },
  { kind: 'piped', log: 905, logInode: 77 },
  { kind: 'spawned', worker: 1, pid: 2, log: 905, logInode: 77 },
  { kind: 'output', worker: 1, text: 'caf\u00e9\n' },
  { kind: 'ready', worker: 1, pid: 2, app: FACTS },
  { kind: 'worker-load-failed', worker: 1, error: 'E', traceback: 'T' },
  { kind: 'retire', worker: 1, reason: 'max-requests' },
  { kind: 'pong' },
  { kind: 'exited', worker: 1, pid: 2, code: null, signal: 'SIGKILL', reason: 'x' },
];

test('parseFromZygote() types every message of the contract', () => {
  for (const message of KNOWN) {
    assert.deepEqual(parseFromZygote(message), { ok: true, value: message });
  }
});

test('parseFromZygote() fills in what may be left out', () => {
  const loaded = parseFromZygote({ kind: 'loaded', preloaded: false, python: '3.9.1' });
  assert.deepEqual(loaded.ok && loaded.value, { kind: 'loaded', preloaded: false, python: '3.9.1', app: undefined });
  const ready = parseFromZygote({ kind: 'ready', worker: 1, pid: 2, app: { app: 'a' } });
  assert.ok(ready.ok && ready.value.kind === 'ready');
  assert.deepEqual(ready.value.app, {
    app: 'a',
    interface: 'wsgi',
    framework: null,
    frameworkVersion: null,
    settings: null,
    static: [],
    media: [],
    withheld: [],
    named: [],
    debug: null,
    allowedHosts: null,
    found: null,
    notes: [],
    warnings: [],
  });
  const exited = parseFromZygote({ kind: 'exited', worker: 1, pid: null, code: null, signal: null });
  assert.deepEqual(exited.ok && exited.value, {
    kind: 'exited',
    worker: 1,
    pid: null,
    code: null,
    signal: null,
    reason: '',
  });
});

test('parseFromZygote() names the key that is wrong', () => {
  const faults: [Record<string, unknown> & { kind: string }, RegExp][] = [
    [{ kind: 'dance' }, /unknown kind "dance"/],
    [{ kind: 'spawned', worker: '1', pid: 2, log: 905, logInode: 77 }, /"worker" of a "spawned"/],
    [{ kind: 'loaded', preloaded: 1, python: '3' }, /"preloaded"/],
    [{ kind: 'unsafe-preload', reasons: [1], holdsLock: true }, /"reasons"/],
    [{ kind: 'ready', worker: 1, pid: 2 }, /"app"/],
    [{ kind: 'ready', worker: 1, pid: 2, app: { static: {} } }, /"static"/],
    [{ kind: 'ready', worker: 1, pid: 2, app: { static: [{ url: '/s/' }] } }, /"root"/],
    [{ kind: 'ready', worker: 1, pid: 2, app: { media: [3] } }, /"media"/],
    [{ kind: 'ready', worker: 1, pid: 2, app: { static: [{ url: 's/', root: '/s' }] } }, /"url"/],
    [{ kind: 'ready', worker: 1, pid: 2, app: { static: [{ url: '/s', root: '/s' }] } }, /"url"/],
    [{ kind: 'ready', worker: 1, pid: 2, app: { named: [{ url: '', root: 'relative' }] } }, /"root"/],
    [{ kind: 'ready', worker: 1, pid: 2, app: { named: [{ url: '', root: '/a\0b' }] } }, /"root"/],
    [{ kind: 'spawned', worker: 1, pid: -1, log: 905, logInode: 77 }, /"pid"/],
    [{ kind: 'retire', worker: 1, reason: 'x'.repeat(20_000) }, /"reason"/],
    [
      {
        kind: 'ready',
        worker: 1,
        pid: 2,
        app: { static: [{ url: '/s/', root: '/s', cacheControl: 'a\r\nb' }] },
      },
      /"cacheControl"/,
    ],
    [
      { kind: 'ready', worker: 1, pid: 2, app: { media: [{ url: '/m/', root: '/m', asked: [{ spans: 'all' }] }] } },
      /"spans"/,
    ],
  ];
  for (const [message, words] of faults) {
    const parsed = parseFromZygote(message);
    assert.match(parsed.ok ? '' : parsed.fault, words);
  }
});
