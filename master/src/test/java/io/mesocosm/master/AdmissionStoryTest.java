package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.launchGroup;
import static io.mesocosm.master.Launches.task;
import static io.mesocosm.master.ResourceMessages.called;
import static io.mesocosm.master.ResourceMessages.reserve;
import static io.mesocosm.master.ResourceMessages.reserved;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Principal;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferFilters;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.AttributeConstraint;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.apache.mesos.v1.scheduler.Protos.OfferConstraints;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who is let in, with what wishes, and what it may do then. */
class AdmissionStoryTest {
  private static String refusal(FakeScheduler scheduler) {
    List<Event> events = scheduler.events();
    assertThat(events).hasSize(1);
    return events.getFirst().getError().getMessage();
  }

  @Test
  void rootAndRolesOutsideTheListAreRefused() {
    Cluster cluster =
        new Cluster(config -> new Cluster.Config().roles("web").noRootSubmissions().of(config));
    assertThat(refusal(cluster.subscribe(Cluster.framework("web").setUser("root"))))
        .contains("root");
    assertThat(refusal(cluster.subscribe("db"))).contains("--roles");
    assertThat(cluster.subscribe("web").eventTypes()).containsExactly(Event.Type.SUBSCRIBED);
  }

  @Test
  void minimumOfARoleDecidesWhatIsOffered() {
    Cluster cluster = new Cluster();
    FakeScheduler scheduler =
        cluster.subscribe(Cluster.framework("web").putOfferFilters("web", atLeast(8)));
    cluster.registerAgent(4, 1024);
    assertThat(scheduler.offers()).isEmpty();
    cluster.registerAgent(8, 1024);
    assertThat(scheduler.offers()).hasSize(1);
    assertThat(
            refusal(
                cluster.subscribe(Cluster.framework("web").putOfferFilters("web", atLeast(-1)))))
        .contains("min_allocatable_resources");
  }

  private static OfferFilters atLeast(double cpus) {
    return OfferFilters.newBuilder()
        .setMinAllocatableResources(
            OfferFilters.MinAllocatableResources.newBuilder()
                .addQuantities(
                    OfferFilters.ResourceQuantities.newBuilder()
                        .putQuantities("cpus", Value.Scalar.newBuilder().setValue(cpus).build())))
        .build();
  }

  @Test
  void constraintsComeAndGoWithTheFramework() {
    Cluster cluster = new Cluster();
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.registerAgent("other", 4, 1024);
    Offer offer = scheduler.offer();
    Call.UpdateFramework.Builder update =
        Call.UpdateFramework.newBuilder()
            .setFrameworkInfo(Cluster.framework("web").setId(scheduler.id))
            .setOfferConstraints(onlyOn("wanted", "web"));
    assertThat(call(scheduler, update)).isEqualTo(new CallAnswer.Applied());
    assertThat(scheduler.view().constraints().getRoleConstraintsCount()).isEqualTo(1);
    scheduler.decline(0, offer);
    assertThat(scheduler.offers()).as("existing offers stay, new ones must fit").isEmpty();
    cluster.registerAgent("wanted", 4, 1024);
    assertThat(scheduler.offer().getHostname()).isEqualTo("wanted");

    assertThat(call(scheduler, update.setOfferConstraints(onlyOn("wanted", "db"))))
        .isInstanceOfSatisfying(
            CallAnswer.Refused.class, refused -> assertThat(refused.status()).isEqualTo(400));
    assertThat(call(scheduler, update.clearOfferConstraints())).isEqualTo(new CallAnswer.Applied());
    assertThat(scheduler.offer().getHostname()).isEqualTo("other");
  }

  private static CallAnswer call(FakeScheduler scheduler, Call.UpdateFramework.Builder update) {
    return scheduler.call(
        Call.newBuilder().setType(Call.Type.UPDATE_FRAMEWORK).setUpdateFramework(update));
  }

  private static OfferConstraints onlyOn(String hostname, String role) {
    AttributeConstraint constraint =
        AttributeConstraint.newBuilder()
            .setSelector(
                AttributeConstraint.Selector.newBuilder()
                    .setPseudoattributeType(
                        AttributeConstraint.Selector.PseudoattributeType.HOSTNAME))
            .setPredicate(
                AttributeConstraint.Predicate.newBuilder()
                    .setTextEquals(
                        AttributeConstraint.Predicate.TextEquals.newBuilder().setValue(hostname)))
            .build();
    return OfferConstraints.newBuilder()
        .putRoleConstraints(
            role,
            OfferConstraints.RoleConstraints.newBuilder()
                .addGroups(
                    OfferConstraints.RoleConstraints.Group.newBuilder()
                        .addAttributeConstraints(constraint))
                .build())
        .build();
  }

