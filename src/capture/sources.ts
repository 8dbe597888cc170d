/** The sources of scripts as V8 compiled them, which need not be what is on disk: loaders transform in memory. */

import type { MainThreadSession } from './main-thread-session.ts';

export interface ScriptSource {
  readonly text: string;
  /** Where the script begins in its file, 0-based. */
  readonly startLine: number;
  readonly startColumn: number;
}

interface ParsedScript {
  readonly scriptId: string;
  readonly startLine: number;
  readonly startColumn: number;
}

/** Reads one script after the other, so that the host is held for a moment at a time. */
export async function readSources(
  session: MainThreadSession,
  scriptIds: readonly string[],
): Promise<ReadonlyMap<string, ScriptSource>> {
  const parsed = new Map<string, ParsedScript>();
  session.onEvent('Debugger.scriptParsed', (params) => {
    const script = params as ParsedScript;
    parsed.set(script.scriptId, script);
  });
  // Together, so that no `debugger` statement of the host comes in between.
  await Promise.all([session.post('Debugger.enable'), session.post('Debugger.setSkipAllPauses', { skip: true })]);
  const sources = new Map<string, ScriptSource>();
  for (const scriptId of scriptIds) {
    const script = parsed.get(scriptId);
    if (!script) continue;
    const { scriptSource } = await session.post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId });
    sources.set(scriptId, { text: scriptSource, startLine: script.startLine, startColumn: script.startColumn });
  }
  await session.post('Debugger.disable');
  return sources;
}
