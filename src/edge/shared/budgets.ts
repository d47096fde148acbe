/** What the requests of an edge thread share with those of all others: memory, disk, descriptors, and the count of requests for which nothing is left. */

import { systemClock } from '../../kernel/clock.ts';
import type { ConfigureEdge, FromEdge } from '../../protocol/control/edge.ts';
import type { MemoryBudgets } from '../../relay/memory-budget.ts';
import { MemoryBudget } from '../../relay/memory-budget.ts';
import { Overload } from '../../relay/overload.ts';
import { SpoolFolder } from '../../relay/spool/spool-folder.ts';
import { SpoolSpace, spoolDescriptors } from '../../relay/spool/spool-space.ts';
import { readDescriptorLimit } from './descriptor-limit.ts';
import type { SharedState } from './shared-state.ts';

export interface Budgets {
  readonly space: SpoolSpace;
  readonly memory: MemoryBudgets;
  readonly overload: Overload;
}

/** `index`: of the thread. */
export function newBudgets(
  { model, spoolParents }: ConfigureEdge,
  shared: SharedState,
  index: number,
  send: (message: FromEdge) => void,
): Budgets {
  const { edge } = model;
  const descriptorsMax = readDescriptorLimit();
  const warn = (text: string): void => send({ kind: 'log', level: 'warning', text });
  const folder = new SpoolFolder(spoolParents, (made) => send({ kind: 'spool-folder', ...made }));
  return {
    space: new SpoolSpace(folder, `e${index}`, {
      counters: shared.spooled,
      bytesMax: edge.spoolBytesMax,
      descriptorsMax: spoolDescriptors(descriptorsMax, edge.threads),
      monotonicMs: () => systemClock.monotonicMs(),
      log: warn,
    }),
    memory: {
      bodies: new MemoryBudget(shared.bodyMemory, edge.bodyMemoryBytesMax),
      webSockets: new MemoryBudget(shared.wsMemory, edge.wsMemoryBytesMax),
    },
    overload: new Overload({
      counters: shared.overload,
      queueMax: sumOf(model.apps.map(({ queue }) => queue.depthMax)),
      waiting: () => sumOf([...shared.queues.values()].flatMap(({ waiting }) => [...waiting])),
      descriptorsMax,
      log: (_level, text) => warn(text),
    }),
  };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
