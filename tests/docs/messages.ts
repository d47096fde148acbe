/**
 * The messages that an operator may get to read, collected from the sources: every text of three words or more that is not known to be
 * something else. So a new message is found whatever way it takes to the log or the terminal.
 */

import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { literalsOf } from './literals.ts';

export interface Message {
  readonly text: string;
  /** File and line. */
  readonly at: string;
}

const PYTHON = '.venv/bin/python';
/** Puts a message of its own into the bundles. */
const BUNDLER = 'tools/build.ts';

/** Files whose texts are no messages, with what they are. */
const OTHER_FILES: readonly RegExp[] = [
  // Tests, and what they share.
  /\.test\.ts$|\/fake-|-story\.ts$/,
  // The words of other servers, which the page of reference has.
  /^src\/config\/(habits|gunicorn-habits)\.ts$/,
  // Help, and the pages of reference that are made of it.
  /^src\/cli\/(help\/|reference\/|nginx\/nginx-build\.ts$)/,
  // The lines of the summary that are no warnings, and what keys are called in the place of flags.
  /^src\/(cli\/announce\/(announce|words-of-file)|supervisor\/fleet\/reload-summary)\.ts$/,
  // What a server does, in words: nothing is wrong there.
  /^src\/cli\/explain\/(?!asked-line)/,
  // What a server is and does, in words: nothing is wrong there.
  /^src\/cli\/control\/render-\w+\.ts$/,
  // The words of gunicorn to its own command.
  /^src\/supervisor\/control-socket\/gunicorn-\w+\.ts$/,
  // How often something was told, behind what was told.
  /^src\/cli\/(files\/(told|fold)-diagnostics|nginx\/nginx-faults)\.ts$/,
  // What a file holds in the place of a certificate, and why OpenSSL refuses one: behind messages that have an entry.
  /^src\/supervisor\/(pem-text|openssl-words)\.ts$/,
  // What a developer's browser is shown beside the exception.
  /^src\/edge\/pages\/developer-pages\.ts$/,
  // The words of nginx about its files, which people know or look up there; and the table of directives, which the page of reference has.
  /^src\/config\/(dialects\/nginx\/|(upstream-address|proxy-url|datagram-faults)\.ts$)/,
  // The tables of uWSGI's options with their reasons, which the page of reference has.
  /^src\/config\/dialects\/uwsgi\/\w+-options\.ts$/,
  // What the stable codes of faults mean.
  /^src\/config\/diagnostic-codes\.ts$/,
  // Scripts for other programs, and what systemd shows as the state of the service.
  /^src\/supervisor\/(init|service-notifier)\.ts$/,
  // Groups of settings, and what tests of the tables of options say.
  /^src\/config\/(setting|dialects\/spoken)\.ts$/,
  // What is wrong in a file of the configuration. It is told with its line and a caret below the words, says itself what to write, and there are as many such
  // sentences as there are keys; their meaning has a page of reference.
  /^src\/(config\/toml|config\/uwsgi-app|config\/dialects\/nginx|kernel\/regex)\/|^src\/config\/dialects\/uwsgi\/parse-/,
  // What nginx prints when a test of its files is over, the page of stub_status, and names in the list of processes.
  /^src\/(cli\/commands\/nginx|edge\/handlers\/stub-status|supervisor\/(process-name|server-title|file-limit))\.ts$/,
  // The words of the C library for errors of the system, and the titles of nginx's pages: parts of what is told.
  /^src\/(kernel\/system-words|edge\/pipeline\/nginx-page)\.ts$/,
  // Which request an error of ours was in: a part of the message that "internal error" begins.
  /^src\/edge\/pipeline\/tell-fault\.ts$/,
  // Why a client's bytes were refused, or a peer inside of the server: half sentences, behind messages that have an entry.
  /^src\/protocol\/|^src\/edge\/transport\/websocket\//,
];

