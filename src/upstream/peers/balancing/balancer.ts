/** A way to choose among peers. It is asked under the lock of the upstream: it waits for nothing and cannot fail. */

import type { PeerList } from '../peer-list.ts';
import type { PeerSlot } from '../peer-slot.ts';
import type { Tried } from '../tried.ts';

/** `list` has several peers, or a backup. Undefined: it has none for this request. */
export type Balancer = (list: PeerList, tried: Tried, nowMs: number) => PeerSlot | undefined;
