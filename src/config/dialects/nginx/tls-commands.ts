/**
 * Settings of OpenSSL by its own names (SSL_CONF_cmd(3)): `ssl_conf_command`, and the same of what requests are passed on by. Node gives no way to most of them; those that it has another
 * way for are read, and all others are told of.
 */

import type { TlsVersion } from '../../model/site-tls.ts';
import type { GivenArguments } from './given-arguments.ts';
import type { NginxReport } from './report.ts';

export interface TlsCommand {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

/** By their names; the last word about each counts. */
export type TlsCommands = ReadonlyMap<string, string>;

const TEXTS: ReadonlySet<string> = new Set([
  ...['ciphersuites', 'cipherstring', 'groups', 'curves', 'signaturealgorithms', 'certificate', 'privatekey'],
]);
const VERSIONS: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];
const VERSION = /^(?:None|SSLv3|TLSv1(?:\.[123])?)$/;
const KNOWN = 'Certificate, PrivateKey, Ciphersuites, CipherString, Groups, Curves, SignatureAlgorithms, Protocol';

/** Words of the command Options that hold in any case. */
const AS_IT_IS: ReadonlySet<string> = new Set([
  ...['-unsafelegacyrenegotiation', '-unsafelegacyserverconnect', 'norenegotiation', '-compression', '-ktls'],
  ...['-allownodhekex', 'encryptthenmac', 'extendedmastersecret', 'middleboxcompat', 'antireplay'],
]);
/** Those that sites have. */
const OF_SITES: ReadonlySet<string> = new Set(['serverpreference', 'sessionticket', 'prioritizechacha']);

/** `side`: of whom. Undefined: it has no effect, which has been reported. */
export function readTlsCommand(
  args: GivenArguments,
  report: NginxReport,
  side: 'server' | 'client',
): TlsCommand | undefined {
  const [written = '', value = ''] = args.texts();
  const name = written.toLowerCase();
  if (/^m(?:in|ax)protocol$/.test(name) && !VERSION.test(value)) {
    report('nginx.invalid-value', args.place(1), `"${value}" is no version of TLS`, {
      hint: 'Write TLSv1.2 or TLSv1.3.',
    });
    return undefined;
  }
  if (isVersionName(name) && protocolsOf([], new Map([[name, value]])) === undefined) {
    report('nginx.refused', args.place(1), `"${value}" leaves no version of TLS that is spoken`, {
      hint: 'Older versions can be broken (RFC 8996). Name TLSv1.2 or TLSv1.3.',
    });
    return undefined;
  }
  const idle = name === 'options' ? optionWords(value).filter((word) => !hasMeaning(word, side)) : [];
  if (idle.length > 0 || !(TEXTS.has(name) || isVersionName(name) || name === 'options')) {
    const what = idle.length > 0 ? `${written} ${idle.join(',')}` : `${written} ${value}`;
    const options = side === 'server' ? ', and of Options ServerPreference, SessionTicket and PrioritizeChaCha' : '';
    report('nginx.later', args.place(0), `"${what}" has no effect`, {
      hint: `Of these settings ${KNOWN}, MinProtocol and MaxProtocol have one${options}.`,
      severity: 'warning',
    });
  }
  return { name, value };
}

function isVersionName(name: string): boolean {
  return name === 'protocol' || name === 'minprotocol' || name === 'maxprotocol';
}

function hasMeaning(word: string, side: 'server' | 'client'): boolean {
  return AS_IT_IS.has(word) || (side === 'server' && OF_SITES.has(word.replace('-', '')));
}

function optionWords(value: string): string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((word) => word.trim().replace(/^\+/, ''));
}

export function tlsCommands(said: readonly TlsCommand[] = []): TlsCommands {
  return new Map(said.map(({ name, value }) => [name, value]));
}

export function commandText(commands: TlsCommands, ...names: readonly string[]): string | undefined {
  return names.map((name) => commands.get(name)).find((value) => value !== undefined);
}

/** One with a minus in front turns it off. */
export function tlsOptions(said: readonly TlsCommand[] = []): ReadonlyMap<string, boolean> {
  const words = said.filter(({ name }) => name === 'options').flatMap(({ value }) => optionWords(value));
  return new Map(words.map((word) => [word.replace('-', ''), !word.startsWith('-')]));
}

/** Of `said` (empty: all), those that the commands leave: the lowest and the highest, or a list, `ALL,-TLSv1.2`. Empty: all. Undefined: none is left. */
export function protocolsOf(said: readonly string[], commands: TlsCommands): readonly TlsVersion[] | undefined {
  const names: readonly (string | undefined)[] = VERSIONS;
  const lowest = names.indexOf(commandText(commands, 'minprotocol'));
  const highest = commandText(commands, 'maxprotocol') ?? '';
  const list = commandText(commands, 'protocol')?.split(/\s*,\s*/);
  const spoken = VERSIONS.filter(
    (version, index) =>
      index >= lowest &&
      (/^(?:none)?$/i.test(highest) || index <= names.indexOf(highest)) &&
      (said.length === 0 || said.includes(version)) &&
      (list === undefined || isSpoken(version, list)),
  );
  return spoken.length === 0 ? undefined : spoken.length === VERSIONS.length ? [] : spoken;
}

function isSpoken(version: TlsVersion, list: readonly string[]): boolean {
  const last = list.findLast((word) => word.replace(/^[+-]/, '') === version || /^[+-]?all$/i.test(word));
  return last !== undefined && !last.startsWith('-');
}
