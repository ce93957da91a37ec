import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createContext, runInContext } from 'node:vm';
import { workflowCode } from '../support/workflow-code.ts';

interface Bundle {
  preloadModules(): void;
  importInterceptors(): unknown;
  importWorkflows(): unknown;
}

/** What the SDK puts into its sandbox, as far as loading needs it. */
const sandboxed = { AsyncLocalStorage, TextEncoder, TextDecoder, URL, URLSearchParams, AbortController };

describe('what is loaded for each agent', () => {
  it('is the workflow code and what knows the SDK: contracts and core are shared', async () => {
    const loaded: string[] = [];
    const modules = new Proxy<Record<string, unknown>>(
      {},
      {
        set: (kept, name, module) => {
          loaded.push(String(name));
          return Reflect.set(kept, name, module);
        },
      },
    );
    const context = createContext({ ...sandboxed, assert, __webpack_module_cache__: modules });
    runInContext(await workflowCode(), context);
    const bundle = context['__TEMPORAL__'] as Bundle; // As the SDK's bundler names it.
    bundle.preloadModules();
    const shared = loaded.length;
    bundle.importInterceptors();
    bundle.importWorkflows();
    const each = loaded.slice(shared).map((name) => name.replace(/^.*\/(?=src\/|node_modules\/)/, ''));
    assert(each.includes('src/workflows/persistent-agent.ts'));
    const allowed =
      /^(src\/workflows\/|src\/contracts\/message-definitions\.ts$|node_modules\/@temporalio\/workflow\/)/;
    assert.deepEqual(
      each.filter((name) => !allowed.test(name)),
      [],
    );
  });
});
