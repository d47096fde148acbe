/** `--show-config`: the portico.toml that a start by flags amounts to. */

import type { ServerModel } from '../../config/model/server-model.ts';
import { writeTomlModel } from '../../config/toml/write-model.ts';
import type { Terminal } from '../terminal.ts';

/** `defaults`: what is served without a word on this machine. */
export function showConfig(model: ServerModel, defaults: ServerModel, terminal: Terminal): void {
  const { text, notes } = writeTomlModel(model, nothingSaid(defaults));
  terminal.out(text);
  terminal.error(notes.map((note) => `portico: warning: ${note}.\n`).join(''));
}

/** What need not be written: what a reader looks for, and what is different on another machine, is written nevertheless. */
export function nothingSaid(defaults: ServerModel): ServerModel {
  return {
    ...defaults,
    apps: defaults.apps.map((app) => ({ ...app, workers: 0, threads: 0 })),
    edge: { ...defaults.edge, threads: 0 },
    listeners: defaults.listeners.map((listener) => ({ ...listener, address: { kind: 'unix', path: '' } })),
  };
}
