package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.instance.Reservation;
import io.mesocosm.services.instance.Reservation.LocalVolume;
import io.mesocosm.services.matching.Refusal.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.Offer.Operation;

/**
 * Says whether an offer fits an instance that owns a reservation and volumes (contracts
 * /marathon-api.md S4, S14). A new one reserves what it needs out of unreserved resources, and
 * makes its volumes; one that was launched before goes to its reservation and nowhere else, and no
 * constraint is asked again. Host ports are never reserved: they come out of the offer each time.
 *
 * <p>Keeps nothing; draws random port numbers.
 */
public final class ResidentMatcher {
  private static final int FIRST_ATTEMPT = 1;

  /** What a file's name may have at most, and so the id of a volume. */
  private static final int VOLUME_ID_LENGTH_MAX = 255;

  private final ResourceRules rules;
  private final Optional<String> principal;
  private final PortAssigner ports;
  private final TaskBuilder tasks;
  private final PodTasks podTasks;

  /**
   * @param rules of which the roles to accept are of no account here
   * @param environmentPrefix of HOST and PORT variables
   * @param principal that reservations and volumes are made as: the framework's own
   */
  public ResidentMatcher(
      ResourceRules rules,
      String usualUser,
      String environmentPrefix,
      String bridgeName,
      Optional<String> principal,
      RandomGenerator random) {
    this.rules = rules;
    this.principal = principal;
    this.ports = new PortAssigner(random);
    this.tasks = new TaskBuilder(usualUser, environmentPrefix, bridgeName);
    this.podTasks = new PodTasks(usualUser, environmentPrefix, bridgeName);
  }

  /** What an instance takes of an offer, and is told. */
  private record Taking(
      PodResources amounts,
      Resources volumes,
      List<Integer> hostPorts,
      Resources ofPorts,
      boolean enforcesGroupRole) {}

  /**
   * A new instance.
   *
   * @param existing where the app's instances that have not ended are
   * @param enforcesGroupRole whether the app's outermost group insists on its role
   * @param uuids gives another one each time
   */
  public MatchResult match(
      OfferedAgent offer,
      RunSpec spec,
      InstanceId instance,
      Placed existing,
      boolean enforcesGroupRole,
      Supplier<String> uuids) {
    List<Refusal> refusals = new ArrayList<>(roleRefusals(rules.role(spec), offer));
    if (!refusals.isEmpty()) {
      return new MatchResult.Refusals(refusals);
    }
    for (Constraint constraint : spec.constraints()) {
      ConstraintMatcher.check(constraint, offer.place(), existing, spec.instances())
          .ifPresent(refusals::add);
    }
    Resources free = offer.resources().unreserved();
    Optional<PodResources> amounts = ResidentAmounts.take(spec, free, refusals);
    Resources left =
        free.minus(amounts.map(PodResources::sum).orElse(Resources.NONE))
            .plus(offer.disks().unreserved());
    List<DiskChooser.Choice> disks = DiskChooser.choose(spec.persistentVolumes(), left, refusals);
    PortAssigner.Result assigned = assign(spec, offer);
    if (assigned instanceof PortAssigner.Result.Refused refused) {
      refusals.add(refused.refusal());
    }
    rules.scarce(offer, spec).ifPresent(refusals::add);
    if (amounts.isEmpty()
        || !refusals.isEmpty()
        || !(assigned instanceof PortAssigner.Result.Assigned(var hostPorts, var ofPorts))) {
      return new MatchResult.Refusals(refusals);
    }
    Taking taking =
        new Taking(amounts.get(), Resources.NONE, hostPorts, ofPorts, enforcesGroupRole);
    return reserved(offer, spec, instance, taking, disks, local(spec, uuids));
  }

  /** The volumes that a new instance is to have, by path. */
  private static SortedMap<String, LocalVolume> local(RunSpec spec, Supplier<String> uuids) {
    SortedMap<String, LocalVolume> volumeByPath = new TreeMap<>();
    for (Volume.Persistent volume : spec.persistentVolumes()) {
      String uuid = uuids.get();
      volumeByPath.put(
          volume.containerPath(),
          new LocalVolume(
              volume.containerPath(), uuid, volumeId(spec.id(), volume.containerPath(), uuid)));
    }
    return volumeByPath;
  }

