// What every page starts. Pages work without it; this adds the live behaviour.
import { startActs } from './acts.ts';
import { startCopy } from './copy.ts';
import { startDialogs } from './dialogs.ts';
import { startDrafts } from './drafts.ts';
import { startFields } from './fields.ts';
import { startHypertext } from './hypertext.ts';
import { startKeys } from './keys.ts';
import { startMenus } from './menus.ts';
import { startRows } from './rows.ts';
import { startShortcuts } from './shortcuts.ts';
import { startTabs } from './tabs.ts';
import { startTheme } from './theme.ts';
import { startTimes } from './times.ts';
import { startToasts } from './toasts.ts';
import { startZone } from './zone.ts';

export function start(): void {
  startActs();
  startTheme();
  startZone();
  startDialogs();
  startMenus();
  startTabs();
  startToasts();
  startShortcuts();
  startKeys();
  startRows();
  startFields();
  startCopy();
  startDrafts();
  startTimes();
  startHypertext();
}
