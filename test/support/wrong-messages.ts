/** What people get wrong at a command line, each with what the agent must say to it. */

export const wrongStarts: Readonly<Record<string, { inputs: unknown[]; says: RegExp }>> = {
  'no argument': { inputs: [], says: /"agent": "<definition>"/ },
  'a text': { inputs: ['invoice-desk'], says: /Invalid.*expected object/s },
  'no definition': { inputs: [{ input: 'Go.' }], says: /agent: / },
  'a definition that is not there': {
    inputs: [{ agent: 'nobody' }],
    says: /there is no definition nobody\.md/,
  },
  'a path for a definition': { inputs: [{ agent: '../clerk' }], says: /agent: / },
  'a misspelt field': { inputs: [{ agent: 'clerk', imput: 'Go.' }], says: /imput/ },
  'a wrong budget': { inputs: [{ agent: 'clerk', budget: { turns: 'many' } }], says: /budget\.turns: / },
  'a wrong label': { inputs: [{ agent: 'clerk', labels: { a: 1 } }], says: /labels\.a: / },
};

export const wrongSignals: Readonly<
  Record<string, { name: string; payload: unknown; meta?: string; says: RegExp }>
> = {
  'an unknown signal': { name: 'dance', payload: {}, says: /there is no message dance/ },
  'a name that Temporal keeps for itself': {
    name: '__temporal_x',
    payload: {},
    says: /there is no message __temporal_x/,
  },
  'no object': { name: 'decide', payload: 7, says: /expected object/ },
  'a missing field': { name: 'decide', payload: { approval: 'x' }, says: /decision: / },
  'a field too many': { name: 'pause', payload: { by: 'ann', now: true }, says: /now/ },
  'an approval that is not there': {
    name: 'decide',
    payload: { approval: 't9-9', decision: 'approve', by: 'ann' },
    says: /there is no approval t9-9/,
  },
  'a wrong revision': { name: 'stop', payload: { by: 'ann', revision: 0 }, says: /revision/ },
  'a payload that can not be decoded': {
    name: 'message',
    payload: { text: 'hello', by: 'ann' },
    meta: 'encoding=binary/encrypted',
    says: /could not be decoded/,
  },
  'nothing in it': { name: 'message', payload: null, says: /expected object/ },
};

export const wrongUpdates: Readonly<Record<string, { name: string; payload: unknown; says: RegExp }>> = {
  'an unknown name': { name: 'dance', payload: {}, says: /there is no message dance/ },
  'a name that Temporal keeps for itself': {
    name: '__temporal_x',
    payload: {},
    says: /there is no message __temporal_x/,
  },
  'no object': { name: 'decide', payload: [], says: /expected object/ },
  'a missing field': { name: 'message', payload: { text: 'hello' }, says: /by: / },
  'an approval that is not there': {
    name: 'decide',
    payload: { approval: 't9-9', decision: 'approve', by: 'ann' },
    says: /there is no approval t9-9/,
  },
  'a key that is half of a character': {
    name: 'pause',
    payload: { by: 'ann', '\ud800': 1 },
    says: /Unrecognized key: "\ufffd"/,
  },
  'a wrong revision': { name: 'stop', payload: { by: 'ann', revision: 0 }, says: /revision/ },
};
