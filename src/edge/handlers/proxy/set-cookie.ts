/** Cookies that a server sets, as they are for the client: `proxy_cookie_domain`, `proxy_cookie_path`, `proxy_cookie_flags`. What nothing fits stays as it came, byte by byte. */

import type { ProxyResponse } from '../../../config/model/proxying.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';
import type { Replace } from './replacement.ts';
import { compileDomainReplacement, compileNameMatch, compilePrefixReplacement, replaceFirst } from './replacement.ts';

/** `value`: undefined where there is no equals sign. */
interface Attribute {
  name: string;
  value: string | undefined;
}

export type EditCookie = (value: string, route: Route) => string;

type CookieRules = Pick<ProxyResponse, 'cookieDomains' | 'cookiePaths' | 'cookieFlags'>;

export function compileSetCookie(
  rules: CookieRules,
  compilation: Pick<Compilation, 'template' | 'pattern'>,
): EditCookie | undefined {
  const domains = rules.cookieDomains.map((rule) => compileDomainReplacement(rule, compilation));
  const paths = rules.cookiePaths.map((rule) => compilePrefixReplacement(rule, compilation));
  const flags = rules.cookieFlags.map(({ cookie, flags: texts }) => ({
    isMeant: compileNameMatch(cookie, compilation),
    texts: texts.map((text) => compilation.template(text)),
  }));
  if (domains.length + paths.length + flags.length === 0) {
    return undefined;
  }
  return (value, route) => {
    const [cookie, ...attributes] = parseCookie(value);
    if (cookie?.value === undefined) {
      return value;
    }
    const isReplaced =
      replaceIn(attributes, 'domain', domains, route) + replaceIn(attributes, 'path', paths, route) > 0;
    const wanted = flags.find(({ isMeant }) => isMeant(cookie.name, route))?.texts ?? [];
    const flagged = withFlags(attributes, wanted, route);
    return isReplaced || flagged !== attributes ? [cookie, ...flagged].map(renderAttribute).join('; ') : value;
  };
}

function parseCookie(value: string): Attribute[] {
  return value.split(';').map((text) => {
    const equals = text.indexOf('=');
    return equals === -1
      ? { name: trimmed(text), value: undefined }
      : { name: trimmed(text.slice(0, equals)), value: trimmed(text.slice(equals + 1)) };
  });
}

/** Spaces alone, as nginx does. A regex would look at each space of a long row again and again. */
function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text[from] === ' ') {
    from += 1;
  }
  while (to > from && text[to - 1] === ' ') {
    to -= 1;
  }
  return text.slice(from, to);
}

function renderAttribute({ name, value }: Attribute): string {
  return value === undefined ? name : `${name}=${value}`;
}

/** How many were replaced. */
function replaceIn(attributes: readonly Attribute[], lower: string, rules: readonly Replace[], route: Route): number {
  let count = 0;
  for (const attribute of attributes) {
    if (attribute.value !== undefined && attribute.name.toLowerCase() === lower) {
      const fresh = replaceFirst(rules, attribute.value, route);
      attribute.value = fresh ?? attribute.value;
      count += fresh === undefined ? 0 : 1;
    }
  }
  return count;
}

/** What each flag does to the attribute of a name: undefined takes it away. */
const FLAGS: ReadonlyMap<string, readonly [lower: string, made: Readonly<Attribute> | undefined]> = new Map([
  ['secure', ['secure', { name: 'Secure', value: undefined }]],
  ['nosecure', ['secure', undefined]],
  ['httponly', ['httponly', { name: 'HttpOnly', value: undefined }]],
  ['nohttponly', ['httponly', undefined]],
  ['samesite=strict', ['samesite', { name: 'SameSite', value: 'Strict' }]],
  ['samesite=lax', ['samesite', { name: 'SameSite', value: 'Lax' }]],
  ['samesite=none', ['samesite', { name: 'SameSite', value: 'None' }]],
  ['nosamesite', ['samesite', undefined]],
]);

/** In which nginx looks at flags for one attribute. */
const RANK = [
  'secure',
  'nosecure',
  'httponly',
  'nohttponly',
  'samesite=strict',
  'samesite=lax',
  'samesite=none',
  'nosamesite',
];

/** The same list if there is no flag. */
function withFlags(attributes: Attribute[], texts: readonly CompiledTemplate[], route: Route): Attribute[] {
  const said = new Set(texts.map((text) => renderTemplate(text, route).toLowerCase()));
  const wanted = new Map<string, Readonly<Attribute> | undefined>();
  for (const flag of RANK) {
    const rule = said.has(flag) ? FLAGS.get(flag) : undefined;
    if (rule !== undefined && !wanted.has(rule[0])) {
      wanted.set(...rule);
    }
  }
  if (wanted.size === 0) {
    return attributes;
  }
  const kept = attributes.flatMap((attribute): Attribute[] => editFlag(attribute, wanted));
  const added = [...wanted.values()].filter((made) => made !== undefined);
  return [...kept, ...added];
}

/** What is there already is not added any more: it is taken out of `wanted`. */
function editFlag(attribute: Attribute, wanted: Map<string, Readonly<Attribute> | undefined>): Attribute[] {
  const lower = attribute.name.toLowerCase();
  if (!wanted.has(lower)) {
    return [attribute];
  }
  const made = wanted.get(lower);
  if (made === undefined) {
    return [];
  }
  wanted.delete(lower);
  const isSame = made.value === undefined || attribute.value?.toLowerCase() === made.value.toLowerCase();
  return [isSame ? attribute : { ...made }];
}
