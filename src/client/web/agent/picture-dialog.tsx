import { useState } from 'react';
import type { TimelinePicture } from '../../../contracts/timeline.ts';
import { usePicture } from '../api/timeline.ts';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { JsonView } from '../text/json-view.tsx';

/** Offers what happened as a picture, in words that other programs draw. */
export function PictureButton({ agent }: { readonly agent: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="ghost"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        Picture …
      </button>
      {isOpen && (
        <PictureDialog
          agent={agent}
          onClose={() => {
            setIsOpen(false);
          }}
        />
      )}
    </>
  );
}

const pictures: readonly (readonly [TimelinePicture['picture'], string])[] = [
  ['run', 'Who spoke to whom'],
  ['states', 'From status to status'],
];

function PictureDialog({ agent, onClose }: { readonly agent: string; readonly onClose: () => void }) {
  const [chosen, setChosen] = useState<TimelinePicture['picture']>('run');
  const picture = usePicture(agent, chosen);
  return (
    <Dialog title="Picture" onClose={onClose}>
      <div className="composer">
        <p className="quiet">
          A Mermaid diagram: GitHub, many editors and mermaid.live draw it. Mermaid can’t draw in this page,
          because nothing here may write markup.
        </p>
        <fieldset>
          <legend>What it shows</legend>
          {pictures.map(([value, name]) => (
            <label key={value} className="choice">
              <input
                type="radio"
                name="picture"
                checked={chosen === value}
                onChange={() => {
                  setChosen(value);
                }}
              />
              {name}
            </label>
          ))}
        </fieldset>
        {picture.error && <ErrorView error={picture.error} onRetry={() => void picture.refetch()} />}
        {picture.isPending && <Loading what="the picture" />}
        {picture.data && <JsonView value={picture.data.mermaid} label="The diagram in Mermaid's words" />}
        {picture.data && <CopyButton key={chosen} text={picture.data.mermaid} />}
      </div>
    </Dialog>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const [said, setSaid] = useState('Copy');
  const copy = (): void => {
    void copied(text).then((isDone) => {
      setSaid(isDone ? 'Copied' : 'Not copied: choose the text and copy it');
    });
  };
  return (
    <div className="buttons">
      <button type="button" onClick={copy}>
        <span aria-live="polite">{said}</span>
      </button>
    </div>
  );
}

/** Whether it is in the clipboard, which a browser gives only to pages that came safely, and after a click. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
