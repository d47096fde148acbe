/**
 * The types of arguments, as signatures of rows name them, each with its reader. A reader is as strict as nginx's and says what nginx says;
 * a fault that begins with `directive ` gets the directive's name in front of it: `"gzip_comp_level" directive invalid number`.
 */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import { isNetwork } from './networks.ts';
import { nginxRegexFault } from './regex-fault.ts';
import { readOffset, readSize } from './sizes.ts';
import { readMilliseconds, readSeconds } from './times.ts';

/** What a value has become: a switch is true or false, times and sizes are numbers, everything else stays text. */
export type Value = string | number | boolean;

export type ReadValue = (text: string, directive: string) => Outcome<Value>;

const INVALID_VALUE = 'directive invalid value';
const INVALID_NUMBER = 'directive invalid number';

function number(min: number, max: number): ReadValue {
  return (text) => {
    // nginx reads what is longer as an error too: it does not fit into 64 bits.
    if (!/^\d{1,19}$/.test(text) || BigInt(text) > 0x7fff_ffff_ffff_ffffn) {
      return failure(INVALID_NUMBER);
    }
    const value = Number(text);
    if (value < min || value > max) {
      return failure(
        max === Number.POSITIVE_INFINITY
          ? `value must be equal to or greater than ${min}`
          : `value must be between ${min} and ${max}`,
      );
    }
    return success(value);
  };
}

function orInvalid(read: (text: string) => number | undefined, fault: string = INVALID_VALUE): ReadValue {
  return (text) => {
    const value = read(text);
    return value === undefined ? failure(fault) : success(value);
  };
}

function readFlag(text: string, directive: string): Outcome<Value> {
  const lower = text.toLowerCase();
  return lower === 'on' || lower === 'off'
    ? success(lower === 'on')
    : failure(`invalid value "${text}" in "${directive}" directive, it must be "on" or "off"`);
}

function readRegex(text: string): Outcome<Value> {
  const fault = nginxRegexFault(text, false);
  return fault === undefined ? success(text) : failure(fault.message);
}

function readTextOrRegex(text: string): Outcome<Value> {
  const isCaseless = text.startsWith('~*');
  return text.startsWith('~') ? readRegex(text.slice(isCaseless ? 2 : 1)) : success(text);
}

function readVariable(text: string): Outcome<Value> {
  return /^\$./.test(text) ? success(text.slice(1)) : failure(`invalid variable name "${text}"`);
}

/** Whom a rule of access is about. */
function isRuleAddress(text: string): boolean {
  return text === 'all' || text === 'unix:' || isNetwork(text);
}

function asIs(text: string): Outcome<Value> {
  return success(text);
}

/** Types that are a name of their own. What is not here is a list of words (`on|off`) or `number(min-max)`. */
const TYPES: ReadonlyMap<string, ReadValue> = new Map<string, ReadValue>([
  ['flag', readFlag],
  ['size', orInvalid(readSize)],
  ['offset', orInvalid(readOffset)],
  ['msec', orInvalid(readMilliseconds)],
  ['sec', orInvalid(readSeconds)],
  ['number', number(0, Number.POSITIVE_INFINITY)],
  // Of buffers there has to be one, and it has to hold something.
  ['count', (text) => (/^0*$/.test(text) || !/^\d{1,18}$/.test(text) ? failure(INVALID_VALUE) : success(Number(text)))],
  ['bytes', orInvalid((text) => readSize(text) || undefined)],
  // Text in which variables are replaced; their names are checked when all of the files have been read.
  ['text', asIs],
  // The same, unless a tilde makes a regex of it.
  ['text-or-regex', readTextOrRegex],
  ['plain', asIs],
  ['path', asIs],
  ['regex', readRegex],
  ['address', asIs],
  ['network', (text) => (isRuleAddress(text) ? success(text) : failure(`invalid parameter "${text}"`))],
  // `name=value`, or a word: what each directive makes of it is its own.
  ['parameter', asIs],
  // The words of an `if`, which condition.ts reads as a whole.
  ['condition', asIs],
  ['variable', readVariable],
  ['used-variable', readVariable],
]);

const cache = new Map<string, ReadValue | undefined>();

/** Undefined for a type that there is not, which a test of the tables looks for. */
export function valueType(name: string): ReadValue | undefined {
  if (!cache.has(name)) {
    cache.set(name, TYPES.get(name) ?? numberType(name) ?? wordsType(name));
  }
  return cache.get(name);
}

/** `number(1-9)`, `number(1-)`. */
function numberType(name: string): ReadValue | undefined {
  const [, min, max] = /^number\((\d+)-(\d*)\)$/.exec(name) ?? [];
  return min === undefined ? undefined : number(Number(min), max === '' ? Number.POSITIVE_INFINITY : Number(max));
}

/** nginx compares such words without regard to case. */
function wordsType(name: string): ReadValue | undefined {
  if (!name.includes('|')) {
    return undefined;
  }
  const words = new Map(name.split('|').map((word) => [word.toLowerCase(), word]));
  return (text) => {
    const word = words.get(text.toLowerCase());
    return word === undefined ? failure(`invalid value "${text}"`) : success(word);
  };
}

/** The words that a type allows, for whoever looks for the nearest one. */
export function wordsOf(type: string): readonly string[] {
  return type === 'flag' ? ['on', 'off'] : type.includes('|') ? type.split('|') : [];
}
