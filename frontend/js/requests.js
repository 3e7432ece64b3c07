/** What every request of our own scripts carries: that a fragment is wanted, and the token against forged requests. */

export const headers = () => ({ "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) });

/** Ask for something. Where the session has ended the page is left for where one signs in, and nobody waits any more. */
export async function ask(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { ...headers(), ...options.headers } });
  const elsewhere = answer.headers.get("HX-Redirect");
  if (!elsewhere) return answer;
  location.assign(elsewhere);
  return new Promise(() => {});
}
