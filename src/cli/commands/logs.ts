/** `portico logs`: the last lines of a running server's log, and with `-f` those that come. */

import { failure, success } from '../../kernel/outcome.ts';
import { OPERATOR_LIMITS } from '../../protocol/control/operator.ts';
import { ask } from '../control/ask-command.ts';
import { LOGS_HELP } from '../help/control-help.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

/** As many as tail(1) shows, and a few more. */
const LINES = 20;
const ANSWER_MS = 10_000;

/** Resolves with the exit code. */
export function logs(invocation: Invocation, terminal: Terminal): Promise<number> {
  return ask(
    {
      name: 'logs',
      help: LOGS_HELP,
      options: {
        follow: { type: 'boolean', short: 'f' },
        lines: { type: 'string', short: 'n' },
      },
      positionalsMax: 0,
      timeoutMs: ({ values }) => (values['follow'] === true ? undefined : ANSWER_MS),
      request: ({ values, isJson }) => {
        const count = typeof values['lines'] === 'string' ? values['lines'] : String(LINES);
        const lines = /^\d{1,6}$/.test(count) ? Number(count) : Number.NaN;
        return lines <= OPERATOR_LIMITS.linesMax
          ? success({ kind: 'logs', lines, follows: values['follow'] === true, isJson })
          : failure(`--lines: "${count}" is no number from 0 to ${OPERATOR_LIMITS.linesMax}`);
      },
      render: (answer) => {
        if (answer.kind === 'lost') {
          return { text: `… ${answer.lines} lines were not shown: they came faster than they were read\n` };
        }
        return answer.kind === 'log' ? { text: `${answer.text}\n` } : undefined;
      },
      late: ({ values }, seconds) =>
        values['follow'] === true ? '' : `the server has not sent all lines within ${seconds} s`,
    },
    invocation,
    terminal,
  );
}
