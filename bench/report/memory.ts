import { median } from './statistics.ts';

/** Megabytes. */
export interface Snapshot {
  readonly python: number;
  readonly front: number;
  readonly total: number;
  /** By the kind of process. */
  readonly parts: Readonly<Record<string, number>>;
}

export interface Memory {
  readonly name: string;
  readonly idle: Snapshot;
  readonly loaded: Snapshot;
}

/** The median of the runs of one server, figure by figure. */
export function medianMemory(name: string, runs: readonly Memory[]): Memory {
  const own = runs.filter((run) => run.name === name);
  return {
    name,
    idle: medianSnapshot(own.map(({ idle }) => idle)),
    loaded: medianSnapshot(own.map(({ loaded }) => loaded)),
  };
}

export function findMemory(memories: readonly Memory[], name: string): Memory {
  return memories.find((memory) => memory.name === name) ?? medianMemory(name, []);
}

function medianSnapshot(snapshots: readonly Snapshot[]): Snapshot {
  const parts = Object.keys(snapshots[0]?.parts ?? {});
  return {
    python: median(snapshots.map(({ python }) => python)),
    front: median(snapshots.map(({ front }) => front)),
    total: median(snapshots.map(({ total }) => total)),
    parts: Object.fromEntries(
      parts.map((part) => [part, median(snapshots.map((one) => one.parts[part] ?? Number.NaN))]),
    ),
  };
}
