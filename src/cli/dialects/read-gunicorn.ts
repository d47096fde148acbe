/** What a command line of gunicorn, its variables and its configuration file come to. Read again at each reload. */

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic, Report } from '../../config/diagnostic.ts';
import { GUNICORN } from '../../config/dialects/gunicorn.ts';
import type { EvaluatedFile, SaidFile } from '../../config/dialects/gunicorn-file.ts';
import { optionsOfFile, readEvaluatedFile, resolveSettings } from '../../config/dialects/gunicorn-file.ts';
import type { JsonValue } from '../../config/dialects/gunicorn-settings.ts';
import { GUNICORN_SETTINGS } from '../../config/dialects/gunicorn-settings.ts';
import type { GivenOptions } from '../../config/dialects/option.ts';
import { readOptionArguments } from '../../config/dialects/option-arguments.ts';
import type { DialectReading, DialectSurroundings } from '../../config/dialects/read-dialect.ts';
import { readDialect } from '../../config/dialects/read-dialect.ts';
import { splitWords } from '../../config/dialects/split-words.ts';
import type { ServeRequest } from '../../config/serve-options.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { ConfigFault } from '../../supervisor/evaluate-config.ts';
import type { Installation } from '../../supervisor/installation.ts';
import { resolveIdentity } from '../../supervisor/privileges.ts';
import { isRootsAlone } from '../../supervisor/trusted-path.ts';

/** gunicorn reads it without being told. */
const USUAL_FILE = './gunicorn.conf.py';
const NAMES = GUNICORN_SETTINGS.map(({ name }) => name);
const NOTHING_SAID: SaidFile = { said: new Map(), values: new Map(), hooks: [] };

export interface GunicornSource extends DialectSurroundings {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly installation: Installation;
}

export interface GunicornReading extends DialectReading {
  readonly settings: Readonly<Record<string, JsonValue>>;
}

/** The failure: the file cannot be evaluated. */
export async function readGunicorn(source: GunicornSource): Promise<Outcome<GunicornReading, ConfigFault>> {
  const config = configOf(source);
  const evaluated = config === '' ? undefined : await evaluate(config, source);
  if (evaluated !== undefined && !evaluated.ok) {
    return evaluated;
  }
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, place, message, severity = 'error') => {
    diagnostics.push({ severity, code, place, message });
  };
  const file = evaluated === undefined ? NOTHING_SAID : readEvaluatedFile(evaluated.value, pathOf(config), report);
  const reading = readDialect(GUNICORN, source.args, { ...source, said: optionsOfFile(file, GUNICORN.options) });
  const settings = resolveSettings(reading.given, file, {
    ...usualSettings(source),
    default_proc_name:
      readOptionArguments(GUNICORN, source.args, () => undefined).app ?? file.values.get('wsgi_app') ?? 'gunicorn',
  });
  const isFaulty = diagnostics.some(({ severity }) => severity === 'error');
  return success({
    ...reading,
    request:
      reading.request === undefined || isFaulty ? undefined : withGunicorn(reading.request, config, file, settings),
    diagnostics: [...diagnostics, ...reading.diagnostics],
    settings,
  });
}

function withGunicorn(
  request: ServeRequest,
  config: string,
  { hooks }: SaidFile,
  settings: Readonly<Record<string, JsonValue>>,
): ServeRequest {
  return { ...request, gunicorn: { config, hooks, settings } };
}

/** `file:/PATH` or `python:MODULE`; '' for none. The command line wins over GUNICORN_CMD_ARGS. */
function configOf({ args, env, cwd }: GunicornSource): string {
  const more = splitWords(env['GUNICORN_CMD_ARGS'] ?? '');
  const said = saidConfig(args) ?? saidConfig(more.ok ? more.value : []);
  if (said === undefined) {
    const usual = resolve(cwd, USUAL_FILE);
    return existsSync(usual) ? `file:${usual}` : '';
  }
  return said.startsWith('python:') || said === '' ? said : `file:${resolve(cwd, said.replace(/^file:/, ''))}`;
}

