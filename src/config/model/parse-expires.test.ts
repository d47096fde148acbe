import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseExpires } from './parse-expires.ts';

test('parseExpires() reads words, times from now, from the modification and of the day', () => {
  deepEqual(parseExpires('max'), { kind: 'max' });
  deepEqual(parseExpires('30d'), { kind: 'after', seconds: 2_592_000, since: 'access' });
  deepEqual(parseExpires('-1'), { kind: 'after', seconds: -1, since: 'access' });
  deepEqual(parseExpires('modified +1h 30m'), { kind: 'after', seconds: 5400, since: 'modification' });
  deepEqual(parseExpires('@15h30m'), { kind: 'at', secondOfDay: 55_800 });
  for (const text of ['', 'never', '1x', '1m1h', '@24h', 'modified @1h', '+']) {
    equal(parseExpires(text), undefined, text);
  }
});
