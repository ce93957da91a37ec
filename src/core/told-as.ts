import type { Json } from '../contracts/json.ts';

/** A message of a person as the model is told it. */
export function messageText(by: string, text: string): string {
  return `Message from ${by}:\n${text}`;
}

/** An event as the model is told it. */
export function eventText(name: string, payload: Json | undefined): string {
  return `Event ${name}: ${JSON.stringify(payload ?? null)}`;
}
