import { useState } from 'react';
import type { ListedDefinition } from '../../../contracts/answers.ts';
import { useDefinitions } from '../api/definitions.ts';
import { useMayActAs } from '../api/session.ts';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { Link } from '../navigation.tsx';
import { StartDialog } from '../start/start-dialog.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';

/** What agents can be started from, as it is where the admin server runs; workers may have other files. */
export function DefinitionsPage() {
  const definitions = useDefinitions();
  const [starting, setStarting] = useState<string>();
  const list = definitions.data?.definitions ?? [];
  return (
    <main className="page">
      <h1>Definitions</h1>
      <p className="quiet">
        As the admin server reads them. An agent keeps the one that it was started with, whatever becomes of
        the file.
      </p>
      {definitions.error && (
        <ErrorView error={definitions.error} onRetry={() => void definitions.refetch()} />
      )}
      {definitions.isPending && <Loading what="the definitions" />}
      {definitions.data && list.length === 0 && (
        <EmptyState title="There are no definitions">
          The folder that the admin server reads (PERDURE_AGENTS_DIR) has none.
        </EmptyState>
      )}
      <ul className="cards">
        {list.map((one) => (
          <li key={one.file}>
            <Definition definition={one} onStart={setStarting} />
          </li>
        ))}
      </ul>
      {starting !== undefined && (
        <StartDialog
          definition={starting}
          onClose={() => {
            setStarting(undefined);
          }}
        />
      )}
    </main>
  );
}

interface Props {
  readonly definition: ListedDefinition;
  readonly onStart: (name: string) => void;
}

function Definition({ definition, onStart }: Props) {
  const mayStart = useMayActAs('operator');
  if (!('name' in definition))
    return (
      <>
        <h2>
          <UntrustedText text={definition.file} />
        </h2>
        <ul className="plain problem" aria-label="Mistakes">
          {definition.problems.map(({ line, field, message }, index) => (
            <li key={index}>
              Line {line}, <UntrustedText text={`${field}: ${message}`} />
            </li>
          ))}
        </ul>
      </>
    );
  const { name, file, description, models, lifetime, tools, hash } = definition;
  return (
    <>
      <header>
        <h2>
          <UntrustedText text={name} />
        </h2>
        <div className="buttons">
          <Link to={{ page: 'agents', filters: { definition: name } }}>Its agents</Link>
          {mayStart && (
            <button
              type="button"
              onClick={() => {
                onStart(name);
              }}
            >
              Start
            </button>
          )}
        </div>
      </header>
      <p>
        <UntrustedText text={description} />
      </p>
      <p className="quiet">
        <UntrustedText text={file} /> · <UntrustedText text={models.join(', then ')} /> ·{' '}
        {lifetime === 'persistent' ? 'stays for messages' : 'ends with its task'} ·{' '}
        <code>{hash.slice(0, 12)}</code>
      </p>
      <p className="tools">
        {tools.map((tool) => (
          <code key={tool}>
            <UntrustedText text={tool} />
          </code>
        ))}
      </p>
    </>
  );
}
