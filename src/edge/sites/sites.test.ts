import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { edgeModel } from '../../config/model/edge-model.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import { readServeRequest } from '../../config/read.ts';
import { serveModel } from '../../config/serve-model.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Exchange } from '../../protocol/http/exchange.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { LogFiles } from '../access-log/log-files.ts';
import { InternalErrors } from '../faults/internal-errors.ts';
import { FakeClientExchange } from '../plan/fake-client-exchange.ts';
import { newTrafficRows, Traffic } from '../shared/traffic.ts';
import type { AnsweringApp } from './app-content.ts';
import { PlanLifetime } from './plan-lifetime.ts';
import { loadPlanning, Sites } from './sites.ts';
import type { SitesParts } from './sites-parts.ts';

function served(...args: string[]): EdgeModel {
  const { request } = readServeRequest(['a:b', ...args], { env: {}, coreCount: 1 });
  if (request === undefined) {
    throw new Error('the command line is wrong');
  }
  return edgeModel(serveModel(request, '/srv'));
}

const HEAD = { status: 200, reason: undefined, fields: fieldsOf('') } as const;

/** Asks for `/`, and gives what the client has and what the application was given. */
async function ask(model: EdgeModel): Promise<{ client: FakeClientExchange; asked: Exchange | undefined }> {
  let asked: Exchange | undefined;
  const app: AnsweringApp = {
    declared: [],
    staticRequests: 0,
    ask: (exchange) => {
      asked = exchange;
      exchange.responder.respond(HEAD, 'hello');
      return true;
    },
  };
  const parts: SitesParts = {
    model,
    thread: 0,
    apps: new Map([['site', app]]),
    identifier: { identify: () => undefined },
    zones: [],
    peers: new SharedArrayBuffer(0),
    names: new Map(),
    lifetime: new PlanLifetime(),
    upstreams: new Map(),
    budgets: {} as SitesParts['budgets'],
    traffic: new Traffic(newTrafficRows(1), Int32Array.of(0), 0),
    logs: { lease: new LogFiles('machine', () => undefined).lease(), fds: [], targets: [], clock: systemClock },
    accessLog: undefined,
    bugs: new InternalErrors(systemClock, () => undefined),
    log: () => undefined,
  };
  const sites = new Sites(parts, (await loadPlanning(model)).sites);
  const pipeline = sites.pipelineOf(0);
  const client = new FakeClientExchange({ path: '/' }, pipeline);
  pipeline.handle(client);
  return { client, asked };
}

test('a plain serve hands the exchange of the transport to the application: no route, no responder in between', async () => {
  const { client, asked } = await ask(served('--static', '/s=dir', '--header', 'X-A: b'));
  equal(asked, client);
  equal(client.route, undefined);
  equal(client.responder, client);
  equal(client.head, HEAD, 'the head of the application, as it is');
});

test('a model that is more has a plan', async () => {
  const model = served();
  const scopes = model.scopes.map((scope) => ({ ...scope, serverField: 'mine' }));
  const { client, asked } = await ask({ ...model, scopes });
  equal(asked === client, false);
  equal(client.field('server'), 'mine');
});
