// Follow-up answers save themselves, and never overwrite what another tab saved.
import { el, need } from '../lib/dom.ts';
import { Problem, sendJson } from '../lib/http.ts';
import { _ } from '../lib/messages.ts';
import { forget, recall, remember } from '../lib/store.ts';
import type { PageData, State } from './contract.ts';

const WAIT_MS = 900;
const RETRY_MS = 4000;

type Saved = State['answers'][number];

/** One field: what is stored, what stands in it, and what is still to be sent. */
class AnswerField {
  private readonly field: HTMLTextAreaElement;
  private readonly status: HTMLElement;
  private version = 0;
  private stored = '';
  /** What is or was last on its way. */
  private sent: string | null = null;
  private conflict: Saved | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private sending: Promise<void> | null = null;
  private readonly key: string;

  constructor(
    readonly question: string,
    private readonly data: PageData,
  ) {
    this.field = need<HTMLTextAreaElement>(`answer-${question}`);
    this.status = need(`answer-${question}-status`);
    this.key = `answer:${data.attempt}:${question}`;
    this.stored = this.field.value;
    this.take(data.state.answers);
    const kept = recall(this.key);
    if (kept !== null && kept !== this.field.value) {
      this.field.value = kept;
      this.wait(0);
    }
    this.field.addEventListener('input', () => {
      remember(this.key, this.field.value);
      this.wait(WAIT_MS);
    });
  }

  get dirty(): boolean {
    return this.field.value !== this.stored;
  }

  get empty(): boolean {
    return this.field.value.trim() === '';
  }

  get required(): boolean {
    return this.field.required;
  }

  /** A newer state came. Text under way here stays. */
  take(answers: Saved[]): void {
    const saved = answers.find((each) => each.question === this.question);
    if (!saved || saved.version <= this.version) return;
    if (this.dirty && saved.text !== this.field.value) {
      // Our own save may come back as a state before its answer does.
      if (saved.text === this.sent) [this.version, this.stored] = [saved.version, saved.text];
      else this.ask(saved);
      return;
    }
    this.settle(saved);
  }

  lock(): void {
    this.field.readOnly = true;
  }

  async flush(): Promise<boolean> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.sending;
    if (this.dirty && !this.conflict) await this.send();
    return !this.dirty;
  }

  private wait(ms: number): void {
    this.say(_('Saving'));
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.sending ??= this.send().finally(() => {
        this.sending = null;
      });
    }, ms);
  }

  private async send(): Promise<void> {
    const text = this.field.value;
    if (text === this.stored || this.conflict) return;
    this.sent = text;
    try {
      const body = { question: this.question, text, version: this.version };
      const saved = await sendJson<{ version: number; saved_at: string }>(this.data.urls.answer, body, 'PUT');
      this.version = saved.version;
      this.stored = text;
      if (this.dirty) this.wait(WAIT_MS);
      else {
        forget(this.key);
        this.say(_('Saved'));
      }
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    if (error instanceof Problem && error.status === 409) {
      this.say(_('Changed in another tab'));
      document.dispatchEvent(new CustomEvent('state.wanted'));
    } else if (error instanceof Problem && error.status < 500 && error.status !== 429) {
      this.say(_('Not saved: %(why)s', { why: error.message }));
    } else {
      this.say(_('Not saved yet, trying again'));
      setTimeout(() => this.dirty && this.wait(0), RETRY_MS);
    }
  }

  private settle(saved: Saved): void {
    this.version = saved.version;
    this.stored = saved.text;
    this.field.value = saved.text;
    this.conflict = null;
    forget(this.key);
    this.say(_('Saved'));
  }

  /** Both texts are kept until the person chooses. */
  private ask(saved: Saved): void {
    this.conflict = saved;
    const theirs = el('button', { type: 'button', class: 'btn btn-sm' }, _('Use the other text'));
    const mine = el('button', { type: 'button', class: 'btn btn-sm' }, _('Keep this text'));
    theirs.addEventListener('click', () => this.settle(saved));
    mine.addEventListener('click', () => {
      this.version = saved.version;
      this.stored = saved.text;
      this.conflict = null;
      this.wait(0);
    });
    const other = el('blockquote', { class: 'text-ink-2 whitespace-pre-wrap wrap-anywhere' }, saved.text);
    const words = el('p', {}, _('This answer was changed in another tab. There it says:'));
    this.status.replaceChildren(el('div', { class: 'note note-warn' }, el('div', { class: 'grid gap-2' }, words, other, el('div', { class: 'flex gap-2' }, theirs, mine))));
  }

  private say(text: string): void {
    this.status.textContent = text;
  }
}

export class Answers {
  private readonly fields: AnswerField[];

  constructor(data: PageData) {
    this.fields = data.questions.map((question) => new AnswerField(question, data));
  }

  take(answers: Saved[]): void {
    for (const field of this.fields) field.take(answers);
  }

  lock(): void {
    for (const field of this.fields) field.lock();
  }

  get pending(): boolean {
    return this.fields.some((field) => field.dirty);
  }

  /** Numbers of answers that are missing: needed ones, and others. */
  missing(): { needed: number; other: number } {
    const empty = this.fields.filter((field) => field.empty);
    const needed = empty.filter((field) => field.required).length;
    return { needed, other: empty.length - needed };
  }

  get count(): number {
    return this.fields.length;
  }

  async flush(): Promise<boolean> {
    return (await Promise.all(this.fields.map((field) => field.flush()))).every(Boolean);
  }
}
