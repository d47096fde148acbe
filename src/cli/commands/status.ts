/** `portico status`: how a server that runs is. */

import { success } from '../../kernel/outcome.ts';
import { ask } from '../control/ask-command.ts';
import { renderStatus } from '../control/render-status.ts';
import { STATUS_HELP } from '../help/control-help.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

const ANSWER_MS = 10_000;

/** Resolves with the exit code. */
export function status(invocation: Invocation, terminal: Terminal): Promise<number> {
  return ask(
    {
      name: 'status',
      help: STATUS_HELP,
      positionalsMax: 0,
      timeoutMs: () => ANSWER_MS,
      request: () => success({ kind: 'status' }),
      render: (answer, { isJson }) => {
        if (answer.kind !== 'status') {
          return undefined;
        }
        const { kind: _, ...facts } = answer;
        return { text: isJson ? `${JSON.stringify(facts)}\n` : renderStatus(facts) };
      },
      late: (_line, seconds) => `the server has not answered within ${seconds} s`,
    },
    invocation,
    terminal,
  );
}
