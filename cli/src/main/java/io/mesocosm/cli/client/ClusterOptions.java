package io.mesocosm.cli.client;

import picocli.CommandLine.Option;

/** Where the cluster is: options that every client command has. */
public final class ClusterOptions {
  @Option(
      names = "--master",
      paramLabel = "URL",
      defaultValue = "${env:COSM_MASTER:-http://127.0.0.1:5050}",
      description = "the master's address (or COSM_MASTER; default: ${DEFAULT-VALUE})")
  private String master = "";

  @Option(
      names = "--services",
      paramLabel = "URL",
      defaultValue = "${env:COSM_SERVICES:-http://127.0.0.1:8080}",
      description =
          "the services scheduler's address (or COSM_SERVICES; default: ${DEFAULT-VALUE})")
  private String services = "";

  public Api master() {
    return new Api("master", master);
  }

  public Api services() {
    return new Api("services", services);
  }
}
