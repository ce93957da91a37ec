import { UntrustedText } from '../text/untrusted-text.tsx';

/** What the model writes, as it writes; gone when it has, because a line of the timeline has it then. */
export function WritingNow({ words }: { readonly words: string }) {
  if (words === '') return null;
  return (
    <section className="writing-now" aria-label="What the model writes now">
      <p className="quiet">The model writes …</p>
      <p className="words">
        <UntrustedText text={words} multiline />
      </p>
    </section>
  );
}
