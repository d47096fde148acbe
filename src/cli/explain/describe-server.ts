/** A whole server as data for people and programs: its sites, and in each its locations in the order in which they are tried. */

import { renderBindAddress } from '../../config/bind-address.ts';
import type { Content } from '../../config/model/content.ts';
import type { Instruction, ScopeId } from '../../config/model/instruction.ts';
import type { Scope } from '../../config/model/scope.ts';
import type { Location, ServerModel, Site } from '../../config/model/server-model.ts';
import { renderServerName } from '../../config/render-server-name.ts';
import { renderLocationKey } from '../../config/toml/location-key.ts';
import { describeContent, describeWay } from './describe-content.ts';
import { describeScope } from './describe-rules.ts';
import type { DescribedStream } from './describe-streams.ts';
import { describeStreams } from './describe-streams.ts';
import { describeTls } from './describe-tls.ts';

export interface DescribedServer {
  readonly sites: readonly DescribedSite[];
  readonly streams: readonly DescribedStream[];
  readonly applications: readonly { readonly name: string; readonly target: string; readonly workers: number }[];
}

export interface DescribedSite {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly names: readonly string[];
  /** Addresses at which it is asked for every name that no other site has. */
  readonly fallbackAt: readonly string[];
  readonly tls: readonly string[];
  /** Run before a location is looked for. */
  readonly first: readonly string[];
  readonly rules: readonly string[];
  readonly locations: readonly DescribedLocation[];
  /** Where no location matches. */
  readonly otherwise: string;
}

export interface DescribedLocation {
  /** As files have it: `= /x`, `^~ /x`, `~ regex`, `/x`, `@name`. */
  readonly location: string;
  readonly matches: string;
  readonly isInternal: boolean;
  readonly first: readonly string[];
  /** All that hold here. */
  readonly rules: readonly string[];
  /** Of the place around it, and not here. */
  readonly without: readonly string[];
  readonly answer: string;
  readonly locations: readonly DescribedLocation[];
}

export function describeServer(model: ServerModel): DescribedServer {
  return {
    sites: model.sites.map((site, index) => describeSite(site, index, model)),
    streams: describeStreams(model),
    applications: model.apps.map(({ id, target, workers }) => ({ name: id, target, workers })),
  };
}

function describeSite(site: Site, index: number, model: ServerModel): DescribedSite {
  const own = model.listeners.filter(
    ({ names, fallback }) => fallback === index || names.some((each) => each.site === index),
  );
  const names = own.flatMap((listener) =>
    listener.names.filter((each) => each.site === index).map(({ name }) => renderServerName(name)),
  );
  const addresses = own.map(addressText);
  const place = describePlace(site, model, undefined);
  return {
    name: site.name,
    addresses,
    names: [...new Set(names)].filter((name) => name !== ''),
    fallbackAt: own.filter(({ fallback }) => fallback === index).map(addressText),
    tls: own.some((listener) => listener.tls) ? describeTls(site.tls, model) : [],
    first: place.first,
    rules: place.rules,
    locations: describeLocations(site.locations, place.rules, model),
    otherwise: place.answer,
  };
}

function addressText({ address, tls, speaks }: ServerModel['listeners'][number]): string {
  const text = address === undefined ? 'sockets of the service manager' : renderBindAddress(address);
  if (speaks !== undefined) {
    return `${text} (${speaks})`;
  }
  return tls ? `${text} (TLS)` : text;
}

interface Place {
  readonly rewrite: readonly Instruction[];
  readonly scope: ScopeId;
  readonly content: Content;
}

function describePlace(
  { rewrite, scope: id, content }: Place,
  model: ServerModel,
  match: Location['match'] | undefined,
): { readonly first: readonly string[]; readonly rules: readonly string[]; readonly answer: string } {
  const scope: Scope | undefined = model.scopes[id];
  if (scope === undefined) {
    throw new Error(`the model has no scope ${id}`);
  }
  const { first, answer = describeContent(content, scope, model, match) } = describeWay(rewrite);
  return { first, rules: describeScope(scope, model), answer };
}

function describeLocations(
  locations: readonly Location[],
  around: readonly string[],
  model: ServerModel,
): readonly DescribedLocation[] {
  return inOrder(locations).map((location) => {
    const place = describePlace(location, model, location.match);
    return {
      location: renderLocationKey(location.match),
      matches: describeMatch(location.match),
      isInternal: location.isInternal,
      first: place.first,
      rules: place.rules,
      without: around.filter((rule) => !place.rules.includes(rule)),
      answer: place.answer,
      locations: describeLocations(location.locations, place.rules, model),
    };
  });
}

/** The order in which they win over each other; regexes are asked in that of the file. */
const RANKS = { exact: 0, 'final-prefix': 1, regex: 2, prefix: 3, named: 4 } as const;

function inOrder(locations: readonly Location[]): readonly Location[] {
  return locations.toSorted(({ match: one }, { match: other }) => {
    const ranks = RANKS[one.kind] - RANKS[other.kind];
    return ranks !== 0 || one.kind === 'regex' || other.kind === 'regex' ? ranks : other.text.length - one.text.length;
  });
}

export function describeMatch(match: Location['match']): string {
  switch (match.kind) {
    case 'exact':
      return `the path ${match.text} alone`;
    case 'final-prefix':
      return `paths that begin with ${match.text}, where that is the longest beginning; no regex is asked then`;
    case 'regex':
      return `paths that match ${match.pattern.text}${match.pattern.isCaseless ? ', in whatever case' : ''}`;
    case 'prefix':
      return match.text === '/' ? 'every other path' : `paths that begin with ${match.text}`;
    case 'named':
      return 'what the server itself sends here';
  }
}
