import * as z from 'zod';

/** Any value that survives JSON unchanged: what models, tools, people and Temporal payloads exchange. */
export const Json = z.json();
export type Json = z.infer<typeof Json>;

export const JsonObject = z.record(z.string(), Json);
export type JsonObject = z.infer<typeof JsonObject>;
