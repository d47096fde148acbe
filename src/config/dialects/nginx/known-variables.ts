/** Which variables a configuration may name: those that every request has, and those that it defines itself, anywhere. */

import { isKnownVariable, VARIABLE_NAMES, VARIABLE_PREFIXES } from '../../model/variable-names.ts';
import { nearestWord } from '../../nearest.ts';
import type { Place } from '../../place.ts';
import type { NginxReport } from './report.ts';

/** Variables of modules that are not here, and of `stream`: a file that names them is not wrong, and its directives are told of. */
const OF_OTHERS =
  /^(jwt_\w+|oidc_\w+|app_protect_\w+|geoip2?_\w+|fancyindex_\w+|session_log_\w+|protocol|bytes_received|session_time|ssl_preread_\w+|ssl_(?:alpn_protocol|ciphers?|curves?|sigalg|early_data|encrypted_hello|protocol|server_name|server_cert_type|session_id|session_reused|client_\w+)|slice_range|proxy_internal_\w+|grpc_internal_trailers|proxy_add_via|upstream_(?:addr|bytes_received|bytes_sent|connect_time|first_byte_time|header_time|last_addr|last_server_name|method|queue_time|response_length|response_time|session_time|status|cache_(?:status|age|key|last_modified|max_age))|brotli_ratio|zstd_ratio|vts_\w+|otel_\w+|opentracing_\w+|passenger_\w+|cache_purge_\w+|acme_\w+|js_\w+|connections_\w+|pid|request_uri_path|uploadprogress_\w+|upload_\w+|echo_\w+|memcached_key)$/;

/** What is longer is no slip of the fingers. */
const NAME_LENGTH_MAX = 64;

/** nginx takes `$arg_` for the argument without a name, which is always empty. */
function isPrefixAlone(name: string): boolean {
  return VARIABLE_PREFIXES.includes(name);
}

/** Of those that every request has, the ones that a configuration may define anew; the others are "duplicate". */
const DEFINABLE =
  /^(args|limit_rate|http3|request_port|is_request_port|ssl_\w+|invalid_referer|uid_reset|msie|(modern|ancient)_browser|proxy_host|proxy_port|upstream_last_server_name)$/;

/** Whether nginx refuses a definition of the variable. */
export function isTaken(name: string): boolean {
  const lower = name.toLowerCase();
  return VARIABLE_NAMES.has(lower) && !DEFINABLE.test(lower);
}

interface Use {
  readonly name: string;
  readonly place: Place;
}

export class KnownVariables {
  readonly #uses: Use[] = [];
  readonly #defined = new Set<string>();

  use(name: string, place: Place): void {
    this.#uses.push({ name, place });
  }

  define(name: string): void {
    this.#defined.add(name.toLowerCase());
  }

  /** Groups of a regex that have a name. */
  defineGroups(text: string): void {
    if (text.includes('(?')) {
      for (const [, name = ''] of text.matchAll(/\(\?(?:P?<|')([A-Za-z_]\w*)[>']/g)) {
        this.define(name);
      }
    }
  }

  /** When all of the files have been read: a variable may be used above the place that defines it. */
  tellUnknown(report: NginxReport): void {
    for (const { name, place } of this.#uses) {
      const lower = name.toLowerCase();
      if (!this.#defined.has(lower) && !isKnownVariable(lower) && !isPrefixAlone(lower) && !OF_OTHERS.test(lower)) {
        report('nginx.unknown-variable', place, `unknown "${name}" variable`, {
          hint: () => this.#hintAt(lower),
        });
      }
    }
  }

  #hintAt(name: string): string | undefined {
    const nearest =
      name.length > NAME_LENGTH_MAX ? undefined : nearestWord(name, [...this.#defined, ...VARIABLE_NAMES]);
    return nearest === undefined ? undefined : `Did you mean $${nearest}?`;
  }
}
