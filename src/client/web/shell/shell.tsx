import { type ReactNode, useState } from 'react';
import { useMe, useSignOut } from '../api/session.ts';
import { RefusedNotice } from '../approval/refused-notice.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { useShortcuts } from '../controls/shortcut.ts';
import { Link } from '../navigation.tsx';
import type { Route } from '../route.ts';
import { visibleText } from '../text/visible-text.ts';
import { Mark } from './mark.tsx';

const overviews = [
  ['definitions', 'Definitions'],
  ['schedules', 'Schedules'],
  ['health', 'Health'],
] as const;

/** What is around every page: where one can go, who is signed in, and the keys. */
export function Shell({ route, children }: { readonly route: Route; readonly children: ReactNode }) {
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  useShortcuts({
    '?': () => {
      setIsHelpOpen(true);
    },
  });
  const isAgents = route.page === 'agents' || route.page === 'agent';
  return (
    <div className="shell">
      <header className="top">
        <Link to={{ page: 'inbox', view: 'all' }} className="home">
          <Mark />
        </Link>
        <nav aria-label="Pages">
          <Link
            to={{ page: 'inbox', view: 'all' }}
            isCurrent={route.page === 'inbox' || route.page === 'approval'}
          >
            Inbox
          </Link>
          <Link to={{ page: 'agents', filters: {} }} isCurrent={isAgents}>
            Agents
          </Link>
          {overviews.map(([page, name]) => (
            <Link key={page} to={{ page }} isCurrent={route.page === page}>
              {name}
            </Link>
          ))}
        </nav>
        <WhoIsSignedIn
          onHelp={() => {
            setIsHelpOpen(true);
          }}
        />
      </header>
      <RefusedNotice />
      {children}
      {isHelpOpen && (
        <KeysHelp
          onClose={() => {
            setIsHelpOpen(false);
          }}
        />
      )}
    </div>
  );
}

function WhoIsSignedIn({ onHelp }: { readonly onHelp: () => void }) {
  const { data: me } = useMe();
  const signOut = useSignOut();
  return (
    <div className="signed-in">
      <button type="button" className="ghost keys" aria-label="Keys" onClick={onHelp}>
        <kbd>?</kbd>
      </button>
      {me && (
        <span className="me">
          {visibleText(me.name)} <span className="quiet">{me.role}</span>
        </span>
      )}
      <button type="button" className="ghost" onClick={() => void signOut()}>
        Sign out
      </button>
    </div>
  );
}

const keys = [
  ['j', 'next in the inbox'],
  ['k', 'the one before'],
  ['o', 'open its page'],
  ['a', 'approve: asks once more'],
  ['e', 'edit the arguments and approve'],
  ['r', 'reject, with a reason'],
  ['Ctrl Enter', 'confirm while writing'],
  ['Esc', 'leave it'],
  ['?', 'this list'],
] as const;

function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys-help">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
