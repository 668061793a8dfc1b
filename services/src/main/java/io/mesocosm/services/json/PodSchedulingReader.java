package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.KillSelection;
import io.mesocosm.services.app.LaunchLimit;
import io.mesocosm.services.app.PodDefinition.Scheduling;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads how many instances of a pod there are to be and where (contracts/marathon-pods.md §2). */
final class PodSchedulingReader {
  /** More than thirty years; what is longer does not fit the nanoseconds of Mesos. */
  private static final double SECONDS_MAX = 1_000_000_000;

  private static final int UNREADABLE = 400;

  private PodSchedulingReader() {}

  /**
   * @param resident whether the pod has persistent volumes, and so other defaults
   */
  static Scheduling read(Fields pod, boolean resident) {
    Fields scheduling = pod.objectOrEmpty("scheduling");
    Fields backoff = scheduling.objectOrEmpty("backoff");
    Fields placement = scheduling.objectOrEmpty("placement");
    return new Scheduling(
        instances(pod),
        seconds(backoff, "backoff").orElse(Scheduling.USUAL.backoff()),
        backoff
            .number("backoffFactor", 1, Double.MAX_VALUE)
            .orElse(Scheduling.USUAL.backoffFactor()),
        seconds(backoff, "maxLaunchDelay").orElse(Scheduling.USUAL.maxLaunchDelay()),
        launchLimit(scheduling),
        upgrade(scheduling, resident),
        placement(placement),
        placement.texts("acceptedResourceRoles").orElse(List.of()),
        scheduling
            .choice("killSelection", KillSelection.class)
            .orElse(KillSelection.YOUNGEST_FIRST),
        unreachableStrategy(scheduling, resident));
  }

  /** Seconds, with or without a fraction; kept to the millisecond. */
  static Optional<Duration> seconds(Fields fields, String name) {
    return fields
        .number(name, 0, SECONDS_MAX)
        .map(given -> Duration.ofMillis(Math.round(Math.clamp(given, 0, SECONDS_MAX) * 1000)));
  }

  private static int instances(Fields pod) {
    Fields scaling = pod.objectOrEmpty("scaling");
    Optional<String> kind = scaling.text("kind");
    kind.ifPresent(given ->
        pod.problems()
            .ruleUnless(
                given.equalsIgnoreCase("fixed"),
                scaling.pathOf("kind"),
                "got " + given + ", expected fixed"));
    return scaling.integer("instances", 0).orElse(Scheduling.USUAL.instances());
  }

  private static LaunchLimit launchLimit(Fields scheduling) {
    int attempts = scheduling.integer("maxLaunchAttempts", 0).orElse(0);
    boolean rollback = scheduling.bool("rollbackOnFailure", false);
    scheduling
        .problems()
        .ruleUnless(
            !rollback || attempts > 0,
            scheduling.pathOf("rollbackOnFailure"),
            "needs maxLaunchAttempts of 1 or more");
    return new LaunchLimit(attempts, rollback);
  }

  private static UpgradeStrategy upgrade(Fields scheduling, boolean resident) {
    UpgradeStrategy usual = resident ? UpgradeStrategy.RESIDENT : UpgradeStrategy.USUAL;
    Fields upgrade = scheduling.objectOrEmpty("upgrade");
    return new UpgradeStrategy(
        upgrade.number("minimumHealthCapacity", 0, 1).orElse(usual.minimumHealthCapacity()),
        upgrade.number("maximumOverCapacity", 0, 1).orElse(usual.maximumOverCapacity()),
        upgrade.bool("waitForRouting", usual.waitForRouting()));
  }

  /** A pod's constraints are objects; those of apps are lists, and have the same rules. */
  private static List<Constraint> placement(Fields placement) {
    ObjectNode lists = JsonNodeFactory.instance.objectNode();
    ArrayNode constraints = lists.putArray("constraints");
    for (Fields given : placement.objects("constraints").orElse(List.of())) {
      ArrayNode words = constraints.addArray();
      words.add(given.requiredText("fieldName")).add(given.requiredText("operator"));
      given.text("value").ifPresent(words::add);
    }
    return constraints(lists, placement);
  }

  /**
   * Reads lists of words.
   *
   * @param lists has them as {@code constraints}
   * @param owner where they are in the pod
   */
  static List<Constraint> constraints(ObjectNode lists, Fields owner) {
    Problems own = new Problems();
    List<Constraint> read = ConstraintReader.read(new Fields(lists, "", own));
    try {
      own.throwIfAny();
    } catch (InvalidRequestException e) {
      // what is found is told by the path from the outermost
      e.errorsByPath()
          .forEach((path, errors) -> errors.forEach(error -> pass(e.status(), owner, path, error)));
    }
    return read;
  }

  private static void pass(int status, Fields owner, String path, String error) {
    if (status == UNREADABLE) {
      owner.problems().wrongType(owner.path() + path, error);
    } else {
      owner.problems().brokenRule(owner.path() + path, error);
    }
  }

  private static UnreachableStrategy unreachableStrategy(Fields scheduling, boolean resident) {
    JsonNode node = scheduling.node().path("unreachableStrategy");
    String path = scheduling.pathOf("unreachableStrategy");
    if (node.isTextual()) {
      scheduling
          .problems()
          .ruleUnless(
              node.textValue().equals("disabled"),
              path,
              "got " + node.textValue() + ", expected disabled, or an object");
      return new UnreachableStrategy.Disabled();
    }
    Optional<Fields> given = scheduling.object("unreachableStrategy");
    if (given.isEmpty()) {
      return resident ? new UnreachableStrategy.Disabled() : UnreachableStrategy.USUAL;
    }
    Duration inactive = seconds(given.get(), "inactiveAfterSeconds").orElse(Duration.ZERO);
    // Said alone, a time to replacement must not come after that to forgetting.
    Duration expunge = seconds(given.get(), "expungeAfterSeconds").orElse(inactive);
    scheduling
        .problems()
        .ruleUnless(
            inactive.compareTo(expunge) <= 0,
            path + "/inactiveAfterSeconds",
            "got "
                + inactive.toSeconds()
                + ", expected no more than expungeAfterSeconds, "
                + expunge.toSeconds());
    return new UnreachableStrategy.Enabled(inactive, expunge);
  }
}
