import { type ReactNode, useEffect, useRef } from 'react';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  /** Asked first where somebody closes it; it stays open where that says no. */
  readonly mayClose?: () => boolean;
  readonly children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus, closes with Escape and gives the focus back. */
export function Dialog({ title, onClose, mayClose = () => true, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={title}
      onCancel={(event) => {
        if (!mayClose()) event.preventDefault();
      }}
      onClose={onClose}
    >
      <header>
        <h2>{title}</h2>
        <button
          type="button"
          className="ghost"
          onClick={() => {
            if (mayClose()) onClose();
          }}
        >
          Close
        </button>
      </header>
      {children}
    </dialog>
  );
}
