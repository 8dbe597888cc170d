/** What a profile is called in the formats that have a name for it. */

import type { Profile } from '../profile/profile.ts';

export function profileTitle({ routes }: Profile): string {
  if (routes.length === 0) return 'profile';
  return routes.length === 1 ? (routes[0] ?? '') : `${routes.length} routes`;
}
