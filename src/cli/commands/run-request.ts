/** Starts the supervisor, or only checks the application, and says what became of it. */

import type { ServeRequest } from '../../config/serve-options.ts';
import { becomeInit } from '../../supervisor/init.ts';
import { supervise } from '../../supervisor/main.ts';
import type { Surroundings } from '../../supervisor/service-manager.ts';
import { readVersion } from '../../supervisor/version.ts';
import { newServerReports } from '../server-reports.ts';
import type { Terminal } from '../terminal.ts';

/** Resolves with the exit code. */
export async function runRequest(
  request: ServeRequest,
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<number> {
  const { options } = request;
  if (options.checkOnly) {
    const { checkSite } = await import('../../supervisor/check.ts');
    const { announceCheck } = await import('../announce.ts');
    const { renderBlock } = await import('../summary.ts');
    // What was asked for is told as to a person, whoever reads it, and stands in no log.
    const reports = newServerReports({ ...options, logFile: '' }, { ...terminal, isWatched: true }, readVersion());
    return checkSite(request, surroundings, {
      ...reports,
      onFound: (found) => terminal.out(renderBlock(announceCheck(found), false)),
    });
  }
  becomeInit(surroundings.manager);
  const reports = newServerReports(options, terminal, readVersion());
  return supervise(request, { ...surroundings, tell: (text) => reports.onWait(text) }, reports);
}
