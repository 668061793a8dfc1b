package io.mesocosm.simulation;

import io.mesocosm.agent.AgentConfig;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.ResourceText;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.AgentInfo;

/**
 * One master, some agents and the services scheduler, all from one seed, with the faults that may
 * befall them. After every step the promises that hold at every instant are checked.
 */
public final class SimulatedCluster {
  private final Simulation simulation;
  private final Network network;
  private final Map<String, StoredRecord> store = new TreeMap<>();
  private final List<SimulatedAgent> agents = new ArrayList<>();
  private SimulatedMaster master;
  private SimulatedServices services;
  private int masterLives;

  public SimulatedCluster(long seed, int agentCount) {
    this.simulation = new Simulation(seed);
    this.network = new Network(simulation);
    this.master = new SimulatedMaster(simulation, masterLives++);
    this.services = new SimulatedServices(simulation, network, () -> master, store);
    for (int i = 0; i < agentCount; i++) {
      agents.add(newAgent(i));
    }
    simulation.check(this::checkBooks);
    simulation.check(this::checkNoTaskRunsTwice);
    services.start();
    agents.forEach(SimulatedAgent::start);
  }

  public Simulation simulation() {
    return simulation;
  }

  public void deploy(String id, int instances) {
    simulation.note("deploy " + id + " ×" + instances);
    services.create(
        AppDefinition.builder(new AppId(id))
            .cmd(Optional.of("run"))
            .cpus(1)
            .mem(64)
            .instances(instances)
            .build());
  }

  public void scale(String id, int instances) {
    simulation.note("scale " + id + " to " + instances);
    services.scale(new AppId(id), instances);
  }

  /** Task ids of every running container, agent by agent. */
  public List<String> runningTasks() {
    return agents.stream().flatMap(agent -> agent.runningTasks().stream()).toList();
  }

  public List<String> runningTasksOn(int agent) {
    return agents.get(agent).runningTasks();
  }

  public void endTask(String task, int exitCode) {
    agents.forEach(agent -> agent.endTask(task, exitCode));
  }

  public void cutAgent(int agent) {
    network.cut(hostOf(agent), SimulatedMaster.HOST);
  }

  public void healAgent(int agent) {
    network.heal(hostOf(agent), SimulatedMaster.HOST);
  }

  /** The machine loses power and comes back empty, as a new agent. */
  public void restartAgent(int agent) {
    simulation.note("restart of " + hostOf(agent));
    agents.get(agent).die();
    network.vanish(hostOf(agent));
    agents.set(agent, newAgent(agent));
    agents.get(agent).start();
  }

  /** The master forgets everything; agents and schedulers tell it. */
  public void restartMaster() {
    simulation.note("restart of the master");
    master.die();
    network.vanish(SimulatedMaster.HOST);
    master = new SimulatedMaster(simulation, masterLives++);
  }

  public void restartServices() {
    simulation.note("restart of services");
    services.die();
    network.vanish(SimulatedServices.HOST);
    services = new SimulatedServices(simulation, network, () -> master, store);
    services.start();
  }

  public void run(Duration duration) {
    simulation.run(duration);
  }

  /**
   * What must be true when all faults are healed and time has passed: wanted is running, and
   * nothing else is.
   */
  public void requireSettled() {
    Set<String> known = new LinkedHashSet<>();
    for (ServicesSnapshot.AppView app : services.snapshot().apps().values()) {
      if (app.tasksRunning() != app.app().instances()) {
        throw new AssertionError(
            "seed "
                + simulation.seed()
                + ": "
                + app.app().id()
                + " runs "
                + app.tasksRunning()
                + " of "
                + app.app().instances()
                + "\n"
                + tail());
      }
      app.instances().forEach(view -> known.add(view.instance().taskId()));
    }
    for (String task : runningTasks()) {
      if (!known.contains(task)) {
        throw new AssertionError(
            "seed "
                + simulation.seed()
                + ": container of "
                + task
                + " runs and nobody knows it\n"
                + tail());
      }
    }
    if (runningTasks().size() != known.size()) {
      throw new AssertionError(
          "seed "
              + simulation.seed()
              + ": "
              + known.size()
              + " instances, "
              + runningTasks().size()
              + " containers\n"
              + tail());
    }
  }

  private String tail() {
    List<String> history = simulation.history();
    return String.join("\n", history.subList(Math.max(0, history.size() - 60), history.size()));
  }

  /** No agent is offered and used beyond what it has. */
  private void checkBooks() {
    for (MasterSnapshot.AgentView agent : master.snapshot().agents().values()) {
      Resources taken = agent.used().unallocated().plus(agent.offered().unallocated());
      if (!agent.total().contains(taken)) {
        throw new AssertionError(
            "agent "
                + agent.id()
                + " has "
                + agent.total()
                + ", and "
                + taken
                + " is used or offered");
      }
    }
  }

  private void checkNoTaskRunsTwice() {
    Set<String> seen = new LinkedHashSet<>();
    for (String task : runningTasks()) {
      if (!seen.add(task)) {
        throw new AssertionError("task " + task + " runs in two containers");
      }
    }
  }

  private SimulatedAgent newAgent(int index) {
    AgentInfo info =
        AgentInfo.newBuilder()
            .setHostname(hostOf(index))
            .setPort(5051)
            .addAllResources(
                ResourceMapping.toProto(
                    ResourceText.parse("cpus:4;mem:4096;ports:[31000-31100]", "*")))
            .build();
    AgentConfig config = AgentConfig.of(info, "10.0.0." + index, "/work/" + index);
    return new SimulatedAgent(simulation, network, () -> master, hostOf(index), config);
  }

  private static String hostOf(int index) {
    return "agent-" + index;
  }
}
