/** `portico trace WORKER`: where in its code a worker is now, each of its threads, without stopping it. */

import { failure, success } from '../../kernel/outcome.ts';
import type { OperatorAnswer, RunningInUnit } from '../../protocol/control/operator.ts';
import { escapeControls } from '../../supervisor/log/log-line.ts';
import { ask } from '../control/ask-command.ts';
import { sayHelp } from '../control/command-line.ts';
import { renderRequest } from '../control/render-workers.ts';
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

type Traced = Extract<OperatorAnswer, { kind: 'traced' }>;

/** Requests stand at the thread that runs them; those of an event loop, and those of which that is not known, at the beginning. */
function renderTrace({ worker, pid, state, threads, requests }: Traced): string {
  const units = new Set(threads.map(({ unit }) => unit));
  const isPlaced = ({ unit }: RunningInUnit): boolean => units.has(unit);
  const head = [`${worker} (pid ${pid}), ${state}`, ...linesOf(requests.filter((each) => !isPlaced(each)))];
  const parts = threads.map((thread) => {
    const own = requests.filter(({ unit }) => unit === thread.unit);
    const shown = thread.frames.every((frame) => OURS.test(frame))
      ? ['  (in no code of the application)']
      : thread.frames;
    return ['', thread.heading, ...linesOf(own), ...shown];
  });
  return [head, ...parts]
    .flat()
    .map((line) => `${escapeControls(line)}\n`)
    .join('');
}

function linesOf(requests: readonly RunningInUnit[]): string[] {
  return requests.map((request) => `  runs ${renderRequest(request)}`);
}
