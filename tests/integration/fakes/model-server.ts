/** A server whose model a test has written: `node model-server.ts FILE`, with the folder of the file as the current one. */

import { readFileSync } from 'node:fs';
import { newServerReports } from '../../../src/cli/announce/server-reports.ts';
import type { ServerModel } from '../../../src/config/model/server-model.ts';
import { supervise } from '../../../src/supervisor/main.ts';
import { NO_MANAGER } from '../../../src/supervisor/service-manager.ts';

const [, , file = ''] = process.argv;
// What a test has written is a model.
const model = JSON.parse(readFileSync(file, 'utf8')) as ServerModel;
const terminal = {
  hasReader: true,
  isWatched: false,
  hasColours: false,
  out: (text: string) => process.stdout.write(text),
  error: (text: string) => process.stderr.write(text),
};
const surroundings = { env: process.env, manager: NO_MANAGER, installation: { python: '', isAsked: false } };
process.exitCode = await supervise(
  model,
  process.cwd(),
  surroundings,
  newServerReports(model.process, terminal, 'test'),
);
process.exit();
