import { AgentPage } from './agent/agent-page.tsx';
import { AgentsPage } from './agents/agents-page.tsx';
import { ApprovalPage } from './approval/approval-page.tsx';
import { DecidedPage } from './inbox/decided-page.tsx';
import { InboxPage } from './inbox/inbox-page.tsx';
import { DefinitionsPage } from './overview/definitions-page.tsx';
import { HealthPage } from './overview/health-page.tsx';
import { SchedulesPage } from './overview/schedules-page.tsx';
import { useRoute } from './navigation.tsx';
import type { Route } from './route.ts';
import { SessionGate } from './shell/session-gate.tsx';
import { Shell } from './shell/shell.tsx';
import { SignInPage } from './shell/sign-in-page.tsx';
import { UnknownPage } from './shell/unknown-page.tsx';

/** The page of the address; all but signing in are for those who are signed in. */
export function App() {
  const route = useRoute();
  if (route.page === 'sign-in') return <SignInPage />;
  return (
    <SessionGate>
      <Shell route={route}>
        <Page route={route} />
      </Shell>
    </SessionGate>
  );
}

function Page({ route }: { readonly route: Exclude<Route, { page: 'sign-in' }> }) {
  switch (route.page) {
    case 'inbox':
      return route.view === 'decided' ? <DecidedPage /> : <InboxPage view={route.view} />;
    case 'approval':
      return <ApprovalPage agent={route.agent} approval={route.approval} />;
    case 'agents':
      return <AgentsPage filters={route.filters} />;
    case 'agent':
      return <AgentPage key={route.agent} agent={route.agent} />;
    case 'definitions':
      return <DefinitionsPage />;
    case 'schedules':
      return <SchedulesPage />;
    case 'health':
      return <HealthPage />;
    case 'unknown':
      return <UnknownPage />;
  }
}
