/** Said to screen readers too; it appears only when something takes a while. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p className="loading" role="status">
      Reading {what} …
    </p>
  );
}
