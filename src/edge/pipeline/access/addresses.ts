/** `allow` and `deny`: the first rule that fits the client's address decides; of whom none fits they have nothing to say. */

import type { AccessRules } from '../../../config/model/scope.ts';
import type { AccessCheck } from './access-check.ts';
import { clientRules } from './client-rules.ts';

const FORBIDDEN = 403;

export function compileAddresses({ addresses }: AccessRules): AccessCheck | undefined {
  const allowsAddress = clientRules(addresses);
  if (allowsAddress === undefined) {
    return undefined;
  }
  return (route) => {
    const allows = allowsAddress(route.client.address);
    if (allows === false) {
      route.log('error', 'access forbidden by rule');
      return FORBIDDEN;
    }
    return allows === undefined ? 'silent' : 'granted';
  };
}
