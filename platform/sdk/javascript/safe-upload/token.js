/** The box's own tokens: of whoever is signed in, else of a visitor. */

import { sessionToken } from "../session-tokens.js";

export async function tokenFor(surface) {
  if (surface.visitor) return (await import("./visitor.js")).visitorToken(surface);
  return sessionToken({ tokenUrl: surface.endpoints.token, app: surface.app.id, csrfToken: surface.csrf });
}
