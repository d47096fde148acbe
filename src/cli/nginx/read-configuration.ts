/** nginx's files as a whole: what is wrong with them, and the server that they describe. */

import { accessSync, constants } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { isFaulty } from '../../config/diagnostic.ts';
import { modelOfNginx } from '../../config/dialects/nginx/nginx-model.ts';
import { readNginx } from '../../config/dialects/nginx/read-nginx.ts';
import type { ReadFile } from '../../config/dialects/nginx/read-nginx-files.ts';
import { Diagnostics } from '../../config/dialects/nginx/report.ts';
import type { NginxSurroundings } from '../../config/dialects/nginx/surroundings.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import { readServeRequest } from '../../config/read.ts';
import { serveModel } from '../../config/serve-model.ts';
import { assert } from '../../kernel/assert.ts';
import { hasGroup, hasUser } from '../../supervisor/privileges.ts';
import { NGINX_TITLE } from '../../supervisor/process-name.ts';
import { memoryBytes } from '../memory.ts';
import { DISK_FILES } from './disk-files.ts';
import type { NginxArguments } from './nginx-arguments.ts';
import type { NginxPlaces } from './nginx-places.ts';
import { NGINX_PLACES } from './nginx-places.ts';

export interface NginxConfiguration {
  readonly files: readonly ReadFile[];
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined: there are errors among the diagnostics. */
  readonly model: ServerModel | undefined;
}

export function readConfiguration(said: NginxArguments, places: NginxPlaces): NginxConfiguration {
  const reading = readNginx(places.file, DISK_FILES, { globals: said.directives, confPrefix: places.filePrefix });
  const { files } = reading;
  if (isFaulty(reading.diagnostics)) {
    return { files, diagnostics: reading.diagnostics, model: undefined };
  }
  const found = new Diagnostics();
  const model = modelOfNginx(reading.draft, surroundingsOf(said, places), usualServer(), found.report);
  const faults = found.all();
  return {
    files,
    diagnostics: [...reading.diagnostics, ...faults],
    model: isFaulty(faults) ? undefined : model,
  };
}

/** Whoever started the server, whatever it has become by the time its files are read again. */
const WAS_ROOT = process.geteuid?.() === 0;

/** Paths of the model are absolute: whoever uses them may be in another folder. */
export function surroundingsOf(
  { errorLog = '' }: Pick<NginxArguments, 'errorLog'>,
  { prefix, file, filePrefix }: NginxPlaces,
): NginxSurroundings {
  const folder = (path: string): string => resolve(path).replace(/\/?$/, '/');
  return {
    prefix: folder(prefix),
    confPrefix: folder(filePrefix),
    errorLog,
    accessLog: usualAccessLog(),
    coreCount: availableParallelism(),
    isRoot: WAS_ROOT,
    hostname: hostname(),
    accounts: { hasUser, hasGroup },
    title: `${NGINX_TITLE} portico nginx -c ${file}`,
  };
}

/** Who has asked for no log, and may not write there, is not kept from starting: a try of a file is made by anybody. */
function usualAccessLog(): string {
  try {
    accessSync(dirname(NGINX_PLACES.accessLog), constants.W_OK);
    return NGINX_PLACES.accessLog;
  } catch {
    return '';
  }
}

/** What nginx has no words for is as `portico serve` has it. */
export function usualServer(): ServerModel {
  const machine = { env: {}, coreCount: availableParallelism(), memoryBytes: memoryBytes() };
  const { request } = readServeRequest([], machine);
  assert(request !== undefined, 'a server about which nothing is said can be served');
  return serveModel(request, '/');
}
