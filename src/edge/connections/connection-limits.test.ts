import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { connectionLimits } from './connection-limits.ts';

test('what is configured holds where there are descriptors enough', () => {
  const { caps, texts } = connectionLimits({ connectionsMax: 100, connectionsPerAddressMax: 7 }, 20_000);
  deepEqual(caps, { connectionsMax: 100, connectionsPerAddressMax: 7 });
  deepEqual(texts, {
    all: '--max-connections 100 are open',
    address: 'an address has its --max-connections-per-address 7',
  });
});

test('otherwise there are as many as there are descriptors for', () => {
  for (const connectionsMax of [0, 100_000]) {
    const { caps, texts } = connectionLimits({ connectionsMax, connectionsPerAddressMax: 0 }, 1000);
    deepEqual(caps.connectionsMax > 0 && caps.connectionsMax < 1000, true);
    match(texts.all, /^\d+ are open, and the rest of the 1000 files .* raise "ulimit -n"/);
  }
});
