/** What stands in `map`, `geo`, `types` and their like: entries of a few words, whose form is looked at here. */

import { isIpv4, isNetwork } from './networks.ts';
import { nginxRegexFault } from './regex-fault.ts';
import type { NginxReport } from './report.ts';
import type { Word } from './token.ts';

export type Entry = readonly [Word, ...Word[]];

type CheckEntry = (entry: Entry, report: NginxReport, seen: Map<string, Word>) => void;

/** By the name of the directive that holds them. */
const CHECKS: ReadonlyMap<string, CheckEntry> = new Map<string, CheckEntry>([
  ['map', checkMapEntry],
  ['geo', checkGeoEntry],
  ['split_clients', checkShare],
  ['charset_map', checkCharacter],
]);

export function checkEntries(directive: string, entries: readonly Entry[], report: NginxReport): void {
  const check = CHECKS.get(directive);
  const seen = new Map<string, Word>();
  for (const entry of check === undefined ? [] : entries) {
    check?.(entry, report, seen);
  }
}

function checkMapEntry(entry: Entry, report: NginxReport, seen: Map<string, Word>): void {
  const [name, ...values] = entry;
  if (values.length === 0 && (name.text === 'hostnames' || name.text === 'volatile')) {
    return;
  }
  if (values.length !== 1) {
    reportCount(entry, 2, 'invalid number of the map parameters', report);
    return;
  }
  const isDefault = name.text === 'default' && !name.isQuoted;
  if (name.text.startsWith('~')) {
    const isCaseless = name.text.startsWith('~*');
    const fault = nginxRegexFault(name.text.slice(isCaseless ? 2 : 1), isCaseless);
    if (fault !== undefined) report('nginx.invalid-value', name.place, fault.message, fault);
    return;
  }
  const key = name.text.replace(/^\\/, '').toLowerCase();
  const before = seen.get(key);
  if (before !== undefined) {
    report(
      'nginx.duplicate',
      name.place,
      isDefault ? 'duplicate default map parameter' : `conflicting parameter "${name.text}"`,
      { hint: `It is said in line ${before.line} already.` },
    );
  }
  seen.set(key, name);
}

const GEO_WORDS = new Set(['ranges', 'proxy_recursive', 'volatile']);

function checkGeoEntry(entry: Entry, report: NginxReport, seen: Map<string, Word>): void {
  const [name, ...values] = entry;
  if (values.length === 0 && GEO_WORDS.has(name.text)) {
    seen.set(name.text, name);
    return;
  }
  if (values.length !== 1) {
    reportCount(entry, 2, 'invalid number of the geo parameters', report);
    return;
  }
  const network = name.text === 'delete' || name.text === 'proxy' ? values[0] : name;
  if (network !== undefined && network.text !== 'default' && !isNetworkOrRange(network.text, seen.has('ranges'))) {
    report('nginx.invalid-value', network.place, `invalid network "${network.text}"`);
  }
}

function isNetworkOrRange(text: string, isRange: boolean): boolean {
  return isRange && text.includes('-') ? text.split('-').every(isIpv4) : isNetwork(text);
}

function checkShare([share]: Entry, report: NginxReport): void {
  if (
    share.text !== '*' &&
    !/^\d{1,2}(\.\d{1,2})?%$|^100%$/.test(share.text) &&
    !/^\d+(\.\d{1,2})?%$/.test(share.text)
  ) {
    report('nginx.invalid-value', share.place, `invalid percent value "${share.text}"`);
  }
}

function checkCharacter(entry: Entry, report: NginxReport): void {
  if (entry.length !== 2) {
    reportCount(entry, 2, 'invalid parameters number', report);
    return;
  }
  for (const word of entry) {
    if (!/^[\da-f]{1,8}$/i.test(word.text)) report('nginx.invalid-value', word.place, `invalid value "${word.text}"`);
  }
}

function reportCount(entry: Entry, count: number, message: string, report: NginxReport): void {
  const [name] = entry;
  const onNextLine = entry.find((word, index) => index > 0 && word.line > (entry[index - 1]?.endLine ?? 0));
  report('nginx.argument-count', (entry[count] ?? name).place, message, {
    hint: onNextLine === undefined ? undefined : `Is the ";" missing at the end of line ${onNextLine.line - 1}?`,
  });
}
