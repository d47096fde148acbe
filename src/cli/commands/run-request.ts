/** Starts the supervisor, or only checks the application, and says what became of it. */

import type { ServeRequest } from '../../config/model.ts';
import { becomeInit } from '../../supervisor/init.ts';
import { supervise } from '../../supervisor/main.ts';
import type { Surroundings } from '../../supervisor/service-manager.ts';
import { readVersion } from '../../supervisor/version.ts';
import { renderAnnouncement, renderCheck } from '../announce.ts';
import type { Terminal } from '../terminal.ts';

/** Resolves with the exit code. */
export async function runRequest(
  request: ServeRequest,
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<number> {
  const reports = {
    onFaults: (messages: readonly string[]) =>
      terminal.error(messages.map((message) => `portico: ${message}.\n`).join('')),
    onGivenUp: (error: string, traceback: string) => terminal.error(renderGivenUp(error, traceback)),
  };
  if (request.model.checkOnly) {
    const { checkSite } = await import('../../supervisor/check.ts');
    return checkSite(request, surroundings, { ...reports, onFound: (found) => terminal.out(renderCheck(found)) });
  }
  becomeInit(surroundings.manager);
  const tell = (text: string): void => terminal.error(`portico: ${text}\n`);
  return supervise(
    request,
    { ...surroundings, tell },
    {
      ...reports,
      onStarted: (announcement) => terminal.error(renderAnnouncement(announcement, readVersion())),
    },
  );
}

function renderGivenUp(error: string, traceback: string): string {
  // A fault that is not in the application's code has no traceback: its sentence is shown.
  const shown = traceback.trimEnd();
  return `${shown === '' || shown === error ? '' : `${shown}\n\n`}portico: the server cannot start: ${error}\n`;
}
