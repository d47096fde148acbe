import type { Manner } from '../../config/model/server-model.ts';
import { systemWords } from '../../kernel/system-words.ts';

/** Why a file cannot be opened: with the flag that names it, or as nginx says it. */
export function describeOpenFault(manner: Manner, flag: string, error: unknown): string {
  const { code, message, path } = error as NodeJS.ErrnoException;
  if (manner === 'nginx') {
    return code === undefined ? message : `open() "${path ?? ''}" failed (${systemWords(error)})`;
  }
  // An error without a code of the system is one of our own sentences, which says what to do.
  const remedy = code === undefined ? '' : '. Choose a path that can be written, or start as a user who may';
  return `${flag}: ${message}${remedy}`;
}
