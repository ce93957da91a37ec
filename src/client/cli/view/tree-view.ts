import type { FamilyTree } from '../../family-tree.ts';
import { clean } from './text.ts';

/** The agents below one, as a tree with state and cost. */
export function treeLines({ below }: FamilyTree, indent = ''): string[] {
  return below.flatMap((tree, index) => {
    const isLast = index === below.length - 1;
    const line = `${indent}${isLast ? '└─' : '├─'} ${agentText(tree)}`;
    return [line, ...treeLines(tree, `${indent}${isLast ? '   ' : '│  '}`)];
  });
}

function agentText({ agent, definition, status, waitsFor, usage }: FamilyTree): string {
  const waits = waitsFor.length > 0 ? ` for ${waitsFor.join(', ')}` : '';
  const cost = usage ? `, ${usage.turns} turns, $${usage.usd.toFixed(2)}` : '';
  return `${clean(agent)} (${clean(definition)}) ${status}${waits}${cost}`;
}
