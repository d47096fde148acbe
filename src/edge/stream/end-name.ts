import { renderHostPort } from '../../kernel/addresses/render-host.ts';

/** One end of a connection as error logs have it. '' is the address of a Unix socket's end. */
export function endName(address: string, port: string | number): string {
  return address === '' ? 'unix:' : renderHostPort(address, port);
}
