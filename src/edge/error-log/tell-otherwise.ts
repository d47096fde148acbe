import { CountedLog } from '../faults/counted-log.ts';
import type { TellOtherwise } from './error-log.ts';

/** Errors of places without a log, in the log of the server: one at once, and then at most one a second with the number of the others. */
export function tellOtherwise(log: (level: 'error', text: string) => void): TellOtherwise {
  const lines = new CountedLog(
    'error log:',
    (text) => log('error', text),
    (_address, text) => text,
  );
  return (text) => lines.tell('', text);
}
