import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseExpires } from './parse-expires.ts';

test('parseExpires() reads words, times from now, from the modification and of the day', () => {
  deepEqual(parseExpires('max'), { kind: 'max' });
  deepEqual(parseExpires('30d'), { kind: 'after', seconds: 2_592_000, since: 'access' });
  deepEqual(parseExpires('-1'), { kind: 'after', seconds: -1, since: 'access' });
  deepEqual(parseExpires('modified +1h 30m'), { kind: 'after', seconds: 5400, since: 'modification' });
  deepEqual(parseExpires('@15h30m'), { kind: 'at', secondOfDay: 55_800 });
  deepEqual(parseExpires('@24h'), { kind: 'at', secondOfDay: 86_400 }, 'as nginx takes it');
  for (const text of ['', 'never', '1x', '1m1h', '@24h1s', 'modified @1h', 'modified max', '+']) {
    equal(parseExpires(text), undefined, text);
  }
});
