package io.mesocosm.master;

import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.MachineID;
import org.apache.mesos.v1.Protos.Unavailability;
import org.apache.mesos.v1.maintenance.Protos.Schedule;
import org.apache.mesos.v1.maintenance.Protos.Window;

/**
 * The maintenance schedule, and the machines that are down (contracts/mesos-operator-api.md M1–M4):
 * a machine that is scheduled drains, then is taken down and brought up again by operators. Owned
 * by the master's thread.
 */
final class Maintenance {
  static final String RECORD = "maintenance";

  private final Registry registry;
  private final Offers offers;
  private final InverseOffers inverseOffers;
  private final AgentRemoval removal;
  private final Durable durable;
  private final Outbox outbox;
  private Schedule schedule = Schedule.getDefaultInstance();
  private SortedMap<MachineKey, Unavailability> scheduled = new TreeMap<>();
  private SortedSet<MachineKey> down = new TreeSet<>();

  Maintenance(
      Registry registry,
      Offers offers,
      InverseOffers inverseOffers,
      AgentRemoval removal,
      Durable durable,
      Outbox outbox) {
    this.registry = registry;
    this.offers = offers;
    this.inverseOffers = inverseOffers;
    this.removal = removal;
    this.durable = durable;
    this.outbox = outbox;
  }

  Schedule schedule() {
    return schedule;
  }

  SortedSet<MachineKey> down() {
    return Collections.unmodifiableSortedSet(down);
  }

  boolean isAnythingScheduled() {
    return !scheduled.isEmpty();
  }

  /** Scheduled machines that are not down. */
  List<MachineKey> draining() {
    return scheduled.keySet().stream().filter(machine -> !down.contains(machine)).toList();
  }

  void read(RegistryProtos.Maintenance record) {
    SortedSet<MachineKey> downBefore = new TreeSet<>();
    record.getDownMachinesList().forEach(machine -> downBefore.add(MachineKey.of(machine)));
    adopt(record.getSchedule(), downBefore);
  }

  /** Whether agents of that machine may not register now (M2). */
  boolean isDown(String hostname, String ip) {
    return down.stream().anyMatch(machine -> machine.covers(hostname, ip));
  }

  /** When the agent's machine is to be taken down, if ever. */
  Optional<Unavailability> unavailability(String hostname, String ip) {
    return scheduled.entrySet().stream()
        .filter(entry -> entry.getKey().covers(hostname, ip))
        .map(SortedMap.Entry::getValue)
        .findFirst();
  }

  void update(long request, Schedule wanted) {
    Optional<String> problem = problem(wanted);
    if (problem.isPresent()) {
      outbox.refuse(request, 400, problem.get());
      return;
    }
    commit(request, wanted, down, _ -> {});
  }

  /** The machines are down from now on: their agents stop, and may not come back. */
  void start(long request, List<MachineID> machines) {
    Optional<SortedSet<MachineKey>> keys = keys(request, machines);
    if (keys.isEmpty()) {
      return;
    }
    for (MachineKey machine : keys.get()) {
      if (!scheduled.containsKey(machine)) {
        outbox.refuse(
            request,
            400,
            "Machine '" + machine + "' is not part of a maintenance schedule: schedule it first");
        return;
      }
      if (down.contains(machine)) {
        outbox.refuse(
            request, 400, "Machine '" + machine + "' is not in DRAINING mode: it is DOWN already");
        return;
      }
    }
    SortedSet<MachineKey> downThen = new TreeSet<>(down);
    downThen.addAll(keys.get());
    commit(
        request,
        schedule,
        downThen,
        now -> {
          for (Agent agent : List.copyOf(registry.agents())) {
            if (keys.get().stream()
                .anyMatch(machine -> machine.covers(agent.info().getHostname(), agent.ip()))) {
              removal.takeDown(agent, "Operator initiated 'Machine DOWN'", now);
            }
          }
        });
  }

