/** What happens to zygotes, and through them to whole generations. */

import { unreachable } from '../../kernel/unreachable.ts';
import { describeExit } from './exit-words.ts';
import { endGeneration, log, openGeneration, removeWorker } from './fleet-changes.ts';
import {
  describeLatePython,
  failGeneration,
  isEndOfLatePython,
  plainFault,
  waitToAskZygote,
} from './fleet-failures.ts';
import type { EventOf, Generation, Turn } from './fleet-types.ts';

export function applyZygote(
  turn: Turn,
  event: EventOf<'zygote-loaded' | 'zygote-load-failed' | 'zygote-unsafe' | 'zygote-answered' | 'zygote-exited'>,
): void {
  const { fleet } = turn;
  const generation = fleet.generations.get(event.generation);
  if (generation === undefined) {
    return;
  }
  switch (event.kind) {
    case 'zygote-loaded':
      if (generation.state === 'loading') {
        generation.state = 'loaded';
        waitToAskZygote(turn, generation);
      }
      generation.preloaded = event.preloaded;
      generation.python = event.python;
      generation.facts = event.facts;
      return;
    case 'zygote-load-failed':
      if (generation.state !== 'ending') {
        failGeneration(turn, generation, event);
      }
      return;
    case 'zygote-unsafe':
      onUnsafePreload(turn, generation, event);
      return;
    case 'zygote-answered':
      if (!generation.isStopSent) {
        waitToAskZygote(turn, generation);
      }
      return;
    case 'zygote-exited':
      onZygoteExited(turn, generation, event);
      return;
    default:
      unreachable(event);
  }
}

function onUnsafePreload(turn: Turn, generation: Generation, event: EventOf<'zygote-unsafe'>): void {
  const { reasons, holdsLock } = event;
  const { fleet } = turn;
  if (generation.state === 'ending') {
    return;
  }
  fleet.unsafeReasons = reasons;
  fleet.holdsLock = holdsLock;
  log(
    turn,
    turn.server.isStarted ? 'info' : 'debug',
    `the application is loaded in each worker instead of once: ${reasons.join('; ')}`,
  );
  endGeneration(turn, generation);
  openGeneration(turn, 'never');
}

function onZygoteExited(turn: Turn, generation: Generation, event: EventOf<'zygote-exited'>): void {
  const { fleet } = turn;
  const wasLoading = generation.state === 'loading';
  if (wasLoading) {
    const words = isEndOfLatePython(generation, event.cause)
      ? describeLatePython(fleet.settings.startTimeoutMs)
      : `the process that loads the application ${describeExit(event.cause)}`;
    failGeneration(turn, generation, plainFault(words));
  } else if (generation.state === 'loaded') {
    log(
      turn,
      'error',
      `the process that forks the workers ${describeExit(event.cause)}; it and its workers are started again`,
    );
  }
  for (const worker of [...fleet.workers.values()].filter((worker) => worker.generation === generation.id)) {
    if (worker.pid !== 0) {
      turn.actions.push({ kind: 'kill-process', generation: generation.id, pid: worker.pid });
    }
    removeWorker(turn, worker);
  }
  fleet.generations.delete(generation.id);
  fleet.current = fleet.current === generation.id ? undefined : fleet.current;
  fleet.next = fleet.next === generation.id ? undefined : fleet.next;
  if (fleet.settings.hasHooks === true && fleet.current !== undefined && fleet.generations.size === 1) {
    turn.actions.push({ kind: 'tell-alone', generation: fleet.current });
  }
}