  /**
   * A new instance that fits.
   *
   * @param free what it takes, as offered, but for the disks
   */
  private MatchResult reserved(
      OfferedAgent offer,
      RunSpec spec,
      InstanceId instance,
      Taking free,
      List<DiskChooser.Choice> disks,
      SortedMap<String, LocalVolume> volumeByPath) {
    Reservation reservation =
        new Reservation(instance.toString(), List.copyOf(volumeByPath.values()));
    Resource.Reservation stamp =
        new Resource.Reservation(
            offer.role(),
            true,
            principal,
            ReservationLabels.of(offer.frameworkId(), reservation.id()));
    Resources bare = Resources.of(disks.stream().map(DiskChooser.Choice::disk).toList());
    List<Resource> volumes = new ArrayList<>();
    for (DiskChooser.Choice choice : disks) {
      String path = choice.volume().containerPath();
      LocalVolume local = volumeByPath.getOrDefault(path, new LocalVolume(path, "", path));
      volumes.add(volume(choice.disk().reserved(stamp), local));
    }
    PodResources amounts =
        ResidentAmounts.map(free.amounts(), resource -> resource.reserved(stamp));
    Taking taking =
        new Taking(
            amounts,
            Resources.of(volumes),
            free.hostPorts(),
            free.ofPorts(),
            free.enforcesGroupRole());
    return new MatchResult.Match(
        List.of(
            reserve(amounts.sum().plus(bare.map(disk -> disk.reserved(stamp)))),
            create(taking.volumes()),
            launch(offer, spec, instance, FIRST_ATTEMPT, taking)),
        taskIds(spec, instance, FIRST_ATTEMPT),
        offer.place().withHostPorts(shown(free.hostPorts())),
        Optional.of(reservation),
        offer.without(free.amounts().sum().plus(bare).plus(free.ofPorts())));
  }

  /**
   * An instance that was launched before, and whose reservation the offer is said to have.
   *
   * @param enforcesGroupRole whether the app's outermost group insists on its role
   */
  public MatchResult matchAgain(
      OfferedAgent offer, RunSpec spec, Instance instance, boolean enforcesGroupRole) {
    String role = rules.role(spec);
    List<Refusal> refusals = new ArrayList<>(roleRefusals(role, offer));
    if (!refusals.isEmpty()) {
      return new MatchResult.Refusals(refusals);
    }
    Reservation reservation = instance.reservation().orElseThrow();
    Resources own = own(offer, reservation.id(), role);
    if (!hasVolumes(own, reservation)) {
      return new MatchResult.Refusals(List.of(waitsElsewhere(offer, List.of(instance))));
    }
    Optional<PodResources> amounts =
        ResidentAmounts.take(spec, own.filter(part -> part.disk().isEmpty()), refusals);
    PortAssigner.Result assigned = assign(spec, offer);
    if (assigned instanceof PortAssigner.Result.Refused refused) {
      refusals.add(refused.refusal());
    }
    if (amounts.isEmpty()
        || !refusals.isEmpty()
        || !(assigned instanceof PortAssigner.Result.Assigned(var hostPorts, var ofPorts))) {
      return new MatchResult.Refusals(refusals);
    }
    Taking taking =
        new Taking(
            amounts.get(),
            own.filter(Resource::isPersistentVolume),
            hostPorts,
            ofPorts,
            enforcesGroupRole);
    int attempt = instance.attempt() + 1;
    return new MatchResult.Match(
        List.of(launch(offer, spec, instance.id(), attempt, taking)),
        taskIds(spec, instance.id(), attempt),
        offer.place().withHostPorts(shown(hostPorts)),
        instance.reservation(),
        offer.without(amounts.get().sum().plus(taking.volumes()).plus(ofPorts)));
  }

  /** Whether all volumes of the reservation are in the offer. */
  public static boolean hasVolumes(OfferedAgent offer, Reservation reservation) {
    return hasVolumes(own(offer, reservation.id(), offer.role()), reservation);
  }

  private static boolean hasVolumes(Resources own, Reservation reservation) {
    return reservation.volumes().stream()
        .allMatch(volume ->
            own.entries().stream()
                .anyMatch(part -> part.volumeId().equals(Optional.of(volume.persistenceId()))));
  }

  private static Resources own(OfferedAgent offer, String reservationId, String role) {
    Optional<String> id = Optional.of(reservationId);
    return offer
        .kept()
        .filter(
            part -> part.role().equals(role) && ReservationLabels.reservationId(part).equals(id));
  }

  /**
   * The offer is of no use to those who wait.
   *
   * @param waiting a few of them, one at least
   */
  public static Refusal waitsElsewhere(OfferedAgent offer, List<Instance> waiting) {
    Instance first = waiting.getFirst();
    List<String> agents =
        waiting.stream()
            .map(instance ->
                instance.placement().hostname() + " (agent " + instance.placement().agentId() + ")")
            .distinct()
            .toList();
    boolean here =
        waiting.stream().anyMatch(is -> is.placement().agentId().equals(offer.place().agentId()));
    String text =
        "its volumes are on "
            + String.join(", ", agents)
            + (here
                ? ": the offer is of that agent, but has not all that is reserved for it; it may"
                    + " still be in use"
                : ", offer is of "
                    + offer.hostname()
                    + "; delete the instance with wipe=true to give the volumes up");
    return new Refusal(
        Reason.NO_CORRESPONDING_RESERVATION_FOUND,
        "reservation",
        first.reservation().map(Reservation::id).orElse(first.id().toString()),
        first.placement().hostname(),
        text,
        here);
  }

