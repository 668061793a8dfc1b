package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.WeightInfo;

/** Weights of roles (contracts/mesos-allocation.md W1, W2). Owned by the master's thread. */
final class Weights {
  static final String RECORD = "weights";

  private final MasterConfig config;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Durable durable;
  private final Outbox outbox;
  private SortedMap<String, Double> weights = new TreeMap<>();

  Weights(
      MasterConfig config,
      Registry registry,
      Allocator allocator,
      Offers offers,
      Durable durable,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.durable = durable;
    this.outbox = outbox;
  }

  /** Those that were ever set, by role; others are 1. */
  SortedMap<String, Double> weights() {
    return Collections.unmodifiableSortedMap(weights);
  }

  void read(RegistryProtos.Weights record) {
    for (WeightInfo info : record.getInfosList()) {
      weights.put(info.getRole(), info.getWeight());
      allocator.setWeight(info.getRole(), info.getWeight());
    }
  }

  void update(long request, List<WeightInfo> infos) {
    SortedMap<String, Double> wanted = new TreeMap<>(weights);
    for (WeightInfo info : infos) {
      Optional<String> problem = problem(info);
      if (problem.isPresent()) {
        outbox.refuse(request, 400, "Failed to validate update weights request: " + problem.get());
        return;
      }
      wanted.put(info.getRole().strip(), info.getWeight());
    }
    RegistryProtos.Weights.Builder record = RegistryProtos.Weights.newBuilder();
    wanted.forEach(
        (role, weight) -> record.addInfos(WeightInfo.newBuilder().setRole(role).setWeight(weight)));
    durable.commit(
        request,
        new CallAnswer.Applied(),
        RECORD,
        Optional.of(RegistryRecord.newBuilder().setWeights(record).build()),
        now -> {
          weights = wanted;
          boolean anybodyThere = false;
          for (WeightInfo info : infos) {
            String role = info.getRole().strip();
            allocator.setWeight(role, info.getWeight());
            anybodyThere |=
                registry.frameworks().stream()
                    .anyMatch(framework -> framework.roles().contains(role));
          }
          if (anybodyThere) {
            // Who is offered what was decided by the old weights.
            registry
                .agents()
                .forEach(
                    agent -> offers.on(agent.id()).forEach(offer -> offers.rescind(offer, now)));
          }
          offers.allocateSoon(now);
        });
  }

  private Optional<String> problem(WeightInfo info) {
    String role = info.getRole().strip();
    Optional<String> name = Roles.problem(role);
    if (name.isPresent()) {
      return name;
    }
    if (config.roles().filter(allowed -> !allowed.contains(role)).isPresent()) {
      return Optional.of("unknown role '" + role + "': it is not in the list that --roles gives");
    }
    return Double.isFinite(info.getWeight()) && info.getWeight() > 0
        ? Optional.empty()
        : Optional.of(
            "weight "
                + info.getWeight()
                + " of role '"
                + role
                + "' must be a number greater than 0");
  }
}
