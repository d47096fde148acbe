/** nginx's sizes: digits and perhaps a unit, in either case. `G` is one where files are meant and none where memory is. */

const UNITS: Readonly<Record<string, bigint>> = { k: 1024n, m: 1024n ** 2n, g: 1024n ** 3n };
/** What nginx can hold: 63 bits. */
const MAX = 0x7fff_ffff_ffff_ffffn;

/** Of memory: bytes, `8k`, `1m`. Undefined for what nginx refuses. */
export function readSize(text: string): number | undefined {
  return read(/^(\d+)([km]?)$/i.exec(text));
}

/** Of files and bodies: `1g` as well. */
export function readOffset(text: string): number | undefined {
  return read(/^(\d+)([kmg]?)$/i.exec(text));
}

function read(match: RegExpExecArray | null): number | undefined {
  const [, digits, unit = ''] = match ?? [];
  // BigInt reads a megabyte of digits in a time that nobody wants to wait for.
  if (digits === undefined || digits.length > 4096) {
    return undefined;
  }
  const bytes = BigInt(digits) * (UNITS[unit.toLowerCase()] ?? 1n);
  // More than Number holds exactly is "no limit" in every use that there is.
  return bytes > MAX ? undefined : Number(bytes);
}
