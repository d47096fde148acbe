/** The letters of uWSGI's master FIFO, and what they have the server do. */

import type { SignalCommand } from '../signals.ts';

export type FifoCommand =
  | { readonly kind: 'do'; readonly command: SignalCommand }
  /** The pipe with this number is read from now on. */
  | { readonly kind: 'slot'; readonly slot: number }
  /** It is one of uWSGI's that has no meaning here: why, as the end of a sentence. */
  | { readonly kind: 'meaningless'; readonly why: string };

/** A reload has new workers ready before the old ones go, whether it is one of the server, of its workers, or of one after another. */
const COMMANDS: Readonly<Record<string, SignalCommand>> = {
  r: 'reload',
  w: 'reload',
  c: 'reload',
  R: 'reload-brutally',
  W: 'reload-brutally',
  q: 'stop-patiently',
  Q: 'stop-quickly',
  '+': 'add-worker',
  '-': 'remove-worker',
  C: 'go-cheap',
  f: 'upgrade',
  l: 'reopen-logs',
  p: 'pause',
  s: 'tell-workers',
};

const MEANINGLESS: Readonly<Record<string, string>> = {
  L: 'logs are rotated by logrotate, and l has them opened again',
  P: 'the pid file is always that of the server',
  S: 'there are no subscriptions',
  B: 'there is no emperor',
  E: 'there is no emperor',
};

/** Undefined: a letter that uWSGI does not know either. */
export function fifoCommand(letter: string): FifoCommand | undefined {
  const command = COMMANDS[letter];
  if (command !== undefined) {
    return { kind: 'do', command };
  }
  if (letter >= '0' && letter <= '9') {
    return { kind: 'slot', slot: Number(letter) };
  }
  const why = MEANINGLESS[letter];
  return why === undefined ? undefined : { kind: 'meaningless', why };
}
