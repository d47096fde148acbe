import { readOwnAddress } from '../../config/own-address.ts';
import { escapeLog } from '../access-log/line.ts';

/** What `proxy_bind` comes to: of variables that may be no address, and connections come from any then, as with nginx. */
export function usableOwnAddress(text: string, asked: { log(level: 'error', message: string): void }): string {
  if (readOwnAddress(text) !== undefined) {
    return text;
  }
  asked.log('error', `invalid local address "${escapeLog(text)}"`);
  return '';
}
