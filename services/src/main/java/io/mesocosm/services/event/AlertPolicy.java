package io.mesocosm.services.event;

import java.time.Duration;

/**
 * How hard an alert is tried to be brought.
 *
 * @param waitingMax alerts that may wait to be sent; further ones are lost
 * @param triesMax at least 1
 * @param firstPause before the second try; each further one is four times as long
 * @param answerMax from the connection to the head of the answer
 */
public record AlertPolicy(int waitingMax, int triesMax, Duration firstPause, Duration answerMax) {
  public static final AlertPolicy USUAL =
      new AlertPolicy(256, 3, Duration.ofSeconds(1), Duration.ofSeconds(10));

  public AlertPolicy {
    if (waitingMax < 1 || triesMax < 1) {
      throw new IllegalArgumentException(
          "alerts need room for one and one try: " + waitingMax + ", " + triesMax);
    }
  }
}
