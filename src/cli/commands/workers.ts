/** `portico workers`: what the workers of a running server do, and have done. */

import { success } from '../../kernel/outcome.ts';
import { ask } from '../control/ask-command.ts';
import { renderWorkers } from '../control/render-workers.ts';
import { WORKERS_HELP } from '../help/control-help.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

const ANSWER_MS = 10_000;

/** Resolves with the exit code. */
export function workers(invocation: Invocation, terminal: Terminal): Promise<number> {
  return ask(
    {
      name: 'workers',
      help: WORKERS_HELP,
      positionalsMax: 0,
      timeoutMs: () => ANSWER_MS,
      request: () => success({ kind: 'workers' }),
      render: (answer, { isJson }) => {
        if (answer.kind !== 'workers') {
          return undefined;
        }
        const { kind: _, ...facts } = answer;
        return { text: isJson ? `${JSON.stringify(facts)}\n` : renderWorkers(facts.workers, facts.nowMs) };
      },
      late: (_line, seconds) => `the server has not answered within ${seconds} s`,
    },
    invocation,
    terminal,
  );
}
