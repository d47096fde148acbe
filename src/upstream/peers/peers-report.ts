/** Upstreams in numbers, as the API of the commercial nginx names them: what programs of monitoring know already. */

import type { Clock } from '../../kernel/clock.ts';
import { HEALTH, PEER } from './peer-fields.ts';
import type { PeerSlot } from './peer-slot.ts';
import type { UpstreamGroup } from './upstream-group.ts';

export interface UpstreamReport {
  readonly peers: readonly PeerReport[];
  /** Idle connections of all threads; of streams there are none. */
  readonly keepalive?: number;
  /** Servers that are no more, and have requests. */
  readonly zombies: number;
  /** Of `zone`. */
  readonly zone?: string;
  readonly queue?: { readonly size: number; readonly max_size: number; readonly overflows: number };
}

export type PeerState = 'up' | 'draining' | 'down' | 'unavail' | 'checking' | 'unhealthy';

export interface PeerReport {
  readonly id: number;
  /** The address. */
  readonly server: string;
  /** As it is configured. */
  readonly name: string;
  readonly backup: boolean;
  readonly weight: number;
  readonly state: PeerState;
  readonly active: number;
  readonly max_conns?: number;
  /** Of streams: `connections`. */
  readonly requests?: number;
  readonly connections?: number;
  readonly responses?: Readonly<Record<'1xx' | '2xx' | '3xx' | '4xx' | '5xx' | 'total', number>> & {
    readonly codes: Readonly<Record<string, number>>;
  };
  readonly sent: number;
  readonly received: number;
  readonly fails: number;
  readonly unavail: number;
  readonly health_checks: {
    readonly checks: number;
    readonly fails: number;
    readonly unhealthy: number;
    readonly last_passed?: boolean;
  };
  /** Milliseconds. */
  readonly downtime: number;
  readonly downstart?: string;
  readonly selected?: string;
  /** Of streams: `connect_time`. */
  readonly header_time?: number;
  readonly connect_time?: number;
  readonly first_byte_time?: number;
  readonly response_time?: number;
}

export function reportUpstream(group: UpstreamGroup, clock: Clock): UpstreamReport {
  const { zone, queue } = group.upstream;
  const isStream = group.kind === 'stream';
  return {
    peers: group.read((peers) => peers.map((peer, id) => reportPeer(peer, id, isStream, clock))),
    ...(isStream ? {} : { keepalive: group.idle }),
    zombies: group.zombies,
    ...(zone === undefined ? {} : { zone }),
    ...(queue === undefined
      ? {}
      : {
          queue: { size: group.queue?.size ?? 0, max_size: queue.requestsMax, overflows: group.queue?.overflows ?? 0 },
        }),
  };
}

function reportPeer(peer: PeerSlot, id: number, isStream: boolean, clock: Clock): PeerReport {
  const { text, isBackup, weight, connectionsMax } = peer.rules;
  const nowMs = clock.monotonicMs();
  const isoOf = (atMs: number) => new Date(clock.nowMs() - (nowMs - atMs)).toISOString();
  const [downSinceMs, selectedMs] = [peer.read(PEER.downSinceMs), peer.read(PEER.selectedMs)];
  const [headMs, wholeMs, checks] = [peer.read(PEER.headMs), peer.read(PEER.wholeMs), peer.read(PEER.checks)];
  return {
    ...{ id, server: peer.name, name: text, backup: isBackup, weight, state: stateOf(peer, nowMs) },
    active: peer.read(PEER.active),
    ...(connectionsMax === 0 ? {} : { max_conns: connectionsMax }),
    ...(isStream
      ? { connections: peer.read(PEER.requests) }
      : { requests: peer.read(PEER.requests), responses: responsesOf(peer) }),
    sent: peer.read(PEER.sentBytes),
    received: peer.read(PEER.receivedBytes),
    fails: peer.read(PEER.failsTotal),
    unavail: peer.read(PEER.unavailable),
    health_checks: {
      ...{ checks, fails: peer.read(PEER.checkFails), unhealthy: peer.read(PEER.unhealthy) },
      ...(checks === 0 ? {} : { last_passed: peer.read(PEER.lastPassed) === 1 }),
    },
    downtime: Math.round(peer.read(PEER.downMs) + (downSinceMs === 0 ? 0 : nowMs - downSinceMs)),
    ...(downSinceMs === 0 ? {} : { downstart: isoOf(downSinceMs) }),
    ...(selectedMs === 0 ? {} : { selected: isoOf(selectedMs) }),
    ...(isStream ? streamTimesOf(peer) : headMs === 0 ? {} : { header_time: headMs }),
    ...(wholeMs === 0 ? {} : { response_time: wholeMs }),
  };
}

function streamTimesOf(peer: PeerSlot): Pick<PeerReport, 'connect_time' | 'first_byte_time'> {
  const [connectMs, firstMs] = [peer.read(PEER.connectMs), peer.read(PEER.headMs)];
  return {
    ...(connectMs === 0 ? {} : { connect_time: connectMs }),
    ...(firstMs === 0 ? {} : { first_byte_time: firstMs }),
  };
}

function responsesOf(peer: PeerSlot): NonNullable<PeerReport['responses']> {
  const [one = 0, two = 0, three = 0, four = 0, five = 0] = peer.responses();
  return {
    ...{ '1xx': one, '2xx': two, '3xx': three, '4xx': four, '5xx': five },
    codes: peer.codes(),
    total: one + two + three + four + five,
  };
}

function stateOf(peer: PeerSlot, nowMs: number): PeerState {
  const { isDown, isDraining } = peer.rules;
  if (isDown) {
    return 'down';
  }
  if (isDraining) {
    return 'draining';
  }
  switch (peer.read(PEER.health)) {
    case HEALTH.checking:
      return 'checking';
    case HEALTH.unhealthy:
      return 'unhealthy';
    default:
      return peer.isDead(nowMs) ? 'unavail' : 'up';
  }
}
