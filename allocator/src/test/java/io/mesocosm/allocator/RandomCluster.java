package io.mesocosm.allocator;

import static io.mesocosm.allocator.AllocatorTest.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Conversions;
import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resource.Reservation;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/**
 * A cluster to which anything may happen, told to an allocator and, if they are to be compared, to
 * the {@link ReferenceAllocator}. It keeps its own books of who holds what.
 */
final class RandomCluster {
  static final List<String> ROLES = List.of("a", "a/x", "a/x/y", "b", "b/z", "*");
  private static final int FRAMEWORKS = 5;

  /** What may happen, and how often it does compared with the others. */
  enum Kind {
    UPDATE_FRAMEWORK(8),
    REMOVE_FRAMEWORK(1),
    DEACTIVATE_FRAMEWORK(4),
    ACTIVATE_FRAMEWORK(4),
    ADD_AGENT(8),
    REMOVE_AGENT(1),
    DEACTIVATE_AGENT(1),
    ACTIVATE_AGENT(4),
    UPDATE_AGENT(4),
    REVIVE(4),
    SUPPRESS(4),
    CHANGE_QUOTA(3),
    CHANGE_SETTINGS(1),
    RESERVE(4),
    UNRESERVE(4),
    GIVE_BACK(12),
    ALLOCATE(22);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  /**
   * One thing that happens.
   *
   * @param variant says to whom and how; the same one always means the same
   */
  record Happening(Kind kind, int variant) {}

  final HierarchicalAllocator allocator;
  final List<Allocation> held = new ArrayList<>();
  final SortedMap<AgentId, AgentTerms> agents = new TreeMap<>();
  final SortedSet<FrameworkId> frameworks = new TreeSet<>();
  final SortedMap<String, Quota> quotas = new TreeMap<>();
  private static final FrameworkId KEEPER = new FrameworkId("keeper");
  private final Optional<ReferenceAllocator> reference;
  private final int agentCount;
  private SplittableRandom random = new SplittableRandom(0);
  private Instant now = Instant.EPOCH;
  private int volumes;

  private RandomCluster(int agentCount, Optional<ReferenceAllocator> reference) {
    this.agentCount = agentCount;
    this.reference = reference;
    AgentOrder byId = list -> list.sort((one, two) -> one.id().compareTo(two.id()));
    this.allocator = new HierarchicalAllocator(AllocatorConfig.USUAL, new Random(1), byId);
    // Keeps every role, so that how often each was chosen is never forgotten.
    SortedSet<String> all = new TreeSet<>(ROLES);
    tell(it -> it.addFramework(KEEPER, FrameworkTerms.of(all).withSuppressed(all)));
  }

  static RandomCluster alone(int agentCount) {
    return new RandomCluster(agentCount, Optional.empty());
  }

  static RandomCluster compared(int agentCount) {
    return new RandomCluster(
        agentCount, Optional.of(new ReferenceAllocator(AllocatorConfig.USUAL)));
  }

  /** Sequences of what may happen, up to so many. */
  static Arbitrary<List<Happening>> happenings(int most) {
    List<Tuple.Tuple2<Integer, Kind>> kinds = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      kinds.add(Tuple.of(kind.weight, kind));
    }
    return Combinators.combine(
            Arbitraries.frequency(kinds), Arbitraries.integers().between(0, 9999))
        .as(Happening::new)
        .list()
        .ofMaxSize(most)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  ReferenceAllocator reference() {
    return reference.orElseThrow();
  }

  Instant now() {
    return now;
  }

  private void tell(Consumer<Allocator> call) {
    call.accept(allocator);
    reference.ifPresent(call);
  }

