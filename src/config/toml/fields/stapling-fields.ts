/** The word of a certificate's authority, which is sent with it: as portico.toml has it. */

import type { SiteTls } from '../../model/site-tls.ts';
import { USUAL_TLS } from '../../model/site-tls.ts';
import type { Resolver } from '../../model/upstream.ts';
import { choice, PATH, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field } from '../table.ts';
import { RESOLVER } from './upstream-fields.ts';

type Stapling = Pick<SiteTls, 'staples' | 'staplingFile' | 'staplingResponder' | 'staplingSigner' | 'staplingResolver'>;

export const STAPLING_FIELDS: Fields<Stapling> = {
  staples: field<SiteTls['staples']>(
    'stapling',
    choice('never', 'demanded', 'always'),
    USUAL_TLS.staples,
    'For which certificates their authority is asked whether they are revoked, and its answer (OCSP) sent with them: `demanded`: those that clients refuse without it.',
  ),
  staplingFile: field<string>(
    'stapling-file',
    PATH,
    USUAL_TLS.staplingFile,
    'With `stapling = "always"`: an answer in DER that is sent, in place of asking.',
  ),
  staplingResponder: field<string>(
    'stapling-responder',
    TEXT,
    USUAL_TLS.staplingResponder,
    'The address that is asked, with http:// in front; empty: the one in the certificate.',
  ),
  staplingSigner: field<SiteTls['staplingSigner']>(
    'stapling-signer',
    choice('anybody', 'issuer', 'trusted'),
    USUAL_TLS.staplingSigner,
    "Who has to have signed an answer: the certificate's issuer or whom it allows to, the same with a root in `client-ca-more` above it, or anybody.",
  ),
  staplingResolver: field<Resolver | undefined>(
    'stapling-resolver',
    RESOLVER,
    undefined,
    'Name servers that find that address; nothing: those of the system.',
  ),
};
