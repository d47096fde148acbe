/** Opens a connection to a server. TLS is a dialler of its own, so that its code is loaded only where it is spoken. */

import type { OnReadOpts, Socket, SocketConnectOpts } from 'node:net';
import { ANY_ADDRESS, readOwnAddress } from '../../config/own-address.ts';
import { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import type { Peer } from '../peer-choice.ts';

/** How servers are reached. */
export interface ConnectionWay {
  /** Connections of one way to one peer are alike: a request may take any that is idle. */
  readonly key: string;
  /** The own address; '' for any. */
  readonly bind: string;
  /** SO_KEEPALIVE. */
  readonly probes: boolean;
  /** Responses are read only so fast, and a little at a time, so that the rate is kept from the first bytes on. */
  readonly isPaced?: boolean;
  /** Undefined: the connection is not encrypted. */
  readonly secure: SecureDialler | undefined;
}

/** Opens a TLS connection: the socket tells of `secureConnect` when requests may be sent, and is destroyed with an error where the server is not the one that is wanted. */
export interface SecureDialler {
  open(where: SocketConnectOpts, reading: OnReadOpts, peer: Peer): Socket;
}

export const PLAIN_WAY: ConnectionWay = { key: '', bind: '', probes: false, secure: undefined };

export function dial(peer: Peer, way: ConnectionWay, reading: OnReadOpts): Socket {
  const where = placeOf(peer, way);
  if (way.secure !== undefined) {
    return way.secure.open(where, reading, peer);
  }
  const socket = new GuardedSocket({
    ...{ allowHalfOpen: true, noDelay: true, keepAlive: way.probes },
    onread: reading,
  });
  socket.connect(where);
  return socket;
}

function placeOf({ address }: Peer, { bind }: ConnectionWay): SocketConnectOpts {
  if ('path' in address) {
    return { path: address.path };
  }
  const { address: localAddress, port: localPort } = readOwnAddress(bind) ?? ANY_ADDRESS;
  return {
    ...{ host: address.host, port: address.port },
    ...(localAddress !== '' && { localAddress }),
    ...(localPort !== undefined && { localPort }),
  };
}
