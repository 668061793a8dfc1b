package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes in which routers come and go, and what they say that they show. */
final class RouterReports {
  private final ServicesState state;
  private final Outbox outbox;
  private final Endings endings;

  RouterReports(ServicesState state, Outbox outbox, Endings endings) {
    this.state = state;
    this.outbox = outbox;
    this.endings = endings;
  }

  void attached(ServicesCommand.RouterAttached router, Instant now) {
    boolean known = state.routing.router(router.name()).isPresent();
    List<Instance> waiting = known ? List.of() : waiting();
    // What runs, with nothing going on, is shown by whoever learns of it from the list of tasks.
    List<Instance> settled =
        waiting.stream()
            .filter(Instance::isActive)
            .filter(instance -> state.deployments.affecting(instance.id().app()).isEmpty())
            .toList();
    state.routing.attached(router.name(), router.stream(), settled, now);
    outbox.cancelTimer(new ServicesTimer.RouterGone(router.name()));
    waiting.forEach(instance -> state.judge(instance.id()));
  }

  void detached(ServicesCommand.RouterDetached router, Instant now) {
    if (state.routing.detached(router.name(), router.stream(), now)) {
      outbox.setTimer(
          new ServicesTimer.RouterGone(router.name()), now.plus(state.config.routingTimeout()));
    }
  }

  /** It did not come back in time: nothing is sent to any instance by it any more. */
  void gone(String router, Instant now) {
    if (state.routing.leave(router)) {
      waiting().forEach(instance -> state.judge(instance.id()));
      state.routing.draining().forEach(instance -> endIfLetGo(instance, now));
    }
  }

  void confirmed(ServicesCommand.ConfirmRouting command, Instant now) {
    if (state.routing.router(command.router()).isEmpty()) {
      outbox.answer(command.request(), new ApiAnswer.NotFound("Router", command.router()));
      return;
    }
    command.shown().forEach(id -> told(command.router(), id, true));
    command.removed().forEach(id -> told(command.router(), id, false));
    outbox.answer(command.request(), new ApiAnswer.Done());
    command.removed().stream()
        .flatMap(id -> InstanceId.parse(id).stream())
        .distinct()
        .forEach(instance -> endIfLetGo(instance, now));
  }

  /** A task of an earlier attempt, or one that has ended, is of no interest. */
  private void told(String router, String id, boolean shown) {
    Optional<Instance> instance = InstanceId.parse(id).flatMap(state.instances::get);
    instance
        .filter(is -> is.task(id).isPresent() || is.id().toString().equals(id))
        .ifPresent(is -> {
          state.routing.told(router, is, shown);
          state.judge(is.id());
        });
  }

  private void endIfLetGo(InstanceId id, Instant now) {
    if (state.routing.isDraining(id)
        && state.instances.get(id).filter(state.routing::isLetGo).isPresent()) {
      endings.drained(id, true, now);
    }
  }

  /** Of all apps and pods that wait for routing. */
  private List<Instance> waiting() {
    List<Instance> waiting = new ArrayList<>();
    for (AppId app : state.instances.apps()) {
      if (state
          .specs
          .get(app)
          .filter(spec -> spec.upgradeStrategy().waitForRouting())
          .isPresent()) {
        waiting.addAll(state.instances.of(app));
      }
    }
    return waiting;
  }
}
