/** The name of the product as it stands on top of every page. */
export function Mark() {
  return (
    <span className="mark">
      <img src="/favicon.svg" alt="" width="20" height="20" />
      Perdure
    </span>
  );
}
