/** Parsers of where and with what the profile is pushed. */

const MAX_PAIRS = 32;

// RFC 9110 token; Prometheus label name, with the dots of OpenTelemetry's attribute names.
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const LABEL_NAME = /^[a-z_][\w.]*$/i;

export function parsePushUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  return /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}

export function parseHeaders(text: string): Readonly<Record<string, string>> | undefined {
  // A control character in a header would throw at every push.
  return parsePairs(text, HEADER_NAME, /^[\t\x20-\x7e\x80-\xff]*$/);
}

export function parseLabels(text: string): Readonly<Record<string, string>> | undefined {
  return parsePairs(text, LABEL_NAME, /^\P{Cc}*$/u);
}

/**
 * `name=value,name=value` as in OTEL_EXPORTER_OTLP_HEADERS, line ends counting as commas; the last of equal names wins.
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
 */
function parsePairs(text: string, name: RegExp, value: RegExp): Readonly<Record<string, string>> | undefined {
  const pairs = new Map<string, string>();
  for (const part of text.split(/[,\n]/)) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    const left = part.slice(0, Math.max(equals, 0)).trim();
    const right = decodePercent(part.slice(equals + 1).trim());
    if (equals < 1 || right === undefined || !name.test(left) || !value.test(right)) return undefined;
    pairs.set(left, right);
  }
  // fromEntries defines own properties: a pair named __proto__ stays a pair.
  return pairs.size > MAX_PAIRS ? undefined : Object.fromEntries(pairs);
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
