import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '../route.ts';
import { sentFieldVariable } from './response-variables.ts';

test('$sent_http_connection is what the transport says of the connection, once there is a head', () => {
  const connection = sentFieldVariable('connection');
  const route = (status: number, isKept: boolean, head: object | undefined = {}): Route =>
    ({ sent: { status, head }, main: { exchange: { connection: { isKept } } } }) as unknown as Route;
  deepEqual(
    [route(200, true), route(200, false), route(101, true)].map((one) => connection(one)),
    ['keep-alive', 'close', 'upgrade'],
  );
  equal(connection({ ...route(200, true), sent: { head: undefined } } as unknown as Route), undefined);
});
