import type { AnswerForm } from '../../../contracts/form.ts';
import { JsonObject } from '../../../contracts/json.ts';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { fieldsOf, fieldWords } from './fields.ts';

/** What an answer has in it, for whoever has not begun to write one: nobody should have to read a schema. */
export function AnswerFields({ form }: { readonly form: AnswerForm }) {
  return (
    <dl className="values compact">
      {fieldsOf(JsonObject.parse(form), {}).map((field) => (
        <div key={field.name}>
          <dt>
            <UntrustedText text={field.title ?? field.name} />
          </dt>
          <dd>
            <UntrustedText text={fieldWords(field)} />{' '}
            {field.description !== undefined && (
              <span className="quiet">
                <UntrustedText text={field.description} />
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
