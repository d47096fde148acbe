import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parse, stringify } from 'smol-toml';
import { fakeReading } from '../fake-reading.ts';
import type { TomlTable } from '../kind.ts';
import { table } from '../table.ts';
import type { WrittenScope } from './scope-fields.ts';
import { DEFAULT_SCOPE, SCOPE_FIELDS } from './scope-fields.ts';

const SCOPE = table(SCOPE_FIELDS);
const MANNER = { status: 429, logLevel: 'warn', isDry: true } as const;
const CLIENTS = { versionMin: '1.0', proxied: ['any'], disabledFor: ['msie6'] } as const;
const TYPES = ['text/html', 'text/css'];
const ACCESS = {
  satisfies: 'any',
  addresses: [
    { allows: true, from: '10.0.0.0/8' },
    { allows: false, from: 'all' },
  ],
  basic: { realm: 'Staff', userFile: '/etc/users' },
  request: { uri: '/auth', sets: [{ variable: 'user', value: [{ variable: 'upstream_http_x_user' }] }] },
  delayMs: 1500,
} as const;

/** Everything is on, and nothing as it is without being said. By its type no feature can be forgotten. */
const FULL: Required<WrittenScope> = {
  realIp: { from: ['10.0.0.1', 'unix:'], source: { kind: 'field', name: 'x-forwarded-for' }, isRecursive: true },
  requestRates: { rates: [{ zone: 'one', burst: 5, delayAfter: 'all' }], manner: MANNER },
  connectionCounts: { counts: [{ zone: 'two', max: 10 }], manner: MANNER },
  exceptMethods: { methods: ['GET'], access: { satisfies: 'all', addresses: ACCESS.addresses, delayMs: 0 } },
  access: ACCESS,
  tryFiles: { paths: [[{ variable: 'uri' }], '/x'], last: { kind: 'status', status: 404 } },
  mirrors: { uris: ['/mirror'], hasBody: false },
  postAction: '/done',
  logsRewrites: true,
  files: {
    kind: 'alias',
    path: ['/srv/', { variable: 'host' }],
    index: ['a.html', 'b.html'],
    autoindex: { format: 'json', hasExactSize: false, isLocalTime: true },
    isIndexRandom: true,
    servesHidden: true,
    symlinks: { kind: 'owner', from: '/srv' },
    hasEtag: false,
    ifModifiedSince: 'exact',
    rangesMax: 3,
    cacheMs: 60_000,
    logsMissing: true,
  },
  types: { knowsRegistry: false, charset: '', types: { html: 'text/html' }, fallback: 'application/octet-stream' },
  refusals: {
    pages: [{ statuses: [500, 502], to: '/50x.html', status: 200 }],
    isRecursive: true,
    style: 'nginx',
    pads: true,
  },
  redirects: { isAbsolute: false, usesServerName: true, hasPort: false },
  fields: {
    fields: [
      { name: 'X-A', value: [{ variable: 'host' }], always: true, effect: 'add' },
      { name: 'X-B', value: '', always: false, effect: 'clear' },
    ],
    trailers: [{ name: 'X-C', value: 'c', always: false, effect: 'add' }],
    expires: { kind: 'after', seconds: 3600, since: 'modification' },
  },
  userId: {
    mode: 'v1',
    name: 'u',
    domain: '.example.org',
    path: '/p',
    expires: 'max',
    p3p: 'x',
    mark: 'a',
    service: 7,
    flags: ['secure'],
  },
  referers: { allowsNone: true, allowsBlocked: true, allowsServerNames: true, names: ['*.example.org', '~x'] },
  secureLink: { kind: 'expression', link: [{ variable: 'arg_md5' }], hashed: 's' },
  charset: { charset: 'koi8-r', source: 'utf-8', overridesContent: true, types: TYPES },
  compressions: {
    codings: [
      {
        coding: 'br',
        level: 5,
        types: TYPES,
        bytesMin: 1024,
        clients: CLIENTS,
        windowBits: 22,
        memoryLevel: 9,
      },
    ],
    varies: false,
    gzipClients: CLIENTS,
    decompresses: true,
    precompressed: { gzip: 'on', brotli: 'always', zstd: 'on' },
  },
  substitutions: { pairs: [{ from: 'a', to: 'b' }], isOnce: false, keepsLastModified: true, types: TYPES },
  additions: { before: '/a', after: '/b', types: TYPES },
  includes: { types: TYPES, isSilent: true, keepsLastModified: true, valueLengthMax: 100 },
  requestBodies: {
    bytesMax: 1_000_000,
    timeoutMs: 5000,
  },
  sending: { rate: '10k', rateAfter: [{ variable: 'after' }], timeoutMs: 5000 },
  connection: {
    keepAliveMs: 5000,
    keepAliveFieldS: 4,
    keepAliveRequestsMax: 3,
    keepAliveTimeMs: 60_000,
    keepAliveDisabledFor: ['safari'],
    lingering: 'always',
    lingeringTimeMs: 2000,
    lingeringTimeoutMs: 1000,
    resetsTimedOut: true,
    isChunkedOn: false,
  },
  accessLogs: [
    {
      sink: { kind: 'file', path: '/var/log/a' },
      format: { words: 'nginx', template: [{ variable: 'uri' }, ' x'], escape: 'json' },
      when: [{ variable: 'loggable' }],
      bufferBytes: 65_536,
      flushMs: 5000,
      gzipLevel: 1,
      kept: { filesMax: 10, idleMs: 1000, checkMs: 2000, usesMin: 3 },
    },
  ],
  logsSubrequests: true,
  errorLogs: [{ sink: { kind: 'stderr' }, level: 'info' }],
  serverField: 'x',
};

/** Of a flag that need not be there, false says the same as nothing. */
function plain(value: unknown): unknown {
  const OPTIONAL = ['logsSubrequests', 'logsRewrites', 'inSingleBuffer'];
  return JSON.parse(
    JSON.stringify(value, (key, each: unknown) => (OPTIONAL.includes(key) && each === false ? undefined : each)),
  );
}

function read(text: string, around: WrittenScope): unknown {
  const reading = fakeReading();
  const value = SCOPE.read(parse(text) as TomlTable, [], reading, around);
  deepEqual(reading.told, []);
  return plain(value);
}

test('every feature of a scope is written as it is read', () => {
  const written = stringify(SCOPE.write(FULL, DEFAULT_SCOPE));
  deepEqual(read(written, DEFAULT_SCOPE), plain(FULL));
});

test('where everything is on around it, a scope says what is off', () => {
  const written = stringify(SCOPE.write(DEFAULT_SCOPE, FULL));
  deepEqual(read(written, FULL), plain(DEFAULT_SCOPE));
});

test('a scope that is as the one around it says nothing', () => {
  equal(SCOPE.write(FULL, FULL), undefined);
});
