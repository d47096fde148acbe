/**
 * What the static handler itself costs a request, without a connection: nanoseconds of one thread, the median of rounds.
 *
 *   node bench/static-handler.ts
 */

import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileStatic } from '../src/edge/handlers/static/static.ts';
import { systemClock } from '../src/kernel/clock.ts';
import type { Exchange, Handler } from '../src/protocol/http/exchange.ts';
import type { Field, FieldBlock } from '../src/protocol/http/fields.ts';

const ROUNDS = 15;
const REQUESTS_PER_ROUND = 200_000;

const BROWSER_FIELDS: readonly (readonly [string, string])[] = [
  ['Host', 'example.org'],
  ['Connection', 'keep-alive'],
  [
    'User-Agent',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  ],
  ['Accept', 'text/css,*/*;q=0.1'],
  ['Accept-Encoding', 'gzip, deflate, br, zstd'],
  ['Accept-Language', 'en-GB,en;q=0.9,de;q=0.8'],
  ['Referer', 'https://example.org/admin/'],
  ['Cookie', `sessionid=${'a'.repeat(32)}; csrftoken=${'b'.repeat(32)}`],
  ['Sec-Fetch-Dest', 'style'],
  ['Sec-Fetch-Mode', 'no-cors'],
  ['Sec-Fetch-Site', 'same-origin'],
];

let answered = 0;

function makeExchange(path: string, fields: readonly (readonly [string, string])[]): Exchange {
  const all = fields.map(([name, value]): Field => ({ name, lower: name.toLowerCase(), value }));
  const block: Pick<FieldBlock, 'fields'> = { fields: all };
  const count = (): void => {
    answered += 1;
  };
  // Only what the handler looks at.
  const exchange = {
    method: 'GET',
    path,
    block,
    hasBody: false,
    watcher: undefined,
    responder: { respond: count, refuse: count },
  };
  return exchange as unknown as Exchange;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

async function measure(
  name: string,
  handler: Handler,
  path: string,
  fields: readonly (readonly [string, string])[],
): Promise<void> {
  const exchange = makeExchange(path, fields);
  const nanoseconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // The lookup of a new second is not what is measured.
    handler(exchange);
    await sleep(5);
    const startedMs = systemClock.monotonicMs();
    for (let request = 0; request < REQUESTS_PER_ROUND; request += 1) {
      handler(exchange);
    }
    nanoseconds.push(((systemClock.monotonicMs() - startedMs) * 1e6) / REQUESTS_PER_ROUND);
  }
  process.stdout.write(`${name.padEnd(44)} ${median(nanoseconds).toFixed(0).padStart(6)} ns\n`);
}

const root = mkdtempSync(join(tmpdir(), 'portico-bench-'));
try {
  for (const [name, size] of [
    ['a.css', 1024],
    ['a.css.br', 300],
    ['a.css.gz', 400],
    ['plain.png', 1024],
  ] as const) {
    writeFileSync(join(root, name), Buffer.alloc(size, 'x'));
    utimesSync(join(root, name), 1_700_000_000, 1_700_000_000);
  }
  const handler = compileStatic([{ url: '/static/', root, hashed: true }], {
    clock: systemClock,
    log: () => undefined,
  });
  const etag = { value: '' };
  const probe = makeExchange('/static/plain.png', BROWSER_FIELDS);
  probe.responder.respond = ({ fields }) => {
    etag.value = fields.get('etag') ?? '';
  };
  handler(probe);
  await sleep(50);
  await measure('a small file, a browser’s fields', handler, '/static/plain.png', BROWSER_FIELDS);
  await measure('a small file, two fields', handler, '/static/plain.png', BROWSER_FIELDS.slice(0, 2));
  await measure('its brotli sibling, a browser’s fields', handler, '/static/a.css', BROWSER_FIELDS);
  await measure('304 by If-None-Match', handler, '/static/plain.png', [
    ...BROWSER_FIELDS,
    ['If-None-Match', etag.value],
  ]);
  await measure('206 of one range', handler, '/static/plain.png', [...BROWSER_FIELDS, ['Range', 'bytes=0-99']]);
  await measure('404 that is known', handler, '/static/none.png', BROWSER_FIELDS);
  await measure('not ours', handler, '/admin/', BROWSER_FIELDS);
} finally {
  rmSync(root, { recursive: true });
}
process.stdout.write(`${answered} answered\n`);
