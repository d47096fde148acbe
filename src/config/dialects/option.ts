/**
 * The command line of another server, as a table: a row for each of its options, each of them mapped to what we have, said to have no
 * meaning here, or refused with the way out. There is no fourth kind: nothing that was asked for is dropped in silence.
 */

import type { Outcome } from '../../kernel/outcome.ts';
import { success } from '../../kernel/outcome.ts';
import type { BindAddress } from '../bind-address.ts';
import type { Report } from '../diagnostic.ts';
import type { Scaling } from '../model/app.ts';
import type { Manner, ProcessSettings } from '../model/server-model.ts';
import type { UwsgiApp } from '../model/uwsgi-app.ts';
import type { Place } from '../place.ts';
import type { ClientCertificates, FinishModel, ServeOptions } from '../serve-options.ts';
import type { Machine } from '../setting.ts';
import { each } from '../setting.ts';
import { SETTINGS } from '../settings.ts';
import type { SaidOption } from './uwsgi/said-option.ts';
import type { UwsgiWords } from './uwsgi/uwsgi-words.ts';

/** What options say: settings, and words that become some only together with others. */
export interface Draft extends Partial<ServeOptions>, UwsgiWords {
  /** Of the one TCP address that is given in two options. */
  readonly host?: string;
  readonly port?: number;
  /** Addresses besides that one. */
  readonly addresses?: readonly BindAddress[];
  /** Those that speak TLS, where each says so for itself. */
  readonly tlsAddresses?: readonly BindAddress[];
  /** What hypercorn says twice: in newer words than `certReqs`. */
  readonly verifyMode?: ClientCertificates;
  /** Where APP is found besides the current folder. */
  readonly appFolder?: string;
  /** Of gunicorn: the user's own Python code writes the log, or it goes to syslog, and the access log perhaps not. */
  readonly logsInPython?: boolean;
  readonly logsToSyslog?: boolean;
  readonly keepsAccessLog?: boolean;
  /** Descriptors of sockets that listen already. */
  readonly givenSockets?: readonly number[];
  /** A trusted proxy says by a field SCRIPT_NAME where the application is mounted. */
  readonly takesScriptName?: boolean;
  readonly uwsgiAllowIps?: readonly string[];
  /** FILE#NAME of PasteDeploy. */
  readonly paste?: string;
  /** APP, where the command line does not name it. */
  readonly target?: string;
  /** APP is called to make the application. */
  readonly isFactory?: boolean;
  /** The fields in which a proxy says who the client is are read. */
  readonly readsProxyFields?: boolean;
  /** The server leaves the terminal. */
  readonly isDaemon?: boolean;
  /** What is to be told about the value, a sentence without its end each. */
  readonly notes?: readonly string[];
}

export type Treatment =
  /** `read` gets all texts given in one place, at least one, in their order. A switch is 'true' or 'false'. */
  | { readonly kind: 'setting'; readonly read: (texts: readonly string[]) => Outcome<Draft> }
  /** Accepted, and told once, with the reason: a sentence without its end. */
  | { readonly kind: 'meaningless'; readonly reason: string }
  /** Refused; `wayOut` is a sentence without its end. */
  | { readonly kind: 'unsupported'; readonly wayOut: string };

export interface Option {
  /** As they are written: `-b`, `--bind`; the last one is shown. Empty for what only a configuration file can say. */
  readonly names: readonly string[];
  /** What switches it off: `--no-access-log`. */
  readonly negation?: string;
  /** How the value is called in help; undefined for a switch, which takes none. */
  readonly value?: string;
  /** Each value counts, not only the last one. */
  readonly isRepeatable?: boolean;
  readonly variable?: string;
  /** What its name alone stands for. */
  readonly impliedValue?: string;
  /** Its key in the configuration file. */
  readonly key?: string;
  /** One phrase for help. */
  readonly doc: string;
  /** The default here, in words; undefined where there is nothing to say. */
  readonly fallbackText?: string;
  readonly treatment: Treatment;
}

/** Texts of one option, all from one place. */
export interface GivenOption {
  readonly texts: readonly string[];
  readonly place: Place;
}

