/** How the servers of a content are reached: from which address of our own, and by TLS as whom. */

import type { ProxyContent, ProxyPolicy, UpstreamTls } from '../../../config/model/proxying.ts';
import type { ConnectionWay } from '../../../upstream/connections/dial.ts';
import { PLAIN_WAY } from '../../../upstream/connections/dial.ts';
import type { SecureDialling, TlsClients } from '../../../upstream/tls/tls-clients.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';
import { usableOwnAddress } from '../../pipeline/usable-own-address.ts';
import type { AskedTarget } from './targets.ts';

export type WayOf = (route: Route, target: AskedTarget) => ConnectionWay;

interface Around {
  readonly compilation: Pick<Compilation, 'template'>;
  readonly tlsClients: Pick<TlsClients, 'of'> | undefined;
}

export function compileWay(content: ProxyContent, policy: ProxyPolicy, { compilation, tlsClients }: Around): WayOf {
  const { probes, bind, tls } = policy.connection;
  const plain = compilePlainWay(probes, compilation.template(bind), policy.response.rate !== undefined);
  if (tls === undefined || tlsClients === undefined) {
    return plain;
  }
  const secure = new SecureWays(tls, content.policy, { dialling: tlsClients.of(tls), plain, compilation });
  return (route, target) => (target.isTls ? secure.of(route, target) : plain(route));
}

function compilePlainWay(probes: boolean, bind: CompiledTemplate, isPaced: boolean): (route: Route) => ConnectionWay {
  if (bind === '' && !probes && !isPaced) {
    return () => PLAIN_WAY;
  }
  return (route) => {
    const address = usableOwnAddress(textOf(bind, route), route);
    return { key: `${address} ${probes} ${isPaced}`, bind: address, probes, isPaced, secure: undefined };
  };
}

interface SecureParts extends Pick<Around, 'compilation'> {
  readonly dialling: SecureDialling;
  readonly plain: (route: Route) => ConnectionWay;
}

interface SecureWay extends ConnectionWay {
  readonly name: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly plainKey: string;
}

/** Ways of one policy. The one that was taken last is kept: names and certificates seldom differ from request to request. */
class SecureWays {
  readonly #policy: number;
  readonly #parts: SecureParts;
  /** '': that of the server that is asked. */
  readonly #name: CompiledTemplate;
  readonly #certFile: CompiledTemplate;
  readonly #keyFile: CompiledTemplate;
  #last: SecureWay | undefined;

  constructor(tls: UpstreamTls, policy: number, parts: SecureParts) {
    this.#policy = policy;
    this.#parts = parts;
    this.#name = parts.compilation.template(tls.name);
    this.#certFile = parts.compilation.template(tls.certFile);
    this.#keyFile = parts.compilation.template(tls.keyFile);
  }

  of(route: Route, target: AskedTarget): ConnectionWay {
    const { bind, probes, isPaced = false, key: plainKey } = this.#parts.plain(route);
    const name = this.#name === '' ? target.place.host : textOf(this.#name, route);
    const certFile = textOf(this.#certFile, route);
    const keyFile = textOf(this.#keyFile, route);
    const last = this.#last;
    const isSame =
      last?.name === name && last.certFile === certFile && last.keyFile === keyFile && last.plainKey === plainKey;
    if (isSame) {
      return last;
    }
    // A connection that was made by other rules, for another name, or as somebody else, is not for this request.
    const key = `tls ${this.#policy} ${JSON.stringify([name, certFile, keyFile, plainKey])}`;
    const secure = this.#parts.dialling.dialler({ name, certFile, keyFile }, probes);
    this.#last = { key, bind, probes, isPaced, secure, name, certFile, keyFile, plainKey };
    return this.#last;
  }
}

function textOf(template: CompiledTemplate, route: Route): string {
  return typeof template === 'string' ? template : template(route);
}
