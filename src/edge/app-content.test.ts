import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeExchange } from '../gateway/fake-exchange.ts';
import { AppContent } from './app-content.ts';
import type { AppService } from './app-service.ts';

test('AppContent tells its application where the location mounts it, in the bytes that paths have', () => {
  const mounts: string[] = [];
  const app = {
    declared: [],
    ask: ({ scriptName }: { readonly scriptName: string }) => mounts.push(scriptName) > 0,
  };
  for (const scriptName of ['', '/shop', '/café']) {
    const content = { kind: 'app', app: 'site', scriptName, folders: [], servesDeclared: false } as const;
    new AppContent(content, app as unknown as AppService, () => undefined).answer(new FakeExchange('a'));
  }
  deepEqual(mounts, ['', '/shop', '/caf\xc3\xa9']);
});
