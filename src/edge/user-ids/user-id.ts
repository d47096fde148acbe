/**
 * The identification of a client by a cookie, as ngx_http_userid_filter_module has it (mod_uid's format before it): sixteen bytes, in the cookie in base64, in the log
 * as four numbers in hexadecimal, each of them read from the lowest byte on.
 */

import { newAddress, parseAddress } from '../../kernel/addresses/parse-address.ts';
import { cookieDate, FAR_COOKIE_DATE } from '../../protocol/http/cookie-date.ts';

const UID_BYTES = 16;
/** The sixteen bytes without their padding: in the place of the first `=` a mark may stand. */
const DIGITS = 22;
/** Where the number of an identification is in it; none is 0. */
const NUMBER_AT = 12;
const BASE64 = /^[A-Za-z0-9+/]{22}/;

/** What a cookie says; undefined if it is too short or no base64, or has no number. */
export function readUserId(cookie: string): Buffer | undefined {
  const id = BASE64.test(cookie) ? Buffer.from(cookie.slice(0, DIGITS), 'base64') : undefined;
  return id?.readUInt32LE(NUMBER_AT) === 0 ? undefined : id;
}

/** `mark`: '' for none. */
export function writeUserId(id: Buffer, mark: string): string {
  return `${id.toString('base64').slice(0, DIGITS)}${mark === '' ? '=' : mark}=`;
}

/** Whether a cookie has the mark, or there is none to have. */
export function hasMark(cookie: string, mark: string): boolean {
  return mark === '' || cookie.startsWith(`${mark}=`, DIGITS);
}

/** $uid_got and $uid_set: `uid=07000000BCA30D6B1E7C695F02030303`. */
export function renderUserId(name: string, id: Buffer): string {
  const numbers = [0, 4, 8, 12].map((at) => id.readUInt32LE(at).toString(16).toUpperCase().padStart(8, '0'));
  return `${name}=${numbers.join('')}`;
}

/** Nobody numbers so few clients in the second version, so that its identifications never look like those of the first. */
const FIRST_V2 = 0x03030302;
const STEP = 0x100;
const UINT32 = 0x1_0000_0000;

/** Makes identifications. One for each thread, each with a start of its own: what tells threads and processes apart. */
export class UserIdSource {
  readonly #start: number;
  #v1 = 1;
  #v2: number = FIRST_V2;

  constructor(start: number) {
    this.#start = start >>> 0;
  }

  /** `service`: of `userid_service`, or of the address that the client has come to (`serviceOf`). */
  next(version: 'v1' | 'v2', service: number, nowMs: number): Buffer {
    const id = Buffer.alloc(UID_BYTES);
    const seconds = Math.floor(nowMs / 1000) >>> 0;
    if (version === 'v1') {
      [service >>> 0, seconds, this.#start, this.#v1].forEach((value, index) => {
        id.writeUInt32LE(value, 4 * index);
      });
      this.#v1 = (this.#v1 + STEP) % UINT32;
      return id;
    }
    [service >>> 0, seconds, this.#start, this.#v2].forEach((value, index) => {
      id.writeUInt32BE(value, 4 * index);
    });
    this.#v2 = numberAfter(this.#v2);
    return id;
  }
}

/** The number of the next identification of the second version: at the end they begin again. */
export function numberAfter(number: number): number {
  const next = number + STEP;
  return next < UINT32 ? next : FIRST_V2;
}

/** The service that a client is said to use where none is configured: the last 32 bits of the address that it has come to, 0 for a Unix socket. */
export function serviceOf(localAddress: string): number {
  const address = newAddress();
  const isAddress = parseAddress(localAddress, address);
  return isAddress ? (address.words[address.family === 4 ? 0 : 3] ?? 0) : 0;
}

export interface UserIdCookie {
  readonly name: string;
  /** '' for none. */
  readonly domain: string;
  readonly path: string;
  /** Seconds from now; undefined: it ends with the browser. */
  readonly expires: number | 'max' | undefined;
  /** `secure`, `httponly`, `samesite=lax`. */
  readonly flags: readonly string[];
}

/** The value of Set-Cookie. */
export function renderUserIdCookie(cookie: UserIdCookie, value: string, nowMs: number): string {
  const { name, domain, path, expires, flags } = cookie;
  return [
    `${name}=${value}`,
    ...(expires === undefined
      ? []
      : [`expires=${expires === 'max' ? FAR_COOKIE_DATE : cookieDate(nowMs + expires * 1000)}`]),
    ...(domain === '' ? [] : [`domain=${domain}`]),
    ...(path === '' ? [] : [`path=${path}`]),
    ...flags,
  ].join('; ');
}
