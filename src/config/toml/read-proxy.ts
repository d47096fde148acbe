/** From the table `proxy` of a place to what answers there: to whom requests are passed on, and how. */

import type { Content } from '../model/content.ts';
import type { ProxyContent, ProxyTarget } from '../model/proxying.ts';
import type { Location } from '../model/server-model.ts';
import { nearestWord } from '../nearest.ts';
import type { ProxyUrl } from '../proxy-url.ts';
import { addressOf, needsPort, splitProxyUrl } from '../proxy-url.ts';
import type { UpstreamAddress } from '../upstream-address.ts';
import { POLICY, POLICY_FIELDS, TO } from './fields/proxy-fields.ts';
import type { Path, Reading, TomlTable } from './kind.ts';
import { FAULTY } from './kind.ts';
import type { ModelBuilder } from './model-builder.ts';
import type { Passing, WrittenPolicy } from './proxy-policy.ts';
import { basePolicy, passingOf, writtenPolicyOf } from './proxy-policy.ts';
import { TEMPLATE } from './scalars.ts';
import { fieldsOf } from './table.ts';
import { knownKeys, tellUnknownKeys } from './unknown-keys.ts';

const KNOWN = new Map([...knownKeys(fieldsOf(POLICY_FIELDS)), ['to', []] as const]);

export interface PlaceOfProxy {
  readonly path: Path;
  readonly reading: Reading;
  /** What answers around the place. */
  readonly around: Content;
  readonly where: Where;
}

/** Whose path a path of `to` stands in place of. */
export type Where = Location['match'] | { readonly kind: 'site' | 'condition' };

/** Undefined: something is wrong, and has been told. */
export function readProxy(value: TomlTable, place: PlaceOfProxy, builder: ModelBuilder): ProxyContent | undefined {
  const { path, reading, around } = place;
  const outer = around.kind === 'proxy' ? around : undefined;
  tellUnknownKeys(value, KNOWN, path, reading);
  const { to: said } = value;
  if (said === undefined && outer === undefined) {
    reading.report(path, '"to" is missing');
    return undefined;
  }
  const url = said === undefined ? undefined : readUrl(said, [...path, 'to'], reading);
  if (said !== undefined && url === undefined) {
    return undefined;
  }
  const passing = url === undefined && outer !== undefined ? passingOf(outer) : url;
  if (passing === undefined) {
    return undefined;
  }
  const base = basePolicy(
    passing,
    outer && { passing: passingOf(outer), policy: writtenPolicyOf(outer, builder.proxying) },
  );
  // Others have been told of above: the table does not know that "to" may be meant.
  const known = Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'to' && KNOWN.has(key)));
  const policy = POLICY.read(known, path, reading, base);
  if (policy === FAULTY || !tellMeaningless(policy, passing, value, place)) {
    return undefined;
  }
  const to = url === undefined ? outer?.to : targetOf(url, policy, place, builder);
  const isOfTable = to?.kind === 'upstream' && builder.upstreams.upstreams[to.upstream]?.isImplicit === false;
  if (isOfTable && value['keep-alive'] !== undefined) {
    reading.report([...path, 'keep-alive'], 'it is said in the [[upstream]]');
    return undefined;
  }
  return to === undefined
    ? undefined
    : {
        kind: 'proxy',
        protocol: passing.protocol,
        tls: passing.tls,
        to,
        policy: builder.policy(policy, passing.protocol),
      };
}

interface ReadUrl extends Passing {
  readonly url: ProxyUrl;
}

function readUrl(value: TomlTable[string], path: Path, reading: Reading): ReadUrl | undefined {
  const text = TO.read(value, path, reading, undefined);
  if (text === FAULTY) {
    return undefined;
  }
  const url = splitProxyUrl(text);
  if (!url.ok) {
    reading.report(path, url.fault);
    return undefined;
  }
  const { protocol, tls } = url.value;
  return { protocol, tls, isText: text.includes('$'), url: url.value };
}

