import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerModel } from '../config/model/server-model.ts';
import { readServeRequest } from '../config/read.ts';
import { serveModel } from '../config/serve-model.ts';
import { FakeClock } from '../kernel/fake-clock.ts';
import { success } from '../kernel/outcome.ts';
import type { ToEdge } from '../protocol/control/edge.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import type { PlanAnswer } from './children/edge-host.ts';
import type { ModelChange, ModelReloadParts } from './model-reload.ts';
import { ModelReload } from './model-reload.ts';

function modelOf(...args: string[]): ServerModel {
  const { request } = readServeRequest(['shop.wsgi', ...args], { env: {}, coreCount: 2 });
  assert.ok(request);
  return { ...serveModel(request, '/srv'), listeners: [] };
}

interface Reloaded {
  readonly result: ModelChange;
  readonly told: readonly string[];
  readonly said: readonly string[];
  readonly isServed: boolean;
}

/** A reload during which the edge answers so: to the kinds of message. */
async function reloadWith(answers: Readonly<Record<string, PlanAnswer['kind']>>): Promise<Reloaded> {
  const [before, after] = [modelOf(), modelOf('--threads', '3')];
  const clock = new FakeClock();
  const certificates = await CertificateKeeper.open(undefined, { clock });
  assert.ok(certificates.ok);
  const server = {
    ...{ model: before, logs: [], sockets: [], listeners: [], certificates: certificates.value, secrets: {} },
    slots: { firstOf: () => 0 },
  };
  const told: string[] = [];
  const said: string[] = [];
  const note = (what: string) => (): void => void told.push(what);
  // As much of the supervisor as a reload without addresses and applications of its own meets.
  const parts = {
    ...{ server, clock, source: async () => success(after), renewCertificate: async () => undefined },
    edge: {
      startCount: 1,
      whenReady: async () => undefined,
      give: () => [],
      kill: note('kill'),
      send: ({ kind }: ToEdge) => told.push(kind),
      ask: async ({ kind, plan }: Extract<ToEdge, { plan: number }>) => ({ kind: answers[kind], plan, message: 'no' }),
    },
    apps: {
      plan: (model: ServerModel) => success({ model, added: [], gone: [] }),
      start: async () => [],
      adopt: note('adopt'),
      drop: async () => void told.push('drop'),
      giveUp: () => undefined,
    },
    log: { say: (_level: string, text: string) => said.push(text) },
  };
  const result = await new ModelReload(parts as unknown as ModelReloadParts).run();
  return { result, told, said, isServed: server.model !== before };
}

const KEPT = 'the configuration was not changed: the one before is served on';
const GONE = 'the edge has not answered, or was replaced meanwhile. Reload again';

test('the configuration is the new one when the edge has changed to it', async () => {
  const { result, told, isServed } = await reloadWith({ prepare: 'prepared', commit: 'committed' });
  assert.deepEqual([result, told, isServed], ['changed', ['adopt'], true]);
});

test('what the edge cannot run, or does not answer to, is not served', async () => {
  const refused = await reloadWith({ prepare: 'refused' });
  assert.deepEqual(refused, { result: 'refused', told: ['drop'], said: ['no', KEPT], isServed: false });
  const gone = await reloadWith({ prepare: 'gone' });
  assert.deepEqual(gone, { result: 'refused', told: ['abandon', 'drop'], said: [GONE, KEPT], isServed: false });
});

test('an edge that is lost while it changes is followed by one with the configuration before, as the log says', async () => {
  const lost = await reloadWith({ prepare: 'prepared', commit: 'gone' });
  assert.deepEqual(lost, { result: 'refused', told: ['kill', 'drop'], said: [GONE, KEPT], isServed: false });
});
