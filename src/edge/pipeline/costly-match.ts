/** Matching regexes was given up, because the client's text would have made it last longer than any request may. The request is answered with 500, as nginx answers at PCRE's limit. */
export class CostlyMatch extends Error {}
