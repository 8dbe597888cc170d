/** "My code": everything that somebody else wrote becomes one frame per package, and Node.js itself one frame. No time is lost. */

import type { FunctionInfo, Profile } from '../../src/profile/profile.ts';
import { regroup } from './regroup.ts';

export function foldForeignCode(profile: Profile): Profile {
  const { parent, function: functionOf } = profile.nodes;
  return regroup(profile, ({ builder }) => {
    const folded = Int32Array.from(profile.functions, (info) => {
      const stand = standInOf(info);
      return stand === null ? -1 : builder.addFunction(stand);
    });
    return (node, own, parentTarget) => {
      const stand = folded[functionOf[node] ?? -1] ?? -1;
      if (stand < 0) return builder.child(parentTarget, own);
      const above = folded[functionOf[parent[node] ?? 0] ?? -1] ?? -1;
      return stand === above ? parentTarget : builder.child(parentTarget, stand);
    };
  });
}

function standInOf(info: FunctionInfo): FunctionInfo | null {
  const place = { file: '', line: 0, column: 0 };
  switch (info.category) {
    case 'package': {
      const name = info.package ?? 'node_modules';
      return { name: `[${name}]`, ...place, category: 'package', package: name };
    }
    case 'node':
      return { name: '[node]', ...place, category: 'node' };
    default:
      return null;
  }
}
