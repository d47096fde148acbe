import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fakeHead } from '../../handlers/proxy/fake-proxied.ts';
import { AskedServers } from '../asked-servers.ts';
import type { Route } from '../route.ts';
import { upstreamCookieVariable } from './upstream-variables.ts';

function cookie(...values: string[]): string | undefined {
  const askedServers = new AskedServers();
  askedServers.fields = fakeHead(
    200,
    values.map((value) => ['Set-Cookie', value] as const),
  ).fields;
  return upstreamCookieVariable('tc')({ askedServers } as Route);
}

test('a cookie of the server is found in whatever case, with spaces around the equals sign', () => {
  deepEqual(
    ['tc=x', 'TC = a b ; Path=/', 'tc= ;', 'tcx=1', 'x=tc=1', 'tc==a', 'tc'].map((value) => cookie(value)),
    ['x', 'a b ', '', undefined, undefined, '=a', undefined],
  );
  deepEqual(cookie('a=1', 'tc=2; Path=/', 'tc=3'), '2');
});