  private static List<Refusal> roleRefusals(String role, OfferedAgent offer) {
    if (!role.equals(offer.role())) {
      return List.of(Refusal.role(role, offer.role()));
    }
    return role.equals("*")
        ? List.of(
            new Refusal(
                Reason.UNFULFILLED_ROLE,
                "role",
                role,
                role,
                "nothing can be reserved for role *; give the app a role of its own",
                false))
        : List.of();
  }

  private PortAssigner.Result assign(RunSpec spec, OfferedAgent offer) {
    return switch (spec) {
      case AppDefinition app -> ports.assign(app, offer.resources());
      case PodDefinition pod -> ports.assign(PodPorts.wanted(pod), offer.resources());
    };
  }

  private Operation launch(
      OfferedAgent offer, RunSpec spec, InstanceId instance, int attempt, Taking taking) {
    Resources more = taking.volumes().plus(taking.ofPorts());
    return switch (spec) {
      case AppDefinition app -> {
        Operation.Builder launch = Operation.newBuilder().setType(Operation.Type.LAUNCH);
        launch
            .getLaunchBuilder()
            .addTaskInfos(
                tasks.build(
                    app,
                    instance.taskId(attempt),
                    offer.place(),
                    taking.hostPorts(),
                    taking.amounts().of(InstanceTask.APP).plus(more),
                    taking.amounts().executor(),
                    taking.enforcesGroupRole()));
        yield launch.build();
      }
      case PodDefinition pod ->
          podTasks.build(
              new PodLaunch(
                  pod,
                  instance,
                  attempt,
                  offer.place(),
                  taking.hostPorts(),
                  offer.frameworkId(),
                  taking.amounts().plus(more),
                  taking.enforcesGroupRole()));
    };
  }

  private static SequencedMap<String, String> taskIds(
      RunSpec spec, InstanceId instance, int attempt) {
    SequencedMap<String, String> ids = new LinkedHashMap<>();
    switch (spec) {
      case AppDefinition _ -> ids.put(InstanceTask.APP, instance.taskId(attempt));
      case PodDefinition pod -> {
        for (PodContainer container : pod.containers()) {
          ids.put(container.name(), instance.taskId(container.name(), attempt));
        }
      }
    }
    return ids;
  }

  private static List<Integer> shown(List<Integer> hostPorts) {
    return hostPorts.stream().map(port -> Math.max(port, 0)).toList();
  }

  private Resource volume(Resource disk, LocalVolume local) {
    return disk.withDisk(
        Optional.of(
            Disk.withVolume(
                disk.disk().flatMap(Disk::source),
                new Disk.Persistence(local.persistenceId(), principal),
                new Disk.VolumeMount(local.containerPath(), false))),
        false);
  }

  /** What is too long is cut at its front: the end tells volumes apart. */
  private static String volumeId(AppId app, String path, String uuid) {
    String id = app.taskPrefix() + "#" + path.replace('/', '_') + "#" + uuid;
    while (id.getBytes(StandardCharsets.UTF_8).length > VOLUME_ID_LENGTH_MAX) {
      id = id.substring(1);
    }
    return id;
  }

  private static Operation reserve(Resources resources) {
    Operation.Builder reserve = Operation.newBuilder().setType(Operation.Type.RESERVE);
    reserve.getReserveBuilder().addAllResources(OfferedResources.toWire(resources));
    return reserve.build();
  }

  private static Operation create(Resources volumes) {
    Operation.Builder create = Operation.newBuilder().setType(Operation.Type.CREATE);
    create.getCreateBuilder().addAllVolumes(OfferedResources.toWire(volumes));
    return create.build();
  }

  /** What gives back all of the offer that is kept for somebody who is no more. */
  public static List<Operation> free(Resources kept) {
    List<Operation> operations = new ArrayList<>();
    Resources volumes = kept.persistentVolumes();
    Resources disks =
        volumes.map(volume -> volume.withDisk(volume.disk().flatMap(Disk::withoutVolume), false));
    if (!volumes.isEmpty()) {
      Operation.Builder destroy = Operation.newBuilder().setType(Operation.Type.DESTROY);
      destroy.getDestroyBuilder().addAllVolumes(OfferedResources.toWire(volumes));
      operations.add(destroy.build());
    }
    Operation.Builder unreserve = Operation.newBuilder().setType(Operation.Type.UNRESERVE);
    unreserve
        .getUnreserveBuilder()
        .addAllResources(OfferedResources.toWire(kept.minus(volumes).plus(disks)));
    operations.add(unreserve.build());
    return operations;
  }
}
