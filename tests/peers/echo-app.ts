// An application that says what it was asked, in one line of JSON.

import type { Answer } from '../integration/client.ts';
import { Client } from '../integration/client.ts';

/** `name`: tells several servers apart. */
export function echoApp(name = 'app'): string {
  return `
import json

def application(environ, start_response):
    body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0))
    said = {key: value for key, value in environ.items() if isinstance(value, str)}
    text = json.dumps({'server': '${name}', 'body': body.decode('latin-1'), **said}).encode()
    if environ['PATH_INFO'] == '/fails':
        raise ValueError('as it was asked')
    if environ['PATH_INFO'] == '/moved':
        start_response('302 Found', [('Location', environ['wsgi.url_scheme'] + '://' + environ['HTTP_HOST'] + '/there')])
        return [b'']
    start_response('200 OK', [('Content-Type', 'application/json'), ('Content-Length', str(len(text)))])
    return [text]
`;
}

export interface Said {
  readonly answer: Answer;
  /** What the application was told; empty where it was not asked. */
  readonly environ: Readonly<Record<string, string>>;
}

export async function ask(client: Client, target: string, fields = 'Host: domain.test\r\n', body = ''): Promise<Said> {
  const method = body === '' ? 'GET' : 'POST';
  const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
  client.send(`${method} ${target} HTTP/1.1\r\n${fields}${length}\r\n${body}`);
  const answer = await client.read(method);
  const isEcho = answer.fields.get('content-type') === 'application/json';
  return { answer, environ: isEcho ? (JSON.parse(answer.body) as Record<string, string>) : {} };
}

/** On a connection of its own. */
export async function askOnce(port: number, target: string, fields?: string, body?: string): Promise<Said> {
  using client = await Client.open(port);
  return await ask(client, target, fields, body);
}
