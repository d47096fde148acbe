/**
 * What is insecure in a portico.toml, or does not do what it seems to say, although it is read without a fault. TOML leaves fewer traps than nginx's files: these
 * are the ones that it has all the same.
 */

import type { TrapCode } from '../dialects/nginx/traps/trap-codes.ts';
import { findShadowing } from '../shadowed-addresses.ts';
import type { Path, TomlTable, TomlValue } from './kind.ts';
import { isTable } from './kind.ts';
import { parseLocationKey } from './location-key.ts';

export type TellTrap = (code: TrapCode, path: Path, message: string, wayOut: string) => void;

interface Place {
  readonly table: TomlTable;
  readonly path: Path;
  /** The key of a location; undefined for a site and for `[defaults]`. */
  readonly key: string | undefined;
  readonly around: Place | undefined;
}

type Rule = (place: Place, tell: TellTrap) => void;

const RULES: readonly Rule[] = [
  aliasTraversal,
  openListing,
  hiddenFiles,
  openAddresses,
  shadowedRules,
  lostFields,
  clientsTexts,
  openProxies,
  openStatus,
  unspokenTls,
];

/** `document`: the tables of one file. */
export function findTomlTraps(document: TomlTable, tell: TellTrap): void {
  for (const place of placesIn(document)) {
    for (const rule of RULES) {
      rule(place, tell);
    }
  }
}

function* placesIn(document: TomlTable): Generator<Place> {
  const { defaults, site = [] } = document;
  const around =
    defaults !== undefined && isTable(defaults)
      ? { table: defaults, path: ['defaults'], key: undefined, around: undefined }
      : undefined;
  if (around !== undefined) {
    yield around;
  }
  const sites = Array.isArray(site) ? (site as readonly TomlValue[]) : [site];
  for (const [index, table] of sites.entries()) {
    if (isTable(table)) {
      yield* placesOf({ table, path: Array.isArray(site) ? ['site', index] : ['site'], key: undefined, around });
    }
  }
}

function* placesOf(place: Place): Generator<Place> {
  yield place;
  const locations = place.table['location'];
  for (const [key, table] of locations !== undefined && isTable(locations) ? Object.entries(locations) : []) {
    if (isTable(table)) {
      yield* placesOf({ table, path: [...place.path, 'location', key], key, around: place });
    }
  }
}

function tableAt({ table }: Place, key: string): TomlTable | undefined {
  const value = table[key];
  return value !== undefined && isTable(value) ? value : undefined;
}

function listOf(value: TomlValue | undefined): readonly TomlValue[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly TomlValue[]) : [value];
}

function aliasTraversal(place: Place, tell: TellTrap): void {
  const alias = tableAt(place, 'files')?.['alias'];
  const match = parseLocationKey(place.key ?? '');
  const isPrefix = match.ok && (match.value.kind === 'prefix' || match.value.kind === 'final-prefix');
  const text = match.ok && 'text' in match.value ? match.value.text : '';
  if (isPrefix && typeof alias === 'string' && alias.endsWith('/') && !text.endsWith('/')) {
    const message = `the alias of "${text}" ends with a slash and the location does not: "${text}../x" leads to "${alias}../x"`;
    tell('trap.alias-traversal', [...place.path, 'files', 'alias'], message, 'End both with a slash.');
  }
}

function openListing(place: Place, tell: TellTrap): void {
  const listing = tableAt(place, 'files')?.['listing'];
  if (listing !== undefined && listing !== false && (place.key === undefined || place.key === '/')) {
    const message = 'every folder without an index is listed';
    tell(
      'trap.autoindex-everywhere',
      [...place.path, 'files', 'listing'],
      message,
      'Say "listing" in the one location whose folder is to be seen.',
    );
  }
}

function hiddenFiles(place: Place, tell: TellTrap): void {
  if (tableAt(place, 'files')?.['hidden'] === true) {
    const message = 'names with a dot in front are served: .git, .env, .htpasswd';
    tell(
      'trap.dotfiles',
      [...place.path, 'files', 'hidden'],
      message,
      'Leave "hidden" out: "/.well-known" is served without it.',
    );
  }
}

function addressesOf(place: Place): readonly string[] {
  return listOf(tableAt(place, 'access')?.['addresses']).filter((each): each is string => typeof each === 'string');
}

function openAddresses(place: Place, tell: TellTrap): void {
  const rules = addressesOf(place);
  if (rules.length > 0 && rules.every((rule) => rule.startsWith('allow ') && rule !== 'allow all')) {
    const message = 'some addresses are allowed and none is denied: everybody is let in';
    tell('trap.allow-without-deny', [...place.path, 'access', 'addresses'], message, 'End the list with "deny all".');
  }
}

function shadowedRules(place: Place, tell: TellTrap): void {
  const rules = addressesOf(place);
  const shadowing = findShadowing(rules.map((rule) => rule.replace(/^(allow|deny) /, '')));
  for (const [index, rule] of rules.entries()) {
    const before = rules[shadowing[index] ?? -1];
    if (before !== undefined) {
      const message = `"${rule}" is never asked: "${before}" before it decides about all that it means`;
      tell(
        'trap.shadowed-rule',
        [...place.path, 'access', 'addresses', index],
        message,
        'Move it before the wider one, or remove it.',
      );
    }
  }
}

