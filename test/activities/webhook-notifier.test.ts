import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { NotifierPort } from '../../src/activities/ports.ts';
import { webhookNotifier } from '../../src/activities/webhook-notifier.ts';
import type { Notice } from '../../src/contracts/notice.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

const notice: Notice = {
  id: 'notice_0123456789abcdef01234567',
  type: 'approval.opened',
  at: Date.parse('2026-11-25T12:00:00Z'),
  agent: 'desk/1 ü',
  definition: 'invoice-desk',
  summary: 'Allow pay_invoice {"invoice":"INV-1"}? <b>',
  approval: {
    ...{ id: 't1-1-abcdef', subject: 'tool', tool: 'pay_invoice' },
    expiresAt: Date.parse('2026-11-27T12:00:00Z'),
  },
};

describe('the webhook notifier', () => {
  let receiver: WebhookReceiver;
  let notifier: NotifierPort;

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    notifier = notifierFor(new URL('https://perdure.example'));
  });
  afterEach(() => receiver.stop());

  const notifierFor = (adminUrl: URL | undefined, answerTimeoutMs?: number): NotifierPort =>
    webhookNotifier({
      ...{ url: receiver.url, secret: receiver.secret, adminUrl },
      ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }),
    });

  async function failure(of = notifier): Promise<ApplicationFailure> {
    try {
      await of.notify(notice);
    } catch (error) {
      assert.ok(error instanceof ApplicationFailure);
      assert.equal(error.type, 'NotificationFailed');
      assert.ok(!`${error.message} ${error.stack ?? ''}`.includes('very-secret'), error.stack);
      return error;
    }
    throw new Error('it was taken');
  }

  it('sends what happened, signed, with a link to the page that shows it', async () => {
    await notifier.notify(notice);
    const [got] = receiver.received;
    assert.equal(got?.headers['webhook-id'], notice.id);
    assert.deepEqual(receiver.verified(got), {
      type: 'approval.opened',
      timestamp: '2026-11-25T12:00:00.000Z',
      data: {
        ...{ agent: notice.agent, definition: notice.definition, summary: notice.summary },
        approval: { ...notice.approval, expiresAt: '2026-11-27T12:00:00.000Z' },
        url: 'https://perdure.example/agents/desk%2F1%20%C3%BC/approvals/t1-1-abcdef',
      },
    });
    const forged = { ...got, text: got.text.replace('INV-1', 'INV-2') };
    assert.throws(() => receiver.verified(forged));
  });

  it('gives no link when nobody has said where the pages are', async () => {
    await notifierFor(undefined).notify(notice);
    assert.equal(receiver.verified(receiver.received[0]!).data['url'], undefined);
  });

  it('has it tried again whatever the receiver says, unless it wants no more', async () => {
    for (const status of [400, 401, 404, 429, 500, 503]) {
      receiver.answer = (response) => response.writeHead(status).end('very-secret');
      const { message, nonRetryable } = await failure();
      assert.deepEqual([message, nonRetryable], [`the receiver answered ${status}`, false]);
    }
    receiver.answer = (response) => response.writeHead(410).end();
    assert.equal((await failure()).nonRetryable, true);
  });

  it('goes nowhere else', async () => {
    const other = await WebhookReceiver.start();
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.answer = (response) => response.writeHead(status, { location: other.url.href }).end();
      assert.equal((await failure()).message, `the receiver answered ${status}`);
    }
    assert.equal(other.received.length, 0);
    await other.stop();
  });

  it('reads no answer, however long it is', async () => {
    const closed = new Promise((resolve) => {
      receiver.answer = (response) => {
        response.once('close', resolve);
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      };
    });
    await notifier.notify(notice);
    await closed;
  });

  it('waits no longer than it should, and says when nobody is there', async () => {
    receiver.answer = () => undefined;
    assert.match((await failure(notifierFor(undefined, 100))).message, /no answer in time/);
    const gone = notifierFor(undefined);
    await receiver.stop();
    assert.match((await failure(gone)).message, /can't be reached: ECONNREFUSED/);
    receiver = await WebhookReceiver.start();
  });

  it('takes no secret that is none', () => {
    assert.throws(() => webhookNotifier({ url: receiver.url, secret: 'whsec_ä', adminUrl: undefined }));
  });
});
