/** The flame graph over the table: what costs the most, at one glance. */

import type { JSX } from 'preact';
import { FlameTools, ProfileFlame } from '../components/profile-flame.tsx';
import { StatsTable } from '../components/stats-table.tsx';

export function OverviewView(): JSX.Element {
  return (
    <div class="overview">
      <FlameTools />
      <ProfileFlame />
      <StatsTable />
    </div>
  );
}
