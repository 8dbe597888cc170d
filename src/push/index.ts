/** The push formats. A new one is a file and a line here. */

import type { PushFormat } from './contract.ts';
import { otlpFormat } from './otlp.ts';
import { pyroscopeFormat } from './pyroscope.ts';

export const pushFormats: readonly PushFormat[] = [pyroscopeFormat, otlpFormat];

const OTLP_PORT = '4318';

/** @param format the option; without it the URL tells: OTLP's own port or path, else Pyroscope. */
export function pushFormatFor(url: string, format: string | undefined): PushFormat {
  const { port, pathname } = new URL(url);
  const guessed = port === OTLP_PORT || pathname.endsWith(otlpFormat.path) ? otlpFormat : pyroscopeFormat;
  return pushFormats.find((known) => known.format === format) ?? guessed;
}

/** Where to send: a base URL as users of both know it, or the whole one. */
export function pushTarget(url: string, { path }: PushFormat): URL {
  const target = new URL(url);
  const base = target.pathname.replace(/\/+$/, '');
  target.pathname = base.endsWith(path) ? base : base + path;
  return target;
}
