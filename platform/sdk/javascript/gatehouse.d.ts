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
  status: number;
  code: string;
  user_message: string;
  remedy: Remedy | null;
  errors: FieldError[];
  request_id: string;
  retryable: boolean;
  retry_after_s: number | null;
  error: string;
}

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
  /** Set when the bytes arrived and only what follows failed. */
  upload_id?: string;
  static of(response: Response): Promise<GatehouseProblem>;
}

/** Gives a token; `refused` is one that the server just turned down. */
export type TokenSource = (refused?: string) => Promise<string>;

export interface SessionTokenOptions {
  tokenUrl: string;
  /** The app's publishable id. */
  app: string;
  csrfToken: string;
  /** Space-separated actions; by default to add files and to list them. */
  scope?: string;
  delaysMs?: readonly number[];
}

export declare function sessionTokens(options: SessionTokenOptions): TokenSource;

/** The longest wait before each further attempt, in milliseconds. */
export declare const RETRY_DELAYS_MS: readonly number[];

export interface CallOptions {
  signal?: AbortSignal;
  /** Told before each wait: how long in milliseconds, and why. */
  onWait?: (waitMs: number, problem: GatehouseProblem) => void;
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
  onProgress?: (sent: number, total: number) => void;
  /** Folder and name inside the app; by default the file's name. */
  path?: string;
  /** By default what the browser says. */
  contentType?: string;
  metadata?: Record<string, string>;
}

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
  has_thumbnail: boolean;
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

export interface StartedUpload {
  id: string;
  state: "started";
  expires_at: string;
  upload: UploadForm;
}

export interface AnnouncedUpload {
  path: string;
  size: number;
  content_type: string;
  sha256?: string;
  metadata?: Record<string, string>;
}

export interface Page {
  folders: Folder[];
  files: StoredFile[];
  next_cursor: string | null;
}

export interface GatehouseOptions {
  /** Where the API is, for example "/api/v1". */
  api: string;
  tokens: TokenSource;
  delaysMs?: readonly number[];
}

export declare class Gatehouse {
  constructor(options: GatehouseOptions);
  createFolder(path: string, options?: CallOptions): Promise<Folder>;
  uploadStart(announced: AnnouncedUpload, options?: CallOptions): Promise<StartedUpload>;
  uploadComplete(id: string, options?: CallOptions): Promise<Upload>;
  uploadState(id: string, options?: CallOptions): Promise<Upload>;
  abort(id: string, options?: CallOptions): Promise<Upload>;
  list(page?: { folder?: string; cursor?: string; limit?: number }, options?: CallOptions): Promise<Page>;
  signedUrl(
    id: string,
    wanted?: { variant?: "original" | "thumbnail" },
    options?: CallOptions,
  ): Promise<{ url: string; expires_at: string }>;
  upload(file: Blob & { name?: string }, options?: UploadOptions): Promise<Upload>;
  settled(id: string, options?: CallOptions & { onState?: (upload: Upload) => void }): Promise<Upload>;
}