  /** The machines are up again, and out of the schedule. */
  void stop(long request, List<MachineID> machines) {
    Optional<SortedSet<MachineKey>> keys = keys(request, machines);
    if (keys.isEmpty()) {
      return;
    }
    for (MachineKey machine : keys.get()) {
      if (!down.contains(machine)) {
        outbox.refuse(
            request, 400, "Machine '" + machine + "' is not in DOWN mode: nothing to bring up");
        return;
      }
    }
    SortedSet<MachineKey> downThen = new TreeSet<>(down);
    downThen.removeAll(keys.get());
    Schedule.Builder left = Schedule.newBuilder();
    for (Window window : schedule.getWindowsList()) {
      List<MachineID> staying =
          window.getMachineIdsList().stream()
              .filter(machine -> !keys.get().contains(MachineKey.of(machine)))
              .toList();
      if (!staying.isEmpty()) {
        left.addWindows(window.toBuilder().clearMachineIds().addAllMachineIds(staying));
      }
    }
    commit(request, left.build(), downThen, _ -> {});
  }

  private void commit(
      long request,
      Schedule wanted,
      SortedSet<MachineKey> downThen,
      java.util.function.Consumer<Instant> more) {
    RegistryProtos.Maintenance.Builder record =
        RegistryProtos.Maintenance.newBuilder().setSchedule(wanted);
    downThen.forEach(machine -> record.addDownMachines(machine.message()));
    durable.commit(
        request,
        new CallAnswer.Applied(),
        RECORD,
        Optional.of(RegistryRecord.newBuilder().setMaintenance(record).build()),
        now -> {
          adopt(wanted, downThen);
          registry.agents().forEach(agent -> reschedule(agent, now));
          more.accept(now);
          offers.allocateSoon(now);
        });
  }

  private void adopt(Schedule wanted, SortedSet<MachineKey> downThen) {
    schedule = wanted;
    down = downThen;
    scheduled = new TreeMap<>();
    for (Window window : wanted.getWindowsList()) {
      for (MachineID machine : window.getMachineIdsList()) {
        scheduled.put(MachineKey.of(machine), window.getUnavailability());
      }
    }
  }

  /** Offers say when an agent will be away: those made with another word of it are taken back. */
  private void reschedule(Agent agent, Instant now) {
    Optional<Unavailability> when = unavailability(agent.info().getHostname(), agent.ip());
    if (!when.equals(agent.unavailability())) {
      agent.schedule(when);
      offers.on(agent.id()).forEach(offer -> offers.rescind(offer, now));
      inverseOffers.scheduleChanged(agent.id());
    }
  }

  private Optional<SortedSet<MachineKey>> keys(long request, List<MachineID> machines) {
    if (machines.isEmpty()) {
      outbox.refuse(request, 400, "List of machines is empty: name at least one");
      return Optional.empty();
    }
    SortedSet<MachineKey> keys = new TreeSet<>();
    for (MachineID machine : machines) {
      Optional<String> problem = MachineKey.problem(machine);
      if (problem.isEmpty() && !keys.add(MachineKey.of(machine))) {
        problem = Optional.of("Machine '" + MachineKey.of(machine) + "' is named twice");
      }
      if (problem.isPresent()) {
        outbox.refuse(request, 400, problem.get());
        return Optional.empty();
      }
    }
    return Optional.of(keys);
  }

  private Optional<String> problem(Schedule wanted) {
    SortedSet<MachineKey> named = new TreeSet<>();
    for (Window window : wanted.getWindowsList()) {
      if (window.getMachineIdsCount() == 0) {
        return Optional.of("List of machines in the maintenance window is empty");
      }
      if (window.getUnavailability().getDuration().getNanoseconds() < 0) {
        return Optional.of(
            "Unavailability 'duration' is "
                + window.getUnavailability().getDuration().getNanoseconds()
                + " ns and must not be negative");
      }
      for (MachineID machine : window.getMachineIdsList()) {
        Optional<String> problem = MachineKey.problem(machine);
        if (problem.isPresent()) {
          return problem;
        }
        if (!named.add(MachineKey.of(machine))) {
          return Optional.of(
              "Machine '" + MachineKey.of(machine) + "' appears more than once in the schedule");
        }
      }
    }
    return down.stream()
        .filter(machine -> !named.contains(machine))
        .findFirst()
        .map(machine ->
            "Machine '"
                + machine
                + "' is DOWN and must stay in the schedule until it is brought up");
  }
}
