/** What is said about a file before any byte of it is sent. */

/** What the server is told, and what is left for the sending. */
export function announcement(file, { path = file.name, contentType = file.type, metadata, sha256, ...options }) {
  const content_type = contentType || "application/octet-stream";
  return [{ path, size: file.size, content_type, ...(metadata && { metadata }), ...(sha256 && { sha256 }) }, options];
}

/** What tells a file from others; bytes without a date could be any, so they have no key of their own. */
export const keyOf = ({ size, type, lastModified }) => (lastModified === undefined ? "" : `${size}:${type}:${lastModified}`);
