interface Props {
  /** What is sent, as its button names it. */
  readonly button: string;
  readonly isDangerous?: boolean;
  readonly isReady: boolean;
  readonly isPending: boolean;
  readonly autoFocus?: boolean;
  /** How the way back is called. */
  readonly back: string;
  readonly onCancel: () => void;
}

/** The second step of a form that sends something, and the way back. */
export function ComposerButtons({
  button,
  isDangerous = false,
  isReady,
  isPending,
  autoFocus = false,
  back,
  onCancel,
}: Props) {
  return (
    <div className="buttons">
      <button
        type="submit"
        className={isDangerous ? 'danger' : 'primary'}
        disabled={!isReady || isPending}
        autoFocus={autoFocus}
      >
        {isPending ? 'Sending …' : `Confirm: ${button}`}
      </button>
      <button type="button" className="ghost" disabled={isPending} onClick={onCancel}>
        {back} <kbd>Esc</kbd>
      </button>
    </div>
  );
}
