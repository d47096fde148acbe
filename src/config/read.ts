/** Flags over environment over defaults, all faults at once. */

import { readArguments } from './arguments.ts';
import { repeatedAddresses } from './bind-address.ts';
import type { Diagnostic, Report } from './diagnostic.ts';
import { isFaulty } from './diagnostic.ts';
import { nearestWord } from './nearest.ts';
import { atFlag, atVariable } from './place.ts';
import type { ServeOptions, ServeRequest } from './serve-options.ts';
import type { Machine, Setting } from './setting.ts';
import { environmentName } from './setting.ts';
import { SETTINGS } from './settings.ts';

export interface Reading {
  /** Undefined when there are errors. */
  readonly request: ServeRequest | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export function readServeRequest(args: readonly string[], machine: Machine): Reading {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, place, message, severity = 'error') => {
    diagnostics.push({ severity, code, place, message });
  };
  const given = readArguments(args, report);
  warnOfUnknownVariables(machine, report);
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS)) {
    values[key] = readSetting(setting, given.flags.get(setting.flag), machine, report);
  }
  // Each row of SETTINGS parses to the type of its key, which the table's own type makes sure of.
  const options = values as unknown as ServeOptions;
  if (!isFaulty(diagnostics)) {
    checkTogether(options, report);
    checkApplication(given.app, report);
  }
  return { request: isFaulty(diagnostics) ? undefined : { app: given.app, options }, diagnostics };
}

function readSetting(
  setting: Setting<unknown>,
  texts: readonly string[] | undefined,
  machine: Machine,
  report: Report,
): unknown {
  const name = environmentName(setting.flag);
  const variable = machine.env[name];
  const place = texts ? atFlag(`--${setting.flag}`) : atVariable(name);
  const parsed = texts ? setting.parse(texts) : variable ? setting.parse(splitVariable(setting, variable)) : undefined;
  if (parsed === undefined) {
    const fallback = setting.fallback(machine);
    if (!fallback.ok) {
      report('settings.invalid', atFlag(`--${setting.flag}`), `${fallback.fault}.`);
      return undefined;
    }
    return fallback.value;
  }
  if (!parsed.ok) {
    report('settings.invalid', place, `${parsed.fault}.`);
    return undefined;
  }
  return parsed.value;
}

function splitVariable(setting: Setting<unknown>, text: string): string[] {
  return setting.separator ? text.split(setting.separator).filter((part) => part !== '') : [text];
}

function warnOfUnknownVariables({ env }: Machine, report: Report): void {
  const known = new Set(Object.values(SETTINGS).map((setting) => environmentName(setting.flag)));
  for (const name of Object.keys(env)) {
    if (name.startsWith('PORTICO_') && !known.has(name)) {
      const nearest = nearestWord(name, known);
      report(
        'settings.unknown-variable',
        atVariable(name),
        `this is no setting and has no effect.${nearest ? ` Did you mean ${nearest}?` : ''}`,
        'warning',
      );
    }
  }
}

/** `8000`, `:8000`, `0.0.0.0:8000`, `[::1]:8000`: runserver of Django takes an address there. Nothing in Python has a number as its name. */
const ADDRESS = /^(?:\S*:)?\d{1,5}$/;

function checkApplication(app: string, report: Report): void {
  if (ADDRESS.test(app)) {
    report(
      'settings.invalid',
      atFlag('APP'),
      `"${app}" looks like an address. Write --bind ${app}, or ./${app} for such a folder.`,
    );
  }
}

function checkTogether(options: ServeOptions, report: Report): void {
  if (options.maxRequestsJitter > 0 && options.maxRequests === 0) {
    report(
      'settings.conflict',
      atFlag('--max-requests-jitter'),
      'this does nothing without --max-requests.',
      'warning',
    );
  }
  if (options.workersMin > options.workers) {
    report(
      'settings.conflict',
      atFlag('--workers-min'),
      `${options.workersMin} is more than --workers (${options.workers}), which is the most.`,
    );
  }
  for (const address of repeatedAddresses([...options.binds, ...options.insecureBinds])) {
    report('settings.conflict', atFlag('--bind'), `${address} is given twice. Leave one out.`);
  }
  if (/^\d+$/.test(options.pidFile)) {
    report(
      'settings.invalid',
      atFlag('--pid-file'),
      `"${options.pidFile}" looks like a port. Write --bind for an address, or ./${options.pidFile} for such a file.`,
    );
  }
  const { reloadFolders, reloadIncludes, reloadExcludes } = options;
  if (!options.reloadOnChange && reloadFolders.length + reloadIncludes.length + reloadExcludes.length > 0) {
    const flag = reloadFolders.length > 0 ? 'dir' : reloadIncludes.length > 0 ? 'include' : 'exclude';
    report('settings.conflict', atFlag(`--reload-${flag}`), 'this does nothing without --reload.', 'warning');
  }
}
