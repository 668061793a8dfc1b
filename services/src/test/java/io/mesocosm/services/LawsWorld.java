package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.HealthResult;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The core in a world that is drawn from a seed: users, a master, a store whose writes fail or are
 * never heard of, and the end of the process at any moment. After every command all laws are looked
 * at.
 */
final class LawsWorld {
  private static final ServicesConfig CONFIG =
      new ServicesConfigBuilder().versionsMax(1000).build();
  private static final Duration BOUND = Duration.ofHours(2);

  private final RandomGenerator random;
  private final boolean stormy;
  private final LawsMaster master;
  private final LawsUsers users;
  private final SortedMap<String, StoredRecord> store = new TreeMap<>();
  private final Deque<ServicesEffect.Store> writes = new ArrayDeque<>();
  private final Map<ServicesTimer, Instant> timers = new LinkedHashMap<>();
  private final SortedMap<InstanceId, AppDefinition> probed = new TreeMap<>();
  // What lies there may be the old or the new: a write of it was not heard of again.
  private final Set<String> doubtful = new TreeSet<>();
  private final List<String> story = new ArrayList<>();
  private Services core;
  private LawsChecks checks;
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private boolean scarce;
  private boolean ended;
  private boolean calm;
  private long fingerprint;

  LawsWorld(long seed, boolean stormy) {
    this.random = new SplittableRandom(seed);
    this.stormy = stormy;
    this.master = new LawsMaster(random);
    this.users = new LawsUsers(random);
    this.core = new Services(CONFIG, new SplittableRandom(random.nextLong()));
    this.checks = new LawsChecks(core, store);
  }

  /** So many things happen, and then nothing bad any more. */
  void live(int steps) {
    try {
      load();
      for (int i = 0; i < steps; i++) {
        step();
      }
      calm();
    } catch (AssertionError | RuntimeException e) {
      int from = Math.max(0, story.size() - 200);
      throw new AssertionError(
          e.getMessage() + "\nafter\n" + String.join("\n", story.subList(from, story.size())), e);
    }
  }

  /** Of all effects, in order. */
  long fingerprint() {
    return fingerprint;
  }

  private void load() {
    handle(new ServicesCommand.Loaded(List.copyOf(store.values())));
  }

  private void handle(ServicesCommand command) {
    story.add(now.toString().substring(11) + " " + text(command));
    checks.remember();
    List<ServicesEffect> effects = core.handle(command, now);
    for (ServicesEffect effect : effects) {
      fingerprint = 31 * fingerprint + effect.toString().hashCode();
      if (!(effect instanceof ServicesEffect.Announce)) {
        story.add("    " + text(effect));
      }
      if (effect instanceof ServicesEffect.Store write) {
        writes.add(write);
      }
    }
    if (!(command instanceof ServicesCommand.Loaded)) {
      users.told(effects);
      users.check(core);
    }
    checks.check(command, effects, this::isBeingWritten);
    effects.forEach(this::perform);
  }

  private static String text(Object word) {
    String text =
        switch (word) {
          case ServicesEffect.Store write ->
              write.write()
                  + " puts "
                  + write.records().stream().map(StoredRecord::path).toList()
                  + " removes "
                  + write.removedPaths();
          case ServicesEffect.Answer answer when answer.answer() instanceof ApiAnswer.Deployed is ->
              answer.request() + " is deployed as " + is.deployment() + " at " + is.version();
          default -> word.toString().replaceAll("\\s+", " ");
        };
    return text.length() > 400 ? text.substring(0, 400) + "..." : text;
  }

  private boolean isBeingWritten(String path) {
    return doubtful.contains(path)
        || writes.stream().anyMatch(write -> paths(write).contains(path));
  }

  private static List<String> paths(ServicesEffect.Store write) {
    List<String> paths = new ArrayList<>(write.removedPaths());
    write.records().forEach(record -> paths.add(record.path()));
    return paths;
  }

  private void perform(ServicesEffect effect) {
    switch (effect) {
      case ServicesEffect.SetTimer(ServicesTimer timer, Instant at) -> timers.put(timer, at);
      case ServicesEffect.CancelTimer(ServicesTimer timer) -> timers.remove(timer);
      case ServicesEffect.SendCall(var call) -> {
        if (master.isSubscribed() && (!stormy || calm || random.nextInt(40) > 0)) {
          master.take(call);
        }
      }
      case ServicesEffect.StartHealthChecks(Instance instance, AppDefinition app) ->
          probed.put(instance.id(), app);
      case ServicesEffect.StopHealthChecks(InstanceId instance) -> probed.remove(instance);
      case ServicesEffect.Store _,
          ServicesEffect.Subscribe _,
          ServicesEffect.Answer _,
          ServicesEffect.Measure _,
          ServicesEffect.StartReadinessChecks _,
          ServicesEffect.StopReadinessChecks _,
          ServicesEffect.Announce _ -> {}
    }
  }

