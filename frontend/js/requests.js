/** What every request of our own scripts carries: that a fragment is wanted, and the token against forged requests. */

export const headers = () => ({ "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) });
