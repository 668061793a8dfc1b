package io.mesocosm.conformance.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Sections 4 and 5: in which order roles are served, and which roles there are. */
final class SortingRows implements RowTests {
  @Override
  public String contract() {
    return AllocationSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test(
        "4/S1",
        "which sorters",
        target -> {
          for (String flag : new String[] {"role_sorter", "framework_sorter"}) {
            String value = target.cluster().flag(flag).orElse("drf");
            Expect.that(
                value.equals("drf") || value.equals("random"), flag + " drf or random", value);
          }
        });
    rows.exclusive(
        "4/S2", "the smaller dominant share first", target -> contest(target, 1, 1, false));
    rows.exclusive("4/S3", "the lower share, then the name", SortingRows::ties);
    rows.exclusive("4/S4", "children count for their parents", SortingRows::hierarchy);
    rows.exclusive("4/S5", "weights", target -> contest(target, 10, 1, true));
    rows.notObservable("4/S6", "random sorter", "chance cannot be shown by a few runs");
    rows.notObservable("4/S7", "totals", "shares are not shown as numbers");
    rows.notObservable("4/S8", "what counts as allocated", "shares are not shown as numbers");
    rows.exclusive("4/S9", "suppressed frameworks are passed over", SortingRows::passedOver);
    rows.notObservable("4/S10", "ports do not count", "shares are not shown as numbers");
    rows.test("5/R1", "a role exists by its framework", SortingRows::exists);
    rows.withOffers("5/R2", "reservations of parents are for children", ReservationRows::inherited);
    rows.withOffers(
        "5/R3",
        "unreserved resources for any role",
        target -> {
          JsonNode offer = target.subscribe(target.framework()).offer();
          Expect.that(
              Shares.unreserved(offer, "cpus") > 0,
              "unreserved cpus for a role unknown before",
              offer);
        });
    rows.withOffers(
        "5/R4", "* is a role", target -> target.subscribe(target.framework().roles("*")).offer());
    rows.test(
        "5/R5",
        "/roles lists ancestors",
        target -> {
          String parent = target.unique();
          target.subscribe(target.framework().roles(parent + "/b/c").suppressed());
          for (String role : new String[] {parent, parent + "/b", parent + "/b/c"}) {
            Expect.that(
                Shares.role(target, role).isPresent(), "role " + role + " in /roles", "absent");
          }
        });
  }

  private static void drf(Target target) {
    if (!target.cluster().flag("role_sorter").orElse("drf").equals("drf")) {
      throw new NotObservable("needs a master with --role_sorter=drf");
    }
  }

  /**
   * One role runs a task of a good part of an agent's cpus, the other a small one; both then wait
   * for what a third gives back. Who gets the offer is who had the lower weighted share.
   */
  private static void contest(
      Target target, double heavyWeight, double lightWeight, boolean heavyWins) {
    drf(target);
    SchedulerSession heavy = loaded(target, target.unique(), 0.4);
    SchedulerSession light = loaded(target, target.unique(), 0.1);
    Shares.weight(target, heavy.framework().role(), heavyWeight);
    Shares.weight(target, light.framework().role(), lightWeight);
    expectFirst(target, heavyWins ? heavy : light, heavyWins ? light : heavy);
  }

  private static SchedulerSession loaded(Target target, String role, double cpus) {
    SchedulerSession session = target.subscribe(target.framework().roles(role));
    JsonNode offer = session.offer();
    var task = SchedulerSession.task(offer, "task", "sleep 1000");
    task.set(
        "resources",
        Json.array(
            io.mesocosm.conformance.Resource.scalar("cpus", cpus),
            io.mesocosm.conformance.Resource.scalar("mem", 32)));
    session.launch(offer, task);
    session.quiet();
    session.awaitState("task", "TASK_RUNNING", Duration.ofSeconds(30));
    return session;
  }

  /**
   * Somebody holds the whole cluster while both revive, and gives one agent back: the favoured role
   * gets it.
   */
  private static void expectFirst(
      Target target, SchedulerSession favoured, SchedulerSession other) {
    SchedulerSession holder = target.subscribe(target.framework());
    long agents = target.cluster().agents().count();
    List<JsonNode> held = new ArrayList<>();
    while (held.size() < agents) {
      held.addAll(holder.offers());
    }
    other.call("REVIVE");
    favoured.call("REVIVE");
    favoured.events().expectNone("OFFERS", _ -> true, Duration.ofMillis(1500));
    holder.decline(3600, held.getFirst());
    favoured.events().await("OFFERS", Shares.from(held.getFirst()), Duration.ofSeconds(10));
    other.events().expectNone("OFFERS", Shares.from(held.getFirst()), Duration.ofMillis(500));
  }

  private static void ties(Target target) {
    drf(target);
    String name = target.unique();
    SchedulerSession later = target.subscribe(target.framework().roles("z-" + name).suppressed());
    SchedulerSession earlier = target.subscribe(target.framework().roles("a-" + name).suppressed());
    expectFirst(target, earlier, later);
  }

  private static void hierarchy(Target target) {
    drf(target);
    String parent = target.unique();
    SchedulerSession child = loaded(target, parent + "/busy", 0.4);
    SchedulerSession sibling =
        target.subscribe(target.framework().roles(parent + "/idle").suppressed());
    SchedulerSession apart = loaded(target, target.unique(), 0.1);
    Expect.that(!child.events().ended(), "the child subscribed", "ended");
    expectFirst(target, apart, sibling);
  }

  private static void passedOver(Target target) {
    SchedulerSession idle = target.subscribeQuietly();
    SchedulerSession busy = loaded(target, target.unique(), 0.2);
    busy.call("REVIVE");
    busy.events().await("OFFERS", Shares.SOON);
    idle.events().expectNone("OFFERS", _ -> true, Duration.ZERO);
  }

  private static void exists(Target target) throws InterruptedException {
    SchedulerSession session = target.subscribeQuietly();
    String role = session.framework().role();
    Expect.that(Shares.role(target, role).isPresent(), "role " + role + " in /roles", "absent");
    session.close();
    target.eventually(
        "role " + role + " to leave /roles",
        Shares.SOON,
        () ->
            Shares.role(target, role).isPresent()
                ? java.util.Optional.<Boolean>empty()
                : java.util.Optional.of(true));
  }
}
