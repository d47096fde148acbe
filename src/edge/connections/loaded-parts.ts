/** What some addresses speak besides plain HTTP: loaded when a model first has such an address. */

import type { EdgeModel } from '../../config/model/server-model.ts';
import type { BoundListener } from '../../protocol/control/edge.ts';
import { UWSGI_LIMITS } from '../../protocol/uwsgi/limits.ts';
import { CountedLog } from '../faults/counted-log.ts';
import type { InternalErrors } from '../faults/internal-errors.ts';
import type { DatagramDoor, DatagramPlace } from '../stream/datagram-door.ts';
import { hasProxyHeader, nameOf } from './bound-facts.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { ProxyHeaders, ProxyHeadersParts } from './proxy-headers.ts';
import type { UwsgiFronts, UwsgiFrontsParts } from './uwsgi-fronts.ts';

export interface LoadedPartsParts {
  readonly table: ConnectionTable;
  readonly bugs: InternalErrors;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}

type OfAddress<T> = Pick<T, Extract<'server' | 'allowIps' | 'packetBytesMax', keyof T>>;

export class LoadedParts {
  readonly #parts: LoadedPartsParts;
  #newHeaders: ((of: OfAddress<ProxyHeadersParts>) => ProxyHeaders) | undefined;
  #newFronts: ((of: OfAddress<UwsgiFrontsParts>) => UwsgiFronts) | undefined;
  #newDoor: ((place: DatagramPlace) => DatagramDoor) | undefined;

  constructor(parts: LoadedPartsParts) {
    this.#parts = parts;
  }

  load({ edge, listeners, streams }: EdgeModel): Promise<unknown>[] {
    return [
      ...(listeners.some((each) => each.hasProxyHeader) ? [this.#loadHeaders()] : []),
      ...(listeners.some(({ speaks }) => speaks === 'uwsgi') ? [this.#loadFronts()] : []),
      ...(streams?.listeners.some(({ address }) => address?.kind === 'udp') === true
        ? [this.#loadDoor(edge.threads)]
        : []),
    ];
  }

  /** Undefined: connections do not begin with the header of the PROXY protocol. */
  headersOf(bound: BoundListener, model: EdgeModel): ProxyHeaders | undefined {
    return hasProxyHeader(bound, model)
      ? this.#newHeaders?.({ server: nameOf(bound), allowIps: model.forwarding.proxyAllowIps })
      : undefined;
  }

  /** Undefined: the address does not speak uwsgi. */
  frontsOf(bound: BoundListener, { forwarding }: EdgeModel): UwsgiFronts | undefined {
    return bound.speaks === 'uwsgi'
      ? this.#newFronts?.({
          server: nameOf(bound),
          allowIps: forwarding.allowIps,
          packetBytesMax: forwarding.uwsgiPacketBytesMax ?? UWSGI_LIMITS.packetBytesMax,
        })
      : undefined;
  }

  /** Undefined: no model had an address of datagrams. */
  openDoor(place: DatagramPlace): DatagramDoor | undefined {
    return this.#newDoor?.(place);
  }

  async #loadHeaders(): Promise<void> {
    const { ProxyHeaders } = await import('./proxy-headers.ts');
    const { table, bugs, log } = this.#parts;
    this.#newHeaders = (of) => new ProxyHeaders({ ...of, table, log, onBug: bugs.note.bind(bugs) });
  }

  async #loadFronts(): Promise<void> {
    const { UwsgiFronts } = await import('./uwsgi-fronts.ts');
    const { table, bugs, log } = this.#parts;
    this.#newFronts = (of) => new UwsgiFronts({ ...of, table, log, onBug: bugs.note.bind(bugs) });
  }

  async #loadDoor(threads: number): Promise<void> {
    const { DatagramDoor } = await import('../stream/datagram-door.ts');
    const { table, bugs, log } = this.#parts;
    const overflow = new CountedLog('too many sessions of datagrams:', (text) => log('warning', text));
    const shared = { table, bugs, overflow, threads, total: { count: 0 } };
    this.#newDoor ??= (place) => new DatagramDoor({ ...place, ...shared });
  }
}
