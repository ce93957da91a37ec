import { existsSync } from 'node:fs';

/** Where distributions put it. */
const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine; undefined when there is none. */
export function installedBrowser(): string | undefined {
  return process.env['PERDURE_TEST_BROWSER'] ?? browsers.find((path) => existsSync(path));
}