function fieldsOf(place: Place): ReadonlySet<string> | undefined {
  const said = tableAt(place, 'headers')?.['set'];
  if (said === undefined) {
    return undefined;
  }
  const names = isTable(said)
    ? Object.keys(said)
    : listOf(said).map((each) => (isTable(each) && typeof each['name'] === 'string' ? each['name'] : ''));
  return new Set(names.map((name) => name.toLowerCase()));
}

function lostFields(place: Place, tell: TellTrap): void {
  const own = fieldsOf(place);
  let outer = place.around;
  while (outer !== undefined && fieldsOf(outer) === undefined) {
    outer = outer.around;
  }
  const around = outer === undefined ? undefined : fieldsOf(outer);
  const lost = own === undefined || around === undefined ? [] : [...around].filter((name) => !own.has(name));
  if (lost.length > 0) {
    const message = `"headers.set" takes the place of that around it: ${lost.join(', ')} ${lost.length === 1 ? 'is' : 'are'} not sent here`;
    tell('trap.add-header-lost', [...place.path, 'headers', 'set'], message, 'Repeat them in this place.');
  }
}

const CLIENTS_HOST = /\$(http_host\b|\{http_host\})/;
const DECODED = /\$(uri|document_uri|\{uri\}|\{document_uri\})(?!\w)/;

/** Texts that are sent in heads: a client's host, and paths that were decoded, may hold what ends a line or names another site. */
function clientsTexts(place: Place, tell: TellTrap): void {
  const { redirect } = place.table;
  const to = redirect !== undefined && isTable(redirect) ? redirect['to'] : redirect;
  const set = tableAt(place, 'headers')?.['set'];
  const fields = set !== undefined && isTable(set) ? Object.entries(set) : [];
  const texts: readonly (readonly [Path, TomlValue | undefined])[] = [
    [[...place.path, 'redirect'], to],
    ...fields.map(([name, value]) => [[...place.path, 'headers', 'set', name], value] as const),
  ];
  for (const [path, text] of texts) {
    if (typeof text === 'string' && CLIENTS_HOST.test(text)) {
      tell(
        'trap.host-spoofing',
        path,
        '$http_host is whatever the client has written',
        'Write $host, and name the hosts in "names".',
      );
    }
    if (typeof text === 'string' && DECODED.test(text)) {
      tell(
        'trap.response-splitting',
        path,
        '$uri is decoded, so that "%0d%0a" in a URL ends the line',
        'Write $request_uri, which is as it was sent.',
      );
    }
  }
}

/** A host, or the beginning of one, that the client says. */
const CLIENTS_TARGET = /^(?:\w+:\/\/)?\$\{?(host|http_\w+|arg_\w+|cookie_\w+|[1-9])\b/;

function openProxies(place: Place, tell: TellTrap): void {
  const { proxy } = place.table;
  const isTarget = proxy !== undefined && isTable(proxy);
  const to = isTarget ? proxy['to'] : proxy;
  const found = typeof to === 'string' ? CLIENTS_TARGET.exec(to)?.[1] : undefined;
  if (found !== undefined) {
    const path = isTarget ? [...place.path, 'proxy', 'to'] : [...place.path, 'proxy'];
    tell(
      'trap.open-proxy',
      path,
      `the client says in $${found} which machine is asked`,
      'Name an [[upstream]], or let a [map] choose among those that you know.',
    );
  }
}

/** Of this place and those around it. */
function* outwards(place: Place): Generator<Place> {
  for (let each: Place | undefined = place; each !== undefined; each = each.around) {
    yield each;
  }
}

function openStatus(place: Place, tell: TellTrap): void {
  const { answer } = place.table;
  const shown = new Map<TomlValue | undefined, string>([
    ['status', 'how busy the server is'],
    ['upstreams', 'which servers are behind this one, and how they are'],
  ]).get(answer);
  const isKept = [...outwards(place)].some(({ table }) => table['access'] !== undefined || table['internal'] === true);
  if (shown !== undefined && !isKept) {
    tell(
      'trap.status-open',
      [...place.path, 'answer'],
      `everybody is shown ${shown}`,
      'Write access.addresses = ["allow 127.0.0.1", "deny all"] in this place.',
    );
  }
}

const SPEAKS_TLS = /\stls(\s|$)/;

/** Whoever has read of certificates first, and of addresses elsewhere, expects that certificates are enough. */
function unspokenTls(place: Place, tell: TellTrap): void {
  const { listen } = place.table;
  const certificates = tableAt(place, 'tls')?.['certificates'];
  const isSite = place.path[0] === 'site' && place.key === undefined;
  const speaksTls = listOf(listen).some((each) => typeof each === 'string' && SPEAKS_TLS.test(each));
  if (isSite && certificates !== undefined && !speaksTls) {
    tell(
      'trap.plain-port',
      [...place.path, 'tls', 'certificates'],
      'no address of this site has the word "tls" behind it: TLS is not spoken',
      'Write listen = "443 tls".',
    );
  }
}
