/** `allow 10.0.0.0/8`, `deny all`: a rule for addresses as one text. */

import { isIP } from 'node:net';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { AddressRule } from '../model/access.ts';

export function parseAddressRule(text: string): Outcome<AddressRule> {
  const match = /^(allow|deny) +(\S+)$/.exec(text);
  const [, verb, from = ''] = match ?? [];
  if (verb === undefined || !isSource(from)) {
    return failure(`"${text}" is not a rule. Write "allow 192.0.2.0/24" or "deny all"`);
  }
  return success({ allows: verb === 'allow', from });
}

export function renderAddressRule({ allows, from }: AddressRule): string {
  return `${allows ? 'allow' : 'deny'} ${from}`;
}

function isSource(text: string): boolean {
  if (text === 'all' || text === 'unix:') {
    return true;
  }
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  return family !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
}
