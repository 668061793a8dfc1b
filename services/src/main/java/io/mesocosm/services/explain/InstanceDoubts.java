package io.mesocosm.services.explain;

import io.mesocosm.services.RoutingView;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.ReadinessCheck;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.instance.HealthResult;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.ReadinessResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why an instance that holds a place is not one to count on. */
final class InstanceDoubts {
  private final RoutingView routing;

  InstanceDoubts(RoutingView routing) {
    this.routing = routing;
  }

  /** Why it does not run, whatever a deployment would ask of it beside. */
  Optional<String> notRunning(InstanceView view) {
    Instance instance = view.instance();
    String since = " since " + instance.conditionSince();
    if (!instance.wanted() && !instance.isOutOfTouch()) {
      Optional<String> held = routing.why(instance).filter(_ -> waitsForRouting(view.spec()));
      return Optional.of("is ending" + since + held.map(why -> ": " + why).orElse(""));
    }
    return switch (instance.condition()) {
      case RUNNING -> Optional.empty();
      case SCHEDULED ->
          Optional.of(
              "waits for an offer of "
                  + instance.placement().hostname()
                  + ", where its reservation and its volumes are,"
                  + since);
      case PROVISIONED -> Optional.of("is launched, and nothing was heard of it" + since);
      case STAGING -> Optional.of("is being brought to its agent" + since);
      case STARTING -> Optional.of("is being brought up by its executor" + since);
      case UNREACHABLE -> Optional.of("is unreachable" + since + replacement(view));
      case UNREACHABLE_INACTIVE -> Optional.of("is given up as unreachable" + since);
      case KILLING -> Optional.of("is ending" + since);
      case FINISHED, FAILED, KILLED, ERROR, DROPPED, GONE, UNKNOWN ->
          Optional.of("has ended: " + instance.condition().text() + since);
    };
  }

  private static String replacement(InstanceView view) {
    Instant from = view.instance().conditionSince();
    return switch (view.spec().unreachableStrategy()) {
      case UnreachableStrategy.Disabled _ ->
          "; its unreachableStrategy has it waited for without end";
      case UnreachableStrategy.Enabled enabled ->
          "; it is replaced from " + from.plus(enabled.inactiveAfter()) + " on";
    };
  }

  /** All that a deployment waits for it to be. */
  List<String> all(InstanceView view) {
    List<String> doubts = new ArrayList<>();
    Optional<String> notRunning = notRunning(view);
    if (notRunning.isPresent()) {
      return List.of(notRunning.get());
    }
    health(view).ifPresent(doubts::add);
    readiness(view).ifPresent(doubts::add);
    if (waitsForRouting(view.spec())) {
      routing.why(view.instance()).ifPresent(doubts::add);
    }
    return doubts;
  }

  private static boolean waitsForRouting(RunSpec spec) {
    return spec.upgradeStrategy().waitForRouting();
  }

  private static Optional<String> health(InstanceView view) {
    boolean checked =
        switch (view.spec()) {
          case AppDefinition app -> !app.healthChecks().isEmpty();
          case PodDefinition pod ->
              pod.containers().stream()
                  .map(PodContainer::healthCheck)
                  .anyMatch(Optional::isPresent);
        };
    if (!checked || view.healthy().equals(Optional.of(true))) {
      return Optional.empty();
    }
    if (view.healthy().isEmpty()) {
      return Optional.of("runs, and its health is not known yet");
    }
    String cause =
        view.healthResults().stream()
            .filter(result -> !result.alive())
            .map(HealthResult::lastFailureCause)
            .flatMap(Optional::stream)
            .filter(text -> !text.isEmpty())
            .findFirst()
            .map(text -> ": " + text)
            .orElse("");
    return Optional.of("runs, and is unhealthy" + cause);
  }

  /** Results are there while a deployment asks for them only. */
  private static Optional<String> readiness(InstanceView view) {
    if (!(view.spec() instanceof AppDefinition app)) {
      return Optional.empty();
    }
    for (ReadinessCheck check : app.readinessChecks()) {
      Optional<ReadinessResult> result =
          view.readinessResults().stream()
              .filter(one -> one.name().equals(check.name()) && !one.ready())
              .findFirst();
      if (result.isPresent()) {
        String answer =
            result
                .get()
                .lastResponse()
                .map(response -> ": it answered " + response.status())
                .orElse("");
        return Optional.of("is not ready by its readiness check " + check.name() + answer);
      }
    }
    return Optional.empty();
  }
}
