/** An address at which connections of a stream are taken, as one text: `5432`, `127.0.0.1:6380 tls`, `unix:/run/db.sock`. */

import { omit } from '../../kernel/omit.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Listen } from './listen.ts';
import { parseListen, renderListen } from './listen.ts';

/** A stream answers for all names of an address. */
export type StreamListen = Omit<Listen, 'isDefault'>;

export function parseStreamListen(text: string): Outcome<StreamListen> {
  const listen = parseListen(text);
  if (!listen.ok) {
    return listen;
  }
  return listen.value.isDefault
    ? failure('"default" says nothing of a stream, which has its address for itself')
    : success(omit(listen.value, 'isDefault'));
}

export function renderStreamListen(listen: StreamListen): string {
  return renderListen({ ...listen, isDefault: false });
}
