/** An address at which connections of a stream are taken, or datagrams, as one text: `5432`, `53 udp`, `127.0.0.1:6380 tls`, `unix:/run/db.sock`. */

import { omit } from '../../kernel/omit.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Listen } from './listen.ts';
import { parseListen, renderListen } from './listen.ts';

const DATAGRAMS = 'udp';

/** A stream answers for all names of an address. */
export type StreamListen = Omit<Listen, 'isDefault'>;

export function parseStreamListen(text: string): Outcome<StreamListen> {
  const words = text.trim().split(/\s+/);
  const isDatagrams = words.indexOf(DATAGRAMS) > 0;
  const listen = parseListen(words.filter((word, index) => index === 0 || word !== DATAGRAMS).join(' '));
  if (!listen.ok) {
    return listen;
  }
  if (listen.value.isDefault) {
    return failure('"default" says nothing of a stream, which has its address for itself');
  }
  if (listen.value.isUwsgi) {
    return failure('"uwsgi" says nothing of a stream, whose bytes are passed on as they are');
  }
  const said = omit(listen.value, 'isDefault');
  return isDatagrams ? takesDatagrams(said) : success(said);
}

function takesDatagrams(said: StreamListen): Outcome<StreamListen> {
  const { address, tls, hasProxyHeader, backlog } = said;
  if (tls || hasProxyHeader || backlog !== undefined) {
    return failure('"udp" goes with no word that is said of connections: "tls", "proxy-protocol", "backlog"');
  }
  return address.kind === 'unix'
    ? failure('datagrams ("udp") cannot be taken at a Unix socket')
    : success({ ...said, address: { ...address, kind: 'udp' } });
}

export function renderStreamListen(listen: StreamListen): string {
  const { address } = listen;
  return address.kind === 'udp'
    ? `${renderListen({ ...listen, address: { ...address, kind: 'tcp' }, isDefault: false })} ${DATAGRAMS}`
    : renderListen({ ...listen, isDefault: false });
}
