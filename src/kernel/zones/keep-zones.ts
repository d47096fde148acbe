/** Which zones of a running server a new configuration goes on with: what they have counted is not forgotten by a reload. */

export interface ZoneSpec {
  readonly kind: 'requests' | 'connections' | 'sessions';
  readonly name: string;
  readonly bytes: number;
  /** The key as it is written: `$binary_remote_addr`. */
  readonly key: string;
}

export interface ZonePlan<Running extends ZoneSpec> {
  /** Running zones to go on with, by name. The other wanted ones are new. */
  readonly kept: ReadonlyMap<string, Running>;
  /** Zones whose keys would mean something else from now on: nginx refuses such a reload. */
  readonly conflicts: readonly { readonly running: Running; readonly wanted: ZoneSpec }[];
}

/** A zone of another size or kind is another zone, as it is to nginx. Its rate is not part of it. */
export function keepZones<Running extends ZoneSpec>(
  running: readonly Running[],
  wanted: readonly ZoneSpec[],
): ZonePlan<Running> {
  const kept = new Map<string, Running>();
  const conflicts: { running: Running; wanted: ZoneSpec }[] = [];
  for (const zone of wanted) {
    const same = running.find(
      ({ kind, name, bytes }) => kind === zone.kind && name === zone.name && bytes === zone.bytes,
    );
    if (same === undefined) {
      continue;
    }
    if (same.key === zone.key) {
      kept.set(zone.name, same);
    } else {
      conflicts.push({ running: same, wanted: zone });
    }
  }
  return { kept, conflicts };
}
