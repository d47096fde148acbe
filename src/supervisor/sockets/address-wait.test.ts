import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { bindWhenFree } from './address-wait.ts';

const ADDRESS = { kind: 'tcp', host: '127.0.0.1', port: 8000 } as const;

/** Binding succeeds when nobody holds the address, or at `freeAtMs`. */
async function attempt(holdersAt: (waitedMs: number) => readonly string[], freeAtMs?: number): Promise<string> {
  let waitedMs = 0;
  const told: string[] = [];
  const outcome: Outcome<string> = await bindWhenFree(
    ADDRESS,
    async () => {
      const isFree = freeAtMs === undefined ? holdersAt(waitedMs).length === 0 : waitedMs >= freeAtMs;
      return isFree ? success('bound') : failure('in use');
    },
    {
      findHolders: () => holdersAt(waitedMs),
      pause: async (ms) => {
        waitedMs += ms;
      },
      tell: (text) => told.push(text),
    },
  );
  return `${outcome.ok ? outcome.value : outcome.fault} after ${waitedMs}${told.length > 0 ? `, told: ${told.join()}` : ''}`;
}

test('bindWhenFree() waits for a server of ours that ends, and for nobody else', async () => {
  const server = ['portico serve a (pid 1)', 'portico: edge (pid 2)'];
  const edge = ['portico: edge (pid 2)'];
  assert.equal(await attempt(() => []), 'bound after 0');
  assert.equal(await attempt(() => ['nginx (pid 3)']), 'in use after 0');
  assert.equal(await attempt(() => [...server, 'nginx (pid 3)']), 'in use after 0');
  assert.equal(await attempt(() => server), 'in use after 1000');
  assert.equal(await attempt((ms) => (ms < 50 ? server : ms < 300 ? edge : [])), 'bound after 300');
  assert.equal(await attempt(() => [], 50), 'bound after 50', 'it was let go of between the try and the look');
  assert.equal(await attempt(() => [], 1e9), 'in use after 50', 'who has it cannot be seen');
  const told = 'told: 127.0.0.1:8000 is still held by portico: edge (pid 2), which is ending; it is waited for';
  assert.equal(await attempt((ms) => (ms < 3000 ? edge : [])), `bound after 3000, ${told}`);
  assert.equal(await attempt(() => edge), `in use after 5000, ${told}`);
});
