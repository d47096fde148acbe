/**
 * What the plan itself costs a request, without a connection: nanoseconds of CPU time of one thread, the median of rounds, exchanges of their own included.
 *
 *   node bench/plan.ts
 */

import type { Instruction } from '../src/config/model/instruction.ts';
import type { Location, Site } from '../src/config/model/server-model.ts';
import type { FakeModel } from '../src/edge/plan/fake-site.ts';
import { FakeSite, location } from '../src/edge/plan/fake-site.ts';
import { fieldsOf } from '../src/protocol/http/response-fields.ts';

const ROUNDS = 15;
const REQUESTS_PER_ROUND = 20_000;
const SITES = 1000;
const LOCATIONS = 10;

const HEAD = { status: 200, reason: undefined, fields: fieldsOf('Content-Type: text/plain\r\n') } as const;

function measure(what: string, model: FakeModel, request: { path: string; host?: string }): void {
  const site = new FakeSite(model, { produceOf: () => (exchange) => exchange.responder.respond(HEAD, undefined) });
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage();
    for (let count = 0; count < REQUESTS_PER_ROUND; count += 1) {
      site.ask(request);
    }
    const { user, system } = process.cpuUsage(start);
    rounds.push(((user + system) * 1000) / REQUESTS_PER_ROUND);
  }
  const median = rounds.toSorted((one, other) => one - other)[ROUNDS >> 1] ?? Number.NaN;
  console.log(`${what.padEnd(50)} ${median.toFixed(0).padStart(7)} ns`);
}

function manyLocations(): Location[] {
  return Array.from({ length: LOCATIONS - 2 }, (_, index) => location(`/p${index}/`)).concat([
    location('/'),
    location('~* \\.(?:php|cgi)$'),
  ]);
}

function manySites(): { sites: Partial<Site>[]; names: NonNullable<FakeModel['names']> } {
  const numbers = Array.from({ length: SITES }, (_, index) => index);
  return {
    sites: numbers.map((index) => ({ name: `s${index}`, locations: manyLocations() })),
    names: numbers.flatMap((site) => [
      { name: { kind: 'exact', text: `s${site}.example` }, site } as const,
      { name: { kind: 'suffix', text: `.s${site}.example` }, site } as const,
    ]),
  };
}

const REWRITE: readonly Instruction[] = [
  { kind: 'set', variable: 'a', value: [{ variable: 'uri' }, '-', { variable: 'arg_x' }] },
  {
    kind: 'rewrite',
    pattern: { text: '^/old/(.*)$', isCaseless: false },
    replacement: ['/new/', { capture: 1 }],
    appendsArguments: true,
    flag: 'break',
  },
];

measure('one location', { locations: [location('/')] }, { path: '/' });
measure('ten locations, one a regex', { locations: manyLocations() }, { path: '/p7/some/page' });
measure(`${SITES} sites of ten locations, by name`, manySites(), { path: '/p7/some/page', host: 's900.example' });
measure(`${SITES} sites of ten locations, by suffix`, manySites(), { path: '/p7/some/page', host: 'a.b.s900.example' });
measure('set and rewrite', { locations: [location('/', { rewrite: REWRITE })] }, { path: '/old/page' });
measure('a path of 20 KB, ten locations', { locations: manyLocations() }, { path: `/p7/${'a/'.repeat(10_000)}` });
