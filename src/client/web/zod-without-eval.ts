import * as z from 'zod';

// Zod compiles its schemas with `new Function` where it may; the content policy says that it may not, and reports the attempt.
// This is imported before any schema is made.
z.config({ jitless: true });
