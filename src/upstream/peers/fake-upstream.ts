/** Upstreams for tests: servers that are named by letters, and a clock that stands still. */

import type { Template } from '../../config/model/template.ts';
import type { Balancing, Upstream, UpstreamServer } from '../../config/model/upstream.ts';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { Peer, PeerRequest, PeerTimes } from '../peer-choice.ts';
import { newPeerMemory, PeerMemory } from './peer-memory.ts';
import { UpstreamGroup } from './upstream-group.ts';

export function fakeServer(text: string, rules: Partial<UpstreamServer> = {}): UpstreamServer {
  const [, host = text, port = '80'] = /^(.*):(\d+)$/.exec(text) ?? [];
  return {
    ...{
      text,
      host,
      port: Number(port),
      isUnix: false,
      weight: 1,
      connectionsMax: 0,
      failsMax: 1,
      failTimeoutMs: 10_000,
    },
    ...{ slowStartMs: 0, isBackup: false, isDown: false, resolves: false, service: '', route: '' },
    ...rules,
  };
}

export function fakeUpstream(servers: readonly UpstreamServer[], rules: Partial<Upstream> = {}): Upstream {
  return { name: 'app', isImplicit: false, balancing: { kind: 'round-robin' }, servers, ...rules };
}

export interface FakeSurroundings {
  readonly memory?: SharedArrayBuffer;
  readonly clock?: FakeClock;
  readonly chance?: () => number;
  readonly sessions?: SharedArrayBuffer;
}

export interface FakeGroup {
  readonly group: UpstreamGroup;
  readonly clock: FakeClock;
  readonly memory: SharedArrayBuffer;
}

export function fakeGroup(
  servers: readonly UpstreamServer[],
  { balancing = { kind: 'round-robin' }, ...more }: Partial<Upstream> & { readonly balancing?: Balancing } = {},
  { memory = newPeerMemory(), clock = new FakeClock(), chance = Math.random, sessions }: FakeSurroundings = {},
): FakeGroup {
  const upstream = fakeUpstream(servers, { balancing, ...more });
  const group = new UpstreamGroup({
    upstream,
    kind: 'http',
    memory: new PeerMemory(memory, 0),
    clock,
    chance,
    ...(sessions && { sessions }),
  });
  group.setPeers(servers.map((server) => ({ server, ...addressOf(server) })));
  return { group, clock, memory };
}

function addressOf({ text, host, port }: UpstreamServer): Pick<Peer, 'name' | 'address'> {
  return { name: text, address: { host, port } };
}

export function fakeRequest(rules: Partial<PeerRequest> = {}): PeerRequest {
  const variable = rules.variable ?? (() => undefined);
  return { clientAddress: '192.0.2.1', variable, text: (template) => render(template, variable), ...rules };
}

export const QUICK: PeerTimes = { connectMs: 1, headMs: 1, wholeMs: 1, sentBytes: 10, receivedBytes: 20 };

/** The names of the peers that so many requests get, one after the other, each of which succeeds. */
export function chosen(group: UpstreamGroup, count: number, request: PeerRequest = fakeRequest()): string {
  return Array.from({ length: count }, () => {
    const choice = group.choose(request);
    const peer = choice.next();
    if (typeof peer !== 'object') {
      return String(peer);
    }
    choice.release('succeeded', 200, QUICK);
    return peer.name;
  }).join(' ');
}

function render(template: Template, variable: PeerRequest['variable']): string {
  const parts = typeof template === 'string' ? [template] : template;
  return parts
    .map((part) => (typeof part === 'string' ? part : 'variable' in part ? (variable(part.variable) ?? '') : ''))
    .join('');
}
