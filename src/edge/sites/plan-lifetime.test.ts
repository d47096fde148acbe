import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { PlanLifetime } from './plan-lifetime.ts';

test('what goes on behind a plan begins with it, and ends once', () => {
  const heard: string[] = [];
  const lifetime = new PlanLifetime();
  lifetime.add({ begin: () => void heard.push('begun'), close: () => void heard.push('closed') });
  lifetime.begin();
  lifetime.close();
  lifetime.close();
  deepEqual(heard, ['begun', 'closed']);
});
