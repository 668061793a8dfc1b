package io.mesocosm.cli.client;

import java.util.List;
import java.util.UUID;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;

/**
 * One command to be run once.
 *
 * @param image empty for a plain process
 */
record OneOffTask(
    String name, String image, double cpus, double memoryMegabytes, List<String> command) {

  boolean fits(Offer offer) {
    return amount(offer, "cpus") >= cpus && amount(offer, "mem") >= memoryMegabytes;
  }

  /** What this task would not find in any machine of the offers, for a person. */
  String needs() {
    return "cpus " + cpus + ", mem " + memoryMegabytes + " MB";
  }

  TaskInfo on(AgentID agent) {
    TaskInfo.Builder task =
        TaskInfo.newBuilder()
            .setName(name)
            .setTaskId(TaskID.newBuilder().setValue(name + "." + UUID.randomUUID()))
            .setAgentId(agent)
            .addResources(scalar("cpus", cpus))
            .addResources(scalar("mem", memoryMegabytes))
            .setCommand(commandInfo());
    if (!image.isEmpty()) {
      task.setContainer(
          ContainerInfo.newBuilder()
              .setType(ContainerInfo.Type.DOCKER)
              .setDocker(
                  ContainerInfo.DockerInfo.newBuilder()
                      .setImage(image)
                      .setNetwork(ContainerInfo.DockerInfo.Network.HOST)));
    }
    return task.build();
  }

  private CommandInfo commandInfo() {
    CommandInfo.Builder info =
        CommandInfo.newBuilder().setShell(false).setValue(command.getFirst());
    // A plain process is given its whole argv, an image only what follows the executable.
    return info.addAllArguments(image.isEmpty() ? command : command.subList(1, command.size()))
        .build();
  }

  private static Resource scalar(String name, double amount) {
    return Resource.newBuilder()
        .setName(name)
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(amount))
        .build();
  }

  private static double amount(Offer offer, String name) {
    return offer.getResourcesList().stream()
        .filter(resource -> resource.getName().equals(name))
        .mapToDouble(resource -> resource.getScalar().getValue())
        .sum();
  }
}