/** What stands in front of texts that are no messages. */
const OTHER_PLACES: readonly RegExp[] = [
  // What cannot be, unless there is a bug: its entry is that of "internal error".
  /\bthrow new (Error|RangeError|TypeError)\(\s*$|\bassert\([^;]*$/,
  // Names of symbols.
  /\bSymbol\(\s*$/,
  // Help, and the reasons of options, which the pages of reference have.
  /\b(doc|fallbackText|group):\s*$|\b(meaningless|unsupported)\(\s*$/,
  // What was being done, behind a message that has an entry: `while connecting to upstream`.
  /\baction = $/,
  // Why a worker has ended, in what is told of its place.
  /\bworker\.why = isLoop \? ('[^']*' : )?$|\bconst end = exited === undefined \? $/,
  // What is told at a level below warning.
  /\b(say|log|tell)\(\s*(turn,\s*)?'(info|debug|notice)',\s*$/,
];

/** Where an error that is thrown is told as it is: what the system refuses at the start. */
const TELLS_ERRORS = /^src\/supervisor\//;
const IS_THROWN = /\bthrow new Error\(\s*$/;

/** Formats of logs, headings of Python's tracebacks; fields of responses, snippets of Python and HTML; bugs in Python; and parts of the state that systemd shows. */
const OTHER_TEXTS =
  /\r\n|^(import|<|\[pid: |public, max-age|multipart|text\/|line too long|the edge is gone|%v:%p |%\(asctime\)s |Traceback | {2}\+ Exception Group |spawn before start|a search ended without|read _;|portico log of|Portico: the log of|serve pytest-django|; the last reload has failed|serving … with)/;

export function collectMessages(): Message[] {
  return [...typeScriptTexts(isMessage), ...pythonTexts(), ...shellTexts()].filter(
    ({ text }) => isSentence(text) && !OTHER_TEXTS.test(text),
  );
}

/** All texts of the sources, whatever they are. */
export function collectTexts(): Message[] {
  return [...typeScriptTexts(() => true, ['src/**/*.ts', BUNDLER]), ...pythonTexts(), ...shellTexts()];
}

function typeScriptTexts(
  isWanted: (path: string, before: string) => boolean,
  files: string | string[] = 'src/**/*.ts',
): Message[] {
  return globSync(files)
    .sort()
    .flatMap((path) =>
      literalsOf(readFileSync(path, 'utf8'))
        .filter(({ before }) => isWanted(path, before))
        .map(({ text, line }) => ({ text, at: `${path}:${line}` })),
    );
}

function isMessage(path: string, before: string): boolean {
  if (OTHER_FILES.some((pattern) => pattern.test(path))) return false;
  if (TELLS_ERRORS.test(path) && IS_THROWN.test(before)) return true;
  return !OTHER_PLACES.some((pattern) => pattern.test(before));
}

/** What to take in the place of functions of uWSGI that are not offered: behind a message that has an entry. */
const OTHER_PYTHON = 'python/portico_worker/uwsgi/named.py';

function pythonTexts(): Message[] {
  const all = globSync('python/{portico,portico_worker}/**/*.py').sort();
  const files = ['python/hand_over.py', ...all.filter((path) => path !== OTHER_PYTHON)];
  const output = execFileSync(PYTHON, ['tests/docs/python_texts.py', ...files], { encoding: 'utf8' });
  const texts = JSON.parse(output) as readonly { path: string; line: number; text: string }[];
  return texts.map(({ path, line, text }) => ({ text, at: `${path}:${line}` }));
}

/** What the launcher says before there is anything else that could; the last kind in the Python that it has in quotes. */
const SHELL_MESSAGE = /(?:\becho|_fail) "([^"]+)"|\+ "([^"]+)"\)/g;

function shellTexts(): Message[] {
  return globSync('bin/*').flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(SHELL_MESSAGE)].map(([, text = '', other = '']) => ({
      text: (text + other).replaceAll(/\$\w+/g, '…'),
      at: path,
    })),
  );
}

/** Shorter texts are names, or parts of a sentence that stands in one piece elsewhere. */
function isSentence(text: string): boolean {
  return text.trim().includes(' ') && (text.match(/[A-Za-z][a-z']+/g) ?? []).length >= 3;
}
