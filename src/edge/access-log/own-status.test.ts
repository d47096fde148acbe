import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '../pipeline/route.ts';
import { ownStatus } from './own-status.ts';

test('the status is that of the request itself: of a subrequest its own, and of a client that has left what the transport says', () => {
  // No more is asked of a route than what a test says.
  const statusIn = (route: object): string => ownStatus(route as Route);
  equal(statusIn({ sent: { status: 404 }, errorStatus: 0 }), '404');
  const exchange = { status: 499 };
  const gone = { sent: { status: 0 }, errorStatus: 0, exchange, main: { exchange } };
  equal(statusIn(gone), '499');
  equal(statusIn({ ...gone, main: { exchange: {} } }), '000');
});
