/** Under which what is known of agents is kept: of one all that was read begins with `['agents', agent]`. */
export const agentListKey = ['agents', 'list'] as const;

export function agentKey(agent: string) {
  return ['agents', agent, 'status'] as const;
}
