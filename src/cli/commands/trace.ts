/** `portico trace WORKER`: where in its code a worker is now, each of its threads, without stopping it. */

import { failure, success } from '../../kernel/outcome.ts';
import type { OperatorAnswer, TracedThread } from '../../protocol/control/operator.ts';
import { escapeControls } from '../../supervisor/log/log-line.ts';
import { ask } from '../control/ask-command.ts';
import { sayHelp } from '../control/command-line.ts';
import { TRACE_HELP } from '../help/control-help.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

/** Frames of a thread that waits for a request, or that only our own code runs in. */
const OURS = /\/portico_worker\/[\w/]+\.py", line |\/threading\.py", line \d+ in (?:run|wait|_bootstrap)/;
/** Longer than the server waits for the worker. */
const ANSWER_MS = 10_000;

/** Resolves with the exit code. */
export function trace(invocation: Invocation, terminal: Terminal): Promise<number> {
  return ask(
    {
      name: 'trace',
      help: TRACE_HELP,
      positionalsMax: 1,
      timeoutMs: () => ANSWER_MS,
      request: ({ positionals: [worker = ''] }) =>
        worker === '' ? failure(sayHelp('trace')) : success({ kind: 'trace', worker }),
      render: (answer, { isJson }) => {
        if (answer.kind !== 'traced') {
          return undefined;
        }
        const { kind: _, ...facts } = answer;
        return { text: isJson ? `${JSON.stringify(facts)}\n` : renderTrace(answer) };
      },
      late: (_line, seconds) => `the server has not answered within ${seconds} s`,
    },
    invocation,
    terminal,
  );
}

function renderTrace({ worker, pid, state, threads }: Extract<OperatorAnswer, { kind: 'traced' }>): string {
  const head = `${worker} (pid ${pid}), ${state}\n`;
  return head + threads.map(renderThread).join('');
}

function renderThread({ heading, frames }: TracedThread): string {
  const shown = frames.every((frame) => OURS.test(frame)) ? ['  (in no code of the application)'] : frames;
  return `\n${[heading, ...shown].map(escapeControls).join('\n')}\n`;
}
