/** Search attributes that mirror an agent's state for lists; set when it enters or leaves a wait, a pause or its end. */
export const searchAttributeTypes = {
  AgentDefinition: 'Keyword',
  AgentStatus: 'Keyword',
  AgentWaitingFor: 'KeywordList',
  AgentPendingApprovals: 'Int',
  AgentTurn: 'Int',
} as const;
export type SearchAttributeName = keyof typeof searchAttributeTypes;
