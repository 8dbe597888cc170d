/** Says from a function's script and name what kind of code it is. */

import { packageOf } from './package-of.ts';
import type { Category } from './profile.ts';

export interface Classification {
  readonly category: Category;
  /** npm package name, only for category `package`. */
  readonly package?: string;
}

/**
 * @param script path or URL as the VM reports it, '' where there is none
 * @param name the function's name; V8 names its own states in parentheses
 */
export function classify(script: string, name: string): Classification {
  if (script === '') {
    if (name === '(garbage collector)') return { category: 'gc' };
    if (name === '(idle)') return { category: 'idle' };
    return { category: 'native' };
  }
  if (script.startsWith('node:')) return { category: 'node' };
  // Compiled code without a path: nobody can say whose it is (undici's parser, for one, is WebAssembly).
  if (script.startsWith('wasm:')) return { category: 'native' };
  const packageName = packageOf(script);
  return packageName === undefined ? { category: 'app' } : { category: 'package', package: packageName };
}
