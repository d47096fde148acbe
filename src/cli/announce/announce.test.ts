import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StaticFolder } from '../../config/model/folders.ts';
import type { Announcement, AppAnnouncement } from '../../supervisor/announcement.ts';
import { fakeAppFacts } from '../../supervisor/fake-app-facts.ts';
import { announce, announceCheck } from './announce.ts';

const FACTS = fakeAppFacts({
  app: 'mysite.wsgi:application',
  framework: 'django',
  frameworkVersion: '5.2.1',
  settings: 'mysite.settings.production',
  media: [{ url: '/media/', root: '/srv/media', links: false, asked: [] }],
  debug: true,
  allowedHosts: [],
  warnings: ['DEBUG is on: set DEBUG = False'],
});
const PASSING = { missing: 'next', links: 'anywhere', asked: [] } as const;
const MOUNTS: StaticFolder[] = [
  { ...PASSING, url: '/static/', root: '/srv/static', hashed: true },
  { ...PASSING, url: '/static/', root: '/srv/more', hashed: true },
  {
    ...PASSING,
    url: '/media/',
    root: '/srv/media',
    hashed: false,
    asked: [
      { prefix: '/media/documents/', suffix: '', spans: 'path' },
      { prefix: '/media/a.js', suffix: '', spans: 'nothing' },
      { prefix: '/media/', suffix: '.x', spans: 'segment' },
      { prefix: '/media/b', suffix: '', spans: 'nothing' },
    ],
  },
];
const APP: AppAnnouncement = {
  id: 'site',
  facts: FACTS,
  pythonVersion: '3.12.1',
  pythonPath: '/srv/.venv/bin/python',
  pythonOrigin: '',
  workers: 4,
  threads: 2,
  isPreloaded: false,
  unsafeReasons: ['a thread is running', 'a socket is open', 'a file is open'],
  mounts: MOUNTS,
  withheld: [{ url: '/files/', reason: 'its middleware may decide there' }],
  namedFolders: [
    { url: '/protected/', root: '/srv/private' },
    { url: '', root: '/srv/sent' },
  ],
};
const SITE: Announcement = {
  listeners: [
    { kind: 'tcp', fds: [], address: '0.0.0.0', port: 80, path: '', isTls: false, isStream: false, listener: 0 },
    { kind: 'tcp', fds: [], address: '::1', port: 8000, path: '', isTls: true, isStream: false, listener: 0 },
    { kind: 'unix', fds: [], address: '', port: 0, path: '/run/s', isTls: true, isStream: false, listener: 0 },
  ],
  certificates: { summary: 'site.test, until 2027-01-01', warnings: ['the certificate expires in 3 days'] },
  apps: [APP],
  edgeThreads: 1,
  isDevelopment: true,
  isRoot: true,
  startMs: 412,
  pid: 4242,
};
/** With nothing to tell but what always is told. */
const PLAIN: AppAnnouncement = {
  ...APP,
  facts: { ...FACTS, framework: null, warnings: [] },
  mounts: [],
  withheld: [],
  namedFolders: [],
  threads: 1,
  isPreloaded: true,
};

test('announce() says in a few lines where what is served, by whom, and what is to be mended', () => {
  assert.deepEqual(announce(SITE, '1.0.0', false), {
    head: 'Portico 1.0.0 is ready (0.41 s)',
    rows: [
      ['listening', 'http://0.0.0.0:80 (all addresses)'],
      ['listening', 'https://[::1]:8000'],
      ['listening', 'unix:/run/s (TLS)'],
      ['tls', 'site.test, until 2027-01-01'],
      ['app', 'mysite.wsgi:application (Django 5.2.1, settings mysite.settings.production)'],
      ['python', '3.12.1 (/srv/.venv/bin/python)'],
      [
        'static',
        '/static/ /media/ (for anyone to read); the application is asked about /files/; the application names files by X-Accel-Redirect /protected/, X-Sendfile (why: --check, docs/guide/static-files.md)',
      ],
      [
        'workers',
        '4, 2 threads each (each loads the application: a thread is running and 2 more; docs/guide/workers.md#loaded-once-or-in-each-worker); pid 4242',
      ],
      ['reload', 'when files change; tracebacks are shown in the browser'],
    ],
    warnings: [
      'the certificate expires in 3 days',
      'DEBUG is on: set DEBUG = False',
      'the application runs as root; --user NAME makes it run as somebody else',
    ],
  });
});

