import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { askedAddress } from './asked-address.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1226: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 2204 2 0000000000000000 0
 4034: 0100007F:9C41 3500007F:0035 01 00000000:00000000 00:00000000 00000000     0        0 9983 2 0000000000000000 0
`;

test('askedAddress() finds the address to which a socket of this machine is connected', () => {
  const asked = (port: number, to: number) => askedAddress({ address: '127.0.0.1', port }, to, () => TABLE);
  equal(asked(40_001, 53), '127.0.0.53');
  equal(asked(40_001, 54), undefined);
  equal(asked(40_002, 53), undefined);
  equal(
    askedAddress({ address: '127.0.0.1', port: 1 }, 53, () => {
      throw new Error('ENOENT');
    }),
    undefined,
  );
});
