/** Runs a server by the command line of another program. */

import { availableParallelism } from 'node:os';
import type { Dialect } from '../../config/dialects/option.ts';
import { readDialect } from '../../config/dialects/read-dialect.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { readVersion } from '../../supervisor/version.ts';
import { renderDialectDiagnostics } from '../dialects/dialect-diagnostics.ts';
import { readBounded } from '../files/read-bounded.ts';
import type { Invocation } from '../invocation.ts';
import { memoryBytes } from '../memory.ts';
import type { Terminal } from '../terminal.ts';
import { runRequest } from './run-request.ts';

const USAGE = 2;
/** A configuration file has a few lines; the limit keeps any other file that was named out of the memory. */
const FILE_BYTES_MAX = 1_048_576;

/** Resolves with the exit code. */
export async function speak(
  dialect: Dialect,
  { args, ...surroundings }: Invocation,
  terminal: Terminal,
): Promise<number> {
  if (args.includes('--help') || (dialect.manner === 'argparse' && args.includes('-h'))) {
    const { renderDialectHelp } = await import('../help/dialect-help.ts');
    terminal.out(renderDialectHelp(dialect));
    return 0;
  }
  if (args.includes('--version')) {
    terminal.out(`portico ${readVersion()}, with the command line of ${dialect.name} ${dialect.version}\n`);
    return 0;
  }
  const machine = { env: surroundings.env, coreCount: availableParallelism(), memoryBytes: memoryBytes() };
  const { request, diagnostics } = readDialect(dialect, args, { machine, readText });
  terminal.error(renderDialectDiagnostics(dialect, diagnostics, request?.options.logLevel));
  return request === undefined ? USAGE : runRequest(request, surroundings, terminal);
}

/** Whether no server is asked for, but what there is to know of the command line. */
export function isQuestion({ manner }: Dialect, args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('--version') || (manner === 'argparse' && args.includes('-h'));
}

export function readText(path: string): Outcome<string> {
  try {
    return success(readBounded(path, FILE_BYTES_MAX).toString('utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failure(code === 'EFBIG' ? `it has more than ${FILE_BYTES_MAX} bytes` : `it cannot be read (${code})`);
  }
}
