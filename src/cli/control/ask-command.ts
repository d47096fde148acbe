/** A command that asks a running server for one thing, prints the answers, and ends. */

import type { Outcome } from '../../kernel/outcome.ts';
import type { OperatorAnswer, OperatorRequest } from '../../protocol/control/operator.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandLine, Words } from './command-line.ts';
import { asksForHelp, codeOf, EXIT, readCommandLine } from './command-line.ts';
import { chooseServer } from './server-choice.ts';

export interface AskCommand extends Words {
  readonly help: string;
  /** How long an answer is waited for where nothing is said of it; undefined: without an end. */
  readonly timeoutMs: (line: CommandLine) => number | undefined;
  /** Fails with a sentence without its end. */
  readonly request: (line: CommandLine) => Outcome<OperatorRequest>;
  /** What is printed of an answer. Undefined: nothing. */
  readonly render: (answer: OperatorAnswer, line: CommandLine) => Rendered | undefined;
  /** What it means that the time is over. '': nothing. */
  readonly late: (line: CommandLine, seconds: number) => string;
}

export interface Rendered {
  /** Whole lines. */
  readonly text: string;
  /** 0 where nothing is said. */
  readonly code?: number;
}

/** Resolves with the exit code. */
export async function ask(command: AskCommand, invocation: Invocation, terminal: Terminal): Promise<number> {
  const { name, help, request, render, late } = command;
  if (asksForHelp(invocation.args)) {
    terminal.out(help);
    return EXIT.done;
  }
  const complain = (text: string): void => terminal.error(`portico ${name}: ${text}.\n`);
  const line = readCommandLine(invocation, command);
  const asked = line.ok ? request(line.value) : line;
  if (!line.ok || !asked.ok) {
    complain(asked.ok ? '' : asked.fault);
    return EXIT.usage;
  }
  const server = await chooseServer(line.value.choice, invocation.env);
  if (!server.ok) {
    complain(server.fault.text);
    return codeOf(server.fault);
  }
  const timeoutMs = line.value.timeoutMs ?? command.timeoutMs(line.value);
  let code: number | undefined;
  const { isLate } = await server.value.ask(asked.value, {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onAnswer: (answer) => {
      if (answer.kind === 'refused') {
        complain(answer.error);
        code = EXIT.failed;
        return;
      }
      const rendered = render(answer, line.value);
      code ??= answer.kind === 'done' ? EXIT.done : undefined;
      if (rendered !== undefined) {
        terminal.out(rendered.text);
        code = rendered.code ?? code ?? EXIT.done;
        if (!terminal.hasReader) {
          server.value.close();
        }
      }
    },
  });
  if (isLate) {
    const text = late(line.value, (timeoutMs ?? 0) / 1000);
    if (text !== '') {
      complain(text);
    }
    return text === '' ? EXIT.done : EXIT.failed;
  }
  if (code === undefined) {
    complain(`process ${server.value.hello.pid} has ended without an answer`);
    return EXIT.failed;
  }
  return code;
}
