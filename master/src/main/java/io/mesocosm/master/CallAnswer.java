package io.mesocosm.master;

import io.mesocosm.allocator.Explanation;
import java.util.List;

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

  /**
   * What {@link MasterCommand.Explain} asked for; empty if there is nobody or nothing of that name.
   */
  record Explained(List<Explanation> explanations) implements CallAnswer {}
}
