package io.mesocosm.services.matching;

import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.Secret;

/**
 * The environment variables of a pod's container (contracts/marathon-pods.md §7). Other than of
 * apps, what is made here wins over what the definition says.
 */
final class PodEnvironment {
  private static final String LABEL_PREFIX = "MARATHON_APP_LABEL_";
  private static final int LENGTH_MAX = 512;

  private final PodLaunch launch;
  private final PodContainer container;
  private final String prefix;
  private final SortedMap<String, Environment.Variable> variables = new TreeMap<>();

  private PodEnvironment(PodLaunch launch, PodContainer container, String prefix) {
    this.launch = launch;
    this.container = container;
    this.prefix = prefix.toUpperCase(Locale.ROOT);
  }

  /**
   * @param prefix of HOST and the variables of endpoints
   */
  static Environment of(PodLaunch launch, PodContainer container, String prefix) {
    PodEnvironment environment = new PodEnvironment(launch, container, prefix);
    environment.addDefined(launch.pod().env(), launch.pod().secretEnv());
    environment.addDefined(container.env(), container.secretEnv());
    environment.put(environment.prefix + "HOST", launch.place().hostname());
    environment.addContext();
    environment.addLabels();
    environment.addEndpoints();
    return Environment.newBuilder().addAllVariables(environment.variables.values()).build();
  }

  private void put(String name, String value) {
    variables.put(
        name,
        Environment.Variable.newBuilder()
            .setName(name)
            .setType(Environment.Variable.Type.VALUE)
            .setValue(value)
            .build());
  }

  private void addDefined(SortedMap<String, String> values, SortedMap<String, String> secrets) {
    values.forEach(this::put);
    secrets.forEach((name, secret) ->
        variables.put(
            name,
            Environment.Variable.newBuilder()
                .setName(name)
                .setType(Environment.Variable.Type.SECRET)
                .setSecret(secret(launch, secret))
                .build()));
  }

  /**
   * @param name by which the pod refers to it
   */
  static Secret secret(PodLaunch launch, String name) {
    Secret.Builder secret = Secret.newBuilder().setType(Secret.Type.REFERENCE);
    secret.getReferenceBuilder().setName(launch.pod().secrets().getOrDefault(name, name));
    return secret.build();
  }

  private void addContext() {
    put("MESOS_TASK_ID", launch.taskId(container.name()));
    put("MESOS_EXECUTOR_ID", launch.executorId());
    put("MARATHON_APP_ID", launch.pod().id().path());
    put("MARATHON_APP_VERSION", TaskEnvironment.text(launch.pod().version()));
    put("MARATHON_CONTAINER_ID", container.name());
    put("MARATHON_CONTAINER_RESOURCE_CPUS", Double.toString(container.cpus()));
    put("MARATHON_CONTAINER_RESOURCE_MEM", Double.toString(container.mem()));
    put("MARATHON_CONTAINER_RESOURCE_DISK", Double.toString(container.disk()));
    put("MARATHON_CONTAINER_RESOURCE_GPUS", Integer.toString(container.gpus()));
    put("MARATHON_APP_ENFORCE_GROUP_ROLE", launch.enforcesGroupRole() ? "TRUE" : "FALSE");
  }

  private void addLabels() {
    SortedMap<String, String> labels = new TreeMap<>(launch.pod().labels());
    labels.putAll(container.labels());
    List<String> names = new ArrayList<>();
    labels.forEach((key, value) -> {
      if (key.length() < LENGTH_MAX - LABEL_PREFIX.length() && value.length() < LENGTH_MAX) {
        String name = escaped(key);
        names.add(name);
        put(LABEL_PREFIX + name, value);
      }
    });
    put("MARATHON_APP_LABELS", String.join(" ", names));
  }

  /** Each container sees the endpoints of all. */
  private void addEndpoints() {
    boolean host = launch.pod().networkMode() == Network.Mode.HOST;
    for (PodPorts.PlacedEndpoint placed : launch.endpoints()) {
      String name = escaped(placed.endpoint().name());
      put(prefix + "ENDPOINT_" + name, Integer.toString(placed.containerPort()));
      if (placed.hasHostPort()) {
        put(prefix + "EP_HOST_" + name, Integer.toString(placed.hostPort()));
      }
      if (!host) {
        put(prefix + "EP_CONTAINER_" + name, Integer.toString(placed.containerPort()));
      }
    }
  }

  private static String escaped(String name) {
    return name.replaceAll("[^A-Za-z0-9_]+", "_").toUpperCase(Locale.ROOT);
  }
}
