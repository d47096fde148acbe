/** What holds in a block, of all that is said in it and around it. Scopes and tables of types that are equal are one. */

import type { ConnectionRules } from '../../model/connection.ts';
import type { TypeMap } from '../../model/files.ts';
import type { ScopeId } from '../../model/instruction.ts';
import type { AccessLogRule, LogTarget } from '../../model/logs.ts';
import { Pool } from '../../model/pool.ts';
import type { Scope } from '../../model/scope.ts';
import { newScopePool } from '../../model/scope-pool.ts';
import { accessLogsOf, logsSubrequestsOf } from './directives/access-log.ts';
import { accessOf } from './directives/access-rules.ts';
import { fieldRulesOf } from './directives/added-fields.ts';
import { bodyBytesMaxOf, redirectsOf, serverFieldOf } from './directives/answering.ts';
import { bodyFilesOf } from './directives/body-files.ts';
import { additionsOf, includesOf, rateOf, substitutionsOf } from './directives/changed-bodies.ts';
import { charsetOf } from './directives/charset.ts';
import { compressionsOf } from './directives/compression.ts';
import { bodyRulesOf, connectionOf, scopedConnectionOf, sendTimeoutOf } from './directives/connection-rules.ts';
import { errorLogsOf } from './directives/error-log.ts';
import { ERROR_PAGES, PADS_ERROR_PAGES, RECURSIVE_ERROR_PAGES } from './directives/error-pages.ts';
import { filesOf, precompressedOf, tryFilesOf, typeMapOf } from './directives/files.ts';
import { POST_ACTION } from './directives/http-core.ts';
import { limitsOf } from './directives/limits.ts';
import { mirrorsOf } from './directives/mirrors.ts';
import { LOGS_REWRITES } from './directives/rewrite.ts';
import { secureLinkOf } from './directives/secure-link.ts';
import { userIdOf } from './directives/user-id.ts';
import { referersOf } from './directives/valid-referers.ts';
import type { Draft } from './draft.ts';
import type { NginxReport } from './report.ts';
import type { NginxSurroundings } from './surroundings.ts';

export class ScopeTable {
  readonly scopes: Pool<Scope> = newScopePool();
  readonly types: Pool<TypeMap> = new Pool();
  readonly logs: Pool<LogTarget> = new Pool();
  readonly connections: Pool<ConnectionRules> = new Pool();
  readonly #around: NginxSurroundings;
  readonly #report: NginxReport;

  constructor(around: NginxSurroundings, report: NginxReport) {
    this.#around = around;
    this.#report = report;
  }

  idOf(draft: Draft): ScopeId {
    return this.scopes.add(this.#scopeOf(draft));
  }

  /** Of a server. */
  connectionOf(server: Draft): number {
    return this.connections.add(connectionOf(server));
  }

  #scopeOf(draft: Draft): Scope {
    const { prefix, confPrefix } = this.#around;
    const features: { readonly [Key in keyof Scope]?: Scope[Key] | undefined } = {
      ...limitsOf(draft),
      ...accessOf(draft, confPrefix),
      tryFiles: tryFilesOf(draft),
      mirrors: mirrorsOf(draft),
      postAction: draft.get(POST_ACTION),
      logsRewrites: draft.get(LOGS_REWRITES) === true ? true : undefined,
      charset: charsetOf(draft),
      compressions: compressionsOf(draft, precompressedOf(draft)),
      substitutions: substitutionsOf(draft),
      additions: additionsOf(draft),
      includes: includesOf(draft),
      fields: fieldRulesOf(draft),
      secureLink: secureLinkOf(draft, this.#report),
      userId: userIdOf(draft),
      referers: referersOf(draft),
      logsSubrequests: logsSubrequestsOf(draft),
      connection: scopedConnectionOf(draft),
    };
    const files = bodyFilesOf(draft, prefix);
    return {
      // Only what is there.
      ...(Object.fromEntries(
        Object.entries(features).filter(([, feature]) => feature !== undefined),
      ) as Partial<Scope>),
      files: filesOf(draft, prefix),
      types: this.types.add(typeMapOf(draft)),
      refusals: {
        pages: draft.get(ERROR_PAGES) ?? [],
        isRecursive: draft.get(RECURSIVE_ERROR_PAGES) ?? false,
        style: 'nginx',
        pads: draft.get(PADS_ERROR_PAGES) ?? true,
      },
      redirects: redirectsOf(draft),
      requestBodies: { bytesMax: bodyBytesMaxOf(draft), ...bodyRulesOf(draft), ...(files && { files }) },
      sending: { ...rateOf(draft), ...sendTimeoutOf(draft) },
      accessLogs: this.#accessLogsOf(draft),
      errorLogs: errorLogsOf(draft, this.#around),
      serverField: serverFieldOf(draft),
    };
  }

  #accessLogsOf(draft: Draft): readonly AccessLogRule[] {
    const { prefix, accessLog } = this.#around;
    return accessLogsOf(draft, { prefix, fallback: accessLog }).map(({ target, rule }) => ({
      ...rule,
      target: this.logs.add(target),
    }));
  }
}
