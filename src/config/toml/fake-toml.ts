/** The model of a few lines of portico.toml, or what is wrong with them, for tests. */

import { deepEqual, equal } from 'node:assert/strict';
import { failure, success } from '../../kernel/outcome.ts';
import { renderDiagnostic } from '../diagnostic.ts';
import type { ServerModel } from '../model/server-model.ts';
import { readServeRequest } from '../read.ts';
import { serveModel } from '../serve-model.ts';
import type { ModelReading } from './read-model.ts';
import { readTomlModel } from './read-model.ts';

const { request } = readServeRequest([], { env: {}, coreCount: 2 });
if (request === undefined) {
  throw new Error('the settings have no defaults');
}
/** What `portico serve` runs without a word. */
export const TOML_DEFAULTS: ServerModel = serveModel(request, '/etc/portico');

type Texts = Readonly<Record<string, string>>;

export function readToml(files: Texts | string): Promise<ModelReading> {
  const texts: Texts = typeof files === 'string' ? { 'portico.toml': files } : files;
  const at = (path: string) => texts[path.replace('/etc/portico/', '')];
  return readTomlModel('/etc/portico/portico.toml', {
    readText: (path) => {
      const text = at(path);
      return text === undefined ? failure('there is no such file') : success(text);
    },
    glob: (pattern) =>
      Object.keys(texts)
        .map((name) => `/etc/portico/${name}`)
        .filter((path) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`).test(path)),
    env: { HOST: 'env.example' },
    readSecret: () => failure('there is no such file'),
    defaults: TOML_DEFAULTS,
  });
}

export async function tomlModel(files: Texts | string): Promise<ServerModel> {
  const { model: found, diagnostics } = await readToml(files);
  deepEqual(diagnostics.map(renderDiagnostic), []);
  if (found === undefined) {
    throw new Error('no model, and nothing said why');
  }
  return found;
}

export async function tomlFaults(files: Texts | string): Promise<string[]> {
  const { model: found, diagnostics } = await readToml(files);
  equal(found, undefined);
  return diagnostics.map((each) => renderDiagnostic(each).replace('portico: /etc/portico/', '').trimEnd());
}
