/**
 * What holds where a request is answered: all rules of a location but for the way to it. Readers resolve inheritance, which is not the same in nginx and in
 * Apache, and intern equal scopes: a server of 1,000 sites has a few.
 */

import type {
  AddressRule,
  AuthRequest,
  BasicAuth,
  ConnectionCount,
  LimitManner,
  RealIp,
  RequestRate,
  SecureLink,
  ValidReferers,
} from './access.ts';
import type { FieldRules, Redirects, Refusals, UserId } from './answers.ts';
import type {
  Additions,
  Charset,
  Compressions,
  RequestBodies,
  Sending,
  ServerSideIncludes,
  Substitutions,
} from './bodies.ts';
import type { ScopedConnection } from './connection.ts';
import type { Files, TryFiles } from './files.ts';
import type { AccessLogRule, ErrorLog } from './logs.ts';
import type { Template } from './template.ts';

/** A feature that is absent is off, and costs a request nothing. */
export interface Scope {
  readonly realIp?: RealIp;
  readonly requestRates?: { readonly rates: readonly RequestRate[]; readonly manner: LimitManner };
  readonly connectionCounts?: { readonly counts: readonly ConnectionCount[]; readonly manner: LimitManner };
  /** Methods beside which the rules of `limit_except` hold in place of this scope's own. */
  readonly exceptMethods?: { readonly methods: readonly string[]; readonly access: AccessRules };
  readonly access?: AccessRules;
  readonly tryFiles?: TryFiles;
  readonly mirrors?: { readonly uris: readonly Template[]; readonly hasBody: boolean };
  readonly postAction?: Template;
  readonly files: Files;
  /** Index in `ServerModel.types`. */
  readonly types: number;
  readonly refusals: Refusals;
  readonly redirects: Redirects;
  readonly fields?: FieldRules;
  readonly userId?: UserId;
  readonly referers?: ValidReferers;
  readonly secureLink?: SecureLink;
  readonly charset?: Charset;
  readonly compressions?: Compressions;
  readonly substitutions?: Substitutions;
  readonly additions?: Additions;
  readonly includes?: ServerSideIncludes;
  /** In place of what the site says. */
  readonly connection?: ScopedConnection;
  readonly requestBodies: RequestBodies;
  readonly sending: Sending;
  readonly accessLogs: readonly AccessLogRule[];
  /** Subrequests are in the access log too. */
  readonly logsSubrequests?: boolean;
  readonly errorLogs: readonly ErrorLog[];
  /** What rewrites do is in the error logs, at the level `notice`. */
  readonly logsRewrites?: boolean;
  /** The field Server: '' for none. */
  readonly serverField: string;
}

export interface AccessRules {
  /** `any`: one of the rules that follow suffices. */
  readonly satisfies: 'all' | 'any';
  readonly addresses: readonly AddressRule[];
  readonly basic?: BasicAuth;
  readonly request?: AuthRequest;
  /** A refusal for want of credentials is held back for so long. */
  readonly delayMs: number;
}
