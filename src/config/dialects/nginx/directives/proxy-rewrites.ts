/** How redirects and cookies of servers that requests are passed on to are changed. */

import type { ProxyResponse, Replaced, Replacement } from '../../../model/proxying.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Apply, Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { CONTENT_SAID } from './answering.ts';
import { HTTP } from './contexts.ts';
import { LOCATION_MATCH } from './locations.ts';

type Rules<T> = DraftKey<readonly T[] | 'off'>;
type CookieFlags = ProxyResponse['cookieFlags'][number];

const REDIRECTS: Rules<'default' | Replacement> = draftKey('proxy_redirect');
const COOKIE_DOMAINS: Rules<Replacement> = draftKey('proxy_cookie_domain');
const COOKIE_PATHS: Rules<Replacement> = draftKey('proxy_cookie_path');
const COOKIE_FLAGS: Rules<CookieFlags> = draftKey('proxy_cookie_flags');

export const PROXY_REWRITES: readonly Row[] = repeatable([
  row('proxy_redirect', HTTP, 'text-or-regex [text]', 'How redirects of the upstream are changed.', {
    apply: redirect,
  }),
  row('proxy_cookie_domain', HTTP, 'text-or-regex [text]', 'How domains of cookies are changed.', {
    apply: replaces(COOKIE_DOMAINS, domainRule),
  }),
  row('proxy_cookie_path', HTTP, 'text-or-regex [text]', 'How paths of cookies are changed.', {
    apply: replaces(COOKIE_PATHS, replacementOf),
  }),
  row('proxy_cookie_flags', HTTP, 'text-or-regex [text] [text] [text]', 'How flags of cookies are changed.', {
    apply: cookieFlags,
  }),
]);

/** Whether the directive may say it: `off` stands alone. */
function add<T>(args: GivenArguments, { key, draft, report }: Adding<T>, rule: T): void {
  const before = draft.own(key);
  if (before === 'off') {
    tellDuplicate(args, report);
  } else {
    draft.set(key, [...(before ?? []), rule]);
  }
}

interface Adding<T> {
  readonly key: Rules<T>;
  readonly draft: Draft;
  readonly report: NginxReport;
}

function turnOff<T>(args: GivenArguments, { key, draft, report }: Adding<T>): void {
  if (draft.own(key) === undefined) {
    draft.set(key, 'off');
  } else {
    tellDuplicate(args, report);
  }
}

function tellDuplicate(args: GivenArguments, report: NginxReport): void {
  report('nginx.duplicate', args.directive.place, `"${args.directive.text}" directive is duplicate`, {
    hint: 'Where it is "off", nothing else can be said beside it.',
  });
}

function tellWord(args: GivenArguments, words: string, report: NginxReport): void {
  report('nginx.invalid-value', args.place(0), `invalid parameter "${args.text(0)}"`, {
    hint: `Write what is replaced and by what, or ${words}.`,
  });
}

function redirect(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const adding = { key: REDIRECTS, draft, report };
  if (args.count === 2) {
    add(args, adding, replacementOf(args));
    return;
  }
  switch (args.text(0)) {
    case 'off':
      turnOff(args, adding);
      return;
    case 'default':
      if (mayBeDefault(args, draft, report)) add(args, adding, 'default');
      return;
    default:
      tellWord(args, 'off or default', report);
  }
}

function mayBeDefault(args: GivenArguments, draft: Draft, report: NginxReport): boolean {
  const said = draft.own(CONTENT_SAID);
  const passed = said?.kind === 'passed' && said.protocol === 'http' ? said : undefined;
  const message =
    passed?.to.kind === 'text'
      ? '"proxy_redirect default" cannot be used with "proxy_pass" directive with variables'
      : passed === undefined
        ? '"proxy_redirect default" should be placed after the "proxy_pass" directive'
        : undefined;
  if (message !== undefined) {
    report('nginx.conflict', args.directive.place, message, {
      hint: 'It replaces the address of "proxy_pass" by the path of the location. Where the address has variables, write both: proxy_redirect http://app/ /;',
    });
  }
  return message === undefined;
}

/** Of directives that replace a text by another one, or are off. */
function replaces(key: Rules<Replacement>, ruleOf: (args: GivenArguments) => Replacement): Apply {
  return (args, draft, report) => {
    const adding = { key, draft, report };
    if (args.count === 2) {
      add(args, adding, ruleOf(args));
    } else if (args.text(0) === 'off') {
      turnOff(args, adding);
    } else {
      tellWord(args, 'off', report);
    }
  };
}

