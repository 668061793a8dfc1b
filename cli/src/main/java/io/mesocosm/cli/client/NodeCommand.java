package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code cosm node}: the machines of the cluster. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = "The machines of the cluster.")
public final class NodeCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List all agents with what they have and what is used.")
  int list(@Mixin ClusterOptions cluster) {
    Table table = new Table("NODE", "AGENT", "STATE", "CPUS", "MEM", "DISK", "ATTRIBUTES");
    for (JsonNode agent : cluster.master().get("/slaves").path("slaves")) {
      table.row(
          agent.path("hostname").asText(),
          agent.path("id").asText(),
          agent.path("active").asBoolean() ? "active" : "inactive",
          used(agent, "cpus"),
          used(agent, "mem"),
          used(agent, "disk"),
          agent.path("attributes").isEmpty() ? "-" : agent.path("attributes").toString());
    }
    table.print(spec.commandLine().getOut());
    return 0;
  }

  private static String used(JsonNode agent, String name) {
    return number(agent.path("used_resources").path(name))
        + "/"
        + number(agent.path("resources").path(name));
  }

  private static String number(JsonNode value) {
    double number = value.asDouble();
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
