/** Peers of one upstream that share requests, and those that take over where they cannot. */

import type { PeerSlot } from './peer-slot.ts';

export interface PeerList {
  readonly peers: readonly PeerSlot[];
  /** Of all, also of those that are down. */
  readonly totalWeight: number;
  /** One peer and no other behind it: nginx does not count its failures, for there is nobody to ask instead. */
  readonly isSingle: boolean;
  readonly backup: PeerList | undefined;
  /** How many peers a request may try, those of `backup` included. */
  readonly triesMax: number;
}

export function newPeerList(slots: readonly PeerSlot[]): PeerList {
  const backups = slots.filter(({ rules }) => rules.isBackup);
  const backup = backups.length === 0 ? undefined : listOf(backups, undefined);
  return listOf(
    slots.filter(({ rules }) => !rules.isBackup),
    backup,
  );
}

function listOf(peers: readonly PeerSlot[], backup: PeerList | undefined): PeerList {
  const live = peers.filter(({ rules }) => !rules.isDown && !rules.isDraining).length;
  return {
    peers,
    totalWeight: peers.reduce((sum, { rules }) => sum + rules.weight, 0),
    isSingle: peers.length === 1 && backup === undefined && peers[0]?.rules.isBackup === false,
    backup,
    triesMax: live + (backup?.triesMax ?? 0),
  };
}
