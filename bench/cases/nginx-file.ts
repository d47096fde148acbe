// N1: nginx's own configuration file, run by nginx and by Portico in its place.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../harness/bench.ts';
import { compareRates, withServers } from '../harness/bench.ts';
import type { Measured } from '../harness/rounds.ts';
import type { Load } from '../harness/wrk.ts';
import { CONNECTIONS, wrkCommand } from '../harness/wrk.ts';
import type { Bound } from '../report/goals.ts';
import { rateGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import type { RateUnit } from '../report/rates.ts';
import { MEGABYTES, OURS, REQUESTS, ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult } from '../report/result.ts';
import type { Kind } from '../servers/kind.ts';
import type { NginxFile } from '../servers/nginx-file.ts';
import { nginxFile } from '../servers/nginx-file.ts';
import type { AppLocation } from '../servers/uwsgi.ts';
import { nginxUwsgi } from '../servers/uwsgi.ts';

const SITE = { app: 'page:application', workers: 1 };
const KIB = 1024;
const [NGINX, COPYING, UWSGI] = ['nginx', 'nginx, no sendfile', nginxUwsgi().name] as const;

interface Row {
  readonly label: string;
  readonly load: Load;
  readonly unit: RateUnit;
  /** Times the rate of each of these, which are the ones that are measured beside it. */
  readonly bounds: Readonly<Record<string, Bound>>;
}

function row(label: string, path: string, bounds: Row['bounds'], more: Partial<Load> = {}): Row {
  return { label, load: { connections: CONNECTIONS, path, ...more }, unit: REQUESTS, bounds };
}

const [FILE, COPIED] = [{ atLeast: 0.85 }, { atLeast: 0.8 }];
const GZIP: Partial<Load> = { connections: 32, script: 'gzip.lua' };
const ROWS: readonly Row[] = [
  row('1 KB file', '/1k.css', { [NGINX]: FILE, [COPYING]: FILE }),
  row('100 KB file', '/100k.js', { [NGINX]: COPIED, [COPYING]: COPIED }),
  {
    ...row('100 MB file', '/100m.bin', { [NGINX]: { atLeast: 0.5 }, [COPYING]: COPIED }, { connections: 4 }),
    unit: MEGABYTES,
  },
  row('`return 200`', '/return', { [NGINX]: { atLeast: 0.7 } }),
  row('a location of a real site', '/real/1k.css', { [NGINX]: COPIED }, { script: 'browser.lua' }),
  row('20 KB file, gzip 1', '/gzip1/page.html', { [NGINX]: COPIED }, GZIP),
  row('20 KB file, gzip 6', '/gzip6/page.html', { [NGINX]: COPIED }, GZIP),
  row('20 KB file, sub_filter and gzip 1', '/each1/page.html', { [NGINX]: COPIED }, GZIP),
  row('20 KB file, sub_filter and gzip 6', '/each6/page.html', { [NGINX]: COPIED }, GZIP),
];
const APP_ROWS: readonly Row[] = [1, 6].map((level) =>
  row(`20 KB page of an application, gzip ${level}`, `/gzip${level}`, { [UWSGI]: COPIED }, GZIP),
);

export async function runNginxFile(bench: Bench): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-nginx-'));
  try {
    return await measureRows(bench, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureRows(bench: Bench, folder: string): Promise<CaseResult> {
  writeFiles(folder);
  const kinds = kindsFor(folder);
  const files = await measureAll(bench, kinds, ROWS);
  const apps = await measureAll(bench, APP_KINDS, APP_ROWS);
  const all = [...files, ...apps];
  return {
    id: 'N1',
    title: "nginx's configuration file",
    text: [
      'Portico runs as `portico nginx` with the very file that nginx has. Both have one process that serves.',
      'With sub_filter nothing can be remembered: each response is searched and compressed anew. The location of a real site has conditions, a map with regexes, try_files, expires, add_header and an access log, and the client is a browser.',
    ],
    tables: all.map(({ label, rates, unit }) => rateTable(label, rates, { unit })),
    goals: all.flatMap(({ label, rates, bounds, unit }) =>
      Object.entries(bounds).map(([peer, bound]) => rateGoal(rates, label, peer, bound, unit)),
    ),
    panels: all
      .filter(({ label }) => CHARTED.has(label))
      .map(({ label, rates, unit }) => ratePanel(label.replaceAll('`', ''), rates, unit)),
    loads: [...ROWS, ...APP_ROWS].map(({ load }) => wrkCommand(load, bench.options.seconds, 'PORT').join(' ')),
    invocations: [...invocationsOf(kindsFor('FILES'), SITE), ...invocationsOf(APP_KINDS, SITE)],
  };
}

/** A chart of all rows would be as long as the table. */
const CHARTED = new Set(['`return 200`', 'a location of a real site', '20 KB file, sub_filter and gzip 6']);

type MeasuredRow = Row & { readonly rates: readonly Measured[] };

async function measureAll(bench: Bench, kinds: readonly Kind[], rows: readonly Row[]): Promise<MeasuredRow[]> {
  return withServers(bench, kinds, SITE, async (started) => {
    const results: MeasuredRow[] = [];
    for (const each of rows) {
      const servers = started.servers.filter(({ name }) => name === OURS || name in each.bounds);
      results.push({ ...each, rates: await compareRates(bench, { ...started, servers }, each.load) });
    }
    return results;
  });
}

function writeFiles(folder: string): void {
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, '1k.css'), Buffer.alloc(KIB, 'static file\n'));
  writeFileSync(join(folder, '100k.js'), Buffer.alloc(100 * KIB, 'static file\n'));
  writeFileSync(join(folder, '100m.bin'), Buffer.alloc(100 * KIB ** 2, 'static file\n'));
  const lines = Array.from(
    { length: 420 },
    (_, index) => `<p class="c${index % 17}">paragraph ${(index * 7919) % 1000} of the page ${index}</p>`,
  );
  writeFileSync(join(folder, 'page.html'), lines.join(' ').slice(0, 20 * KIB));
}

function kindsFor(files: string): Kind[] {
  const fileOf =
    (sendfile: 'on' | 'off') =>
    (place: { readonly folder: string }): NginxFile => ({
      http: [
        `sendfile ${sendfile};`,
        'access_log off;',
        'map $http_user_agent $is_crawler { default 0; ~*(?:bot|crawler|spider) 1; }',
      ],
      servers: [serverLines(files, place.folder)],
    });
  return [
    nginxFile({ name: OURS, program: 'portico nginx', file: fileOf('on') }),
    nginxFile({ name: NGINX, program: 'nginx', file: fileOf('on') }),
    nginxFile({ name: COPYING, program: 'nginx', file: fileOf('off') }),
  ];
}

function serverLines(files: string, folder: string): string[] {
  const compressed = [1, 6].flatMap((level) => [
    `location /gzip${level}/ { alias ${files}/; gzip on; gzip_comp_level ${level}; }`,
    `location /each${level}/ { alias ${files}/; gzip on; gzip_comp_level ${level}; sub_filter 'NOWHERE' 'x'; }`,
  ]);
  return [
    'server_name _;',
    `root ${files};`,
    'location = / { return 200 "ok"; }',
    'location = /return { return 200 "hello"; }',
    'location /real/ {',
    '    if ($is_crawler) { return 403; }',
    '    if ($request_method !~ ^(GET|HEAD|POST)$) { return 405; }',
    '    rewrite ^/real/(.*)$ /$1 break;',
    '    try_files $uri =404;',
    '    gzip on;',
    '    gzip_types text/css;',
    '    gzip_min_length 4k;',
    '    expires 30d;',
    '    add_header Cache-Control "public, immutable";',
    '    add_header X-Content-Type-Options nosniff always;',
    `    access_log ${folder}/access.log combined buffer=64k flush=5s;`,
    '}',
    'location ~ /\\. { deny all; }',
    ...compressed,
  ];
}

const LEVELS: readonly AppLocation[] = [
  { match: '/', lines: [] },
  ...[1, 6].map((level) => ({ match: `= /gzip${level}`, lines: ['gzip on;', `gzip_comp_level ${level};`] })),
];

const APP_KINDS: readonly Kind[] = [
  nginxFile({
    name: OURS,
    program: 'portico nginx',
    file: ({ apps, peers }) => ({
      http: ['access_log off;'],
      servers: [
        LEVELS.flatMap(({ match, lines }) => [
          `location ${match} {`,
          ...lines.map((line) => `    ${line}`),
          `    python_app ${SITE.app} { workers ${SITE.workers}; chdir ${apps}; venv ${peers}; mount off; }`,
          '}',
        ]),
      ],
    }),
  }),
  nginxUwsgi(LEVELS),
];
