// What the workspace page and its server say to each other. The server side is in portal/; change both together.
//
// One page serves one part (task) of an attempt. All times are ISO 8601 in UTC, all durations whole numbers in the unit
// of their name. Texts are translated by the server and are shown as text, never as markup.

/** `<script type="application/json" id="page-data">` of the page. */
export interface PageData {
  /** UUID of the attempt. */
  attempt: string;
  /** UUID of this part's document. */
  workspace: string;
  /** Who types: shown at the caret in other tabs. */
  person: { name: string };
  /** This response's CSP nonce; CodeMirror's style element carries it. */
  nonce: string;
  urls: {
    /** GET → State. Cheap: the page asks on connect, on a gap, and every 15 s while the socket is down. */
    state: string;
    /** POST RunRequest → { run: RunView }. 409 `engine_off`, 429 with Retry-After. */
    run: string;
    /** POST {} → { run: RunView }. `{run}` in it stands for the id. */
    cancel: string;
    /** POST multipart, field `file` → Uploaded. 422 when refused, with the reason in `fields.file`. */
    upload: string;
    /** GET one binary file. `{blob}` in it stands for the hash. */
    blob: string;
    /** PUT AnswerRequest → { version, saved_at }. 409 when another tab saved since `version`. */
    answer: string;
    /** POST { language } → { language }. Starter files of that language are seeded once, into the document. */
    language: string;
    /** POST SubmitRequest → { url } of the receipt. */
    submit: string;
    /** Where the page goes when the attempt is over without a submit from this tab. */
    receipt: string;
  };
  /** Socket.IO: same origin, path `/socket.io`, this namespace; `auth` is sent as { attempt }. */
  namespace: string;
  /** The first state, so that the page needs no request before it shows. */
  state: State;
  languages: Language[];
  /** Chosen language, an id of `languages`. */
  language: string;
  /** Whether this part has public tests to run, and whether a program can be run with own input. */
  can: { tests: boolean; stdin: boolean };
  /** Paths to open first, in order. */
  open: string[];
  /** What the browser may report, from the manifest. Anything else is refused and counted by the server. */
  capture: CaptureKind[];
  limits: { files: number; file_characters: number; upload_bytes: number; stdin_characters: number };
  /** Ids of the follow-up questions; their fields are `answer-<id>` in the page. */
  questions: string[];
}

export interface Language {
  id: string;
  /** Shown in the status bar: "Python 3.11". */
  name: string;
}

// ---- state ------------------------------------------------------------------------------------------------------

export interface State {
  /** Grows with every change of the attempt. A hint with a higher version makes the page ask again. */
  version: number;
  /** The server's clock at the moment of the answer. */
  now: string;
  /** core's phase (working, overtime, grace, over), or submitted. In grace only what was typed before is taken. */
  status: 'working' | 'overtime' | 'grace' | 'over' | 'submitted';
  clock: Clock;
  engine: Engine;
  /** Newest first, at most ten, of this part. */
  runs: RunView[];
  answers: { question: string; text: string; version: number; saved_at: string }[];
}

export interface Clock {
  started_at: string;
  /** Arrangements and faults of the server are already in it. */
  limit_seconds: number;
  /** When the limit is reached. */
  deadline_at: string;
  /** hard_stop: work ends at the deadline. overtime: it goes on, with a deduction, until `ends_at`. */
  policy: 'hard_stop' | 'overtime';
  /** When work ends (deadline, end of overtime, or end of the window). */
  ends_at: string;
}

export interface Engine {
  state: 'ready' | 'building' | 'off';
  /** Why it is off and how to get it, or what is being prepared. Empty when ready. */
  text: string;
  /** 0-100 while building, when known. */
  percent: number | null;
}

// ---- runs -------------------------------------------------------------------------------------------------------

/** The page sends it only after everything typed is stored, so the server runs what the document holds. */
export interface RunRequest {
  kind: 'tests' | 'stdin';
  language: string;
  /** For kind stdin. */
  stdin: string;
  /** UUID made by the page: the same request twice is one run. */
  request: string;
}

/** starting and building are stages of core's `running`. */
export type RunState = 'queued' | 'starting' | 'building' | 'running' | 'finished' | 'failed' | 'cancelled';

export interface RunView {
  id: string;
  kind: 'tests' | 'stdin';
  language: string;
  state: RunState;
  /** Place in the queue while queued; 1 is next. */
  position: number | null;
  queued_at: string;
  finished_at: string | null;
  /** From start to end of the run in the sandbox. */
  wall_ms: number | null;
  /** What the compiler said; null where nothing is built. */
  build: { ok: boolean; output: Output } | null;
  /** Results as they come; `total` says how many will. For kind stdin there is one. */
  results: TestResult[];
  total: number | null;
  /** For `failed`: what happened, and that the work is safe. */
  notice: string;
}

