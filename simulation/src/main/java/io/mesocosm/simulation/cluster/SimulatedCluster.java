package io.mesocosm.simulation.cluster;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.simulation.invariant.ClusterView;
import io.mesocosm.simulation.invariant.Invariants;
import io.mesocosm.simulation.invariant.Violation;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Network;
import io.mesocosm.simulation.world.SimulatedElection;
import io.mesocosm.simulation.world.SimulatedZooKeeper;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Masters, agents, services schedulers, a scheduler of one-off tasks and users, from one seed, with
 * all that can befall them. One thread.
 */
public final class SimulatedCluster implements ClusterView {
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
  private static final Duration CALM = Duration.ofMinutes(1);

  /**
   * How many of each there are.
   *
   * @param services schedulers, of which one leads
   */
  public record Size(int masters, int agents, int services) {
    public static final Size USUAL = new Size(3, 10, 2);

    public Size withAgents(int count) {
      return new Size(masters, count, services);
    }
  }

  private final World world;
  private final Masters masters;
  private final SimulatedElection<StoredRecord> servicesElection;
  private final List<ServicesHost> services = new ArrayList<>();
  private final List<AgentHost> agents = new ArrayList<>();
  private final OneOffScheduler oneOffs;
  private final Users users;
  private final Operators operators;

  /** A cluster that begins to start, with every promise watched. */
  public SimulatedCluster(Simulation simulation, Size size) {
    this(simulation, size, Invariants.ofEverything(), Optional.empty());
  }

  /** As above, but for some promises, or with a mistake in its shells. */
  public SimulatedCluster(
      Simulation simulation, Size size, Invariants invariants, Optional<PlantedBug> planted) {
    SimulatedZooKeeper zooKeeper = new SimulatedZooKeeper(simulation, SESSION_TIMEOUT);
    this.world = new World(simulation, new Network(simulation), zooKeeper, invariants, planted);
    this.masters = new Masters(world, size.masters());
    this.servicesElection =
        new SimulatedElection<>(
            zooKeeper,
            "services",
            (path, epoch, newest) -> world.invariants().written("services", path, epoch, newest));
    if (world.has(PlantedBug.STALE_LEADER_WRITES)) {
      servicesElection.dropFences();
    }
    TaskLives lives = new TaskLives();
    for (int i = 0; i < size.services(); i++) {
      services.add(new ServicesHost(world, "services-" + i, masters, servicesElection));
    }
    for (int i = 0; i < size.agents(); i++) {
      agents.add(new AgentHost(world, "agent-" + i, masters, lives));
    }
    this.oneOffs = new OneOffScheduler(world, masters, lives);
    this.users = new Users(world, masters, this::leadingServices);
    this.operators = new Operators(world, masters);
    startAll();
  }

  private void startAll() {
    masters.all().forEach(MasterHost::start);
    services.forEach(ServicesHost::start);
    agents.forEach(AgentHost::start);
    oneOffs.start();
  }

  private Optional<ServicesHost> leadingServices() {
    return servicesElection.leader().stream()
        .flatMap(name -> services.stream().filter(host -> host.host().name().equals(name)))
        .findFirst();
  }

  public Simulation simulation() {
    return world.simulation();
  }

  public Network network() {
    return world.network();
  }

  public SimulatedZooKeeper zooKeeper() {
    return world.zooKeeper();
  }

  public Invariants invariants() {
    return world.invariants();
  }

  // ----- what users do

  /** From now on the app is to have so many instances. */
  public void want(String app, int instances) {
    users.apps().want(new AppId(app), instances);
  }

  /** From now on there is to be no such app. */
  public void wantNo(String app) {
    users.apps().wantNo(new AppId(app));
  }

  /** The app is to have another configuration. */
  public void upgrade(String app) {
    users.apps().upgrade(new AppId(app));
  }

  /** All apps in the group are to have other configurations, by one deployment. */
  public void upgradeAll(String group) {
    users.apps().upgradeAll(new AppId(group));
  }

