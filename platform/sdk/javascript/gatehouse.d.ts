/** Where help comes from: who can press the button, what it says, where it leads. */
export interface Remedy {
  who: string;
  action: string;
  label: string;
  href: string;
}

export interface FieldError {
  pointer: string;
  detail: string;
}

export interface ProblemContent {
  /** HTTP status; 0 where no answer came. */
  status: number;
  /** A code of the catalogue, for example "QUOTA_APP_EXCEEDED": see /help/errors/. */
  code: string;
  /** What happened, for the person in front of the screen. */
  user_message: string;
  remedy: Remedy | null;
  errors: FieldError[];
  request_id: string;
  /** Whether the same call may succeed later. */
  retryable: boolean;
  retry_after_s: number | null;
  error: string;
}

/** The one error that the client throws, beside a cancelled call's own reason. */
export declare class GatehouseProblem extends Error implements Omit<ProblemContent, "error"> {
  constructor(content?: Partial<ProblemContent>, options?: ErrorOptions);
  status: number;
  code: string;
  user_message: string;
  remedy: Remedy | null;
  errors: FieldError[];
  request_id: string;
  retryable: boolean;
  retry_after_s: number | null;
  /** Seconds after which the same call will succeed, or null where waiting is no help. */
  get retryAfter(): number | null;
  /** Set when the bytes arrived and only what follows failed. */
  upload_id?: string;
  static of(response: Response): Promise<GatehouseProblem>;
}

/** A token answer (RFC 6749 §5.1); the lifetime is in seconds. */
export interface TokenAnswer {
  access_token: string;
  expires_in?: number;
}

/** Fetches a token, for example from your own server; `refused` is one that was just turned down. */
export type TokenCallback = (refused?: string) => string | TokenAnswer | Promise<string | TokenAnswer>;

/** Gives the token that is held, or a new one in place of `refused`; however many ask, one exchange is made. */
export type TokenSource = ((refused?: string) => Promise<string>) & { remembers: true };

export interface SessionTokenOptions {
  tokenUrl: string;
  /** The app's publishable id. */
  app: string;
  csrfToken: string;
  /** Space-separated actions; by default to add files and to list them. */
  scope?: string;
  /** A folder that the tokens are confined to; by default all that the person may reach. */
  prefix?: string;
  delaysMs?: readonly number[];
}

/** Tokens by exchange from the page's signed-in session (RFC 8693). */
export declare function sessionTokens(options: SessionTokenOptions): TokenSource;

/** The longest wait before each further attempt, in milliseconds. */
export declare const RETRY_DELAYS_MS: readonly number[];

export interface CallOptions {
  signal?: AbortSignal;
  /** Told before each wait: how long in milliseconds, and why. */
  onWait?: (waitMs: number, problem: GatehouseProblem) => void;
}

export interface ReadOptions extends CallOptions {
  /** The `etag` of an answer that you hold; the call resolves with null where nothing changed since. */
  etag?: string;
}

export interface RetryOptions {
  signal?: AbortSignal;
  onWait?: (waitMs: number, outcome: { result?: any; error?: any }) => void;
  delaysMs?: readonly number[];
}

export interface TransferOptions extends CallOptions {
  delaysMs?: readonly number[];
  /** Bytes sent and bytes altogether. */
  onProgress?: (sent: number, total: number) => void;
}

export interface UploadOptions extends CallOptions {
  /** Bytes sent and bytes altogether. A part that has to be sent again takes its bytes back first. */
  onProgress?: (sent: number, total: number) => void;
  /** Folder and name inside the app; by default the file's name. */
  path?: string;
  /** By default what the browser says. */
  contentType?: string;
  metadata?: Record<string, string>;
  /** 64 hex digits; storage and server then check it. */
  sha256?: string;
  /** Tells this file from others, so that a later try goes on with it. By default size, type and date of a File. */
  resumeKey?: string;
  /** Whether a cancelled upload in parts can be gone on with; otherwise cancelling gives its space back. */
  keepOnAbort?: boolean;
  /** How many parts are sent at a time; 4 by default. */
  parallel?: number;
}

export interface UploadManyOptions extends CallOptions {
  onProgress?: (sent: number, total: number, file: Blob & { name?: string }) => void;
  /** Where all of them go. */
  folder?: string;
}

/** One item's end: its value, or the problem that it alone has. */
export type ItemResult<T> = { value: T; problem: null } | { value: null; problem: GatehouseProblem };

export interface Folder {
  id: string;
  name: string;
  path: string;
  created_at: string;
}

export interface StoredFile {
  id: string;
  name: string;
  path: string;
  size: number;
  content_type: string;
  labels: Record<string, string>;
  created_at: string;
  /** When its keeping ends; null: never by itself. */
  delete_at: string | null;
  /** Set while it is in the trash. */
  trashed_at?: string | null;
  /** Since when nobody can open it, because something was found in it later. */
  locked_at?: string | null;
  has_thumbnail: boolean;
  etag?: string;
}

export type UploadStateName =
  | "started" | "received" | "scanning" | "available" | "rejected" | "held" | "expired" | "aborted";

export interface Upload {
  id: string;
  state: UploadStateName;
  name: string;
  size: number;
  file: StoredFile | null;
  problem: Pick<ProblemContent, "code" | "user_message" | "remedy"> | null;
}

export interface UploadForm {
  method: "POST";
  url: string;
  fields: Record<string, string>;
}

export interface SignedPart {
  number: number;
  url: string;
}

export interface PartPlan {
  method: "PUT";
  part_size: number;
  part_count: number;
  /** The first of them, signed. */
  parts: SignedPart[];
  expires_at: string;
}

