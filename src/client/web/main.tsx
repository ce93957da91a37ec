import './zod-without-eval.ts';
import './styles/base.css';
import './styles/controls.css';
import './styles/inbox.css';
import './styles/approval.css';
import './styles/agents.css';
import './styles/agent.css';
import './styles/forms.css';
import './styles/overview.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { askAhead } from './api/agents.ts';
import { createQueryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { parseRoute } from './route.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root');
const client = createQueryClient();
const route = parseRoute(location.pathname, location.search);
if (route.page === 'agent') askAhead(client, route.agent);
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
