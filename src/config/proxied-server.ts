/** A server of an upstream that nothing is said of but its address, which is nginx's `server` without parameters. */

import type { UpstreamServer } from './model/upstream.ts';
import type { UpstreamAddress } from './upstream-address.ts';
import { withoutBrackets } from './upstream-address.ts';

export const PLAIN_SERVER: Omit<UpstreamServer, 'text' | 'host' | 'port' | 'isUnix'> = {
  weight: 1,
  connectionsMax: 0,
  failsMax: 1,
  failTimeoutMs: 10_000,
  slowStartMs: 0,
  isBackup: false,
  isDown: false,
  resolves: false,
  service: '',
  route: '',
};

/** `usualPort`: where the address names none. */
export function plainServer(address: UpstreamAddress, usualPort: number): UpstreamServer {
  return { ...addressOfServer(address, usualPort), ...PLAIN_SERVER };
}

export function addressOfServer(
  { host, isUnix, port }: UpstreamAddress,
  usualPort: number,
): Pick<UpstreamServer, 'text' | 'host' | 'port' | 'isUnix'> {
  return {
    text: isUnix ? `unix:${host}` : port === undefined ? host : `${host}:${port}`,
    host: withoutBrackets(host),
    port: isUnix ? 0 : (port ?? usualPort),
    isUnix,
  };
}
