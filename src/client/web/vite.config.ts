import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The pages, as files that the admin server hands out. Its content policy allows nothing inline and no `data:` address. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, '../../../dist/web'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // They are loaded once and kept; in parts they would not be there sooner.
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4400' } },
});
