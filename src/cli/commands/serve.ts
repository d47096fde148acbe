/** `portico serve`: reads the settings, starts the supervisor, says what became of it. */

import { availableParallelism } from 'node:os';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { readServeRequest } from '../../config/read.ts';
import { becomeInit } from '../../supervisor/init.ts';
import { supervise } from '../../supervisor/main.ts';
import { renderAnnouncement, renderCheck } from '../announce.ts';
import type { Terminal } from '../terminal.ts';
import { readVersion } from '../version.ts';

const USAGE = 2;

/** Resolves with the exit code. */
export async function serve(args: readonly string[], terminal: Terminal): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    const { renderServeHelp } = await import('../help.ts');
    terminal.out(renderServeHelp());
    return 0;
  }
  const { request, diagnostics } = readServeRequest(args, { env: process.env, coreCount: availableParallelism() });
  for (const diagnostic of diagnostics) {
    terminal.error(renderDiagnostic(diagnostic));
  }
  if (request === undefined) {
    return USAGE;
  }
  const reports = {
    onFaults: (messages: readonly string[]) =>
      terminal.error(messages.map((message) => `portico: ${message}.\n`).join('')),
    onGivenUp: (error: string, traceback: string) => terminal.error(renderGivenUp(error, traceback)),
  };
  if (request.model.checkOnly) {
    const { checkSite } = await import('../../supervisor/check.ts');
    return checkSite(request, process.env, { ...reports, onFound: (found) => terminal.out(renderCheck(found)) });
  }
  becomeInit();
  return supervise(request, process.env, {
    ...reports,
    onStarted: (announcement) => terminal.error(renderAnnouncement(announcement, readVersion())),
  });
}

function renderDiagnostic({ severity, at, message }: Diagnostic): string {
  return `portico: ${severity === 'warning' ? 'warning: ' : ''}${at}: ${message}\n`;
}

function renderGivenUp(error: string, traceback: string): string {
  // What is no fault in the application's code has no traceback but the sentence itself.
  const shown = traceback.trimEnd();
  return `${shown === '' || shown === error ? '' : `${shown}\n\n`}portico: the server cannot start: ${error}\n`;
}