  /** Has one of the app's instances ended. */
  public void killInstance(String app, int which) {
    users.apps().killSome(new AppId(app), which);
  }

  /** Ends one of the deployments under way. */
  public void cancelDeployment(int which, boolean force) {
    users.apps().cancelSome(which, force);
  }

  /** The role of one-off tasks may have so much at once. */
  public void limitOneOffs(double cpusMax) {
    users.limit(OneOffScheduler.ROLE, cpusMax);
  }

  /** One more one-off task. */
  public void submit(Duration lasts, int exitCode) {
    oneOffs.submit(lasts, exitCode);
  }

  /** Has one of the one-off tasks killed. */
  public void killOneOff(int which) {
    oneOffs.killSome(which);
  }

  /** Operators take an agent out of use: nothing new runs there, or nothing at all. */
  public void takeOutOfUse(int agent, boolean drained) {
    operators.want("agent-" + agent, drained ? Operators.Use.DRAINED : Operators.Use.DEACTIVATED);
  }

  /** Operators want the agent used again. */
  public void putBackIntoUse(int agent) {
    operators.want("agent-" + agent, Operators.Use.FULL);
  }

  // ----- what befalls them

  public void killMaster(int index) {
    masters.all().get(index).kill();
  }

  public void startMaster(int index) {
    masters.all().get(index).start();
  }

  /** The index of the master that leads, or of the first. */
  public int leadingMaster() {
    return masters.leaderHost().map(leader -> masters.all().indexOf(leader)).orElse(0);
  }

  public void killServices(int index) {
    services.get(index).kill();
  }

  public void startServices(int index) {
    services.get(index).start();
  }

  /** The index of the services scheduler that leads, or of the first. */
  public int leadingServicesIndex() {
    return leadingServices().map(services::indexOf).orElse(0);
  }

  public void killOneOffScheduler() {
    oneOffs.kill();
  }

  public void startOneOffScheduler() {
    oneOffs.start();
  }

  public void killAgent(int index) {
    agents.get(index).kill();
  }

  /** The machine loses power: its containers die too. */
  public void powerOff(int index) {
    agents.get(index).powerOff();
  }

  public void startAgent(int index) {
    agents.get(index).start();
  }

  public void fillDisk(int index, boolean full) {
    world.note(() -> "agent-" + index + ": the disk is " + (full ? "full" : "empty again"));
    agents.get(index).disk().fill(full);
  }

  public void slowDisk(int index, Duration more) {
    world.note(() -> "agent-" + index + ": each flush takes " + more + " longer");
    agents.get(index).disk().slow(more);
  }

  public void failLaunches(int index, int percent) {
    agents.get(index).containers().failLaunches(percent);
  }

  /** A container of that agent ends by itself. */
  public void endContainer(int index, int which, int exitCode) {
    agents.get(index).containers().endSome(which, exitCode);
  }

  /** The container of the task ends by itself. */
  public void endTask(String task, int exitCode) {
    agents.forEach(agent -> agent.containers().end(task, exitCode));
  }

  /** Everything of the host stands still for a while, and it gives no sign of life. */
  public void pause(Host host, Duration duration) {
    boolean leads =
        masters.leaderHost().filter(leader -> leader.host().name().equals(host.name())).isPresent();
    if (leads) {
      world.invariants().masterCeased(host.name());
    }
    world.zooKeeper().cut(host);
    host.pause(duration);
    simulation().after(duration, () -> world.zooKeeper().heal(host));
  }

  /** All hosts, masters first. */
  public List<Host> hosts() {
    List<Host> all = new ArrayList<>();
    masters.all().forEach(master -> all.add(master.host()));
    services.forEach(one -> all.add(one.host()));
    all.add(oneOffs.host());
    agents.forEach(agent -> all.add(agent.host()));
    return all;
  }

  public Size size() {
    return new Size(masters.all().size(), agents.size(), services.size());
  }