  /** Lets it happen; what does not apply, as to an agent that is not there, changes nothing. */
  List<Allocation> happens(Happening happening) {
    random = new SplittableRandom(happening.variant());
    now = now.plusMillis(random.nextInt(300));
    FrameworkId framework = new FrameworkId("F" + random.nextInt(FRAMEWORKS));
    AgentId agent = new AgentId("S" + random.nextInt(agentCount));
    switch (happening.kind()) {
      case UPDATE_FRAMEWORK -> addOrUpdateFramework(framework);
      case REMOVE_FRAMEWORK -> remove(framework);
      case DEACTIVATE_FRAMEWORK -> tell(it -> it.deactivateFramework(framework));
      case ACTIVATE_FRAMEWORK -> tell(it -> it.activateFramework(framework));
      case ADD_AGENT -> addAgent(agent);
      case REMOVE_AGENT -> removeAgent(agent);
      case DEACTIVATE_AGENT -> tell(it -> it.deactivateAgent(agent));
      case ACTIVATE_AGENT -> tell(it -> it.activateAgent(agent));
      case UPDATE_AGENT -> updateAgent(agent);
      case REVIVE -> {
        SortedSet<String> roles = someRoles();
        tell(it -> it.revive(framework, roles));
      }
      case SUPPRESS -> {
        SortedSet<String> roles = someRoles();
        tell(it -> it.suppress(framework, roles));
      }
      case CHANGE_QUOTA -> changeQuota();
      case CHANGE_SETTINGS -> changeSettings();
      case RESERVE -> reserve();
      case UNRESERVE -> unreserve(agent);
      case GIVE_BACK -> giveBack();
      case ALLOCATE -> {
        return allocate();
      }
    }
    return List.of();
  }

  /** An allocation now; compared, if the reference was told everything as well. */
  List<Allocation> allocate() {
    List<Allocation> allocations = allocator.allocate(now);
    reference.ifPresent(it -> assertThat(allocations).isEqualTo(it.allocate(now)));
    held.addAll(allocations);
    return allocations;
  }

  /** What counts against the quota of a top-level role, by these books (Q3). */
  Scalar consumed(String top, String name) {
    Scalar consumed = Scalar.ZERO;
    for (AgentTerms terms : agents.values()) {
      for (Resource entry : terms.total().reserved().entries()) {
        if (RolePaths.isWithin(top, entry.role()) && entry.name().equals(name)) {
          consumed = consumed.plus((Scalar) entry.value());
        }
      }
    }
    for (Allocation each : held) {
      if (RolePaths.isWithin(top, each.role())) {
        consumed = consumed.plus(each.resources().unreserved().nonRevocable().scalar(name));
      }
    }
    return consumed;
  }

  /** Everything that is held comes back and all frameworks leave. */
  void everybodyLeaves() {
    for (Allocation each : held) {
      allocator.recover(each.framework(), each.agent(), each.resources(), Optional.empty());
    }
    held.clear();
    frameworks.add(KEEPER);
    frameworks.forEach(allocator::removeFramework);
    frameworks.clear();
  }

  /** What is held on an agent, each offer by itself, allocated to nobody, shared things left. */
  List<Resources> heldOneByOne(AgentId agent) {
    return held.stream()
        .filter(each -> each.agent().equals(agent))
        .map(each -> each.resources().nonShared().unallocated())
        .toList();
  }

  /** Asks for every limit that is set. */
  void limits(LimitVisitor visitor) {
    quotas.forEach(
        (role, quota) -> quota.limits().forEach((name, limit) -> visitor.visit(role, name, limit)));
  }

  interface LimitVisitor {
    void visit(String role, String name, Scalar limit);
  }

  /** Everything that all frameworks hold on an agent, allocated to nobody, shared things left. */
  Resources heldOn(AgentId agent) {
    Resources sum = Resources.NONE;
    for (Resources each : heldOneByOne(agent)) {
      sum = sum.plus(each);
    }
    return sum;
  }

  private SortedSet<String> someRoles() {
    SortedSet<String> roles = new TreeSet<>();
    ROLES.stream().filter(_ -> random.nextInt(4) == 0).forEach(roles::add);
    return roles;
  }

