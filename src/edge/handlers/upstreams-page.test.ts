import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fakeGroup, fakeRequest, fakeServer, QUICK } from '../../upstream/peers/fake-upstream.ts';
import type { UpstreamReport } from '../../upstream/peers/peers-report.ts';
import { FakeSite, location } from '../plan/fake-site.ts';
import { compileUpstreamsPage } from './upstreams-page.ts';

const NONE: UpstreamReport = { peers: [], zombies: 0 };

function upstreamsIn(body: string): Readonly<Record<string, UpstreamReport>> {
  return JSON.parse(body) as Readonly<Record<string, UpstreamReport>>;
}

function upstreamIn(body: string): UpstreamReport {
  return JSON.parse(body) as UpstreamReport;
}

function siteOf() {
  const servers = [
    fakeServer('127.0.0.1:8001', { connectionsMax: 5, failsMax: 2 }),
    fakeServer('127.0.0.1:8002', { isDown: true, weight: 3 }),
    fakeServer('127.0.0.1:8003', { isBackup: true }),
  ];
  const { group, clock } = fakeGroup(servers, { name: 'café', zone: 'z', queue: { requestsMax: 7, timeoutMs: 1 } });
  clock.advance(60_000);
  const page = compileUpstreamsPage(new Map([['http', [group]]]), clock);
  return { group, clock, site: new FakeSite({ locations: [location('/')] }, { produceOf: () => page }) };
}

test('the page has the numbers of all servers, in the words of the API that is known', () => {
  const { group, clock, site } = siteOf();
  for (const [outcome, status] of [
    ['succeeded', 200],
    ['failed', 0],
    ['failed', 502],
  ] as const) {
    const choice = group.choose(fakeRequest());
    choice.next();
    choice.release(outcome, status, { ...QUICK, headMs: 4, wholeMs: 9 });
  }
  clock.advance(1500);
  const answer = site.ask('/api/9/http/upstreams');
  equal(answer.field('content-type'), 'application/json');
  const { peers, ...rest } = upstreamsIn(answer.body)['café'] ?? NONE;
  deepEqual(rest, { keepalive: 0, zombies: 0, zone: 'z', queue: { size: 0, max_size: 7, overflows: 0 } });
  deepEqual(peers[0], {
    ...{ id: 0, server: '127.0.0.1:8001', name: '127.0.0.1:8001', backup: false, weight: 1, state: 'unavail' },
    ...{ active: 0, max_conns: 5, requests: 3, sent: 30, received: 60, fails: 2, unavail: 1 },
    responses: { '1xx': 0, '2xx': 1, '3xx': 0, '4xx': 0, '5xx': 1, codes: { 200: 1, 502: 1 }, total: 2 },
    health_checks: { checks: 0, fails: 0, unhealthy: 0 },
    downtime: 1500,
    downstart: '2025-01-01T00:01:00.000Z',
    selected: '2025-01-01T00:01:00.000Z',
    header_time: 4,
    response_time: 9,
  });
  deepEqual([peers[1]?.state, peers[1]?.weight, peers[2]?.state, peers[2]?.backup], ['down', 3, 'up', true]);
});

test('the path may name one upstream, and what there is not is not found', () => {
  const { site } = siteOf();
  equal(upstreamIn(site.ask('/api/9/http/upstreams/caf%C3%A9').body).peers.length, 3);
  equal(site.ask('/api/9/http/upstreams/other').status, 404);
  equal(site.ask('/api/9/stream/upstreams/').body, '{}\n');
  equal(Object.keys(upstreamsIn(site.ask('/anything').body)).length, 1);
  const peers = JSON.parse(site.ask('/api/9/http/upstreams/caf%C3%A9/peers').body) as UpstreamReport['peers'];
  deepEqual(
    peers.map(({ id }) => id),
    [0, 1, 2],
  );
  equal((JSON.parse(site.ask('/api/9/http/upstreams/caf%C3%A9/peers/1').body) as { id: number }).id, 1);
  equal(site.ask('/api/9/http/upstreams/caf%C3%A9/peers/3').status, 404);
  deepEqual(JSON.parse(site.ask('/api/').body), [9]);
  deepEqual(JSON.parse(site.ask('/api/9').body), ['http', 'stream']);
  equal(site.ask({ method: 'POST', path: '/api/9/http/upstreams' }).status, 405);
});
