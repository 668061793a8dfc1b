package io.mesocosm.master;

/** What becomes of a call, as its HTTP answer says. */
public sealed interface CallAnswer {
  /** 202: what it leads to comes as events. */
  record Accepted() implements CallAnswer {}

  /** 200: it has taken effect. */
  record Applied() implements CallAnswer {}

  /**
   * Nothing was done.
   *
   * @param status of the HTTP answer
   * @param text in the words of the original, where clients match them
   */
  record Refused(int status, String text) implements CallAnswer {}
}