  @Nested
  class WithAccessLists {
    private final Cluster cluster =
        new Cluster(config ->
            new Cluster.Config()
                .authorizer((subject, action, object) -> allows(subject, action, object))
                .of(config));
    private final FakeScheduler scheduler =
        cluster.subscribe(Cluster.framework("web").setPrincipal("p"));
    private final FakeAgent agent = cluster.registerAgent(4, 1024);

    private static boolean allows(
        Optional<Principal> subject, Action action, Optional<String> object) {
      return switch (action) {
        case REGISTER_FRAMEWORK -> subject.isPresent() && object.equals(Optional.of("web"));
        case RUN_TASK -> !object.equals(Optional.of("root"));
        case RESERVE_RESOURCES -> false;
        default -> true;
      };
    }

    @Test
    void rolesNeedPermission() {
      assertThat(refusal(cluster.subscribe(Cluster.framework("db").setPrincipal("p"))))
          .contains("Not authorized to use role 'db'");
      assertThat(refusal(cluster.subscribe("web"))).contains("Not authorized");
      FrameworkInfo.Builder wider =
          Cluster.framework("web", "db").setPrincipal("p").setId(scheduler.id);
      assertThat(scheduler.update(wider))
          .isInstanceOfSatisfying(
              CallAnswer.Refused.class, refused -> assertThat(refused.status()).isEqualTo(403));
    }

    @Test
    void usersNeedPermission() {
      Offer offer = scheduler.offer();
      var asRoot = task("t", offer, 1, 128);
      asRoot.getCommandBuilder().setUser("root");
      scheduler.accept(
          offer,
          launch(asRoot, task("u", offer, 1, 128)),
          launchGroup(Launches.executor("e", 0.1), asRoot.clone().setTaskId(Launches.id("v"))));
      assertThat(scheduler.statuses())
          .extracting(TaskStatus::getReason)
          .containsExactly(
              TaskStatus.Reason.REASON_TASK_UNAUTHORIZED,
              TaskStatus.Reason.REASON_TASK_GROUP_UNAUTHORIZED);
      assertThat(agent.launched()).hasSize(1);
    }

    @Test
    void operationsNeedPermission() {
      Offer offer = scheduler.offer();
      scheduler.accept(offer, called("o", reserve(reserved("web", "cpus", 1))));
      assertThat(scheduler.events())
          .filteredOn(Event::hasUpdateOperationStatus)
          .singleElement()
          .satisfies(event -> {
            assertThat(event.getUpdateOperationStatus().getStatus().getState())
                .isEqualTo(OperationState.OPERATION_ERROR);
            assertThat(event.getUpdateOperationStatus().getStatus().getMessage())
                .contains("reserve_resources");
          });
    }
  }

  @Test
  void batchAppliesAllAndAnswersWithTheFirstRefusal() {
    Cluster cluster = new Cluster();
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();
    Call suppress =
        Call.newBuilder().setType(Call.Type.SUPPRESS).setFrameworkId(scheduler.id).build();
    Call unknown =
        Call.newBuilder().setType(Call.Type.UNKNOWN).setFrameworkId(scheduler.id).build();
    Call decline =
        Call.newBuilder()
            .setType(Call.Type.DECLINE)
            .setFrameworkId(scheduler.id)
            .setDecline(Call.Decline.newBuilder().addOfferIds(offer.getId()))
            .build();

    assertThat(cluster.calls(Optional.of(scheduler.stream), List.of(unknown, suppress, decline)))
        .isInstanceOfSatisfying(
            CallAnswer.Refused.class, refused -> assertThat(refused.status()).isEqualTo(501));
    assertThat(scheduler.view().suppressedRoles()).containsExactly("web");
    assertThat(scheduler.view().offers()).isEmpty();
    assertThat(cluster.calls(Optional.of(scheduler.stream), List.of(suppress, decline)))
        .isEqualTo(new CallAnswer.Accepted());
  }
}
