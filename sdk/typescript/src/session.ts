/** Who is signed in, and to which product. */

export interface ViewerFacts {
  org: string;
  email: string;
  role: string;
  name: string;
  locale: string;
  zone: string | null;
}

/** `as_of`: the instant at which a demonstration lives, or null where the clock is the real one. */
export interface ProductFacts {
  company: string;
  currency: string;
  zone: string;
  week_start: string;
  as_of: string | null;
  version: string;
}

export interface Session {
  viewer: ViewerFacts;
  product: ProductFacts;
}
