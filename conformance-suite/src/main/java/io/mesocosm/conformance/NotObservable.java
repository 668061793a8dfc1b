package io.mesocosm.conformance;

/**
 * A test found that its row cannot be seen on these programs: no gpus, no credentials, another
 * flag.
 */
public final class NotObservable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is lacking. */
  public NotObservable(String why) {
    super(why);
  }
}