function saidConfig(args: readonly string[]): string | undefined {
  return textOf(readOptionArguments(GUNICORN, args, () => undefined).options, '--config');
}

function textOf(given: GivenOptions, name: string): string | undefined {
  return [...given].find(([{ names }]) => names.includes(name))?.[1].texts.at(-1);
}

function pathOf(config: string): string {
  return config.replace(/^file:/, '');
}

async function evaluate(config: string, source: GunicornSource): Promise<Outcome<EvaluatedFile, ConfigFault>> {
  const { cwd, env, installation, args } = source;
  const path = config.startsWith('file:') ? pathOf(config) : '';
  if (path !== '' && !existsSync(path)) {
    return failure({ error: `there is no file ${path}`, traceback: '' });
  }
  const account = accountOf(args, path);
  if (!account.ok) {
    return failure({ error: account.fault, traceback: '' });
  }
  const identity = resolveIdentity(account.value.user, account.value.group);
  if (!identity.ok) {
    return failure({ error: identity.fault, traceback: '' });
  }
  const { evaluateConfig } = await import('../../supervisor/evaluate-config.ts');
  const answer = await evaluateConfig({
    ...{ config, names: NAMES, cwd, env, installation, identity: identity.value },
    python: env['PORTICO_PYTHON'] ?? '',
  });
  return answer.ok ? evaluatedFile(answer.value) : answer;
}

/** By the program of ours that has said it, in a process that the file could change: so it is looked at. */
function evaluatedFile(said: Record<string, unknown>): Outcome<EvaluatedFile, ConfigFault> {
  const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
  const isTexts = (value: unknown): boolean =>
    Array.isArray(value) && value.every((one: unknown) => typeof one === 'string');
  const { values, calls, odd, lines, others, file } = said;
  const isRight = [values, odd, lines].every(isRecord) && [calls, others].every(isTexts) && typeof file === 'string';
  // Of the form that was just looked at.
  return isRight
    ? success(said as unknown as EvaluatedFile)
    : failure({ error: 'what its Python has said of it is not understood', traceback: '' });
}

/** Whose rights the file is evaluated with: of the user that the server will have, as far as that can be known before. */
function accountOf(args: readonly string[], path: string): Outcome<{ readonly user: string; readonly group: string }> {
  const { options } = readOptionArguments(GUNICORN, args, () => undefined);
  const isRoot = process.geteuid?.() === 0;
  const text = path === '' || !isRoot ? '' : readFileSync(path, 'utf8');
  const said = (name: string) => textOf(options, `--${name}`) ?? literalOf(text, name);
  const [user, group] = [said('user'), said('group')];
  if (isRoot && user === undefined && /^[ \t]*user[ \t]*=/m.test(text) && !isRootsAlone(path)) {
    return failure(
      `${path}: its "user" is computed, and others than root can change the file, which root would run. Write the name there, or say it by -u`,
    );
  }
  return success({ user: user ?? '', group: group ?? '' });
}

/** `user = 'www-data'` in the outermost block of a file; None is nobody else. */
function literalOf(text: string, name: string): string | undefined {
  const all = [
    ...text.matchAll(new RegExp(`^${name}[ \\t]*=[ \\t]*(?:(['"])([\\w.-]+)\\1|(\\d+)|None)[ \\t]*(?:#.*)?$`, 'gm')),
  ];
  const last = all.at(-1);
  return last === undefined ? undefined : (last[2] ?? last[3] ?? '');
}

/** Defaults that come from whoever starts the server. */
function usualSettings({ env, cwd }: GunicornSource): Readonly<Record<string, JsonValue>> {
  const { PORT: port, WEB_CONCURRENCY: workers, FORWARDED_ALLOW_IPS: peers } = env;
  return {
    ...{ chdir: cwd, user: process.geteuid?.() ?? null, group: process.getegid?.() ?? null },
    ...(port ? { bind: [`0.0.0.0:${port}`] } : {}),
    ...(workers ? { workers: Number(workers) } : {}),
    ...(peers ? { forwarded_allow_ips: peers.split(',') } : {}),
  };
}
