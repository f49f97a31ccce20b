/** Ends that the server explains with no problem of their own. */
export const ENDED = {
  held: { code: "SENSITIVE_DATA_FOUND", user_message: "This file is waiting for a person to check it." },
  expired: { code: "KEY_EXPIRED", user_message: "The upload took too long to start.", remedy: { action: "start_again", label: "Try again" } },
  aborted: { code: "UPLOAD_CLOSED", user_message: "This upload was cancelled.", remedy: { action: "start_again", label: "Upload it again" } },
  rejected: { code: "FILE_CONTENT_MISMATCH", user_message: "This file was refused. It was not stored." },
};
