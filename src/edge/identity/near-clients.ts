/**
 * Whether a request comes from near by: this machine, or a private network, in which a container's browser and the telephone on the desk are. The
 * pages of --reload show source code, so a server that was left in development must not show them to the world. The address of the connection does
 * not tell: behind a proxy, a tunnel or a container's network every client has a private one. So the request must not contradict it.
 *
 * - No field in which proxies name a client may name one who is far, whether the proxy is believed in other things or not.
 * - The host must be near too. A public name leads through a proxy, or to a page of somebody else's who has his own name lead here (DNS rebinding) and
 *   would read the answer.
 * - HTTP/1.0 without such a field is what nginx speaks unless it is told otherwise: nobody knows who is behind it.
 */

import { hostname } from 'node:os';
import { parseForwarded } from '../../protocol/http/forwarded-elements.ts';
import { parseForwardedNode } from '../../protocol/http/forwarded-node.ts';
import { HTTP_VERSION } from '../../protocol/http/version.ts';
import type { RefusedRequest } from '../pages/error-pages.ts';
import { TrustedPeers } from './trusted-peers.ts';

const NEAR = new TrustedPeers([
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
]);

/** The fields in which proxies and tunnels name the client. */
const NAMING_FIELDS = [
  ...['x-forwarded-for', 'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'x-original-forwarded-for'],
  ...['cf-connecting-ip', 'true-client-ip', 'fastly-client-ip', 'fly-client-ip'],
];

/** Names that nobody can register on the internet (RFC 6761, 6762, 8375; `internal` by ICANN), and those that home routers give. */
const NEAR_NAME = /(^|\.)(localhost|local|test|internal|home\.arpa|lan|home)$/;
/** What a browser is given where a server has said that it listens there. */
const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);

export function isNear({ client, host, version, block }: RefusedRequest): boolean {
  if (!NEAR.has(client.address) || !isNearHost(host)) {
    return false;
  }
  const named = namedClients(block);
  return named.length === 0 ? version > HTTP_VERSION.http10 : named.every(isNearNode);
}

function namedClients(block: RefusedRequest['block']): readonly string[] {
  const listed = NAMING_FIELDS.flatMap((name) => block.getAll(name)).flatMap((value) => value.split(','));
  const values = block.getAll('forwarded');
  // A proxy that hides its client, and a field that nobody can read, name nobody who is near.
  const elements = values.length === 0 ? [] : (parseForwarded(values) ?? [new Map<string, string>()]);
  return [...listed, ...elements.map((element) => element.get('for') ?? '')];
}

function isNearNode(text: string): boolean {
  const bare = text.trim();
  const address = parseForwardedNode(bare)?.address ?? bare;
  return address !== '' && NEAR.has(address);
}

function isNearHost(host: string): boolean {
  const name = host
    .replace(/:\d*$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (name === '') {
    return false;
  }
  const isName = !name.includes('.') && !name.includes(':');
  return (
    isName || NEAR_NAME.test(name) || EVERY_ADDRESS.has(name) || NEAR.has(name) || name === hostname().toLowerCase()
  );
}
