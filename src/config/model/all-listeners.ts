import type { Listening } from './listening.ts';
import type { ServerModel } from './server-model.ts';

/** The addresses of a server: first those at which HTTP is spoken, then those of streams. By their index here whoever binds them and whoever serves them know what is meant. */
export function allListeners({ listeners, streams }: Pick<ServerModel, 'listeners' | 'streams'>): readonly Listening[] {
  return streams === undefined ? listeners : [...listeners, ...streams.listeners];
}
