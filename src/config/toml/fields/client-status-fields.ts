/** What authorities say of clients' certificates: as portico.toml has it. */

import type { SiteTls } from '../../model/site-tls.ts';
import { USUAL_TLS } from '../../model/site-tls.ts';
import type { Resolver } from '../../model/upstream.ts';
import { choice, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field } from '../table.ts';
import { RESOLVER } from './upstream-fields.ts';

type ClientStatus = Pick<SiteTls, 'clientStatus' | 'clientResponder' | 'clientResolver' | 'clientStatusCache'>;

export const CLIENT_STATUS_FIELDS: Fields<ClientStatus> = {
  clientStatus: field<SiteTls['clientStatus']>(
    'client-status',
    choice('none', 'leaf', 'chain'),
    USUAL_TLS.clientStatus,
    "Whether a client waits until its authority has said (OCSP) that its certificate is not revoked: `leaf`: the client's own; `chain`: those between it and the root, too.",
  ),
  clientResponder: field<string>(
    'client-status-responder',
    TEXT,
    USUAL_TLS.clientResponder,
    'The address that is asked, with http:// in front; empty: the one in each certificate.',
  ),
  clientResolver: field<Resolver | undefined>(
    'client-status-resolver',
    RESOLVER,
    undefined,
    'Name servers that find that address; without any, addresses in certificates have to be numbers.',
  ),
  clientStatusCache: field<string>(
    'client-status-cache',
    TEXT,
    USUAL_TLS.clientStatusCache,
    'The name by which answers are kept as long as they hold, a day at most; sites with the same name share them. Empty: each connection has its authority asked.',
  ),
};
