package io.mesocosm.master;

import io.mesocosm.allocator.Quota;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;
import org.apache.mesos.v1.quota.Protos.QuotaRequest;

/**
 * Guarantees and limits of top-level roles, as operators set them (contracts/mesos-allocation.md
 * §6, mesos-operator-api.md Q1–Q4). Owned by the master's thread.
 */
final class Quotas {
  static final String RECORD = "quotas";

  /** An exabyte, in MB. */
  private static final double MEGABYTES_MAX = 1L << 40;

  private static final double AMOUNT_MAX = 1e12;

  private final MasterConfig config;
  private final Registry registry;
  private final QuotaLimits limits;
  private final Offers offers;
  private final ClusterRecord cluster;
  private final Durable durable;
  private final Outbox outbox;
  private SortedMap<String, QuotaConfig> configs = new TreeMap<>();

  Quotas(
      MasterConfig config,
      Registry registry,
      QuotaLimits limits,
      Offers offers,
      ClusterRecord cluster,
      Durable durable,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.limits = limits;
    this.offers = offers;
    this.cluster = cluster;
    this.durable = durable;
    this.outbox = outbox;
  }

  SortedMap<String, QuotaConfig> configs() {
    return Collections.unmodifiableSortedMap(configs);
  }

  /** What an earlier master has written down. */
  void read(RegistryProtos.Quotas record) {
    record
        .getConfigsList()
        .forEach(quota -> {
          configs.put(quota.getRole(), quota);
          limits.read(quota.getRole(), quota(quota));
        });
  }

  void update(long request, Call.UpdateQuota call) {
    SortedMap<String, QuotaConfig> wanted = new TreeMap<>(configs);
    Set<String> changed = new LinkedHashSet<>();
    for (QuotaConfig quota : call.getQuotaConfigsList()) {
      Optional<String> problem = problem(quota);
      if (problem.isEmpty() && !changed.add(quota.getRole())) {
        problem = Optional.of("role '" + quota.getRole() + "' is named twice");
      }
      if (problem.isEmpty() && !call.getForce()) {
        problem = belowConsumption(quota);
      }
      if (problem.isPresent()) {
        outbox.refuse(request, 400, "Invalid QuotaConfig: " + problem.get());
        return;
      }
      put(wanted, quota);
    }
    Optional<String> overcommitted = call.getForce() ? Optional.empty() : overcommitted(wanted);
    if (overcommitted.isPresent()) {
      outbox.refuse(request, 400, overcommitted.get());
      return;
    }
    commit(request, wanted, changed);
  }

  /** The deprecated form: one role, whose guarantee is its limit (Q4). */
  void set(long request, QuotaRequest call) {
    Optional<String> problem = problem(call);
    if (problem.isPresent()) {
      outbox.refuse(request, 400, "Failed to validate set quota request: " + problem.get());
      return;
    }
    QuotaConfig.Builder quota = QuotaConfig.newBuilder().setRole(call.getRole());
    for (Resource guarantee : call.getGuaranteeList()) {
      quota.putGuarantees(guarantee.getName(), guarantee.getScalar());
      quota.putLimits(guarantee.getName(), guarantee.getScalar());
    }
    SortedMap<String, QuotaConfig> wanted = new TreeMap<>(configs);
    put(wanted, quota.build());
    Optional<String> overcommitted = call.getForce() ? Optional.empty() : overcommitted(wanted);
    if (overcommitted.isPresent()) {
      outbox.refuse(request, 409, overcommitted.get());
      return;
    }
    commit(request, wanted, Set.of(call.getRole()));
  }

  void remove(long request, String role) {
    if (!configs.containsKey(role)) {
      outbox.refuse(request, 400, "Failed to remove quota: role '" + role + "' has no quota set");
      return;
    }
    SortedMap<String, QuotaConfig> wanted = new TreeMap<>(configs);
    wanted.remove(role);
    commit(request, wanted, Set.of(role));
  }

  private void commit(long request, SortedMap<String, QuotaConfig> wanted, Set<String> changed) {
    RegistryRecord record =
        RegistryRecord.newBuilder()
            .setQuotas(RegistryProtos.Quotas.newBuilder().addAllConfigs(wanted.values()))
            .build();
    cluster.require(ClusterRecord.Capability.QUOTA_V2);
    durable.commit(
        request,
        new CallAnswer.Applied(),
        RECORD,
        Optional.of(record),
        now -> {
          configs = wanted;
          for (String role : changed) {
            QuotaConfig quota =
                configs.getOrDefault(role, QuotaConfig.newBuilder().setRole(role).build());
            limits.set(role, quota(quota), now);
          }
          offers.allocateSoon(now);
        });
  }

  /** A quota that guarantees and limits nothing is none. */
  private static void put(SortedMap<String, QuotaConfig> wanted, QuotaConfig quota) {
    if (quota.getGuaranteesCount() == 0 && quota.getLimitsCount() == 0) {
      wanted.remove(quota.getRole());
    } else {
      wanted.put(quota.getRole(), quota);
    }
  }