test('announce() says nothing of what is not there', () => {
  const plain = {
    ...SITE,
    listeners: SITE.listeners.slice(1, 2),
    certificates: undefined,
    apps: [PLAIN],
    isDevelopment: false,
    isRoot: false,
  };
  assert.deepEqual(announce(plain, '1.0.0', false), {
    head: 'Portico 1.0.0 is ready (0.41 s)',
    rows: [
      ['listening', 'https://[::1]:8000'],
      ['app', 'mysite.wsgi:application (WSGI)'],
      ['python', '3.12.1 (/srv/.venv/bin/python)'],
      ['workers', '4 (preloaded); pid 4242'],
    ],
    warnings: [],
  });
});

test('announce() in detail names every folder, what is decided where, and all reasons', () => {
  assert.deepEqual(announce(SITE, '1.0.0', true).rows.slice(6), [
    ['static', '/static/ from /srv/static (hashed names, cached for good)'],
    ['static', '/static/ from /srv/more (hashed names, cached for good)'],
    [
      'media',
      '/media/ from /srv/media (anyone can read these files; the application decides on /media/documents/…, /media/a.js, /media/*.x and 1 more)',
    ],
    ['static', '/files/ by the application: its middleware may decide there'],
    ['sent', 'X-Accel-Redirect /protected/ from /srv/private'],
    ['sent', 'X-Sendfile from /srv/sent'],
    [
      'workers',
      '4, 2 threads each (each loads the application: a thread is running; a socket is open; a file is open; docs/guide/workers.md#loaded-once-or-in-each-worker); 1 edge thread; pid 4242',
    ],
    ['reload', 'when files change; tracebacks are shown in the browser'],
  ]);
});

test('announceCheck() says what was found', () => {
  const found = announceCheck({
    facts: { ...FACTS, framework: null, warnings: [] },
    pythonVersion: '3.9.1',
    pythonPath: '/p',
    pythonOrigin: '',
    mounts: MOUNTS.slice(0, 1),
    withheld: [],
    namedFolders: [],
    certificates: { summary: 'site.test, until 2027-01-01', warnings: [] },
    warnings: ['a line has no "="'],
  });
  assert.deepEqual(found, {
    head: 'The settings are right and the application can be loaded.',
    rows: [
      ['tls', 'site.test, until 2027-01-01'],
      ['app', 'mysite.wsgi:application (WSGI)'],
      ['python', '3.9.1 (/p)'],
      ['static', '/static/ from /srv/static (hashed names, cached for good)'],
    ],
    warnings: ['a line has no "="'],
  });
});

test('announce() says why what was not named was chosen, and where a Python is from that is not beside it', () => {
  const facts = { ...FACTS, found: 'found in main.py', notes: ['there is a .env here'] };
  const { rows } = announce({ ...SITE, apps: [{ ...APP, facts, pythonOrigin: 'of $VIRTUAL_ENV' }] }, '1.0.0', false);
  assert.deepEqual(rows.slice(4, 7), [
    ['app', 'mysite.wsgi:application (Django 5.2.1, settings mysite.settings.production), found in main.py'],
    ['note', 'there is a .env here'],
    ['python', '3.12.1 (/srv/.venv/bin/python, of $VIRTUAL_ENV)'],
  ]);
});

test('announce() names each of several applications, and the server beside them; also where there is none', () => {
  const several = { ...SITE, listeners: [], certificates: undefined, isDevelopment: false };
  const apps = [
    { ...PLAIN, id: 'shop' },
    { ...PLAIN, id: 'blog', workers: 1 },
  ];
  assert.deepEqual(announce({ ...several, apps }, '1.0.0', true).rows, [
    ['app', 'shop: mysite.wsgi:application (WSGI)'],
    ['python', '3.12.1 (/srv/.venv/bin/python)'],
    ['workers', '4 (preloaded)'],
    ['app', 'blog: mysite.wsgi:application (WSGI)'],
    ['python', '3.12.1 (/srv/.venv/bin/python)'],
    ['workers', '1 (preloaded)'],
    ['server', 'pid 4242; 1 edge thread'],
  ]);
  const none = announce({ ...several, apps: [] }, '1.0.0', false);
  assert.deepEqual([none.rows, none.warnings], [[['server', 'pid 4242']], []]);
});
