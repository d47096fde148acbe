/** How many connections there may be: what is configured, as far as the process has descriptors for them, and in which words it is told that no more are let in. */

import type { EdgeLimits } from '../../config/model/server-model.ts';
import { connectionsPossible } from '../shared/descriptor-limit.ts';
import type { Cap, ConnectionCaps } from './connection-table.ts';

export interface ConnectionLimits {
  readonly caps: ConnectionCaps;
  readonly texts: Readonly<Record<Cap, string>>;
}

/** `descriptors`: how many the process may have. */
export function connectionLimits(
  { connectionsMax, connectionsPerAddressMax }: Pick<EdgeLimits, 'connectionsMax' | 'connectionsPerAddressMax'>,
  descriptors: number,
): ConnectionLimits {
  const possible = connectionsPossible(descriptors);
  const isShort = connectionsMax === 0 || possible < connectionsMax;
  return {
    caps: { connectionsMax: isShort ? possible : connectionsMax, connectionsPerAddressMax },
    texts: {
      all: isShort
        ? `${possible} are open, and the rest of the ${descriptors} files that the process may open is kept for its work; raise "ulimit -n", or LimitNOFILE= of a systemd unit`
        : `--max-connections ${connectionsMax} are open`,
      address: `an address has its --max-connections-per-address ${connectionsPerAddressMax}`,
    },
  };
}