  private Optional<String> problem(QuotaConfig quota) {
    Optional<String> role = roleProblem(quota.getRole());
    if (role.isPresent()) {
      return role;
    }
    for (var entry :
        List.of(
            Map.entry("guarantees", quota.getGuaranteesMap()),
            Map.entry("limits", quota.getLimitsMap()))) {
      for (var amount : new TreeMap<>(entry.getValue()).entrySet()) {
        Optional<String> problem = amountProblem(amount.getKey(), amount.getValue());
        if (problem.isPresent()) {
          return Optional.of(
              entry.getKey() + " of role '" + quota.getRole() + "': " + problem.get());
        }
      }
    }
    for (var guarantee : new TreeMap<>(quota.getGuaranteesMap()).entrySet()) {
      Optional<Value.Scalar> limit =
          Optional.ofNullable(quota.getLimitsMap().get(guarantee.getKey()));
      if (limit.filter(most -> most.getValue() < guarantee.getValue().getValue()).isPresent()) {
        return Optional.of(
            "role '"
                + quota.getRole()
                + "' is guaranteed "
                + guarantee.getValue().getValue()
                + " "
                + guarantee.getKey()
                + ", more than its limit of "
                + limit.get().getValue());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> amountProblem(String name, Value.Scalar amount) {
    double value = amount.getValue();
    double most = name.equals("mem") || name.equals("disk") ? MEGABYTES_MAX : AMOUNT_MAX;
    if (name.isEmpty()) {
      return Optional.of("a resource has no name");
    }
    return Double.isFinite(value) && value >= 0 && value <= most
        ? Optional.empty()
        : Optional.of(
            name
                + " is "
                + value
                + " and must be a number from 0 to "
                + String.format(java.util.Locale.ROOT, "%.0f", most));
  }

  private Optional<String> roleProblem(String role) {
    if (role.isEmpty()) {
      return Optional.of("'role' must be set");
    }
    if (role.contains("/")) {
      return Optional.of("setting quota on nested role '" + role + "' is not supported");
    }
    Optional<String> name = Roles.problem(role);
    if (name.isPresent()) {
      return name;
    }
    return config.roles().filter(allowed -> !allowed.contains(role)).isPresent()
        ? Optional.of("unknown role '" + role + "': it is not in the list that --roles gives")
        : Optional.empty();
  }

  private Optional<String> problem(QuotaRequest call) {
    Optional<String> role = roleProblem(call.getRole());
    if (role.isPresent()) {
      return role;
    }
    if (call.getGuaranteeCount() == 0) {
      return Optional.of("'guarantee' must not be empty");
    }
    if (configs.containsKey(call.getRole())) {
      return Optional.of("role '" + call.getRole() + "' has a quota already");
    }
    Set<String> names = new LinkedHashSet<>();
    for (Resource guarantee : call.getGuaranteeList()) {
      String name = guarantee.getName();
      if (guarantee.getType() != Value.Type.SCALAR) {
        return Optional.of("'" + name + "' must be a scalar");
      }
      if (guarantee.getReservationsCount() > 0
          || guarantee.hasRevocable()
          || guarantee.hasDisk()
          || guarantee.hasReservation()) {
        return Optional.of(
            "'" + name + "' must be neither reserved nor revocable, and without disk info");
      }
      Optional<String> amount = amountProblem(name, guarantee.getScalar());
      if (amount.isPresent()) {
        return amount;
      }
      if (!names.add(name)) {
        return Optional.of("'" + name + "' is named twice");
      }
    }
    return Optional.empty();
  }

  private Optional<String> belowConsumption(QuotaConfig quota) {
    SortedMap<String, Scalar> consumed = Consumption.of(quota.getRole(), registry.agents());
    for (var limit : new TreeMap<>(quota.getLimitsMap()).entrySet()) {
      Scalar now = consumed.getOrDefault(limit.getKey(), Scalar.ZERO);
      if (now.compareTo(Scalar.of(limit.getValue().getValue())) > 0) {
        return Optional.of(
            "role '"
                + quota.getRole()
                + "' consumes "
                + now
                + " "
                + limit.getKey()
                + " already, more than the limit of "
                + limit.getValue().getValue()
                + ": set force to limit it all the same");
      }
    }
    return Optional.empty();
  }

  /** Whether all guarantees together are more than the cluster has (Q2). */
  private Optional<String> overcommitted(SortedMap<String, QuotaConfig> wanted) {
    SortedMap<String, Scalar> capacity = Consumption.capacity(registry.agents());
    SortedMap<String, Scalar> guaranteed = new TreeMap<>();
    wanted
        .values()
        .forEach(quota ->
            quota
                .getGuaranteesMap()
                .forEach((name, amount) ->
                    guaranteed.merge(name, Scalar.of(amount.getValue()), Scalar::plus)));
    for (var sum : guaranteed.entrySet()) {
      Scalar there = capacity.getOrDefault(sum.getKey(), Scalar.ZERO);
      if (sum.getValue().compareTo(there) > 0) {
        return Optional.of(
            "Not enough "
                + sum.getKey()
                + " in the cluster for all guarantees: "
                + sum.getValue()
                + " guaranteed, "
                + there
                + " there; set force to guarantee it all the same");
      }
    }
    return Optional.empty();
  }

  static Quota quota(QuotaConfig config) {
    return new Quota(scalars(config.getGuaranteesMap()), scalars(config.getLimitsMap()));
  }

  private static SortedMap<String, Scalar> scalars(Map<String, Value.Scalar> amounts) {
    SortedMap<String, Scalar> scalars = new TreeMap<>();
    amounts.forEach((name, amount) -> scalars.put(name, Scalar.of(amount.getValue())));
    return scalars;
  }
}