  // ----- what happens

  private void step() {
    pass(Duration.ofMillis(random.nextInt(2000)));
    int drawn = random.nextInt(200);
    if (drawn < 60) {
      write();
    } else if (drawn < 100) {
      master.nextEvent().ifPresent(event -> handle(new ServicesCommand.SchedulerEvent(event)));
    } else if (drawn < 130) {
      master.progress();
    } else if (drawn < 150) {
      master.offer(random.nextInt(LawsMaster.AGENTS), scarce);
    } else if (drawn < 162) {
      ask();
    } else if (drawn < 172) {
      probe(stormy && random.nextInt(5) == 0);
    } else if (drawn < 180) {
      pass(Duration.ofSeconds(random.nextInt(40)));
    } else if (!master.isSubscribed()) {
      master.subscribe();
    } else if (stormy) {
      trouble();
    }
  }

  private void trouble() {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> master.fail();
      case 3, 4 -> master.loseOrFind();
      case 5 -> {
        master.disconnect();
        handle(new ServicesCommand.SchedulerDisconnected("nothing was heard"));
      }
      case 6 -> scarce = !scarce;
      case 7 -> master.rescind();
      case 8 -> master.tellOfStranger("job-" + random.nextInt(10));
      case 9 ->
          master.tellOfStranger(
              "g_b.instance-00000000-0000-4000-8000-00000000000" + random.nextInt(9) + "._app.1");
      case 10 -> users.abandon().ifPresent(this::handle);
      case 11 -> {
        if (random.nextInt(3) == 0) {
          if (random.nextBoolean()) {
            handle(new ServicesCommand.Shutdown());
            ended = true;
          }
          failOver();
        }
      }
      default -> throw new AssertionError();
    }
  }

  private void ask() {
    handle(users.next(core, checks));
  }

  private void probe(boolean fails) {
    List<InstanceId> all = List.copyOf(probed.keySet());
    if (!all.isEmpty()) {
      InstanceId instance = all.get(random.nextInt(all.size()));
      handle(new ServicesCommand.HealthReported(instance, 0, !fails, fails ? "no connection" : ""));
    }
  }

  private void write() {
    ServicesEffect.Store write = writes.poll();
    if (write == null) {
      return;
    }
    if (stormy && random.nextInt(12) == 0) {
      happens(write, part(write));
      doubtful.addAll(paths(write));
      handle(new ServicesCommand.StoreFailed(write.write(), "the connection was lost"));
      return;
    }
    happens(write, Integer.MAX_VALUE);
    paths(write).forEach(doubtful::remove);
    handle(new ServicesCommand.Stored(write.write()));
  }

  /** Mostly all of it or nothing; what is large is written in parts. */
  private int part(ServicesEffect.Store write) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(paths(write).size() + 1);
      case 1 -> 0;
      default -> Integer.MAX_VALUE;
    };
  }

  private void happens(ServicesEffect.Store write, int parts) {
    int left = parts;
    for (StoredRecord record : write.records()) {
      if (left-- > 0) {
        store.put(record.path(), record);
      }
    }
    for (String path : write.removedPaths()) {
      if (left-- > 0) {
        store.remove(path);
      }
    }
  }

  /** The process ends; of what it was about to write the first happened, or none. */
  private void failOver() {
    story.add(now.toString().substring(11) + " THE PROCESS ENDS");
    List<Deployment> running = core.state().deployments.running();
    List<ServicesEffect.Store> left = List.copyOf(writes);
    int happened = random.nextInt(left.size() + 1);
    for (int i = 0; i < happened; i++) {
      happens(left.get(i), Integer.MAX_VALUE);
    }
    if (happened < left.size()) {
      ServicesEffect.Store write = left.get(happened);
      happens(write, part(write));
    }
    List<Deployment> kept =
        running.stream()
            .filter(is -> !isBeingWritten(StoredRecord.DeploymentRecord.pathOf(is.id())))
            .toList();
    writes.clear();
    doubtful.clear();
    timers.clear();
    probed.clear();
    master.disconnect();
    core = new Services(CONFIG, new SplittableRandom(random.nextLong()));
    checks = new LawsChecks(core, store);
    ended = false;
    load();
    users.nextProcess(core);
    users.check(core);
    users.checkPast(core);
    for (Deployment deployment : kept) {
      // It may be seen to be done at once.
      if (!isBeingWritten(StoredRecord.DeploymentRecord.pathOf(deployment.id()))
          && store.containsKey(StoredRecord.DeploymentRecord.pathOf(deployment.id()))) {
        assertThat(core.state().deployments.get(deployment.id()))
            .as("deployment %s that ran", deployment.id())
            .isPresent();
      }
    }
  }

  private void pass(Duration duration) {
    Instant end = now.plus(duration);
    while (true) {
      Optional<Map.Entry<ServicesTimer, Instant>> due =
          timers.entrySet().stream()
              .filter(entry -> !entry.getValue().isAfter(end))
              .min(Map.Entry.comparingByValue());
      if (due.isEmpty()) {
        now = end;
        return;
      }
      ServicesTimer timer = due.get().getKey();
      now = due.get().getValue().isAfter(now) ? due.get().getValue() : now;
      timers.remove(timer);
      handle(new ServicesCommand.TimerFired(timer));
    }
  }

  // ----- when nothing bad happens any more

  private void calm() {
    story.add(now.toString().substring(11) + " CALM");
    if (ended) {
      failOver();
    }
    calm = true;
    scarce = false;
    master.calm();
    Instant deadline = now.plus(BOUND);
    int quiet = 0;
    while (quiet < 3) {
      assertThat(now).as("everything is done, and is not: " + whatIsLeft()).isBefore(deadline);
      quiet = round() ? quiet + 1 : 0;
    }
    whole();
    users.checkPast(core);
    storeHoldsWhatIsSo();
  }

  /** Half a minute in which all goes well. Returns whether nothing is left to be done. */
  private boolean round() {
    if (!master.isSubscribed()) {
      master.subscribe();
    }
    for (int i = 0; i < 30; i++) {
      pass(Duration.ofSeconds(1));
      for (int agent = 0; agent < LawsMaster.AGENTS; agent++) {
        master.offer(agent, false);
      }
      master.progressAll();
      while (master.hasEvents() || !writes.isEmpty()) {
        master.nextEvent().ifPresent(event -> handle(new ServicesCommand.SchedulerEvent(event)));
        ServicesEffect.Store write = writes.poll();
        if (write != null) {
          happens(write, Integer.MAX_VALUE);
          handle(new ServicesCommand.Stored(write.write()));
        }
      }
      for (InstanceId instance : List.copyOf(probed.keySet())) {
        if (core.state().health.results(instance).stream().noneMatch(HealthResult::alive)) {
          handle(new ServicesCommand.HealthReported(instance, 0, true, ""));
        }
      }
    }
    return whatIsLeft().isEmpty();
  }

  private String whatIsLeft() {
    ServicesState state = core.state();
    StringBuilder left = new StringBuilder();
    if (users.isWaiting()) {
      left.append("requests; ");
    }
    if (state.deployments.count() > 0) {
      left.append(state.deployments.running());
    }
    for (RunSpec spec : state.specs.all()) {
      Tally tally = state.instances.tally(spec.id());
      if (tally.ready() != spec.instances()
          || state.instances.of(spec.id()).size() != spec.instances()) {
        left.append(spec.id())
            .append(" wants ")
            .append(spec.instances())
            .append(", has ")
            .append(state.instances.of(spec.id()));
      }
    }
    Set<String> known = new TreeSet<>();
    state.instances.all().forEach(is -> is.tasks().forEach(task -> known.add(task.taskId())));
    if (!known.equals(master.tasks())) {
      left.append("known are ").append(known).append(", and run ").append(master.tasks());
    }
    return left.toString();
  }

  private void whole() {
    List<String> tasks = new ArrayList<>();
    for (Instance instance : core.state().instances.all()) {
      instance.tasks().forEach(task -> tasks.add(task.taskId()));
      if (!users.mayBeMixed(instance.id().app())) {
        assertThat(instance.configVersion())
            .as("configuration of %s", instance.id())
            .isEqualTo(
                Objects.requireNonNull(users.present().get(instance.id().app()))
                    .lastConfigChangeAt());
      }
    }
    assertThat(master.tasks()).containsExactlyInAnyOrderElementsOf(tasks);
  }

  private void storeHoldsWhatIsSo() {
    SortedMap<String, StoredRecord> held = new TreeMap<>(store);
    held.remove("/framework");
    SortedMap<String, StoredRecord> wanted = core.state().records();
    Set<String> missing = new TreeSet<>(wanted.keySet());
    missing.removeAll(held.keySet());
    assertThat(missing).as("what the store lacks").isEmpty();
    Set<String> left = new TreeSet<>(held.keySet());
    left.removeAll(wanted.keySet());
    assertThat(left).as("what the store has too much").isEmpty();
    wanted.forEach((path, record) -> assertThat(held.get(path)).as(path).isEqualTo(record));
  }
}
