import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeSite, location } from '../plan/fake-site.ts';
import { newTrafficRows, Traffic } from '../shared/traffic.ts';
import { compileStubStatus } from './stub-status.ts';

test('numbers are told to GET and HEAD in the form that is known from nginx', () => {
  const traffic = new Traffic(newTrafficRows(1), Int32Array.of(3), 0);
  const answer = compileStubStatus(traffic);
  const writing = { name: 'X-W', value: [{ variable: 'connections_writing' }], always: true, effect: 'add' } as const;
  const site = new FakeSite(
    { scopes: [{ fields: { fields: [writing], trailers: [], expires: undefined } }], locations: [location('/')] },
    { traffic, produceOf: () => answer },
  );
  traffic.noteConnection(true);
  const got = site.ask('/');
  equal(
    got.body,
    'Active connections: 3 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 2 \n',
  );
  equal(got.field('content-type'), 'text/plain');
  equal(got.field('x-w'), '1');
  equal(site.ask({ method: 'HEAD', path: '/' }).body, '');
  equal(site.ask({ method: 'POST', path: '/' }).status, 405);
});

test('a request is counted once, and writes until it is over', () => {
  const traffic = new Traffic(newTrafficRows(1), Int32Array.of(1), 0);
  const site = new FakeSite({ locations: [location('/')] }, { traffic, produceOf: () => () => undefined });
  const asked = site.ask('/');
  equal(traffic.numbers().writing, 1);
  asked.leave();
  equal(traffic.numbers().writing, 0);
  equal(traffic.numbers().requests, 1);
});