export type TestStatus =
  | 'ok' | 'wrong' | 'runtime_error' | 'signal' | 'time' | 'memory' | 'output' | 'disk' | 'build_error' | 'sandbox_error';

/** A text from a program: bounded by the server, `truncated` when more came. */
export interface Output {
  text: string;
  truncated: boolean;
}

export interface TestResult {
  name: string;
  status: TestStatus;
  wall_ms: number | null;
  cpu_ms: number | null;
  memory_kb: number | null;
  exit_code: number | null;
  signal: string | null;
  /** What the checker or the test framework says. */
  message: string;
  stdin: Output | null;
  expected: Output | null;
  /** Standard output of the program. */
  received: Output | null;
  stderr: Output | null;
}

// ---- files, answers, submit ---------------------------------------------------------------------------------------

/** A text file's content goes into the document by the page; a binary file is stored, and named by its hash. */
export interface Uploaded {
  kind: 'text' | 'binary';
  text: string | null;
  blob: string | null;
  size: number;
}

export interface AnswerRequest {
  question: string;
  text: string;
  /** The version the page started from; 0 when there was none. */
  version: number;
}

export interface SubmitRequest {
  /** For the reviewer; may be empty. */
  note: string;
  /** UUID made by the page: the same request twice is one submit. */
  request: string;
}

// ---- socket -----------------------------------------------------------------------------------------------------
//
// page → server, each with an ack:
//   room.watch     ('attempt:<uuid>')                the hints of the attempt
//   doc.join       (workspace, stateVector: bytes)   → Joined | Refused
//   doc.update     (workspace, update: bytes, batch) → Stored | Refused        stored before the ack; `batch` is a UUID
//   doc.awareness  (workspace, update: bytes)        no ack; relayed to the other tabs
//   evidence.reported (Batch)                        → { accepted, refused } | Refused
// server → page:
//   doc.updated            (workspace, update: bytes)     somebody else's update, after it is stored
//   doc.awareness_changed  (workspace, update: bytes)
//   doc.awareness_asked    (workspace)                    somebody came: tell where you are
//   doc.reset              ({ workspace })                join again
//   attempt.changed        ({ version })                  a hint: ask urls.state
//   run.changed            ({ version, run, state })      the same, for a run: queued (position), running (stage), ended
//   sandbox.changed        ({ version, engine })          the same, for what can be run at all

export interface Joined {
  /** What the page lacks. */
  update: ArrayBuffer;
  /** What the server has: the page sends what it lacks. */
  stateVector: ArrayBuffer;
  /** Id of the newest stored update. */
  version: number;
}

export interface Stored {
  /** When it was stored. */
  at: string;
}

/** problem+json. Statuses 409, 429 and from 500 on may pass by themselves, and are tried again; others are shown. */
export interface Refused {
  problem: { code: string; status: number; detail: string };
}

/** An acknowledgement says no when it holds a problem. */
export function isRefused(ack: object): ack is Refused {
  return 'problem' in ack;
}

/** Names and payloads are those of evidence/kinds.py. */
export type CaptureKind = 'away' | 'pasted' | 'opened_file';

/** One report: the same batch id twice is stored once. */
export interface Batch {
  batch: string;
  workspace: string;
  events: CapturedEvent[];
}

export type CapturedEvent =
  | {
      kind: 'away';
      /** Milliseconds since 1970 by the page's clock: a claim, kept beside the server's time. */
      claimed_at: number;
      payload: { duration_ms: number; trusted: boolean };
    }
  | {
      kind: 'pasted';
      claimed_at: number;
      /** Only lengths leave the page. `file` is a file id. */
      payload: { length: number; lines: number; file: string; trusted: boolean };
    }
  | { kind: 'opened_file'; claimed_at: number; payload: { file: string } };

// ---- document ---------------------------------------------------------------------------------------------------
//
// Y.Doc:  'tree' = Y.Map(file id → Y.Map(Entry));  'body:<file id>' = Y.Text, line endings LF.
// A file id is stable: renaming sets `path`, deleting removes the entry and leaves the body for undo and history.

export interface Entry {
  /** Relative, parts joined by '/', without '.', '..', empty parts or control characters. */
  path: string;
  kind: 'text' | 'binary';
  /** SHA-256 of a binary file, hexadecimal; '' for text. */
  blob: string;
  /** Bytes of a binary file; 0 for text. */
  size: number;
  readonly: boolean;
}
