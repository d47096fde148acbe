import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { NameReply } from './dns-question.ts';
import { recordsOf } from './name-records.ts';

const NONE: NameReply = { kind: 'none' };
const FOUR: NameReply = { kind: 'addresses', addresses: ['192.0.2.1'], ttl: 9 };
const SIX: NameReply = { kind: 'addresses', addresses: ['::1'], ttl: 7 };
const ALIAS: NameReply = { kind: 'alias', name: 'b', ttl: 5 };
const ABSENT = { kind: 'failed', code: 3 };

test('the addresses of both families count, and an alias where there are none', () => {
  deepEqual(recordsOf([FOUR, SIX]), { kind: 'addresses', addresses: ['192.0.2.1', '::1'], ttl: 7 });
  deepEqual(recordsOf([FOUR, NONE]), FOUR);
  deepEqual(recordsOf([ALIAS, SIX]), { ...SIX, ttl: 5 });
  deepEqual(recordsOf([NONE, ALIAS]), ALIAS);
  deepEqual(recordsOf([{ ...ALIAS, ttl: 2 }, ALIAS]), { ...ALIAS, ttl: 2 });
  deepEqual(recordsOf([ALIAS, NONE]), ABSENT);
  deepEqual(recordsOf([NONE, NONE]), ABSENT);
  deepEqual(recordsOf([]), ABSENT);
});

test('what fails for one family fails', () => {
  deepEqual(recordsOf([{ kind: 'failed', code: 2 }]), { kind: 'failed', code: 2 });
});
