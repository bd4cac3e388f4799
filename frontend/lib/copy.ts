// Copies a text and says so.
import { onAct, targetOf } from './acts.ts';
import { announce } from './live.ts';
import { _ } from './messages.ts';

export function startCopy(): void {
  onAct('copy', async (element) => {
    const source = targetOf(element);
    const text = element.dataset.text ?? (source instanceof HTMLInputElement ? source.value : source?.textContent) ?? '';
    const word = element.querySelector('span') ?? element;
    const before = element.dataset.word ?? word.textContent ?? '';
    element.dataset.word = before;
    try {
      await navigator.clipboard.writeText(text.trim());
      word.textContent = _('Copied');
    } catch {
      // Without https the browser refuses; the text stays selectable.
      word.textContent = _('Not copied: select the text');
    }
    announce(word.textContent);
    setTimeout(() => { word.textContent = before; }, 2000);
  });
}