function targetOf(
  { url, isText, protocol, tls }: ReadUrl,
  { keepAlive }: WrittenPolicy,
  { path, reading, where }: PlaceOfProxy,
  builder: ModelBuilder,
): ProxyTarget | undefined {
  const at = [...path, 'to'];
  if (isText) {
    const text = TEMPLATE.read(protocol === 'http' ? url.url : url.rest, at, reading, undefined);
    return text === FAULTY ? undefined : { kind: 'text', text };
  }
  const address = addressOf(url);
  if (!address.ok) {
    reading.report(at, `"${url.rest}" is no address: ${address.fault}`);
    return undefined;
  }
  const fault = faultOf(address.value, { protocol, tls, isText }, builder) ?? pathFault(address.value, where);
  if (fault !== undefined) {
    reading.report(at, fault);
    return undefined;
  }
  // A site has no prefix in whose place the path could stand: it stands in front.
  const uri = where.kind === 'site' ? address.value.uri.replace(/\/$/, '') : address.value.uri;
  return builder.upstreams.targetOf({ protocol, tls, url: url.url, address: { ...address.value, uri }, keepAlive });
}

function faultOf(address: UpstreamAddress, { protocol }: Passing, builder: ModelBuilder): string | undefined {
  const { host, isUnix, port } = address;
  if (isUnix || builder.upstreams.defined(address) !== undefined) {
    return undefined;
  }
  const isName = /^[a-z_][\w-]*$/i.test(host) && host !== 'localhost';
  const nearest = isName ? nearestWord(host.toLowerCase(), builder.upstreams.names) : undefined;
  const meant = nearest === undefined ? '' : `. Did you mean "${nearest}"?`;
  if (port === undefined && (needsPort(protocol) || nearest !== undefined)) {
    return `there is no [[upstream]] "${host}"${meant === '' ? ', and an address has a port' : meant}`;
  }
  return port !== undefined && builder.upstreams.names.includes(host.toLowerCase())
    ? `the [[upstream]] "${host}" has no port: its servers do`
    : undefined;
}

const WITHOUT_PATH: Readonly<Partial<Record<Where['kind'], string>>> = {
  regex: 'a location of a regex',
  named: 'a location of a name',
  condition: 'a condition',
};

function pathFault({ uri }: UpstreamAddress, { kind }: Where): string | undefined {
  const without = WITHOUT_PATH[kind];
  return uri !== '' && without !== undefined
    ? `the path "${uri}" would stand in place of that of the location, and ${without} has none. Leave it out, or rewrite the path in "rules"`
    : undefined;
}

/** False if something is said that cannot be meant here. */
function tellMeaningless(
  policy: WrittenPolicy,
  passing: Passing,
  value: TomlTable,
  { path, reading }: PlaceOfProxy,
): boolean {
  const faults: readonly (readonly [string, boolean, string])[] = [
    ['tls', basePolicy(passing, undefined).tls === undefined, 'TLS is spoken where "to" says https:// or suwsgi://'],
    [
      'redirects',
      passing.isText && policy.redirects.includes('default'),
      '"default" needs an address in "to" that has no variables',
    ],
    ['uwsgi', passing.protocol !== 'uwsgi', '"uwsgi" is said of uwsgi:// alone'],
    ['keep-alive', value['to'] === undefined, 'it is said beside "to"'],
    ['fastcgi', passing.protocol !== 'fastcgi', '"fastcgi" is said of fastcgi:// alone'],
  ];
  const wrong = faults.filter(([key, isWrong]) => isWrong && value[key] !== undefined && value[key] !== false);
  for (const [key, , message] of wrong) {
    reading.report([...path, key], message);
  }
  return wrong.length === 0;
}

/** A path of the place around stands in place of its prefix, which is not this one's. */
export function isInheritable(content: Content, { kind }: Where): boolean {
  const isSame = kind === 'site' || kind === 'condition';
  return isSame || content.kind !== 'proxy' || content.to.kind !== 'upstream' || content.to.uri === undefined;
}
