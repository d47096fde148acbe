/**
 * A request of SCGI: a netstring of names and values, each ended by a zero byte, then the body as it is. CONTENT_LENGTH has to be the first, and is the only statement of how
 * long the body is, so one that comes among the parameters is left away.
 */

export interface ScgiParameter {
  /** Latin-1, as the value. */
  readonly name: string;
  readonly value: string;
}

const LENGTH = 'CONTENT_LENGTH';

/** Text instead: the parameter with a zero byte, which would begin another one. */
export function renderScgiRequest(parameters: readonly ScgiParameter[], bodyLength: number): Buffer | string {
  let text = `${LENGTH}\0${bodyLength}\0`;
  for (const { name, value } of parameters) {
    if (name.includes('\0') || value.includes('\0')) {
      return name;
    }
    if (name !== LENGTH) {
      text += `${name}\0${value}\0`;
    }
  }
  return Buffer.from(`${text.length}:${text},`, 'latin1');
}
