import { newAddress, parseAddress } from '../../kernel/addresses/parse-address.ts';

const SCRATCH = newAddress();

/** Whether a host is an address, and no name. One with a zone (`fe80::1%eth0`) is an address too. */
export function isAddress(host: string): boolean {
  return parseAddress(host.split('%')[0] ?? '', SCRATCH);
}
