import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { EDGE_LIMITS } from '../../limits.ts';
import { FrameRate } from './frame-rate.ts';

test('FrameRate is used up by messages, if they are limited, and by control frames always', () => {
  const limited = new FrameRate(2);
  const free = new FrameRate(0);
  equal(limited.isUsedUp, false);
  for (const rate of [limited, free]) {
    rate.countMessage();
    rate.countMessage();
  }
  equal(limited.isUsedUp, true);
  equal(free.isUsedUp, false);
  limited.renew();
  equal(limited.isUsedUp, false);
  for (let count = 1; count < EDGE_LIMITS.webSocketControlsPerSecond; count += 1) free.countControl();
  equal(free.isUsedUp, false);
  free.countControl();
  equal(free.isUsedUp, true);
  free.renew();
  equal(free.isUsedUp, false);
});

test('FrameRate is used up by short fragments, and by bytes that nobody wants', () => {
  const rate = new FrameRate(0);
  for (let count = 1; count < EDGE_LIMITS.webSocketFragmentsPerSecond; count += 1) rate.countFragment();
  equal(rate.isUsedUp, false);
  rate.countFragment();
  equal(rate.isUsedUp, true);
  rate.renew();
  equal(rate.isUsedUp, false);
  rate.countDropped(EDGE_LIMITS.lingerBytesPerSecond - 1);
  equal(rate.isUsedUp, false);
  rate.countDropped(1);
  equal(rate.isUsedUp, true);
  rate.renew();
  equal(rate.isUsedUp, false);
});
