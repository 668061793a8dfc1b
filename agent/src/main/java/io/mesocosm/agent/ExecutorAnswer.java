package io.mesocosm.agent;

/** What a call of an executor is answered. */
public sealed interface ExecutorAnswer {
  /** 202: taken. */
  record Accepted() implements ExecutorAnswer {}

  /**
   * 200: a SUBSCRIBE whose stream bears the number of its request; {@link
   * AgentEffect.SendToExecutor} names it from now on.
   */
  record Subscribed() implements ExecutorAnswer {}

  /** Not taken. */
  record Refused(int status, String text) implements ExecutorAnswer {}
}
