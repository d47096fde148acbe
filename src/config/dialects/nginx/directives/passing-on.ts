/** To whom requests are passed on: the values of `proxy_pass` and its kin are checked, and that the names in them are those of upstreams. */

import { nearestWord } from '../../../nearest.ts';
import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import { countGroups } from '../regex-groups.ts';
import type { NginxReport } from '../report.ts';
import type { Apply } from '../row.ts';
import type { UpstreamAddress } from '../upstream-address.ts';
import { readUpstreamAddress } from '../upstream-address.ts';
import { CONTENT_SAID } from './answering.ts';
import { LOCATION_MATCH } from './locations.ts';
import { UPSTREAMS } from './upstreams.ts';

interface Use {
  readonly text: string;
  readonly address: UpstreamAddress;
  readonly place: Place;
  /** The protocol has no port of its own. */
  readonly needsPort: boolean;
}

/** Said in `http` and in `stream`: an upstream may be defined further down. */
const USES: DraftKey<readonly Use[]> = draftKey('uses of upstreams');

/** What is longer is no slip of the fingers. */
const HOST_LENGTH_MAX = 64;

/** Whoever passes requests on shows no files, whatever the root is. Which set of rules it is done by is not read yet. */
export function answersElsewhere(args: GivenArguments, draft: Draft): void {
  draft.set(CONTENT_SAID, { kind: 'proxy', upstream: args.template(0), policy: 0 });
}

/** `proxy_pass`: what has a variable is known only when a request comes. */
export function passesToUrl(args: GivenArguments, draft: Draft, report: NginxReport): void {
  answersElsewhere(args, draft);
  const text = args.text(0);
  if (text.includes('$')) {
    return;
  }
  const [scheme] = /^https?:\/\//i.exec(text) ?? [];
  if (scheme === undefined) {
    report('nginx.invalid-value', args.place(0), 'invalid URL prefix', {
      hint: 'A URL begins with http:// or https://; then comes a host, the name of an upstream, or unix: and a path.',
    });
    return;
  }
  const address = pass(args, { draft, report, text: text.slice(scheme.length), hasUri: true, needsPort: false });
  if (address !== undefined && address.uri !== '' && !isForPath(draft)) {
    const message =
      '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block';
    report('nginx.conflict', args.place(0), message, {
      hint: `Which part of the path "${address.uri}" would replace cannot be told there. Leave it out, or use rewrite.`,
    });
  }
}

/** `schemes`: what may stand before the address, as a pattern. */
export function passesTo(schemes: RegExp | undefined, needsPort: boolean): Apply {
  return (args, draft, report) => {
    answersElsewhere(args, draft);
    const text = schemes === undefined ? args.text(0) : args.text(0).replace(schemes, '');
    if (!text.includes('$')) {
      pass(args, { draft, report, text, hasUri: false, needsPort });
    }
  };
}

interface Passing {
  readonly draft: Draft;
  readonly report: NginxReport;
  readonly text: string;
  readonly hasUri: boolean;
  readonly needsPort: boolean;
}

function pass(args: GivenArguments, { draft, report, text, hasUri, needsPort }: Passing): UpstreamAddress | undefined {
  const address = readUpstreamAddress(text, hasUri);
  const place = args.place(0);
  if (!address.ok) {
    report('nginx.invalid-value', place, `${address.fault} in upstream "${text}"`, {
      hint: 'Write a host and a port as in 127.0.0.1:8000, the name of an upstream, or unix:/path.',
    });
    return undefined;
  }
  const around = draft.within('http') ?? draft.within('stream');
  around?.append(USES, { text, address: address.value, place, needsPort });
  return address.value;
}

/** A location of a path, whose beginning the path of a URL replaces. */
function isForPath(draft: Draft): boolean {
  const match = draft.own(LOCATION_MATCH);
  return match !== undefined && match.kind !== 'regex' && match.kind !== 'named';
}

/**
 * When all has been read: a name without a port has to be that of an upstream, and the name of an upstream has no port. A piece of a configuration
 * that defines no upstream has them in another one.
 */
export function checkPassing(around: Draft, { isWhole }: { readonly isWhole: boolean }, report: NginxReport): void {
  const upstreams = around.own(UPSTREAMS);
  if (!isWhole && upstreams === undefined) {
    return;
  }
  for (const { text, address, place, needsPort } of around.own(USES) ?? []) {
    const isUpstream = !address.isUnix && upstreams?.has(address.host.toLowerCase()) === true;
    if (isUpstream && address.port !== undefined) {
      report('nginx.conflict', place, `upstream "${address.host}" may not have port ${address.port}`, {
        hint: 'Its servers have ports, the upstream as a whole has none.',
      });
    } else if (!isUpstream && !address.isUnix && needsPort && address.port === undefined) {
      const nearest = nearestUpstream(address.host, upstreams?.keys() ?? []);
      report('nginx.conflict', place, `no port in upstream "${text}"`, {
        hint: `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}Write a port, as in 127.0.0.1:9000, or the name of an upstream.`,
      });
    } else if (!isUpstream && !address.isUnix && address.port === undefined) {
      warnOfSlip(address.host, place, upstreams?.keys() ?? [], report);
    }
  }
}

/** A host may be called nearly as an upstream, but hardly ever is; who looks up its name is told too late. */
function warnOfSlip(host: string, place: Place, upstreams: Iterable<string>, report: NginxReport): void {
  const nearest = nearestUpstream(host, upstreams);
  if (nearest !== undefined) {
    report('nginx.suspicious', place, `host "${host}" is no upstream`, {
      hint: `Did you mean "${nearest}"? If it is the name of a host, write its port to say so.`,
      severity: 'warning',
    });
  }
}

function nearestUpstream(host: string, upstreams: Iterable<string>): string | undefined {
  const isName = /^[a-z][\w-]*$/i.test(host) && host.length <= HOST_LENGTH_MAX;
  return isName ? nearestWord(host.toLowerCase(), [...upstreams]) : undefined;
}

/** Of directives that replace a text by another one: a single word can only be one of those that are said. */
export function replaces(...words: readonly string[]): Apply {
  return (args, _, report) => {
    if (args.count === 1 && !words.includes(args.text(0))) {
      report('nginx.invalid-value', args.place(0), `invalid parameter "${args.text(0)}"`, {
        hint: `Write what is replaced and by what, or ${words.join(' or ')}.`,
      });
    }
  };
}

export function setsParameter(args: GivenArguments, _: Draft, report: NginxReport): void {
  if (args.count === 3 && args.text(2) !== 'if_not_empty') {
    report('nginx.invalid-value', args.place(2), `invalid parameter "${args.text(2)}"`, {
      hint: 'The third word can only be "if_not_empty".',
    });
  }
}

export function splitsPath(args: GivenArguments, _: Draft, report: NginxReport): void {
  if (countGroups(args.text(0)) !== 2) {
    report('nginx.invalid-value', args.place(0), `pattern "${args.text(0)}" must have 2 captures`, {
      hint: 'The first group is the script, the second one PATH_INFO: ^(.+\\.php)(.*)$',
    });
  }
}