  private void addOrUpdateFramework(FrameworkId framework) {
    List<FrameworkCapability> capabilities = new ArrayList<>();
    for (FrameworkCapability each : FrameworkCapability.values()) {
      if (random.nextBoolean()) {
        capabilities.add(each);
      }
    }
    SortedMap<String, MinAllocatable> minimums = new TreeMap<>();
    SortedMap<String, Predicate<AgentTerms>> constraints = new TreeMap<>();
    if (random.nextInt(4) == 0) {
      minimums.put("a", MinAllocatable.parse(random.nextBoolean() ? "" : "cpus:4;mem:10"));
    }
    if (random.nextInt(4) == 0) {
      constraints.put("b", agent -> agent.attributes().contains(Attribute.text("rack", "r1")));
    }
    FrameworkTerms terms =
        FrameworkTerms.of(someRoles(), capabilities.toArray(new FrameworkCapability[0]))
            .withSuppressed(someRoles())
            .withMinAllocatable(minimums)
            .withConstraints(constraints);
    if (frameworks.add(framework)) {
      tell(it -> it.addFramework(framework, terms));
    } else {
      tell(it -> it.updateFramework(framework, terms));
    }
  }

  private void remove(FrameworkId framework) {
    if (frameworks.remove(framework)) {
      tell(it -> it.removeFramework(framework));
    }
  }

  private AgentTerms terms(AgentId agent, Resources total) {
    AgentTerms terms = AgentTerms.of("host-" + agent, total);
    return new AgentTerms(
        terms.hostname(),
        total,
        List.of(Attribute.text("rack", "r" + random.nextInt(2))),
        Optional.empty(),
        random.nextInt(8) == 0
            ? Set.of(AgentCapability.values()[random.nextInt(AgentCapability.values().length)])
            : terms.capabilities());
  }

  private void addAgent(AgentId agent) {
    if (agents.containsKey(agent)) {
      return;
    }
    List<Resource> total = new ArrayList<>();
    total.add(Resource.unreserved("cpus", Scalar.of(1 + random.nextInt(8))));
    total.add(Resource.unreserved("mem", Scalar.of(64 * (1 + random.nextInt(16)))));
    total.add(Resource.unreserved("ports", Ranges.of(31000, 31009)));
    if (random.nextInt(3) == 0) {
      total.add(reserved("cpus", 2, "a"));
      total.add(reserved("disk", 100, "a"));
    }
    if (random.nextInt(3) == 0) {
      total.add(reserved("mem", 128, "b", "b/z"));
    }
    if (random.nextInt(3) == 0) {
      total.add(Resource.unreserved("cpus", Scalar.of(3)).asRevocable());
    }
    if (random.nextInt(3) == 0) {
      total.add(
          Resource.unreserved("disk", Scalar.of(50))
              .withDisk(Optional.of(Disk.of(Disk.Source.mount("/mnt/a"))), false));
    }
    if (random.nextInt(3) == 0) {
      total.add(
          reserved("disk", 10, "a")
              .withDisk(
                  Optional.of(
                      Disk.volume(
                          new Disk.Persistence("shared" + volumes++, Optional.empty()),
                          new Disk.VolumeMount("data", false))),
                  true));
    }
    if (random.nextInt(6) == 0) {
      total.add(Resource.unreserved("gpus", Scalar.of(1)));
    }
    AgentTerms terms = terms(agent, Resources.of(total));
    agents.put(agent, terms);
    tell(it -> it.addAgent(agent, terms, new TreeMap<>()));
  }

  private static Resource reserved(String name, double amount, String... roles) {
    List<Reservation> stack = new ArrayList<>();
    for (String role : roles) {
      stack.add(new Reservation(role, true, Optional.empty()));
    }
    return Resource.unreserved(name, Scalar.of(amount)).withReservations(stack);
  }

  private void removeAgent(AgentId agent) {
    if (agents.remove(agent) != null) {
      held.removeIf(each -> each.agent().equals(agent));
      tell(it -> it.removeAgent(agent));
    }
  }

  /** New attributes, or another estimate of what is revocable. */
  private void updateAgent(AgentId agent) {
    if (!agents.containsKey(agent)) {
      return;
    }
    Resources total = agents.get(agent).total();
    if (random.nextBoolean()) {
      total =
          total
              .nonRevocable()
              .plus(
                  Resources.of(
                      Resource.unreserved("cpus", Scalar.of(random.nextInt(4))).asRevocable()));
    }
    AgentTerms terms = terms(agent, total);
    agents.put(agent, terms);
    tell(it -> it.updateAgent(agent, terms));
  }

