/** `portico scale N`: has a running server serve with another number of workers, and waits until they are ready. */

import { failure, success } from '../../kernel/outcome.ts';
import { OPERATOR_LIMITS } from '../../protocol/control/operator.ts';
import { ask } from '../control/ask-command.ts';
import { sayHelp } from '../control/command-line.ts';
import { renderScaled } from '../control/render-scaled.ts';
import { SCALE_HELP } from '../help/control-help.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

/** As long as `portico reload`: the workers load the application. */
const TIMEOUT_MS = 90_000;

/** Resolves with the exit code. */
export function scale(invocation: Invocation, terminal: Terminal): Promise<number> {
  return ask(
    {
      name: 'scale',
      help: SCALE_HELP,
      options: { app: { type: 'string', short: 'a' } },
      positionalsMax: 1,
      timeoutMs: () => TIMEOUT_MS,
      request: ({ positionals: [count = ''], values }) => {
        const workers = /^\d{1,6}$/.test(count) ? Number(count) : 0;
        if (count === '') {
          return failure(sayHelp('scale'));
        }
        return workers < 1 || workers > OPERATOR_LIMITS.workersMax
          ? failure(`"${count}" is no number of workers from 1 to ${OPERATOR_LIMITS.workersMax}`)
          : success({ kind: 'scale', app: typeof values['app'] === 'string' ? values['app'] : '', workers });
      },
      render: (answer, { isJson }) => {
        if (answer.kind !== 'scaled') {
          return undefined;
        }
        const { kind: _, ...facts } = answer;
        return { text: isJson ? `${JSON.stringify(facts)}\n` : renderScaled(facts) };
      },
      late: ({ positionals: [count] }, seconds) =>
        `the number of workers is ${count}, but they do not all serve after ${seconds} s: the log of the server says why ("portico logs")`,
    },
    invocation,
    terminal,
  );
}
