/** To whom requests are passed on: the values of `proxy_pass` and its kin are checked, and that the names in them are those of upstreams. */

import type { ProxyProtocol } from '../../../model/proxying.ts';
import { nearestWord } from '../../../nearest.ts';
import type { Place } from '../../../place.ts';
import type { UpstreamAddress } from '../../../upstream-address.ts';
import { readUpstreamAddress } from '../../../upstream-address.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Apply } from '../row.ts';
import { parseText } from '../variables-in-text.ts';
import { CONTENT_SAID } from './answering.ts';
import { LOCATION_MATCH } from './locations.ts';
import type { PassedTo } from './passed-to.ts';
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

/** Of directives for servers that are not asked yet: whoever passes requests on shows no files, whatever the root is. */
export function answersElsewhere(args: GivenArguments, draft: Draft): void {
  draft.set(CONTENT_SAID, said('http', false, args.text(0), { kind: 'nobody' }));
}

/** `proxy_pass`: what has a variable is known only when a request comes. */
export function passesToUrl(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const url = args.text(0);
  const [scheme] = /^https?:\/\//i.exec(url) ?? [];
  const tls = scheme?.toLowerCase() === 'https://';
  if (url.includes('$')) {
    draft.set(CONTENT_SAID, said('http', tls, url, { kind: 'text', text: args.template(0) }));
    return;
  }
  draft.set(CONTENT_SAID, said('http', tls, url, { kind: 'nobody' }));
  if (scheme === undefined) {
    report('nginx.invalid-value', args.place(0), 'invalid URL prefix', {
      hint: 'A URL begins with http:// or https://; then comes a host, the name of an upstream, or unix: and a path.',
    });
    return;
  }
  const address = pass(args, { draft, report, text: url.slice(scheme.length), hasUri: true, needsPort: false });
  if (address === undefined) {
    return;
  }
  draft.set(CONTENT_SAID, said('http', tls, url, { kind: 'address', address }));
  if (address.uri !== '' && !isForPath(draft)) {
    const message =
      '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block';
    report('nginx.conflict', args.place(0), message, {
      hint: `Which part of the path "${address.uri}" would replace cannot be told there. Leave it out, or use rewrite.`,
    });
  }
}

function said(protocol: ProxyProtocol, tls: boolean, url: string, to: PassedTo['to']): PassedTo {
  return { kind: 'passed', protocol, tls, url, to };
}

export interface Passes {
  /** Undefined: nothing here speaks it. */
  readonly protocol: Exclude<ProxyProtocol, 'http'> | undefined;
  /** What may stand before the address, as a pattern. */
  readonly schemes?: RegExp;
  /** The protocol has no port of its own. */
  readonly needsPort: boolean;
}

/** `uwsgi_pass` and its kin, and `proxy_pass` of streams. */
export function passesTo({ protocol, schemes, needsPort }: Passes): Apply {
  return (args, draft, report) => {
    const [scheme = ''] = schemes?.exec(args.text(0)) ?? [];
    const text = args.text(0).slice(scheme.length);
    const isTls = scheme.toLowerCase() === 'suwsgi://';
    const say = (to: PassedTo['to']): void => {
      const content = said(protocol ?? 'http', isTls, `${isTls ? 's' : ''}${protocol}://${text}`, to);
      draft.set(CONTENT_SAID, protocol === undefined ? { ...content, to: { kind: 'nobody' } } : content);
    };
    if (text.includes('$')) {
      say({ kind: 'text', text: parseText(text).template });
      return;
    }
    const address = pass(args, { draft, report, text, hasUri: false, needsPort });
    say(address === undefined ? { kind: 'nobody' } : { kind: 'address', address });
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