export type GivenOptions = ReadonlyMap<Option, GivenOption>;

/** What a command line names besides itself. */
export interface WordSurroundings {
  readonly env: Machine['env'];
  /** Reads a file of the operator's; the fault is a sentence without its end. */
  readonly readText: (path: string) => Outcome<string>;
  readonly report: Report;
}

export interface GivenWords {
  readonly app: string | undefined;
  /** Of uWSGI: all options in their order. */
  readonly said?: readonly SaidOption[];
  readonly options: GivenOptions;
}

export interface Dialect {
  /** The program, and our command. */
  readonly name: string;
  /** The version whose options the table has. */
  readonly version: string;
  /** Whose habits of reading and of telling faults are kept: Python's click or argparse. */
  readonly manner: 'click' | 'argparse';
  /** Whose ways the server has; absent: those of `portico serve`. */
  readonly serverManner?: Manner;
  /** The application in the usage line. */
  readonly application: string;
  readonly applicationVariable?: string;
  /** A variable with a part of a command line; the command line itself wins over it. */
  readonly argumentsVariable?: string;
  readonly options: readonly Option[];
  readonly file?: DialectFile;
  /** Reads the command line in a way of its own. */
  readWords?(args: readonly string[], surroundings: WordSurroundings): GivenWords;
  /** Defaults that are not those of `portico serve`. */
  defaults(machine: Machine): Outcome<Partial<ServeOptions>, VariableFault>;
  /** Puts together what took several options. */
  complete(asked: Asked, report: Report): Completed;
}

export interface VariableFault {
  /** The variable. */
  readonly at: string;
  readonly message: string;
}

/** A configuration file. */
export interface DialectFile {
  /** The option that names it. */
  readonly option: string;
  /** The texts of each key. */
  read(text: string): Outcome<ReadonlyMap<string, readonly string[]>, FileFault>;
}

export interface FileFault {
  readonly line: number;
  readonly column: number;
  /** A sentence without its end. */
  readonly message: string;
}

/** All that was said, by whatever means. */
export interface Asked {
  readonly draft: Draft;
  readonly app: string;
  readonly machine: Machine;
  /** As in `GivenWords`. */
  readonly said?: readonly SaidOption[];
}

export interface Completed {
  readonly app: string;
  readonly options: Partial<ServeOptions>;
  readonly uwsgi?: UwsgiApp;
  /** What settings cannot say is put into the model. */
  readonly finish?: FinishModel;
  /** What it says of the process, beyond the options. */
  readonly process?: Partial<ProcessSettings>;
  /** … and of how the number of workers follows the load. */
  readonly scaling?: Partial<Scaling>;
}

export function setting<T>(parse: (text: string) => Outcome<T>, draft: (value: T) => Draft): Treatment {
  return {
    kind: 'setting',
    read: (texts) => {
      const parsed = parse(texts.at(-1) ?? '');
      return parsed.ok ? success(draft(parsed.value)) : parsed;
    },
  };
}

/** Of each of the texts, not only of the last. */
export function settingOfEach<T>(
  parse: (text: string) => Outcome<T>,
  draft: (values: readonly T[]) => Draft,
): Treatment {
  return {
    kind: 'setting',
    read: (texts) => {
      const parsed = each(parse)(texts);
      return parsed.ok ? success(draft(parsed.value)) : parsed;
    },
  };
}

export function meaningless(reason: string): Treatment {
  return { kind: 'meaningless', reason };
}

export function unsupported(wayOut: string): Treatment {
  return { kind: 'unsupported', wayOut };
}

/** The name by which an option is spoken of. */
export function nameOf(option: Option): string {
  return option.names.at(-1) ?? option.key ?? '';
}

/** Without the words that are of no use alone. */
export function optionsGiven(draft: Draft): Partial<ServeOptions> {
  return Object.fromEntries(Object.entries(draft).filter(([key]) => Object.hasOwn(SETTINGS, key)));
}

/** uvicorn and hypercorn write their access log at the level of "info", so that a higher one silences it. */
export function isQuiet({ logLevel }: Draft): boolean {
  return logLevel === 'warning' || logLevel === 'error';
}
