import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** Loaded into a process with --import: writes down every module that it loads, for a test to look at. */
const file = process.env['LOADED_MODULES_FILE'];
if (file !== undefined)
  registerHooks({
    load: (url, context, next) => {
      appendFileSync(file, `${url}\n`);
      return next(url, context);
    },
  });