export interface StartedUpload {
  id: string;
  state: "started";
  expires_at: string;
  upload: UploadForm | PartPlan;
}

export interface AnnouncedUpload {
  path: string;
  size: number;
  content_type: string;
  sha256?: string;
  metadata?: Record<string, string>;
  /** Wishes for parts, for 5 MiB and more. */
  multipart?: boolean;
}

export interface PageWish {
  folder?: string;
  /** What names begin with. */
  prefix?: string;
  sort?: "name" | "-name" | "created" | "-created" | "size" | "-size";
  cursor?: string;
  limit?: number;
}

export interface Page {
  folders: Folder[];
  files: StoredFile[];
  next_cursor: string | null;
  etag?: string;
}

export interface TrashPage {
  files: StoredFile[];
  next_cursor: string | null;
}

export interface SignedUrl {
  url: string;
  expires_at: string;
}

export type Variant = "original" | "thumbnail";

/** What is needed to go on with an upload: neither a token nor a signed address, so it may be kept anywhere. */
export interface ResumeState {
  id: string;
  size: number;
  part_size: number;
  part_count: number;
}

/** A Map is one; so is anything of yours with these three, at once or by promise. */
export interface ResumeStore {
  get(key: string): ResumeState | undefined | null | Promise<ResumeState | undefined | null>;
  set(key: string, state: ResumeState): unknown;
  delete(key: string): unknown;
}

export interface GatehouseOptions {
  /** Where the API is, for example "/api/v1". */
  api: string;
  tokens: TokenSource | TokenCallback;
  delaysMs?: readonly number[];
  /** Where begun uploads are remembered; by default in memory, for as long as this client lives. */
  resumeStore?: ResumeStore;
  /** Files of more bytes are sent in parts where the server takes parts; 8,000,000 by default. */
  partsAbove?: number;
}

export declare class Gatehouse {
  constructor(options: GatehouseOptions);
  /** Makes a folder, or finds the one that is there. */
  createFolder(path: string, options?: CallOptions): Promise<Folder>;
  createFolders(paths: string[], options?: CallOptions): Promise<ItemResult<Folder>[]>;
  /** Renames or moves. */
  changeFolder(id: string, changes: { name?: string; parent?: string }, options?: CallOptions): Promise<Folder>;
  /** Only an empty one: otherwise FOLDER_NOT_EMPTY. */
  deleteFolder(id: string, options?: CallOptions): Promise<unknown>;

  /** Announces a file; the answer holds what storage will take. */
  uploadStart(announced: AnnouncedUpload, options?: CallOptions): Promise<StartedUpload>;
  uploadStartMany(announced: AnnouncedUpload[], options?: CallOptions): Promise<ItemResult<StartedUpload>[]>;
  /** Says that the bytes were sent; the server looks for itself. */
  uploadComplete(id: string, options?: CallOptions): Promise<Upload>;
  uploadCompleteMany(ids: string[], options?: CallOptions): Promise<ItemResult<Upload>[]>;
  /** uploadComplete for bytes that are known to be there; its problem carries `upload_id`. */
  uploadArrived(id: string, options?: CallOptions): Promise<Upload>;
  uploadState(id: string, options?: ReadOptions): Promise<Upload>;
  /** Gives an upload up; its space is free again. */
  abort(id: string, options?: CallOptions): Promise<Upload>;
  /** Fresh addresses for up to 100 parts. */
  signParts(id: string, numbers: number[], options?: CallOptions): Promise<{ parts: SignedPart[]; expires_at: string }>;
  /** The parts that storage has. */
  uploadedParts(
    id: string,
    options?: CallOptions,
  ): Promise<{ parts: { number: number; size: number; etag: string }[] }>;

  /** Announces, sends, has it verified; in parts above `partsAbove`. Resolves when it arrived, not when it is safe. */
  upload(file: Blob & { name?: string; lastModified?: number }, options?: UploadOptions): Promise<Upload>;
  /** The same for many files, small ones in batches. */
  uploadMany(files: (Blob & { name?: string })[], options?: UploadManyOptions): Promise<ItemResult<Upload>[]>;
  /** Waits for the end of the scan. */
  settled(id: string, options?: CallOptions & { onState?: (upload: Upload) => void }): Promise<Upload>;

  /** One page of a folder. */
  list(page?: PageWish, options?: CallOptions): Promise<Page>;
  list(page: PageWish, options: ReadOptions): Promise<Page | null>;
  /** Every file of a folder, page after page. */
  files(page?: Omit<PageWish, "cursor">, options?: CallOptions): AsyncGenerator<StoredFile, void, void>;
  file(id: string, options?: CallOptions): Promise<StoredFile>;
  /** Renames or moves. */
  changeFile(id: string, changes: { name?: string; folder?: string }, options?: CallOptions): Promise<StoredFile>;
  copyFile(id: string, place?: { folder?: string; name?: string }, options?: CallOptions): Promise<StoredFile>;
  /** Into the trash. */
  deleteFile(id: string, options?: CallOptions): Promise<StoredFile>;
  restoreFile(id: string, options?: CallOptions): Promise<StoredFile>;
  trash(page?: { cursor?: string; limit?: number }, options?: CallOptions): Promise<TrashPage>;
  /** A link that opens one file for about a minute. */
  signedUrl(id: string, wanted?: { variant?: Variant }, options?: CallOptions): Promise<SignedUrl>;
  signedUrls(items: { id: string; variant?: Variant }[], options?: CallOptions): Promise<ItemResult<SignedUrl>[]>;
}
