import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** In core and workflows time, chance and the outside world come in as data, or replay would differ. */
const nondeterministic = [
  {
    object: 'Date',
    property: 'now',
    message: 'core gets the time in the event; the workflow shell passes it.',
  },
  { object: 'Math', property: 'random', message: 'Chance would differ on replay.' },
];
const nodeGlobals = [
  'process',
  'Buffer',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'performance',
];

export default tseslint.config(
  { ignores: ['dist', '.tools', '.perdure', 'node_modules', '.dependency-cruiser.js', 'eslint.config.js'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // An import of nothing but types must vanish: inline types would leave an import that runs.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 20],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/core/**', 'src/workflows/**', 'src/contracts/**'],
    rules: {
      'no-restricted-properties': ['error', ...nondeterministic],
      'no-restricted-globals': ['error', ...nodeGlobals],
    },
  },
  {
    files: ['src/client/web/**'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      // Not those that compile every component first: they are for the React compiler, which is not used here.
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ":matches(JSXAttribute > JSXIdentifier, Property > Identifier)[name='dangerouslySetInnerHTML'], MemberExpression > Identifier[name=/^(innerHTML|outerHTML|insertAdjacentHTML|write|srcdoc)$/]",
          message: 'Text of models, tools and people is never HTML: show it with UntrustedText.',
        },
      ],
    },
  },
  {
    files: ['test/**', 'bench/**'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
);
