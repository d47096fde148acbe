/**
 * Proxies that are believed by their names, as `set_real_ip_from` may have them: a name stands for all addresses that the system knows of it when the configuration is read. One
 * that is not found is believed in nothing.
 */

import type { EdgeModel } from '../../config/model/server-model.ts';
import { parseNetwork } from '../../kernel/addresses/parse-network.ts';
import type { StartNames } from '../../upstream/resolver/start-names.ts';

const UNIX = 'unix:';

type Trusting = Pick<EdgeModel, 'scopes' | 'streams'>;

export function trustedNames({ scopes, streams }: Trusting): readonly string[] {
  const said = [
    ...scopes.flatMap(({ realIp }) => realIp?.from ?? []),
    ...(streams?.servers ?? []).flatMap(({ realIpFrom }) => realIpFrom),
  ];
  return [...new Set(said.filter(isName))];
}

function isName(text: string): boolean {
  return text !== UNIX && parseNetwork(text) === undefined;
}

export interface TrustedAddresses<M> {
  /** With addresses in the place of names; the same if there are none. */
  readonly model: M;
  /** A sentence for each name that has no address. */
  readonly warnings: readonly string[];
}

export function withTrustedAddresses<M extends Trusting>(model: M, names: StartNames): TrustedAddresses<M> {
  const known = new Map(trustedNames(model).map((name) => [name, names.get(name) ?? { code: 'no answer' }]));
  if (known.size === 0) {
    return { model, warnings: [] };
  }
  const replaced = (from: readonly string[]): string[] =>
    from.flatMap((text) => {
      const found = known.get(text) ?? [text];
      return 'code' in found ? [] : found;
    });
  const { scopes, streams } = model;
  const warnings = [...known].flatMap(([name, found]) =>
    'code' in found
      ? [
          `the proxy "${name}" that set_real_ip_from or real-ip names has no address (${found.code}): what it says of its clients is not believed until the next reload finds one`,
        ]
      : [],
  );
  const resolved = {
    ...model,
    scopes: scopes.map((scope) =>
      scope.realIp === undefined ? scope : { ...scope, realIp: { ...scope.realIp, from: replaced(scope.realIp.from) } },
    ),
    ...(streams === undefined
      ? {}
      : {
          streams: {
            ...streams,
            servers: streams.servers.map((server) => ({ ...server, realIpFrom: replaced(server.realIpFrom) })),
          },
        }),
  };
  return { model: resolved, warnings };
}
