import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Log } from '../../supervisor/log/log.ts';
import { newServerReports } from './server-reports.ts';

test('a fault lets no name of a file speak to the terminal, and keeps the lines of a traceback', () => {
  const said: string[] = [];
  const terminal = {
    out: () => undefined,
    error: (text: string) => said.push(text),
    hasReader: true,
    isWatched: true,
    hasColours: false,
  };
  // The reports look at no more of the settings than this.
  const options = { logFormat: 'text', logFile: '', logLevel: 'info' } as const;
  const reports = newServerReports(options, terminal, '1.0');
  const log = { sayAll: () => undefined } as unknown as Log;
  reports.onGivenUp('a\x1b[31m names nothing', 'line 1 of b\x1b[2J\nline 2', log);
  reports.onFaults(['c\x1b[31m\nERROR is not there']);
  assert.deepEqual(said, [
    'line 1 of b\\x1b[2J\nline 2\n\nportico: the server cannot start: a\\x1b[31m names nothing\n',
    'portico: c\\x1b[31m\\x0aERROR is not there.\n',
  ]);
});