  private void changeQuota() {
    String role = random.nextBoolean() ? "a" : "b";
    SortedMap<String, Scalar> guarantees = new TreeMap<>();
    SortedMap<String, Scalar> limits = new TreeMap<>();
    if (random.nextBoolean()) {
      guarantees.put("cpus", Scalar.of(random.nextInt(12)));
    }
    if (random.nextBoolean()) {
      limits.put("cpus", Scalar.of(12 + random.nextInt(10)));
      limits.put("disk", Scalar.of(random.nextInt(120)));
      if (random.nextBoolean()) {
        limits.put("mem", Scalar.of(200 + random.nextInt(500)));
      }
    }
    Quota quota = random.nextInt(3) == 0 ? Quota.NONE : new Quota(guarantees, limits);
    quotas.put(role, quota);
    tell(it -> it.setQuota(role, quota));
  }

  private void changeSettings() {
    double weight = 1 + random.nextInt(3);
    String role = ROLES.get(random.nextInt(ROLES.size()));
    boolean pause = random.nextInt(3) == 0;
    Optional<SortedSet<String>> hosts =
        random.nextBoolean() ? Optional.empty() : Optional.of(set("host-S0", "host-S1", "host-S2"));
    tell(it -> {
      it.setWeight(role, weight);
      it.setWhitelist(hosts);
      if (pause) {
        it.pause();
      } else {
        it.resume();
      }
    });
  }

  private void giveBack() {
    if (held.isEmpty()) {
      return;
    }
    Allocation whole = held.remove(random.nextInt(held.size()));
    Resources part =
        random.nextBoolean()
            ? whole.resources()
            : whole.resources().filter(_ -> random.nextBoolean());
    Optional<Instant> until =
        random.nextBoolean() ? Optional.of(now.plusMillis(random.nextInt(2000))) : Optional.empty();
    if (!part.isEmpty()) {
      tell(it -> it.recover(whole.framework(), whole.agent(), part, until));
    }
    keep(whole, whole.resources().minus(part));
  }

  private void keep(Allocation whole, Resources left) {
    if (!left.isEmpty()) {
      held.add(new Allocation(whole.framework(), whole.role(), whole.agent(), left));
    }
  }

  /** A framework reserves what it holds for its role, or makes a volume of what is reserved. */
  private void reserve() {
    if (held.isEmpty()) {
      return;
    }
    int index = random.nextInt(held.size());
    Allocation whole = held.get(index);
    if (whole.role().equals("*")) {
      return;
    }
    Resources consumed =
        whole
            .resources()
            .filter(
                entry -> !entry.isReserved() && !entry.revocable() && entry.name().equals("cpus"));
    Resources converted =
        consumed.map(
            entry -> entry.reserved(new Reservation(whole.role(), true, Optional.empty())));
    if (!consumed.isEmpty()) {
      held.remove(index);
      convertTotal(whole.agent(), consumed.unallocated(), converted.unallocated());
      tell(it -> it.convertAllocated(whole.framework(), whole.agent(), consumed, converted));
      keep(whole, whole.resources().convert(consumed, converted));
    }
  }

  private void convertTotal(AgentId agent, Resources consumed, Resources converted) {
    agents.computeIfPresent(
        agent, (_, terms) -> terms.withTotal(terms.total().convert(consumed, converted)));
  }

  /** An operator unreserves cpus, if nobody has them. */
  private void unreserve(AgentId agent) {
    if (!agents.containsKey(agent)) {
      return;
    }
    Resources some =
        agents
            .get(agent)
            .total()
            .filter(entry -> entry.reservations().size() == 1 && entry.name().equals("cpus"));
    Conversions.Conversion conversion = Conversions.unreserve(some);
    boolean done = allocator.convertFree(agent, conversion.consumed(), conversion.converted());
    reference.ifPresent(it ->
        assertThat(it.convertFree(agent, conversion.consumed(), conversion.converted()))
            .isEqualTo(done));
    if (done) {
      convertTotal(agent, conversion.consumed(), conversion.converted());
    }
  }
}
