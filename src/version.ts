/** The version of this package; the build fills it in from package.json. */

declare const PROFILER_VERSION: string | undefined;

export const VERSION: string = typeof PROFILER_VERSION === 'string' ? PROFILER_VERSION : '0.0.0-source';
