/**
 * What it costs to read a request head, in nanoseconds of CPU:
 *
 *   node bench/http1-parser.ts             all cases
 *   node bench/http1-parser.ts two-vary    one of them, for `node --cpu-prof`
 *
 * CPU time is counted, not time that passes, so that neighbours disturb less. The figure is the median of several rounds, beside
 * the fastest, which noise moves least.
 */

import { FieldMemo } from '../src/protocol/http1/field-memo.ts';
import { RequestParser } from '../src/protocol/http1/request-parser.ts';

const ROUNDS = 9;
const ROUND_MS = 150;
/** Distinct heads of the cases that vary: enough that no cache of the machine holds what the parser does not. */
const VARIANTS = 512;

const BROWSER = [
  'Host: www.example.org',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
  'Cache-Control: max-age=0',
  'Connection: keep-alive',
  `Cookie: sessionid=${'s'.repeat(32)}; csrftoken=${'c'.repeat(64)}; theme=dark; _ga=GA1.1.1234567890.1234567890`,
  'Referer: https://www.example.org/accounts/',
  'Sec-Ch-Ua: "Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"',
  'Sec-Ch-Ua-Mobile: ?0',
  'Sec-Ch-Ua-Platform: "Linux"',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-User: ?1',
  'Upgrade-Insecure-Requests: 1',
];

function head(target: string, fields: readonly string[]): string {
  return `GET ${target} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`;
}

function varied(index: number): string {
  const fields = BROWSER.map((field) => {
    if (field.startsWith('Referer')) {
      return `Referer: https://www.example.org/articles/${index}/`;
    }
    return field.startsWith('Cookie') ? `${field}; seen=${index}` : field;
  });
  return head(`/articles/${index + 1}/`, fields);
}

const WRK = 'GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n';
const POST = `POST /save HTTP/1.1\r\n${BROWSER.join('\r\n')}\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"answer":42}`;

interface Case {
  readonly name: string;
  readonly heads: readonly string[];
  /** A connection of its own for each request. */
  readonly isCold?: boolean;
  readonly hasNoMemo?: boolean;
}

const variants = Array.from({ length: VARIANTS }, (_, index) => index);
const CASES: readonly Case[] = [
  { name: 'repeated', heads: [head('/accounts/profile/?tab=2', BROWSER)] },
  { name: 'other-target', heads: variants.map((index) => head(`/articles/${index}/`, BROWSER)) },
  { name: 'two-vary', heads: variants.map(varied) },
  { name: 'new-connection', heads: [head('/', BROWSER)], isCold: true },
  { name: 'cold', heads: [head('/', BROWSER)], isCold: true, hasNoMemo: true },
  { name: 'wrk', heads: [WRK] },
  { name: 'post', heads: [POST] },
  { name: 'pipelined', heads: [WRK.repeat(16)] },
];

function prepare(item: Case): { run(times: number): void; requests: number } {
  const chunks = item.heads.map((text) => Buffer.from(text, 'latin1'));
  const options = item.hasNoMemo === true ? {} : { memo: new FieldMemo() };
  let parser = new RequestParser(options);
  const buffer = Buffer.alloc(64 * 1024);
  let requests = 0;
  const run = (times: number): void => {
    requests = 0;
    for (let index = 0; index < times; index += 1) {
      const chunk = chunks[index % chunks.length]!;
      chunk.copy(buffer);
      if (item.isCold === true) {
        parser = new RequestParser(options);
      }
      parser.feed(buffer.subarray(0, chunk.length));
      do {
        for (let event = parser.next(); event !== undefined; event = parser.next()) {
          if (event.kind === 'fault') {
            throw new Error(event.fault.detail);
          }
        }
        parser.proceed();
        requests += 1;
      } while (parser.bufferedBytes > 0);
    }
  };
  return {
    run,
    get requests() {
      return requests;
    },
  };
}

function measure(item: Case): number[] {
  const bench = prepare(item);
  bench.run(VARIANTS * 4);
  let times = VARIANTS;
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    bench.run(times);
    const { user, system } = process.cpuUsage(before);
    const tookMs = (user + system) / 1000;
    if (round > 0) {
      rounds.push((tookMs * 1e6) / bench.requests);
    }
    times = Math.max(VARIANTS, Math.round((times * ROUND_MS) / tookMs));
  }
  return rounds.sort((a, b) => a - b);
}

const wanted = process.argv[2];
process.stdout.write('case              bytes   median ns   fastest ns\n');
for (const item of CASES) {
  if (wanted === undefined || wanted === item.name) {
    const rounds = measure(item);
    const median = rounds[rounds.length >> 1]!.toFixed(0).padStart(11);
    const bytes = String(item.heads[0]!.length).padStart(5);
    process.stdout.write(`${item.name.padEnd(17)} ${bytes} ${median} ${rounds[0]!.toFixed(0).padStart(12)}\n`);
  }
}
