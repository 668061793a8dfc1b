package io.mesocosm.allocator;

import static io.mesocosm.allocator.AllocatorTest.agent;
import static io.mesocosm.allocator.AllocatorTest.cpusMem;
import static io.mesocosm.allocator.AllocatorTest.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Why not me? One answer for every rule. */
class ExplanationTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final FrameworkId ME = new FrameworkId("F-me");
  private static final FrameworkId OTHER = new FrameworkId("F-other");
  private static final Resources TOTAL = cpusMem(4, 1024);

  private final HierarchicalAllocator allocator =
      new HierarchicalAllocator(
          new AllocatorConfig(
              SorterKind.DRF,
              SorterKind.DRF,
              new TreeSet<>(),
              MinAllocatable.parse("cpus:0.01|mem:32"),
              true,
              Optional.of("eu")),
          new Random(1));

  @Test
  void anUnknownFrameworkAgentOrRoleIsNamed() {
    assertThat(explain().sentence()).contains("framework is not registered");
    me();
    assertThat(explain().sentence()).contains("agent is not registered");
    agent(TOTAL);
    assertThat(
            allocator
                .explain(ME, Optional.of("db"), Optional.of(AllocatorTest.agent(1)), NOW)
                .getFirst()
                .sentence())
        .contains("only to web");
  }

  @Test
  void theFrameworksOwnStateComesFirst() {
    me();
    agent(TOTAL);
    allocator.suppress(ME, new TreeSet<>());
    assertThat(explain()).isInstanceOf(Explanation.Suppressed.class);
    allocator.deactivateFramework(ME);
    assertThat(explain()).isInstanceOf(Explanation.Disconnected.class);
    allocator.pause();
    assertThat(explain()).isInstanceOf(Explanation.Paused.class);
    assertThat(allocator.allocate(NOW)).isEmpty();
    allocator.resume();
    allocator.activateFramework(ME);
    allocator.revive(ME, set("web"));
    assertThat(explain()).isEqualTo(new Explanation.WouldBeOffered(explain().subject(), TOTAL));
  }

  @Test
  void agentsThatNobodyIsOffered() {
    me();
    agent(TOTAL);
    allocator.setWhitelist(Optional.of(set("elsewhere")));
    assertThat(explain().sentence()).contains("host1").contains("--whitelist");
    assertThat(allocator.allocate(NOW)).isEmpty();
    allocator.setWhitelist(Optional.of(set("host1")));
    allocator.deactivateAgent(AllocatorTest.agent(1));
    assertThat(explain()).isInstanceOf(Explanation.AgentInactive.class);
  }

  @Test
  void agentsThatTheFrameworkCannotCopeWith() {
    me();
    agent(TOTAL.plus(Resources.of(Resource.unreserved("gpus", Scalar.of(2)))));
    assertThat(explain()).isInstanceOf(Explanation.NoGpuCapability.class);

    AgentTerms plain = AgentTerms.of("host1", TOTAL);
    allocator.updateAgent(
        AllocatorTest.agent(1),
        new AgentTerms(
            "host1",
            TOTAL,
            List.of(),
            Optional.of(new Domain("us", "us-1")),
            plain.capabilities()));
    assertThat(explain().sentence()).contains("us").contains("eu").contains("REGION_AWARE");
    assertThat(allocator.allocate(NOW)).isEmpty();

    allocator.updateFramework(ME, FrameworkTerms.of(set("web"), FrameworkCapability.REGION_AWARE));
    assertThat(allocator.allocate(NOW)).hasSize(1);
  }

  @Test
  void agentsThatTheFrameworkDoesNotWant() {
    SortedMap<String, Predicate<AgentTerms>> constraints = new TreeMap<>();
    constraints.put("web", terms -> terms.attributes().contains(Attribute.text("rack", "r1")));
    allocator.addFramework(ME, FrameworkTerms.of(set("web")).withConstraints(constraints));
    agent(TOTAL);
    assertThat(explain()).isInstanceOf(Explanation.ConstraintNotMet.class);
    assertThat(allocator.allocate(NOW)).isEmpty();

    AgentTerms plain = AgentTerms.of("host1", TOTAL);
    allocator.updateAgent(
        AllocatorTest.agent(1),
        new AgentTerms(
            "host1",
            TOTAL,
            List.of(Attribute.text("rack", "r1")),
            Optional.empty(),
            plain.capabilities()));
    assertThat(allocator.allocate(NOW)).hasSize(1);
  }

  @Test
  void whatIsFreeIsNotForTheFramework() {
    me();
    agent(
        TOTAL.map(
            entry -> entry.reserved(new Resource.Reservation("db", false, Optional.empty()))));
    assertThat(explain().sentence()).contains("is reserved for db");

    agent(TOTAL.map(Resource::asRevocable));
    assertThat(explain().sentence()).contains("REVOCABLE_RESOURCES");

    agent(cpusMem(0.001, 1));
    assertThat(explain().sentence()).contains("cpus:0.01|mem:32");

    agent(Resources.NONE);
    assertThat(explain()).isInstanceOf(Explanation.NothingFree.class);
  }

  @Test
  void whatWasDeclinedIsHiddenUntilAMoment() {
    me();
    agent(TOTAL);
    Allocation offer = allocator.allocate(NOW).getFirst();
    assertThat(explain().sentence()).contains("nothing is free").contains("F-me");

    allocator.recover(ME, offer.agent(), offer.resources(), Optional.of(NOW.plusSeconds(5)));

    assertThat(explain()).isInstanceOf(Explanation.FilteredUntil.class);
    assertThat(explain().sentence()).contains("1970-01-01T00:00:05Z");
    assertThat(allocator.figures().offersFilteredByRole()).containsEntry("web", 1);
  }

  @Test
  void othersComeFirst() {
    me();
    allocator.addFramework(OTHER, FrameworkTerms.of(set("db")));
    SortedMap<FrameworkId, Resources> inUse = new TreeMap<>();
    inUse.put(ME, TOTAL.allocatedTo("web"));
    allocator.addAgent(AllocatorTest.agent(2), AgentTerms.of("host2", TOTAL.plus(TOTAL)), inUse);
    allocator.deactivateAgent(AllocatorTest.agent(2));
    agent(TOTAL);

    assertThat(explain())
        .isInstanceOfSatisfying(
            Explanation.NotInFairShareYet.class,
            explanation -> {
              assertThat(explanation.before()).hasSize(1);
              assertThat(explanation.sentence()).contains("33.33 %").contains("F-other in role db");
            });
  }

  private Explanation explain() {
    return allocator
        .explain(ME, Optional.of("web"), Optional.of(AllocatorTest.agent(1)), NOW)
        .getFirst();
  }

  private void me() {
    allocator.addFramework(ME, FrameworkTerms.of(set("web")));
  }

  private void agent(Resources total) {
    allocator.addAgent(AllocatorTest.agent(1), AgentTerms.of("host1", total), new TreeMap<>());
  }
}
