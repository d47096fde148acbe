import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../protocol/http/fake-field-block.ts';
import type { IncomingExchange } from '../../protocol/http/incoming-exchange.ts';
import { Peer } from '../../protocol/http/peer.ts';
import { CountedLog } from '../faults/counted-log.ts';
import { Disbelief } from '../identity/disbelief.ts';
import { ForwardedReader } from '../identity/forwarded.ts';
import { RequestIds } from '../identity/request-id.ts';
import { TrustedPeers } from '../identity/trusted-peers.ts';
import { Identifier } from './identify.ts';
import { ListenerOrigins } from './origins.ts';

type Lines = readonly (readonly [string, string])[];
type Family = 'x-forwarded' | 'forwarded';

interface Identified extends Pick<IncomingExchange, 'client' | 'origin' | 'requestId'> {
  readonly told: string[];
}

const LISTENER = {
  fds: [],
  kind: 'tcp',
  address: '127.0.0.1',
  port: 8000,
  path: '',
  isTls: false,
  isStream: false,
  listener: 0,
} as const;
const PEER = { address: '127.0.0.1', port: '4711' };

function identify(lines: Lines, family: Family = 'x-forwarded', isTrusted = true): Identified {
  const told: string[] = [];
  const identifier = new Identifier({
    trusted: isTrusted ? new TrustedPeers(['127.0.0.1']) : undefined,
    reader: new ForwardedReader(family, new TrustedPeers(['127.0.0.1'])),
    ids: new RequestIds(),
    disbelief: new Disbelief({ family, allowed: [], onAdvice: (_, text) => told.push(text) }),
    faults: new CountedLog('fields of', (text) => told.push(text)),
  });
  const origins = new ListenerOrigins(LISTENER, family).of(undefined);
  const peer = new Peer(PEER, origins);
  const exchange = { peer, block: fieldBlock(lines), client: peer.client } as IncomingExchange;
  identifier.identify(exchange);
  const { client, origin, requestId } = exchange;
  return { client, origin, requestId, told };
}

test('without fields of a proxy the client is the peer', () => {
  const { client, origin, requestId, told } = identify([['Host', 'a']]);
  deepEqual([client, origin.scheme, origin.believed, told], [PEER, 'http', 'x-forwarded', []]);
  match(requestId, /^[0-9a-f]{32}$/);
});

test('a trusted peer names client, scheme and id', () => {
  const { client, origin, requestId } = identify([
    ['X-Forwarded-For', '192.0.2.1:99'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Request-ID', 'a1'],
  ]);
  deepEqual([client, origin.scheme, requestId], [{ address: '192.0.2.1', port: '99' }, 'https', 'a1']);
});

test("an id that comes twice is nobody's", () => {
  const { requestId } = identify([
    ['X-Request-ID', 'a1'],
    ['X-Request-ID', 'a1'],
  ]);
  match(requestId, /^[0-9a-f]{32}$/);
});

test('a malformed Forwarded makes the peer as one that is not trusted', () => {
  const { client, origin, told } = identify([['Forwarded', 'for=192.0.2.1;for=6.6.6.6']], 'forwarded');
  deepEqual([client, origin.believed, told.length], [PEER, 'none', 1]);
});

test('a contradiction is marked, for the request to be refused', () => {
  const { client, origin, told } = identify([
    ['X-Forwarded-For', '192.0.2.1'],
    ['X-Forwarded-Proto', 'https, http'],
  ]);
  deepEqual([client.address, origin.isContradictory, told.length], ['192.0.2.1', true, 1]);
});

test('an untrusted peer is who it is, and is told of', () => {
  const lines: Lines = [
    ['X-Forwarded-For', '192.0.2.1'],
    ['X-Request-ID', 'a1'],
  ];
  const { client, origin, requestId, told } = identify(lines, 'x-forwarded', false);
  deepEqual([client, origin.believed, told.length], [PEER, 'none', 1]);
  equal(requestId === 'a1', false);
});
