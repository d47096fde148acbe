/** To whom a block passes requests on, as the directive says it: which upstream an address is, is known when all of the files have been read. */

import type { Content } from '../../../model/content.ts';
import type { ProxyContent, ProxyProtocol } from '../../../model/proxying.ts';
import type { Template } from '../../../model/template.ts';
import type { UpstreamAddress } from '../../../upstream-address.ts';

export interface PassedTo {
  readonly kind: 'passed';
  readonly protocol: ProxyProtocol;
  readonly tls: boolean;
  /** As it was written, with a scheme. */
  readonly url: string;
  readonly to:
    | { readonly kind: 'address'; readonly address: UpstreamAddress }
    /** It has a variable. */
    | { readonly kind: 'text'; readonly text: Template }
    /** It cannot be read, which has been told; or it is nobody whom Portico can ask. */
    | { readonly kind: 'nobody' };
}

/** Of a block, before its upstreams and policies are in the model. */
export type SaidContent = Exclude<Content, ProxyContent> | PassedTo;
