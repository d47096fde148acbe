/** The environment variables that the application gets: ours, those of --env-file, those of --env, the later winning. */

import { delimiter, join } from 'node:path';
import type { Surroundings } from '../config/dotenv/expand-dotenv.ts';
import { expandDotenv } from '../config/dotenv/expand-dotenv.ts';
import { parseDotenv } from '../config/dotenv/parse-dotenv.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { readEnvFile } from './env-file.ts';
import type { Identity } from './privileges.ts';
import type { Interpreter } from './python/interpreter.ts';

export interface EnvironmentSources {
  readonly own: NodeJS.ProcessEnv;
  /** Absolute, or ''. */
  readonly file: string;
  readonly given: ReadonlyMap<string, string>;
  readonly interpreter: Interpreter;
  readonly identity: Identity | undefined;
}

export interface AppEnvironment {
  readonly env: NodeJS.ProcessEnv;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

export function buildAppEnvironment(sources: EnvironmentSources): Outcome<AppEnvironment> {
  const { file, given, interpreter } = sources;
  const outer = { ...sources.own, ...identityVariables(sources.identity) };
  const read =
    file === ''
      ? success(NO_FILE)
      : readVariables(file, { given: (name) => given.get(name), outside: (name) => outer[name] });
  if (!read.ok) {
    return read;
  }
  const env = { ...outer, ...Object.fromEntries(read.value.variables), ...Object.fromEntries(given) };
  const misleading = interpreter.venv === '' ? undefined : env[HOME_OF_PYTHON];
  return success({
    env: {
      ...env,
      ...venvVariables(interpreter, env['PATH']),
      ...(misleading === undefined ? {} : { [HOME_OF_PYTHON]: undefined }),
    },
    warnings: [
      ...read.value.warnings,
      ...warnOfLostBytes(env),
      ...(misleading === undefined
        ? []
        : [
            `${HOME_OF_PYTHON} is ${misleading}, with which the Python of ${interpreter.venv} would not find its library: it is left out, as "activate" does`,
          ]),
    ],
  });
}

const HOME_OF_PYTHON = 'PYTHONHOME';

/** What Node puts in the place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/**
 * Node decodes environment variables as UTF-8 and gives children the decoded text: a password in another encoding would silently become a different
 * one.
 */
function warnOfLostBytes(env: NodeJS.ProcessEnv): string[] {
  const names = Object.keys(env).filter((name) => `${name}${env[name]}`.includes(REPLACEMENT));
  return names.length === 0
    ? []
    : [`the environment is not UTF-8, and reaches the application with other bytes: ${names.join(', ')}`];
}

interface FileVariables {
  readonly variables: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

const NO_FILE: FileVariables = { variables: new Map(), warnings: [] };

/** Faults name the lines of the file and never quote them: values are secrets, and a path that was given by mistake may lead to any file. */
function readVariables(file: string, surroundings: Surroundings): Outcome<FileVariables> {
  const text = readEnvFile(file);
  if (!text.ok) {
    return failure(`--env-file: ${file} ${text.fault}`);
  }
  const { bindings, faultyLines } = parseDotenv(text.value);
  const { variables, faults } = expandDotenv(bindings, surroundings);
  const all = [...faultyLines.map((line) => `line ${line}: this is no NAME=VALUE whose quotes are closed`), ...faults];
  if (all.length > 0) {
    const more = all.length > FAULTS_SHOWN_MAX ? `; and ${all.length - FAULTS_SHOWN_MAX} more` : '';
    return failure(`--env-file: ${file}, ${all.slice(0, FAULTS_SHOWN_MAX).join('; ')}${more}`);
  }
  const bare = bindings.filter(({ value }) => value === undefined).map(({ line }) => line);
  const warnings =
    bare.length === 0
      ? []
      : [`--env-file: ${file} sets nothing ${renderLines(bare)}, which ${bare.length === 1 ? 'has' : 'have'} no "="`];
  return success({ variables, warnings });
}

/** A file of another kind that was named by mistake has thousands of faulty lines: a few of them say enough. */
const FAULTS_SHOWN_MAX = 5;

function renderLines(lines: readonly number[]): string {
  const shown = lines.slice(0, FAULTS_SHOWN_MAX).join(', ');
  return `in line${lines.length === 1 ? '' : 's'} ${shown}${lines.length > FAULTS_SHOWN_MAX ? ' …' : ''}`;
}

/** Sets what `activate` sets, so that programs which the application starts find those of the virtual environment first. */
function venvVariables({ venv }: Interpreter, path = ''): NodeJS.ProcessEnv {
  const bin = join(venv, 'bin');
  return venv === ''
    ? {}
    : { VIRTUAL_ENV: venv, PATH: path.split(delimiter)[0] === bin ? path : `${bin}${delimiter}${path}` };
}

/** By which programs know their user. */
export function identityVariables(identity: Identity | undefined): NodeJS.ProcessEnv {
  return identity === undefined || identity.userName === ''
    ? {}
    : { USER: identity.userName, LOGNAME: identity.userName, HOME: identity.home };
}
