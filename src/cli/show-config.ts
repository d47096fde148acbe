/** `--show-config`: the portico.toml that a start by flags amounts to. */

import type { ServerModel } from '../config/model/server-model.ts';
import { writeTomlModel } from '../config/toml/write-model.ts';
import type { Terminal } from './terminal.ts';

/** `defaults`: what is served without a word on this machine. What a reader looks for is written nevertheless. */
export function showConfig(model: ServerModel, defaults: ServerModel, terminal: Terminal): void {
  const unsaid: ServerModel = {
    ...defaults,
    apps: defaults.apps.map((app) => ({ ...app, workers: 0, threads: 0 })),
    edge: { ...defaults.edge, threads: 0 },
    listeners: defaults.listeners.map((listener) => ({ ...listener, address: { kind: 'unix', path: '' } })),
  };
  const { text, notes } = writeTomlModel(model, unsaid);
  terminal.out(text);
  terminal.error(notes.map((note) => `portico: warning: ${note}.\n`).join(''));
}
