/** How servers of streams show that they are well, as portico.toml has it: they can be connected to, and answer what they are told. */

import { omit } from '../../../kernel/omit.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { HealthCheck, HealthExpectation } from '../../model/upstream.ts';
import type { Kind } from '../kind.ts';
import { describe } from '../kind.ts';
import { DURATION, FLAG, integer, REGEX, scalar } from '../scalars.ts';
import { field, table } from '../table.ts';
import { withDollars } from '../template-text.ts';
import { USUAL_HEALTH_CHECK } from './health-fields.ts';

/** In the model, a character for each byte. In the file a text, in which `\xHH` is one byte. */
const BYTES: Kind<string> = scalar<string>({
  words: 'a text, in which `\\xHH` is a byte',
  schema: { type: 'string' },
  parse: (value) =>
    typeof value === 'string'
      ? success(
          Buffer.from(withDollars(value), 'utf8')
            .latin1Slice()
            .replaceAll(/\\x([\da-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
        )
      : failure(`${describe(value)} is not a text`),
  render: (bytes) => bytes.replaceAll(/[^\t\r\n -~]|\\(?=x[\da-fA-F]{2})/g, escapeByte),
});

function escapeByte(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

interface WrittenExpectation {
  readonly begins: string | undefined;
  readonly regex: string | undefined;
}

const EXPECTATION: Kind<WrittenExpectation> = table<WrittenExpectation>(
  {
    begins: field<string | undefined>('begins', BYTES, undefined, 'With what the answer begins.'),
    regex: field<string | undefined>(
      'regex',
      REGEX,
      undefined,
      'In its place: a regex for the beginning of the answer.',
    ),
  },
  {
    short: { name: 'begins', isShort: (value) => typeof value === 'string' },
    check: ({ begins, regex }, path, reading) => {
      if ((begins === undefined) === (regex === undefined)) {
        reading.report(path, 'either "begins" or "regex" has to be said');
      }
    },
  },
);

interface WrittenCheck extends Omit<HealthCheck, 'uri' | 'policy' | 'host' | 'match' | 'dialogue'> {
  readonly says: string;
  readonly expects: WrittenExpectation | undefined;
}

const CHECK: Kind<WrittenCheck> = table<WrittenCheck>({
  intervalMs: field<number>('interval', DURATION, USUAL_HEALTH_CHECK.intervalMs, 'How often.'),
  jitterMs: field<number>('jitter', DURATION, 0, 'A time up to this is added to it by chance.'),
  timeoutMs: field<number>(
    'timeout',
    DURATION,
    USUAL_HEALTH_CHECK.timeoutMs,
    'How long connecting and an answer may take.',
  ),
  fails: field<number>('fails', integer(1), 1, 'After so many failures in a row nobody is sent there.'),
  passes: field<number>('passes', integer(1), 1, 'After so many successes in a row it is well again.'),
  port: field<number>('port', integer(0, 65_535), 0, "Another port than the server's."),
  isMandatory: field<boolean>('mandatory', FLAG, false, 'Nobody is sent to a server before it has passed.'),
  says: field<string>('send', BYTES, '', 'What the server is told; empty: nothing.'),
  expects: field<WrittenExpectation | undefined>(
    'expect',
    EXPECTATION,
    undefined,
    'What it has to answer; without it, connecting is enough.',
  ),
});

export const STREAM_HEALTH_CHECK: Kind<HealthCheck> = {
  words: CHECK.words,
  schema: CHECK.schema,
  parts: CHECK.parts ?? [],
  read: (value, path, reading) => {
    const read = CHECK.read(value, path, reading, undefined);
    if (typeof read === 'symbol') {
      return read;
    }
    const { says, expects, ...rest } = read;
    const isTold = says !== '' || expects !== undefined;
    const dialogue = { says, ...(expects === undefined ? {} : { expects: expectationOf(expects) }) };
    return { ...USUAL_HEALTH_CHECK, ...rest, uri: undefined, ...(isTold ? { dialogue } : {}) };
  },
  write: ({ dialogue, ...check }) => {
    const { says = '', expects } = dialogue ?? {};
    const written = expects && {
      begins: undefined,
      regex: undefined,
      [expects.isRegex ? 'regex' : 'begins']: expects.text,
    };
    return CHECK.write({ ...omit(check, 'uri', 'host', 'match', 'policy'), says, expects: written }, undefined);
  },
};

function expectationOf({ begins, regex }: WrittenExpectation): HealthExpectation {
  return regex === undefined ? { text: begins ?? '', isRegex: false } : { text: regex, isRegex: true };
}
