/** A file of a server, in whichever language it is written: what is to be told of it, and the server that it describes. */

import { availableParallelism } from 'node:os';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { isFaulty } from '../../config/diagnostic.ts';
import type { CheckOptions } from '../../config/dialects/nginx/check-nginx.ts';
import { checkNginx } from '../../config/dialects/nginx/check-nginx.ts';
import { modelOfNginx } from '../../config/dialects/nginx/nginx-model.ts';
import { Diagnostics } from '../../config/dialects/nginx/report.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { TextOf } from '../../config/source-excerpt.ts';
import { trapsOfToml } from '../../config/toml/check-toml.ts';
import { readTomlModel } from '../../config/toml/read-model.ts';
import { memoryBytes } from '../memory.ts';
import { DISK_FILES } from '../nginx/disk-files.ts';
import { NGINX_PLACES } from '../nginx/nginx-places.ts';
import { surroundingsOf, usualServer } from '../nginx/read-configuration.ts';
import { defaultModel } from './default-model.ts';
import { TOML_FILES } from './toml-files.ts';

export interface ReadServerFile {
  readonly language: 'nginx' | 'toml';
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined: there are errors, and no server. */
  readonly model: ServerModel | undefined;
  /** All that were read, `path` first. */
  readonly files: readonly string[];
  /** The text of one of them. */
  readonly textOf: TextOf;
}

/** `path` is absolute. */
export async function readAnyFile(
  path: string,
  env: NodeJS.ProcessEnv,
  options: CheckOptions,
): Promise<ReadServerFile> {
  return path.endsWith('.toml') ? readToml(path, env, options) : readNginxFile(path, options);
}

async function readToml(path: string, env: NodeJS.ProcessEnv, { wantsTraps }: CheckOptions): Promise<ReadServerFile> {
  const machine = { env, coreCount: availableParallelism(), memoryBytes: memoryBytes() };
  const defaults = defaultModel(machine, '/');
  const { model, diagnostics, files } = await readTomlModel(path, { ...TOML_FILES, env, defaults });
  const textOf = remembering((file) => {
    const text = TOML_FILES.readText(file);
    return text.ok ? text.value : undefined;
  });
  const traps = isFaulty(diagnostics) || !wantsTraps ? [] : trapsOfToml(path, TOML_FILES);
  return { language: 'toml', diagnostics: [...diagnostics, ...traps], model, files, textOf };
}

/** A file may be for another machine, on which its server is started by root and its users are there. */
const WHERE_IT_RUNS = { isRoot: true, accounts: { hasUser: () => true, hasGroup: () => true } };

function readNginxFile(path: string, options: CheckOptions): ReadServerFile {
  const { reading, diagnostics } = checkNginx(path, DISK_FILES, options);
  const texts = new Map(reading.files.map(({ path: file, bytes }) => [file, bytes]));
  const textOf = remembering((file) => texts.get(file)?.toString('utf8'));
  const files = [...texts.keys()];
  if (isFaulty(reading.diagnostics)) {
    return { language: 'nginx', diagnostics, model: undefined, files, textOf };
  }
  const { prefix } = NGINX_PLACES;
  const places = { prefix, file: path, filePrefix: path.slice(0, path.lastIndexOf('/') + 1) };
  const surroundings = { ...surroundingsOf({ errorLog: undefined }, places), ...WHERE_IT_RUNS };
  const found = new Diagnostics();
  const model = modelOfNginx(reading.draft, surroundings, usualServer(), found.report);
  // What a piece of a configuration names may stand in another.
  const isPiece = reading.kind !== 'main';
  const faults = found
    .all()
    .map((each) => (isPiece && each.severity === 'error' ? { ...each, severity: 'warning' as const } : each));
  return {
    language: 'nginx',
    diagnostics: [...diagnostics, ...faults],
    model: isFaulty(faults) ? undefined : model,
    files,
    textOf,
  };
}

/** A file of a thousand sites is asked for a line of it many times. */
function remembering(read: TextOf): TextOf {
  const known = new Map<string, string | undefined>();
  return (file) => {
    if (!known.has(file)) known.set(file, read(file));
    return known.get(file);
  };
}
