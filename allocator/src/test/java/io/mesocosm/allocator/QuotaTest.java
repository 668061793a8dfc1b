package io.mesocosm.allocator;

import static io.mesocosm.allocator.AllocatorTest.agent;
import static io.mesocosm.allocator.AllocatorTest.cpusMem;
import static io.mesocosm.allocator.AllocatorTest.ports;
import static io.mesocosm.allocator.AllocatorTest.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resource.Reservation;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Guarantees, limits and headroom (contracts/mesos-allocation.md §6). */
class QuotaTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final FrameworkId DEV = new FrameworkId("F-dev");
  private static final FrameworkId PROD = new FrameworkId("F-prod");

  private final HierarchicalAllocator allocator =
      new HierarchicalAllocator(AllocatorConfig.USUAL, new Random(1));

  @Test
  void guaranteesAreServedFirst() {
    framework(DEV, "dev");
    framework(PROD, "prod");
    allocator.setQuota("prod", guarantee(12));
    agents(4, cpusMem(4, 1024));

    List<Allocation> allocations = allocator.allocate(NOW);

    assertThat(cpus(allocations, "prod")).isEqualTo(12);
    assertThat(cpus(allocations, "dev")).isEqualTo(4);
  }

  @Test
  void whatIsGuaranteedStaysFreeForARoleWithoutFrameworks() {
    framework(DEV, "dev");
    allocator.setQuota("prod", guarantee(6));
    agents(2, cpusMem(4, 1024));

    assertThat(cpus(allocator.allocate(NOW), "dev")).isEqualTo(2);
    assertThat(explain(DEV, "dev", 1, 2))
        .anySatisfy(explanation ->
            assertThat(explanation)
                .isInstanceOfSatisfying(
                    Explanation.HeadroomHeld.class,
                    held -> assertThat(held.forRoles()).containsExactly("prod")));

    framework(PROD, "prod");
    assertThat(cpus(allocator.allocate(NOW), "prod")).isEqualTo(6);
  }

  @Test
  void nothingIsGivenBeyondALimitAndTheRestGoesToOthers() {
    framework(PROD, "prod/web");
    allocator.setQuota("prod", limit(5));
    agents(2, cpusMem(4, 1024).plus(ports(1, 10)));

    List<Allocation> allocations = allocator.allocate(NOW);

    assertThat(cpus(allocations, "prod/web")).isEqualTo(5);
    assertThat(allocator.quotaConsumed("prod")).containsEntry("cpus", Scalar.of(5));
    framework(DEV, "dev");
    assertThat(cpus(allocator.allocate(NOW), "dev")).isEqualTo(3);
  }

  @Test
  void aRoleAtItsLimitIsOfferedAgainWhenItGivesSomethingBack() {
    framework(PROD, "prod");
    allocator.setQuota("prod", limit(4));
    agents(2, cpusMem(4, 0));
    Allocation first = allocator.allocate(NOW).getFirst();
    int other = first.agent().equals(agent(1)) ? 2 : 1;
    assertThat(explain(PROD, "prod", other).getFirst())
        .isInstanceOf(Explanation.QuotaLimit.class)
        .extracting(Explanation::sentence)
        .asString()
        .contains("4 of at most 4 cpus");

    allocator.recover(PROD, first.agent(), first.resources(), Optional.of(NOW.plusSeconds(60)));

    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::agent)
        .isEqualTo(agent(other));
  }

  @Test
  void aRoleAtAllItsLimitsIsOfferedWhatIsReservedForItAndOthersGetTheRest() {
    framework(PROD, "prod");
    SortedMap<String, Scalar> limits = new TreeMap<>();
    limits.put("cpus", Scalar.of(2));
    limits.put("mem", Scalar.of(64));
    allocator.setQuota("prod", new Quota(new TreeMap<>(), limits));
    Resources reserved =
        cpusMem(2, 64)
            .map(entry -> entry.reserved(new Reservation("prod", false, Optional.empty())));
    agents(2, reserved.plus(cpusMem(4, 1024)));

    assertThat(allocator.allocate(NOW))
        .hasSize(2)
        .allSatisfy(each -> assertThat(each.resources().unallocated()).isEqualTo(reserved));

    framework(DEV, "dev");
    assertThat(cpus(allocator.allocate(NOW), "dev")).isEqualTo(8);
  }

  @Test
  void whenARoleAtAllItsLimitsGivesSomethingBackOneOfTheIdleAgentsIsOffered() {
    framework(PROD, "prod");
    SortedMap<String, Scalar> limits = new TreeMap<>();
    limits.put("cpus", Scalar.of(4));
    limits.put("mem", Scalar.of(1024));
    allocator.setQuota("prod", new Quota(new TreeMap<>(), limits));
    agents(5, cpusMem(4, 1024));
    Allocation first = allocator.allocate(NOW).getFirst();
    assertThat(allocator.allocate(NOW)).isEmpty();

    allocator.recover(PROD, first.agent(), first.resources(), Optional.of(NOW.plusSeconds(60)));

    assertThat(allocator.allocate(NOW))
        .singleElement()
        .satisfies(each -> assertThat(each.agent()).isNotEqualTo(first.agent()));
    assertThat(allocator.allocate(NOW)).isEmpty();
  }

  @Test
  void reservationsCountAgainstALimitButAreAlwaysOffered() {
    framework(PROD, "prod");
    allocator.setQuota("prod", limit(3));
    Resource reserved =
        Resource.unreserved("cpus", Scalar.of(2))
            .reserved(new Reservation("prod", false, Optional.empty()));
    agents(1, Resources.of(reserved).plus(cpusMem(4, 64)));

    Resources offered = allocator.allocate(NOW).getFirst().resources();

    assertThat(offered.reserved().scalar("cpus")).isEqualTo(Scalar.of(2));
    assertThat(offered.unreserved().scalar("cpus")).isEqualTo(Scalar.of(1));
    assertThat(allocator.quotaConsumed("prod")).containsEntry("cpus", Scalar.of(3));
  }

  @Test
  void revocablesAreNotLimited() {
    allocator.addFramework(
        PROD, FrameworkTerms.of(set("prod"), FrameworkCapability.REVOCABLE_RESOURCES));
    allocator.setQuota("prod", limit(1));
    Resource revocable = Resource.unreserved("cpus", Scalar.of(8)).asRevocable();
    agents(1, cpusMem(4, 64).plus(Resources.of(revocable)));

    Resources offered = allocator.allocate(NOW).getFirst().resources();

    assertThat(offered.revocable().scalar("cpus")).isEqualTo(Scalar.of(8));
    assertThat(offered.nonRevocable().scalar("cpus")).isEqualTo(Scalar.of(1));
  }

  @Test
  void aDiskThatIsTakenAsAWholeIsLeftOutIfItDoesNotFit() {
    framework(PROD, "prod");
    SortedMap<String, Scalar> limits = new TreeMap<>();
    limits.put("disk", Scalar.of(50));
    allocator.setQuota("prod", new Quota(new TreeMap<>(), limits));
    Resource mount =
        Resource.unreserved("disk", Scalar.of(100))
            .withDisk(Optional.of(Disk.of(Disk.Source.mount("/mnt/a"))), false);
    agents(1, cpusMem(1, 64).plus(Resources.of(mount)));

    assertThat(allocator.allocate(NOW).getFirst().resources().unallocated())
        .isEqualTo(cpusMem(1, 64));
  }

  @Test
  void onlyTopLevelRolesCanHaveAQuota() {
    assertThatThrownBy(() -> allocator.setQuota("a/b", limit(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a/b");
  }

  @Test
  void clearingAQuotaSetsFreeWhatItKept() {
    framework(DEV, "dev");
    allocator.setQuota("prod", guarantee(4));
    agents(1, cpusMem(4, 0));
    assertThat(allocator.allocate(NOW)).isEmpty();

    allocator.setQuota("prod", Quota.NONE);

    assertThat(cpus(allocator.allocate(NOW), "dev")).isEqualTo(4);
  }

  private static double cpus(List<Allocation> allocations, String role) {
    return allocations.stream()
        .filter(each -> each.role().equals(role))
        .mapToDouble(each -> cpus(each.resources()))
        .sum();
  }

  private static double cpus(Resources resources) {
    return resources.scalar("cpus").toDouble();
  }

  private List<Explanation> explain(FrameworkId framework, String role, int... agents) {
    return java.util.Arrays.stream(agents)
        .mapToObj(number ->
            allocator
                .explain(framework, Optional.of(role), Optional.of(agent(number)), NOW)
                .getFirst())
        .toList();
  }

  private void framework(FrameworkId id, String role) {
    allocator.addFramework(id, FrameworkTerms.of(set(role)));
  }

  private void agents(int count, Resources total) {
    for (int i = 1; i <= count; i++) {
      allocator.addAgent(agent(i), AgentTerms.of("host" + i, total), new TreeMap<>());
    }
  }

  private static Quota guarantee(double cpus) {
    SortedMap<String, Scalar> guarantees = new TreeMap<>();
    guarantees.put("cpus", Scalar.of(cpus));
    return new Quota(guarantees, new TreeMap<>());
  }

  private static Quota limit(double cpus) {
    return new Quota(new TreeMap<>(), guarantee(cpus).guarantees());
  }
}
