/** A scope of the model, made ready for requests. Which features there are, and in which order they are asked, stands in the arrays below: nginx's order. */

import type { Scope } from '../../config/model/scope.ts';
import type { ResponseHead } from '../../protocol/http/exchange.ts';
import type { AccessLogs } from '../access-log/access-logs.ts';
import type { ErrorLogs } from '../error-log/error-log.ts';
import { compileAdditions } from '../filters/addition/addition-filter.ts';
import { compileCharset, compileOwnCharset } from '../filters/charset/charset-filter.ts';
import { compileCompression } from '../filters/compression/compress-filter.ts';
import { compileGunzip } from '../filters/compression/gunzip-filter.ts';
import { compileNotModified } from '../filters/conditions/not-modified-filter.ts';
import { compileRanges } from '../filters/conditions/range-filter.ts';
import { compileOwnRate, compileRateLimit } from '../filters/rate/rate-filter.ts';
import { compileIncludes } from '../filters/ssi/ssi-filter.ts';
import { compileSubstitutions } from '../filters/substitution/substitute-filter.ts';
import { compileTryFiles } from '../handlers/files/try-files.ts';
import { compileAccess } from '../pipeline/access/compile-access.ts';
import type { Compilation } from '../pipeline/compilation.ts';
import { compileExpires } from '../pipeline/edits/expires.ts';
import { compileFieldRules } from '../pipeline/edits/field-rules.ts';
import { compileReason } from '../pipeline/edits/reason.ts';
import { compileServerField } from '../pipeline/edits/server-field.ts';
import { compileUidGot, compileUidSet, compileUserId } from '../pipeline/edits/user-id.ts';
import type {
  AnswerEdit,
  CompiledErrorPage,
  CompiledScope,
  CompiledTypes,
  Filter,
  HeadEdit,
  Route,
  Step,
} from '../pipeline/route.ts';
import { compileConnectionCounts } from '../pipeline/steps/connection-counts.ts';
import { compileMirrors } from '../pipeline/steps/mirrors.ts';
import { compileRealIp } from '../pipeline/steps/real-ip.ts';
import { compileRequestRates } from '../pipeline/steps/request-rates.ts';
import { compileInvalidReferer } from '../pipeline/variables/invalid-referer.ts';
import { compileSecureLink, compileSecureLinkExpires } from '../pipeline/variables/secure-link.ts';
import type { TypeTable } from './type-table.ts';

/** A feature. Undefined: the scope does not have it. */
type Feature<T> = (scope: Scope, compilation: Compilation) => T | undefined;

const STEPS: readonly Feature<Step>[] = [
  compileRealIp,
  compileRequestRates,
  compileConnectionCounts,
  compileAccess,
  compileTryFiles,
  compileMirrors,
];

/** In nginx's order: what is put into a body is searched and converted with it, and all of it is compressed. */
const FILTERS: readonly Feature<Filter>[] = [
  compileNotModified,
  compileGunzip,
  compileAdditions,
  compileSubstitutions,
  compileCharset,
  compileOwnCharset,
  compileIncludes,
  compileCompression,
  compileRanges,
  compileRateLimit,
  compileOwnRate,
];

/** Nothing is to be done by them for a request that has neither conditions nor ranges, nor a rate or a charset of its own, as most have not. */
const CONDITIONAL: ReadonlySet<Feature<Filter>> = new Set([
  compileNotModified,
  compileRanges,
  compileOwnRate,
  compileOwnCharset,
]);

/** Variables that are said by rules of the scope. */
const VARIABLES: Readonly<Record<string, Feature<(route: Route) => string | undefined>>> = {
  invalid_referer: compileInvalidReferer,
  secure_link: compileSecureLink,
  secure_link_expires: compileSecureLinkExpires,
  uid_got: compileUidGot,
  uid_set: compileUidSet,
};

export interface ScopeParts {
  readonly compilation: Compilation;
  readonly errorLogs: Pick<ErrorLogs, 'open'>;
  readonly accessLogs: Pick<AccessLogs, 'open'>;
  readonly types: readonly TypeTable[];
}

export function compileScope(scope: Scope, { compilation, errorLogs, accessLogs, types }: ScopeParts): CompiledScope {
  const fields = compileFieldRules(scope, compilation);
  const made = <T>(features: readonly Feature<T>[]): T[] =>
    features.flatMap((feature): T | [] => feature(scope, compilation) ?? []);
  const variables = Object.entries(VARIABLES).flatMap(([name, feature]) => {
    const variable = feature(scope, compilation);
    return variable === undefined ? [] : [[name, variable] as const];
  });
  // Once each: a filter may have a memory of its own.
  const filters = FILTERS.flatMap((feature) => {
    const filter = feature(scope, compilation);
    return filter === undefined ? [] : [{ feature, filter }];
  });
  const root = compilation.template(scope.files.path);
  return {
    model: scope,
    root,
    log: accessLogs.open(scope.accessLogs, compilation, root),
    errorLog: errorLogs.open(scope.errorLogs),
    types: typesOf(scope, types),
    variables: new Map(variables),
    steps: made(STEPS),
    bodyBytesMax: scope.requestBodies.bytesMax,
    errorPages: compileErrorPages(scope, compilation),
    headEdit: remembered([compileReason(scope), compileServerField(scope), fields.headEdit]),
    answerEdits: [compileExpires(scope, compilation), fields.answerEdit, compileUserId(scope, compilation)].filter(
      (edit): edit is AnswerEdit => edit !== undefined,
    ),
    filters: filters.map(({ filter }) => filter),
    usualFilters: filters.filter(({ feature }) => !CONDITIONAL.has(feature)).map(({ filter }) => filter),
    postAction: scope.postAction === undefined ? undefined : compilation.template(scope.postAction),
    trailers: fields.trailers,
  };
}

/** Where a scope says a charset for what it sends, the table of types names none. */
function typesOf(scope: Scope, tables: readonly TypeTable[]): CompiledTypes {
  const table = tables[scope.types];
  if (table === undefined) {
    throw new Error(`the model has no table of types ${scope.types}`);
  }
  return scope.charset === undefined ? table.usual : table.withoutCharset;
}

/** Of pages for one status the first counts. */
function compileErrorPages({ refusals }: Scope, compilation: Compilation): ReadonlyMap<number, CompiledErrorPage> {
  const pages = new Map<number, CompiledErrorPage>();
  for (const { statuses, to, status } of refusals.pages) {
    const page = { to: compilation.template(to), status };
    for (const refused of statuses) {
      if (!pages.has(refused)) {
        pages.set(refused, page);
      }
    }
  }
  return pages;
}

/** All edits as one, whose result is remembered by the head: heads of files and of applications that answer alike are the same objects. */
function remembered(edits: readonly (HeadEdit | undefined)[]): HeadEdit | undefined {
  const present = edits.filter((edit): edit is HeadEdit => edit !== undefined);
  if (present.length === 0) {
    return undefined;
  }
  const known = new WeakMap<ResponseHead, ResponseHead>();
  let [last, edited]: (ResponseHead | undefined)[] = [];
  return (head) => {
    if (last !== head || edited === undefined) {
      last = head;
      edited = known.get(head);
      if (edited === undefined) {
        edited = present.reduce((changed, edit) => edit(changed), head);
        known.set(head, edited);
      }
    }
    return edited;
  };
}
