/**
 * The value of Sec-WebSocket-Extensions (RFC 6455 9.1):
 *
 *     extension-list  = 1#extension
 *     extension       = token *( ";" extension-param )
 *     extension-param = token [ "=" ( token | quoted-string ) ]
 *
 * A quoted string must say a token too, so no comma, semicolon or quote can be inside one, and the text may be split at them.
 */

import { isToken, trimSpaces } from '../http/grammar.ts';
import { splitList } from '../http/list.ts';

export interface ExtensionParameter {
  readonly name: string;
  /** Without quotes; undefined if the parameter has no value. */
  readonly value: string | undefined;
}

export interface Extension {
  readonly name: string;
  /** In order, also parameters that come twice. */
  readonly parameters: readonly ExtensionParameter[];
}

/** `values` are those of all fields of the name, in order: they are one list. Undefined if anything in it breaks the grammar. */
export function parseExtensionList(values: readonly string[]): readonly Extension[] | undefined {
  const extensions: Extension[] = [];
  for (const element of splitList(values)) {
    const extension = parseExtension(element);
    if (extension === undefined) {
      return undefined;
    }
    extensions.push(extension);
  }
  return extensions;
}

function parseExtension(text: string): Extension | undefined {
  const [name = '', ...rest] = text.split(';').map(trimSpaces);
  if (!isToken(name)) {
    return undefined;
  }
  const parameters: ExtensionParameter[] = [];
  for (const part of rest) {
    const parameter = parseParameter(part);
    if (parameter === undefined) {
      return undefined;
    }
    parameters.push(parameter);
  }
  return { name, parameters };
}

function parseParameter(text: string): ExtensionParameter | undefined {
  const equals = text.indexOf('=');
  if (equals === -1) {
    return isToken(text) ? { name: text, value: undefined } : undefined;
  }
  const name = trimSpaces(text.slice(0, equals));
  const value = unquote(trimSpaces(text.slice(equals + 1)));
  return isToken(name) && isToken(value) ? { name, value } : undefined;
}

/** What is not quite a quoted string keeps a character that no token has. */
function unquote(text: string): string {
  const isQuoted = text.length > 1 && text.startsWith('"') && text.endsWith('"');
  return isQuoted ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}
