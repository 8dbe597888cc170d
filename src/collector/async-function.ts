import type { FunctionInfo } from '../profile/profile.ts';

/** Above a function that was resumed after an await and whose callers are not known. */
export const ASYNC_FUNCTION: FunctionInfo = { name: '(async)', file: '', line: 0, column: 0, category: 'native' };