  /** Every fault is over; what was killed is started. */
  public void heal() {
    world.note(() -> "calm");
    world.network().healAll();
    world.zooKeeper().healAll();
    hosts()
        .forEach(host -> {
          host.resume();
          host.correctClock();
        });
    agents.forEach(agent -> {
      agent.disk().fill(false);
      agent.disk().slow(Duration.ZERO);
      agent.containers().failLaunches(0);
    });
    startAll();
  }

  public void run(Duration duration) {
    simulation().run(duration);
  }

  /**
   * Lets time pass until everything is as it was promised, and a while longer.
   *
   * @throws Violation if that takes longer than {@code bound}
   */
  public void settle(Duration bound) {
    Instant deadline = simulation().now().plus(bound);
    Optional<Invariants.Unsettled> problem = invariants().unsettled(this);
    while (true) {
      while (problem.isPresent() && simulation().now().isBefore(deadline)) {
        run(LOOK_AGAIN);
        problem = invariants().unsettled(this);
      }
      if (problem.isEmpty()) {
        run(CALM);
        problem = invariants().unsettled(this);
      }
      if (problem.isEmpty()) {
        return;
      }
      if (!simulation().now().isBefore(deadline)) {
        throw new Violation(
            problem.get().invariant(), "not within " + bound + ": " + problem.get().problem());
      }
    }
  }

  // ----- what can be seen

  @Override
  public List<Container> containers() {
    List<Container> all = new ArrayList<>();
    agents.forEach(agent -> all.addAll(agent.containers().present()));
    return all;
  }

  @Override
  public int agents() {
    return agents.size();
  }

  @Override
  public Optional<MasterSnapshot> master() {
    return masters.leader().map(SimulatedMaster::snapshot);
  }

  @Override
  public Optional<ServicesSnapshot> services() {
    return leadingServices()
        .flatMap(ServicesHost::leading)
        .map(SimulatedServices::snapshot)
        .filter(ServicesSnapshot::loaded);
  }

  @Override
  public SortedMap<AppId, Wanted> wanted() {
    return users.apps().wanted();
  }

  @Override
  public SortedMap<AppId, Wanted> present() {
    SortedMap<AppId, Wanted> present = new TreeMap<>();
    services()
        .ifPresent(
            seen -> seen.specs().forEach((id, view) -> present.put(id, Demands.of(view.spec()))));
    return present;
  }

  @Override
  public int unanswered() {
    return users.unanswered() + operators.unanswered();
  }

  @Override
  public SortedMap<String, Double> quotas() {
    return users.quotas();
  }

  @Override
  public List<OneOff> oneOffs() {
    return oneOffs.tasks();
  }

  @Override
  public List<String> undelivered() {
    List<String> all = new ArrayList<>();
    agents.forEach(agent -> agent.process().ifPresent(it -> all.addAll(it.undelivered())));
    return all;
  }

  /** Ids of tasks of the app whose containers run. */
  public SortedSet<String> running(String app) {
    SortedSet<String> tasks = new TreeSet<>();
    agents.forEach(agent -> tasks.addAll(running(app, agents.indexOf(agent))));
    return tasks;
  }

  /** As above, on one agent. */
  public SortedSet<String> running(String app, int agent) {
    SortedSet<String> tasks = new TreeSet<>();
    String prefix = new AppId(app).taskPrefix() + ".instance-";
    agents.get(agent).containers().present().stream()
        .filter(Container::running)
        .map(Container::task)
        .filter(task -> task.startsWith(prefix))
        .forEach(tasks::add);
    return tasks;
  }

  /** Instances as the services scheduler sees them. */
  public List<Instance> instances(String app) {
    return services().stream()
        .flatMap(seen -> seen.app(new AppId(app)).stream())
        .flatMap(view -> view.instances().stream())
        .map(ServicesSnapshot.InstanceView::instance)
        .toList();
  }
}
