import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StaticMount } from '../protocol/control/edge.ts';
import { renderAnnouncement, renderCheck } from './announce.ts';

const FACTS = {
  app: 'mysite.wsgi:application',
  interface: 'wsgi',
  framework: 'django',
  frameworkVersion: '5.2.1',
  settings: 'mysite.settings.production',
  static: [],
  media: [{ url: '/media/', root: '/srv/media', links: false, asked: [] }],
  withheld: [],
  named: [],
  debug: true,
  allowedHosts: [],
  warnings: ['DEBUG is on: set DEBUG = False'],
};
const PASSING = { missing: 'next', links: 'anywhere', asked: [] } as const;
const MOUNTS: StaticMount[] = [
  { ...PASSING, url: '/static/', root: '/srv/static', hashed: true },
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

test('renderAnnouncement() says what is served, where and how, and what is to be mended', () => {
  const text = renderAnnouncement(
    {
      listeners: [
        { kind: 'tcp', fds: [], address: '0.0.0.0', port: 80, path: '', isTls: false },
        { kind: 'tcp', fds: [], address: '::1', port: 8000, path: '', isTls: true },
        { kind: 'unix', fds: [], address: '', port: 0, path: '/run/s', isTls: true },
      ],
      certificates: { summary: 'site.test, until 2027-01-01', warnings: ['the certificate expires in 3 days'] },
      facts: FACTS,
      pythonVersion: '3.12.1',
      pythonPath: '/srv/.venv/bin/python',
      workers: 4,
      threads: 2,
      edgeThreads: 1,
      isPreloaded: false,
      unsafeReasons: ['a thread is running'],
      mounts: MOUNTS,
      withheld: [{ url: '/files/', reason: 'its middleware may decide there' }],
      namedFolders: [
        { url: '/protected/', root: '/srv/private' },
        { url: '', root: '/srv/sent' },
      ],
      isDevelopment: true,
      isRoot: true,
      startMs: 412,
    },
    '1.0.0',
  );
  assert.equal(
    text,
    `Portico 1.0.0 is ready (0.41 s)
  listening  http://0.0.0.0:80 (all addresses)
             https://[::1]:8000
             unix:/run/s (TLS)
  tls        site.test, until 2027-01-01
  app        mysite.wsgi:application (Django 5.2.1, settings mysite.settings.production)
  python     3.12.1 (/srv/.venv/bin/python)
  static     /static/ from /srv/static (hashed names, cached for good)
  media      /media/ from /srv/media (anyone can read these files; the application decides on /media/documents/…, /media/a.js, /media/*.x and 1 more)
  static     /files/ by the application: its middleware may decide there
  sent       X-Accel-Redirect /protected/ from /srv/private
             X-Sendfile from /srv/sent
  workers    4, 2 threads each (each loads the application: a thread is running); 1 edge thread
  reload     when files change; tracebacks are shown in the browser
  warning: the certificate expires in 3 days
  warning: DEBUG is on: set DEBUG = False
  warning: the application runs as root; --user NAME makes it run as somebody else
`,
  );
});

test('renderCheck() says what was found', () => {
  const text = renderCheck({
    facts: { ...FACTS, framework: null, warnings: [] },
    pythonVersion: '3.9.1',
    pythonPath: '/p',
    mounts: [],
    withheld: [],
    namedFolders: [],
    certificates: { summary: 'site.test, until 2027-01-01', warnings: [] },
    warnings: ['a line has no "="'],
  });
  assert.equal(
    text,
    'The settings are right and the application can be loaded.\n  tls        site.test, until 2027-01-01\n  app        mysite.wsgi:application (WSGI)\n  python     3.9.1 (/p)\n  warning: a line has no "="\n',
  );
});