function replacementOf(args: GivenArguments): Replacement {
  return { from: replacedOf(args), to: args.template(1) };
}

/** Domains are the same in either case. */
function domainRule(args: GivenArguments): Replacement {
  const { from, to } = replacementOf(args);
  return {
    from: 'pattern' in from ? { pattern: { ...from.pattern, isCaseless: true } } : { text: withoutDot(from.text) },
    to: withoutDot(to),
  };
}

function replacedOf(args: GivenArguments): Replaced {
  const text = args.text(0);
  if (!text.startsWith('~')) {
    return { text: args.template(0) };
  }
  const isCaseless = text.startsWith('~*');
  return { pattern: { text: text.slice(isCaseless ? 2 : 1), isCaseless } };
}

/** The dot with which domains of cookies used to begin says nothing. */
function withoutDot(template: Template): Template {
  if (typeof template === 'string') {
    return template.replace(/^\./, '');
  }
  const [first, ...rest] = template;
  return typeof first === 'string' ? [first.replace(/^\./, ''), ...rest].filter((part) => part !== '') : template;
}

const FLAGS = /^(?:(?:no)?(?:secure|httponly)|nosamesite|samesite=(?:strict|lax|none))$/;

function cookieFlags(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const adding = { key: COOKIE_FLAGS, draft, report };
  if (args.count === 1) {
    if (args.text(0) === 'off') turnOff(args, adding);
    else tellWord(args, 'off', report);
    return;
  }
  for (const [at, text] of args.texts(1).entries()) {
    if (!text.includes('$') && !FLAGS.test(text)) {
      report('nginx.suspicious', args.place(at + 1), `"${text}" is no flag of a cookie`, {
        hint: 'Flags are secure, httponly, samesite=strict, samesite=lax, samesite=none, and nosecure, nohttponly, nosamesite, which remove them.',
        severity: 'warning',
      });
    }
  }
  const flags = Array.from(args.texts(1), (_, index) => args.template(index + 1));
  const cookie = replacedOf(args);
  add(args, adding, {
    cookie: 'pattern' in cookie ? { pattern: { ...cookie.pattern, isCaseless: true } } : cookie,
    flags,
  });
}

/**
 * The nearest block that says something decides. A location that says nothing has what is around it, also if that is what nginx does by itself for a
 * location around it; only where there is nothing are redirects changed from its own address to its own path.
 */
export function redirectRulesOf(draft: Draft): ProxyResponse['redirects'] {
  const rules = rulesOf(draft);
  return rules === 'off' ? [] : rules;
}

function rulesOf(draft: Draft): ProxyResponse['redirects'] | 'off' {
  const own = draft.own(REDIRECTS);
  if (own !== undefined) {
    return own;
  }
  const outer = draft.parent === undefined ? [] : rulesOf(draft.parent);
  if (outer === 'off' || outer.length > 0) {
    return outer === 'off' || draft.parent === undefined
      ? outer
      : outer.map((rule) => (rule === 'default' ? defaultOf(draft.parent) : rule));
  }
  const said = draft.own(CONTENT_SAID);
  const hasAddress = said?.kind === 'passed' && said.protocol === 'http' && said.to.kind === 'address';
  return hasAddress ? ['default'] : [];
}

/** What `default` means in a location around: a rule of a location inside does not go by its own address. */
function defaultOf(draft: Draft | undefined): 'default' | Replacement {
  const said = draft?.own(CONTENT_SAID);
  const passed = said?.kind === 'passed' && said.to.kind === 'address' ? said : undefined;
  if (passed?.to.kind !== 'address') {
    return 'default';
  }
  const match = draft?.own(LOCATION_MATCH);
  const path = match === undefined || match.kind === 'regex' ? '/' : match.text;
  return passed.to.address.uri === ''
    ? { from: { text: `${passed.url}/` }, to: '/' }
    : { from: { text: passed.url }, to: path };
}

/** Undefined: the protocol has no cookies. */
export function cookieRulesOf(
  draft: Draft | undefined,
): Pick<ProxyResponse, 'cookieDomains' | 'cookiePaths' | 'cookieFlags'> {
  const of = <T>(key: Rules<T>): readonly T[] => {
    const rules = draft?.get(key) ?? [];
    return rules === 'off' ? [] : rules;
  };
  return { cookieDomains: of(COOKIE_DOMAINS), cookiePaths: of(COOKIE_PATHS), cookieFlags: of(COOKIE_FLAGS) };
}
