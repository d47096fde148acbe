/**
 * Whether a model is no more than one application for every request, as `portico serve` runs it. Its requests then meet no plan: no route, no step, no edit and
 * no filter.
 */

import type { Compressions } from '../../config/model/bodies.ts';
import type { Scope } from '../../config/model/scope.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';

/** What a scope may have in a plain model. `refusals`, `fields`, `compressions` and logs are looked at. */
const PLAIN_KEYS: ReadonlySet<string> = new Set([
  'files',
  'types',
  'refusals',
  'redirects',
  'fields',
  'compressions',
  'requestBodies',
  'sending',
  'accessLogs',
  'errorLogs',
  'serverField',
]);

export function isPlain({ sites, scopes, variables }: EdgeModel): boolean {
  const [site, ...more] = sites;
  const scope = site && scopes[site.scope];
  return (
    site !== undefined &&
    scope !== undefined &&
    more.length === 0 &&
    variables.length === 0 &&
    site.rewrite.length === 0 &&
    site.locations.length === 0 &&
    site.findsCertificates !== true &&
    site.content.kind === 'app' &&
    isPlainScope(scope)
  );
}

function isPlainScope(scope: Scope): boolean {
  const { refusals, fields, compressions, accessLogs, errorLogs, serverField, sending } = scope;
  const rules = fields?.fields ?? [];
  return (
    Object.keys(scope).every((key) => PLAIN_KEYS.has(key)) &&
    refusals.style === 'portico' &&
    refusals.pages.length === 0 &&
    serverField === '' &&
    (compressions === undefined || isPlainCompression(compressions)) &&
    errorLogs.length === 0 &&
    Object.keys(sending).length === 0 &&
    accessLogs.length <= 1 &&
    accessLogs.every(({ format, when }) => format.words !== 'nginx' && when === undefined) &&
    (fields?.trailers ?? []).length === 0 &&
    fields?.expires === undefined &&
    rules.every(({ value, always, effect }) => typeof value === 'string' && always && effect === 'add')
  );
}

/** Its codings differ in nothing but the coding: one look at a head decides for all of them. */
function isPlainCompression({ codings, decompresses }: Compressions): boolean {
  const rules = codings.map(({ types, bytesMin, clients }) => JSON.stringify([types, bytesMin, clients]));
  const hasRegexes = codings.some(({ clients }) => clients.disabledFor.length > 0);
  return !decompresses && !hasRegexes && new Set(rules).size <= 1;
}
