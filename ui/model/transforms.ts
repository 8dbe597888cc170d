/** Changes of a call tree around one function. Each gives a new tree; they stack up in the order in which they were chosen. */

import { ROOT } from '../../src/profile/call-tree-builder.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { findFunction } from './function-key.ts';
import { DROPPED, regroup } from './regroup.ts';

/**
 * focus: only what the function called, from its outermost calls on. merge: the function disappears, its time is its callers'.
 * collapse: what it called becomes its own time. drop: no stack that contains it. recursion: calls of itself, direct or not, become one.
 */
export const TRANSFORM_KINDS = ['focus', 'merge', 'collapse', 'drop', 'recursion'] as const;
export type TransformKind = (typeof TRANSFORM_KINDS)[number];

export interface Transform {
  readonly kind: TransformKind;
  /** functionKey of the function. */
  readonly function: string;
}

export function applyTransforms(profile: Profile, transforms: readonly Transform[]): Profile {
  return transforms.reduce(applyTransform, profile);
}

export function applyTransform(profile: Profile, transform: Transform): Profile {
  const chosen = findFunction(profile.functions, transform.function);
  if (chosen < 0) return transform.kind === 'focus' ? regroup(profile, () => () => DROPPED, false) : profile;
  switch (transform.kind) {
    case 'focus':
      return focus(profile, chosen);
    case 'merge':
      return regroup(profile, ({ builder, functions }) => (_node, own, parentTarget) => {
        return own === functions[chosen] ? parentTarget : builder.child(parentTarget, own);
      });
    case 'collapse':
      return collapse(profile, chosen);
    case 'drop':
      return regroup(profile, ({ builder, functions }) => (_node, own, parentTarget) => {
        return parentTarget === DROPPED || own === functions[chosen] ? DROPPED : builder.child(parentTarget, own);
      });
    case 'recursion':
      return foldRecursion(profile, chosen);
  }
}

function focus(profile: Profile, chosen: number): Profile {
  return regroup(
    profile,
    ({ builder, functions }) =>
      (_node, own, parentTarget) => {
        if (parentTarget !== DROPPED) return builder.child(parentTarget, own);
        return own === functions[chosen] ? builder.child(ROOT, own) : DROPPED;
      },
    false,
  );
}

function collapse(profile: Profile, chosen: number): Profile {
  const { parent, function: functionOf } = profile.nodes;
  const isInside = new Uint8Array(parent.length);
  return regroup(profile, ({ builder }) => (node, own, parentTarget) => {
    const isBelow = isInside[parent[node] ?? 0] === 1;
    if (isBelow || functionOf[node] === chosen) isInside[node] = 1;
    return isBelow ? parentTarget : builder.child(parentTarget, own);
  });
}

function foldRecursion(profile: Profile, chosen: number): Profile {
  const { parent, function: functionOf } = profile.nodes;
  /** By old node: where the outermost call of the function above it went, 0 if there is none. */
  const outermost = new Int32Array(parent.length);
  return regroup(profile, ({ builder }) => (node, own, parentTarget) => {
    const above = outermost[parent[node] ?? 0] ?? 0;
    const target = above > 0 && functionOf[node] === chosen ? above : builder.child(parentTarget, own);
    outermost[node] = above > 0 || functionOf[node] !== chosen ? above : target;
    return target;
  });
}
