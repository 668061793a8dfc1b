package io.mesocosm.framework;

import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.runtime.Durations;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;

/**
 * How an executor finds its agent and shows itself to it.
 *
 * @param agent base address, e.g. {@code http://10.0.0.2:5051}
 * @param checkpoints whether the executor outlives an agent that is away for a while
 * @param recoveryMax for how long it waits then
 * @param retryMax the longest wait between two tries to subscribe; each is random, up to this
 * @param mediaType of everything sent and received
 */
public record ExecutorClientOptions(
    URI agent,
    FrameworkID framework,
    ExecutorID executor,
    boolean checkpoints,
    Duration recoveryMax,
    Duration retryMax,
    MediaType mediaType,
    ClientAccess access) {
  private static final String RECOVERY_DEFAULT = "15mins";
  private static final String RETRY_DEFAULT = "2secs";

  /**
   * What the agent has put into the environment (contracts/mesos-executor-api.md §5). The sockets
   * of {@code MESOS_DOMAIN_SOCKET} are not used.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public static ExecutorClientOptions fromEnvironment(
      Map<String, String> environment, MediaType mediaType) {
    String scheme = isOn(environment, "LIBPROCESS_SSL_ENABLED") ? "https" : "http";
    ClientAccess access =
        Optional.ofNullable(environment.get("MESOS_EXECUTOR_AUTHENTICATION_TOKEN"))
            .map(ClientAccess::bearer)
            .orElse(ClientAccess.ANONYMOUS);
    Optional<String> authorities = Optional.ofNullable(environment.get("LIBPROCESS_SSL_CA_FILE"));
    return new ExecutorClientOptions(
        URI.create(scheme + "://" + required(environment, "MESOS_AGENT_ENDPOINT")),
        FrameworkID.newBuilder().setValue(required(environment, "MESOS_FRAMEWORK_ID")).build(),
        ExecutorID.newBuilder().setValue(required(environment, "MESOS_EXECUTOR_ID")).build(),
        isOn(environment, "MESOS_CHECKPOINT"),
        duration(environment, "MESOS_RECOVERY_TIMEOUT", RECOVERY_DEFAULT),
        duration(environment, "MESOS_SUBSCRIPTION_BACKOFF_MAX", RETRY_DEFAULT),
        mediaType,
        authorities.map(file -> access.withAuthorities(Path.of(file))).orElse(access));
  }

  private static boolean isOn(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "0");
    return value.equals("1") || value.equals("true");
  }

  private static String required(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(
          name + " is not in the environment: an executor must be started by an agent");
    }
    return value;
  }

  private static Duration duration(Map<String, String> environment, String name, String fallback) {
    String value = environment.getOrDefault(name, fallback);
    try {
      return Durations.parse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          name + "=" + value + " is not valid: expected " + e.getMessage(), e);
    }
  }
}
