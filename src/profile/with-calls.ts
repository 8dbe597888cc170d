/** Puts exactly counted calls beside the functions of a profile of the same time. */

import { functionKey } from './function-key.ts';
import type { FunctionInfo, Profile } from './profile.ts';

/** @param counted functions and their calls; those without `calls`, and those that the profile does not have, change nothing. */
export function withCalls(profile: Profile, counted: readonly FunctionInfo[]): Profile {
  const calls = new Map<string, number>();
  for (const info of counted) {
    if (info.calls !== undefined) calls.set(functionKey(info), (calls.get(functionKey(info)) ?? 0) + info.calls);
  }
  const functions = profile.functions.map((info) => {
    const count = calls.get(functionKey(info));
    return count === undefined ? info : { ...info, calls: count };
  });
  return { ...profile, functions };
}
