const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}
label{display:block;margin:1rem 0 .25rem}input{font:inherit;width:100%;padding:.4rem;box-sizing:border-box}
button{font:inherit;padding:.4rem 1rem;margin:1.25rem .5rem 0 0}`

const document = (content: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in a device</title><style>${STYLE}</style></head><body><h1>Sign in a device</h1>${content}</body></html>`

/** The page that a device names: its code, the secret of its application, and a decision. */
export const DEVICE_PAGE = document(`<form method="post" action="/local/devicecode/approve">
<label for="code">Code shown by the device</label><input id="code" name="user_code" autocomplete="off" required>
<label for="secret">Client secret of its application</label><input id="secret" name="client_secret" type="password" autocomplete="off" required>
<button name="decision" value="approve">Approve</button><button name="decision" value="decline">Decline</button></form>`)

/** What became of the decision. */
export const decisionPage = (text: string): string =>
  document(`<p>${escapeHtml(text)}</p><p><a href="/local/devicecode">Another code</a></p>`)

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
