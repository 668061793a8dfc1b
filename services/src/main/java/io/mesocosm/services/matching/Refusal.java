package io.mesocosm.services.matching;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Why an offer does not fit an app.
 *
 * @param reason the kind, as counted in the queue
 * @param rule what was not met, e.g. {@code mem} or {@code constraint hostname UNIQUE}
 * @param value what the app needs or the offer has
 * @param limit what stands against it
 * @param text all of it as a sentence for people, e.g. {@code needs mem 20000, offer has 5000}
 * @param waitingMayHelp whether the same agent may fit later
 */
public record Refusal(
    Reason reason, String rule, String value, String limit, String text, boolean waitingMayHelp) {

  /**
   * Kinds of refusals, in the order in which they are looked for (contracts/marathon-api.md B2).
   */
  public enum Reason {
    UNFULFILLED_ROLE("UnfulfilledRole"),
    UNFULFILLED_CONSTRAINT("UnfulfilledConstraint"),
    NO_CORRESPONDING_RESERVATION_FOUND("NoCorrespondingReservationFound"),
    AGENT_MAINTENANCE("AgentMaintenance"),
    INSUFFICIENT_CPUS("InsufficientCpus"),
    INSUFFICIENT_MEMORY("InsufficientMemory"),
    INSUFFICIENT_DISK("InsufficientDisk"),
    INSUFFICIENT_GPUS("InsufficientGpus"),
    INSUFFICIENT_PORTS("InsufficientPorts"),
    DECLINED_SCARCE_RESOURCES("DeclinedScarceResources");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** As the queue of the API writes it. */
    public String text() {
      return text;
    }
  }

  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,18}(\\.[0-9]{1,3})?");

  /** The text as an amount of a resource, if it is one. */
  public static Optional<BigDecimal> amount(String text) {
    return AMOUNT.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
  }

  /** By how much a resource falls short; absent if it is something else that stands against it. */
  public Optional<BigDecimal> missing() {
    return switch (reason) {
      case INSUFFICIENT_CPUS, INSUFFICIENT_MEMORY, INSUFFICIENT_DISK, INSUFFICIENT_GPUS ->
          amount(value)
              .flatMap(
                  needed -> amount(limit).map(needed::subtract).filter(left -> left.signum() > 0));
      case UNFULFILLED_ROLE,
          UNFULFILLED_CONSTRAINT,
          NO_CORRESPONDING_RESERVATION_FOUND,
          AGENT_MAINTENANCE,
          INSUFFICIENT_PORTS,
          DECLINED_SCARCE_RESOURCES ->
          Optional.empty();
    };
  }

  static Refusal role(String wanted, String offered) {
    return new Refusal(
        Reason.UNFULFILLED_ROLE,
        "role",
        wanted,
        offered,
        "needs role " + wanted + ", offer is for role " + offered,
        true);
  }

  static Refusal insufficient(Reason reason, String resource, String needed, String offered) {
    return new Refusal(
        reason,
        resource,
        needed,
        offered,
        "needs " + resource + " " + needed + ", offer has " + offered,
        true);
  }

  static Refusal constraint(String rule, String value, String limit, boolean waitingMayHelp) {
    return new Refusal(
        Reason.UNFULFILLED_CONSTRAINT,
        "constraint " + rule,
        value,
        limit,
        "constraint " + rule + ": " + value + " " + limit,
        waitingMayHelp);
  }
}
