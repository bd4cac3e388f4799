// The kit page (development): shows the parts that only scripts can make.
import { onAct } from '../lib/acts.ts';
import { showToast } from '../lib/toasts.ts';

onAct('kit-toast', () => {
  showToast('3 submissions moved to Maybe.', { undo: () => showToast('Put back.', { kind: 'good' }) });
});
