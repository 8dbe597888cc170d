/** Says from a function's script and name what kind of code it is. */

import type { Category } from './profile.ts';

export interface Classification {
  readonly category: Category;
  /** npm package name, only for category `package`. */
  readonly package?: string;
}

const MODULES = 'node_modules/';

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
  return packageName === null ? { category: 'app' } : { category: 'package', package: packageName };
}

/**
 * The name behind the innermost node_modules. That is right for nested installations and for pnpm, where a file's real path is
 * `node_modules/.pnpm/@scope+name@1.0.0/node_modules/@scope/name/index.js`.
 *
 * @returns null outside of node_modules
 */
function packageOf(script: string): string | null {
  const path = script.replaceAll('\\', '/');
  for (let end = path.length; end >= 0; ) {
    const start = path.lastIndexOf(MODULES, end);
    if (start < 0) return null;
    const [first = '', second = ''] = path.slice(start + MODULES.length, start + MODULES.length + 256).split('/', 2);
    const isWholeSegment = start === 0 || path[start - 1] === '/';
    // `.pnpm`, `.bin`, `.cache` are no packages; what counts is the node_modules around them, if any.
    if (isWholeSegment && first !== '' && !first.startsWith('.')) {
      return first.startsWith('@') && second !== '' ? `${first}/${second}` : first;
    }
    end = start - 1;
  }
  return null;
}
