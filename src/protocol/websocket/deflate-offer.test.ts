import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { AgreedDeflate, DeflateParameters } from './deflate-offer.ts';
import { acceptDeflate } from './deflate-offer.ts';
import { parseExtensionList } from './extension-list.ts';

const PLAIN: DeflateParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

function accept(field: string, clientWindowBitsMax?: number): AgreedDeflate | undefined {
  return acceptDeflate(parseExtensionList([field]) ?? [], clientWindowBitsMax);
}

test('acceptDeflate() agrees to what is offered, and says no more', () => {
  deepEqual(accept('permessage-deflate'), { parameters: PLAIN, field: 'permessage-deflate' });
  deepEqual(accept('permessage-deflate; server_no_context_takeover'), {
    parameters: { ...PLAIN, serverNoContextTakeover: true },
    field: 'permessage-deflate; server_no_context_takeover',
  });
  deepEqual(accept('permessage-deflate; client_no_context_takeover'), {
    parameters: { ...PLAIN, clientNoContextTakeover: true },
    field: 'permessage-deflate; client_no_context_takeover',
  });
  deepEqual(accept('permessage-deflate; server_max_window_bits="10"'), {
    parameters: { ...PLAIN, serverMaxWindowBits: 10 },
    field: 'permessage-deflate; server_max_window_bits=10',
  });
});

test('acceptDeflate() asks for a smaller window of the client, if the client lets it', () => {
  const field = (offer: string): string | undefined => accept(offer, 12)?.field;
  equal(field('permessage-deflate; client_max_window_bits'), 'permessage-deflate; client_max_window_bits=12');
  equal(field('permessage-deflate; client_max_window_bits=15'), 'permessage-deflate; client_max_window_bits=12');
  equal(field('permessage-deflate; client_max_window_bits=8'), 'permessage-deflate; client_max_window_bits=8');
  equal(accept('permessage-deflate; client_max_window_bits=8', 12)?.parameters.clientMaxWindowBits, 8);
  deepEqual(accept('permessage-deflate', 12), { parameters: PLAIN, field: 'permessage-deflate' });
  equal(accept('permessage-deflate; client_max_window_bits')?.field, 'permessage-deflate; client_max_window_bits=15');
});

test('acceptDeflate() agrees to everything at once', () => {
  const all =
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=11';
  deepEqual(accept(all), {
    parameters: {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 11,
    },
    field: all,
  });
});

test('acceptDeflate() declines what it does not know, what comes twice, and what has no such value', () => {
  for (const parameters of [
    'nonsense',
    'nonsense=1',
    'server_no_context_takeover=1',
    'client_no_context_takeover=true',
    'server_no_context_takeover; server_no_context_takeover',
    'server_max_window_bits=10; server_max_window_bits=10',
    'client_max_window_bits; client_max_window_bits',
    'server_max_window_bits',
    'server_max_window_bits=7',
    'server_max_window_bits=8',
    'server_max_window_bits=16',
    'server_max_window_bits=99',
    'server_max_window_bits=010',
    'server_max_window_bits=1e1',
    'client_max_window_bits=7',
    'client_max_window_bits=16',
    'client_max_window_bits=09',
    'Server_No_Context_Takeover',
  ]) {
    equal(accept(`permessage-deflate; ${parameters}`), undefined, parameters);
  }
});

test('acceptDeflate() takes the first offer that it can meet', () => {
  equal(accept('x-unknown, permessage-deflate; nonsense=1, permessage-deflate')?.field, 'permessage-deflate');
  equal(
    accept('permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=10')?.field,
    'permessage-deflate; server_max_window_bits=10',
  );
  equal(
    accept('permessage-deflate; client_no_context_takeover, permessage-deflate')?.field,
    'permessage-deflate; client_no_context_takeover',
  );
});

test('acceptDeflate() without an offer agrees to nothing', () => {
  for (const field of ['', 'x-webkit-deflate-frame', 'permessage-bzip2; a=1']) {
    equal(accept(field), undefined, field);
  }
});
