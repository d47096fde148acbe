/** `portico serve`: reads the settings and runs what they describe. */

import { availableParallelism } from 'node:os';
import { renderDiagnostic } from '../../config/diagnostic.ts';
import { readServeRequest } from '../../config/read.ts';
import type { Invocation } from '../invocation.ts';
import { memoryBytes } from '../memory.ts';
import type { Terminal } from '../terminal.ts';
import { runRequest } from './run-request.ts';

const USAGE = 2;

/** Resolves with the exit code. */
export async function serve({ args, ...surroundings }: Invocation, terminal: Terminal): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    const { renderServeHelp } = await import('../help/help.ts');
    terminal.out(renderServeHelp());
    return 0;
  }
  const machine = {
    env: surroundings.env,
    coreCount: availableParallelism(),
    memoryBytes: memoryBytes(),
    hasSockets: surroundings.manager.sockets.length > 0,
  };
  const { request, diagnostics } = readServeRequest(args, machine);
  if (request === undefined) {
    // Loaded only now: the tables of other servers' words are nothing for a start that succeeds.
    const { adviseOnFlags } = await import('../dialects/habit-hints.ts');
    const advice = adviseOnFlags(args, machine);
    if (advice !== undefined) {
      terminal.error(advice);
      return USAGE;
    }
  }
  for (const diagnostic of diagnostics) {
    terminal.error(renderDiagnostic(diagnostic));
  }
  return request === undefined ? USAGE : runRequest(request, surroundings, terminal);
}
