import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Upstream } from '../../../config/model/upstream.ts';
import { FakeClock } from '../../../kernel/fake-clock.ts';
import { OnePeer } from '../../../upstream/one-peer.ts';
import { PlanUpstreams } from './plan-upstreams.ts';

function upstream(name: string, port: number, isImplicit: boolean): Upstream {
  // Of the others nothing is looked at.
  return { name, isImplicit, servers: [{ host: 'localhost', port, isUnix: false }] } as unknown as Upstream;
}

test('a text may come to an upstream, also to one that another location names by itself, with that port', () => {
  const upstreams = [
    upstream('app', 80, false),
    upstream('localhost', 443, true),
    upstream('localhost:8080', 8080, true),
  ];
  const peers = new OnePeer('x', { host: 'a', port: 80, isUnix: false });
  const plan = new PlanUpstreams({
    model: { upstreams },
    groups: [peers, peers, peers],
    namesBy: () => {
      throw new Error('no name is looked up here');
    },
    connections: { clock: new FakeClock(), onBug: () => undefined },
  });
  const nameOf = (text: string, port: number): string => {
    const found = plan.named(text, port, undefined);
    return typeof found === 'string' ? found : found.name;
  };
  equal(nameOf('APP', 80), 'app');
  equal(nameOf('localhost', 443), 'localhost');
  equal(nameOf('localhost:443', 80), 'no resolver defined to resolve localhost');
  equal(nameOf('localhost', 80), 'no resolver defined to resolve localhost');
  equal(nameOf('localhost:8080', 80), 'localhost:8080');
  equal(nameOf('192.0.2.1:81', 80), '192.0.2.1:81');
  equal(nameOf('192.0.2.1:99999', 80), 'invalid port in upstream "192.0.2.1:99999"');
  equal(nameOf(':81', 80), 'no host in upstream ":81"');
});
