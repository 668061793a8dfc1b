package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.PortMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Chooses host ports out of an offer (contracts/marathon-api.md §5). */
final class PortAssigner {
  /** Stands for a port without a host port. */
  static final int NONE = -1;

  private static final int ANY = 0;

  private final RandomGenerator random;

  PortAssigner(RandomGenerator random) {
    this.random = random;
  }

  /** What came out: the ports in the app's order, or why not. */
  sealed interface Result {
    /**
     * @param hostPorts {@value PortAssigner#NONE} where there is none
     */
    record Assigned(List<Integer> hostPorts, Resources taken) implements Result {}

    record Refused(Refusal refusal) implements Result {}
  }

  Result assign(AppDefinition app, Resources offered) {
    return assign(wanted(app), offered);
  }

  /**
   * @param wanted 0 for any port, {@value #NONE} for none
   */
  Result assign(List<Integer> wanted, Resources offered) {
    Optional<Refusal> refusal = refusal(wanted, offered);
    if (refusal.isPresent()) {
      return new Result.Refused(refusal.get());
    }
    Ranges free = offered.ranges("ports");
    for (int port : wanted) {
      free = port > ANY ? free.minus(Ranges.of(port, port)) : free;
    }
    List<Integer> assigned = new ArrayList<>();
    Resources taken = Resources.NONE;
    for (int port : wanted) {
      int chosen = port;
      if (port == ANY) {
        chosen = (int) free.get(random.nextLong(free.size()));
        free = free.minus(Ranges.of(chosen, chosen));
      }
      if (chosen != NONE) {
        taken = taken.plus(OfferedResources.takePort(offered, chosen).orElseThrow());
      }
      assigned.add(chosen);
    }
    return new Result.Assigned(assigned, taken);
  }

  /** What stands against an assignment, without drawing ports. */
  static Optional<Refusal> refusal(AppDefinition app, Resources offered) {
    return refusal(wanted(app), offered);
  }

  private static Optional<Refusal> refusal(List<Integer> wanted, Resources offered) {
    Ranges free = offered.ranges("ports");
    int dynamic = 0;
    for (int port : wanted) {
      if (port == ANY) {
        dynamic++;
      } else if (port > ANY) {
        if (!free.contains(port)) {
          return Optional.of(refused(Integer.toString(port), offered.ranges("ports")));
        }
        free = free.minus(Ranges.of(port, port));
      }
    }
    return free.size() < dynamic
        ? Optional.of(refused(dynamic + " of any number", free))
        : Optional.empty();
  }

  private static List<Integer> wanted(AppDefinition app) {
    if (app.networkMode() == Network.Mode.HOST) {
      return app.portDefinitions().stream().map(port -> hostPort(app, port)).toList();
    }
    return app.portMappings().stream().map(port -> hostPort(app, port)).toList();
  }

  private static int hostPort(AppDefinition app, PortDefinition port) {
    return app.requirePorts() ? port.port() : ANY;
  }

  private static int hostPort(AppDefinition app, PortMapping port) {
    Optional<Integer> asked = port.hostPort();
    return asked.orElse(app.networkMode() == Network.Mode.BRIDGE ? ANY : NONE);
  }

  private static Refusal refused(String needed, Ranges offered) {
    return Refusal.insufficient(
        Refusal.Reason.INSUFFICIENT_PORTS,
        "ports",
        needed,
        offered.isEmpty() ? "none" : offered.toString());
  }
}
